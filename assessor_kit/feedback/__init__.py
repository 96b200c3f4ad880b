"""One feedback report per reviewed member, one for everybody: notebooks run by papermill, exported as plain, private documents."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assessor_kit.feedback.batch import RenderResult, render_feedback
    from assessor_kit.feedback.generic import GenericReport, open_generic
    from assessor_kit.feedback.individual import IndividualReport, open_report
    from assessor_kit.feedback.release import (
        approval_list,
        decide,
        recall_document,
        release_feedback,
    )

# Loaded when first asked for: the engine's processes live here too, and a notebook that is not ours must not pay for what it does not use.
_HOMES = {
    "batch": ("RenderResult", "render_feedback"),
    "generic": ("GenericReport", "open_generic"),
    "individual": ("IndividualReport", "open_report"),
    "release": ("approval_list", "decide", "recall_document", "release_feedback"),
}
FORMATS = ("html", "pdf", "docx")

__all__ = [
    "FORMATS",
    "GenericReport",
    "IndividualReport",
    "RenderResult",
    "approval_list",
    "decide",
    "open_generic",
    "open_report",
    "recall_document",
    "release_feedback",
    "render_feedback",
]


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"assessor_kit.feedback.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
