"""Commit to a draw before its seed exists, and have it published."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from assessor_kit import sampling, tables
from assessor_kit.errors import DrawRefused, InvalidRequest
from assessor_kit.journey.draws.carrying_over import CARRIED_OVER, CarriedOver, carried_over
from assessor_kit.journey.draws.published_files import read_json
from assessor_kit.journey.draws.record import (
    as_kept,
    as_moment,
    commitment_row,
    draw_event,
    moment_in_words,
    next_draw_id,
    standing_commitment,
    wanted_size,
)
from assessor_kit.sampling import Commitment, DrawRequest
from assessor_kit.sampling.leaves import SALT_BYTES
from assessor_kit.sampling.sizes import exactly
from assessor_kit.store import Workspace, append_rows, read_table
from assessor_kit.store.rows.typed_rows import append
from assessor_kit.store.rows.typed_rows import replace as replace_in
from assessor_kit.vocabulary import DrawEvent


@dataclass(frozen=True, kw_only=True)
class Committed:
    """A commitment that was made, and its content as the file holds it.

    `carried_over` says who comes into the draw from the year before.
    """

    commitment: Commitment
    carried_over: CarriedOver
    content: str
    digest: str


def commit_draw(
    workspace: Workspace,
    *,
    cpd_year: int,
    seed_from: str,
    size: int | None = None,
    rate_percent: float | None = None,
    reserve_percent: float = 0.0,
    certain: Iterable[str] = (),
    carry_over: Iterable[str] = CARRIED_OVER,
    recent_years: int = 0,
    recent_rate_percent: float = 0.0,
    stratify_by: str | None = None,
    spread: Mapping[str, str] | None = None,
    page_address: str = "",
    now: datetime | None = None,
) -> Committed:
    """Fix the draw of a year before its seed exists, and return what is to be published.

    `certain` members and those with a response in `carry_over` last year are drawn for certain.
    Members reviewed in the `recent_years` before are drawn at `recent_rate_percent`. `stratify_by`
    is the register's column whose words are the strata, by default the rules' one. Raises
    DrawRefused where a commitment stands already, or the seed could already be known.
    """
    moment = now or datetime.now(UTC)
    source = sampling.read_seed_source(seed_from)
    standing = standing_commitment(workspace, cpd_year)
    if standing is not None:
        raise DrawRefused(
            f"Commitment {standing['draw_id']} for CPD of {cpd_year} stands",
            advice="Draw under it, or withdraw it with a reason: `withdraw-commitment`.",
        )
    if source.moment <= moment:
        raise DrawRefused(
            f"The seed of {source.in_words()!r} may be known already",
            expected=f"a moment after {moment_in_words(moment)}",
            advice="Name a moment that leaves time to publish the commitment.",
        )
    rules = workspace.rules(cpd_year)
    register = read_table(workspace, tables.REGISTER)
    frame = sampling.frame_of(register, rules=rules, stratify_by=stratify_by)
    wanted = wanted_size(len(frame), size, rate_percent)
    again = carried_over(workspace, cpd_year=cpd_year, states=carry_over)
    for_certain = {*certain, *again.drawn}
    strangers = sorted(set(certain) - set(frame["member_no"]))
    if strangers:
        raise DrawRefused(
            f"{', '.join(strangers[:5])} cannot be drawn for certain, being outside the frame",
            advice="`assessor-kit frame` says why members are out.",
        )
    request = DrawRequest(
        size=wanted,
        reserve_percent=exactly(reserve_percent),
        certain=frozenset(for_certain),
        recent=_recently_reviewed(workspace, cpd_year, recent_years),
        recent_rate=exactly(recent_rate_percent),
        spread={name: exactly(number) for name, number in (spread or {}).items()},
    )
    planned, design = sampling.plan_design(frame, request)
    draw_id = next_draw_id(workspace, cpd_year)
    blinded = sampling.blind_frame(
        planned, design, draw_id=draw_id, salts=secrets.token_bytes(SALT_BYTES * len(planned))
    )
    commitment = Commitment(
        draw_id=draw_id,
        cpd_year=cpd_year,
        body=rules.words.body,
        rules=f"{rules.scheme} {rules.edition}",
        made_at=moment.replace(microsecond=0),
        made_with=_made_with(),
        design=blinded.design,
        size=wanted,
        reserve_percent=request.reserve_percent,
        seed_from=source,
        page_address=page_address,
        spread=request.spread,
    )
    content = commitment.as_dict()
    made = Committed(
        commitment=commitment,
        carried_over=again,
        content=sampling.written(content),
        digest=sampling.digest_of(content),
    )
    row = {
        "draw_id": draw_id,
        "cpd_year": cpd_year,
        "commitment_text": made.content,
        "digest": made.digest,
        "seed_known_at": as_kept(source.moment),
        "made_at": as_kept(moment),
        "withdrawn_at": None,
    }
    event = draw_event(
        cpd_year, DrawEvent.COMMITTED, draw_id=draw_id, detail=made.digest, at=moment
    )
    with workspace.engine.begin() as connection:
        append(connection, tables.COMMITMENTS, pd.DataFrame([row], dtype=object))
        append(connection, tables.FRAMES, blinded.frame.assign(draw_id=draw_id))
        append(connection, tables.DRAW_EVENTS, event)
    return made


def _made_with() -> str:
    """Return the version of the program and a digest of the code that draws."""
    folder = Path(sampling.__file__).parent
    code = hashlib.sha256()
    for path in sorted(folder.glob("*.py")):
        code.update(path.name.encode() + path.read_bytes())
    return f"assessor-kit {version('assessor-kit')}, sampling {code.hexdigest()}"


def _recently_reviewed(workspace: Workspace, cpd_year: int, years: int) -> frozenset[str]:
    if not years:
        return frozenset()
    returns = read_table(
        workspace, tables.RETURNS, cpd_year=list(range(cpd_year - years, cpd_year)), parked=""
    )
    return frozenset(returns["member_no"])


def record_publishing(
    workspace: Workspace,
    draw_id: str,
    *,
    who: str,
    where: str,
    at: datetime | None = None,
    file: Path | None = None,
    now: datetime | None = None,
) -> str:
    """Record that a commitment was published: who, when, where; return its digest.

    With `file`, what was published is compared with what was committed to. Raises DrawRefused for
    another file, or where the seed could already be known.
    """
    moment = now or datetime.now(UTC)
    row = commitment_row(workspace, draw_id)
    published = at or moment
    if published > moment:
        raise InvalidRequest(
            f"It cannot have been published at {moment_in_words(published)}",
            expected=f"a moment that is not after {moment_in_words(moment)}",
        )
    if not who.strip() or not where.strip():
        raise InvalidRequest("Who published it and where must both be named")
    if file is not None:
        found = sampling.digest_of(read_json(file))
        if found != row["digest"]:
            raise DrawRefused(
                f"the digest is {found}",
                where=str(file),
                expected=str(row["digest"]),
                advice="Publish the file as `commit-draw` wrote it.",
            )
    if published >= as_moment(row["seed_known_at"]):
        raise DrawRefused(
            f"At {moment_in_words(published)} the seed of {draw_id} could already be known",
            expected=f"a moment before {moment_in_words(as_moment(row['seed_known_at']))}",
            advice="Withdraw the commitment and make another one.",
        )
    append_rows(
        workspace,
        tables.DRAW_EVENTS,
        draw_event(
            int(row["cpd_year"]),
            DrawEvent.PUBLISHED,
            draw_id=draw_id,
            who=who,
            detail=f"{where} (digest {row['digest']})",
            at=published,
            recorded=moment,
        ),
    )
    return str(row["digest"])


def withdraw_commitment(
    workspace: Workspace, draw_id: str, *, reason: str, now: datetime | None = None
) -> None:
    """Withdraw a commitment under which nothing was drawn; it stays on the record."""
    row = commitment_row(workspace, draw_id)
    if not reason.strip():
        raise InvalidRequest("A commitment is withdrawn for a reason", advice="Give --reason.")
    if len(read_table(workspace, tables.DRAWS, draw_id=draw_id)):
        raise DrawRefused(
            f"Draw {draw_id} has been made under its commitment", advice="It can only be added to."
        )
    moment = now or datetime.now(UTC)
    with workspace.engine.begin() as connection:
        replace_in(
            connection,
            tables.COMMITMENTS,
            pd.DataFrame([{**row, "withdrawn_at": as_kept(moment)}], dtype=object),
        )
        append(
            connection,
            tables.DRAW_EVENTS,
            draw_event(
                int(row["cpd_year"]),
                DrawEvent.WITHDRAWN,
                draw_id=draw_id,
                detail=reason,
                at=moment,
            ),
        )
