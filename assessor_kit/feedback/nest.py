"""Where notebooks' processes come from: one warm process for each set of modules, started at first use, gone with this process."""

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

from assessor_kit.feedback.wire import FORK, NUMBER, send_message

START = "import sys; from assessor_kit.feedback.warm import main; main(*sys.argv[1:])"
FORK_VARIABLE = "ASSESSOR_KIT_FORK"
STOPPING = 5.0  # seconds a process has to end by itself


class NotebookProcess(Protocol):
    """One notebook's own process and the connection to it."""

    connection: Connection

    def interrupt(self) -> None:
        """As Ctrl-C does."""

    def end(self) -> None:
        """End it with all it has started, if need be by force."""


class Nest(Protocol):
    """Gives out processes."""

    def hatch(self) -> NotebookProcess:
        """A fresh process, warm and alone."""

    def close(self) -> None:
        """No more processes."""


_NESTS: dict[tuple[str, ...], Nest] = {}
_LOCK = threading.Lock()


def hatch(modules: tuple[str, ...], *, fork: bool | None = None) -> NotebookProcess:
    """A process in which `modules` are imported already. `fork` None: where the system has it and ASSESSOR_KIT_FORK is not 0."""
    forks = will_fork(fork=fork)
    python = tuple(
        f"{name}={value}" for name, value in sorted(os.environ.items()) if name.startswith("PYTHON")
    )  # read when Python starts
    key = (sys.executable, str(forks), *modules, *python)
    with _LOCK:
        nest = _NESTS.get(key) or _new(key, modules, forks=forks)
        try:
            return _greeted(nest.hatch())
        except (
            OSError,
            EOFError,
        ):  # the warm process, or the one that waited, was killed: others take their places
            nest.close()
            return _greeted(_new(key, modules, forks=forks).hatch())


def will_fork(*, fork: bool | None = None) -> bool:
    """Whether processes are forked, rather than started. `fork` as in `hatch`."""
    return hasattr(os, "fork") and os.environ.get(FORK_VARIABLE) != "0" if fork is None else fork


def _new(key: tuple[str, ...], modules: tuple[str, ...], *, forks: bool) -> Nest:
    nest: Nest = ForkingNest(modules) if forks else SpawningNest(modules)
    _NESTS[key] = nest
    return nest


def _greeted(process: NotebookProcess) -> NotebookProcess:
    """Tell the process its surroundings: the environment and folder of now, not of when the warm process started."""
    from jupyter_client.session import json_packer  # noqa: PLC0415  (it takes a while to load, and only those who run notebooks need it)

    send_message(
        process.connection,
        "shell",
        {"content": {"environment": dict(os.environ), "folder": str(Path.cwd())}},
        pack=json_packer,
    )
    return process


def close_nests() -> None:
    """End every warm process of this process."""
    with _LOCK:
        for nest in _NESTS.values():
            nest.close()
        _NESTS.clear()


def _forget() -> None:
    """A fork of this process has no share in its nests."""
    global _LOCK  # noqa: PLW0603  (the lock may have been held by another thread when we were forked)
    _LOCK = threading.Lock()
    _NESTS.clear()


atexit.register(close_nests)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def _command(place: str, modules: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-P", "-c", START, place, *modules]


class ForkingNest:
    """A warm process that forks. The next notebook's process is forked, and made ready, while the present one works."""

    def __init__(self, modules: tuple[str, ...]) -> None:
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair()
        self._asked: deque[list[int]] = (
            deque()
        )  # where the answers that are still to come belong: they come in the order of the questions
        # A session of its own: Ctrl-C in the terminal is ours to pass on.
        self.warm = subprocess.Popen(
            _command(str(theirs.fileno()), modules),
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,  # noqa: S603
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        self._next = self._fork()

    def hatch(self) -> ForkedProcess:
        """The process that waits; another gets ready."""
        with self._lock:
            process, self._next = self._next, self._fork()
            return process

    def _fork(self) -> ForkedProcess:
        mine, theirs = socket.socketpair()
        socket.send_fds(self._control, [FORK], [theirs.fileno()])
        theirs.close()
        pid: list[int] = []
        self._asked.append(pid)
        return ForkedProcess(connection=Connection(mine.detach()), answer=pid, nest=self)

    def bury(self, pid: int) -> list[int]:
        """Have a fork that has ended, or was killed, buried: where its exit status will be."""
        with self._lock:
            self._control.sendall(NUMBER.pack(pid))
            status: list[int] = []
            self._asked.append(status)
            return status

    def answered(self, wanted: list[int]) -> int:
        """The answer to a question, once it is there."""
        with self._lock:
            while not wanted:
                answer = self._control.recv(NUMBER.size, socket.MSG_WAITALL)
                if len(answer) < NUMBER.size:
                    raise EOFError("The warm process has ended")
                self._asked.popleft().append(int(NUMBER.unpack(answer)[0]))
            return wanted[0]

    def close(self) -> None:
        """End the warm process, and with it every fork that still runs."""
        self._next.connection.close()
        self._control.close()
        try:
            self.warm.wait(STOPPING)
        except subprocess.TimeoutExpired:
            self.warm.kill()
            self.warm.wait()


@dataclass(kw_only=True)
class ForkedProcess:
    """A fork. Its process id stays its own until it is buried, so that no other process can be hit."""

    connection: Connection
    answer: list[int]
    nest: ForkingNest
    ended: bool = field(default=False, init=False)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.nest.answered(self.answer)

    def interrupt(self) -> None:
        """SIGINT to the notebook, not to what it has started."""
        with suppress(OSError, EOFError):
            os.kill(self.pid, signal.SIGINT)

    def end(self) -> None:
        """Kill the group (what has ended is past it); the warm process buries it meanwhile."""
        if self.ended:
            return
        self.ended = True
        self.connection.close()
        with suppress(OSError, EOFError):  # the warm process is gone, and its forks with it
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self.nest.bury(self.pid)


class SpawningNest:
    """Where there is no fork: the next process is started, and warms up, while the present one works."""

    def __init__(self, modules: tuple[str, ...]) -> None:
        self._modules = modules
        self._next = self._spawn()

    def _spawn(self) -> tuple[Listener, subprocess.Popen[bytes]]:
        key = secrets.token_bytes(32)
        listener = Listener(authkey=key)
        process = subprocess.Popen(
            _command(str(listener.address), self._modules),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,  # noqa: S603
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        if process.stdin:
            process.stdin.write(key.hex().encode() + b"\n")
            process.stdin.close()
        return listener, process

    def hatch(self) -> SpawnedProcess:
        """The process that waits; another starts warming up."""
        listener, process = self._next
        connection = listener.accept()
        listener.close()
        self._next = self._spawn()
        return SpawnedProcess(connection=connection, process=process)

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
        """SIGINT, or what Windows has for it."""
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
