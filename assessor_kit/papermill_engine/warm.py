"""The warm process, which imports once and gives every notebook a fork of itself.

It is started with the arguments CONTROL COMPANION MODULE…; CONTROL is the number of an inherited
socket, COMPANION may be empty. A zero with one descriptor asks for a fork and is answered with its
process id; a process id asks for that fork to be reaped and is answered with its exit status.

Where the system cannot fork, it is started with ADDRESS COMPANION MODULE… instead, and is the
process of one notebook, warmed up before it is needed.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Client, Connection

from assessor_kit.papermill_engine.companions import Companion, load_companion
from assessor_kit.papermill_engine.imports import practise
from assessor_kit.papermill_engine.kernel import NotebookKernel, make_kernel, run_notebook
from assessor_kit.papermill_engine.wire import FORK, NUMBER
from assessor_kit.quick_start import allow_slow_imports

DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux' prctl(2)


def serve_forks(
    control: socket.socket,
    kernel: NotebookKernel,
    companion: Companion | None,
    modules: Sequence[str],
) -> None:
    """Fork on request until the process that asks is gone, then end every notebook."""
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
                _become_notebook(kernel, Connection(descriptors[0]), libc, companion, modules)
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
    companion: Companion | None,
    modules: Sequence[str],
) -> None:
    os.setsid()  # a group of its own: whatever the notebook starts can be ended with it
    if libc is not None:
        libc.prctl(DIE_WITH_PARENT, signal.SIGKILL)
    if not connection.poll(0):  # nobody is waiting for it yet
        # do the usual things once more: the memory that a fork writes to first has to be copied,
        # which takes 30 ms of a report's time
        practise(kernel.shell.display_formatter, modules)
        if companion is not None:
            companion.rehearse()
    run_notebook(kernel, connection, companion=companion)


def main(place: str, companion_module: str, *modules: str) -> None:
    """Warm up, then serve forks or run one notebook."""
    companion = load_companion(companion_module) if companion_module else None
    if companion is not None:
        companion.warm_up()
    # The kit leaves this module out (see `quick_start`), but a notebook that is not ours must find
    # its libraries as they are in any kernel.
    else:
        allow_slow_imports()
    for name in modules:
        with suppress(ImportError):  # the notebook will report it when it imports the module
            importlib.import_module(name)
    kernel = make_kernel()
    if companion is not None and "jsonschema" not in sys.modules:
        allow_slow_imports()
    practise(kernel.shell.display_formatter, modules)
    gc.collect()
    gc.freeze()  # what is here now stays shared with every fork
    if place.isdigit():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        serve_forks(socket.socket(fileno=int(place)), kernel, companion, modules)
    else:
        if companion is not None:
            companion.wake()
        run_notebook(kernel, Client(place, authkey=bytes.fromhex(sys.stdin.readline().strip())))
