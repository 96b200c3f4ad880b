"""Everything that is held about one member, for the member: one file per kind, other people redacted, documents copied."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select

from assessor_kit import tables
from assessor_kit.errors import NotFound
from assessor_kit.store.access import require_staff
from assessor_kit.store.access_log import STAFF, note_access
from assessor_kit.store.assessor_events import events_of_kind
from assessor_kit.store.engine import reading, writing
from assessor_kit.store.member_rows import rows_of_member
from assessor_kit.store.reading import read_rows
from assessor_kit.store.schema import sql_table
from assessor_kit.store.sealed_files import write_private
from assessor_kit.store.speaking_files import FilesSpeakingOf
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
}  # conflicts: other people's numbers
EVENT_FILES = {
    EventKind.JUDGEMENT: "judgements",
    EventKind.READING: "readings",
    EventKind.HAND_BACK: "hand_backs",
    EventKind.CONFIDENCE: "in_confidence",
}
READ_ME = """What {body} holds about member {member_no}, drawn up on {day:%d %B %Y}.

Each file lists the rows of one kind. Minutes are whole minutes; moments are in UTC. Assessors are called assessor 1, assessor 2 and so on: they are
other people. What the workspace keeps in other files is in the folder files, cut to what speaks of the member. {looked_through}
in_confidence.json, where there is one, holds what an assessor told staff alone: whoever answers for data protection reads it before this folder is
handed over.
"""


def write_subject_access(workspace: Workspace, member_no: str, out: Path) -> list[Path]:
    """Write everything about a member into a new folder and note that it was given: the files. Raises NotFound where nothing is held."""
    require_staff(workspace)
    out = Path(out)
    if out.exists() and any(out.iterdir()):
        raise NotFound(
            "The folder for the answer is not empty",
            where=str(out),
            expected="a new or empty folder",
            advice="Name another.",
        )
    with reading(workspace.engine) as connection:
        names = list(rows_of_member(connection, member_no).return_ids)
        held = _held(connection, member_no, names)
    if not held:
        raise NotFound(
            "Nothing in this workspace speaks of that member", advice="Check the membership number."
        )
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = [
        _write(out / f"{kind}.json", json.dumps(rows, ensure_ascii=False, indent=1, default=_plain))
        for kind, rows in held.items()
    ]
    with reading(workspace.engine) as connection:
        files += _originals(connection, member_no, out)
        speaking = FilesSpeakingOf(workspace, connection, member_no)
    documents = _documents(workspace, held.get("documents", []))
    files += [_copy(path, out / path.name) for path in documents]
    found = speaking.copy(out / "files", leave=set(documents))
    told = (
        f"Staff look through {', '.join(found.mixed)} by hand, as it speaks of other people too."
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
    with writing(workspace.engine) as connection:
        for name in names:
            note_access(connection, name, who=STAFF, what="given to the member")
    return files


def _held(
    connection: Connection, member_no: str, return_ids: list[str]
) -> dict[str, list[dict[str, Any]]]:
    """Kind -> rows; kinds without a row are left out."""
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
            }
            for event in events_of_kind(connection, kind, return_ids=return_ids)
        ]
    return {name: rows for name, rows in held.items() if rows}


def _problems(
    connection: Connection, member_no: str, return_ids: list[str]
) -> list[dict[str, Any]]:
    """Problems of the member's returns, and those of whole files that name the member."""
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
    """Other people's names in one answer: assessor 1, assessor 2, in the order in which they turn up."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def name(self, assessor_id: str) -> str:
        return (
            STAFF
            if assessor_id == STAFF
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
    path.write_text(text + "\n", encoding="utf-8")
    path.chmod(0o600)
    return path


def _originals(connection: Connection, member_no: str, out: Path) -> list[Path]:
    """What the member sent, byte for byte, and under which names."""
    table, told, files = sql_table(tables.ORIGINALS), [], []
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
    """The feedback made for the member, with what stands beside it under the same name."""
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
