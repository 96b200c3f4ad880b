"""How the member will read the feedback on a judgement that is still being written.

It uses the blocks of the feedback report, and names nobody.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from assessor_kit.feedback import IndividualReport
from assessor_kit.feedback.document.html_file import page_of_blocks
from assessor_kit.store import OpenedReturn, ReviewedReturn
from assessor_kit.vocabulary import Judgement

BLOCKS = (
    ("", "opening"),
    ("What your assessor says", "judgement"),
    ("Your year at a glance", "findings"),
    ("", "hours_by_activity_type"),
    ("", "hours_by_area"),
    ("", "hours_through_the_year"),
    ("Next steps", "next_steps"),
    ("The guideline, and your questions", "questions"),
)


def preview_of(opened: OpenedReturn, judgement: Judgement) -> str:
    """Return the report as one HTML page, with placeholders for name and number."""
    known: dict[str, Any] = {
        field.name: getattr(opened, field.name) for field in fields(OpenedReturn)
    }
    report = IndividualReport(
        ReviewedReturn(
            **known,
            member_no="membership number",
            member_name="The member’s name",
            judgement=judgement,
        ),
        is_sample=False,
    )
    parts = []
    for heading, name in BLOCKS:
        parts.append((heading, _html_of(getattr(report, name))))
    return page_of_blocks(parts, title="Your CPD feedback")


def _html_of(block: Any) -> str:  # noqa: ANN401  (a figure, a text, or none)
    if block is None:
        return ""
    return str(block.html if isinstance(block.html, str) else block.html())
