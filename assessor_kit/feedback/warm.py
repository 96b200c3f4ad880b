"""The warm process: everything is imported once, then every notebook gets a fork of it and ends with that fork.

Started with the arguments CONTROL MODULE…; CONTROL is the number of an inherited socket. One byte with one
descriptor asks for a fork and is answered with its process id; a process id asks for it to be buried and is answered with its exit status.
Where there is no fork, ADDRESS MODULE… makes it one notebook's own process, warmed before it is needed.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Client, Connection
from typing import TypeAlias

from assessor_kit.charts.vega import wake
from assessor_kit.feedback.kernel import NotebookKernel, make_kernel, run_notebook
from assessor_kit.feedback.wire import FORK, NUMBER

Rehearsal: TypeAlias = Callable[[], object]
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux' prctl(2)


def serve_forks(
    control: socket.socket, kernel: NotebookKernel, rehearsals: list[Rehearsal]
) -> None:
    """Fork on request until whoever started us is gone; then every notebook that still runs ends too."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    running: set[int] = set()
    while True:
        try:
            asked, descriptors, _, _ = socket.recv_fds(control, NUMBER.size, 1)
        except ConnectionResetError:  # gone without waiting for an answer
            break
        if len(asked) < NUMBER.size:
            break
        if asked == FORK:
            child = os.fork()
            if child == 0:
                control.close()
                _become_notebook(kernel, Connection(descriptors[0]), libc, rehearsals)
            os.close(descriptors[0])
            running.add(child)
            answer = child
        else:
            (child,) = NUMBER.unpack(asked)
            running.discard(child)
            answer = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        try:
            control.sendall(NUMBER.pack(answer))
        except ConnectionError:  # gone before the answer
            break
    for child in running:
        with suppress(OSError):
            os.killpg(child, signal.SIGKILL)


def _become_notebook(
    kernel: NotebookKernel,
    connection: Connection,
    libc: ctypes.CDLL | None,
    rehearsals: list[Rehearsal],
) -> None:
    os.setsid()  # a group of its own: whatever the notebook starts can be ended with it
    if libc is not None:
        libc.prctl(DIE_WITH_PARENT, signal.SIGKILL)
    if not connection.poll(0):  # nobody waits for it yet
        for rehearse in rehearsals:
            rehearse()  # once more, a usual report: what a fork writes to first has to be copied for it, 30 ms of a report's time
    run_notebook(kernel, connection, draws=False)


def main(place: str, *modules: str) -> None:
    """Warm up, then serve."""
    imported = [importlib.import_module(name) for name in modules]
    kernel = make_kernel()
    if "jsonschema" not in sys.modules:
        sys.modules.pop(
            "rfc3987_syntax", None
        )  # the kit goes without it (see its __init__); a notebook that is not ours need not
    gc.collect()
    gc.freeze()  # what is here now stays shared with every fork
    if place.isdigit():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        serve_forks(
            socket.socket(fileno=int(place)),
            kernel,
            [module.rehearse for module in imported if hasattr(module, "rehearse")],
        )
    else:
        if imported:
            wake()
        run_notebook(
            kernel, Client(place, authkey=bytes.fromhex(sys.stdin.readline().strip())), draws=True
        )
