"""Which returns should a second assessor mark too, and why?

Source: reviews of other bodies mark a random share twice, and every outcome that asks for more.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from assessor_kit.rules.schema import Rules
from assessor_kit.vocabulary import SecondMarkingReason, Standing

Chosen = dict[str, tuple[SecondMarkingReason, ...]]


def choose_second_markings(
    markings: pd.DataFrame,
    findings: pd.DataFrame,
    rules: Rules,
    *,
    choose: Collection[SecondMarkingReason],
    share_percent: float = 0.0,
    seed: str = "",
) -> Chosen:
    """Return the returns to be marked twice, each with all its reasons.

    `markings` has one row for each return's first marking: return_id, member_no, outcome (empty
    until it is submitted), is_flagged, is_new (whether the assessor is new) and place (how many
    markings the assessor had submitted with this one). `findings` are of `tables.FINDINGS`.

    The random share is taken of all the returns by membership number, so that a seed gives the
    same returns in any workspace.
    """
    found: defaultdict[str, list[SecondMarkingReason]] = defaultdict(list)
    for reason, names in (
        (SecondMarkingReason.RANDOM, _random_share(markings, share_percent, seed)),
        (SecondMarkingReason.ASKS, _asking(markings, rules)),
        (SecondMarkingReason.NEAR, near_a_threshold(findings, rules)),
        (SecondMarkingReason.NEW_ASSESSOR, _of_new_assessors(markings, rules)),
        (SecondMarkingReason.FLAGGED, set(markings.loc[markings["is_flagged"], "return_id"])),
    ):
        if reason is SecondMarkingReason.RANDOM or reason in choose:
            for name in sorted(names & set(markings["return_id"])):
                found[name].append(reason)
    return {name: tuple(found[name]) for name in sorted(found)}


def _random_share(markings: pd.DataFrame, share_percent: float, seed: str) -> set[str]:
    number = int(
        (Decimal(len(markings)) * Decimal(str(share_percent)) / 100).quantize(
            Decimal(1), ROUND_HALF_UP
        )
    )
    tickets = [
        hashlib.sha256(f"{seed}|second marking|{member_no}".encode()).hexdigest()
        for member_no in markings["member_no"]
    ]
    by_ticket = sorted(zip(tickets, markings["return_id"], strict=True))
    return {str(name) for _, name in by_ticket[:number]}


def _asking(markings: pd.DataFrame, rules: Rules) -> set[str]:
    asking = {one.code for one in rules.outcomes if one.needs_words}
    return set(markings.loc[markings["outcome"].isin(asking), "return_id"])


def _of_new_assessors(markings: pd.DataFrame, rules: Rules) -> set[str]:
    early = markings["place"].between(1, rules.moderation.new_assessor_markings)
    return set(markings.loc[markings["is_new"] & early, "return_id"])


def near_a_threshold(findings: pd.DataFrame, rules: Rules) -> set[str]:
    """Return the returns with an unclear finding, or one that is close to its mark.

    Only criteria that may count are looked at: an advisory one asks nothing of anybody.
    """
    counting = {one.code for one in rules.criteria if not one.advisory}
    return {
        str(row["return_id"])
        for row in findings.to_dict("records")
        if row["criterion"] in counting and _is_near(row, rules.moderation.near_share)
    }


def _is_near(finding: dict[object, object] | dict[str, object], share: float) -> bool:
    if finding["standing"] == Standing.UNCLEAR.value:
        return True
    numbers = json.loads(str(finding["numbers"]))
    sure = numbers.get("sure")
    needed = numbers.get("needed")
    return bool(needed) and sure is not None and abs(sure - needed) <= share * needed
