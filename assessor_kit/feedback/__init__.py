"""Feedback: one report for each reviewed member, and one for everybody.

The reports are notebooks run by papermill and exported as plain, private documents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assessor_kit.lazy_names import lazy_names

if TYPE_CHECKING:
    from assessor_kit.feedback.batch.render import RenderResult, render_feedback
    from assessor_kit.feedback.release import (
        approval_list,
        decide,
        recall_document,
        release_feedback,
    )
    from assessor_kit.feedback.report.generic import GenericReport, open_generic
    from assessor_kit.feedback.report.individual import IndividualReport, open_report

# Loaded when first asked for: the papermill engine imports its companion from this package, and a
# notebook that is not ours must not pay for what it does not use.
_HOMES = {
    "batch.render": ("RenderResult", "render_feedback"),
    "report.generic": ("GenericReport", "open_generic"),
    "report.individual": ("IndividualReport", "open_report"),
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

__getattr__, __dir__ = lazy_names(__name__, _HOMES, __all__)
