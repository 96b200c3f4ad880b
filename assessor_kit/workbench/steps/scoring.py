"""What the machine notes about the returns, for their assessors."""

from __future__ import annotations

from assessor_kit import journey, tables
from assessor_kit.charts import readable
from assessor_kit.store import read_table
from assessor_kit.workbench.steps.panel import Act, Intent, Saying, Step, StepPanel, how_many, show
from assessor_kit.workbench.steps.scene import Scene, no_returns, scored_returns


def findings() -> StepPanel:
    """Show the standings of the year's returns, and score them."""
    return show(
        Step(
            name="findings",
            heading="Findings",
            told=_scored,
            missing=(no_returns,),
            saved=True,
            act=Act(look=_look_at_scores, look_label="What would change?"),
        )
    )


def _scored(scene: Scene) -> tuple[Saying, ...]:
    returns = read_table(scene.workspace, tables.RETURNS, cpd_year=scene.cpd_year, parked="")
    number = scored_returns(scene)
    if not number:
        return ("No return is scored yet.",)
    return (
        f"{number:,} of {how_many(len(returns), 'return is', 'returns are')} scored.",
        readable(
            journey.standings(scene.workspace, cpd_year=scene.cpd_year),
            "How many returns have which standing",
        ),
    )


def _look_at_scores(scene: Scene, _answers: dict[str, str]) -> Intent:
    found = journey.preview_scores(scene.workspace, cpd_year=scene.cpd_year)
    number = how_many(found.returns, "return", "returns")
    changes = how_many(
        len(found.changes), "finding that is there changes", "findings that are there change"
    )
    return Intent(
        says=(
            f"{number} would be scored; {changes}. Nothing is scored yet.",
            readable(
                journey.by_pseudonym(scene.workspace, found.changes), "Findings that would change"
            ),
        ),
        button=f"Score {number}",
        carry_out=lambda: _score(scene),
    )


def _score(scene: Scene) -> tuple[Saying, ...]:
    done = journey.score(scene.workspace, cpd_year=scene.cpd_year)
    journey.draw_first_charts(scene.workspace)  # what each assessor meets first opens at once
    return (
        (
            f"{how_many(done.returns, 'return', 'returns')} scored,"
            f" {how_many(done.findings, 'finding', 'findings')}."
        ),
    )
