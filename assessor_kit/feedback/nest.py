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

    def end(self) -> int:
        """End it with all it has started, if need be by force; gives its exit status."""


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
    forks = hasattr(os, "fork") and os.environ.get(FORK_VARIABLE) != "0" if fork is None else fork
    python = tuple(f"{name}={value}" for name, value in sorted(os.environ.items()) if name.startswith("PYTHON"))  # read when Python starts
    key = (sys.executable, str(forks), *modules, *python)
    with _LOCK:
        nest = _NESTS.get(key) or _new(key, modules, forks=forks)
        try:
            process = nest.hatch()
        except (OSError, EOFError):  # the warm process was killed: another takes its place
            nest.close()
            process = _new(key, modules, forks=forks).hatch()
    _greet(process)
    return process


def _new(key: tuple[str, ...], modules: tuple[str, ...], *, forks: bool) -> Nest:
    nest: Nest = ForkingNest(modules) if forks else SpawningNest(modules)
    _NESTS[key] = nest
    return nest


def _greet(process: NotebookProcess) -> None:
    """Tell the process its surroundings: the environment and folder of now, not of when the warm process started."""
    from jupyter_client.session import json_packer  # noqa: PLC0415  (it takes a while to load, and only those who run notebooks need it)

    send_message(process.connection, "shell", {"content": {"environment": dict(os.environ), "folder": str(Path.cwd())}}, pack=json_packer)


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
    """A warm process that forks."""

    def __init__(self, modules: tuple[str, ...]) -> None:
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair()
        # A session of its own: Ctrl-C in the terminal is ours to pass on.
        self.warm = subprocess.Popen(_command(str(theirs.fileno()), modules), pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,  # noqa: S603
                                         stdout=subprocess.DEVNULL, start_new_session=True)
        theirs.close()

    def hatch(self) -> ForkedProcess:
        """A fork of the warm process."""
        mine, theirs = socket.socketpair()
        with self._lock:
            socket.send_fds(self._control, [FORK], [theirs.fileno()])
            theirs.close()
            pid = self._answer()
        return ForkedProcess(connection=Connection(mine.detach()), pid=pid, nest=self)

    def bury(self, pid: int) -> int:
        """The exit status of a fork that has ended."""
        with self._lock:
            self._control.sendall(NUMBER.pack(pid))
            return self._answer()

    def _answer(self) -> int:
        answer = self._control.recv(NUMBER.size, socket.MSG_WAITALL)
        if len(answer) < NUMBER.size:
            raise EOFError("The warm process has ended")
        return int(NUMBER.unpack(answer)[0])

    def close(self) -> None:
        """End the warm process, and with it every fork that still runs."""
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
    pid: int
    nest: ForkingNest
    buried: int | None = field(default=None, init=False)

    def interrupt(self) -> None:
        """SIGINT to the notebook, not to what it has started."""
        with suppress(OSError):
            os.kill(self.pid, signal.SIGINT)

    def end(self) -> int:
        """Kill the group (what has ended is past it) and learn the exit status."""
        if self.buried is None:
            with suppress(OSError):
                os.killpg(self.pid, signal.SIGKILL)
            self.connection.close()
            try:
                self.buried = self.nest.bury(self.pid)
            except (OSError, EOFError):
                self.buried = -signal.SIGKILL  # the warm process is gone, and its forks with it
        return self.buried


class SpawningNest:
    """Where there is no fork: the next process is started, and warms up, while the present one works."""

    def __init__(self, modules: tuple[str, ...]) -> None:
        self._modules = modules
        self._next = self._spawn()

    def _spawn(self) -> tuple[Listener, subprocess.Popen[bytes]]:
        key = secrets.token_bytes(32)
        listener = Listener(authkey=key)
        process = subprocess.Popen(_command(str(listener.address), self._modules), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,  # noqa: S603
                                   start_new_session=os.name == "posix", creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0))
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

    def end(self) -> int:
        """End the process, and its group where there are groups."""
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()
        self.connection.close()
        return self.process.wait()
