"""Erase a member: from the database, with their keys and files.

Whatever cannot be reached is named.

What was written about the member's returns stays in the log as sealed text whose key no longer
exists, so that the chain still verifies. The leaf, rank and inclusion probability in each draw stay
under an opaque name, so that `verify-draw` and the trends still work.
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
from assessor_kit.files import append_line
from assessor_kit.store.access.permissions import require_staff
from assessor_kit.store.database.connections import read_transaction, write_transaction
from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.exchange.sealed_files import pack_of
from assessor_kit.store.keys import ERASED, KeyRing
from assessor_kit.store.rights.member_rows import (
    DELETED,
    OF_RETURNS_DELETED,
    RENAMED,
    return_ids_json,
    rows_of_member,
    take_out_member,
    words_of_member,
)
from assessor_kit.store.rights.traces import files_holding
from assessor_kit.store.workspace import DRAWINGS, Workspace

# folders of a workspace whose files the kit made and may remove
MADE_BY_US = ("feedback", "packs", "outbox", "originals")
BEYOND_A_SERVER = (
    "The server's write-ahead log, replicas and archives, until they expire: what was written about"
    " the returns and the circumstances cannot be read there, because its keys are destroyed, but"
    " the register and the returns can."
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
    """What was erased, or would be: rows by table, files, and what cannot be reached.

    `erasure_id` is empty for a dry run.
    """

    erasure_id: str
    rows: dict[str, int]
    files: tuple[str, ...]
    cannot_reach: tuple[str, ...]


def erase_member(workspace: Workspace, member_no: str, *, dry_run: bool = False) -> Erasure:
    """Erase a member, or only report what would be erased.

    Afterwards a search of every file in the workspace finds the member's words only in what
    `cannot_reach` names.

    Raises NotFound where the workspace holds nothing about the number.
    """
    require_staff(workspace)
    with read_transaction(workspace.engine) as connection:
        found = rows_of_member(connection, member_no)
        words = words_of_member(connection, member_no)
        document_files, pack_ids, out_of_reach = _files_of(connection, member_no, found.return_ids)
    if not found.counts:
        raise NotFound(
            "This workspace holds nothing about that member", advice="Check the membership number."
        )
    packs, handed_in = _packs_and_hand_ins(workspace, pack_ids)
    folder = workspace.folder
    files = sorted({*_existing(folder, document_files), *_removable(folder, words), *packs})
    out_of_reach = [*out_of_reach, *handed_in]
    if dry_run:
        return Erasure(
            erasure_id="",
            rows=found.counts,
            files=tuple(files),
            cannot_reach=(*out_of_reach, *_not_removable(workspace, words, files)),
        )
    erasure_id = f"ERASED-{secrets.token_hex(4).upper()}"
    # first, so that a restored backup knows of it even if the power fails now
    _note_beside_keys(workspace.keys, member_no, found.return_ids)
    with write_transaction(workspace.engine) as connection:
        names = take_out_member(connection, member_no, erasure_id=erasure_id)
        row = {
            "erasure_id": erasure_id,
            "return_ids": return_ids_json(names),
            "erased_at": datetime.now(UTC).replace(tzinfo=None),
        }
        connection.execute(insert(sql_table(tables.ERASURES)), [row])
    _remove_files(folder, files)
    swept = vacuum_database(workspace.engine)
    return Erasure(
        erasure_id=erasure_id,
        rows=found.counts,
        files=tuple(files),
        cannot_reach=(*out_of_reach, *swept, *_not_removable(workspace, words, [])),
    )


def vacuum_database(engine: Engine) -> tuple[str, ...]:
    """Remove erased text from the database's files.

    Returns sentences about what could not be cleared.
    """
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as connection:  # outside any transaction
            cursor = connection.cursor()
            cursor.execute("VACUUM")
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        return (
            (
                (
                    "The write-ahead log, as somebody has the database open: close all screens and"
                    " erase again."
                ),
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
    """Return files that the tables name, packs with the member's returns, and what went out.

    What went out is described in sentences.
    """
    documents = sql_table(tables.DOCUMENTS)
    packs = sql_table(tables.PACKS)
    rows = connection.execute(select(documents).where(documents.c.member_no == member_no)).all()
    out_of_reach = [
        f"Document {row.document_id}, released on {row.released_at:%d %B %Y}: the member has it."
        for row in rows
        if row.released_at is not None
    ]
    files = [str(row.file) for row in rows]
    pack_ids = set[str]()
    for row in connection.execute(select(packs)).all():
        if set(json.loads(row.return_ids)) & set(return_ids):
            files.append(row.file)
            pack_ids.add(str(row.pack_id))
            out_of_reach.append(
                f"The pack that assessor {row.assessor_id} took on {row.made_at:%d %B %Y}: ask them"
                " to delete it and its workspace."
            )
    saved = connection.execute(
        select(sql_table(tables.SETTINGS).c.value).where(
            sql_table(tables.SETTINGS).c.name == "backed_up_at"
        )
    ).scalar()
    if saved:
        out_of_reach.append(
            f"Backups made up to {saved}: `restore` erases the member again; let them expire, and"
            " older backups of the keys with them."
        )
    return files, pack_ids, out_of_reach


def _packs_and_hand_ins(workspace: Workspace, pack_ids: set[str]) -> tuple[list[str], list[str]]:
    """Return the packs in the workspace, and sentences about what came back from them.

    They are found by their label wherever they are, because encrypted files cannot be searched.
    """
    packs = []
    handed_in = []
    for path in sorted(workspace.folder.rglob("*")) if pack_ids else []:
        if path.is_file() and (made := pack_of(path)) is not None and made.pack_id in pack_ids:
            if made.is_pack:
                packs.append(_name(workspace.folder, path))
            else:
                handed_in.append(
                    f"The file {_name(workspace.folder, path)}, which came back from a laptop:"
                    " merge it if that has not been done, then delete it."
                )
    return packs, handed_in


def _existing(folder: Path, names: list[str]) -> list[str]:
    """Return the files that exist, with others of the same stem, such as a PDF."""
    paths = [
        path for name in names for path in (folder / name).parent.glob(f"{(folder / name).stem}.*")
    ]
    return [_name(folder, path) for path in paths if path.is_file()]


def _removable(folder: Path, words: list[str]) -> list[str]:
    return [
        _name(folder, path) for made in MADE_BY_US for path in files_holding(folder / made, words)
    ]


def _remove_files(folder: Path, names: list[str]) -> None:
    """Remove a member's files, and every drawing.

    No drawing says whose it is; they are drawn again when needed.
    """
    for name in names:
        (folder / name).unlink(missing_ok=True)
    for drawing in (folder / DRAWINGS).glob("*"):
        drawing.unlink(missing_ok=True)


def _not_removable(workspace: Workspace, words: list[str], files: list[str]) -> list[str]:
    """Return sentences about files that mention the member and are not the kit's to remove."""
    holding = [_name(workspace.folder, path) for path in files_holding(workspace.folder, words)]
    return [
        f"The file {name}, which mentions the member: edit or delete it."
        for name in holding
        if name not in {*files, *DATABASE_FILES}
    ]


def _name(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


def member_mark(keys: KeyRing, member_no: str) -> str:
    """Return a mark for a member that means nothing without the staff key: HMAC-SHA-256."""
    return hmac.new(keys.read("staff"), member_no.encode(), hashlib.sha256).hexdigest()


def _note_beside_keys(keys: KeyRing, member_no: str, return_ids: tuple[str, ...]) -> None:
    """Record the erasure beside the keys, for backups made before it."""
    line = {"member": member_mark(keys, member_no), "return_ids": sorted(return_ids)}
    append_line(keys.folder / ERASED, json.dumps(line))


@dataclass(frozen=True, kw_only=True)
class ErasedAgain:
    """What was erased again from a restored backup: how many members, and which files."""

    members: int
    files: tuple[str, ...]


def erase_again(engine: Engine, keys: KeyRing, folder: Path) -> ErasedAgain:
    """Erase from a restored workspace every member who was erased since it was saved.

    Their rows go, and the files in the workspace's folder that are theirs or hold their words:
    reports, originals and messages.
    """
    path = keys.folder / ERASED
    marks = (
        {json.loads(line)["member"] for line in path.read_text(encoding="utf-8").splitlines()}
        if path.is_file()
        else set()
    )
    if not marks:
        return ErasedAgain(members=0, files=())
    removed: set[str] = set()
    with write_transaction(engine) as connection:
        numbers = [
            number for number in _numbers_held(connection) if member_mark(keys, number) in marks
        ]
        for number in numbers:
            found = rows_of_member(connection, number)
            words = words_of_member(connection, number)
            named, _, _ = _files_of(connection, number, found.return_ids)
            removed |= {*_existing(folder, named), *_removable(folder, words)}
            erasure_id = f"ERASED-{secrets.token_hex(4).upper()}"
            row = {
                "erasure_id": erasure_id,
                "return_ids": return_ids_json(
                    take_out_member(connection, number, erasure_id=erasure_id)
                ),
                "erased_at": datetime.now(UTC).replace(tzinfo=None),
            }
            connection.execute(insert(sql_table(tables.ERASURES)), [row])
    if numbers:
        _remove_files(folder, sorted(removed))
    vacuum_database(engine)
    return ErasedAgain(members=len(numbers), files=tuple(sorted(removed)))


def _numbers_held(connection: Connection) -> list[str]:
    """Return every membership number that a database holds."""
    return sorted(
        {
            str(number)
            for table in (
                tables.REGISTER,
                tables.RETURNS,
                tables.FRAMES,
                tables.CIRCUMSTANCES,
                tables.DOCUMENTS,
                tables.QUERIES,
                tables.OUTBOX,
                tables.ORIGINALS,
            )
            for number in connection.execute(select(sql_table(table).c.member_no)).scalars()
            if number
        }
    )
