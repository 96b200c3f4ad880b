"""Whose turn is it to write to the SQLite file? First come, first served, by a lock that the system itself queues.

SQLite knows no queue: whoever finds the file taken asks again later, so that among fifty writers some wait long while newcomers go first.
Here writers stand in line at a file beside the database and are woken in their order. The line is a courtesy, never the guarantee: that is
SQLite's own lock. Where there is no such file lock (Windows), or the line does not move, a writer asks SQLite at random short intervals.
"""

from __future__ import annotations

import os
import random
import threading
import time
from pathlib import Path
from types import ModuleType
from typing import Any

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

PATIENCE = 30  # seconds a writer waits for another
IN_LINE = 10  # seconds of them in line: a child of a killed program may hold the line, and then SQLite's own lock decides
AT_ONCE, PAUSE = (
    1,
    (0.001, 0.012),
)  # milliseconds that SQLite itself waits for the write lock; seconds between two attempts of ours


class Turn:
    """A place in the line, taken until `end`."""

    def __init__(self, database: Path) -> None:
        self.place: int | None = None
        if fcntl is None:
            return
        place = os.open(
            database.with_name(f"{database.name}-queue"),
            os.O_RDWR | os.O_CREAT | os.O_CLOEXEC,
            0o600,
        )
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.place = _wait_in_line(place)
        else:
            self.place = place

    def end(self) -> None:
        """Let the next one write."""
        if self.place is not None:
            fcntl.flock(
                self.place, fcntl.LOCK_UN
            )  # before it is closed: a child of this process may hold the file open
            os.close(self.place)
            self.place = None


def _wait_in_line(place: int) -> int | None:
    """The place once it is its turn; None where that takes too long. The system's wait knows no limit, so it is left to a thread."""
    guard, come = threading.Lock(), threading.Event()
    given_up = False

    def wait() -> None:
        fcntl.flock(place, fcntl.LOCK_EX)
        with guard:
            if given_up:
                os.close(place)
            else:
                come.set()

    threading.Thread(target=wait, daemon=True, name="assessor-kit-turn").start()
    try:
        come.wait(IN_LINE)
    finally:
        with guard:
            given_up = not come.is_set()
    return None if given_up else place


def take_write_lock(connection: Any, module: ModuleType) -> None:  # noqa: ANN401  (of whichever SQLite module serves)
    """Begin a writing transaction, waiting for others who have the lock, with even chances."""
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
