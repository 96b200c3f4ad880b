"""Draw a year's sample, under the commitment that stands or without one."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from assessor_kit import sampling, tables
from assessor_kit.errors import DrawRefused, InvalidRequest
from assessor_kit.journey.draws.carrying_over import CARRIED_OVER, carried_over
from assessor_kit.journey.draws.published_files import draw_file_of, write_draw_files
from assessor_kit.journey.draws.record import (
    as_kept,
    draw_event,
    leaves_by_stratum,
    moment_in_words,
    next_draw_id,
    recorded_draw,
    standing_commitment,
    wanted_size,
)
from assessor_kit.sampling import Commitment, Draw, DrawRequest
from assessor_kit.sampling.leaves import SALT_BYTES, merkle_root
from assessor_kit.sampling.sizes import WEBSTER, exactly
from assessor_kit.store import Workspace, append_rows, read_table
from assessor_kit.store.database.connections import Transaction
from assessor_kit.store.rows.typed_rows import append
from assessor_kit.vocabulary import DrawEvent

NOT_VERIFIABLE = (
    "not verifiable: nothing was committed to before its seed was known, so another draw could have"
    " been put in its place"
)


def draw(
    workspace: Workspace,
    *,
    cpd_year: int,
    seed: str,
    size: int | None = None,
    rate_percent: float | None = None,
    reserve_percent: float = 0.0,
    reason: str = "",
    signature_before: str = "",
    carry_over: Iterable[str] = CARRIED_OVER,
    stratify_by: str | None = None,
    now: datetime | None = None,
) -> tuple[str, Draw]:
    """Draw the year's sample and keep it: under the commitment that stands, if there is one.

    The same request again returns the same draw; a further one needs a `reason`. Under a
    commitment, sizes are not given again, and the seed is accepted only once its moment has passed.
    Without one, members with a response in `carry_over` last year are drawn for certain, as a
    commitment states it too, and `stratify_by` is as in `commit_draw`. Raises DrawRefused, which is
    recorded too.
    """
    moment = now or datetime.now(UTC)
    try:
        standing = standing_commitment(workspace, cpd_year)
        if standing is None:
            return _draw_plainly(
                workspace,
                cpd_year=cpd_year,
                seed=seed,
                size=size,
                rate_percent=rate_percent,
                reserve_percent=reserve_percent,
                reason=reason,
                carry_over=carry_over,
                stratify_by=stratify_by,
                moment=moment,
            )
        if (
            size is not None
            or rate_percent is not None
            or reserve_percent
            or stratify_by
            or set(carry_over) != set(CARRIED_OVER)
        ):
            raise DrawRefused(
                f"Commitment {standing['draw_id']} states the size, the strata, the reserves and"
                " who is drawn for certain",
                advice="Draw with --seed alone, or withdraw the commitment.",
            )
        return _draw_as_committed(
            workspace,
            standing,
            seed=seed,
            signature_before=signature_before,
            reason=reason,
            moment=moment,
        )
    except (DrawRefused, InvalidRequest) as problem:
        append_rows(
            workspace,
            tables.DRAW_EVENTS,
            draw_event(
                cpd_year, DrawEvent.REFUSED, seed=seed, detail=problem.sentence(), at=moment
            ),
        )
        raise


def _draw_plainly(
    workspace: Workspace,
    *,
    cpd_year: int,
    seed: str,
    size: int | None,
    rate_percent: float | None,
    reserve_percent: float,
    reason: str,
    carry_over: Iterable[str],
    stratify_by: str | None,
    moment: datetime,
) -> tuple[str, Draw]:
    """Draw without a commitment; nobody can verify such a draw."""
    earlier = read_table(workspace, tables.DRAWS, cpd_year=cpd_year)
    again = _drawn_under(workspace, earlier, seed, size, rate_percent, reserve_percent)
    if again is not None:
        if not draw_file_of(workspace, again[0]).is_file():
            write_draw_files(workspace, again[0])
        _note_repeated(workspace, cpd_year, *again, moment)
        return again
    if size is None and rate_percent is None:
        raise InvalidRequest(
            f"No commitment stands for CPD of {cpd_year}, so the size must be given",
            advice="Give --size or --rate, or commit to the draw first: `commit-draw`.",
        )
    rules = workspace.rules(cpd_year)
    register = read_table(workspace, tables.REGISTER)
    frame = sampling.frame_of(register, rules=rules, stratify_by=stratify_by)
    wanted = wanted_size(len(frame), size, rate_percent)
    again_asked = carried_over(workspace, cpd_year=cpd_year, states=carry_over)
    # with the strata that it is drawn from, so that the draw can be repeated from what is kept
    frame, _ = sampling.plan_design(
        frame,
        DrawRequest(
            size=wanted,
            reserve_percent=exactly(reserve_percent),
            certain=frozenset(again_asked.drawn),
        ),
    )
    made = sampling.draw_sample(frame, seed=seed, size=wanted, reserve_percent=reserve_percent)
    for known in earlier.itertuples():
        if (known.seed, known.size, known.reserve, known.frame_digest) == (
            seed,
            made.size,
            made.reserve,
            made.frame_digest,
        ):
            _note_repeated(workspace, cpd_year, str(known.draw_id), made, moment)
            return str(known.draw_id), made
    _require_reason(cpd_year, earlier, reason)
    _require_fresh(workspace, seed)
    draw_id = next_draw_id(workspace, cpd_year)
    kept = frame.assign(
        draw_id=draw_id, salt=[secrets.token_hex(SALT_BYTES) for _ in range(len(frame))]
    )
    kept["leaf"] = sampling.plain_leaves(kept)
    row = {
        "draw_id": draw_id,
        "cpd_year": cpd_year,
        "seed": seed,
        "size": made.size,
        "reserve": made.reserve,
        "reserve_percent": reserve_percent,
        "frame_size": made.frame_size,
        "frame_digest": made.frame_digest,
        "frame_root": sampling.frame_root(list(kept["leaf"])),
        "drawn_at": as_kept(moment),
        "reason": reason,
        "rules_edition": rules.edition,
        "commitment": "",
        "sizes_rule": WEBSTER,
    }
    with workspace.engine.begin() as connection:
        append(connection, tables.FRAMES, kept)
        _keep_draw(connection, row, made, moment)
    return draw_id, made


def _drawn_under(
    workspace: Workspace,
    earlier: pd.DataFrame,
    seed: str,
    size: int | None,
    rate_percent: float | None,
    reserve_percent: float,
) -> tuple[str, Draw] | None:
    """Return the draw that was made under a commitment with this seed and nothing else asked."""
    if size is not None or rate_percent is not None or reserve_percent:
        return None
    for row in earlier.to_dict("records"):
        proofs = {str(row["seed"]), str(row["signature"] or "")} - {""}
        if row["commitment"] and (" ".join(seed.split()) in proofs):
            return str(row["draw_id"]), recorded_draw(workspace, str(row["draw_id"]))
    return None


def _draw_as_committed(
    workspace: Workspace,
    standing: dict[str, Any],
    *,
    seed: str,
    signature_before: str,
    reason: str,
    moment: datetime,
) -> tuple[str, Draw]:
    draw_id = str(standing["draw_id"])
    cpd_year = int(standing["cpd_year"])
    _require_reason(cpd_year, read_table(workspace, tables.DRAWS, cpd_year=cpd_year), reason)
    commitment = sampling.read_commitment(json.loads(standing["commitment_text"]))
    if moment < commitment.seed_from.moment:
        raise DrawRefused(
            f"No seed is accepted for {draw_id} before"
            f" {moment_in_words(commitment.seed_from.moment)}",
            advice=f"It comes from: {commitment.seed_from.in_words()}.",
        )
    _require_published(workspace, draw_id, str(standing["digest"]))
    found = sampling.read_seed(commitment.seed_from, seed, before=signature_before)
    _require_fresh(workspace, found.text)
    frame = read_table(workspace, tables.FRAMES, draw_id=draw_id)
    leaves = leaves_by_stratum(frame)
    differing = [
        stratum.name
        for stratum in commitment.design.strata
        if _root(leaves.get(stratum.name, [])) != stratum.root
    ]
    if differing:
        raise DrawRefused(
            f"The frame of {draw_id} is not the one that was committed to"
            f" ({', '.join(differing)} differ)",
            advice="Restore the workspace from a backup made after the commitment.",
        )
    made = drawn_from_leaves(commitment, frame, seed=found.text)
    row = {
        "draw_id": draw_id,
        "cpd_year": commitment.cpd_year,
        "seed": found.text,
        "size": made.size,
        "reserve": made.reserve,
        "reserve_percent": float(commitment.reserve_percent),
        "frame_size": made.frame_size,
        "frame_digest": made.frame_digest,
        "frame_root": commitment.root,
        "drawn_at": as_kept(moment),
        "reason": reason,
        "rules_edition": commitment.rules.rpartition(" ")[2],
        "commitment": standing["digest"],
        "sizes_rule": commitment.design.sizes_rule,
        "signature": found.signature,
        "signature_before": found.before,
    }
    with workspace.engine.begin() as connection:
        _keep_draw(connection, row, made, moment)
    write_draw_files(workspace, draw_id)
    return draw_id, made


def _require_published(workspace: Workspace, draw_id: str, digest: str) -> None:
    events = read_table(
        workspace, tables.DRAW_EVENTS, draw_id=draw_id, kind=DrawEvent.PUBLISHED.value
    )
    if not any(digest in detail for detail in events["detail"]):
        raise DrawRefused(
            f"Nobody has recorded that the commitment {draw_id} was published",
            advice="Published before the seed's moment? Then record who, when and where:"
            " `record-publishing`. Otherwise withdraw it and make another.",
        )


def drawn_from_leaves(commitment: Commitment, frame: pd.DataFrame, *, seed: str) -> Draw:
    """Draw the blinded members, and name them from the frame."""
    number_of = dict(zip(frame["leaf"], frame["member_no"], strict=True))
    leaves = leaves_by_stratum(frame)
    rows = []
    for stratum in commitment.design.strata:
        selected, reserves, tickets = sampling.draw_leaves(stratum, leaves[stratum.name], seed=seed)
        rows += [
            {
                "member_no": number_of[leaf],
                "stratum": stratum.name,
                "rank": rank,
                "ticket": ticket,
                "is_reserve": rank > stratum.selected,
                "inclusion_probability": float(stratum.inclusion_probability),
            }
            for rank, (leaf, ticket) in enumerate(
                zip([*selected, *reserves], tickets, strict=True), 1
            )
        ]
    selections = pd.DataFrame(rows).sort_values(["is_reserve", "ticket"], ignore_index=True)
    return Draw(
        seed=seed,
        size=commitment.size,
        reserve=int(selections["is_reserve"].sum()),
        frame_size=commitment.frame_size,
        frame_digest=sampling.frame_digest(frame),
        selections=selections,
        commitment=sampling.digest_of(commitment.as_dict()),
    )


def _root(leaves: list[str]) -> str:
    return merkle_root([bytes.fromhex(leaf) for leaf in leaves]).hex()


def _keep_draw(connection: Transaction, row: dict[str, Any], made: Draw, moment: datetime) -> None:
    append(connection, tables.DRAWS, pd.DataFrame([row], dtype=object))
    append(connection, tables.SELECTIONS, made.selections.assign(draw_id=row["draw_id"]))
    append(
        connection,
        tables.DRAW_EVENTS,
        draw_event(
            int(row["cpd_year"]),
            DrawEvent.DRAWN,
            draw_id=str(row["draw_id"]),
            seed=str(row["seed"]),
            detail=str(row["reason"]) or (NOT_VERIFIABLE if not row["commitment"] else ""),
            at=moment,
        ),
    )


def _require_reason(cpd_year: int, earlier: pd.DataFrame, reason: str) -> None:
    if len(earlier) and not reason.strip():
        raise DrawRefused(
            (
                f"A sample for CPD of {cpd_year} has already been drawn"
                f" ({', '.join(earlier['draw_id'])})"
            ),
            advice=(
                "Give --reason if you really want a second draw; the reason is kept with the draw."
            ),
        )


def _require_fresh(workspace: Workspace, seed: str) -> None:
    used = read_table(workspace, tables.DRAWS, seed=seed)
    if len(used):
        raise DrawRefused(
            f"The seed {seed!r} has been used for {', '.join(used['draw_id'])}",
            expected="a seed that has not been used",
            advice="Two draws with one seed are not independent.",
        )


def _note_repeated(
    workspace: Workspace, cpd_year: int, draw_id: str, made: Draw, moment: datetime
) -> None:
    append_rows(
        workspace,
        tables.DRAW_EVENTS,
        draw_event(cpd_year, DrawEvent.REPEATED, draw_id=draw_id, seed=made.seed, at=moment),
    )
