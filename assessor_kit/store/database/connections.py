"""Connect to the database: a SQLite file in the workspace, or a PostgreSQL server by URL.

SQLite keeps a commit through a power cut (write-ahead log, synchronous FULL) and takes the write
lock when a write transaction begins. A read transaction never takes it, so that readers neither
block nor wait. Deleted text is overwritten in the file (secure_delete).

Connections are kept, because making one takes longer than a save. Those to SQLite are closed before
a fork, and given up when another file has taken the place of theirs; those to a server are left to
the process that made them.
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

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.exc import DisconnectionError

from assessor_kit.errors import AssessorKitError, NotInstalled, UnsafePlace
from assessor_kit.files import may_write, may_write_in
from assessor_kit.store.database.addresses import database_place, file_of, is_sqlite, read_address
from assessor_kit.store.database.filesystems import network_file_system
from assessor_kit.store.database.troubles import NOT_WRITABLE, trouble_of, troubles_told
from assessor_kit.store.database.write_lock import PATIENCE, take_turn, take_write_lock
from assessor_kit.store.keys import KeyRing

# An open transaction for callers outside the store: they pass it back and never use it themselves.
Transaction = Connection

# sqlite.org/changes.html: releases that carry the WAL-reset fix
WAL_RESET_FIXED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
SECONDS_TO_CONNECT = 10  # to a server, where its address does not say
_FILE_ENGINES: weakref.WeakSet[Engine] = (
    weakref.WeakSet()
)  # engines of SQLite files in this process


def _sqlite() -> ModuleType:
    """Return the newest SQLite available: pysqlite3 brings its own."""
    try:
        # Missing on platforms without a wheel, where Python's own is used.
        import pysqlite3  # noqa: PLC0415
    except ImportError:
        return sqlite3
    return pysqlite3.dbapi2  # type: ignore[no-any-return]  # the wheel carries no types


def sqlite_version() -> tuple[int, int, int]:
    """Return the release of SQLite that the store uses."""
    major, minor, patch = _sqlite().sqlite_version_info
    return int(major), int(minor), int(patch)


def has_wal_fix(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite release keeps every commit when several processes write in WAL mode."""
    newest = WAL_RESET_FIXED[0]
    return version >= newest or any(
        version[:2] == fixed[:2] and version >= fixed for fixed in WAL_RESET_FIXED
    )


def safe_settings(version: tuple[int, int, int]) -> tuple[str, str]:
    """Return the journal_mode and synchronous settings with which this release loses nothing.

    They are WAL and FULL, or DELETE and EXTRA for a release without the WAL-reset fix.
    """
    return ("WAL", "FULL") if has_wal_fix(version) else ("DELETE", "EXTRA")


def make_engine(url: str, *, keys: KeyRing) -> Engine:
    """Return an engine whose connections are never shared across a fork.

    Its execution option `keys` is the key ring.

    A SQLite file is made where there is none. Raises UnsafePlace for one on a network file system,
    InvalidRequest for an address that cannot be read. Troubles of the database itself are told by
    whatever meets them (`troubles`).
    """
    if is_sqlite(url):
        return _file_engine(url, keys, opened="rwc")
    return _server_engine(url, keys)


@contextmanager
def passing_engine(url: str, *, keys: KeyRing) -> Iterator[Engine]:
    """Yield an engine like that of `make_engine` for a short task, then close its connections.

    Afterwards the file may be moved or read as it is.
    """
    engine = make_engine(url, keys=keys)
    try:
        yield engine
    finally:
        engine.dispose()


def _file_engine(url: str, keys: KeyRing, *, opened: str) -> Engine:
    """`opened`: SQLite's mode, `rwc` where a file may be made, else `rw`."""
    file = file_of(url)
    module = _sqlite()
    _refuse_network(file)
    engine = create_engine(
        url,
        module=module,
        pool_size=1,
        max_overflow=-1,
        execution_options={"keys": keys},
        # the pool hands a connection to one thread at a time
        connect_args={"timeout": PATIENCE, "check_same_thread": False},
    )
    _tell_troubles(engine, url)

    _open_as_allowed(engine, file, opened)
    _write_in_turn(engine, url, module)

    @event.listens_for(engine, "checkout")
    # `record` is the pool's own type.
    def refuse_another_file(_connection: object, record: Any, _proxy: object) -> None:  # noqa: ANN401
        if record.info["file"] != _file_identity(file):  # a save to a deleted file would be lost
            raise DisconnectionError("the database file was replaced")

    _FILE_ENGINES.add(engine)
    return engine


def _open_as_allowed(engine: Engine, file: Path, opened: str) -> None:
    """Open each connection for writing, or for reading alone where no more is allowed."""
    journal, synchronous = safe_settings(_sqlite().sqlite_version_info)
    pragmas = (
        f"journal_mode={journal}",
        f"synchronous={synchronous}",
        "secure_delete=ON",
        "fullfsync=ON",
        "checkpoint_fullfsync=ON",
    )

    @event.listens_for(engine, "do_connect")
    # The driver's own.
    def open_as_allowed(_dialect: object, record: Any, names: list[str], options: Any) -> None:  # noqa: ANN401
        record.info["read_only"] = is_read_only(file)
        options["uri"] = True
        mode = _reading_mode(file) if record.info["read_only"] else opened
        names[0] = f"{file.absolute().as_uri()}?mode={mode}"

    @event.listens_for(engine, "connect")
    # The pool's own.
    def set_pragmas(connection: sqlite3.Connection, record: Any) -> None:  # noqa: ANN401
        # the kit begins transactions itself, so that a writer takes its lock at once
        connection.isolation_level = None
        for pragma in ("query_only=ON",) if record.info["read_only"] else pragmas:
            connection.execute(f"PRAGMA {pragma}").close()
        record.info["file"] = _file_identity(file)


def _write_in_turn(engine: Engine, url: str, module: ModuleType) -> None:
    """Begin each writing transaction with the lock, in the order in which writers came."""
    file = file_of(url)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("reads_only"):
            connection.exec_driver_sql("BEGIN")
            return
        held = connection.connection.info
        if held["read_only"]:
            raise NOT_WRITABLE.told(database_place(url))
        if "turn" not in held:
            held["turn"] = take_turn(file)
        with troubles_told(database_place(url)):
            take_write_lock(connection.connection.driver_connection, module)

    @event.listens_for(engine, "checkin")
    def end_turn(_connection: object, record: Any) -> None:  # noqa: ANN401  (the pool's own)
        turn = record.info.pop("turn", None)
        if turn is not None:
            turn.leave()


def _tell_troubles(engine: Engine, url: str) -> None:
    """Let whatever stops the database be told as what happened and what to do about it."""

    @event.listens_for(engine, "handle_error")
    def tell(context: ExceptionContext) -> AssessorKitError | None:
        # the pool only asks whether a connection still stands, and makes another where it does not
        if context.is_pre_ping:
            return None
        return trouble_of(context.original_exception, where=database_place(url))


def is_read_only(file: Path) -> bool:
    """Whether the file is there and may not be written, or nothing may be made beside it."""
    if not file.exists():
        return False
    # SQLite writes to the file, and makes its log beside it
    return not (may_write(file) and may_write_in(file.absolute().parent))


def _reading_mode(file: Path) -> str:
    """How to open a file that may only be read.

    Where SQLite can make no log beside it, and none is there, nobody has it open for writing: it is
    read as it stands (sqlite.org/wal.html, section 7).
    """
    has_log = file.with_name(f"{file.name}-wal").exists()
    return "ro" if has_log or may_write_in(file.absolute().parent) else "ro&immutable=1"


def _file_identity(file: Path) -> tuple[int, ...]:
    """Which file lies there: a file that was put in its place is another.

    One that may only be read is another as soon as anything in it has changed.
    """
    try:
        found = file.stat()
    except FileNotFoundError:
        return 0, 0
    if is_read_only(file):
        return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size
    return found.st_dev, found.st_ino


def _close_before_fork() -> None:
    """Close SQLite connections before a fork.

    None may be carried across one (sqlite.org/howtocorrupt.html, section 2.6).
    """
    for engine in list(_FILE_ENGINES):
        engine.dispose()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_close_before_fork)


@lru_cache(maxsize=16)
def kept_engine(url: str, *, keys: KeyRing) -> Engine:
    """As `make_engine`, for a SQLite file that is there and is opened again and again.

    The statements compiled for one use serve the next. A forked process may use it too: connections
    are closed before the fork, and the compiled statements go with it.
    """
    return _file_engine(url, keys, opened="rw")


def _server_engine(url: str, keys: KeyRing) -> Engine:
    """Return an engine for a server; a fork makes connections of its own.

    It leaves its parent's connections alone.
    """
    address = read_address(url).set(drivername="postgresql+psycopg")
    if "connect_timeout" not in address.query:
        address = address.update_query_dict({"connect_timeout": str(SECONDS_TO_CONNECT)})
    try:
        engine = create_engine(
            address,
            pool_size=1,
            max_overflow=9,
            pool_pre_ping=True,
            execution_options={"keys": keys},
        )
    except ImportError:
        raise NotInstalled(
            "A PostgreSQL server needs the extra `server`",
            advice="Install it with `pip install assessor-kit[server]`.",
        ) from None
    _tell_troubles(engine, url)

    @event.listens_for(engine, "connect")
    def note_process(_connection: object, record: Any) -> None:  # noqa: ANN401  (the pool's own)
        record.info["process"] = os.getpid()

    @event.listens_for(engine, "checkout")
    # `record` and `proxy` are the pool's own types.
    def refuse_parents_connection(_connection: object, record: Any, proxy: Any) -> None:  # noqa: ANN401
        if record.info["process"] != os.getpid():
            record.dbapi_connection = proxy.dbapi_connection = None
            raise DisconnectionError("made by the parent process")

    return engine


def _refuse_network(file: Path) -> None:
    kind = network_file_system(file.parent)
    if kind:
        raise UnsafePlace(
            f"it is on {kind}, where locks and shared memory are not reliable",
            where=str(file),
            expected="a local disk of this machine",
            advice=(
                "Move the workspace to a local disk, or set ASSESSOR_KIT_DATABASE to the address"
                " of a PostgreSQL server."
            ),
        )


@contextmanager
def read_transaction(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that sees one state of the database and holds up nobody."""
    isolation = (
        {}
        if engine.dialect.name == "sqlite"
        else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    )
    with engine.execution_options(reads_only=True).connect() as connection:
        yield connection.execution_options(**isolation)


@contextmanager
def write_transaction(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that is on the disk when the block ends, or has changed nothing."""
    with engine.begin() as connection:
        yield connection
