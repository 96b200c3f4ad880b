"""Explain what keeps a database from working: what happened, and what to do about it.

Commands, notebooks and the screen show the same sentences. An error in a statement, which is no
trouble of the database, is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from assessor_kit.errors import (
    AssessorKitError,
    DatabaseDamaged,
    DatabaseUnavailable,
    NotWritten,
    ReadOnly,
)

# what a copy of a server answers that follows the original
NOT_SUPPORTED = "0A000"
DURING_RECOVERY = "during recovery"
SQLITE_TROUBLE = {"OperationalError", "DatabaseError"}  # what SQLite's modules name it


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A trouble: its explanation, and the driver's words or server's codes that reveal it.

    A code matches if it begins like this (PostgreSQL, appendix A).
    """

    kind: type[AssessorKitError]
    found: str
    expected: str
    advice: str
    words: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    def told(self, where: str) -> AssessorKitError:
        """Return the error for the database at a place."""
        return self.kind(self.found, where=where, expected=self.expected, advice=self.advice)


NOT_WRITABLE = Trouble(
    kind=ReadOnly,
    found="the database may be read here and not written",
    expected="a file and a folder that you may write to",
    advice=(
        "Look at what you like; to save, check the permissions of the file and of its folder, then"
        " open the workspace again."
    ),
    words=("readonly", "read-only"),
)
DISK_FULL = Trouble(
    kind=NotWritten,
    found="the disk is full",
    expected="room for what is to be saved",
    advice="Make room, then try again. What was saved before stays saved.",
    words=("disk is full", "disk full"),
)
HELD = Trouble(
    kind=DatabaseUnavailable,
    found="another program holds the database",
    expected="a database that is free within half a minute",
    advice="Wait until the other program is done, or close it; then try again.",
    words=("locked",),
)
NOT_A_DATABASE = Trouble(
    kind=DatabaseDamaged,
    found="the file is damaged, or is not a database",
    expected="a database that assessor-kit made",
    advice="Put a backup back with `assessor-kit restore FILE`, into a new folder.",
    words=("not a database", "malformed", "encrypted"),
)
CANNOT_BE_READ = Trouble(
    kind=DatabaseDamaged,
    found="the disk does not give or take what the database needs",
    expected="a disk in order, with room",
    advice="Check the disk and the room left on it. Then run `assessor-kit doctor`.",
    words=("disk i/o error",),
)
NOT_OPENED = Trouble(
    kind=DatabaseUnavailable,
    found="the database cannot be opened",
    expected="a file that you may read, in a folder that is there",
    advice=(
        "Check the path, and the permissions of the file and of its folder; or put a backup back"
        " with `assessor-kit restore FILE`."
    ),
    words=("unable to open",),
)
WITHOUT_OUR_TABLES = Trouble(
    kind=DatabaseDamaged,
    found="the database lacks a table of ours: it belongs to another program, or is damaged",
    expected="a database that assessor-kit made",
    advice="Check --workspace and ASSESSOR_KIT_DATABASE.",
    words=("no such table", "no such column"),
    codes=("42P01",),
)
IN_A_FILE = (
    NOT_WRITABLE,
    DISK_FULL,
    HELD,
    NOT_A_DATABASE,
    CANNOT_BE_READ,
    NOT_OPENED,
    WITHOUT_OUR_TABLES,
)
NOT_LET_IN = Trouble(
    kind=DatabaseUnavailable,
    found="the server does not let you in under this name and password",
    expected="a name and password that the server knows",
    advice="Correct them in ASSESSOR_KIT_DATABASE, or ask whoever runs the server.",
    words=("authentication failed", "no password supplied", 'role "', "pg_hba"),
    codes=("28",),
)
NO_SUCH_DATABASE = Trouble(
    kind=DatabaseUnavailable,
    found="the server has no database of this name",
    expected="a database that whoever runs the server has made",
    advice="Correct the name in ASSESSOR_KIT_DATABASE, or have the database made.",
    words=('database "',),
    codes=("3D",),
)
NOT_REACHED = Trouble(
    kind=DatabaseUnavailable,
    found="the database server cannot be reached, or has broken off",
    expected="a PostgreSQL server that runs at this address",
    advice="Check that it runs, and the address in ASSESSOR_KIT_DATABASE; then try again.",
    codes=("08", "57P"),
)
SERVER_DISK_FULL = Trouble(
    kind=NotWritten,
    found="the server's disk is full",
    expected="room for what is to be saved",
    advice="Ask whoever runs the server to make room. What was saved before stays saved.",
    codes=("53100",),
)
SERVER_BUSY = Trouble(
    kind=DatabaseUnavailable,
    found="the server is too busy, or another program holds what is needed",
    expected="a server with a place free",
    advice="Wait a moment, then try again.",
    codes=("53", "55P03", "40P01", "40001", "57014"),
)
SERVER_READ_ONLY = Trouble(
    kind=ReadOnly,
    found="the server may be read at present and not written",
    expected="the server that takes changes, not its copy",
    advice="Correct the address in ASSESSOR_KIT_DATABASE, or ask whoever runs the server.",
    codes=("25006",),
)
SERVER_DAMAGED = Trouble(
    kind=DatabaseDamaged,
    found="the server cannot read its files",
    expected="a server in order",
    advice="Ask whoever runs the server; put a backup back if need be.",
    codes=("XX001", "XX002", "58"),
)
# the longer beginning of a code first
ON_A_SERVER = (
    SERVER_DISK_FULL,
    SERVER_BUSY,
    SERVER_READ_ONLY,
    SERVER_DAMAGED,
    WITHOUT_OUR_TABLES,
    NOT_LET_IN,
    NO_SUCH_DATABASE,
    NOT_REACHED,
)


def trouble_of(problem: BaseException, *, where: str) -> AssessorKitError | None:
    """Return the explanation of a driver's error; None if it is no trouble of the database."""
    found = _server_trouble(problem) if hasattr(problem, "sqlstate") else _file_trouble(problem)
    return found.told(where) if found else None


@contextmanager
def troubles_told(where: str) -> Iterator[None]:
    """Explain the troubles of statements that go to the driver directly."""
    try:
        yield
    except Exception as problem:
        told = trouble_of(problem, where=where)
        if told is None:
            raise
        raise told from problem


def _file_trouble(problem: BaseException) -> Trouble | None:
    if type(problem).__name__ not in SQLITE_TROUBLE:
        return None
    said = str(problem).lower()
    return next((one for one in IN_A_FILE if any(words in said for words in one.words)), None)


def _server_trouble(problem: BaseException) -> Trouble | None:
    code = getattr(problem, "sqlstate", None)
    if code == NOT_SUPPORTED and DURING_RECOVERY in str(problem):
        return SERVER_READ_ONLY
    if code:
        return next((one for one in ON_A_SERVER if code.startswith(one.codes)), None)
    # while connecting there is no code yet, only words
    if "OperationalError" not in {kind.__name__ for kind in type(problem).__mro__}:
        return None
    said = str(problem)
    known = (one for one in ON_A_SERVER if any(words in said for words in one.words))
    return next(known, NOT_REACHED)
