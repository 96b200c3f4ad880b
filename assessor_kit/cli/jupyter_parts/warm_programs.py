"""Programs that start warm: forks of one process that has imported what they need.

A program started in the usual way imports pandas, altair and the screen for some three seconds of
processor time before its page shows anything. A fork is there at once, and shares its memory.

Where there is no fork that may be trusted (only Linux' is), where ASSESSOR_KIT_FORK is 0, or where
the kernel is not Python's own, programs start as Jupyter starts them.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from assessor_kit.papermill_engine.nest import will_fork

START = (
    "import sys; from assessor_kit.cli.jupyter_parts.warm_process import main; main(sys.argv[1])"
)
LAUNCHER = ["-m", "ipykernel_launcher"]
KILLED = -9
PAUSE = 0.05  # seconds between two questions whether a program has ended


class WarmProcess:
    """One warm process, which ends when its server does."""

    def __init__(self) -> None:
        mine, theirs = socket.socketpair()
        self.lock = threading.Lock()
        self.connection = Connection(mine.detach())
        with theirs:
            # Our own command. It has a session of its own: Ctrl-C is for the server to pass on.
            self.process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-P", "-c", START, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def ask(self, **question: object) -> dict[str, Any]:
        """Return the answer to one question; raises EOFError or OSError if the process is gone."""
        with self.lock:
            self.connection.send_bytes(json.dumps(question).encode())
            answer: dict[str, Any] = json.loads(self.connection.recv_bytes())
        return answer

    def close(self) -> None:
        """End the process; its programs end with it."""
        self.connection.close()
        self.process.kill()
        self.process.wait()


@dataclass(kw_only=True)
class WarmProgram:
    """A forked program, with what Jupyter asks of a subprocess."""

    pid: int
    warm: WarmProcess
    returncode: int | None = None
    stdin: None = field(default=None, init=False)
    stdout: None = field(default=None, init=False)
    stderr: None = field(default=None, init=False)

    def poll(self) -> int | None:
        """Return the exit status, or None while the program runs."""
        if self.returncode is None:
            try:
                self.returncode = self.warm.ask(status=self.pid)["status"]
            except (EOFError, OSError):  # the warm process was killed, and its programs end with it
                self.returncode = KILLED
        return self.returncode

    def wait(self) -> int:
        """Wait for the program to end, and return its exit status."""
        pause = threading.Event()
        while (status := self.poll()) is None:
            pause.wait(PAUSE)
        return status

    def send_signal(self, number: int) -> None:
        """Send a signal to the program, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End the program by force."""
        self.send_signal(-KILLED)


_WARM: list[WarmProcess] = []  # the one of this server, once it has been started
_LOCK = threading.Lock()


def may_fork() -> bool:
    """Whether programs start as forks here."""
    return sys.platform == "linux" and will_fork()


def start_warm_process() -> None:
    """Start the warm process, so that it is warm when the first page is asked for."""
    if may_fork():
        _warm_process()


def cool_down() -> None:
    """End the warm process, and with it every program that it started."""
    with _LOCK:
        while _WARM:
            _WARM.pop().close()


def _warm_process() -> WarmProcess:
    with _LOCK:
        if _WARM and _WARM[0].process.poll() is not None:
            _WARM.pop().close()
        if not _WARM:
            _WARM.append(WarmProcess())
        return _WARM[0]


def start_program(arguments: list[str], environment: dict[str, str], folder: str) -> WarmProgram:
    """Return a program that has just been forked; raises EOFError or OSError if none can be."""
    wanted = {"arguments": arguments, "environment": environment, "folder": folder}
    warm = _warm_process()
    return WarmProgram(pid=int(warm.ask(start=wanted)["pid"]), warm=warm)


class WarmProvisioner(LocalProvisioner):
    """Jupyter's own way to start and end programs on this machine, with warm ones.

    Jupyter finds it by its entry point, `assessor-kit-warm` in pyproject.toml.
    """

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:  # noqa: ANN401
        """Fork a program; where that cannot be, start one as Jupyter does."""
        if may_fork() and _is_pythons_own(cmd):
            folder = str(kwargs.get("cwd") or Path.cwd())
            arguments = cmd[cmd.index(LAUNCHER[1]) + 1 :]
            environment = dict(kwargs.get("env") or os.environ)
            start = asyncio.create_task(
                asyncio.to_thread(start_program, arguments, environment, folder)
            )
            try:
                program = await asyncio.shield(start)
            except asyncio.CancelledError:  # the fork is made all the same, and nobody would know
                start.add_done_callback(_end_unwanted)
                raise
            except (EOFError, OSError) as problem:
                self.log.warning("A program starts cold: %r", problem)
            else:
                self.process = program  # type: ignore[assignment]  # has what is used of a Popen
                self.pid = self.pgid = program.pid
                self.cwd = folder
                return self.connection_info
        return await super().launch_kernel(cmd, **kwargs)


def _end_unwanted(start: asyncio.Task[WarmProgram]) -> None:
    """End a program whose start was given up while it was being forked."""
    if not start.cancelled() and start.exception() is None:
        start.result().kill()


def _is_pythons_own(command: list[str]) -> bool:
    """Whether a command starts ipykernel with this server's Python and without further options."""
    is_ours = Path(command[0]).absolute() == Path(sys.executable).absolute()
    return is_ours and command[1:3] == LAUNCHER
