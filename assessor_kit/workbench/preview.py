"""How will the member read it? The blocks of the feedback report over a judgement that is still being written; nobody is named."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from assessor_kit.feedback import IndividualReport
from assessor_kit.feedback.export import page_of_blocks
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
    """The report as one HTML page, with “the member” where the name will stand."""
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
        block = getattr(report, name)
        shown = "" if block is None else block.html if isinstance(block.html, str) else block.html()
        parts.append((heading, shown))
    return page_of_blocks(parts, title="Your CPD feedback")
