"""Backups that are right while others write, and putting one back. The keys are backed up by themselves, to another place.

A backup is a zip archive: the database as one SQLite file (also from a server: every table, as of one moment), the workspace's own files,
and a list of their SHA-256. Whoever has a backup without the keys can read neither what assessors wrote nor circumstances.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, delete, insert

from assessor_kit import tables
from assessor_kit.errors import RestoreRefused
from assessor_kit.store.access import require_staff
from assessor_kit.store.chain import check_log
from assessor_kit.store.copying import copy_database
from assessor_kit.store.engine import is_sqlite, passing_engine, reading, writing
from assessor_kit.store.erasure import erase_again
from assessor_kit.store.keys import KeyRing
from assessor_kit.store.revision import upgrade_database
from assessor_kit.store.schema import sql_table
from assessor_kit.store.sealed_files import write_private
from assessor_kit.store.workspace import DRAWINGS, Workspace, database_at, keys_folder

DATABASE, LIST = "assessor.db", "files.json"
NOT_IN_IT = (
    "keys",
    "packs",
    "lab",
    DRAWINGS,
)  # keys go elsewhere; packs, drawings and settings of the screen can be made again


@dataclass(frozen=True, kw_only=True)
class Saved:
    """A backup: files in it, events in its log and the hash of the last."""

    files: int
    events: int
    head: str


def back_up(workspace: Workspace, path: Path) -> Saved:
    """Save a workspace. Everything acknowledged before this was called is in it."""
    require_staff(workspace)
    path = path.resolve()
    with tempfile.TemporaryDirectory(prefix="assessor-kit-", dir=_beside(path)) as folder:
        copy = Path(folder) / DATABASE
        _copy_database(
            workspace, copy
        )  # whole in one file: whoever closes it last folds in what stands beside it
        with (
            passing_engine(f"sqlite:///{copy}", keys=workspace.keys) as engine,
            reading(engine) as connection,
        ):
            log = check_log(connection)
        sources = {DATABASE: copy, **_own_files(workspace, path)}
        _write_archive(path, sources, head=log.head)
    _note(workspace, "backed_up_at", datetime.now(UTC).date().isoformat())
    return Saved(files=len(sources), events=log.events, head=log.head)


def _beside(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.parent


def _copy_database(workspace: Workspace, copy: Path) -> None:
    with passing_engine(f"sqlite:///{copy}", keys=workspace.keys) as engine:
        if is_sqlite(workspace.database_url):
            with (
                closing(workspace.engine.raw_connection()) as source,
                closing(engine.raw_connection()) as kept,
            ):
                source.driver_connection.backup(kept.driver_connection)  # type: ignore[union-attr]  # SQLite's own: one moment, in one step
        else:
            upgrade_database(engine)
            with reading(workspace.engine) as theirs, writing(engine) as ours:
                copy_database(theirs, ours)


def _own_files(workspace: Workspace, archive: Path) -> dict[str, Path]:
    found = {
        path.relative_to(workspace.folder).as_posix(): path
        for path in sorted(workspace.folder.rglob("*"))
        if path.is_file() and not path.name.startswith((".", "assessor.db")) and path != archive
    }
    return {name: path for name, path in found.items() if name.split("/")[0] not in NOT_IN_IT}


def _write_archive(path: Path, sources: dict[str, Path], *, head: str) -> None:
    """Beside its place first, so that an archive that is there is whole."""
    digests, part = {}, path.with_name(f".{path.name}.part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        part.chmod(0o600)
        for name, source in sources.items():
            data = source.read_bytes()
            digests[name] = hashlib.sha256(data).hexdigest()
            archive.writestr(name, data)
        archive.writestr(LIST, json.dumps({"files": digests, "head": head}))
    part.replace(path)


def restore(path: Path, folder: Path) -> Saved:
    """Put a backup into a new folder (and an empty server database, where one is named), and erase again who was erased since.

    Raises RestoreRefused for a damaged archive and for a place where something is already. Put the keys there first (`restore_keys`).
    """
    keys, url = KeyRing(keys_folder(folder.resolve())), database_at(folder.resolve())
    if (folder / DATABASE).exists():
        raise RestoreRefused(
            "there is a workspace already",
            where=str(folder),
            expected="a new folder",
            advice="Name another folder.",
        )
    if not keys.has("staff"):
        raise RestoreRefused(
            "the keys are not there",
            where=str(keys.folder),
            advice="Put them back first: `assessor-kit restore FILE --keys KEYFILE`.",
        )
    contents, head = _read_archive(path)
    for name, data in contents.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(target, data)
    if not is_sqlite(url):
        _load_server(url, folder / DATABASE, keys)
    with passing_engine(url, keys=keys) as engine:
        upgrade_database(engine)
        erase_again(engine, keys)
        with reading(engine) as connection:
            log = check_log(connection, expected_head=head)
    if not log.verified:
        raise RestoreRefused(
            f"its log does not verify: {log.problems[0]}",
            where=path.name,
            advice="Try an earlier backup.",
        )
    return Saved(files=len(contents), events=log.events, head=log.head)


def _load_server(url: str, copy: Path, keys: KeyRing) -> None:
    with (
        passing_engine(url, keys=keys) as engine,
        passing_engine(f"sqlite:///{copy}", keys=keys) as kept,
    ):
        upgrade_database(engine)
        _load(kept, engine, url)
    copy.unlink()


def _load(kept: Engine, engine: Engine, url: str) -> None:
    with reading(kept) as source, writing(engine) as target:
        if target.execute(sql_table(tables.SETTINGS).select()).first() is not None:
            raise RestoreRefused(
                "the database on the server holds something already",
                where=path_of(url),
                advice="Give an empty database.",
            )
        copy_database(source, target)


def path_of(url: str) -> str:
    """A server's database without its password."""
    return url.rsplit("@", maxsplit=1)[-1]


def _read_archive(path: Path) -> tuple[dict[str, bytes], str]:
    try:
        with zipfile.ZipFile(path) as archive:
            listed = json.loads(archive.read(LIST))
            contents = {name: archive.read(name) for name in listed["files"]}
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        raise RestoreRefused(
            "it is not a backup, or it is damaged", where=path.name, advice="Try another."
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
            advice="Try another.",
        )
    return contents, str(listed["head"])


def back_up_keys(workspace: Workspace, path: Path) -> str:
    """Write the keys into a file for a safe place, not beside the backups: their fingerprint."""
    require_staff(workspace)
    files = {
        one.name: one.read_text(encoding="utf-8")
        for one in sorted(workspace.keys.folder.iterdir())
        if one.suffix in {".key", ".jsonl"}
    }
    write_private(path.resolve(), json.dumps(files).encode())
    _note(workspace, "keys_backed_up", workspace.keys.fingerprint())
    return workspace.keys.fingerprint()


def restore_keys(path: Path, folder: Path) -> str:
    """Put the keys back where a workspace will be restored: their fingerprint."""
    keys = KeyRing(keys_folder(folder.resolve()))
    if keys.has("staff"):
        raise RestoreRefused(
            "there are keys already", where=str(keys.folder), advice="Name a new folder."
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
    settings = sql_table(tables.SETTINGS)
    with writing(workspace.engine) as connection:
        connection.execute(delete(settings).where(settings.c.name == name))
        connection.execute(insert(settings), [{"name": name, "value": value}])
