"""Which returns were marked twice, and where do the two markings differ?"""

from __future__ import annotations

import pandas as pd

from assessor_kit.rules.schema import Rules


def double_marked(judgements: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Return both levels of each criterion of each return that was marked twice.

    `judgements` is a table as `store.judgements_of_year` returns it; only returns with both
    markings submitted are included. Columns: return_id, criterion, first, second (level codes).
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
    """Return the pairs that differ, widest apart first.

    Columns: return_id, criterion, first, second, steps (the number of levels between the two).
    """
    place = {level.code: number for number, level in enumerate(rules.levels)}
    steps = (pairs["first"].map(place) - pairs["second"].map(place)).abs()
    apart = pairs.assign(steps=steps)[pairs["first"] != pairs["second"]]
    return apart.sort_values(
        ["steps", "return_id", "criterion"], ascending=[False, True, True], ignore_index=True
    )
