"""Write a line a minute to standard error, for logs that nobody watches as they grow.

After ten lines there is one every ten minutes, so that a night's work does not fill the screen.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

MINUTE = 60.0
LINES_A_MINUTE_APART = 10


class Counted:
    """A count that works like a progress bar but draws nothing."""

    def __init__(self, total: int, name: str, unit: str) -> None:
        self.total = total
        self.name = name
        self.unit = unit
        self.n: float = 0

    def update(self, n: float = 1) -> None:
        """Note that `n` more are done."""
        self.n += n

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End."""

    def in_words(self) -> str:
        """Return the count in words, such as: Feedback 412 of 2,000 reports."""
        unit = self.unit if self.total == 1 else f"{self.unit}s"
        return f"{self.name} {self.n:,} of {self.total:,} {unit}"


class MinuteLines:
    """Reports how far a command has come, for as long as it runs."""

    def __init__(self, command: str, say: Callable[[str], None]) -> None:
        self._command = command
        self._say = say
        self._counted: Counted | None = None
        self._ended = threading.Event()
        self._begun = time.monotonic()

    def bar(self, total: int, name: str, unit: str) -> Counted:
        """Return a new count of the command, reported from now on."""
        self._counted = Counted(total, name, unit)
        return self._counted

    def __enter__(self) -> Self:
        """Begin."""
        threading.Thread(target=self._tell, name="assessor-kit-minutes", daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End: report nothing more."""
        self._ended.set()

    def _tell(self) -> None:
        lines = 0
        while not self._ended.wait(MINUTE if lines < LINES_A_MINUTE_APART else 10 * MINUTE):
            lines += 1
            self._say(self.line(time.monotonic() - self._begun))

    def line(self, seconds: float) -> str:
        """Return the line for a number of seconds since the start."""
        done = f": {self._counted.in_words()}" if self._counted else ""
        return f"assessor-kit {self._command}{done}, {seconds / MINUTE:.0f} min so far"
