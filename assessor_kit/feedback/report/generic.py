"""The feedback that every scheme member receives.

The most common advice comes first, then what good looked like, and the figures last.
"""

from __future__ import annotations

from assessor_kit import charts, tables
from assessor_kit.feedback.release import released_returns
from assessor_kit.feedback.report.blocks import Block, block
from assessor_kit.feedback.report.examples import (
    WHAT_GOOD_LOOKED_LIKE,
    examples_of,
    own_words,
)
from assessor_kit.feedback.report.figures import estimates_in_words, estimates_of_year
from assessor_kit.store import Workspace, read_table, reviewed_returns, shipped
from assessor_kit.store.moderated import standing_judgements_of_year
from assessor_kit.trends import SMALLEST_GROUP, counted_themes

# pieces of advice, and of praise
COMMONEST = 5
MOST_PRAISED = 4


def open_generic(cpd_year: int = 0, *, workspace: Workspace | None = None) -> GenericReport:
    """Return the generic feedback of a year, or of the latest with a judged return."""
    season = workspace or Workspace.open()
    years = sorted(set(read_table(season, tables.RETURNS)["cpd_year"]), reverse=True)
    return GenericReport(
        season,
        cpd_year
        or int(
            next(
                (year for year in years if reviewed_returns(season, int(year))),
                years[0] if years else 0,
            )
        ),
    )


class GenericReport:
    """The blocks of the generic feedback, drawn from released feedback alone.

    They contain no figure about fewer than ten people, and no member's words except in examples
    that the member has allowed.
    """

    def __init__(self, workspace: Workspace, cpd_year: int) -> None:
        self.workspace = workspace
        self.cpd_year = cpd_year
        self.rules = workspace.rules(cpd_year)
        judgements = standing_judgements_of_year(workspace, cpd_year)
        done = judgements["return_id"].isin(released_returns(workspace, cpd_year))
        self.judgements = judgements[done]
        self.themes = counted_themes(self.judgements, self.rules)

    @property
    def opening(self) -> Block:
        """The advice given most often."""
        advice = self.themes[self.themes["tone"] == "advice"]
        return block(
            "generic_opening",
            words=self.rules.words,
            cpd_year=self.cpd_year,
            advice=list(advice["text"].head(COMMONEST)),
            is_sample=self.workspace.is_sample,
        )

    @property
    def what_good_looked_like(self) -> Block:
        """Staff's own text about good records, what was praised, and members' examples.

        The text is the workspace's, or in a sample workspace the sample's.
        """
        text = own_words(self.workspace)
        if not text and self.workspace.is_sample:
            sample = shipped("sample_data") / WHAT_GOOD_LOOKED_LIKE
            text = sample.read_text(encoding="utf-8")
        praised = self.themes[self.themes["tone"] == "liked"]
        return block(
            "good",
            paragraphs=[
                part.strip()
                for part in text.split("\n\n")
                if part.strip() and not part.startswith("#")
            ],
            liked=list(praised["text"].head(MOST_PRAISED)),
            examples=examples_of(self.workspace, self.cpd_year),
        )

    @property
    def figures(self) -> Block:
        """How many records were reviewed, and what the sample says of everyone.

        The figures are those that `trends` offers.
        """
        estimates, _ = estimates_of_year(
            self.workspace, self.cpd_year, only=list(self.judgements["return_id"])
        )
        return block(
            "figures",
            cpd_year=self.cpd_year,
            reviewed=len(self.judgements),
            smallest=SMALLEST_GROUP,
            rows=estimates_in_words(estimates),
        )

    @property
    def advice_chart(self) -> charts.Figure:
        """Chart: the advice given most often, to ten members or more."""
        advice = self.themes[
            (self.themes["tone"] == "advice") & (self.themes["returns"] >= SMALLEST_GROUP)
        ]
        return charts.themes_by_returns(
            advice if len(advice) else self.themes[self.themes["tone"] == "advice"].head(0)
        )

    @property
    def next_year(self) -> Block:
        """The guideline, the development cycle and how to send a record."""
        return block("next_year", words=self.rules.words, cpd_year=self.cpd_year)
