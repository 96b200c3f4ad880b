"""The steps of the season for notebooks, each one plain call.

Showing a step changes nothing. What changes the workspace is a button, which says beforehand what
will happen; programs use the functions of `journey` and the commands instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assessor_kit.lazy_names import lazy_names

if TYPE_CHECKING:
    from assessor_kit.workbench.steps.allocating import allocation, allocation_sliders
    from assessor_kit.workbench.steps.feedback import (
        approvals,
        feedback_messages,
        first_report,
        releases,
        reports,
    )
    from assessor_kit.workbench.steps.files import (
        assessors_file,
        circumstances_file,
        declarations_file,
        opt_ins_file,
        register_file,
        responses_file,
        return_files,
    )
    from assessor_kit.workbench.steps.form import year_and_folder
    from assessor_kit.workbench.steps.moderating import moderation, second_markings
    from assessor_kit.workbench.steps.overviews import (
        agreement_overview,
        differences_overview,
        season_overview,
        similar_texts_overview,
        trends_overview,
    )
    from assessor_kit.workbench.steps.scoring import findings
    from assessor_kit.workbench.steps.selecting import invitations, reminders, repeated_draw, sample
    from assessor_kit.workbench.steps.whose_screen import judging, whose_returns

# Loaded when first used: the assessor's screen needs none of what staff's steps need.
_HOMES = {
    "form": ("year_and_folder",),
    "files": (
        "register_file",
        "opt_ins_file",
        "circumstances_file",
        "declarations_file",
        "responses_file",
        "return_files",
        "assessors_file",
    ),
    "selecting": (
        "sample",
        "repeated_draw",
        "invitations",
        "reminders",
    ),
    "scoring": ("findings",),
    "allocating": ("allocation", "allocation_sliders"),
    "whose_screen": (
        "judging",
        "whose_returns",
    ),
    "feedback": (
        "reports",
        "first_report",
        "approvals",
        "releases",
        "feedback_messages",
    ),
    "moderating": ("moderation", "second_markings"),
    "overviews": (
        "agreement_overview",
        "differences_overview",
        "season_overview",
        "similar_texts_overview",
        "trends_overview",
    ),
}

__all__ = [
    "agreement_overview",
    "allocation",
    "allocation_sliders",
    "approvals",
    "assessors_file",
    "circumstances_file",
    "declarations_file",
    "differences_overview",
    "feedback_messages",
    "findings",
    "first_report",
    "invitations",
    "judging",
    "moderation",
    "opt_ins_file",
    "register_file",
    "releases",
    "reminders",
    "repeated_draw",
    "reports",
    "responses_file",
    "return_files",
    "sample",
    "season_overview",
    "second_markings",
    "similar_texts_overview",
    "trends_overview",
    "whose_returns",
    "year_and_folder",
]

__getattr__, __dir__ = lazy_names(__name__, _HOMES, __all__)
