"""The papermill engine `assessor-kit`: every notebook in a fresh process, forked from a warm one.

Nothing of one notebook can reach the next, because its process ends with it; and nothing is imported anew, because it is a fork. The cells
are run by ipykernel's own kernel and their messages taken by papermill's own client, so outputs are those of papermill's own engine.
Usable on any Python notebook: `papermill --engine assessor-kit`.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from functools import cache
from queue import Empty
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.session import Session, json_packer
from jupyter_core.utils import run_sync
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager
from papermill.exceptions import PapermillException
from papermill.log import logger
from papermill.utils import merge_kwargs, remove_args

from assessor_kit.charts.vega import drawn_here, wake
from assessor_kit.feedback.nest import STOPPING, NotebookProcess, hatch, will_fork
from assessor_kit.feedback.wire import DRAW, listen, send_message, stop_listening

OUR_TEMPLATES = re.compile(r"^\s*(?:from|import) assessor_kit\b", re.MULTILINE)
REHEARSED = ("assessor_kit.feedback.rehearsal",)


class Channel:
    """Messages of one kind, as nbclient asks for them."""

    def __init__(self, process: NotebookProcess) -> None:
        self._process = process
        self.messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:  # noqa: ASYNC109  (nbclient's call)
        """The next message; Empty when none comes in time."""
        try:
            return await asyncio.wait_for(self.messages.get(), timeout)
        except TimeoutError:
            raise Empty from None

    def send(self, message: dict[str, Any]) -> None:
        """Send a message to the notebook's process; one that has died cannot hear it, which is noticed elsewhere."""
        with suppress(OSError):
            send_message(self._process.connection, "shell", message, pack=json_packer)


class WarmKernel:
    """A notebook's process in the shape of both Jupyter's kernel manager and its client."""

    ipykernel = has_kernel = True
    allow_stdin = False

    def __init__(self, modules: tuple[str, ...], *, fork: bool | None = None) -> None:
        self.process = hatch(modules, fork=fork)
        self.session = Session()
        self.shell_channel, self.iopub_channel = Channel(self.process), Channel(self.process)
        self.ended = asyncio.Event()

    def client(self) -> WarmKernel:
        """The client of this kernel is itself."""
        return self

    async def start_channels(self) -> None:
        """Begin to listen, in the loop of whoever runs the notebook."""
        heard = {
            "shell": self.shell_channel.messages.put_nowait,
            "iopub": self.iopub_channel.messages.put_nowait,
            DRAW: self._draw,
        }
        listen(
            asyncio.get_running_loop(),
            self.process.connection,
            lambda message: heard[message["channel"]](message),
            self.ended.set,
        )

    def _draw(self, message: dict[str, Any]) -> None:
        """Draw a figure for the notebook's process, which waits for it."""
        try:
            drawn = {"svg": drawn_here(message["content"]["spec"])}
        except Exception as problem:  # noqa: BLE001  (what a chart holds is the notebook's affair, and so is what is wrong with it)
            drawn = {"problem": str(problem)}
        with suppress(OSError):  # it has died, which is noticed elsewhere
            send_message(self.process.connection, DRAW, {"content": drawn}, pack=json_packer)

    async def stop_channels(self) -> None:
        """Listen no more."""
        stop_listening(asyncio.get_running_loop(), self.process.connection)

    async def wait_for_ready(self, timeout: float | None = None) -> None:  # noqa: ASYNC109  (nbclient's call)
        """A fork is ready when it is born."""

    def execute(self, code: str, **content: Any) -> str:  # noqa: ANN401  (the protocol's options)
        """Ask for a cell to be run; gives the name of the request."""
        return self._ask(
            "execute_request",
            {
                "code": code,
                "silent": False,
                "user_expressions": {},
                "allow_stdin": False,
                **content,
            },
        )

    def kernel_info(self) -> str:
        """Ask which language this is; gives the name of the request."""
        return self._ask("kernel_info_request", {})

    def _ask(self, kind: str, content: dict[str, Any]) -> str:
        message = self.session.msg(kind, content)
        self.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    async def is_alive(self) -> bool:
        """Whether its process still runs."""
        return not self.ended.is_set()

    async def interrupt_kernel(self) -> None:
        """As Ctrl-C does."""
        self.process.interrupt()

    async def stop(self) -> None:
        """Let the process end by itself for a while."""
        if not self.ended.is_set():
            self._ask("shutdown_request", {"restart": False})
            with suppress(TimeoutError):
                await asyncio.wait_for(self.ended.wait(), STOPPING)


class WarmClient(PapermillNotebookClient):  # type: ignore[misc]  # papermill ships no types
    """Papermill's client of a warm kernel. It learns at once when the process has died, rather than by asking every second."""

    async def _async_poll_kernel_alive(self) -> None:
        await self.km.ended.wait()
        self.task_poll_for_reply.cancel()


class AssessorKitEngine(NBClientEngine):  # type: ignore[misc]  # as above
    """Runs the cells in a process of their own and copies outputs back as they come."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        log_output: bool = False,
        stdout_file: object = None,  # noqa: FBT001, FBT002  (papermill's signature)
        stderr_file: object = None,
        start_timeout: float = 60,
        execution_timeout: float | None = None,
        **options: Any,
    ) -> None:  # noqa: ANN401
        """Execute every code cell in order; stop after the first error, as papermill's own engine does."""
        _require_python(kernel_name)
        fork = options.pop("fork", None)
        plain = remove_args(
            ["input_path", "timeout", "startup_timeout", "kernel_manager_class"], **options
        )
        settings = merge_kwargs(
            plain,
            timeout=execution_timeout or options.get("timeout"),
            startup_timeout=start_timeout,
            kernel_name=kernel_name,
            log=logger,
            log_output=log_output,
            stdout_file=stdout_file,
            stderr_file=stderr_file,
        )
        modules = _modules_of(nb_man)
        if modules and will_fork(fork=fork):
            wake()  # a fork will ask us for its figures; a process that was started draws its own
        kernel = WarmKernel(modules, fork=fork)
        client = WarmClient(nb_man, km=kernel, **settings)
        try:
            client.execute()
            run_sync(kernel.stop)()
        finally:
            run_sync(kernel.stop_channels)()
            kernel.process.end()


def _modules_of(nb_man: NotebookExecutionManager) -> tuple[str, ...]:
    """What the warm process has imported: our own rooms for our own templates, nothing for a notebook that may expect imports to be its first."""
    ours = any(
        cell.cell_type == "code" and OUR_TEMPLATES.search(cell.source) for cell in nb_man.nb.cells
    )
    return REHEARSED if ours else ()


@cache  # looking for it opens files
def _require_python(kernel_name: str) -> None:
    language = KernelSpecManager().get_kernel_spec(kernel_name).language
    if language != "python":
        raise PapermillException(
            f"The engine assessor-kit runs Python notebooks; {kernel_name} is a kernel for {language}. Leave the engine out."
        )
