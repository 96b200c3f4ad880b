"""Read files in processes of their own, so that a bad file cannot affect the others.

A reader process cannot write any file and ends with its owner.

The pool is kept warm: each process reads one file at a time and is replaced when it dies, when it
takes too long, or after many files. Nothing is inherited: each is a fresh Python with a bare
environment.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from assessor_kit.errors import UnusableFile
from assessor_kit.loaders.files.formats import seconds_for
from assessor_kit.loaders.limits import FILES_PER_PROCESS, MOST_WAIT_SECONDS
from assessor_kit.loaders.process.messages import Result, read_message, unpacked, write_message

KEPT_VARIABLES = (
    "PATH",
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "TEMP",
    "TMP",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "VIRTUAL_ENV",
)
AHEAD = 4  # files per process that may be read before their turn comes


@dataclass(frozen=True, kw_only=True)
class ReceivedFile:
    """One file to read: its base name and its bytes.

    `digest` is whatever the caller identifies it by.
    """

    file: str
    data: bytes
    digest: str = ""


class Readers:
    """A pool of reader processes for one kind of file.

    `kind` chooses the function in `reader_process.READ`; `options` are its keyword arguments.
    """

    def __init__(self, kind: str, *, processes: int | None = None, **options: object) -> None:
        self.first_message = pickle.dumps((kind, options))
        number = processes or max(1, min(8, os.cpu_count() or 1))
        self.idle: queue.SimpleQueue[ReaderProcess] = queue.SimpleQueue()
        self.all = [ReaderProcess(self.first_message) for _ in range(number)]
        for process in self.all:
            self.idle.put(process)

    def __enter__(self) -> Self:
        """Return the pool; a process starts when the first file comes."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop every process."""
        for process in self.all:
            process.end()

    def read(
        self, files: Iterable[ReceivedFile]
    ) -> Iterator[tuple[ReceivedFile, Result | UnusableFile]]:
        """Yield each file with what was read from it, or the reason why nothing was.

        Files come out in the order given; several are read at a time.
        """
        waiting: deque[_Job] = deque()
        for sent in files:
            waiting.append(_Job(sent, self.idle))
            while len(waiting) >= AHEAD * len(self.all):
                yield waiting.popleft().outcome()
        while waiting:
            yield waiting.popleft().outcome()


class _Job:
    """One file on its way through the pool."""

    def __init__(self, sent: ReceivedFile, idle: queue.SimpleQueue[ReaderProcess]) -> None:
        self.sent = sent
        self.idle = idle
        self.result: Result | UnusableFile | None = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        process = self.idle.get()
        try:
            self.result = process.read(self.sent)
        finally:
            self.idle.put(process)

    def outcome(self) -> tuple[ReceivedFile, Result | UnusableFile]:
        self.thread.join()
        return self.sent, self.result or _gave_up(self.sent.file, "it cannot be read")


class ReaderProcess:
    """A process that is started when first needed, and again whenever it has gone."""

    def __init__(self, first_message: bytes) -> None:
        self.first_message = first_message
        self.process: subprocess.Popen[bytes] | None = None
        self.files_read = 0

    def read(self, sent: ReceivedFile) -> Result | UnusableFile:
        """Return what the process read from a file.

        If it died or took too long, return that reason instead.
        """
        process = self._running()
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(MOST_WAIT_SECONDS + seconds_for(sent.data), stop)
        timer.start()
        try:
            answer = _asked(process, sent)
        finally:
            timer.cancel()
        self.files_read += 1
        if answer is not None:
            try:
                return unpacked(answer)
            except (ValueError, KeyError, TypeError):
                self.end()
                return _gave_up(sent.file, "its reader process gave an answer that makes no sense")
        self.end()
        return _gave_up(
            sent.file,
            (
                "it takes too long to read"
                if late.is_set() or _ran_out_of_time(process)
                else "the process that read it was stopped"
            ),
        )

    def end(self) -> None:
        """Stop the process, if there is one."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for stream in (self.process.stdin, self.process.stdout):
                if stream is not None:
                    stream.close()
            self.process = None

    def _running(self) -> subprocess.Popen[bytes]:
        if self.files_read >= FILES_PER_PROCESS:
            self.end()
        if self.process is None:
            package = Path(__file__).resolve().parents[2]
            environment = {
                name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ
            } | {"PYTHONPATH": str(package)}
            self.process = subprocess.Popen(
                [sys.executable, "-B", "-m", "assessor_kit.loaders.process.reader_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
            )
            self.files_read = 0
            _say(self.process, self.first_message)
        return self.process


def _say(process: subprocess.Popen[bytes], *messages: bytes) -> bool:
    try:
        for message in messages:
            write_message(process.stdin, message)  # type: ignore[arg-type]  # always a pipe
    except (BrokenPipeError, OSError):
        return False
    return True


def _asked(process: subprocess.Popen[bytes], sent: ReceivedFile) -> bytes | None:
    if not _say(process, sent.file.encode("utf-8", "surrogateescape"), sent.data):
        return None
    return read_message(process.stdout)  # type: ignore[arg-type]  # always a pipe


def _ran_out_of_time(process: subprocess.Popen[bytes]) -> bool:
    process.kill()
    return process.wait() == -getattr(signal, "SIGXCPU", 0)


def _gave_up(file: str, found: str) -> UnusableFile:
    return UnusableFile(
        found,
        where=file,
        expected="a file of ordinary size and structure",
        advice="Ask for the file in another form.",
    )
