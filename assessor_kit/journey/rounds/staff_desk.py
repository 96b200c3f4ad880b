"""Gather what waits for staff after judgements: who said it, since when, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd

from assessor_kit import tables
from assessor_kit.errors import InvalidRequest
from assessor_kit.feedback.release import HELD, waiting_documents
from assessor_kit.journey.rounds.member_queries import queries_of
from assessor_kit.journey.rounds.more_information import information_rounds
from assessor_kit.journey.rounds.newer_versions import waiting_versions
from assessor_kit.store import Workspace, read_table, told_to_staff
from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.rounds.staff_notes import (
    note_to_assessor,
    notes_in,
    returned_in,
    waiting_for_assessor,
    waiting_for_staff,
)
from assessor_kit.vocabulary import EventKind, ProblemKind, RoundState, counted_text

# How what an assessor tells staff is named to staff.
IN_CONFIDENCE = EventKind.CONFIDENCE.value
STATE_KINDS = {
    RoundState.OPEN.value: "a little more, waited for",
    RoundState.LATE.value: "a little more, late",
    RoundState.NOTHING_CAME.value: "a little more, nothing came",
}


@dataclass(frozen=True, kw_only=True)
class WaitingForStaff:
    """One thing that waits for staff: of which kind, since when, about what, and what to do."""

    kind: str
    since: date
    about: str
    sentence: str
    next: str
    due_on: date | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as a row for a table."""
        return dict(vars(self))


def rounds_waiting(
    workspace: Workspace, cpd_year: int, *, today: date | None = None
) -> list[WaitingForStaff]:
    """Return what waits for staff after judgements of a year, oldest first; for staff.

    That is: returns handed back, what was raised in confidence, notes without an answer, texts to
    approve, texts returned and not mended, rounds in which a little more is asked for, queries and
    appeals, newer versions, and files with lines that could not be read.
    """
    day = today or datetime.now(UTC).date()
    returns = read_table(workspace, tables.RETURNS, cpd_year=cpd_year)
    names = _Names(returns[returns["pseudonym"] != ""])
    found = [
        *_told(workspace, cpd_year, names),
        *_texts(workspace, cpd_year, names),
        *_rounds(workspace, cpd_year, day),
        *_queries(workspace, cpd_year),
        *_versions(workspace, cpd_year),
        *_unread(workspace, cpd_year, names),
    ]
    return sorted(found, key=lambda one: (one.since, one.kind, one.about))


class _Names:
    """The R-codes of a year's returns, and which of them are under review."""

    def __init__(self, returns: pd.DataFrame) -> None:
        self.code_of = {
            str(name): str(code)
            for name, code in zip(returns["return_id"], returns["pseudonym"], strict=True)
        }
        under_review = returns[returns["parked"] == ""]
        self.received = {
            str(name): moment.date()
            for name, moment in zip(
                under_review["return_id"], under_review["received_at"], strict=True
            )
        }


def handed_back_and_raised(workspace: Workspace) -> list[dict[str, Any]]:
    """Return everything handed back or raised in confidence, with its R-code and the next step.

    Keys: return, return_id, assessor_id, kind, reason, words, recorded_at, event (by which `notes
    answer` names it), is_open and next. A return that was handed back is open while its assessor
    still has it; what was raised in confidence, until staff have answered.
    """
    told = told_to_staff(workspace)
    returns = read_table(workspace, tables.RETURNS, return_id=list(told["return_id"]))
    code_of = dict(zip(returns["return_id"], returns["pseudonym"], strict=True))
    parked = set(returns.loc[returns["parked"] != "", "return_id"])
    held = read_table(workspace, tables.ALLOCATIONS, return_id=list(told["return_id"]))
    pairs = set(zip(held["return_id"], held["assessor_id"], strict=True))
    with read_transaction(workspace.engine) as connection:
        answered = set(notes_in(connection)["answers"])
    rows = []
    for row in told.to_dict("records"):
        code = str(code_of.get(row["return_id"], ""))
        if row["kind"] == IN_CONFIDENCE:
            is_open = row["event_id"] not in answered
            following = f"assessor-kit notes answer {row['event_id']} --what TEXT --by NAME"
        else:
            is_open = (row["return_id"], row["assessor_id"]) in pairs
            is_open = is_open and row["return_id"] not in parked
            following = f"assessor-kit reallocate {code} --assessor {row['assessor_id']}"
        is_open = is_open and bool(code)
        rows.append(
            {
                "return": code,
                **{
                    name: row[name]
                    for name in (
                        "return_id",
                        "assessor_id",
                        "kind",
                        "reason",
                        "words",
                        "recorded_at",
                    )
                },
                "event": row["event_id"],
                "is_open": is_open,
                "next": following if is_open else "",
            }
        )
    return rows


def _told(workspace: Workspace, cpd_year: int, names: _Names) -> Iterator[WaitingForStaff]:
    for row in handed_back_and_raised(workspace):
        if not row["is_open"] or row["return_id"] not in names.code_of:
            continue
        who = row["assessor_id"]
        if row["kind"] == IN_CONFIDENCE:
            sentence = f"{who} told staff in confidence: {row['words']}"
        else:
            reason = row["reason"] or "no reason given"
            words = f": {row['words']}" if row["words"] else ""
            sentence = f"{who} handed it back ({reason}){words}"
        yield WaitingForStaff(
            kind="raised in confidence" if row["kind"] == IN_CONFIDENCE else "handed back",
            since=row["recorded_at"].date(),
            about=row["return"],
            sentence=sentence,
            next=row["next"],
        )
    with read_transaction(workspace.engine) as connection:
        notes = notes_in(connection, return_ids=list(names.code_of))
    asked = waiting_for_staff(notes)
    for note in asked[asked["kind"] == EventKind.NOTE.value].to_dict("records"):
        yield WaitingForStaff(
            kind="note without an answer",
            since=note["written_at"].date(),
            about=names.code_of[str(note["return_id"])],
            sentence=f"{note['assessor_id']} wrote: {note['words']}",
            next=f"assessor-kit notes answer {note['note_id']} --what TEXT --by NAME",
        )
    for note in waiting_for_assessor(notes).to_dict("records"):
        yield WaitingForStaff(
            kind="note that its assessor has not answered",
            since=note["written_at"].date(),
            about=names.code_of[str(note["return_id"])],
            sentence=f"{note['who']} wrote to {note['assessor_id']}: {note['words']}",
            next=f"assessor-kit notes list --cpd-year {cpd_year}",
        )


def _texts(workspace: Workspace, cpd_year: int, names: _Names) -> Iterator[WaitingForStaff]:
    documents = read_table(workspace, tables.DOCUMENTS, cpd_year=cpd_year)
    made_on = {
        str(name): moment.date()
        for name, moment in zip(documents["document_id"], documents["rendered_at"], strict=True)
    }
    for row in waiting_documents(workspace, cpd_year=cpd_year).to_dict("records"):
        about = names.code_of.get(str(row["return_id"]), "feedback for everyone")
        if row["decision"] not in {"", HELD}:
            continue
        is_held = row["decision"] == HELD
        yield WaitingForStaff(
            kind="text held by staff" if is_held else "text to approve",
            since=made_on[str(row["document_id"])],
            about=about,
            sentence=f"Staff held it: {row['reason'] or 'no reason given'}"
            if is_held
            else "Nobody has decided on it yet.",
            next=f"assessor-kit feedback approve {row['document_id']} --by NAME",
        )
    with read_transaction(workspace.engine) as connection:
        texts = returned_in(connection, return_ids=list(names.received))
    for row in texts[texts["mended_version"] == 0].to_dict("records"):
        code = names.code_of[str(row["return_id"])]
        yield WaitingForStaff(
            kind="text returned and not mended",
            since=row["written_at"].date(),
            about=code,
            sentence=f"It is on the desk of {row['assessor_id']}: {row['words']}",
            next=f"assessor-kit notes write {code} --to {row['assessor_id']} --what TEXT --by NAME",
        )


def _rounds(workspace: Workspace, cpd_year: int, today: date) -> Iterator[WaitingForStaff]:
    for row in information_rounds(workspace, cpd_year=cpd_year, today=today):
        if row["state"] not in STATE_KINDS:
            continue
        reminded = f", reminded on {row['reminded']:%d %B %Y}" if row["reminded"] else ""
        yield WaitingForStaff(
            kind=STATE_KINDS[row["state"]],
            since=row["opened"],
            about=row["return"],
            sentence=f"The member has until {row['due']:%d %B %Y}{reminded}.",
            next=row["next"],
            due_on=row["due"],
        )


def _queries(workspace: Workspace, cpd_year: int) -> Iterator[WaitingForStaff]:
    for row in queries_of(workspace, cpd_year=cpd_year):
        if row["state"] == "closed":
            continue
        yield WaitingForStaff(
            kind="appeal" if row["appeal"] else "query",
            since=row["asked"],
            about=f"{row['query']}{' about ' + row['return'] if row['return'] else ''}",
            sentence=f"{row['what']} ({row['state']}; to be answered by {row['due']:%d %B %Y})",
            next=row["next"],
            due_on=row["due"],
        )


def _versions(workspace: Workspace, cpd_year: int) -> Iterator[WaitingForStaff]:
    for row in waiting_versions(workspace, cpd_year=cpd_year):
        new = counted_text(row["new_lines"], "new activity", "new activities")
        yield WaitingForStaff(
            kind="newer version",
            since=row["received"],
            about=row["return"],
            sentence=f"It came after the judgement of {row['before']} had begun, with {new}.",
            next=row["next"],
        )


def _unread(workspace: Workspace, cpd_year: int, names: _Names) -> Iterator[WaitingForStaff]:
    problems = read_table(
        workspace,
        tables.PROBLEMS,
        return_id=list(names.received),
        kind=ProblemKind.REJECTED.value,
    )
    for name, theirs in problems.groupby("return_id"):
        lines = counted_text(len(theirs), "line", "lines")
        first = theirs.iloc[0]
        yield WaitingForStaff(
            kind="file with problems",
            since=names.received[str(name)],
            about=names.code_of[str(name)],
            sentence=f"{lines} could not be read, first: {first['found']}",
            next=f"assessor-kit import returns FILE --cpd-year {cpd_year}",
        )


def note_list(workspace: Workspace, *, cpd_year: int) -> list[dict[str, Any]]:
    """Return the notes between staff and assessors about a year's returns, oldest first.

    Keys: note, return, assessor, from (staff's name or the assessor), kind, words, written, state
    (waits for staff, waits for the assessor, or empty) and next.
    """
    returns = read_table(workspace, tables.RETURNS, cpd_year=cpd_year)
    names = _Names(returns[returns["pseudonym"] != ""])
    with read_transaction(workspace.engine) as connection:
        notes = notes_in(connection, return_ids=list(names.code_of))
    for_staff = set(waiting_for_staff(notes)["note_id"])
    for_assessor = set(waiting_for_assessor(notes)["note_id"])
    rows = []
    for row in notes.to_dict("records"):
        note = str(row["note_id"])
        state = ""
        if note in for_staff:
            state = "waits for staff"
        elif note in for_assessor:
            state = "waits for the assessor"
        rows.append(
            {
                "note": note,
                "return": names.code_of[str(row["return_id"])],
                "assessor": str(row["assessor_id"]),
                "from": str(row["who"]),
                "kind": str(row["kind"]),
                "words": str(row["words"]),
                "written": row["written_at"],
                "state": state,
                "next": f"assessor-kit notes answer {note} --what TEXT --by NAME"
                if note in for_staff
                else "",
            }
        )
    return rows


def write_to_assessor(
    workspace: Workspace, return_id: str, *, to: str, words: str, by: str
) -> tuple[str, str]:
    """Write a note about a return to its assessor; return the note's name and the assessor.

    Without `to` it goes to the only assessor of the return. Raises InvalidRequest where several
    have it, or nobody.
    """
    held = read_table(workspace, tables.ALLOCATIONS, return_id=return_id)
    people = sorted(set(held["assessor_id"]))
    if not to and len(people) != 1:
        raise InvalidRequest(
            f"{' and '.join(people) or 'Nobody'} has this return",
            expected="--to, with the assessor to whom you write" if people else "an assessor",
            advice="Nothing was written.",
        )
    assessor = to or people[0]
    note = note_to_assessor(workspace, return_id, assessor_id=assessor, words=words, written_by=by)
    return note, assessor
