"""The feedback that one member receives.

It says what was reviewed, found, liked and advised, and what to do next.
"""

from __future__ import annotations

from functools import cached_property
from itertools import zip_longest

from assessor_kit import charts
from assessor_kit.charts.hours import minutes_by
from assessor_kit.errors import NotFound
from assessor_kit.feedback.report.blocks import Block, block
from assessor_kit.rules.schema import Suggestion
from assessor_kit.scorers import finding_sentence
from assessor_kit.store import ReviewedReturn, Workspace, reviewed_return, reviewed_returns
from assessor_kit.vocabulary import TargetBasis

SHOWN_SUGGESTIONS = 4
MINUTES_PER_HOUR = 60
PRIVATE = {"record_flags"}  # shown to the assessor alone, who tells the member in their own words


def open_report(
    return_id: str = "", *, cpd_year: int | None = None, workspace: Workspace | None = None
) -> IndividualReport:
    """Return the report on one judged return.

    Without `return_id`, it is the first judged return of the year, or of the latest year, as a
    preview.
    """
    season = workspace or Workspace.open()
    if not return_id:
        years = [cpd_year] if cpd_year else range(2100, 2000, -1)
        return_id = next(
            (names[0] for year in years if (names := reviewed_returns(season, year))), ""
        )
    if not return_id:
        raise NotFound(
            "No return has been judged yet", advice="Record a judgement first, in 05_assess."
        )
    return IndividualReport(reviewed_return(season, return_id), is_sample=season.is_sample)


class IndividualReport:
    """The blocks of a report, each shown by one cell of the template notebook."""

    def __init__(self, reviewed: ReviewedReturn, *, is_sample: bool) -> None:
        self.reviewed = reviewed
        self.is_sample = is_sample
        self.rules = reviewed.rules
        self.activities = reviewed.activities

    @cached_property
    def opening(self) -> Block:
        """Who it is for, what was reviewed and how, and the outcome."""
        return block(
            "opening",
            name=self.reviewed.member_name,
            member_no=self.reviewed.member_no,
            cpd_year=self.reviewed.cpd_year,
            words=self.rules.words,
            activities=len(self.activities),
            outcome=self.rules.label(self.reviewed.judgement.outcome or ""),
            is_sample=self.is_sample,
            target=self._target(),
            nothing_came=self.reviewed.nothing_came,
        )

    def _target(self) -> str:
        basis = self.reviewed.requirement.target_basis
        return {
            TargetBasis.REDUCED: "The reduced target applies to you.",
            TargetBasis.AGREED: "The target agreed with you applies.",
            TargetBasis.NONE_REQUIRED: (
                "No hours target applies to you."
                if self.rules.guideline.counts_hours
                else "This scheme sets no number of hours."
            ),
            TargetBasis.UNCLEAR: "Your target is still being agreed.",
        }.get(basis, "")

    @property
    def findings(self) -> Block:
        """What the record shows on each criterion, in plain sentences."""
        shown = [
            finding
            for finding in self.reviewed.findings.to_dict("records")
            if self.rules.criterion(str(finding["criterion"])).scorer not in PRIVATE
        ]
        rows = [
            {
                "label": self.rules.criterion(str(finding["criterion"])).member_text,
                "sentence": finding_sentence(
                    {str(name): value for name, value in finding.items()}, self.rules
                ),
            }
            for finding in shown
        ]
        return block(
            "findings", rows=rows, unread=int((self.reviewed.problems["kind"] == "rejected").sum())
        )

    @property
    def hours_by_activity_type(self) -> charts.Figure:
        """Chart: hours by activity type, or activities where no hours are counted."""
        if not self.rules.guideline.counts_hours:
            return charts.activities_by_type(self.activities, rules=self.rules)
        return charts.hours_by_activity_type(self.activities, rules=self.rules)

    @property
    def hours_by_area(self) -> charts.Figure | None:
        """Chart: hours by area; none where the scheme counts no hours."""
        if not self.rules.guideline.counts_hours:
            return None
        return charts.hours_by_area(
            self.activities, rules=self.rules, requirement=self.reviewed.requirement
        )

    @property
    def hours_through_the_year(self) -> charts.Figure | None:
        """Chart: hours through the year; none where the scheme counts no hours."""
        if not self.rules.guideline.counts_hours:
            return None
        return charts.hours_through_the_year(
            self.activities, requirement=self.reviewed.requirement, cpd_year=self.reviewed.cpd_year
        )

    @property
    def judgement(self) -> Block:
        """What the assessor liked and advises, overall and on each criterion."""
        judgement = self.reviewed.judgement
        rows = [
            {
                "label": criterion.member_text,
                "level": self.rules.label(judgement.levels[criterion.code]),
                "comment": judgement.comments.get(criterion.code, ""),
            }
            for criterion in self.rules.judged_criteria
            if criterion.code in judgement.levels
        ]
        return block("judgement", liked=judgement.liked, advice=judgement.advice, rows=rows)

    @property
    def next_steps(self) -> Block:
        """Suggestions for areas with few hours, and the development cycle."""
        return block(
            "next_steps",
            suggestions=self._suggestions(),
            words=self.rules.words,
            label=self.rules.label,
        )

    def _suggestions(self) -> list[Suggestion]:
        """Return suggestions for the areas below their mark, in rounds of one for each.

        In each round the area furthest below comes first; within an area, the activity types that
        the member used least. Where no marks apply, an area without any time counts as below.
        """
        in_area = minutes_by(self.activities, "area")
        of_kind = minutes_by(self.activities, "activity_type")
        marks = (
            self.rules.guideline.area_hours
            if self.reviewed.requirement.areas_apply
            else dict.fromkeys(self.rules.guideline.area_hours, 0.02)
        )
        missing = {
            area: hours * MINUTES_PER_HOUR - in_area.get(area, 0) for area, hours in marks.items()
        }
        below = [area for area in missing if missing[area] > 0] or [""]
        below.sort(key=lambda area: missing.get(area, 0), reverse=True)
        by_area = [
            sorted(
                (one for one in self.rules.suggestions if one.area == area),
                key=lambda one: of_kind.get(one.activity_type, 0),
            )
            for area in below
        ]
        rounds = zip_longest(*by_area)
        return [one for step in rounds for one in step if one is not None][:SHOWN_SUGGESTIONS]

    @property
    def questions(self) -> Block:
        """The guideline, its benefits, and how to query the outcome."""
        return block("questions", words=self.rules.words, cpd_year=self.reviewed.cpd_year)
