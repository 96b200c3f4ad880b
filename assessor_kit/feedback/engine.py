"""The papermill engine `assessor-kit`: every notebook in a fresh process, forked from this warm one.

Nothing of one report can reach the next, because its process ends with it; and nothing is imported anew, because it is a fork. Where
there is no fork, the process is spawned: slower, and just as separate. Usable on any Python notebook: `papermill --engine assessor-kit`.
"""

from __future__ import annotations

import multiprocessing
import time
from multiprocessing.connection import Connection
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import Engine, NotebookExecutionManager
from papermill.log import logger

from assessor_kit.feedback.cells import Message, run_cells

STOPPING = 5.0  # seconds a finished process has to go


class AssessorKitEngine(Engine):  # type: ignore[misc]  # papermill ships no types
    """Runs the cells in a process of their own and copies outputs back as they come."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, *, execution_timeout: float | None = None,
                                 log_output: bool = False, **_options: Any) -> None:  # noqa: ANN401  (papermill passes options of other engines too)
        """Execute every code cell in order; stop after the first error, as papermill's own engine does."""
        del kernel_name
        cells = [(place, cell.source, _may_fail(cell)) for place, cell in enumerate(nb_man.nb.cells) if cell.cell_type == "code" and cell.source.strip()]
        method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
        context: Any = multiprocessing.get_context(method)
        mine, theirs = context.Pipe(duplex=False)
        process = context.Process(target=run_cells, args=(theirs, cells), daemon=False)
        process.start()
        theirs.close()
        try:
            _follow(nb_man, mine, timeout=execution_timeout, log_output=log_output)
        finally:
            mine.close()
            process.join(STOPPING)
            if process.is_alive():
                process.kill()
                process.join()


def _may_fail(cell: Any) -> bool:  # noqa: ANN401  (a notebook node)
    return "raises-exception" in cell.metadata.get("tags", [])


def _follow(nb_man: NotebookExecutionManager, connection: Connection, *, timeout: float | None, log_output: bool) -> None:
    """Copy what the process tells into the notebook, until it is done, fails, falls silent or dies."""
    running: int | None = None
    while True:
        deadline = None if timeout is None else time.monotonic() + timeout
        try:
            if deadline is not None and not connection.poll(max(0.0, deadline - time.monotonic())):
                raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", int(timeout or 0), nb_man.nb.cells[running or 0])
            message: Message = connection.recv()
        except EOFError:
            raise DeadKernelError("The report's process died") from None
        if message.kind == "end":
            return
        running = message.place
        cell = nb_man.nb.cells[message.place]
        if message.kind == "start":
            nb_man.cell_start(cell, message.place)
            continue
        cell.outputs, cell.execution_count = message.outputs, message.count
        if log_output:
            for output in message.outputs:
                logger.info("".join(output.get("text", "")))
        if message.failed:
            nb_man.cell_exception(cell, message.place)
            return
        nb_man.cell_complete(cell, message.place)
