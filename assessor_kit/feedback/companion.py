"""The reports' companion for the papermill engine: it draws figures and rehearses.

The engine finds it through the package's entry points; see `papermill_engine.companions`.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from assessor_kit.charts.vega import Spec, draw_with, drawn_here, wake
from assessor_kit.quick_start import leave_out_slow_imports

__all__ = ["answer", "ask_with", "rehearse", "wake", "warm_up"]


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """Draw a figure for the notebook's process, which is waiting for it."""
    return {"svg": drawn_here(question["spec"])}


def ask_with(ask: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Have figures drawn by the process that runs the notebook.

    Its drawing engine has long since started.
    """

    def artist(spec: Spec) -> str:
        return str(ask({"spec": spec})["svg"])

    draw_with(artist)


def warm_up() -> None:
    """Load everything that a report needs: importing the rehearsal runs through one.

    This is done only in the warm process, which is ours, so it may leave out slow imports.
    """
    leave_out_slow_imports()
    import_module("assessor_kit.feedback.batch.rehearsal")


def rehearse() -> None:
    """Run through an ordinary report once more."""
    import_module("assessor_kit.feedback.batch.rehearsal").rehearse_report()
