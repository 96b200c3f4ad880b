"""Run through a report once with an invented member, in the warm process.

Whatever libraries load at first use is then already loaded in every fork of that process.

No real member's data are touched: the member, the return and its one activity are invented, and the
workspace named in the environment is only asked for a return that it does not have.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pandas as pd
from IPython.core.interactiveshell import InteractiveShell

from assessor_kit import tables
from assessor_kit.charts.vega import draw_with
from assessor_kit.feedback.report.generic import open_generic
from assessor_kit.feedback.report.individual import IndividualReport, open_report
from assessor_kit.rules import load_rules
from assessor_kit.store import ReviewedReturn, rehearse_reading
from assessor_kit.vocabulary import Judgement, JudgementState, Requirement, TargetBasis

__all__ = ["open_generic", "open_report", "rehearse_report"]

SCHEME = "iet"
WITHOUT_HOURS = "imeche"
CPD_YEAR = 2016
MINUTES = 90
WITH_AIM = Requirement(
    return_id="rehearsal",
    target_basis=TargetBasis.STANDARD,
    target_minutes=MINUTES,
    planned_minutes_needed=None,
    areas_apply=True,
)
WITHOUT_AIM = Requirement(
    return_id="rehearsal",
    target_basis=TargetBasis.UNCLEAR,
    target_minutes=None,
    planned_minutes_needed=None,
    areas_apply=False,
)
# so that every chart is built in every way it can be
KINDS = ((SCHEME, WITH_AIM), (SCHEME, WITHOUT_AIM), (WITHOUT_HOURS, WITHOUT_AIM))
BLOCKS = ("opening", "findings", "judgement", "next_steps", "questions")
FIGURES = ("hours_by_activity_type", "hours_by_area", "hours_through_the_year")


def rehearse_report(kinds: Iterable[tuple[str, Requirement]] = KINDS[:1]) -> int:
    """Build the blocks and figures of invented reports, and return how many were built.

    `kinds`: the scheme and the requirement of each report. The blocks are built for the first
    alone.
    """
    # the drawing engine must not be loaded in a process that will fork
    before = draw_with(lambda _spec: "<svg></svg>")
    try:
        reports = [IndividualReport(invented_return(*kind), is_sample=True) for kind in kinds]
        # in the form in which a notebook displays them
        made = [getattr(reports[0], name)._repr_html_() for name in BLOCKS]
        figures = [
            figure._repr_mimebundle_()
            for report in reports
            for name in FIGURES
            if (figure := getattr(report, name))
        ]
    finally:
        draw_with(before)
    rehearse_reading()
    return len(made) + len(figures)


def invented_return(scheme: str = SCHEME, requirement: Requirement = WITH_AIM) -> ReviewedReturn:
    """Return a judged return with one activity, which belongs to nobody."""
    rules = load_rules(scheme, CPD_YEAR)
    fields = {column.name: _empty(column) for column in tables.ACTIVITIES.columns}
    fields |= {
        "return_id": "rehearsal",
        "activity_no": 1,
        "title": "An invented talk",
        "activity_type": rules.activity_types[0].code,
        "area": rules.areas[0].code if rules.areas else "",
        "planned": "yes",
        "started_on": date(CPD_YEAR, 3, 1),
        "minutes": MINUTES,
        "counts": True,
    }
    goals, findings, problems = (
        pd.DataFrame(columns=list(table.column_names))
        for table in (tables.GOALS, tables.FINDINGS, tables.PROBLEMS)
    )
    return ReviewedReturn(
        return_id="rehearsal",
        pseudonym="R-NOBODY",
        discipline="",
        cpd_year=CPD_YEAR,
        marking="first",
        due_on=None,
        declared_minutes=None,
        requirement=requirement,
        rules=rules,
        activities=pd.DataFrame([fields]),
        goals=goals,
        findings=findings,
        problems=problems,
        readings=pd.DataFrame(),
        member_no="NOBODY",
        member_name="Nobody",
        judgement=Judgement(
            levels={criterion.code: rules.levels[0].code for criterion in rules.judged_criteria},
            comments={},
            outcome=rules.outcomes[0].code,
            advice="Invented.",
            state=JudgementState.SUBMITTED,
        ),
    )


def _empty(column: tables.Column) -> object:
    return (
        None
        if column.optional
        else {"integer": 0, "minutes": 0, "number": 0.0, "yes_no": False}.get(column.kind, "")
    )


if not InteractiveShell.initialized():  # not where a notebook imports this module itself
    rehearse_report(KINDS)
