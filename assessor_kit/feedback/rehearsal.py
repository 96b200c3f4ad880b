"""Play a report through once with an invented member, so that every fork of the warm process finds all that is loaded at first use loaded.

Nothing of a real member is touched: the member, the return and its one activity are made up, and the workspace that the environment names is asked
for a return that it does not have.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pandas as pd
from IPython.core.interactiveshell import InteractiveShell

from assessor_kit import tables
from assessor_kit.charts.vega import draw_with
from assessor_kit.feedback.generic import open_generic
from assessor_kit.feedback.individual import IndividualReport, open_report
from assessor_kit.rules import load_rules
from assessor_kit.store import ReviewedReturn, rehearse_reading
from assessor_kit.vocabulary import Judgement, JudgementState, Requirement, TargetBasis

__all__ = ["open_generic", "open_report", "rehearse"]

SCHEME, WITHOUT_HOURS, CPD_YEAR, MINUTES = "iet", "imeche", 2016, 90
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
KINDS = (
    (SCHEME, WITH_AIM),
    (SCHEME, WITHOUT_AIM),
    (WITHOUT_HOURS, WITHOUT_AIM),
)  # so that every chart is built in each way it can be
BLOCKS = ("opening", "findings", "judgement", "next_steps", "questions")
FIGURES = ("hours_by_activity_type", "hours_by_area", "hours_through_the_year")


def rehearse(kinds: Iterable[tuple[str, Requirement]] = KINDS[:1]) -> int:
    """Make every block and figure of an invented return's report, of each of these kinds; gives how many were made."""
    before = draw_with(
        lambda _spec: "<svg></svg>"
    )  # the drawing engine must not be loaded in a process that forks
    try:
        reports = [IndividualReport(invented_return(*kind), is_sample=True) for kind in kinds]
        made = [
            getattr(reports[0], name)._repr_html_() for name in BLOCKS
        ]  # what a notebook asks for
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
    """A judged return of one activity, of nobody."""
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


if not InteractiveShell.initialized():  # not in a notebook that imports this by name
    rehearse(KINDS)
