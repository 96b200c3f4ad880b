"""The database engine: SQLite in a file of the workspace, or a PostgreSQL server by URL.

SQLite keeps a commit through a power cut (write-ahead log, synchronous FULL) and takes the write lock when a writing transaction begins;
a reading transaction never takes it, so readers neither block nor wait. Deleted text is overwritten in the file (secure_delete).
"""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import NullPool

from assessor_kit.errors import UnsafePlace
from assessor_kit.store.filesystems import network_file_system
from assessor_kit.store.keys import KeyRing

WAL_RESET_FIXED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))  # sqlite.org/changes.html: releases that carry the WAL-reset fix
PATIENCE = 30  # seconds a writer waits for another
AT_ONCE, PAUSE = 1, (0.001, 0.012)  # milliseconds that SQLite itself waits for the write lock; seconds between two attempts of ours


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
    return version >= newest or any(version[:2] == fixed[:2] and version >= fixed for fixed in WAL_RESET_FIXED)


def safe_settings(version: tuple[int, int, int]) -> tuple[str, str]:
    """(journal_mode, synchronous) under which this release loses nothing: WAL and FULL, or DELETE and EXTRA without the WAL-reset fix."""
    return ("WAL", "FULL") if has_wal_fix(version) else ("DELETE", "EXTRA")


def make_engine(url: str, *, keys: KeyRing) -> Engine:
    """An engine whose connections no fork ever shares; its execution option `keys` is the key ring.

    Raises UnsafePlace for a SQLite file on a network file system.
    """
    if not is_sqlite(url):
        return _server_engine(url, keys)
    _refuse_network(url)
    module = _sqlite()
    engine = create_engine(url, module=module, poolclass=NullPool, connect_args={"timeout": PATIENCE}, execution_options={"keys": keys})
    journal, synchronous = safe_settings(module.sqlite_version_info)

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we begin transactions ourselves, so that a writer takes its lock at once
        for pragma in (f"journal_mode={journal}", f"synchronous={synchronous}", "secure_delete=ON", "fullfsync=ON", "checkpoint_fullfsync=ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("reading"):
            connection.exec_driver_sql("BEGIN")
        else:
            _take_write_lock(connection.connection.driver_connection, module)

    return engine


@lru_cache(maxsize=16)
def kept_engine(url: str, *, keys: KeyRing) -> Engine:
    """As `make_engine`, for a SQLite file that is opened again and again: the statements that one use has compiled serve the next.

    Only what SQLAlchemy knows is kept, never a connection, so that a fork may use it too.
    """
    return make_engine(url, keys=keys)


def _server_engine(url: str, keys: KeyRing) -> Engine:
    """Connections to a server are kept, as making one takes longer than a save; a fork leaves its parent's alone and makes its own."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), pool_size=1, max_overflow=9, pool_pre_ping=True,
                           execution_options={"keys": keys})

    @event.listens_for(engine, "connect")
    def note_process(_connection: object, record: Any) -> None:  # noqa: ANN401  (the pool's own)
        record.info["process"] = os.getpid()

    @event.listens_for(engine, "checkout")
    def refuse_parents_connection(_connection: object, record: Any, proxy: Any) -> None:  # noqa: ANN401  (the pool's own)
        if record.info["process"] != os.getpid():
            record.dbapi_connection = proxy.dbapi_connection = None
            raise DisconnectionError("made by the parent process")

    return engine


def _take_write_lock(connection: Any, module: ModuleType) -> None:  # noqa: ANN401  (of whichever SQLite module serves)
    """Begin a writing transaction, waiting for others with even chances.

    SQLite's own waiting asks ever more rarely, so that at fifty writers some wait for half a minute while newcomers go first.
    """
    connection.execute(f"PRAGMA busy_timeout={AT_ONCE}").close()
    until = time.monotonic() + PATIENCE
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE").close()
            except module.OperationalError as problem:
                if "locked" not in str(problem) or time.monotonic() > until:
                    raise
                time.sleep(random.uniform(*PAUSE))  # noqa: S311  (who goes first is no secret)
            else:
                return
    finally:
        connection.execute(f"PRAGMA busy_timeout={PATIENCE * 1000}").close()


def is_sqlite(url: str) -> bool:
    """Whether the URL names a SQLite file."""
    return make_url(url).get_backend_name() == "sqlite"


def _refuse_network(url: str) -> None:
    file = Path(make_url(url).database or "assessor.db")
    kind = network_file_system(file.parent)
    if kind:
        raise UnsafePlace(f"it lies on {kind}, where locks and shared memory cannot be trusted", where=str(file), expected="a disk of this machine",
                          advice="Move the workspace to a local disk, or give a PostgreSQL server in ASSESSOR_KIT_DATABASE.")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees one state of the database throughout and holds up nobody."""
    isolation = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.execution_options(reading=True).connect() as connection:
        yield connection.execution_options(**isolation)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that is on disk when the block has ended, or has changed nothing."""
    with engine.begin() as connection:
        yield connection
