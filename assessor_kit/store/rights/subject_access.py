"""Collect everything that is held about one member, for the member.

There is one file per kind of record. Other people are redacted, and documents are copied.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select

from assessor_kit import tables
from assessor_kit.errors import InvalidRequest, NotFound
from assessor_kit.files import make_private_folder, write_private
from assessor_kit.store.access.permissions import require_staff
from assessor_kit.store.database.connections import read_transaction, write_transaction
from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.log.access_log import STAFF, note_access
from assessor_kit.store.log.assessor_events import events_of_kind
from assessor_kit.store.rights.files_about_member import FilesSpeakingOf
from assessor_kit.store.rights.member_rows import rows_of_member
from assessor_kit.store.rounds.information_rounds import round_events_in
from assessor_kit.store.rounds.queries import queries_in
from assessor_kit.store.rounds.staff_notes import notes_in
from assessor_kit.store.rows.typed_rows import read_rows
from assessor_kit.store.workspace import Workspace
from assessor_kit.vocabulary import EventKind

BY_NUMBER = (
    tables.REGISTER,
    tables.STATUSES,
    tables.DECLARATIONS,
    tables.CIRCUMSTANCES,
    tables.FRAMES,
    tables.SELECTIONS,
    tables.RESPONSES,
    tables.RETURNS,
    tables.DOCUMENTS,
    tables.OUTBOX,
    tables.ASSESSORS,
)
BY_RETURN = (
    tables.GOALS,
    tables.ACTIVITIES,
    tables.REQUIREMENTS,
    tables.FINDINGS,
    tables.EARLIER_FINDINGS,
    tables.EXAMPLES,
)
INTERNAL = {
    "salt",
    "leaf",
    "source_digest",
    "digest",
    "input_digest",
    "rules_digest",
    "seq",
    "previous_hash",
    "hash",
    "sealed",
    "payload",
    "origin",
    "sha256",
    "recorded_by",
    "conflicts",
}  # conflicts are other people's membership numbers
EVENT_FILES = {
    EventKind.JUDGEMENT: "judgements",
    EventKind.READING: "readings",
    EventKind.HAND_BACK: "hand_backs",
    EventKind.CONFIDENCE: "in_confidence",
    EventKind.AGREED: "agreed_judgements",
    EventKind.ANSWER: "answers_to_assessors",
}
READ_ME = """What {body} holds about member {member_no}, drawn up on {day:%d %B %Y}.

Each file lists the rows of one kind. Minutes are whole minutes; moments are in UTC.
Assessors are called assessor 1, assessor 2 and so on: they are other people.
The folder "files" holds what the workspace keeps in other files, cut to what mentions the member.
{looked_through}
If there is a file in_confidence.json, it holds what an assessor told staff alone: whoever is
responsible for data protection reads it before this folder is handed over.
"""


def write_subject_access(workspace: Workspace, member_no: str, out: Path) -> list[Path]:
    """Write everything about a member to a new folder and record that it was given.

    Returns the files. Raises NotFound where nothing is held, and InvalidRequest where the folder is
    not empty.
    """
    require_staff(workspace)
    out = Path(out)
    if out.exists() and any(out.iterdir()):
        raise InvalidRequest(
            "The folder for the answer is not empty",
            where=str(out),
            expected="a new or empty folder",
            advice="Name another folder.",
        )
    with read_transaction(workspace.engine) as connection:
        names = list(rows_of_member(connection, member_no).return_ids)
        held = _held(connection, member_no, names)
    if not held:
        raise NotFound(
            "This workspace holds nothing about that member", advice="Check the membership number."
        )
    make_private_folder(out)
    files = [
        _write(out / f"{kind}.json", json.dumps(rows, ensure_ascii=False, indent=1, default=_plain))
        for kind, rows in held.items()
    ]
    with read_transaction(workspace.engine) as connection:
        files += _originals(connection, member_no, out)
        speaking = FilesSpeakingOf(workspace, connection, member_no)
    documents = _documents(workspace, held.get("documents", []))
    files += [_copy(path, out / path.name) for path in documents]
    found = speaking.copy(out / "files", leave=set(documents))
    told = (
        f"Staff look through {', '.join(found.mixed)} by hand, as it mentions other people too."
        if found.mixed
        else ""
    )
    files += [
        *found.copied,
        _write(
            out / "read_me.txt",
            READ_ME.format(
                body=workspace.scheme.upper(),
                member_no=member_no,
                looked_through=told,
                day=datetime.now().astimezone().date(),
            ),
        ),
    ]
    with write_transaction(workspace.engine) as connection:
        for name in names:
            note_access(connection, name, who=STAFF, what="given to the member")
    return files


def _held(
    connection: Connection, member_no: str, return_ids: list[str]
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each kind; kinds without a row are left out."""
    people = _People()
    held = {
        table.name: _rows(read_rows(connection, table, member_no=member_no)) for table in BY_NUMBER
    }
    held |= {
        table.name: _rows(read_rows(connection, table, return_id=return_ids)) for table in BY_RETURN
    }
    held["problems"] = _problems(connection, member_no, return_ids)
    held["as_assessors_read_it"] = [
        {"return_id": row["return_id"], "part": row["part"], **json.loads(row["cells"])}
        for row in _rows(read_rows(connection, tables.SHOWN_ROWS, return_id=return_ids))
    ]
    held["approvals"] = [
        {**row, "decided_by": STAFF}
        for row in _rows(
            read_rows(
                connection,
                tables.APPROVALS,
                document_id=[row["document_id"] for row in held["documents"]],
            )
        )
    ]
    allocations = _rows(read_rows(connection, tables.ALLOCATIONS, return_id=return_ids))
    held["allocations"] = [
        {**row, "assessor_id": people.name(row["assessor_id"])} for row in allocations
    ]
    # the message's row, whose facts are JSON, is read as one
    held["outbox"] = [{**row, "facts": json.loads(str(row["facts"]))} for row in held["outbox"]]
    held["outbox_events"] = [
        {name: row[name] for name in ("message_id", "kind", "reason", "happened_at")}
        for row in _rows(
            read_rows(
                connection,
                tables.OUTBOX_EVENTS,
                message_id=[row["message_id"] for row in held["outbox"]],
            )
        )
    ]
    held["second_marking_choices"] = [
        {**row, "chosen_by": STAFF}
        for row in _rows(read_rows(connection, tables.SECOND_MARKING_CHOICES, return_id=return_ids))
    ]
    held["fresh_reviews"] = [
        {**row, "assigned_by": STAFF}
        for row in _rows(read_rows(connection, tables.FRESH_REVIEWS, return_id=return_ids))
    ]
    held["packs"] = [
        {"made_at": row["made_at"], "taken_by": people.name(row["assessor_id"])}
        for row in _rows(read_rows(connection, tables.PACKS))
        if set(json.loads(row["return_ids"])) & set(return_ids)
    ]
    held["named_as_a_conflict_of"] = [
        {"assessor": people.name(row["assessor_id"])}
        for row in read_rows(connection, tables.ASSESSORS).to_dict("records")
        if member_no in {one.strip() for one in str(row["conflicts"]).split(";")}
    ]
    accesses = sql_table(tables.ACCESS_LOG)
    opened = connection.execute(select(accesses).where(accesses.c.return_id.in_(return_ids))).all()
    held["who_opened_what"] = [
        {
            "return_id": one.return_id,
            "who": people.name(one.who),
            "what": one.what,
            "when": one.accessed_at,
        }
        for one in opened
    ]
    held["notes_between_staff_and_assessors"] = [
        {
            "return_id": row["return_id"],
            "from": STAFF if row["from_staff"] else people.name(row["assessor_id"]),
            "what": row["kind"],
            "words": row["words"],
            "when": row["written_at"],
        }
        for row in notes_in(connection, return_ids=return_ids).to_dict("records")
        if row["kind"] != EventKind.CONFIDENCE.value
    ]
    held["a_little_more"] = [
        {
            **{
                name: event[name]
                for name in ("return_id", "kind", "due_on", "answer_id", "why", "happened_at")
            },
            "who": STAFF,
        }
        for event in round_events_in(connection, return_ids)
    ]
    held["newer_versions"] = [
        {**row, "who": STAFF}
        for row in _rows(read_rows(connection, tables.VERSION_CHANGES, return_id=return_ids))
    ]
    held["queries"] = [
        {
            "query": one.query_id,
            "cpd_year": one.cpd_year,
            "return_id": one.return_id,
            "appeal": one.is_appeal,
            "asked_on": one.asked_on,
            "due_on": one.due_on,
            "what": one.what,
            "fresh_reviewer": people.name(one.reviewer) if one.reviewer else "",
            "answered_at": one.answered_at,
            "answer": one.answer,
            "outcome_changed": one.outcome_changed,
        }
        for one in queries_in(connection, member_no=member_no)
    ]
    for kind, name in EVENT_FILES.items():
        held[name] = [
            {
                "return_id": event["return_id"],
                "assessor": people.name(event["assessor_id"]),
                "version": event["version"],
                "state": event["state"],
                "when": event["recorded_at"],
                **event["chosen"],
                **event["written"],
                **({"by": STAFF} if "by" in event["chosen"] else {}),
            }
            for event in events_of_kind(connection, kind, return_ids=return_ids)
        ]
    return {name: rows for name, rows in held.items() if rows}


def _problems(
    connection: Connection, member_no: str, return_ids: list[str]
) -> list[dict[str, Any]]:
    """Return problems of the member's returns, and those of whole files that name the member."""
    table = sql_table(tables.PROBLEMS)
    naming = (table.c.return_id == "") & (
        table.c.found.contains(member_no)
        | table.c.file.contains(member_no)
        | table.c.advice.contains(member_no)
    )
    numbers = list(
        connection.execute(
            select(table.c.problem_no).where(table.c.return_id.in_(return_ids) | naming)
        ).scalars()
    )
    return _rows(read_rows(connection, tables.PROBLEMS, problem_no=numbers))


class _People:
    """Names for other people in one answer.

    Assessor 1, assessor 2 and so on, in the order in which they occur.
    """

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def name(self, assessor_id: str) -> str:
        return (
            STAFF
            if assessor_id in {"", STAFF}
            else self.known.setdefault(assessor_id, f"assessor {len(self.known) + 1}")
        )


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    shown = frame[[name for name in frame.columns if name not in INTERNAL]].astype(object)
    return [
        {str(name): value for name, value in row.items()}
        for row in shown.where(shown.notna(), None).to_dict("records")
    ]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else str(value)


def _write(path: Path, text: str) -> Path:
    write_private(path, text + "\n")
    return path


def _originals(connection: Connection, member_no: str, out: Path) -> list[Path]:
    """Write what the member sent, byte for byte, and a list of the files' names."""
    table = sql_table(tables.ORIGINALS)
    told = []
    files = []
    sent = (
        select(table.c.file, table.c.content, table.c.kept_at)
        .where(table.c.member_no == member_no)
        .order_by(table.c.digest)
    )
    for number, row in enumerate(connection.execute(sent), 1):
        files.append(out / f"sent_{number}{Path(row.file).suffix}")
        write_private(files[-1], row.content)
        told.append({"file": row.file, "copy": files[-1].name, "kept_at": row.kept_at})
    return (
        [
            *files,
            _write(
                out / "originals.json",
                json.dumps(told, ensure_ascii=False, indent=1, default=_plain),
            ),
        ]
        if told
        else []
    )


def _documents(workspace: Workspace, rows: list[dict[str, Any]]) -> list[Path]:
    """Return the member's feedback documents, with others of the same stem."""
    places = [workspace.folder / row["file"] for row in rows]
    return [
        path
        for place in places
        if place.parent.is_dir()
        for path in sorted(place.parent.glob(f"{place.stem}.*"))
    ]


def _copy(source: Path, target: Path) -> Path:
    write_private(target, source.read_bytes())
    return target
