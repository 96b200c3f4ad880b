"""Find those who were drawn and turn out ineligible, and whom a reserve can still replace.

The database is asked without pandas, because `assessor-kit status` should answer at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Select, select

from assessor_kit import tables
from assessor_kit.store.database.schema import sql_table
from assessor_kit.vocabulary import ResponseState

DRAWS, SELECTIONS, REGISTER, RESPONSES, RETURNS = (
    sql_table(one)
    for one in (
        tables.DRAWS,
        tables.SELECTIONS,
        tables.REGISTER,
        tables.RESPONSES,
        tables.RETURNS,
    )
)
HAS_DIED, HAS_LEFT, NO_MEMBER = "has died", "has left", "is not a scheme member"
StratumOfDraw = tuple[str, str]  # a draw and one of its strata


@dataclass(frozen=True, kw_only=True)
class IneligibleMember:
    """Somebody who was asked, is ineligible, and has not been replaced.

    `reserves_left` is how many reserves of the same stratum have not been called.
    """

    member_no: str
    draw_id: str
    stratum: str
    rank: int
    why: str
    reserves_left: int


def ineligible_members(
    connection: Connection, *, cpd_year: int, today: date
) -> list[IneligibleMember]:
    """Return those who were asked in a year and are ineligible, in the order of the draws."""
    drawn = connection.execute(
        select(SELECTIONS)
        .join(DRAWS, DRAWS.c.draw_id == SELECTIONS.c.draw_id)
        .where(DRAWS.c.cpd_year == cpd_year)
        .order_by(SELECTIONS.c.draw_id, SELECTIONS.c.stratum, SELECTIONS.c.rank)
    ).all()
    numbers = (
        select(SELECTIONS.c.member_no)
        .join(DRAWS, DRAWS.c.draw_id == SELECTIONS.c.draw_id)
        .where(DRAWS.c.cpd_year == cpd_year)
    )
    why = _why(connection, numbers, cpd_year=cpd_year, today=today)
    waiting: Counter[StratumOfDraw] = Counter(
        (str(row.draw_id), str(row.stratum))
        for row in drawn
        if row.is_reserve and row.called_at is None
    )
    replaced = {
        (str(row.draw_id), str(row.stratum), row.called_for_rank)
        for row in drawn
        if row.called_at is not None
    }
    known = _known(connection, numbers, cpd_year=cpd_year)
    found = []
    for row in drawn:
        number, place = str(row.member_no), (str(row.draw_id), str(row.stratum))
        reason = NO_MEMBER if number not in known else why.get(number, "")
        is_asked = not row.is_reserve or row.called_at is not None
        if is_asked and reason and (*place, row.rank) not in replaced:
            found.append(
                IneligibleMember(
                    member_no=number,
                    draw_id=place[0],
                    stratum=place[1],
                    rank=int(row.rank),
                    why=reason,
                    reserves_left=waiting[place],
                )
            )
    return found


def with_a_reserve(members: Iterable[IneligibleMember]) -> list[IneligibleMember]:
    """Return those for whom a reserve is left, where each reserve replaces one of them."""
    taken: Counter[StratumOfDraw] = Counter()
    found = []
    for one in members:
        place = (one.draw_id, one.stratum)
        if taken[place] < one.reserves_left:
            taken[place] += 1
            found.append(one)
    return found


def _why(
    connection: Connection, numbers: Select[tuple[str]], *, cpd_year: int, today: date
) -> dict[str, str]:
    """Return why some of these members are ineligible; the register says more than a response."""
    noted = select(RESPONSES.c.member_no).where(
        RESPONSES.c.cpd_year == cpd_year, RESPONSES.c.state == ResponseState.LEFT.value
    )
    why = {str(number): HAS_LEFT for number in connection.execute(noted).scalars()}
    gone = connection.execute(
        select(REGISTER.c.member_no, REGISTER.c.deceased).where(
            REGISTER.c.member_no.in_(numbers),
            REGISTER.c.deceased.is_(True) | (REGISTER.c.left_on <= today),
        )
    )
    return why | {str(row.member_no): HAS_DIED if row.deceased else HAS_LEFT for row in gone}


def _known(connection: Connection, numbers: Select[tuple[str]], *, cpd_year: int) -> set[str]:
    """Return those of these members who are in the register or sent a return for the year."""
    listed = select(REGISTER.c.member_no).where(REGISTER.c.member_no.in_(numbers))
    sent = select(RETURNS.c.member_no).where(RETURNS.c.cpd_year == cpd_year, RETURNS.c.parked == "")
    return {str(number) for one in (listed, sent) for number in connection.execute(one).scalars()}
