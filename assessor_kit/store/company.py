"""In what company does a return stand? How many others with the same target record less and more, without saying whose they are."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import JSON, ColumnElement, Connection, cast, func, select, type_coerce

from assessor_kit.errors import NotVisibleYet
from assessor_kit.store.access import require_allocated, require_self
from assessor_kit.store.engine import reading
from assessor_kit.store.schema import CURRENT_JUDGEMENTS, RETURNS_TO_ASSESS, sql_table
from assessor_kit.store.workspace import Workspace
from assessor_kit.tables import FINDINGS, REQUIREMENTS
from assessor_kit.vocabulary import JudgementState

NEEDED, FOUND = sql_table(REQUIREMENTS), sql_table(FINDINGS)


@dataclass(frozen=True, kw_only=True)
class Company:
    """How many other returns of the year have the same target, and how many of them record fewer minutes, and more."""

    others: int
    fewer: int
    more: int


def company_of(
    workspace: Workspace, return_id: str, *, assessor_id: str, criterion: str
) -> Company:
    """The company of one return, by the recorded minutes; the database counts, so that a year of 100,000 returns takes a fraction of a second.

    `criterion` names the one whose finding holds the minutes. For whoever has submitted their judgement of the return: NotVisibleYet
    before. Through a database role that sees its own returns only, the others are just these.
    """
    require_self(workspace, assessor_id)
    with reading(workspace.engine) as connection:
        require_allocated(connection, return_id, assessor_id=assessor_id)
        current = CURRENT_JUDGEMENTS.c
        state = connection.execute(
            select(current.state).where(
                current.return_id == return_id, current.assessor_id == assessor_id
            )
        ).scalar()
        if state != JudgementState.SUBMITTED.value:
            raise NotVisibleYet(
                "How a return compares is shown once its judgement is submitted",
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
    return Company(others=int(others), fewer=int(fewer), more=int(more))


def _minutes(connection: Connection) -> ColumnElement[int]:
    numbers = (
        type_coerce(FOUND.c.numbers, JSON)
        if connection.dialect.name == "sqlite"
        else cast(FOUND.c.numbers, JSON)
    )
    sure, doubtful = (func.coalesce(numbers[name].as_integer(), 0) for name in ("sure", "doubtful"))
    return sure + doubtful
