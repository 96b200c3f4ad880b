"""Check whether the store is fit for work.

The checks cover settings, place, permissions, disk, clock, keys and log. Each says what to do where
something is wrong.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select

from assessor_kit.store.database.addresses import is_sqlite
from assessor_kit.store.database.connections import (
    read_transaction,
    safe_settings,
    sqlite_version,
)
from assessor_kit.store.database.filesystems import network_file_system
from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.keys import NAMES
from assessor_kit.store.log.chain import LOG, check_log
from assessor_kit.store.workspace import Workspace
from assessor_kit.tables import SETTINGS

LEAST_FREE = 1024**3
CLOCK_MAY_DIFFER = timedelta(minutes=2)
SYNCHRONOUS = {"FULL": 2, "EXTRA": 3}  # sqlite.org/pragma.html#pragma_synchronous
SERVER_SETTINGS = {
    "fsync": {"on"},
    "full_page_writes": {"on"},
    "synchronous_commit": {"on", "local", "remote_write", "remote_apply"},
}

Check = tuple[str, bool, str]


def store_checks(workspace: Workspace) -> list[Check]:
    """Return every check: its name, whether all is well, and what to do if not."""
    with read_transaction(workspace.engine) as connection:
        database = _sqlite_settings if is_sqlite(workspace.database_url) else _server_settings
        return [
            *database(connection),
            _clock(connection),
            _log(connection),
            *_place(workspace),
            *_keys(workspace, connection),
        ]


def _sqlite_settings(connection: Connection) -> Iterator[Check]:
    journal, synchronous = safe_settings(sqlite_version())
    found = [
        str(connection.exec_driver_sql(f"PRAGMA {name}").scalar())
        for name in ("journal_mode", "synchronous", "secure_delete")
    ]
    wanted = [journal.lower(), str(SYNCHRONOUS[synchronous]), "1"]
    yield (
        "database keeps every commit and overwrites what is erased",
        found == wanted,
        (
            f"journal_mode, synchronous and secure_delete are {', '.join(found)} but should be"
            f" {', '.join(wanted)}. Close every program that has the file open."
        ),
    )
    if journal == "DELETE":
        yield (
            "SQLite has the WAL-reset fix",
            False,
            (
                f"SQLite {'.'.join(map(str, sqlite_version()))} is used in a slower, safe mode."
                " Install the package pysqlite3, or a newer Python."
            ),
        )
    yield (
        "database file is sound",
        connection.exec_driver_sql("PRAGMA quick_check").scalar() == "ok",
        "Restore the latest backup into a new folder.",
    )


def _server_settings(connection: Connection) -> Iterator[Check]:
    found = {
        name: str(connection.exec_driver_sql(f"SHOW {name}").scalar()) for name in SERVER_SETTINGS
    }
    wrong = [
        f"{name} = {value}" for name, value in found.items() if value not in SERVER_SETTINGS[name]
    ]
    yield (
        "database keeps every commit",
        not wrong,
        (
            f"The server has {', '.join(wrong)}, so commits can be lost. Set these to on in"
            " postgresql.conf."
        ),
    )
    there = connection.execute(select(func.timezone("UTC", func.clock_timestamp()))).scalar_one()
    differs = abs(there - datetime.now(UTC).replace(tzinfo=None))
    yield (
        "the server's clock and this machine's agree",
        differs < CLOCK_MAY_DIFFER,
        f"They differ by {differs.total_seconds():.0f} seconds. Set both from a time server.",
    )


def _clock(connection: Connection) -> Check:
    latest = connection.execute(select(func.max(LOG.c.recorded_at))).scalar()
    ahead = (
        latest is not None and latest > datetime.now(UTC).replace(tzinfo=None) + CLOCK_MAY_DIFFER
    )
    return (
        "the clock does not go back",
        not ahead,
        (
            "The log holds saves from the future: this machine's clock is slow, or another's was"
            " fast. Set it from a time server."
        ),
    )


def _log(connection: Connection) -> Check:
    found = check_log(connection)
    return (
        "judgement log verifies",
        found.verified,
        (
            f"In the log {'; '.join(found.problems[:3])}. Keep the database as it is and compare it"
            " with a backup."
        ),
    )


def _place(workspace: Workspace) -> Iterator[Check]:
    kind = network_file_system(workspace.folder)
    yield (
        "workspace is on a local disk",
        not kind,
        f"It is on {kind}. Move it to a local disk.",
    )
    yield (
        "disk space",
        shutil.disk_usage(workspace.folder).free > LEAST_FREE,
        "Less than 1 GB is free on the workspace's disk: make room.",
    )
    if os.name == "posix":
        secret = [
            workspace.folder,
            workspace.keys.folder,
            *workspace.keys.folder.glob("*.key"),
            *workspace.folder.glob("assessor.db*"),
        ]
        open_to_others = [path for path in secret if path.exists() and path.stat().st_mode & 0o077]
        yield (
            "nobody else can read the workspace",
            not open_to_others,
            f"Run: chmod -R go-rwx {_as_arguments(open_to_others)}",
        )


def _as_arguments(paths: list[Path]) -> str:
    return " ".join(map(str, paths))


def _keys(workspace: Workspace, connection: Connection) -> Iterator[Check]:
    wanted = ("subjects",) if workspace.acting_as and not workspace.origin else NAMES
    missing = [name for name in wanted if not workspace.keys.has(name)]
    yield (
        "keys are in place",
        not missing,
        (
            f"Missing from {workspace.keys.folder}: {', '.join(missing)}. Put them back with"
            " `assessor-kit restore-keys`."
        ),
    )
    # what matters on a laptop is handed back to staff, and invented members need no backup
    if missing or workspace.acting_as or workspace.is_sample:
        return
    known = connection.execute(
        select(sql_table(SETTINGS).c.value).where(sql_table(SETTINGS).c.name == "keys_backed_up")
    ).scalar()
    is_older = known is not None and str(known).split(":")[0] == workspace.keys.fingerprint()
    yield (
        "keys have a backup",
        known == workspace.keys.backup_mark(),
        (
            "A member was erased since the keys were backed up: a restored backup would bring the"
            " member back. Run `assessor-kit backup-keys FILE --replace`, and destroy older backups"
            " of the keys."
            if is_older
            else "Without its keys nobody can read what assessors wrote. Run `assessor-kit"
            " backup-keys FILE` and keep the file apart from the backups."
        ),
    )
