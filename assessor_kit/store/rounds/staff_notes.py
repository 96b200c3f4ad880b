"""Carry notes between staff and one assessor about one return, and texts that staff return.

What staff write is kept beside the log; what the assessor writes is an event of it, and so comes
back from a laptop like a judgement. A note has at most one answer: this is no chat.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, insert, select

from assessor_kit import tables
from assessor_kit.errors import InvalidRequest, NotFound
from assessor_kit.store.access.permissions import require_self, require_staff
from assessor_kit.store.database.connections import read_transaction, write_transaction
from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.keys import seal, unseal
from assessor_kit.store.log.assessor_events import events_of_kind, record_event
from assessor_kit.store.log.chain import LOG
from assessor_kit.store.rows.subject_keys import make_subject_key, of_return, subject_keys
from assessor_kit.store.workspace import Workspace
from assessor_kit.vocabulary import EventKind, JudgementState, StaffNote

NOTES = sql_table(tables.STAFF_NOTES)
# what an assessor tells staff and may be answered
TOLD = (EventKind.NOTE, EventKind.CONFIDENCE)
COLUMNS = [
    "note_id",
    "return_id",
    "assessor_id",
    "from_staff",
    "kind",
    "answers",
    "judgement_version",
    "words",
    "who",
    "written_at",
]
RETURNED_COLUMNS = [
    "note_id",
    "return_id",
    "assessor_id",
    "judgement_version",
    "words",
    "who",
    "written_at",
    "mended_version",
    "mended_at",
]


@dataclass(frozen=True, kw_only=True)
class NewStaffNote:
    """What staff write to an assessor about one return."""

    return_id: str
    assessor_id: str
    kind: StaffNote
    words: str
    written_by: str
    answers: str = ""
    judgement_version: int = 0


def add_staff_notes(connection: Connection, notes: Iterable[NewStaffNote]) -> list[str]:
    """Keep notes within a write transaction; return their names."""
    now = datetime.now(UTC).replace(tzinfo=None)
    names = []
    for note in notes:
        name = secrets.token_hex(16)
        key = make_subject_key(connection, of_return(note.return_id))
        row = {
            "note_id": name,
            "return_id": note.return_id,
            "assessor_id": note.assessor_id,
            "note_kind": note.kind.value,
            "answers": note.answers,
            "judgement_version": note.judgement_version,
            "sealed": seal(note.words, key=key, place=_place(name, note.return_id)),
            "written_by": note.written_by,
            "written_at": now,
        }
        connection.execute(insert(NOTES), [row])
        names.append(name)
    return names


def put_staff_notes(connection: Connection, told: Iterable[dict[str, Any]]) -> None:
    """Keep the notes that came in a pack, under this workspace's own keys."""
    for note in told:
        key = make_subject_key(connection, of_return(note["return_id"]))
        row = {name: note[name] for name in tables.STAFF_NOTES.column_names if name in note}
        place = _place(note["note_id"], note["return_id"])
        row |= {
            "sealed": seal(note["words"], key=key, place=place),
            "written_at": datetime.fromisoformat(note["written_at"]),
        }
        connection.execute(insert(NOTES), [row])


def told_staff_notes(
    connection: Connection, return_ids: list[str], *, assessor_id: str
) -> list[dict[str, Any]]:
    """Return staff's notes to an assessor as plain values, for a pack."""
    wanted = NOTES.c.return_id.in_(return_ids) & (NOTES.c.assessor_id == assessor_id)
    return [
        {
            **{name: value for name, value in row._asdict().items() if name != "sealed"},
            "words": words,
            "written_at": row.written_at.isoformat(),
        }
        for row, words in _opened(connection, [wanted])
    ]


def _place(note_id: str, return_id: str) -> str:
    return f"staff_notes|{note_id}|{return_id}"


def _opened(connection: Connection, wanted: list[Any]) -> list[tuple[Row[Any], str]]:
    """Return staff's notes with their words, oldest first; no words once the key is destroyed."""
    rows = connection.execute(
        select(NOTES).where(*wanted).order_by(NOTES.c.written_at, NOTES.c.note_id)
    ).all()
    keys = subject_keys(connection, sorted({of_return(row.return_id) for row in rows}))
    return [(row, _words(row, keys.get(of_return(row.return_id)))) for row in rows]


def _words(row: Row[Any], key: bytes | None) -> str:
    if key is None:
        return ""
    return unseal(row.sealed, key=key, place=_place(row.note_id, row.return_id))


def note_to_assessor(
    workspace: Workspace, return_id: str, *, assessor_id: str, words: str, written_by: str
) -> str:
    """Write a note to one assessor about one of their returns; return its name. For staff.

    Raises InvalidRequest for an empty note, and NotFound where the return is not theirs.
    """
    require_staff(workspace)
    _require_words(words)
    allocations = sql_table(tables.ALLOCATIONS)
    with write_transaction(workspace.engine) as connection:
        theirs = (allocations.c.return_id == return_id) & (allocations.c.assessor_id == assessor_id)
        if connection.execute(select(allocations.c.marking).where(theirs)).first() is None:
            raise NotFound(
                f"Assessor {assessor_id} does not have this return",
                advice="`assessor-kit status --names not-started` and its like say who has which.",
            )
        note = NewStaffNote(
            return_id=return_id,
            assessor_id=assessor_id,
            kind=StaffNote.NOTE,
            words=words,
            written_by=written_by,
        )
        return add_staff_notes(connection, [note])[0]


def answer_note(workspace: Workspace, note_id: str, *, words: str, written_by: str) -> str:
    """Answer what an assessor told staff; return the answer's name. For staff.

    Raises NotFound for an unknown note, and InvalidRequest for one that has been answered.
    """
    require_staff(workspace)
    _require_words(words)
    with write_transaction(workspace.engine) as connection:
        asked = connection.execute(
            select(LOG.c.return_id, LOG.c.assessor_id).where(
                LOG.c.event_id == note_id, LOG.c.kind.in_([kind.value for kind in TOLD])
            )
        ).first()
        if asked is None:
            raise NotFound(
                f"There is no note {note_id!r} of an assessor",
                advice="`assessor-kit notes list` names those that wait for an answer.",
            )
        if connection.execute(select(NOTES.c.note_id).where(NOTES.c.answers == note_id)).first():
            raise InvalidRequest(
                f"The note {note_id} has been answered",
                advice="Nothing was written. A new thought is a new note: `assessor-kit notes"
                " write`.",
            )
        note = NewStaffNote(
            return_id=asked.return_id,
            assessor_id=asked.assessor_id,
            kind=StaffNote.ANSWER,
            words=words,
            written_by=written_by,
            answers=note_id,
        )
        return add_staff_notes(connection, [note])[0]


def _require_words(words: str) -> None:
    if not words.strip():
        raise InvalidRequest(
            "The note is empty", expected="a few words", advice="Nothing was written."
        )


def note_to_staff(
    workspace: Workspace,
    return_id: str,
    *,
    assessor_id: str,
    words: str,
    event_id: str,
    answers: str = "",
) -> int:
    """Write a note to staff, or answer one of theirs; return the version of the event.

    An answer without words says that the note was read. Raises InvalidRequest for an empty note of
    one's own, and NotFound for an answer to a note that was not written to this assessor.
    """
    require_self(workspace, assessor_id)
    if not answers:
        _require_words(words)
    else:
        with read_transaction(workspace.engine) as connection:
            known = connection.execute(
                select(NOTES.c.return_id).where(
                    NOTES.c.note_id == answers, NOTES.c.assessor_id == assessor_id
                )
            ).scalar()
        if known != return_id:
            raise NotFound("There is no such note on this return", advice="Open the return again.")
    return record_event(
        workspace,
        return_id,
        assessor_id=assessor_id,
        kind=EventKind.NOTE,
        event_id=event_id,
        chosen={"answers": answers},
        written={"words": words},
    )


def notes_in(
    connection: Connection,
    *,
    return_ids: list[str] | None = None,
    assessor_id: str | None = None,
) -> pd.DataFrame:
    """Return the notes of both sides, oldest first, with the columns in COLUMNS.

    `kind` is a value of StaffNote or of EventKind, and `who` is staff's name or the assessor's id.
    """
    wanted: list[Any] = []
    if return_ids is not None:
        wanted.append(NOTES.c.return_id.in_(return_ids))
    if assessor_id is not None:
        wanted.append(NOTES.c.assessor_id == assessor_id)
    rows = [
        {
            **{name: getattr(row, name) for name in ("note_id", "return_id", "assessor_id")},
            "from_staff": True,
            "kind": row.note_kind,
            "answers": row.answers,
            "judgement_version": row.judgement_version,
            "words": words,
            "who": row.written_by,
            "written_at": row.written_at,
        }
        for row, words in _opened(connection, wanted)
    ]
    for kind in TOLD:
        rows += [
            {
                "note_id": event["event_id"],
                "return_id": event["return_id"],
                "assessor_id": event["assessor_id"],
                "from_staff": False,
                "kind": event["kind"],
                "answers": event["chosen"].get("answers", ""),
                "judgement_version": 0,
                "words": event["written"].get("words", ""),
                "who": event["assessor_id"],
                "written_at": event["recorded_at"],
            }
            for event in events_of_kind(
                connection, kind, return_ids=return_ids, assessor_id=assessor_id
            )
        ]
    notes = pd.DataFrame(rows, columns=COLUMNS)
    return notes.sort_values(["written_at", "note_id"], ignore_index=True, kind="stable")


def waiting_for_staff(notes: pd.DataFrame) -> pd.DataFrame:
    """Return the assessors' own notes, among these, that staff have not answered."""
    asked = ~notes["from_staff"].astype(bool) & (notes["answers"] == "")
    return notes[asked & ~notes["note_id"].isin(notes["answers"])].reset_index(drop=True)


def waiting_for_assessor(notes: pd.DataFrame) -> pd.DataFrame:
    """Return staff's notes, among these, that their assessor has not answered."""
    asked = notes["from_staff"].astype(bool) & (notes["kind"] == StaffNote.NOTE.value)
    return notes[asked & ~notes["note_id"].isin(notes["answers"])].reset_index(drop=True)


def notes_of_assessor(workspace: Workspace, *, assessor_id: str) -> pd.DataFrame:
    """Return every note to and from one assessor, as `notes_in` does."""
    require_self(workspace, assessor_id)
    with read_transaction(workspace.engine) as connection:
        return notes_in(connection, assessor_id=assessor_id)


def returned_in(
    connection: Connection,
    *,
    return_ids: list[str] | None = None,
    assessor_id: str | None = None,
) -> pd.DataFrame:
    """Return the texts that staff returned, oldest first, with the columns RETURNED_COLUMNS.

    A text is mended by the first judgement submitted after it was returned; `mended_version` is 0
    and `mended_at` is None until then. Where staff approved the text as it is after all,
    `mended_version` is that of the text itself.
    """
    wanted: list[Any] = [NOTES.c.note_kind == StaffNote.RETURNED.value]
    if return_ids is not None:
        wanted.append(NOTES.c.return_id.in_(return_ids))
    if assessor_id is not None:
        wanted.append(NOTES.c.assessor_id == assessor_id)
    found = _opened(connection, wanted)
    submitted = connection.execute(
        select(LOG.c.return_id, LOG.c.assessor_id, LOG.c.version, LOG.c.recorded_at)
        .where(
            LOG.c.return_id.in_(sorted({row.return_id for row, _ in found})),
            LOG.c.kind == EventKind.JUDGEMENT.value,
            LOG.c.state == JudgementState.SUBMITTED.value,
        )
        .order_by(LOG.c.version)
    ).all()
    taken_back = dict(
        connection.execute(
            select(NOTES.c.answers, NOTES.c.written_at).where(
                NOTES.c.answers.in_([row.note_id for row, _ in found])
            )
        ).all()
    )
    rows = []
    for row, words in found:
        mended = next(
            (
                event
                for event in submitted
                if (event.return_id, event.assessor_id) == (row.return_id, row.assessor_id)
                and event.version > row.judgement_version
            ),
            None,
        )
        rows.append(
            {
                "note_id": row.note_id,
                "return_id": row.return_id,
                "assessor_id": row.assessor_id,
                "judgement_version": int(row.judgement_version),
                "words": words,
                "who": row.written_by,
                "written_at": row.written_at,
                **_mended(row, mended, taken_back.get(row.note_id)),
            }
        )
    return pd.DataFrame(rows, columns=RETURNED_COLUMNS)


def _mended(
    row: Row[Any],
    mended: Any | None,  # noqa: ANN401  (a row of the log, of four columns)
    taken_back_at: datetime | None,
) -> dict[str, Any]:
    if taken_back_at is not None:
        return {"mended_version": int(row.judgement_version), "mended_at": taken_back_at}
    if mended is None:
        return {"mended_version": 0, "mended_at": None}
    return {"mended_version": int(mended.version), "mended_at": mended.recorded_at}


def returned_texts(workspace: Workspace, *, assessor_id: str) -> pd.DataFrame:
    """Return the texts that staff returned to one assessor, as `returned_in` does."""
    require_self(workspace, assessor_id)
    with read_transaction(workspace.engine) as connection:
        return returned_in(connection, assessor_id=assessor_id)
