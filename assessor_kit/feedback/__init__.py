"""One feedback report per reviewed member, one for everybody: notebooks run by papermill, exported as plain, private HTML."""

from assessor_kit.feedback.batch import RenderResult, render_feedback
from assessor_kit.feedback.generic import GenericReport, open_generic
from assessor_kit.feedback.individual import IndividualReport, open_report
from assessor_kit.feedback.release import recall_document, release_feedback

__all__ = [
    "GenericReport", "IndividualReport", "RenderResult", "open_generic", "open_report", "recall_document", "release_feedback", "render_feedback",
]
