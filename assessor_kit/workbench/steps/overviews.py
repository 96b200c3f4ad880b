"""What moderators and analysts read: agreement, differences, similar texts and trends."""

from __future__ import annotations

from typing import Any

from assessor_kit import journey
from assessor_kit.charts import estimates_by_year, readable
from assessor_kit.store.season_counts import years_held
from assessor_kit.workbench.markup import safe_html
from assessor_kit.workbench.season_page import SeasonPage, open_season
from assessor_kit.workbench.steps.panel import Saying, Step, StepPanel, open_panels, show
from assessor_kit.workbench.steps.scene import Scene, no_judgement, no_returns

MOST_DIFFERENCES = 20
MOST_PAIRS = 10
CHARTED = ("Mean hours recorded", "Hours: at or above the aim")
NEEDED = (no_returns, no_judgement)


def season_overview() -> SeasonPage:
    """Show how far the season has come; it follows what the form above says."""
    page = open_season()
    open_panels["season"] = page
    return page


def agreement_overview() -> StepPanel:
    """Show how far two assessors agree on the same return."""
    return show(
        Step(
            name="agreement",
            heading="Agreement between two assessors",
            told=_agreement,
            missing=NEEDED,
            saved=True,
        )
    )


def differences_overview() -> StepPanel:
    """Show where two markings of a return differ, widest first."""
    return show(
        Step(
            name="differences",
            heading="Where two markings differ",
            told=_differences,
            missing=NEEDED,
        )
    )


def similar_texts_overview() -> StepPanel:
    """Show which reflections of different members read alike."""
    return show(
        Step(
            name="similar_texts",
            heading="Similar text",
            told=_similar,
            missing=(no_returns,),
        )
    )


def trends_overview() -> StepPanel:
    """Show what the samples say about the whole scheme, year by year."""
    return show(
        Step(
            name="trends",
            heading="What the samples say about the whole scheme",
            told=_trends,
            missing=NEEDED,
            saved=True,
            beside=_charts,
        )
    )


def _agreement(scene: Scene) -> tuple[Saying, ...]:
    found = journey.agreement_table(scene.workspace, cpd_year=scene.cpd_year)
    if found.empty:
        return ("No return has been judged by two assessors yet.",)
    return (readable(found, "Agreement, criterion by criterion"),)


def _differences(scene: Scene) -> tuple[Saying, ...]:
    found = journey.differences_table(scene.workspace, cpd_year=scene.cpd_year)
    if found.empty:
        return ("No two markings differ, or no return has been judged twice.",)
    return (readable(found.head(MOST_DIFFERENCES), f"The widest {MOST_DIFFERENCES}"),)


def _similar(scene: Scene) -> tuple[Saying, ...]:
    found = journey.similar_reflections(scene.workspace, cpd_year=scene.cpd_year)
    if found.empty:
        return ("No two reflections read alike.",)
    return (readable(found.head(MOST_PAIRS), f"The most similar pairs, at most {MOST_PAIRS}"),)


def _trends(scene: Scene) -> tuple[Saying, ...]:
    estimates, held_back = journey.trends(scene.workspace, cpd_years=years_held(scene.workspace))
    return (
        readable(journey.estimates_table(estimates), "Estimates, year by year"),
        readable(held_back, "Held back, and why"),
    )


def _charts(scene: Scene) -> list[Any]:
    estimates, _ = journey.trends(scene.workspace, cpd_years=years_held(scene.workspace))
    known = set(estimates["measure"])
    return [
        safe_html(estimates_by_year(estimates, measure=measure).html())
        for measure in CHARTED
        if measure in known
    ]
