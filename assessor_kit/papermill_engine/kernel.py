"""A notebook's own process: IPython's kernel on one pipe instead of sockets.

The kernel, its shell, magics, displays and tracebacks are ipykernel's own, so a notebook's outputs
are the same here as anywhere.
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

from assessor_kit.papermill_engine.companions import Ask, Companion, Content
from assessor_kit.papermill_engine.streams import capture_streams
from assessor_kit.papermill_engine.wire import ASK, listen, receive, send_message

IOPUB = "iopub"
SHELL = "shell"
EXIT_AFTER = 0.1  # seconds from `exit` in a cell to the end of the process, as in ipykernel


class PipeSession(Session):
    """A session that sends its messages down the pipe of this process.

    A "socket" is a channel's name.
    """

    connection: Connection | None = None
    lock = threading.RLock()

    # The signature is jupyter_client's.
    def send(
        self,
        stream: Any,  # noqa: ANN401
        msg_or_type: Any,  # noqa: ANN401
        content: Any = None,  # noqa: ANN401
        parent: Any = None,  # noqa: ANN401
        ident: Any = None,  # noqa: ANN401
        buffers: Any = None,  # noqa: ANN401
        track: bool = False,  # noqa: FBT001, FBT002
        header: Any = None,  # noqa: ANN401
        metadata: Any = None,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Send one message and return it."""
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
        """Do nothing: nothing waits, as a cell is sent only when the last is done."""


def make_kernel() -> NotebookKernel:
    """Return a kernel that has run nothing yet.

    It is made once, in the warm process, and each fork has a copy.
    """
    # as nbclient asks; forks would share a file, and the thread that writes it
    ours = Config({"HistoryManager": {"hist_file": ":memory:"}})
    # The debugger costs half a second and has nobody to talk to; ipykernel works without it.
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    kernel: NotebookKernel = NotebookKernel.instance(
        config=ours,
        session=PipeSession(),
        iopub_socket=IOPUB,
        user_ns=None,
        log=logging.getLogger("assessor_kit.kernel"),
        shell_channel_thread=SimpleNamespace(parent_thread=threading.main_thread()),
    )
    del sys.modules["debugpy"]
    # IPython then loads here, once, what it needs for its first cell
    kernel.shell.run_cell("0", silent=True, store_history=False)
    kernel.shell.display_formatter.format(0)  # and for its first output
    return kernel


def run_notebook(
    kernel: NotebookKernel, connection: Connection, *, companion: Companion | None = None
) -> None:
    """Answer requests until told to stop, then end the process.

    Nothing that belongs to the warm process is flushed or closed on the way. `companion` is given
    in a fork, whose questions are answered by whoever runs the notebook.
    """
    status = 1
    try:
        loop = _make_ready(kernel)
        try:
            greeting = receive(connection)["content"]
        except (EOFError, OSError):  # no notebook needs this process
            os._exit(0)
        _settle(kernel, greeting)
        kernel.session.connection = connection
        requests: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        if companion is not None:
            companion.ask_with(_asking(kernel, connection, requests, companion))
        listen(loop, connection, requests.put_nowait, loop.stop)
        answering = loop.create_task(_answer_all(kernel, requests, loop))
        answering.add_done_callback(lambda _: loop.stop())
        loop.run_forever()
        if answering.done():
            answering.result()
            status = 0
        # What the notebook registered to be done at the end, such as removing temporary files.
        # There is no other way to run it without ending as the warm process would.
        atexit._run_exitfuncs()  # noqa: SLF001
    # Nobody above could report it: the process ends here, and whoever waits sees that it did.
    except BaseException:  # noqa: BLE001
        os.write(sys.stderr.fileno(), traceback.format_exc().encode())
    finally:
        connection.close()  # first, because taking the process down takes a while
        os._exit(status)


def _make_ready(kernel: NotebookKernel) -> asyncio.AbstractEventLoop:
    """Do all that does not depend on which notebook it will be; return the event loop."""
    sys.argv[:] = [ipykernel_launcher.__file__, "-f", "kernel.json"]
    look_in_the_folder()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # except while a cell runs
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
    # memory is copied when a fork first writes to it: better now than while somebody waits
    loop.run_until_complete(_answer(kernel, request))
    return loop


def _settle(kernel: NotebookKernel, wanted: dict[str, Any]) -> None:
    """Set up the surroundings that a kernel started in the usual way would find."""
    os.environ.clear()
    os.environ.update(wanted["environment"])
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    if hasattr(time, "tzset"):
        time.tzset()
    os.chdir(wanted["folder"])
    if "numpy" in sys.modules:
        # a fork would repeat its parent's random numbers; Python's own `random` reseeds itself
        sys.modules["numpy"].random.seed()
    kernel.shell.starting_dir = wanted["folder"]
    kernel.shell.init_environment()


def _asking(
    kernel: NotebookKernel,
    connection: Connection,
    requests: asyncio.Queue[dict[str, Any]],
    companion: Companion,
) -> Ask:
    """Return a function that has questions answered by whoever runs the notebook.

    While a cell asks in the main thread, the event loop does not read the connection. Another
    thread, or a process started by the notebook, would read at the same time, so its questions are
    answered in its own process.
    """
    home = os.getpid()

    def ask(question: Content) -> Content:
        if os.getpid() != home or threading.current_thread() is not threading.main_thread():
            return companion.answer(question)
        # interrupts wait, because a half-read answer would make the connection useless
        interrupts: list[int] = []
        before = signal.signal(signal.SIGINT, lambda number, _: interrupts.append(number))
        try:
            with kernel.session.lock:
                send_message(connection, ASK, {"content": question}, pack=kernel.session.pack)
            while (answer := receive(connection))["channel"] != ASK:
                requests.put_nowait(answer)
        finally:
            signal.signal(signal.SIGINT, before)
        if interrupts:
            signal.raise_signal(signal.SIGINT)
        if "problem" in answer["content"]:
            raise ValueError(answer["content"]["problem"])
        content: Content = answer["content"]
        return content

    return ask


def look_in_the_folder() -> None:
    """Search the notebook's folder after Python's own modules, before installed ones."""
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
    """Answer one request, between busy and idle as the messaging protocol requires."""
    kernel.set_parent([], request, channel="shell")
    # Ipykernel's own dispatcher does the same, but reads from sockets.
    kernel._publish_status("busy", "shell")  # noqa: SLF001
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
        kernel._publish_status("idle", "shell")  # noqa: SLF001  (as ipykernel's dispatcher does)
