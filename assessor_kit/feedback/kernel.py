"""Inside a notebook's own process: IPython's kernel, speaking over one pipe instead of sockets.

The kernel, its shell, magics, displays and tracebacks are ipykernel's own, so that a notebook puts out here what it puts out anywhere.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
import signal
import sys
import threading
import time
import traceback
import warnings
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ipykernel_launcher
from ipykernel.ipkernel import IPythonKernel
from jupyter_client.session import Session
from traitlets import Instance
from traitlets.config import Config

from assessor_kit.charts.vega import Artist, Spec, draw_with, drawn_here
from assessor_kit.feedback.streams import capture_streams
from assessor_kit.feedback.wire import DRAW, listen, receive, send_message

IOPUB, SHELL = "iopub", "shell"
EXIT_AFTER = 0.1  # seconds from `exit` in a cell to the end of the process, as in ipykernel


class PipeSession(Session):
    """A session whose messages go down the pipe of this process; a "socket" is the name of a channel."""

    connection: Connection | None = None
    lock = threading.RLock()

    def send(
        self,
        stream: Any,
        msg_or_type: Any,
        content: Any = None,
        parent: Any = None,
        ident: Any = None,
        buffers: Any = None,  # noqa: ANN401  (jupyter_client's signature)
        track: bool = False,
        header: Any = None,
        metadata: Any = None,
    ) -> Any:  # noqa: ANN401, FBT001, FBT002
        """Send one message; gives it."""
        del ident, track
        message = (
            dict(msg_or_type)
            if isinstance(msg_or_type, dict)
            else self.msg(msg_or_type, content, parent, header, metadata)
        )
        message["buffers"] = list(buffers or message.get("buffers") or ())
        if self.connection is not None:
            with self.lock:
                send_message(self.connection, stream, message, pack=self.pack)
        return message


class NotebookKernel(IPythonKernel):  # type: ignore[misc]  # ipykernel's types are not followed
    """The kernel of one notebook."""

    session = Instance(PipeSession)
    _execute_sleep = 0.0

    def _abort_queues(self, subshell_id: str | None = None) -> None:
        """Nothing waits: the next cell is only sent when this one is done."""


def make_kernel() -> NotebookKernel:
    """A kernel that has run nothing yet. Made once in the warm process; each notebook's process has its own copy."""
    ours = Config(
        {"HistoryManager": {"hist_file": ":memory:"}}
    )  # as nbclient asks of a kernel; a file, and the thread that writes it, would be shared
    sys.modules["debugpy"] = None  # type: ignore[assignment]  # the debugger costs half a second and has nobody to talk to; ipykernel does without
    kernel: NotebookKernel = NotebookKernel.instance(
        config=ours,
        session=PipeSession(),
        iopub_socket=IOPUB,
        user_ns=None,
        log=logging.getLogger("assessor_kit.kernel"),
        shell_channel_thread=SimpleNamespace(parent_thread=threading.main_thread()),
    )
    del sys.modules["debugpy"]
    kernel.shell.run_cell(
        "0", silent=True, store_history=False
    )  # what IPython loads for its first cell is loaded here once
    kernel.shell.display_formatter.format(0)  # and what it makes for the first thing that is shown
    return kernel


def run_notebook(kernel: NotebookKernel, connection: Connection, *, draws: bool) -> None:
    """Answer requests until told to stop, then end the process. Nothing of the warm process is flushed or closed on the way.

    `draws`: whether this process may load the drawing engine itself; a fork asks for its figures.
    """
    status = 1
    try:
        loop = _make_ready(kernel)
        try:
            greeting = receive(connection)["content"]
        except (EOFError, OSError):  # it is not needed
            os._exit(0)
        _settle(kernel, greeting)
        kernel.session.connection = connection
        requests: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        if not draws:
            draw_with(_asking(kernel, connection, requests))
        listen(loop, connection, requests.put_nowait, loop.stop)
        answering = loop.create_task(_answer_all(kernel, requests, loop))
        answering.add_done_callback(lambda _: loop.stop())
        loop.run_forever()
        if answering.done():
            answering.result()
            status = 0
        atexit._run_exitfuncs()  # noqa: SLF001  (the only way to run them without leaving through the warm process's own end): what the notebook asked to be done at the end, such as removing its temporary files
    except BaseException:  # noqa: BLE001  (nobody above could tell of it: the process ends here, and whoever waits sees that it did)
        os.write(sys.stderr.fileno(), traceback.format_exc().encode())
    finally:
        connection.close()  # told before the process is taken down, which takes a while
        os._exit(status)


def _make_ready(kernel: NotebookKernel) -> asyncio.AbstractEventLoop:
    """All that does not depend on whose notebook it will be."""
    sys.argv[:] = [ipykernel_launcher.__file__, "-f", "kernel.json"]
    _look_in_the_folder()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # but for the time in which a cell runs
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    capture_streams(
        lambda name, text, parent: kernel.session.send(
            IOPUB, "stream", {"name": name, "text": text}, parent
        ),
        parent=lambda: kernel.get_parent("shell"),
    )
    warnings.filterwarnings(
        "ignore", message=".*multi-threaded, use of fork.*", category=DeprecationWarning
    )
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    request = kernel.session.msg(
        "execute_request",
        {
            "code": "pass",
            "silent": True,
            "store_history": False,
            "user_expressions": {},
            "allow_stdin": False,
        },
    )
    loop.run_until_complete(
        _answer(kernel, request)
    )  # what a fork writes to first is copied for it: better now than while somebody waits
    return loop


def _settle(kernel: NotebookKernel, wanted: dict[str, Any]) -> None:
    """The surroundings that a kernel started by whoever runs the notebook would find."""
    os.environ.clear()
    os.environ.update(wanted["environment"])
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    if hasattr(time, "tzset"):
        time.tzset()
    os.chdir(wanted["folder"])
    if "numpy" in sys.modules:
        sys.modules[
            "numpy"
        ].random.seed()  # a fork repeats its parent's chance; Python's own `random` sees to itself
    kernel.shell.starting_dir = wanted["folder"]
    kernel.shell.init_environment()


def _asking(
    kernel: NotebookKernel, connection: Connection, requests: asyncio.Queue[dict[str, Any]]
) -> Artist:
    """Has figures drawn by whoever runs the notebook, whose drawing engine has long started.

    While a cell of the main thread asks, the loop does not read the connection. A thread, or a process of the notebook's own, would read
    along with it, and draws for itself.
    """
    home = os.getpid()

    def ask(spec: Spec) -> str:
        if os.getpid() != home or threading.current_thread() is not threading.main_thread():
            return drawn_here(spec)
        interrupts: list[
            int
        ] = []  # they wait: an answer that is read by half would be the end of the connection
        before = signal.signal(signal.SIGINT, lambda number, _: interrupts.append(number))
        try:
            with kernel.session.lock:
                send_message(
                    connection, DRAW, {"content": {"spec": spec}}, pack=kernel.session.pack
                )
            while (answer := receive(connection))["channel"] != DRAW:
                requests.put_nowait(answer)
        finally:
            signal.signal(signal.SIGINT, before)
        if interrupts:
            signal.raise_signal(signal.SIGINT)
        if "problem" in answer["content"]:
            raise ValueError(answer["content"]["problem"])
        return str(answer["content"]["svg"])

    return ask


def _look_in_the_folder() -> None:
    """Modules of the notebook's folder come after Python's own and before installed ones, as IPython has it."""
    places = [place for place in sys.path if place]
    installed = [
        number
        for number, place in enumerate(places)
        if Path(place).name in {"site-packages", "dist-packages"}
    ]
    places.insert(installed[0] if installed else len(places), "")
    sys.path[:] = places


async def _answer_all(
    kernel: NotebookKernel, requests: asyncio.Queue[dict[str, Any]], loop: asyncio.AbstractEventLoop
) -> None:
    while (request := await requests.get())["header"]["msg_type"] != "shutdown_request":
        await _answer(kernel, request)
        if kernel.shell.exit_now:
            loop.call_later(EXIT_AFTER, loop.stop)


async def _answer(kernel: NotebookKernel, request: dict[str, Any]) -> None:
    """Between busy and idle, as the messaging protocol has it."""
    kernel.set_parent([], request, channel="shell")
    kernel._publish_status("busy", "shell")  # noqa: SLF001  (ipykernel's own dispatcher does the same; it reads sockets)
    kernel.pre_handler_hook()
    try:
        answer = kernel.shell_handlers[request["header"]["msg_type"]](SHELL, [], request)
        if asyncio.iscoroutine(answer):
            await answer
    except KeyboardInterrupt:
        kernel.log.debug("Interrupted between cells")
    finally:
        kernel.post_handler_hook()
        sys.stdout.flush()
        sys.stderr.flush()
        kernel._publish_status("idle", "shell")  # noqa: SLF001  (as above)
