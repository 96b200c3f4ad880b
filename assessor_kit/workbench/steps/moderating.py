"""Moderation: choosing second markings, and the page on which differences are settled."""

from __future__ import annotations

from functools import partial
from typing import Any

from assessor_kit import journey
from assessor_kit.charts import readable
from assessor_kit.vocabulary import SecondMarkingReason
from assessor_kit.workbench.moderating.moderation_page import ModerationPage
from assessor_kit.workbench.steps.panel import (
    Act,
    Intent,
    Saying,
    Step,
    StepPanel,
    choice_field,
    how_many,
    open_panels,
    show,
    text_field,
)
from assessor_kit.workbench.steps.scene import (
    NotYet,
    Scene,
    no_allocation,
    no_returns,
    scene_of_today,
)

NO_REASON = ""
ALL_REASONS = "all"
HUNDRED = 100


def moderation() -> ModerationPage:
    """Show what waits for a moderator, and each return with its judgements side by side."""

    def find() -> Any:  # noqa: ANN401  (a place, or a sentence)
        try:
            scene = scene_of_today()
        except NotYet as problem:
            return str(problem)
        return scene.workspace, scene.cpd_year

    page = ModerationPage(find)
    open_panels["moderation"] = page
    return page


def second_markings() -> StepPanel:
    """Show what was chosen for a second marking, and choose more."""
    return show(
        Step(
            name="second_markings",
            heading="Second markings",
            told=_chosen,
            missing=(no_returns, no_allocation),
            act=Act(
                look=_look,
                look_label="Show what would be chosen",
                fields=_fields,
                folded=lambda _scene: "Choose returns for a second marking",
            ),
        )
    )


def _chosen(scene: Scene) -> tuple[Saying, ...]:
    found = journey.choices_of_year(scene.workspace, cpd_year=scene.cpd_year)
    if found.empty:
        return ("No return has been chosen for a second marking by rule.",)
    shown = journey.by_pseudonym(
        scene.workspace,
        found.assign(
            reasons=["; ".join(reasons) or "taken back" for reasons in found["reasons"]],
            chosen=[f"{moment:%d %B %Y}".lstrip("0") for moment in found["chosen_at"]],
        )[["return_id", "reasons", "chosen", "chosen_by", "why"]],
    )
    return (
        f"{how_many(len(shown), 'choice is', 'choices are')} on record.",
        readable(shown, "Chosen for a second marking"),
    )


def _fields(_scene: Scene) -> dict[str, Any]:
    reasons = [
        (one.value.capitalize(), one.value)
        for one in SecondMarkingReason
        if one is not SecondMarkingReason.RANDOM
    ]
    return {
        "share": text_field("Random share, in %", example="10"),
        "seed": text_field("Seed of the share", example="spring 2017"),
        "choose": choice_field(
            "And each return with",
            [("nothing else", NO_REASON), *reasons, ("all of these", ALL_REASONS)],
        ),
        "by": text_field("Your name", example="Ada Byron"),
    }


def _look(scene: Scene, answers: dict[str, str]) -> Intent:
    if not answers["by"]:
        return Intent(says=("Write your name: the choice is kept under it.",))
    share = _share(answers["share"])
    if share is None:
        return Intent(says=(f"“{answers['share']}” is not a share from 0 to 100.",))
    choose = (
        [one for one in SecondMarkingReason if one is not SecondMarkingReason.RANDOM]
        if answers["choose"] == ALL_REASONS
        else [SecondMarkingReason(one) for one in [answers["choose"]] if one]
    )
    wanted = partial(
        journey.select_second_markings,
        scene.workspace,
        cpd_year=scene.cpd_year,
        seed=answers["seed"],
        by=answers["by"],
        share_percent=share,
        choose=choose,
    )
    found = wanted(dry_run=True)
    if not found.chosen:
        return Intent(says=("Nothing more would be chosen.",))
    number = how_many(len(found.chosen), "return", "returns")
    return Intent(
        says=(f"{number} would be chosen; nobody of the first markers sees it.",),
        button=f"Choose {number}",
        carry_out=lambda: _carried_out(len(wanted().chosen)),
    )


def _carried_out(number: int) -> tuple[Saying, ...]:
    chosen = how_many(number, "return is", "returns are")
    return (f"{chosen} chosen. Give them to second assessors in notebook 04.",)


def _share(text: str) -> float | None:
    try:
        share = float(text.removesuffix("%") or 0)
    except ValueError:
        return None
    return share if 0 <= share <= HUNDRED else None
