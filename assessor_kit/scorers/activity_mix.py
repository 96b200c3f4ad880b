"""Activity mix: how many kinds of activity are there, and does one kind fill most of the time?"""

from __future__ import annotations

import narwhals as nw

from assessor_kit.rules.schema import Criterion, Rules
from assessor_kit.scorers.criterion import Numbers, Scored, Scorer, Thresholds
from assessor_kit.scorers.standing import advisory


def score(criterion: Criterion, rules: Rules) -> Scored:
    """Kinds of activity, and the share of the largest; activities of no stated kind could be of any.

    `other` is a kind: valid activities *include* the listed ones. Thresholds: at_least_kinds, largest_share (none: not looked at).
    """
    least, share = int(criterion.thresholds.get("at_least_kinds", 1)), criterion.thresholds.get("largest_share")
    kinds = [*(choice.code for choice in rules.activity_types), "other"]
    sure_kinds = nw.sum_horizontal(*(_one_if(nw.col(f"type_{kind}_count") > 0) for kind in kinds))
    any_kinds = nw.sum_horizontal(*(_one_if(nw.col(f"type_{kind}_any") > 0) for kind in kinds))
    possible_kinds = any_kinds + nw.col("type_not_stated_any")
    surely, possibly = sure_kinds >= least, possible_kinds >= least
    largest = nw.max_horizontal(*(nw.col(f"type_{kind}_sure") + nw.col(f"type_{kind}_doubtful") for kind in kinds))
    if share is not None:
        surely = surely & nw.all_horizontal(*(_stays_below(kind, share) for kind in kinds), ignore_nulls=True)
        possibly = possibly & nw.all_horizontal(*(_could_stay_below(kind, share) for kind in kinds), ignore_nulls=True)
    return Scored(
        standing=advisory(surely=surely, possibly=possibly, applies=nw.col("counted") > 0),
        numbers={"kinds": any_kinds, "largest": largest, "total": nw.col("total_sure") + nw.col("total_doubtful"),
                 "not_stated": nw.col("type_not_stated_any")},
        thresholds={"at_least_kinds": least, "largest_share": share},
    )


def _one_if(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))


def _stays_below(kind: str, share: float) -> nw.Expr:
    """Even with every doubtful and unstated minute on its side, the kind stays below the share."""
    most = nw.col(f"type_{kind}_sure") + nw.col(f"type_{kind}_doubtful") + nw.col("type_not_stated_sure") + nw.col("type_not_stated_doubtful")
    smallest_total = nw.col("total_sure") + nw.col(f"type_{kind}_doubtful") + nw.col("type_not_stated_doubtful")
    return (most < smallest_total * share) | (most == 0)


def _could_stay_below(kind: str, share: float) -> nw.Expr:
    """With every doubtful and unstated minute on the other side, the kind would be below the share."""
    least = nw.col(f"type_{kind}_sure")
    largest_total = nw.col("total_sure") + nw.col("total_doubtful") - nw.col(f"type_{kind}_doubtful")
    return (least < largest_total * share) | (least == 0)


def sentence(_standing: str, numbers: Numbers, _thresholds: Thresholds, rules: Rules) -> str:
    """How many kinds, and the share of the largest."""
    kinds, largest, total = numbers["kinds"] or 0, numbers["largest"] or 0, numbers["total"] or 0
    text = "One kind of activity" if kinds == 1 else f"{kinds} kinds of activity"
    share = f"; the largest takes {round(100 * largest / total)} % of the time" if rules.guideline.counts_hours and total and kinds else ""
    unstated = f" For {numbers['not_stated']} of the activities the kind is not stated." if numbers["not_stated"] else ""
    return f"{text}{share}.{unstated}"


SCORER = Scorer(name="activity_mix", score=score, sentence=sentence)
