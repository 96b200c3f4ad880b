"""What one member is told: what was reviewed, what was found, liked and advised, and what to do next."""

from __future__ import annotations

from functools import cached_property

from assessor_kit import charts
from assessor_kit.charts.hours import minutes_by
from assessor_kit.errors import NotFound
from assessor_kit.feedback.words import Block, block
from assessor_kit.rules.schema import Suggestion
from assessor_kit.scorers import finding_sentence
from assessor_kit.store import ReviewedReturn, Workspace, reviewed_return, reviewed_returns
from assessor_kit.vocabulary import TargetBasis

SHOWN_SUGGESTIONS = 4
MINUTES_PER_HOUR = 60
PRIVATE = {"record_flags"}  # for the assessor: a member is told through the assessor's own words


def open_report(
    return_id: str = "", *, cpd_year: int | None = None, workspace: Workspace | None = None
) -> IndividualReport:
    """The report on one judged return; without a name, on the first judged return of the (latest) year, to see how it looks."""
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
    """The blocks of a report, each one cell of the template notebook."""

    def __init__(self, reviewed: ReviewedReturn, *, is_sample: bool) -> None:
        self.reviewed, self.is_sample = reviewed, is_sample
        self.rules, self.activities = reviewed.rules, reviewed.activities

    @cached_property
    def opening(self) -> Block:
        """Whom it is for, what was reviewed and how, and the outcome."""
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
        )

    def _target(self) -> str:
        basis = self.reviewed.requirement.target_basis
        return {
            TargetBasis.REDUCED: "The reduced target applies to you.",
            TargetBasis.AGREED: "The target agreed with you applies.",
            TargetBasis.NONE_REQUIRED: "No hours are asked of you."
            if self.rules.guideline.counts_hours
            else "This scheme sets no number of hours.",
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
        """Chart: hours by activity type; activities where the scheme counts no hours."""
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
        """What the assessor liked and advises, over all and per criterion."""
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
        """Suggestions where an area has few hours, and the development cycle."""
        return block(
            "next_steps",
            suggestions=self._suggestions(),
            words=self.rules.words,
            label=self.rules.label,
        )

    def _suggestions(self) -> list[Suggestion]:
        """For the areas below their mark (or without any time), of the kinds the member used least."""
        in_area, of_kind = (
            minutes_by(self.activities, "area"),
            minutes_by(self.activities, "activity_type"),
        )
        marks = (
            self.rules.guideline.area_hours
            if self.reviewed.requirement.areas_apply
            else dict.fromkeys(self.rules.guideline.area_hours, 0.02)
        )
        wanting = {
            area for area, hours in marks.items() if in_area.get(area, 0) < hours * MINUTES_PER_HOUR
        } or {""}
        fitting = [one for one in self.rules.suggestions if one.area in wanting]
        return sorted(fitting, key=lambda one: of_kind.get(one.activity_type, 0))[
            :SHOWN_SUGGESTIONS
        ]

    @property
    def questions(self) -> Block:
        """The guideline, its benefits, and how to query the outcome."""
        return block("questions", words=self.rules.words, cpd_year=self.reviewed.cpd_year)
