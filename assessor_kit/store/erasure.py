"""Erasing a member: out of the database, keys destroyed, files removed; and what cannot be reached is named.

What was written about the member's returns stays in the log as sealed text whose key no longer exists: the chain still verifies. The leaf,
rank and inclusion probability of each draw stay under an opaque name, so that `verify-draw` and the trends still hold.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, select

from assessor_kit import tables
from assessor_kit.errors import NotFound
from assessor_kit.store.access import require_staff
from assessor_kit.store.engine import reading, writing
from assessor_kit.store.keys import KeyRing
from assessor_kit.store.member_rows import (
    DELETED,
    OF_RETURNS_DELETED,
    RENAMED,
    return_ids_json,
    rows_of_member,
    take_out_member,
    words_of_member,
)
from assessor_kit.store.schema import sql_table
from assessor_kit.store.sealed_files import pack_of
from assessor_kit.store.traces import files_holding
from assessor_kit.store.workspace import Workspace

MADE_BY_US = (
    "feedback",
    "packs",
    "outbox",
    "originals",
)  # folders of a workspace whose files can be removed
BEYOND_A_SERVER = (
    "The server's write-ahead log, replicas and archives, until they expire: what was written about the returns and the circumstances is unreadable there, "
    "because its keys are destroyed; register and returns are not."
)
HOLDING_WORDS = (
    *DELETED,
    *(table for table, _ in RENAMED),
    *OF_RETURNS_DELETED,
    tables.ACTIVITIES,
    tables.ASSESSORS,
    tables.SUBJECT_KEYS,
)
DATABASE_FILES = ("assessor.db", "assessor.db-wal", "assessor.db-shm")


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """What was erased, or would be: rows by table, files, and what lies beyond reach. `erasure_id` is empty for a dry run."""

    erasure_id: str
    rows: dict[str, int]
    files: tuple[str, ...]
    cannot_reach: tuple[str, ...]


def erase_member(workspace: Workspace, member_no: str, *, dry_run: bool = False) -> Erasure:
    """Erase a member, or say what would be erased. Raises NotFound where nothing speaks of the number.

    When it returns, a search of every file of the workspace finds none of the member's words but in what `cannot_reach` names.
    """
    require_staff(workspace)
    with reading(workspace.engine) as connection:
        found, words = rows_of_member(connection, member_no), words_of_member(connection, member_no)
        document_files, pack_ids, beyond = _files_of(connection, member_no, found.return_ids)
    if not found.counts:
        raise NotFound(
            "Nothing in this workspace speaks of that member", advice="Check the membership number."
        )
    packs, handed_in = _by_pack(workspace, pack_ids)
    files, beyond = (
        sorted({*_present(workspace, document_files), *_ours(workspace, words), *packs}),
        [*beyond, *handed_in],
    )
    if dry_run:
        return Erasure(
            erasure_id="",
            rows=found.counts,
            files=tuple(files),
            cannot_reach=(*beyond, *_elsewhere(workspace, words, files)),
        )
    erasure_id = f"ERASED-{secrets.token_hex(4).upper()}"
    _note_outside(
        workspace.keys, member_no, found.return_ids
    )  # first: a restored backup must know of it even if the power fails now
    with writing(workspace.engine) as connection:
        names = take_out_member(connection, member_no, erasure_id=erasure_id)
        row = {
            "erasure_id": erasure_id,
            "return_ids": return_ids_json(names),
            "erased_at": datetime.now(UTC).replace(tzinfo=None),
        }
        connection.execute(insert(sql_table(tables.ERASURES)), [row])
    for name in files:
        (workspace.folder / name).unlink(missing_ok=True)
    for drawing in workspace.drawings.glob(
        "*"
    ):  # of whatever return: none says whose it is, and all are drawn again
        drawing.unlink(missing_ok=True)
    swept = sweep(workspace.engine)
    return Erasure(
        erasure_id=erasure_id,
        rows=found.counts,
        files=tuple(files),
        cannot_reach=(*beyond, *swept, *_elsewhere(workspace, words, [])),
    )


def sweep(engine: Engine) -> tuple[str, ...]:
    """Let no erased text stay in the database's files; gives what could not be swept, in words."""
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as connection:  # outside any transaction
            cursor = connection.cursor()
            cursor.execute("VACUUM")
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        return (
            (
                "The write-ahead log, while somebody has the database open: close all screens and erase again.",
            )
            if busy
            else ()
        )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in HOLDING_WORDS:
            connection.exec_driver_sql(f"VACUUM FULL {table.name}")
    return (BEYOND_A_SERVER,)


def _files_of(
    connection: Connection, member_no: str, return_ids: tuple[str, ...]
) -> tuple[list[str], set[str], list[str]]:
    """Files that tables name, packs that hold a return of the member, and what went out of the house."""
    documents, packs = sql_table(tables.DOCUMENTS), sql_table(tables.PACKS)
    rows = connection.execute(select(documents).where(documents.c.member_no == member_no)).all()
    beyond = [
        f"Document {row.document_id}, released on {row.released_at:%d %B %Y}: the member has it."
        for row in rows
        if row.released_at is not None
    ]
    files, pack_ids = [str(row.file) for row in rows], set[str]()
    for row in connection.execute(select(packs)).all():
        if set(json.loads(row.return_ids)) & set(return_ids):
            files.append(row.file)
            pack_ids.add(str(row.pack_id))
            beyond.append(
                f"The pack that assessor {row.assessor_id} took on {row.made_at:%d %B %Y}: ask them to delete it and its workspace."
            )
    saved = connection.execute(
        select(sql_table(tables.SETTINGS).c.value).where(
            sql_table(tables.SETTINGS).c.name == "backed_up_at"
        )
    ).scalar()
    if saved:
        beyond.append(
            f"Backups until {saved}: `restore` takes the member out again; let them expire, and older backups of the keys with them."
        )
    return files, pack_ids, beyond


def _by_pack(workspace: Workspace, pack_ids: set[str]) -> tuple[list[str], list[str]]:
    """Wherever they lie in the workspace: packs, which nobody can search as they are encrypted, and what came back from them, in words."""
    packs, handed_in = [], []
    for path in sorted(workspace.folder.rglob("*")) if pack_ids else []:
        if path.is_file() and (made := pack_of(path)) is not None and made.pack_id in pack_ids:
            if made.is_pack:
                packs.append(_name(workspace, path))
            else:
                handed_in.append(
                    f"The file {_name(workspace, path)}, which came back from a laptop: merge it if that was not done, then delete it."
                )
    return packs, handed_in


def _present(workspace: Workspace, names: list[str]) -> list[str]:
    """Files that are there, with what stands beside them under the same name, such as a PDF."""
    paths = [
        path
        for name in names
        for path in (workspace.folder / name).parent.glob(f"{(workspace.folder / name).stem}.*")
    ]
    return [_name(workspace, path) for path in paths if path.is_file()]


def _ours(workspace: Workspace, words: list[str]) -> list[str]:
    return [
        _name(workspace, path)
        for folder in MADE_BY_US
        for path in files_holding(workspace.folder / folder, words)
    ]


def _elsewhere(workspace: Workspace, words: list[str], files: list[str]) -> list[str]:
    """Files of the workspace that still speak of the member, of those that are not ours to remove."""
    holding = [_name(workspace, path) for path in files_holding(workspace.folder, words)]
    return [
        f"The file {name}, which speaks of the member: edit or delete it."
        for name in holding
        if name not in {*files, *DATABASE_FILES}
    ]


def _name(workspace: Workspace, path: Path) -> str:
    return (
        path.relative_to(workspace.folder).as_posix()
        if path.is_relative_to(workspace.folder)
        else str(path)
    )


def member_mark(keys: KeyRing, member_no: str) -> str:
    """A name of a member that says nothing to whoever lacks the staff key: HMAC-SHA-256."""
    return hmac.new(keys.read("staff"), member_no.encode(), hashlib.sha256).hexdigest()


def _note_outside(keys: KeyRing, member_no: str, return_ids: tuple[str, ...]) -> None:
    """Keep the erasure beside the keys, for backups made before it."""
    with (keys.folder / "erased.jsonl").open("a", encoding="utf-8") as file:
        file.write(
            json.dumps({"member": member_mark(keys, member_no), "return_ids": sorted(return_ids)})
            + "\n"
        )


def erase_again(engine: Engine, keys: KeyRing) -> int:
    """Erase from a restored database everybody who was erased since it was saved: how many."""
    path, count = keys.folder / "erased.jsonl", 0
    marks = (
        {json.loads(line)["member"] for line in path.read_text(encoding="utf-8").splitlines()}
        if path.is_file()
        else set()
    )
    if not marks:
        return 0
    with writing(engine) as connection:
        numbers = {
            str(number)
            for table in (
                tables.REGISTER,
                tables.RETURNS,
                tables.FRAMES,
                tables.CIRCUMSTANCES,
                tables.DOCUMENTS,
            )
            for number in connection.execute(select(sql_table(table).c.member_no)).scalars()
        }
        for number in sorted(numbers):
            if member_mark(keys, number) in marks:
                names = take_out_member(
                    connection,
                    number,
                    erasure_id=(erasure_id := f"ERASED-{secrets.token_hex(4).upper()}"),
                )
                row = {
                    "erasure_id": erasure_id,
                    "return_ids": return_ids_json(names),
                    "erased_at": datetime.now(UTC).replace(tzinfo=None),
                }
                connection.execute(insert(sql_table(tables.ERASURES)), [row])
                count += 1
    sweep(engine)
    return count
