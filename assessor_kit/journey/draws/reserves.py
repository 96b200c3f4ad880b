"""Call reserves for members who were drawn but should never have been in the frame.

A reserve replaces only somebody ineligible: who has died, has left, or is no scheme member. A
member who does not answer is not replaced, as that would hide how many do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pandas as pd

from assessor_kit import tables
from assessor_kit.errors import DrawRefused, NotFound
from assessor_kit.sampling import is_asked
from assessor_kit.store import Workspace, read_table
from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.ineligible import ineligible_members, with_a_reserve
from assessor_kit.store.rows.typed_rows import append
from assessor_kit.store.rows.typed_rows import replace as replace_in
from assessor_kit.vocabulary import DrawEvent, ResponseState


@dataclass(frozen=True, kw_only=True)
class CalledReserve:
    """A reserve who was called, for whom, and from which place in which stratum's order."""

    member_no: str
    in_place_of: str
    stratum: str
    rank: int


def replaceable_members(
    workspace: Workspace, *, cpd_year: int, today: date | None = None
) -> pd.DataFrame:
    """Return those asked for a return who turn out ineligible and have not been replaced.

    Columns: those of `tables.SELECTIONS`, why, reserves_left (in their stratum), and has_reserve:
    whether one of those is left for this member.
    """
    day = today or datetime.now(UTC).date()
    with read_transaction(workspace.engine) as connection:
        out = ineligible_members(connection, cpd_year=cpd_year, today=day)
    drawn = _drawn(workspace, cpd_year)
    covered = with_a_reserve(out)
    columns = ["draw_id", "member_no", "why", "reserves_left", "has_reserve"]
    said = pd.DataFrame(
        [{**vars(one), "has_reserve": one in covered} for one in out], columns=columns
    ).astype({"has_reserve": bool})
    return drawn.merge(said, on=["draw_id", "member_no"], how="inner")


def call_reserve(
    workspace: Workspace,
    *,
    cpd_year: int,
    member_no: str,
    because: str,
    who: str = "",
    now: datetime | None = None,
) -> CalledReserve:
    """Call the next reserve of the stratum in place of a member who turned out ineligible.

    Raises NotFound for somebody who was not asked, and DrawRefused where the member has been
    replaced already or no reserve is left.
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None)
    drawn = _drawn(workspace, cpd_year)
    mine = drawn[(drawn["member_no"] == member_no) & is_asked(drawn)]
    if mine.empty:
        raise NotFound(
            f"{member_no} was not asked for a return for CPD of {cpd_year}",
            advice="`assessor-kit draw-record` and the season's page say who was drawn.",
        )
    out = mine.iloc[0]
    stratum = drawn[(drawn["draw_id"] == out["draw_id"]) & (drawn["stratum"] == out["stratum"])]
    if out["rank"] in set(stratum["called_for_rank"].dropna()):
        raise DrawRefused(f"A reserve has been called for {member_no} already")
    waiting = stratum[~is_asked(stratum)].sort_values("rank")
    if waiting.empty:
        raise DrawRefused(
            f"Stratum {out['stratum']!r} of draw {out['draw_id']} has no reserve left",
            advice="The sample is one smaller; the figures allow for it.",
        )
    called = waiting.iloc[[0]].assign(called_at=moment, called_for_rank=int(out["rank"]))
    reserve = called.iloc[0]
    noted = pd.DataFrame(
        [
            {
                "member_no": member_no,
                "cpd_year": cpd_year,
                "state": ResponseState.LEFT.value,
                "noted_on": moment.date(),
            }
        ]
    )
    event = pd.DataFrame(
        [
            {
                "cpd_year": cpd_year,
                "draw_id": out["draw_id"],
                "kind": DrawEvent.RESERVE_CALLED.value,
                "who": who,
                "happened_at": moment,
                "recorded_at": moment,
                "seed": "",
                # no number, so that erasing a member need not touch the record
                "detail": f"stratum {out['stratum']}: rank {reserve['rank']} in place of rank"
                f" {out['rank']}, who {because}",
            }
        ]
    )
    with workspace.engine.begin() as connection:
        replace_in(connection, tables.SELECTIONS, called)
        replace_in(connection, tables.RESPONSES, noted)
        append(connection, tables.DRAW_EVENTS, event)
    return CalledReserve(
        member_no=str(reserve["member_no"]),
        in_place_of=member_no,
        stratum=str(out["stratum"]),
        rank=int(reserve["rank"]),
    )


def _drawn(workspace: Workspace, cpd_year: int) -> pd.DataFrame:
    draws = read_table(workspace, tables.DRAWS, cpd_year=cpd_year)
    return read_table(workspace, tables.SELECTIONS, draw_id=list(draws["draw_id"]))
