"""Count how many other returns record less and more than one return does.

Only returns with the same target are counted, without saying whose they are.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import JSON, ColumnElement, Connection, cast, func, select, type_coerce

from assessor_kit.errors import NotVisibleYet
from assessor_kit.store.access.permissions import require_allocated, require_self
from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.database.schema import CURRENT_JUDGEMENTS, RETURNS_TO_ASSESS, sql_table
from assessor_kit.store.workspace import Workspace
from assessor_kit.tables import FINDINGS, REQUIREMENTS
from assessor_kit.vocabulary import JudgementState

NEEDED = sql_table(REQUIREMENTS)
FOUND = sql_table(FINDINGS)


@dataclass(frozen=True, kw_only=True)
class PeerPosition:
    """How many other returns with the same target record fewer minutes, or more.

    The returns counted are of the same CPD year.
    """

    others: int
    fewer: int
    more: int


def peer_position_of(
    workspace: Workspace, return_id: str, *, assessor_id: str, criterion: str
) -> PeerPosition:
    """Return how one return's recorded minutes compare with those of other returns.

    The database does the counting, so that a year of 100,000 returns takes a fraction of a second.
    `criterion` is the one whose finding holds the minutes.

    Only an assessor who has submitted their judgement of the return may see it: raises
    NotVisibleYet before that. A database role that sees only its own returns is compared only with
    those.
    """
    require_self(workspace, assessor_id)
    with read_transaction(workspace.engine) as connection:
        require_allocated(connection, return_id, assessor_id=assessor_id)
        current = CURRENT_JUDGEMENTS.c
        state = connection.execute(
            select(current.state).where(
                current.return_id == return_id, current.assessor_id == assessor_id
            )
        ).scalar()
        if state != JudgementState.SUBMITTED.value:
            raise NotVisibleYet(
                "How a return compares with others is shown once its judgement is submitted",
                advice="Submit the judgement first.",
            )
        minutes = _minutes(connection)
        mine = (
            connection.execute(
                select(minutes).where(
                    FOUND.c.return_id == return_id, FOUND.c.criterion == criterion
                )
            ).scalar()
            or 0
        )
        shown = RETURNS_TO_ASSESS.c
        year = select(shown.cpd_year).where(shown.return_id == return_id).scalar_subquery()
        target = (
            select(NEEDED.c.target_minutes).where(NEEDED.c.return_id == return_id).scalar_subquery()
        )
        counted = (
            select(
                func.count(),
                func.count().filter(minutes < mine),
                func.count().filter(minutes > mine),
            )
            .select_from(FOUND)
            .join(NEEDED, NEEDED.c.return_id == FOUND.c.return_id)
            .join(RETURNS_TO_ASSESS, shown.return_id == FOUND.c.return_id)
            .where(
                shown.cpd_year == year,
                shown.parked == "",
                NEEDED.c.target_minutes == target,
                FOUND.c.criterion == criterion,
                FOUND.c.return_id != return_id,
            )
        )
        others, fewer, more = connection.execute(counted).one()
    return PeerPosition(others=int(others), fewer=int(fewer), more=int(more))


def _minutes(connection: Connection) -> ColumnElement[int]:
    numbers = (
        type_coerce(FOUND.c.numbers, JSON)
        if connection.dialect.name == "sqlite"
        else cast(FOUND.c.numbers, JSON)
    )
    sure, doubtful = (func.coalesce(numbers[name].as_integer(), 0) for name in ("sure", "doubtful"))
    return sure + doubtful
