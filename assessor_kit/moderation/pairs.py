"""Which returns were marked twice, and where do the two markings differ?"""

from __future__ import annotations

import pandas as pd

from assessor_kit.rules.schema import Rules


def double_marked(judgements: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """One row per doubly marked return and criterion: return_id, criterion, first, second (level codes).

    `judgements` as `store.judgements_of_year` gives them. Only returns with both markings submitted are in it.
    """
    rows = []
    for return_id, both in judgements.groupby("return_id"):
        levels = dict(zip(both["marking"], both["levels"], strict=True))
        if {"first", "second"} <= set(levels):
            rows += [
                (
                    return_id,
                    criterion.code,
                    levels["first"].get(criterion.code),
                    levels["second"].get(criterion.code),
                )
                for criterion in rules.judged_criteria
            ]
    return pd.DataFrame(rows, columns=["return_id", "criterion", "first", "second"]).dropna(
        ignore_index=True
    )


def differences(pairs: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """The pairs that differ, widest first: return_id, criterion, first, second, steps (levels apart)."""
    place = {level.code: number for number, level in enumerate(rules.levels)}
    steps = (pairs["first"].map(place) - pairs["second"].map(place)).abs()
    apart = pairs.assign(steps=steps)[pairs["first"] != pairs["second"]]
    return apart.sort_values(
        ["steps", "return_id", "criterion"], ascending=[False, True, True], ignore_index=True
    )
