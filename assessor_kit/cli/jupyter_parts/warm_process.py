"""The warm process of a server: it imports once, and each program is a fork of it.

It is started with the number of an inherited socket. A request is one JSON object: `start` with a
program's arguments, environment and folder is answered with its process id; `status` of a process
id is answered with its exit status, or null while it runs. It ends with the server, and so do the
programs: each of them looks whether its parent is still there.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import re
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from assessor_kit.papermill_engine.kernel import look_in_the_folder

# What the screens and an analyst's notebook import. None of it starts a thread at import that a
# fork would miss.
WARM = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipywidgets",
    "anywidget",
    "pandas",
    "altair",
    "assessor_kit.workbench.screen",
    "assessor_kit.workbench.approvals",
    "assessor_kit.workbench.season_page",
    "assessor_kit.workbench.steps.scoring",
    "assessor_kit.workbench.steps.whose_screen",
    "assessor_kit.workbench.what_if",
    "assessor_kit.charts.drawing",
    "assessor_kit.store.database.connections",
    "assessor_kit.trends.yearly",
)
SET_NAME = 15  # PR_SET_NAME of Linux' prctl(2)
KERNEL_FILE = re.compile(r"kernel-([0-9a-f]{8})[0-9a-f-]*\.json")


def fork_on_request(connection: Connection) -> dict[str, Any] | None:
    """Fork on request until the server is gone.

    Returns the request in the fork that is to become its program, and None in the warm process.
    """
    while True:
        try:
            request = json.loads(connection.recv_bytes())
        except (EOFError, OSError):
            return None
        if "status" in request:
            answer = {"status": _status_of(int(request["status"]))}
        else:
            child = os.fork()
            if child == 0:
                connection.close()
                return dict(request["start"])
            answer = {"pid": child}
        with suppress(OSError):  # gone before the answer: the next reading ends the loop
            connection.send_bytes(json.dumps(answer).encode())


def _status_of(child: int) -> int | None:
    try:
        ended, status = os.waitpid(child, os.WNOHANG)
    except ChildProcessError:  # asked about once more, after it was answered
        return 0
    return os.waitstatus_to_exitcode(status) if ended else None


def become_program(wanted: dict[str, Any]) -> None:
    """Run a kernel, in the surroundings that one started in the usual way would find."""
    os.setsid()  # a group of its own: whatever it starts can be ended with it
    arguments = [str(one) for one in wanted["arguments"]]
    _be_called(arguments)
    os.environ.clear()
    os.environ.update(wanted["environment"])
    parent = os.getppid()
    os.environ["JPY_PARENT_PID"] = str(parent)
    if hasattr(time, "tzset"):
        time.tzset()
    os.chdir(wanted["folder"])
    look_in_the_folder()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if "numpy" in sys.modules:
        # a fork would repeat its parent's random numbers; Python's own `random` reseeds itself
        sys.modules["numpy"].random.seed()
    launcher = importlib.import_module("ipykernel_launcher")
    sys.argv[:] = [str(launcher.__file__), *arguments]
    # ipykernel read the parent's id from the environment when it was imported here
    importlib.import_module("ipykernel.kernelapp").launch_new_instance(
        [*arguments, f"--IPKernelApp.parent_handle={parent}"]
    )


def _be_called(arguments: list[str]) -> None:
    """Be called `kernel-` and the first eight digits of its id in lists of processes."""
    found = KERNEL_FILE.search(" ".join(arguments))
    if found and sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_NAME, f"kernel-{found[1]}".encode())


def main(control: str) -> None:
    """Warm up, serve, and become a program in each fork."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in WARM:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # what is here now stays shared with every fork
    if threading.active_count() > 1:  # a fork would lack the others, and might wait for their locks
        sys.exit("The warm process runs more than one thread")
    connection = Connection(socket.socket(fileno=int(control)).detach())
    wanted = fork_on_request(connection)
    if wanted is not None:
        become_program(wanted)
