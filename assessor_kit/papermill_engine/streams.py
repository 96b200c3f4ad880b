"""Standard output and error of a notebook's process, and of programs it starts."""

from __future__ import annotations

import io
import os
import select
import sys
import threading
import time
from collections.abc import Callable
from itertools import groupby
from typing import Any

# seconds after which printed text is sent on while a cell is still running, as in ipykernel
INTERVAL = 0.2
TICK = 0.1
LARGEST_READ = 65536
Request = dict[str, Any]
Send = Callable[[str, str, Request], object]
HAS_CAPTURE = sys.platform.startswith(("linux", "darwin"))  # as in ipykernel


class CellStream(io.TextIOBase):
    """One stream, whose text is sent on when flushed and while a long cell runs."""

    encoding = "UTF-8"

    def __init__(
        self, name: str, send: Send, lock: threading.RLock, parent: Callable[[], Request]
    ) -> None:
        self.name = name
        self._send = send
        self._lock = lock
        self._parent = parent
        self._owner = os.getpid()
        self._number = {"stdout": 1, "stderr": 2}[name]
        # a task that a cell left behind prints for that cell, whichever cell runs now
        self._gathered: list[tuple[Request, str]] = []
        self.since = 0.0
        self._original, self._pipe = self._redirect() if HAS_CAPTURE else (self._number, -1)

    def _redirect(self) -> tuple[int, int]:
        """Redirect the descriptor into a pipe.

        Returns a copy of the original and the pipe's reading end.
        """
        original = os.dup(self._number)
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        os.dup2(writing, self._number)
        os.close(writing)
        return original, reading

    def write(self, text: str) -> int:
        """Gather the text; a process that the notebook forked writes to the descriptor."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if os.getpid() != self._owner:
            os.write(self._number, text.encode(errors="replace"))
            return len(text)
        with self._lock:
            if text and not self._gathered:
                self.since = time.monotonic()
            self._gathered.append((self._parent(), text))
        return len(text)

    def flush(self) -> None:
        """Send what has been gathered, and what other programs have written."""
        if os.getpid() != self._owner:
            return
        self.drain()
        with self._lock:
            gathered = self._gathered
            self._gathered = []
            self.since = 0.0
            for parent, pieces in groupby(gathered, key=lambda piece: piece[0]):
                if text := "".join(piece for _, piece in pieces):
                    self._send(self.name, text, parent)

    def drain(self) -> None:
        """Gather what is waiting in the pipe."""
        with self._lock:
            try:
                while self._pipe >= 0 and (read := os.read(self._pipe, LARGEST_READ)):
                    self.write(read.decode(errors="replace"))
            except BlockingIOError:
                return

    def fileno(self) -> int:
        """Return the descriptor to which the stream led before it was captured."""
        return self._original

    def isatty(self) -> bool:
        """Always False, because a notebook has no terminal."""
        return False

    def writable(self) -> bool:
        """Always True."""
        return True


def capture_streams(send: Send, *, parent: Callable[[], Request]) -> None:
    """Replace standard output and error with streams that call `send`.

    `send` takes the stream's name, the text and the request; `parent` returns the request being
    answered.
    """
    lock = threading.RLock()
    streams = [CellStream(name, send, lock, parent) for name in ("stdout", "stderr")]
    sys.stdout, sys.stderr = streams
    threading.Thread(target=_watch, args=(streams,), daemon=True, name="streams").start()


def _watch(streams: list[CellStream]) -> None:
    """Keep the pipes from filling up, and send gathered text on while a cell runs."""
    # This function is the other half of the class, so it may read its private names.
    pipes = [stream._pipe for stream in streams if stream._pipe >= 0]  # noqa: SLF001
    while True:
        if pipes:
            select.select(pipes, [], [], TICK)
        else:
            time.sleep(TICK)
        for stream in sorted(streams, key=lambda stream: stream.since):
            stream.drain()
            if stream.since and time.monotonic() - stream.since >= INTERVAL:
                stream.flush()
        if pipes and any(stream.since for stream in streams):
            time.sleep(TICK / 2)
