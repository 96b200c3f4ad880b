"""Decide whose turn it is to write to the SQLite file: first come, first served.

SQLite has no queue: a writer that finds the file locked tries again later, so that among fifty
writers some wait a long time while newcomers go first. Here writers wait in line at a file beside
the database, whose lock the operating system itself queues, and are woken in order.

The line is a courtesy; the guarantee is SQLite's own lock. Where there is no such file lock
(Windows), or the line does not move, a writer asks SQLite at short random intervals.
"""

from __future__ import annotations

import random
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from assessor_kit.files import PlaceInLine

PATIENCE = 30  # seconds that a writer waits for others
# seconds of these spent in line: a child of a killed program may hold up the line, and then
# SQLite's own lock decides
IN_LINE = 10
# milliseconds that SQLite itself waits for the write lock; range of seconds between two attempts
AT_ONCE = 1
PAUSE = (0.001, 0.012)


def take_turn(database: Path) -> PlaceInLine:
    """Stand in the line of those who write to this database, and wait until it has moved up."""
    return PlaceInLine(database.with_name(f"{database.name}-queue"), seconds=IN_LINE)


# `connection` belongs to whichever SQLite module is used.
def take_write_lock(connection: Any, module: ModuleType) -> None:  # noqa: ANN401
    """Begin a write transaction, waiting with even chances while others hold the lock."""
    connection.execute(f"PRAGMA busy_timeout={AT_ONCE}").close()
    until = time.monotonic() + PATIENCE
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE").close()
            except module.OperationalError as problem:
                if "locked" not in str(problem) or time.monotonic() > until:
                    raise
                time.sleep(random.uniform(*PAUSE))  # noqa: S311  (the order of writers is no secret)
            else:
                return
    finally:
        connection.execute(f"PRAGMA busy_timeout={PATIENCE * 1000}").close()
