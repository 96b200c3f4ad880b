"""Inside a report's own process: run cells in an IPython shell and tell what they put out, in nbformat's shape."""

from __future__ import annotations

import asyncio
import io
import os
import sys
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode, v4
from traitlets import Type
from traitlets.config import Config


@dataclass(frozen=True, kw_only=True)
class Message:
    """One word from the process: start of a cell, done with it, or the end."""

    kind: str
    place: int = -1
    outputs: list[NotebookNode] = field(default_factory=list)
    count: int | None = None
    failed: bool = False


class Recorder:
    """The outputs of the cell that runs, in the order in which they came."""

    def __init__(self) -> None:
        self.outputs: list[NotebookNode] = []
        self.clear_next = False
        self.failed = False
        self.displays: dict[str, list[NotebookNode]] = {}

    def add(self, output: NotebookNode) -> None:
        """Add an output; neighbouring pieces of one stream become one."""
        if self.clear_next:
            self.outputs, self.clear_next = [], False
        last = self.outputs[-1] if self.outputs else None
        if output.output_type == "stream" and last is not None and last.output_type == "stream" and last.name == output.name:
            last.text += output.text
        else:
            self.outputs.append(output)


RECORDER = Recorder()


class Stream(io.TextIOBase):
    """Standard output or error of a cell."""

    def __init__(self, name: str) -> None:
        self.stream_name = name

    def write(self, text: str) -> int:
        """Record the text."""
        if text:
            RECORDER.add(v4.new_output("stream", name=self.stream_name, text=text))
        return len(text)

    def writable(self) -> bool:
        """Always."""
        return True


class Publisher(DisplayPublisher):  # type: ignore[misc]
    """display(), update_display() and clear_output()."""

    def publish(self, data: dict[str, Any], metadata: dict[str, Any] | None = None, source: object = None, *,
                transient: dict[str, Any] | None = None, update: bool = False, **_: object) -> None:
        """Record a display, or change an earlier one of the same name."""
        del source
        name = (transient or {}).get("display_id")
        if update and name in RECORDER.displays:
            for shown in RECORDER.displays[name]:
                shown.data, shown.metadata = NotebookNode(data), NotebookNode(metadata or {})
            return
        output = v4.new_output("display_data", data=data, metadata=metadata or {})
        if name:
            RECORDER.displays.setdefault(name, []).append(output)
        RECORDER.add(output)

    def clear_output(self, wait: bool = False) -> None:  # noqa: FBT001, FBT002  (IPython's signature)
        """Forget what the cell has put out so far, at once or when the next output comes."""
        if wait:
            RECORDER.clear_next = True
        else:
            RECORDER.outputs = []


class Hook(DisplayHook):  # type: ignore[misc]
    """The value of a cell's last expression."""

    def write_output_prompt(self) -> None:
        """The prompt is the front end's business."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        """Record the value in all its forms."""
        RECORDER.add(v4.new_output("execute_result", data=format_dict, metadata=md_dict or {}, execution_count=self.prompt_count))

    def finish_displayhook(self) -> None:
        """Nothing is left to flush."""
        self._is_active = False


class ReportShell(InteractiveShell):  # type: ignore[misc]
    """An IPython shell whose every word is recorded."""

    displayhook_class = Type(Hook)
    display_pub_class = Type(Publisher)

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        RECORDER.failed = True
        RECORDER.add(v4.new_output("error", ename=etype.__name__, evalue=str(evalue), traceback=list(stb)))

    def enable_gui(self, gui: str | None = None) -> None:
        """A report has no window."""


def run_cells(connection: Connection, cells: list[tuple[int, str, bool]]) -> None:
    """Run the cells (place, source, may fail) and end the process. Nothing of the parent's is flushed or closed on the way."""
    status = 0
    try:
        _run(connection, cells)
        connection.send(Message(kind="end"))
    except BaseException:  # noqa: BLE001  (the parent sees the pipe close and says that the process died)
        status = 1
    finally:
        connection.close()
        os._exit(status)


def _run(connection: Connection, cells: list[tuple[int, str, bool]]) -> None:
    InteractiveShell.clear_instance()
    asyncio.set_event_loop(asyncio.new_event_loop())
    os.environ["ASSESSOR_KIT_DEFER_FIGURES"] = os.environ.get("ASSESSOR_KIT_DEFER_FIGURES", "0")
    shell = ReportShell.instance(config=Config({"HistoryManager": {"enabled": False}}), user_ns={"__name__": "__main__"})
    sys.stdin = io.StringIO()
    sys.stdout, sys.stderr = Stream("stdout"), Stream("stderr")
    for place, source, may_fail in cells:
        RECORDER.outputs, RECORDER.failed, RECORDER.clear_next = [], False, False
        connection.send(Message(kind="start", place=place))
        shell.run_cell(source, store_history=True)
        failed = RECORDER.failed and not may_fail
        connection.send(Message(kind="done", place=place, outputs=RECORDER.outputs, count=shell.execution_count - 1, failed=failed))
        if failed:
            return
