"""Count how far a season has come: every return and marking is in exactly one state.

The database counts, without pandas, because `assessor-kit status` should answer at once. Only for
staff.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from assessor_kit import tables
from assessor_kit.moderation.adjudication import (
    AgreedBefore,
    is_settled,
    sides_of,
    to_be_settled,
)
from assessor_kit.rules.schema import Rules
from assessor_kit.store.access.permissions import require_staff
from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.database.schema import CURRENT_JUDGEMENTS, sql_table
from assessor_kit.store.ineligible import IneligibleMember, ineligible_members, with_a_reserve
from assessor_kit.store.log.chain import LOG
from assessor_kit.store.rounds.counts import RoundCounts, count_rounds
from assessor_kit.store.workspace import Workspace
from assessor_kit.vocabulary import (
    DrawEvent,
    EventKind,
    Judgement,
    JudgementState,
    Marking,
    MarkingState,
    Raised,
    ResponseState,
)

DRAWS, SELECTIONS, RETURNS, RESPONSES, ALLOCATIONS, DOCUMENTS, COMMITMENTS, DRAW_EVENTS = (
    sql_table(one)
    for one in (
        tables.DRAWS,
        tables.SELECTIONS,
        tables.RETURNS,
        tables.RESPONSES,
        tables.ALLOCATIONS,
        tables.DOCUMENTS,
        tables.COMMITMENTS,
        tables.DRAW_EVENTS,
    )
)
AFTERWARDS = (EventKind.AGREED.value, EventKind.ANSWER.value)
LISTED = 500  # names in one query


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
class OpenCommitment:
    """A commitment that is neither drawn nor withdrawn."""

    draw_id: str
    is_published: bool


@dataclass(frozen=True, kw_only=True)
class SeasonCounts:
    """The counts of one CPD year from which its status is worked out.

    `unanswered` maps selected members without a return to what became of the request. `parked` maps
    each reason to the returns held outside the review for it. `differing` lists returns whose
    submitted markings differ in what has to be settled, with nothing agreed since; `second_looks`
    those of which an assessor asks for a second look that nobody has answered. `replaceable` lists
    members who turned out ineligible and for whom a reserve is left.
    """

    commitment: OpenCommitment | None
    frame: int
    selected: int
    replaceable: list[IneligibleMember]
    received: int
    unanswered: dict[str, ResponseState]
    parked: dict[str, list[str]]
    unallocated: list[str]
    markings: list[CountedMarking]
    judged: int
    differing: list[str]
    second_looks: list[str]
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


def count_season(workspace: Workspace, *, cpd_year: int, today: date) -> SeasonCounts:
    """Return the counts of a CPD year, as of one moment; only for staff.

    `today` decides who has left.
    """
    require_staff(workspace)
    with read_transaction(workspace.engine) as connection:
        draws = connection.execute(
            select(DRAWS.c.draw_id, DRAWS.c.frame_size)
            .where(DRAWS.c.cpd_year == cpd_year)
            .order_by(DRAWS.c.draw_id)
        ).all()
        commitment = open_commitment(connection, cpd_year)
        selected = _selected(connection, cpd_year)
        out = ineligible_members(connection, cpd_year=cpd_year, today=today)
        returns = connection.execute(
            select(
                RETURNS.c.return_id, RETURNS.c.member_no, RETURNS.c.pseudonym, RETURNS.c.parked
            ).where(RETURNS.c.cpd_year == cpd_year)
        ).all()
        replies = _replies(connection, cpd_year)
        markings = _markings(connection, cpd_year)
        said = _Said(connection, markings)
        differing = said.differing(workspace.rules(cpd_year))
        second_looks = said.second_looks()
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
        commitment=commitment,
        frame=int(draws[-1].frame_size) if draws else 0,
        selected=len(selected),
        replaceable=with_a_reserve(out),
        received=len(current),
        unanswered={
            number: replies.get(number, ResponseState.AWAITING)
            for number in sorted(selected - answered)
        },
        parked=_parked((row.parked, row.pseudonym) for row in returns),
        unallocated=[str(row.pseudonym) for name, row in current.items() if name not in allocated],
        markings=markings,
        judged=_judged(markings),
        differing=differing,
        second_looks=second_looks,
        individual_feedback=len({row.return_id for row in documents if row.kind == "individual"}),
        generic_feedback=sum(row.kind == "generic" for row in documents),
        released=sum(row.released_at is not None for row in documents),
        to_and_fro=to_and_fro,
    )


def open_commitment(connection: Connection, cpd_year: int) -> OpenCommitment | None:
    """Return the commitment of a year that is neither drawn nor withdrawn, if there is one."""
    found = connection.execute(
        select(COMMITMENTS.c.draw_id, COMMITMENTS.c.digest)
        .where(
            COMMITMENTS.c.cpd_year == cpd_year,
            COMMITMENTS.c.withdrawn_at.is_(None),
            COMMITMENTS.c.draw_id.not_in(select(DRAWS.c.draw_id)),
        )
        .order_by(COMMITMENTS.c.draw_id)
    ).first()
    if found is None:
        return None
    said = connection.execute(
        select(DRAW_EVENTS.c.detail).where(
            DRAW_EVENTS.c.draw_id == found.draw_id,
            DRAW_EVENTS.c.kind == DrawEvent.PUBLISHED.value,
        )
    )
    # only what was recorded of this very file counts, as when the draw is made
    is_published = any(found.digest in detail for detail in said.scalars())
    return OpenCommitment(draw_id=str(found.draw_id), is_published=is_published)


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


def _judged(markings: list[CountedMarking]) -> int:
    """Return how many returns have every marking submitted, leaving out erased members.

    A fresh review does not undo that a return was judged.
    """
    states: defaultdict[str, set[MarkingState]] = defaultdict(set)
    for marking in markings:
        if marking.pseudonym and marking.marking != Marking.FRESH.value:
            states[marking.return_id].add(marking.state)
    return sum(found == {MarkingState.SUBMITTED} for found in states.values())


class _Said:
    """What the submitted markings of a year chose, and what was agreed and answered about them.

    Only what is not sealed is read, as no key is needed for it.
    """

    def __init__(self, connection: Connection, markings: list[CountedMarking]) -> None:
        self.code_of = {one.return_id: one.pseudonym for one in markings if one.pseudonym}
        self.whole: dict[str, bool] = {}
        submitted = {}
        for one in markings:
            is_done = one.state is MarkingState.SUBMITTED
            self.whole[one.return_id] = self.whole.get(one.return_id, True) and is_done
            if is_done and one.pseudonym:
                submitted[one.return_id, one.assessor_id] = one.marking
        self.submitted: defaultdict[str, dict[str, tuple[str, dict[str, Any]]]] = defaultdict(dict)
        self.agreed: dict[str, dict[str, Any]] = {}
        self.answered: set[str] = set()
        names = sorted(self.code_of)
        current = CURRENT_JUDGEMENTS.c
        for start in range(0, len(names), LISTED):
            wanted = names[start : start + LISTED]
            for row in connection.execute(
                select(
                    current.return_id, current.assessor_id, current.event_id, current.payload
                ).where(current.return_id.in_(wanted))
            ):
                marking = submitted.get((row.return_id, row.assessor_id))
                if marking:
                    said = (str(row.event_id), json.loads(row.payload))
                    self.submitted[row.return_id][marking] = said
            for later in connection.execute(
                select(LOG.c.return_id, LOG.c.kind, LOG.c.payload)
                .where(LOG.c.return_id.in_(wanted), LOG.c.kind.in_(AFTERWARDS))
                .order_by(LOG.c.seq)
            ):
                chosen = json.loads(later.payload)
                if later.kind == EventKind.AGREED.value:
                    self.agreed[later.return_id] = chosen
                elif chosen["about"] == Raised.SECOND_LOOK.value:
                    self.answered.add(str(chosen["of"]))

    def differing(self, rules: Rules) -> list[str]:
        """Return the pseudonyms of returns whose markings differ in what has to be settled."""
        found = []
        for name in sorted(self.submitted):
            if not self.whole[name]:
                continue
            submitted = {
                marking: (event, _chosen(payload))
                for marking, (event, payload) in self.submitted[name].items()
            }
            agreed = None
            if name in self.agreed:
                payload = self.agreed[name]
                agreed = AgreedBefore(judgement=_chosen(payload), settles=payload["settles"])
            sides = sides_of(submitted, agreed)
            if not is_settled(submitted, agreed) and to_be_settled(sides, rules):
                found.append(self.code_of[name])
        return found

    def second_looks(self) -> list[str]:
        """Return the pseudonyms of returns with a second look that nobody has answered."""
        return [
            self.code_of[name]
            for name in sorted(self.submitted)
            if any(
                payload.get("second_look") and event not in self.answered
                for event, payload in self.submitted[name].values()
            )
        ]


def _chosen(payload: dict[str, Any]) -> Judgement:
    """Return a judgement with what was chosen in it, and no words."""
    return Judgement(levels=payload["levels"], comments={}, outcome=payload["outcome"], advice="")
