"""How far has the season come, and who holds it up?

Counts that add up: every selected member, return and marking stands in exactly one state.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime

from assessor_kit.journey.letters.counts import letter_counts
from assessor_kit.rules.schema import RoundDays
from assessor_kit.store import Workspace
from assessor_kit.store.letter_counts import LetterCounts
from assessor_kit.store.rounds.counts import RoundCounts
from assessor_kit.store.season_counts import CountedMarking, SeasonCounts, count_season
from assessor_kit.vocabulary import (
    LetterKind,
    MarkingState,
    MessageState,
    Parked,
    ResponseState,
    RoundState,
)

AWAITED = {ResponseState.AWAITING, ResponseState.NO_REPLY}


@dataclass(frozen=True, kw_only=True)
class SeasonStatus:
    """The year's counts, what is overdue by assessor, and the names behind what needs staff.

    `letters`: how many messages of each kind there are in each state.
    `commitment` is the draw that has been committed to and not been made; empty if there is none.
    """

    commitment: str
    counts: dict[str, int]
    overdue: dict[str, int]
    names: dict[str, list[dict[str, str]]]
    letters: dict[str, dict[str, int]]


def status(workspace: Workspace, *, cpd_year: int, today: date | None = None) -> dict[str, int]:
    """How many members, returns and markings stand in each state of the year."""
    return season_status(workspace, cpd_year=cpd_year, today=today).counts


def season_status(
    workspace: Workspace, *, cpd_year: int, today: date | None = None
) -> SeasonStatus:
    """Where the year stands on a day, by default today's.

    A marking is overdue once its day has passed and its assessor still has something to do.
    """
    day = today or datetime.now(UTC).date()
    found = count_season(workspace, cpd_year=cpd_year, today=day)
    late = [one for one in found.markings if one.is_open and one.due_on < day]
    to_and_fro = _to_and_fro(found.to_and_fro, workspace.rules(cpd_year).rounds, day)
    by_assessor = Counter(one.assessor_id for one in late)
    written = letter_counts(workspace, cpd_year=cpd_year, today=day)
    return SeasonStatus(
        commitment=found.commitment.draw_id if found.commitment else "",
        counts={
            **_counts(found),
            **to_and_fro,
            "overdue": len(late),
            **_scheme_counts(written),
        },
        overdue=dict(sorted(by_assessor.items(), key=lambda one: (-one[1], one[0]))),
        names=_names(found, late) | _names_to_and_fro(found.to_and_fro),
        letters=written.messages,
    )


def _scheme_counts(written: LetterCounts) -> dict[str, int]:
    """Return who is in the scheme and has declared, and how far the letters have come."""
    states = written.in_states
    return {
        "scheme_members": written.scheme_members,
        "opted_in": written.opted_in,
        "invited_to_join": written.invited_to_join,
        "declared": written.declared,
        "not_declared": written.not_declared,
        "letters_waiting": states.get(MessageState.QUEUED, 0),
        "letters_sent": sum(
            written.gone(kind) for kind in LetterKind if kind is not LetterKind.TEST
        ),
        "letters_at_the_post": states.get(MessageState.AT_THE_POST, 0),
        "letters_unknown": states.get(MessageState.UNKNOWN, 0)
        + states.get(MessageState.SENDING, 0),
        "letters_bounced": states.get(MessageState.BOUNCED, 0),
    }


def _counts(found: SeasonCounts) -> dict[str, int]:
    replies = Counter(found.unanswered.values())
    states = Counter(marking.state for marking in found.markings)
    return {
        "committed": int(found.commitment is not None),
        "published": int(found.commitment is not None and found.commitment.is_published),
        "frame": found.frame,
        "selected": found.selected,
        "replaceable": len(found.replaceable),
        "received": found.received,
        **{
            state.value.replace(" ", "_"): replies[state]
            for state in ResponseState
            if state is not ResponseState.RECEIVED
        },
        "parked": len(found.parked.get(Parked.NOT_SELECTED, ())),
        "superseded": len(found.parked.get(Parked.SUPERSEDED, ())),
        "newer_versions": len(found.parked.get(Parked.NEWER, ())),
        "allocated": found.received - len(found.unallocated),
        "unallocated": len(found.unallocated),
        "markings": len(found.markings),
        "not_started": states[MarkingState.NOT_STARTED],
        "drafts": states[MarkingState.DRAFT],
        "submitted": states[MarkingState.SUBMITTED],
        "handed_back": states[MarkingState.HANDED_BACK],
        "differing": len(found.differing),
        "second_looks": len(found.second_looks),
        "judged": found.judged,
        "individual_feedback": found.individual_feedback,
        "generic_feedback": found.generic_feedback,
        "released": found.released,
    }


def _to_and_fro(found: RoundCounts, days: RoundDays, day: date) -> dict[str, int]:
    states = Counter(one.state_on(day, end_after=days.more_end) for one in found.rounds.values())
    waiting = [one for one in found.queries if one.is_open]
    return {
        "texts_returned": len(found.returned),
        "notes_for_staff": len(found.for_staff),
        "notes_for_assessors": len(found.for_assessors),
        "in_confidence": len(found.in_confidence),
        "rounds_open": states[RoundState.OPEN],
        "rounds_late": states[RoundState.LATE] + states[RoundState.NOTHING_CAME],
        "rounds_answered": states[RoundState.ANSWERED],
        "rounds_ended": states[RoundState.ENDED],
        "queries": sum(not one.is_appeal for one in found.queries),
        "appeals": sum(one.is_appeal for one in found.queries),
        "queries_open": len(waiting),
        "queries_overdue": sum(one.due_on < day for one in waiting),
        "outcomes_changed": sum(one.outcome_changed for one in found.queries),
    }


def _names_to_and_fro(found: RoundCounts) -> dict[str, list[dict[str, str]]]:
    notes = [*found.for_staff, *found.in_confidence]
    return {
        "returned-texts": _returns(found.returned),
        "notes": _returns(notes),
        "rounds": [
            {"return": code, "due": one.due_on.isoformat()}
            for code, one in sorted(
                found.rounds.items(), key=lambda pair: (pair[1].due_on, pair[0])
            )
            if one.is_open
        ],
        "queries": [
            {"query": one.query_id, "member": one.member_no, "due": one.due_on.isoformat()}
            for one in found.queries
            if one.is_open
        ],
    }


def _names(found: SeasonCounts, late: list[CountedMarking]) -> dict[str, list[dict[str, str]]]:
    """What is behind a count, as rows for a table. Members only where there is no return yet."""
    in_state = {
        state: [one for one in found.markings if one.state is state] for state in MarkingState
    }
    return {
        "awaited": [
            {"member": number, "reply": state.value}
            for number, state in found.unanswered.items()
            if state in AWAITED
        ],
        "replaceable": [
            {"member": one.member_no, "why": one.why, "reserves_left": str(one.reserves_left)}
            for one in found.replaceable
        ],
        "unallocated": _returns(found.unallocated),
        "not-started": _markings(in_state[MarkingState.NOT_STARTED]),
        "drafts": _markings(in_state[MarkingState.DRAFT]),
        "overdue": _markings(late),
        "handed-back": _markings(in_state[MarkingState.HANDED_BACK]),
        "newer-versions": _returns(found.parked.get(Parked.NEWER, [])),
        "differing": _returns(found.differing),
        "second-looks": _returns(found.second_looks),
    }


def _returns(pseudonyms: list[str]) -> list[dict[str, str]]:
    return [{"return": pseudonym} for pseudonym in sorted(pseudonyms)]


def _markings(markings: list[CountedMarking]) -> list[dict[str, str]]:
    ordered = sorted(markings, key=lambda one: (one.due_on, one.assessor_id, one.pseudonym))
    return [
        {
            "return": one.pseudonym,
            "assessor": one.assessor_id,
            "due": one.due_on.isoformat(),
        }
        for one in ordered
    ]
