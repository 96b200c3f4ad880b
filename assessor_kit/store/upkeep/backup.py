"""Make backups that are consistent while others write, and restore them.

The keys are backed up separately, to another place.

A backup is a zip archive: the database as one SQLite file (also from a server: every table, as of
one moment), the workspace's own files, and a list of their SHA-256 digests. Somebody who has a
backup but not the keys can read neither what assessors wrote nor the circumstances.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, delete, insert

from assessor_kit import tables
from assessor_kit.errors import KeyMissing, NotWritten, RestoreRefused
from assessor_kit.files import make_private_folder, private_file, write_private
from assessor_kit.store.access.permissions import require_staff
from assessor_kit.store.database.addresses import is_sqlite, shown_address
from assessor_kit.store.database.connections import (
    passing_engine,
    read_transaction,
    write_transaction,
)
from assessor_kit.store.database.revision import upgrade_database
from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.keys import KeyRing
from assessor_kit.store.log.chain import check_log
from assessor_kit.store.rights.erasure import erase_again
from assessor_kit.store.upkeep.copying import copy_database, copy_to_file
from assessor_kit.store.workspace import DRAWINGS, Workspace, database_at, keys_folder

DATABASE = "assessor.db"
LIST = "files.json"
# keys are backed up elsewhere; packs, drawings and the screen's settings can be remade
NOT_IN_IT = ("keys", "packs", "lab", DRAWINGS)


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What a backup holds: how many files and log events, and the last event's hash."""

    files: int
    events: int
    head: str


@dataclass(frozen=True, kw_only=True)
class Restored(Saved):
    """What was restored, and how many members and files were erased again from it."""

    erased_again: int
    files_erased: int


def back_up(workspace: Workspace, path: Path) -> Saved:
    """Save a workspace; everything acknowledged before the call is in the backup."""
    require_staff(workspace)
    path = path.resolve()
    with tempfile.TemporaryDirectory(prefix="assessor-kit-", dir=_beside(path)) as folder:
        copy = Path(folder) / DATABASE
        # complete in one file: closing the last connection folds the write-ahead log into it
        copy_to_file(workspace, copy)
        with (
            passing_engine(f"sqlite:///{copy}", keys=workspace.keys) as engine,
            read_transaction(engine) as connection,
        ):
            log = check_log(connection)
        sources = {DATABASE: copy, **_own_files(workspace, path)}
        _write_archive(path, sources, head=log.head)
    _note(workspace, "backed_up_at", datetime.now(UTC).date().isoformat())
    return Saved(files=len(sources), events=log.events, head=log.head)


def _beside(path: Path) -> Path:
    return make_private_folder(path.parent)


def _own_files(workspace: Workspace, archive: Path) -> dict[str, Path]:
    found = {
        path.relative_to(workspace.folder).as_posix(): path
        for path in sorted(workspace.folder.rglob("*"))
        if path.is_file() and not path.name.startswith((".", "assessor.db")) and path != archive
    }
    return {name: path for name, path in found.items() if name.split("/")[0] not in NOT_IN_IT}


def _write_archive(path: Path, sources: dict[str, Path], *, head: str) -> None:
    digests = {}
    with (
        private_file(path) as part,
        zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name, source in sources.items():
            data = source.read_bytes()
            digests[name] = hashlib.sha256(data).hexdigest()
            archive.writestr(name, data)
        archive.writestr(LIST, json.dumps({"files": digests, "head": head}))


def restore(path: Path, folder: Path) -> Restored:
    """Restore a backup into a new folder, and again erase members who were erased since.

    Of these members the files go as well: reports, originals and messages.

    The database is restored to a server where one is named, provided its database is empty.

    Put the keys there first (`restore_keys`). Raises RestoreRefused for a damaged archive, for
    missing keys, and where something is there already.
    """
    keys = KeyRing(keys_folder(folder.resolve()))
    url = database_at(folder.resolve())
    if (folder / DATABASE).exists():
        raise RestoreRefused(
            "there is already a workspace here",
            where=str(folder),
            expected="a new folder",
            advice="Name another folder.",
        )
    if not keys.has("staff"):
        raise KeyMissing(
            "the keys are missing",
            where=str(keys.folder),
            advice="Put them back first: `assessor-kit restore-keys KEYFILE --workspace DIR`.",
        )
    contents, head = _read_archive(path)
    for name, data in contents.items():
        write_private(folder / name, data)
    if not is_sqlite(url):
        _load_server(url, folder / DATABASE, keys)
    with passing_engine(url, keys=keys) as engine:
        upgrade_database(engine)
        again = erase_again(engine, keys, folder.resolve())
        with read_transaction(engine) as connection:
            log = check_log(connection, expected_head=head)
    if not log.verified:
        raise RestoreRefused(
            f"its judgement log does not verify: {log.problems[0]}",
            where=path.name,
            advice="Try an earlier backup.",
        )
    return Restored(
        files=len(contents) - len(again.files),
        events=log.events,
        head=log.head,
        erased_again=again.members,
        files_erased=len(again.files),
    )


def _load_server(url: str, copy: Path, keys: KeyRing) -> None:
    with (
        passing_engine(url, keys=keys) as engine,
        passing_engine(f"sqlite:///{copy}", keys=keys) as kept,
    ):
        upgrade_database(engine)
        _load(kept, engine, url)
    copy.unlink()


def _load(kept: Engine, engine: Engine, url: str) -> None:
    with read_transaction(kept) as source, write_transaction(engine) as target:
        if target.execute(sql_table(tables.SETTINGS).select()).first() is not None:
            raise RestoreRefused(
                "the database on the server already holds something",
                where=shown_address(url),
                advice="Name an empty database.",
            )
        copy_database(source, target)


def _read_archive(path: Path) -> tuple[dict[str, bytes], str]:
    try:
        with zipfile.ZipFile(path) as archive:
            listed = json.loads(archive.read(LIST))
            contents = {name: archive.read(name) for name in listed["files"]}
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        raise RestoreRefused(
            "it is not a backup, or it is damaged", where=path.name, advice="Try another backup."
        ) from None
    damaged = [
        name
        for name, data in contents.items()
        if hashlib.sha256(data).hexdigest() != listed["files"][name]
    ]
    if damaged or any(
        name.startswith(("/", "\\")) or ".." in Path(name).parts or ":" in name for name in contents
    ):
        raise RestoreRefused(
            f"{(damaged or ['a file outside the folder'])[0]} is not as it was saved",
            where=path.name,
            advice="Try another backup.",
        )
    return contents, str(listed["head"])


def back_up_keys(workspace: Workspace, path: Path) -> str:
    """Write the keys to a file and return their fingerprint.

    Keep the file in a safe place, not beside the backups.
    """
    require_staff(workspace)
    files = {
        one.name: one.read_text(encoding="utf-8")
        for one in sorted(workspace.keys.folder.iterdir())
        if one.suffix in {".key", ".jsonl"}
    }
    write_private(path.resolve(), json.dumps(files).encode())
    _note(workspace, "keys_backed_up", workspace.keys.backup_mark())
    return workspace.keys.fingerprint()


def restore_keys(path: Path, folder: Path) -> str:
    """Put the keys back where a workspace will be restored; return their fingerprint.

    Raises RestoreRefused where there are keys already, or the file is not a backup of keys.
    """
    keys = KeyRing(keys_folder(folder.resolve()))
    if keys.has("staff"):
        raise RestoreRefused(
            "there are already keys here", where=str(keys.folder), advice="Name a new folder."
        )
    try:
        files: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise RestoreRefused(
            "it is not a backup of keys",
            where=path.name,
            advice="Give the file that `assessor-kit backup-keys` wrote.",
        ) from None
    for name, text in files.items():
        write_private(keys.folder / Path(name).name, text.encode())
    return keys.fingerprint()


def _note(workspace: Workspace, name: str, value: str) -> None:
    """Note a backup in the workspace, where that may be written: it is good without, too."""
    settings = sql_table(tables.SETTINGS)
    with suppress(NotWritten), write_transaction(workspace.engine) as connection:
        connection.execute(delete(settings).where(settings.c.name == name))
        connection.execute(insert(settings), [{"name": name, "value": value}])
