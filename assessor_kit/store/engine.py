"""The database engine: SQLite in a file of the workspace, or a PostgreSQL server by URL.

SQLite keeps a commit through a power cut (write-ahead log, synchronous FULL) and takes the write lock when a writing transaction begins;
a reading transaction never takes it, so readers neither block nor wait. Deleted text is overwritten in the file (secure_delete).
Connections are kept, as making one takes longer than a save: SQLite's are closed before a fork and given up when the file is another one,
a server's are left to the process that made them.
"""

from __future__ import annotations

import os
import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DisconnectionError

from assessor_kit.errors import UnsafePlace
from assessor_kit.store.filesystems import network_file_system
from assessor_kit.store.keys import KeyRing
from assessor_kit.store.turns import PATIENCE, Turn, take_write_lock

WAL_RESET_FIXED = (
    (3, 51, 3),
    (3, 50, 7),
    (3, 44, 6),
)  # sqlite.org/changes.html: releases that carry the WAL-reset fix
_FILES: weakref.WeakSet[Engine] = weakref.WeakSet()  # engines of SQLite files in this process


def _sqlite() -> ModuleType:
    """The newest SQLite at hand; pysqlite3 carries its own."""
    try:
        import pysqlite3  # noqa: PLC0415  (absent on platforms without a wheel; then Python's own serves)
    except ImportError:
        return sqlite3
    return pysqlite3.dbapi2  # type: ignore[no-any-return]  # the wheel carries no types


def sqlite_version() -> tuple[int, int, int]:
    """The release of the SQLite that the store uses."""
    major, minor, patch = _sqlite().sqlite_version_info
    return int(major), int(minor), int(patch)


def has_wal_fix(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite release keeps every commit of several writers in WAL mode."""
    newest = WAL_RESET_FIXED[0]
    return version >= newest or any(
        version[:2] == fixed[:2] and version >= fixed for fixed in WAL_RESET_FIXED
    )


def safe_settings(version: tuple[int, int, int]) -> tuple[str, str]:
    """(journal_mode, synchronous) under which this release loses nothing: WAL and FULL, or DELETE and EXTRA without the WAL-reset fix."""
    return ("WAL", "FULL") if has_wal_fix(version) else ("DELETE", "EXTRA")


def make_engine(url: str, *, keys: KeyRing) -> Engine:
    """An engine whose connections no fork ever shares; its execution option `keys` is the key ring.

    Raises UnsafePlace for a SQLite file on a network file system.
    """
    return _file_engine(url, keys) if is_sqlite(url) else _server_engine(url, keys)


@contextmanager
def passing_engine(url: str, *, keys: KeyRing) -> Iterator[Engine]:
    """As `make_engine`, for a short errand: every connection is closed afterwards, so that the file may be moved or read as it is."""
    engine = make_engine(url, keys=keys)
    try:
        yield engine
    finally:
        engine.dispose()


def _file_engine(url: str, keys: KeyRing) -> Engine:
    file, module = Path(make_url(url).database or "assessor.db"), _sqlite()
    _refuse_network(file)
    engine = create_engine(
        url,
        module=module,
        pool_size=1,
        max_overflow=-1,
        execution_options={"keys": keys},
        connect_args={"timeout": PATIENCE, "check_same_thread": False},
    )  # the pool hands a connection to one thread at a time
    journal, synchronous = safe_settings(module.sqlite_version_info)

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: sqlite3.Connection, record: Any) -> None:  # noqa: ANN401  (the pool's own)
        connection.isolation_level = (
            None  # we begin transactions ourselves, so that a writer takes its lock at once
        )
        for pragma in (
            f"journal_mode={journal}",
            f"synchronous={synchronous}",
            "secure_delete=ON",
            "fullfsync=ON",
            "checkpoint_fullfsync=ON",
        ):
            connection.execute(f"PRAGMA {pragma}").close()
        record.info["file"] = _which(file)

    @event.listens_for(engine, "checkout")
    def refuse_another_file(_connection: object, record: Any, _proxy: object) -> None:  # noqa: ANN401  (the pool's own)
        if record.info["file"] != _which(file):  # what is saved into a deleted file is lost
            raise DisconnectionError("the database file was replaced")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("reading"):
            connection.exec_driver_sql("BEGIN")
            return
        held = connection.connection.info
        if "turn" not in held:
            held["turn"] = Turn(file)
        take_write_lock(connection.connection.driver_connection, module)

    @event.listens_for(engine, "checkin")
    def end_turn(_connection: object, record: Any) -> None:  # noqa: ANN401  (the pool's own)
        turn = record.info.pop("turn", None)
        if turn is not None:
            turn.end()

    _FILES.add(engine)
    return engine


def _which(file: Path) -> tuple[int, int]:
    """Which file lies there: a file that was put in its place is another."""
    try:
        found = file.stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_dev, found.st_ino


def _close_before_fork() -> None:
    """A SQLite connection must not be carried through a fork (sqlite.org/howtocorrupt.html, section 2.6)."""
    for engine in list(_FILES):
        engine.dispose()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_close_before_fork)


@lru_cache(maxsize=16)
def kept_engine(url: str, *, keys: KeyRing) -> Engine:
    """As `make_engine`, for a SQLite file that is opened again and again: the statements that one use has compiled serve the next.

    A fork may use it too: connections are closed before it, and what SQLAlchemy has compiled goes with it.
    """
    return make_engine(url, keys=keys)


def _server_engine(url: str, keys: KeyRing) -> Engine:
    """A fork leaves its parent's connections alone and makes its own."""
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=1,
        max_overflow=9,
        pool_pre_ping=True,
        execution_options={"keys": keys},
    )

    @event.listens_for(engine, "connect")
    def note_process(_connection: object, record: Any) -> None:  # noqa: ANN401  (the pool's own)
        record.info["process"] = os.getpid()

    @event.listens_for(engine, "checkout")
    def refuse_parents_connection(_connection: object, record: Any, proxy: Any) -> None:  # noqa: ANN401  (the pool's own)
        if record.info["process"] != os.getpid():
            record.dbapi_connection = proxy.dbapi_connection = None
            raise DisconnectionError("made by the parent process")

    return engine


def is_sqlite(url: str) -> bool:
    """Whether the URL names a SQLite file."""
    return make_url(url).get_backend_name() == "sqlite"


def _refuse_network(file: Path) -> None:
    kind = network_file_system(file.parent)
    if kind:
        raise UnsafePlace(
            f"it lies on {kind}, where locks and shared memory cannot be trusted",
            where=str(file),
            expected="a disk of this machine",
            advice="Move the workspace to a local disk, or give a PostgreSQL server in ASSESSOR_KIT_DATABASE.",
        )


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees one state of the database throughout and holds up nobody."""
    isolation = (
        {}
        if engine.dialect.name == "sqlite"
        else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    )
    with engine.execution_options(reading=True).connect() as connection:
        yield connection.execution_options(**isolation)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that is on disk when the block has ended, or has changed nothing."""
    with engine.begin() as connection:
        yield connection
