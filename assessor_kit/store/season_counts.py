"""Count how far a season has come: every return and marking is in exactly one state.

The database counts, without pandas, because `assessor-kit status` should answer at once. Only for
staff.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from assessor_kit import tables
from assessor_kit.store.access.permissions import require_staff
from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.database.schema import CURRENT_JUDGEMENTS, sql_table
from assessor_kit.store.log.chain import LOG
from assessor_kit.store.rounds.counts import RoundCounts, count_rounds
from assessor_kit.store.workspace import Workspace
from assessor_kit.vocabulary import (
    EventKind,
    JudgementState,
    Marking,
    MarkingState,
    ResponseState,
)

DRAWS, SELECTIONS, RETURNS, RESPONSES, ALLOCATIONS, DOCUMENTS = (
    sql_table(one)
    for one in (
        tables.DRAWS,
        tables.SELECTIONS,
        tables.RETURNS,
        tables.RESPONSES,
        tables.ALLOCATIONS,
        tables.DOCUMENTS,
    )
)
PAIR = 2  # how many markings a double-marked return has


@dataclass(frozen=True, kw_only=True)
class CountedMarking:
    """One marking: who does it, when it is due, and how far it has come."""

    return_id: str
    pseudonym: str
    assessor_id: str
    marking: str
    due_on: date
    state: MarkingState

    @property
    def is_open(self) -> bool:
        """Whether the assessor still has something to do."""
        return self.state in {MarkingState.NOT_STARTED, MarkingState.DRAFT}


@dataclass(frozen=True, kw_only=True)
class SeasonCounts:
    """The counts of one CPD year from which its status is worked out.

    `unanswered` maps selected members without a return to what became of the request. `parked` maps
    each reason to the returns held outside the review for it. `differing` lists returns whose two
    markings are both submitted and differ in a level or the outcome.
    """

    frame: int
    selected: int
    received: int
    unanswered: dict[str, ResponseState]
    parked: dict[str, list[str]]
    unallocated: list[str]
    markings: list[CountedMarking]
    judged: int
    differing: list[str]
    individual_feedback: int
    generic_feedback: int
    released: int
    to_and_fro: RoundCounts


def years_held(workspace: Workspace) -> list[int]:
    """Return the CPD years for which the workspace holds a draw, a return or a declaration."""
    held: set[int] = set()
    with read_transaction(workspace.engine) as connection:
        for ours in (tables.DRAWS, tables.RETURNS, tables.DECLARATIONS):
            table = sql_table(ours)
            held |= set(connection.execute(select(table.c.cpd_year).distinct()).scalars())
    return sorted(int(year) for year in held)


def count_season(workspace: Workspace, *, cpd_year: int) -> SeasonCounts:
    """Return the counts of a CPD year, as of one moment; only for staff."""
    require_staff(workspace)
    with read_transaction(workspace.engine) as connection:
        draws = connection.execute(
            select(DRAWS.c.draw_id, DRAWS.c.frame_size)
            .where(DRAWS.c.cpd_year == cpd_year)
            .order_by(DRAWS.c.draw_id)
        ).all()
        selected = _selected(connection, cpd_year)
        returns = connection.execute(
            select(
                RETURNS.c.return_id, RETURNS.c.member_no, RETURNS.c.pseudonym, RETURNS.c.parked
            ).where(RETURNS.c.cpd_year == cpd_year)
        ).all()
        replies = _replies(connection, cpd_year)
        markings = _markings(connection, cpd_year)
        # a fresh marking on an appeal is no half of a pair
        paired = [one for one in markings if one.marking != Marking.FRESH.value]
        both = {name for name, number in _markings_of(paired).items() if number >= PAIR}
        differing = _differing(connection, both, paired)
        to_and_fro = count_rounds(connection, cpd_year=cpd_year)
        documents = connection.execute(
            select(DOCUMENTS.c.kind, DOCUMENTS.c.return_id, DOCUMENTS.c.released_at).where(
                DOCUMENTS.c.cpd_year == cpd_year
            )
        ).all()
    current = {str(row.return_id): row for row in returns if not row.parked}
    answered = {str(row.member_no) for row in current.values()}
    allocated = {marking.return_id for marking in markings}
    return SeasonCounts(
        frame=int(draws[-1].frame_size) if draws else 0,
        selected=len(selected),
        received=len(current),
        unanswered={
            number: replies.get(number, ResponseState.AWAITING)
            for number in sorted(selected - answered)
        },
        parked=_parked((row.parked, row.pseudonym) for row in returns),
        unallocated=[str(row.pseudonym) for name, row in current.items() if name not in allocated],
        markings=markings,
        judged=_judged(paired),
        differing=differing,
        individual_feedback=len({row.return_id for row in documents if row.kind == "individual"}),
        generic_feedback=sum(row.kind == "generic" for row in documents),
        released=sum(row.released_at is not None for row in documents),
        to_and_fro=to_and_fro,
    )


def _selected(connection: Connection, cpd_year: int) -> set[str]:
    asked = SELECTIONS.c.is_reserve.is_(False) | SELECTIONS.c.called_at.is_not(None)
    rows = connection.execute(
        select(SELECTIONS.c.member_no)
        .join(DRAWS, DRAWS.c.draw_id == SELECTIONS.c.draw_id)
        .where(DRAWS.c.cpd_year == cpd_year, asked)
    )
    return {str(number) for number in rows.scalars()}


def _replies(connection: Connection, cpd_year: int) -> dict[str, ResponseState]:
    rows = connection.execute(
        select(RESPONSES.c.member_no, RESPONSES.c.state).where(RESPONSES.c.cpd_year == cpd_year)
    )
    return {str(row.member_no): ResponseState(row.state) for row in rows}


def _parked(returns: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the pseudonyms of parked returns, by the reason that they are held for."""
    parked: defaultdict[str, list[str]] = defaultdict(list)
    for reason, pseudonym in returns:
        if reason:
            parked[reason].append(pseudonym)
    return dict(parked)


def _markings(connection: Connection, cpd_year: int) -> list[CountedMarking]:
    """Return the markings of the returns under review, each in its current state."""
    rows = connection.execute(
        select(
            ALLOCATIONS.c.return_id,
            ALLOCATIONS.c.assessor_id,
            ALLOCATIONS.c.marking,
            ALLOCATIONS.c.due_on,
            RETURNS.c.pseudonym,
        )
        .join(RETURNS, RETURNS.c.return_id == ALLOCATIONS.c.return_id)
        .where(RETURNS.c.cpd_year == cpd_year, RETURNS.c.parked == "")
        .order_by(ALLOCATIONS.c.return_id, ALLOCATIONS.c.marking)
    ).all()
    current = CURRENT_JUDGEMENTS.c
    states = {
        (row.return_id, row.assessor_id): row.state
        for row in connection.execute(
            select(current.return_id, current.assessor_id, current.state)
            .join(RETURNS, RETURNS.c.return_id == current.return_id)
            .where(RETURNS.c.cpd_year == cpd_year)
        )
    }
    back = {
        (row.return_id, row.assessor_id)
        for row in connection.execute(
            select(LOG.c.return_id, LOG.c.assessor_id)
            .join(RETURNS, RETURNS.c.return_id == LOG.c.return_id)
            .where(RETURNS.c.cpd_year == cpd_year, LOG.c.kind == EventKind.HAND_BACK.value)
        )
    }
    return [
        CountedMarking(
            return_id=str(row.return_id),
            pseudonym=str(row.pseudonym),
            assessor_id=str(row.assessor_id),
            marking=str(row.marking),
            due_on=row.due_on,
            state=_state_of(
                states.get((row.return_id, row.assessor_id)),
                is_handed_back=(row.return_id, row.assessor_id) in back,
            ),
        )
        for row in rows
    ]


def _state_of(judged: str | None, *, is_handed_back: bool) -> MarkingState:
    """Return the state of a marking.

    What is submitted stays submitted; what is handed back is no longer the assessor's.
    """
    if judged == JudgementState.SUBMITTED.value:
        return MarkingState.SUBMITTED
    if is_handed_back:
        return MarkingState.HANDED_BACK
    return MarkingState(judged or JudgementState.NOT_STARTED.value)


def _markings_of(markings: list[CountedMarking]) -> Counter[str]:
    return Counter(marking.return_id for marking in markings)


def _judged(markings: list[CountedMarking]) -> int:
    """Return how many returns have every marking submitted, leaving out erased members."""
    states: defaultdict[str, set[MarkingState]] = defaultdict(set)
    for marking in markings:
        if marking.pseudonym:
            states[marking.return_id].add(marking.state)
    return sum(found == {MarkingState.SUBMITTED} for found in states.values())


def _differing(connection: Connection, both: set[str], markings: list[CountedMarking]) -> list[str]:
    submitted: defaultdict[str, set[str]] = defaultdict(set)
    pseudonym_of: dict[str, str] = {}
    for marking in markings:
        if marking.return_id in both and marking.state is MarkingState.SUBMITTED:
            submitted[marking.return_id].add(marking.assessor_id)
            pseudonym_of[marking.return_id] = marking.pseudonym
    complete = {name for name, assessors in submitted.items() if len(assessors) >= PAIR}
    current = CURRENT_JUDGEMENTS.c
    said: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for name in sorted(complete):
        for row in connection.execute(
            select(current.assessor_id, current.payload).where(current.return_id == name)
        ):
            if row.assessor_id in submitted[name]:
                said[name].append(json.loads(row.payload))
    return [pseudonym_of[name] for name, pair in said.items() if _differ(*pair[:PAIR])]


def _differ(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two markings differ in the outcome, or in a level that both gave."""
    both = one["levels"].keys() & other["levels"].keys()
    return one["outcome"] != other["outcome"] or any(
        one["levels"][criterion] != other["levels"][criterion] for criterion in both
    )
