"""Choose returns for a second marking, by the rules or as staff ask, and keep the reasons."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from assessor_kit import tables
from assessor_kit.errors import Conflict, InvalidRequest, NotFound
from assessor_kit.moderation import choose_second_markings
from assessor_kit.store import Workspace, read_table
from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.log.second_markings import (
    ChoiceOfReturn,
    record_choices,
    take_back_choice,
)
from assessor_kit.store.moderated import ModeratedReturn, moderated_of_year
from assessor_kit.store.rows.typed_rows import read_rows
from assessor_kit.vocabulary import Marking, SecondMarkingReason


@dataclass(frozen=True, kw_only=True)
class SecondMarkings:
    """What was chosen for a second marking, each return with its reasons.

    `already` were chosen or marked twice before; `released` would have been chosen, but their
    members have had their feedback.
    """

    chosen: dict[str, tuple[str, ...]]
    already: dict[str, tuple[str, ...]]
    released: dict[str, tuple[str, ...]]


def select_second_markings(
    workspace: Workspace,
    *,
    cpd_year: int,
    seed: str = "",
    by: str,
    share_percent: float | None = None,
    choose: Collection[SecondMarkingReason] | None = None,
    dry_run: bool = False,
) -> SecondMarkings:
    """Choose the year's returns for a second marking and record the reasons.

    What is not given comes from the year's rules. `allocate` then gives them to second assessors,
    none of whom sees the first marking. With `dry_run` nothing is recorded. Raises InvalidRequest
    for a random share without a seed, or without anything to choose by.
    """
    rules = workspace.rules(cpd_year)
    share = rules.moderation.share_percent if share_percent is None else share_percent
    words = (
        [SecondMarkingReason(one) for one in rules.moderation.choose]
        if choose is None
        else list(choose)
    )
    if not share and not words:
        raise InvalidRequest(
            "Nothing says which returns to choose",
            expected="a share, or reasons such as `outcome asks something`",
            advice="Give --share or --choose, or set them in the rules under [moderation].",
        )
    if share and not seed.strip():
        raise InvalidRequest(
            "A random share needs a seed",
            expected="any text, which is kept so that the choice can be repeated",
            advice="Add --seed TEXT.",
        )
    moderated = moderated_of_year(workspace, cpd_year)
    found = choose_second_markings(
        _first_markings(workspace, cpd_year, moderated),
        read_table(workspace, tables.FINDINGS, return_id=list(moderated)),
        rules,
        choose=words,
        share_percent=share,
        seed=seed,
    )
    twice = _marked_twice(workspace, list(moderated))
    told = _released(workspace, cpd_year)
    reasons = {name: tuple(one.value for one in of) for name, of in found.items()}
    chosen = {name: of for name, of in reasons.items() if name not in twice and name not in told}
    choices = [
        ChoiceOfReturn(
            return_id=name, reasons=of, seed=seed if share else "", share_percent=share, by=by
        )
        for name, of in chosen.items()
    ]
    if not dry_run:
        record_choices(workspace, choices)
    return SecondMarkings(
        chosen=chosen,
        already={name: of for name, of in reasons.items() if name in twice},
        released={name: of for name, of in reasons.items() if name in told and name not in twice},
    )


def withdraw_second_marking(workspace: Workspace, return_id: str, *, why: str, by: str) -> None:
    """Take back the choice of a return, as long as nobody has its second marking.

    Raises NotFound where none stands, and Conflict where somebody has it.
    """
    held = read_table(
        workspace, tables.ALLOCATIONS, return_id=return_id, marking=Marking.SECOND.value
    )
    if len(held):
        raise Conflict(
            f"Assessor {held.iloc[0]['assessor_id']} has the second marking",
            mine={},
            theirs={"assessor": str(held.iloc[0]["assessor_id"])},
            advice="Nothing was changed. A marking that somebody has is waited for, or moved:"
            " `assessor-kit reallocate RETURN`.",
        )
    if not _marked_twice(workspace, [return_id]):
        raise NotFound(
            "This return was not chosen for a second marking",
            advice="`assessor-kit moderate list` shows which were.",
        )
    take_back_choice(workspace, return_id, why=why, by=by)


def _marked_twice(workspace: Workspace, return_ids: list[str]) -> set[str]:
    chosen = read_table(workspace, tables.DOUBLE_MARKINGS, return_id=return_ids)
    held = read_table(
        workspace, tables.ALLOCATIONS, return_id=return_ids, marking=Marking.SECOND.value
    )
    return {*chosen["return_id"], *held["return_id"]}


def _released(workspace: Workspace, cpd_year: int) -> set[str]:
    documents = read_table(workspace, tables.DOCUMENTS, cpd_year=cpd_year, kind="individual")
    return set(documents.loc[documents["released_at"].notna(), "return_id"])


def _first_markings(
    workspace: Workspace, cpd_year: int, moderated: dict[str, ModeratedReturn]
) -> pd.DataFrame:
    """Return what `choose_second_markings` needs to know of each first marking."""
    returns = read_table(workspace, tables.RETURNS, return_id=list(moderated))
    number_of = dict(zip(returns["return_id"], returns["member_no"], strict=True))
    experienced = _experienced(workspace, cpd_year)
    firsts = [
        (name, first)
        for name, one in moderated.items()
        if (first := one.marking(Marking.FIRST.value)) is not None
    ]
    place_of: dict[str, int] = {}
    count: dict[str, int] = {}
    for name, first in sorted(firsts, key=lambda one: one[1].seq):
        if first.is_submitted:
            count[first.assessor_id] = count.get(first.assessor_id, 0) + 1
            place_of[name] = count[first.assessor_id]
    rows = [
        {
            "return_id": name,
            "member_no": number_of[name],
            "outcome": (first.judgement.outcome or "")
            if first.judgement and first.is_submitted
            else "",
            "is_flagged": bool(moderated[name].raised),
            "is_new": first.assessor_id not in experienced,
            "place": place_of.get(name, 0),
        }
        for name, first in firsts
    ]
    columns = ["return_id", "member_no", "outcome", "is_flagged", "is_new", "place"]
    made = pd.DataFrame(rows, columns=columns)
    return made.astype({"is_flagged": bool, "is_new": bool, "place": int})


def _experienced(workspace: Workspace, cpd_year: int) -> set[str]:
    """Return the assessors who had returns of an earlier year."""
    with read_transaction(workspace.engine) as connection:
        returns = read_rows(connection, tables.RETURNS)
        earlier = list(returns.loc[returns["cpd_year"] < cpd_year, "return_id"])
        return set(read_rows(connection, tables.ALLOCATIONS, return_id=earlier)["assessor_id"])


def choices_of_year(workspace: Workspace, *, cpd_year: int) -> pd.DataFrame:
    """Return every choice for a second marking of a year, oldest first, with its reasons.

    Columns: return_id, reasons (a list; none where a choice was taken back), seed, share_percent,
    chosen_by, why and chosen_at.
    """
    returns = read_table(workspace, tables.RETURNS, cpd_year=cpd_year)
    found = read_table(
        workspace, tables.SECOND_MARKING_CHOICES, return_id=list(returns["return_id"])
    ).sort_values("choice_no", ignore_index=True)
    shown = found.assign(reasons=[json.loads(str(text)) for text in found["reasons"]])
    return shown.drop(columns=["choice_no", "step"])
