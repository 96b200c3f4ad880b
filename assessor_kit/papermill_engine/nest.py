"""Where notebooks' processes come from: one warm process for each set of modules.

It is started at first use, and ends with this process, or once enough others have been used since.
"""

from __future__ import annotations

import atexit
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from typing import Protocol

from assessor_kit.papermill_engine.wire import FORK, NUMBER, send_message

START = "import sys; from assessor_kit.papermill_engine.warm import main; main(*sys.argv[1:])"
FORK_VARIABLE = "ASSESSOR_KIT_FORK"
NESTS_KEPT = 4  # warm processes; a batch rarely has more kinds of notebook
# the beginnings of the environment variables that libraries read when they are imported
READ_AT_IMPORT = ("PYTHON", "OMP_", "OPENBLAS_", "MKL_", "NPY_", "NUMEXPR_", "ARROW_", "LD_")
STOPPING = 5.0  # seconds that a process has to end by itself


class NotebookProcess(Protocol):
    """One notebook's own process and the connection to it."""

    connection: Connection

    def interrupt(self) -> None:
        """Interrupt the notebook, as Ctrl-C does."""

    def end(self) -> None:
        """End the process and everything that it started, by force if need be."""


class Nest(Protocol):
    """A source of fresh processes."""

    def hatch(self) -> NotebookProcess:
        """Return a fresh process, warm and not shared with any other notebook."""

    def is_busy(self) -> bool:
        """Whether closing it would end a notebook that is running."""

    def close(self) -> None:
        """Stop giving out processes, and end those that wait."""


_NESTS: dict[tuple[str, ...], Nest] = {}
_LOCK = threading.Lock()


def hatch(
    modules: tuple[str, ...], *, companion: str = "", fork: bool | None = None
) -> NotebookProcess:
    """Return a process in which `modules` are imported and the companion is warm.

    If `fork` is None, it is forked where the system can fork and ASSESSOR_KIT_FORK is not 0.
    """
    forks = will_fork(fork=fork)
    # the variables that are read when Python starts and libraries are loaded
    python = tuple(
        f"{name}={value}"
        for name, value in sorted(os.environ.items())
        if name.startswith(READ_AT_IMPORT)
    )
    key = (sys.executable, str(forks), companion, *modules, *python)
    wanted = (companion, *modules)
    with _LOCK:
        nest = _NESTS.pop(key, None)
        if nest is None:
            nest = _new(key, wanted, forks=forks)
        _NESTS[key] = nest  # the most recently used is last
        _end_the_least_recently_used()
        try:
            return _greeted(nest.hatch())
        # the warm process, or the one that waited, was killed: replace it
        except (OSError, EOFError):
            nest.close()
            return _greeted(_new(key, wanted, forks=forks).hatch())


def will_fork(*, fork: bool | None = None) -> bool:
    """Whether processes are forked, rather than started; `fork` is as in `hatch`."""
    return hasattr(os, "fork") and os.environ.get(FORK_VARIABLE) != "0" if fork is None else fork


def _new(key: tuple[str, ...], modules: tuple[str, ...], *, forks: bool) -> Nest:
    nest: Nest = ForkingNest(modules) if forks else SpawningNest(modules)
    _NESTS[key] = nest
    return nest


def _end_the_least_recently_used() -> None:
    """End the warm processes beyond the number that is kept.

    One whose notebooks are still running is kept until they end.
    """
    for key, nest in list(_NESTS.items())[:-NESTS_KEPT]:
        if not nest.is_busy():
            del _NESTS[key]
            nest.close()


def _greeted(process: NotebookProcess) -> NotebookProcess:
    """Tell the process the current environment and folder, and return it."""
    # Imported here, because it takes a while to load and only running notebooks need it.
    from jupyter_client.session import json_packer  # noqa: PLC0415

    send_message(
        process.connection,
        "shell",
        {"content": {"environment": dict(os.environ), "folder": str(Path.cwd())}},
        pack=json_packer,
    )
    return process


def close_nests() -> None:
    """End every warm process that this process has started."""
    with _LOCK:
        for nest in _NESTS.values():
            nest.close()
        _NESTS.clear()


def _forget() -> None:
    """Forget the nests, in a fork of this process, which has no share in them."""
    # The lock may have been held by another thread when we were forked.
    global _LOCK  # noqa: PLW0603
    _LOCK = threading.Lock()
    _NESTS.clear()


atexit.register(close_nests)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def _command(place: str, modules: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-P", "-c", START, place, *modules]


class ForkingNest:
    """A warm process that forks; the next fork gets ready while the present one works."""

    def __init__(self, modules: tuple[str, ...]) -> None:
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair()
        # where to put the answers still to come, which come in the order of the questions
        self._asked: deque[list[int]] = deque()
        self._given = 0  # forks whose notebooks are running
        # In a session of its own, because Ctrl-C in the terminal is for us to pass on.
        self.warm = subprocess.Popen(  # noqa: S603
            _command(str(theirs.fileno()), modules),
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        self._next = self._fork()

    def hatch(self) -> ForkedProcess:
        """Return the process that waits, while another gets ready."""
        with self._lock:
            process, self._next = self._next, self._fork()
            self._given += 1
            return process

    def is_busy(self) -> bool:
        """Whether a notebook is running, which would end with the warm process."""
        return self._given > 0

    def gave_back(self) -> None:
        """Note that one notebook has ended."""
        with self._lock:
            self._given -= 1

    def _fork(self) -> ForkedProcess:
        mine, theirs = socket.socketpair()
        socket.send_fds(self._control, [FORK], [theirs.fileno()])
        theirs.close()
        pid: list[int] = []
        self._asked.append(pid)
        return ForkedProcess(connection=Connection(mine.detach()), answer=pid, nest=self)

    def bury(self, pid: int) -> list[int]:
        """Have a fork that has ended, or was killed, reaped by the warm process.

        Returns the list in which its exit status will appear.
        """
        with self._lock:
            self._control.sendall(NUMBER.pack(pid))
            status: list[int] = []
            self._asked.append(status)
            return status

    def answered(self, wanted: list[int]) -> int:
        """Wait for the answer to a question, and return it."""
        with self._lock:
            while not wanted:
                answer = self._control.recv(NUMBER.size, socket.MSG_WAITALL)
                if len(answer) < NUMBER.size:
                    raise EOFError("The warm process has ended")
                self._asked.popleft().append(int(NUMBER.unpack(answer)[0]))
            return wanted[0]

    def close(self) -> None:
        """End the warm process, and with it every fork that is still running."""
        self._next.connection.close()
        self._control.close()
        try:
            self.warm.wait(STOPPING)
        except subprocess.TimeoutExpired:
            self.warm.kill()
            self.warm.wait()


@dataclass(kw_only=True)
class ForkedProcess:
    """A forked process, whose id is not used again until it has been reaped."""

    connection: Connection
    answer: list[int]
    nest: ForkingNest
    ended: bool = field(default=False, init=False)

    @property
    def pid(self) -> int:
        """The process's id."""
        return self.nest.answered(self.answer)

    def interrupt(self) -> None:
        """Send SIGINT to the notebook, but not to what it has started."""
        with suppress(OSError, EOFError):
            os.kill(self.pid, signal.SIGINT)

    def end(self) -> None:
        """Kill what is left of the process group, and have the process reaped."""
        if self.ended:
            return
        self.ended = True
        self.connection.close()
        self.nest.gave_back()
        with suppress(OSError, EOFError):  # the warm process is gone, and its forks with it
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self.nest.bury(self.pid)


class SpawningNest:
    """Processes that are started, not forked: the next warms up while one works."""

    def __init__(self, modules: tuple[str, ...]) -> None:
        self._modules = modules
        self._next = self._spawn()

    def _spawn(self) -> tuple[Listener, subprocess.Popen[bytes]]:
        key = secrets.token_bytes(32)
        listener = Listener(authkey=key)
        process = subprocess.Popen(  # noqa: S603
            _command(str(listener.address), self._modules),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        if process.stdin:
            process.stdin.write(key.hex().encode() + b"\n")
            process.stdin.close()
        return listener, process

    def hatch(self) -> SpawnedProcess:
        """Return the process that waits, while another starts and warms up."""
        listener, process = self._next
        connection = listener.accept()
        listener.close()
        self._next = self._spawn()
        return SpawnedProcess(connection=connection, process=process)

    def is_busy(self) -> bool:
        """Always False, because no notebook's process is a fork."""
        return False

    def close(self) -> None:
        """End the process that waits."""
        listener, process = self._next
        listener.close()
        process.kill()
        process.wait()


@dataclass(kw_only=True)
class SpawnedProcess:
    """A process started for one notebook."""

    connection: Connection
    process: subprocess.Popen[bytes]

    def interrupt(self) -> None:
        """Send SIGINT, or what Windows has in its place."""
        with suppress(OSError):
            self.process.send_signal(getattr(signal, "CTRL_BREAK_EVENT", signal.SIGINT))

    def end(self) -> None:
        """End the process, and its group where there are groups."""
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()
        self.connection.close()
        self.process.wait()
