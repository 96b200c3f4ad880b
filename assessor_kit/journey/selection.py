"""Drawing the sample and allocating what came in."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

import pandas as pd

from assessor_kit import tables
from assessor_kit.allocation import Allocation, allocate_returns
from assessor_kit.errors import DrawRefused, NotFound
from assessor_kit.journey.first_charts import draw_first_charts
from assessor_kit.sampling import (
    Draw,
    draw_sample,
    frame_leaves,
    frame_of,
    frame_root,
    verify_kept_draw,
)
from assessor_kit.store import Workspace, append_rows, mask_returns, read_table
from assessor_kit.store.reading import append
from assessor_kit.vocabulary import TargetBasis


def draw(
    workspace: Workspace,
    *,
    cpd_year: int,
    seed: str,
    size: int | None = None,
    rate_percent: float | None = None,
    reserve_percent: float = 0.0,
    reason: str = "",
) -> tuple[str, Draw]:
    """Draw the year's sample and keep it. The same request again gives the same draw; another needs a `reason`."""
    rules = workspace.rules(cpd_year)
    frame = frame_of(read_table(workspace, tables.REGISTER), rules=rules)
    wanted = size if size is not None else round(len(frame) * (rate_percent or 0) / 100)
    made = draw_sample(frame, seed=seed, size=wanted, reserve_percent=reserve_percent)
    earlier = read_table(workspace, tables.DRAWS, cpd_year=cpd_year)
    for known in earlier.itertuples():
        if (known.seed, known.size, known.reserve, known.frame_digest) == (
            seed,
            made.size,
            made.reserve,
            made.frame_digest,
        ):
            return str(known.draw_id), made
    if len(earlier) and not reason.strip():
        raise DrawRefused(
            f"A sample for CPD of {cpd_year} was drawn already ({', '.join(earlier['draw_id'])})",
            advice="Give --reason if a second draw is really meant; the reason is kept with the draw.",
        )
    draw_id = f"{cpd_year}-{len(earlier) + 1}"
    kept = frame.assign(draw_id=draw_id, salt=[secrets.token_hex(16) for _ in range(len(frame))])
    kept["leaf"] = frame_leaves(kept)
    row = {
        "draw_id": draw_id,
        "cpd_year": cpd_year,
        "seed": seed,
        "size": made.size,
        "reserve": made.reserve,
        "reserve_percent": reserve_percent,
        "frame_size": made.frame_size,
        "frame_digest": made.frame_digest,
        "frame_root": frame_root(list(kept["leaf"])),
        "drawn_at": datetime.now(UTC).replace(tzinfo=None),
        "reason": reason,
        "rules_edition": rules.edition,
    }
    with workspace.engine.begin() as connection:
        append(connection, tables.DRAWS, pd.DataFrame([row]))
        append(connection, tables.FRAMES, kept)
        append(connection, tables.SELECTIONS, made.selections.assign(draw_id=draw_id))
    return draw_id, made


def verify(workspace: Workspace, draw_id: str) -> tuple[bool, Draw]:
    """Whether a kept draw comes out the same from its frozen frame and seed; and the draw made anew.

    Members erased since stand in it as their leaf, their rank and their inclusion probability.
    """
    draws = read_table(workspace, tables.DRAWS, draw_id=draw_id)
    if draws.empty:
        known = ", ".join(read_table(workspace, tables.DRAWS)["draw_id"]) or "none yet"
        raise NotFound(f"There is no draw {draw_id}", advice=f"The draws are: {known}.")
    kept = draws.iloc[0]
    frame = read_table(workspace, tables.FRAMES, draw_id=draw_id)
    recorded = Draw(
        seed=kept["seed"],
        size=int(kept["size"]),
        reserve=int(kept["reserve"]),
        frame_size=int(kept["frame_size"]),
        frame_digest=kept["frame_digest"],
        selections=read_table(workspace, tables.SELECTIONS, draw_id=draw_id),
    )
    return verify_kept_draw(
        frame,
        recorded,
        reserve_percent=float(kept["reserve_percent"]),
        frame_root_then=kept["frame_root"],
    )


def allocate(
    workspace: Workspace, *, cpd_year: int, seed: str, double_mark_percent: float = 0.0
) -> tuple[Allocation, list[str]]:
    """Allocate every return of the year that has no assessor; also names the returns whose target still waits for staff.

    Ties are settled by membership number, not by the workspace's own opaque names, so that a seed gives one answer anywhere.
    """
    returns = read_table(workspace, tables.RETURNS, cpd_year=cpd_year, parked="")
    register = read_table(workspace, tables.REGISTER)[["member_no", "discipline", "employer"]]
    known = (
        returns[["return_id", "member_no"]].merge(register, on="member_no", how="left").fillna("")
    )
    number_of = dict(zip(known["return_id"], known["member_no"], strict=True))
    name_of = {number: name for name, number in number_of.items()}
    taken = read_table(workspace, tables.ALLOCATIONS)
    taken = taken[taken["return_id"].isin(number_of)].assign(
        return_id=lambda rows: rows["return_id"].map(number_of)
    )
    made = allocate_returns(
        known.assign(return_id=known["member_no"]),
        read_table(workspace, tables.ASSESSORS),
        seed=seed,
        double_mark_percent=double_mark_percent,
        taken=taken,
    )
    today = datetime.now(UTC).date()
    rows = made.allocated.assign(
        return_id=made.allocated["return_id"].map(name_of),
        allocated_on=today,
        due_on=today + timedelta(days=workspace.rules(cpd_year).marking_days),
    )
    append_rows(workspace, tables.ALLOCATIONS, rows)
    mask_returns(workspace, list(rows["return_id"].unique()))  # before an assessor can open them
    draw_first_charts(workspace)
    named = Allocation(
        allocated=rows,
        unallocated=made.unallocated.assign(return_id=made.unallocated["return_id"].map(name_of)),
        double_marked=tuple(sorted(name_of[number] for number in made.double_marked)),
    )
    unclear = read_table(
        workspace,
        tables.REQUIREMENTS,
        return_id=list(number_of),
        target_basis=TargetBasis.UNCLEAR.value,
    )
    return named, list(unclear["return_id"])
