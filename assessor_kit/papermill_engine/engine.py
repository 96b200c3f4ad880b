"""The engine `assessor-kit`: every notebook in a fresh process, forked from a warm one.

Nothing from one notebook can reach the next, because its process ends with it; and nothing is
imported again, because the process is a fork. The cells are run by ipykernel's own kernel and their
messages are taken by papermill's own client, so the outputs are those of papermill's own engine. It
works for any Python notebook: `papermill --engine assessor-kit`.
"""

from __future__ import annotations

import asyncio
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

from assessor_kit.papermill_engine.companions import load_companion
from assessor_kit.papermill_engine.imports import Warmth, warmth_of
from assessor_kit.papermill_engine.nest import STOPPING, NotebookProcess, hatch, will_fork
from assessor_kit.papermill_engine.saves import SavesBetweenCells
from assessor_kit.papermill_engine.wire import ASK, listen, send_message, stop_listening


class Channel:
    """The messages of one kind, offered in the way nbclient asks for them."""

    def __init__(self, process: NotebookProcess) -> None:
        self._process = process
        self.messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    # The signature is nbclient's.
    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:  # noqa: ASYNC109
        """Return the next message; raise Empty if none comes in time."""
        try:
            return await asyncio.wait_for(self.messages.get(), timeout)
        except TimeoutError:
            raise Empty from None

    def send(self, message: dict[str, Any]) -> None:
        """Send to the notebook's process; if it has died, that is noticed elsewhere."""
        with suppress(OSError):
            send_message(self._process.connection, "shell", message, pack=json_packer)


class WarmKernel:
    """A notebook's process, in the shape of both Jupyter's kernel manager and client."""

    ipykernel = has_kernel = True
    allow_stdin = False

    def __init__(
        self, warmth: Warmth, *, saves: SavesBetweenCells, fork: bool | None = None
    ) -> None:
        self._saves = saves
        self.process = hatch(warmth.modules, companion=warmth.companion, fork=fork)
        self._companion = warmth.companion
        self.session = Session()
        self.shell_channel = Channel(self.process)
        self.iopub_channel = Channel(self.process)
        self.ended = asyncio.Event()

    def client(self) -> WarmKernel:
        """Return this kernel, which is its own client."""
        return self

    async def start_channels(self) -> None:
        """Begin to listen, in the event loop of whoever runs the notebook."""
        heard = {
            "shell": self.shell_channel.messages.put_nowait,
            "iopub": self.iopub_channel.messages.put_nowait,
            ASK: self._answer,
        }
        listen(
            asyncio.get_running_loop(),
            self.process.connection,
            lambda message: heard[message["channel"]](message),
            self.ended.set,
        )

    def _answer(self, message: dict[str, Any]) -> None:
        """Have the companion answer the notebook's process, which is waiting."""
        try:
            answer = load_companion(self._companion).answer(message["content"])
        # What is asked is the notebook's affair, so whatever is wrong with it is reported there.
        except Exception as problem:  # noqa: BLE001
            answer = {"problem": str(problem)}
        with suppress(OSError):  # if it has died, that is noticed elsewhere
            send_message(self.process.connection, ASK, {"content": answer}, pack=json_packer)

    async def stop_channels(self) -> None:
        """Stop listening."""
        stop_listening(asyncio.get_running_loop(), self.process.connection)

    # The signature is nbclient's.
    async def wait_for_ready(self, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Do nothing, because a fork is ready from the start."""

    def execute(self, code: str, **content: Any) -> str:  # noqa: ANN401  (the protocol's options)
        """Ask for a cell to be run, and return the request's id."""
        name = self._ask(
            "execute_request",
            {
                "code": code,
                "silent": False,
                "user_expressions": {},
                "allow_stdin": False,
                **content,
            },
        )
        self._saves.save_now()
        return name

    def kernel_info(self) -> str:
        """Ask which language this is, and return the request's id."""
        return self._ask("kernel_info_request", {})

    def _ask(self, kind: str, content: dict[str, Any]) -> str:
        message = self.session.msg(kind, content)
        self.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    async def is_alive(self) -> bool:
        """Whether the process is still running."""
        return not self.ended.is_set()

    async def interrupt_kernel(self) -> None:
        """Interrupt the notebook, as Ctrl-C does."""
        self.process.interrupt()

    async def stop(self) -> None:
        """Ask the process to end by itself, and wait a while for it to do so."""
        if not self.ended.is_set():
            self._ask("shutdown_request", {"restart": False})
            with suppress(TimeoutError):
                await asyncio.wait_for(self.ended.wait(), STOPPING)


class WarmClient(PapermillNotebookClient):  # type: ignore[misc]  # papermill ships no types
    """Papermill's client of a warm kernel, which notices at once if its process dies."""

    async def _async_poll_kernel_alive(self) -> None:
        await self.km.ended.wait()
        self.task_poll_for_reply.cancel()


class AssessorKitEngine(NBClientEngine):  # type: ignore[misc]  # papermill ships no types
    """Runs the cells in a process of their own and copies their outputs back at once."""

    @classmethod
    # The signature is papermill's.
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        log_output: bool = False,  # noqa: FBT001, FBT002
        stdout_file: object = None,
        stderr_file: object = None,
        start_timeout: float = 60,
        execution_timeout: float | None = None,
        **options: Any,  # noqa: ANN401
    ) -> None:
        """Execute every code cell in order, stopping after the first error.

        This is what papermill does too.

        `warm`: modules to import beforehand, besides those that the notebook names, separated by
        commas; "none" for nothing. The notebook's metadata `papermill_engine.warm` can say the
        same.
        """
        _require_python(kernel_name)
        fork = options.pop("fork", None)
        warm = options.pop("warm", None)
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
        warmth = _warmth(nb_man, warm)
        if warmth.companion and will_fork(fork=fork):
            # a fork will ask us, whereas a newly started process can do everything itself
            load_companion(warmth.companion).wake()
        saves = SavesBetweenCells(nb_man)
        kernel = WarmKernel(warmth, saves=saves, fork=fork)
        client = WarmClient(nb_man, km=kernel, **settings)
        try:
            with saves.put_off():
                client.execute()
            run_sync(kernel.stop)()
        finally:
            run_sync(kernel.stop_channels)()
            kernel.process.end()


def _warmth(nb_man: NotebookExecutionManager, warm: str | None) -> Warmth:
    """Return what the notebook's process will have imported.

    The option takes precedence over the metadata.
    """
    asked = nb_man.nb.metadata.get("papermill_engine", {}).get("warm", "") if warm is None else warm
    sources = [cell.source for cell in nb_man.nb.cells if cell.cell_type == "code"]
    return warmth_of(sources, asked=asked)


@cache  # looking for it opens files
def _require_python(kernel_name: str) -> None:
    language = KernelSpecManager().get_kernel_spec(kernel_name).language
    if language != "python":
        raise PapermillException(
            f"The engine assessor-kit runs Python notebooks; {kernel_name} is a kernel for"
            f" {language}. Run this notebook without the option --engine."
        )
