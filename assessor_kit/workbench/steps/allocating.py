"""Who assesses what, and whose returns the assessor's screen opens."""

from __future__ import annotations

from typing import Any

import pandas as pd

from assessor_kit import journey, tables
from assessor_kit.charts import readable
from assessor_kit.errors import InvalidRequest
from assessor_kit.store import read_table
from assessor_kit.workbench.steps.panel import (
    Act,
    Intent,
    Saying,
    Step,
    StepPanel,
    how_many,
    show,
    text_field,
)
from assessor_kit.workbench.steps.scene import Scene, no_assessors, no_findings, no_returns
from assessor_kit.workbench.steps.typed import percent_typed
from assessor_kit.workbench.what_if import CAPACITY, MARKED_TWICE, SEED_TO_TRY, WhatIf


def allocation() -> StepPanel:
    """Show how the year's returns are allocated, and allocate those that wait."""
    return show(
        Step(
            name="allocation",
            heading="Allocation",
            told=_allocated,
            missing=(no_returns, no_findings, no_assessors),
            saved=True,
            act=Act(
                look=_look_at_allocation,
                look_label="What would be allocated?",
                fields=_allocation_fields,
                needless=_nothing_waits,
            ),
        )
    )


def allocation_sliders() -> StepPanel:
    """Show sliders that try out other capacities and more returns marked twice."""
    return show(
        Step(
            name="allocation_sliders",
            heading="What if?",
            told=_to_try,
            missing=(no_returns, no_assessors),
            saved=True,
            beside=_Sliders().shown,
        )
    )


class _Sliders:
    """The sliders of this notebook, which stay where they were put when the panel looks again."""

    def __init__(self) -> None:
        self.page: WhatIf | None = None

    def shown(self, scene: Scene) -> list[Any]:
        """Return the sliders on the season as it is now."""
        before = self.page
        self.page = WhatIf(
            scene.workspace,
            cpd_year=scene.cpd_year,
            seed=SEED_TO_TRY,
            capacity_percent=before.capacity.value if before else CAPACITY,
            double_mark_percent=before.twice.value if before else MARKED_TWICE,
        )
        return [self.page]


def _to_try(scene: Scene) -> tuple[Saying, ...]:
    returns, held = _year_of_returns(scene)
    loads = journey.caseloads(scene.workspace, cpd_year=scene.cpd_year)
    return (
        (
            f"{how_many(len(returns), 'return', 'returns')}, of which {_waiting(scene):,} wait for"
            f" an assessor; {how_many(len(loads), 'assessor', 'assessors')} with"
            f" {how_many(int(loads['capacity'].sum()), 'place', 'places')}, of which"
            f" {len(held):,} are taken. Try what other capacities or more returns marked twice"
            " would do: nothing is allocated by it."
        ),
    )


def _year_of_returns(scene: Scene) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the year's returns in the review, and their allocations."""
    returns = read_table(scene.workspace, tables.RETURNS, cpd_year=scene.cpd_year, parked="")
    held = read_table(scene.workspace, tables.ALLOCATIONS, return_id=list(returns["return_id"]))
    return returns, held


def _allocated(scene: Scene) -> tuple[Saying, ...]:
    returns, held = _year_of_returns(scene)
    number = held["return_id"].nunique()
    twice = int(held["return_id"].duplicated().sum())
    said = (
        f"{number:,} of {how_many(len(returns), 'return has', 'returns have')} an assessor;"
        f" {how_many(twice, 'is', 'are')} marked twice."
    )
    return (
        said,
        readable(
            journey.caseloads(scene.workspace, cpd_year=scene.cpd_year), "Who has how much to do"
        ),
    )


def _waiting(scene: Scene) -> int:
    return len(journey.waiting_for_assessors(scene.workspace, cpd_year=scene.cpd_year))


def _nothing_waits(scene: Scene) -> str:
    return "" if _waiting(scene) else "Every return has an assessor; there is nothing to allocate."


def _allocation_fields(_scene: Scene) -> dict[str, Any]:
    return {
        "seed": text_field("Seed", example="any words; they settle ties and are kept"),
        "twice": text_field("Marked twice, in %", example="such as 10; empty for none"),
    }


def _look_at_allocation(scene: Scene, answers: dict[str, str]) -> Intent:
    seed = answers["seed"]
    if not seed:
        raise InvalidRequest(
            "There is no seed", expected="any words, such as “spring”", advice="Write some."
        )
    twice = percent_typed(answers["twice"], "Marked twice, in %")
    waiting = _waiting(scene)
    loads = journey.caseloads(scene.workspace, cpd_year=scene.cpd_year)
    markings = waiting + round(waiting * twice / 100)
    room = int((loads["capacity"] - loads["allocated"]).clip(lower=0).sum())
    number = how_many(waiting, "return", "returns")
    short = "" if room >= markings else " That is too little room: some would wait."
    return Intent(
        says=(
            (
                f"{number} would be allocated as {how_many(markings, 'marking', 'markings')}"
                f" ({twice:g} % marked twice) to {how_many(len(loads), 'assessor', 'assessors')}"
                f" with room for {room:,}, with the seed “{seed}”. What is allocated stays.{short}"
                " Nothing is allocated yet."
            ),
        ),
        button=f"Allocate {number} with this seed",
        carry_out=lambda: _allocate(scene, seed, twice),
    )


def _allocate(scene: Scene, seed: str, twice: float) -> tuple[Saying, ...]:
    made, unclear = journey.allocate(
        scene.workspace, cpd_year=scene.cpd_year, seed=seed, double_mark_percent=twice
    )
    journey.draw_first_charts(scene.workspace)  # what each assessor meets first opens at once
    waiting = journey.by_pseudonym(scene.workspace, made.unallocated)
    unsettled = journey.by_pseudonym(scene.workspace, unclear)
    return (
        (
            f"{how_many(len(made.allocated), 'marking', 'markings')} allocated;"
            f" {how_many(len(made.double_marked), 'return is', 'returns are')} marked twice."
        ),
        readable(waiting, "Without an assessor, and why"),
        readable(unsettled, "Waiting for a target that staff agree with the member"),
    )
