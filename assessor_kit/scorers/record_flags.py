"""Record flags: is there anything in the record that a person should check?"""

from __future__ import annotations

from functools import reduce
from operator import add

import narwhals as nw

from assessor_kit.rules.schema import Criterion, Rules
from assessor_kit.scorers.criterion import CriterionExpressions, Numbers, Scorer, Thresholds
from assessor_kit.scorers.measures import largest, lines_where, minutes_where
from assessor_kit.scorers.standing import PARTS, parts_of, standing
from assessor_kit.vocabulary import counted_text, hours_text

MINUTES_PER_DAY = 24 * 60
COUNTED_LINES = ("repeated", "outside_year")  # already sums, so nothing is derived for them


def score(criterion: Criterion, _rules: Rules) -> CriterionExpressions:
    """Flag what a person should check in the record; none of it counts against anyone.

    The flags are: the same activity twice; a total unlike the declaration; one activity that takes
    more than a given share of the total; a day with more than 24 hours; activities outside the CPD
    year. (Text shared with another member's return is shown to staff only: `engines.similar_text`.)
    Thresholds: `declared_share`, `declared_minutes`, `one_activity_share`. A difference from the
    declaration is flagged when it reaches both of the first two.
    """
    limits = criterion.thresholds
    total = nw.col("total")
    declared = nw.col("declared_minutes")
    most = nw.col("largest_activity")
    stated = declared.fill_null(0)
    difference = (total - stated).abs()
    differs = (
        (difference * PARTS >= stated * parts_of(limits["declared_share"]))
        & (difference >= round(limits["declared_minutes"]))
        & ~declared.is_null()
    )
    checks = {
        "repeated": nw.col("repeated"),
        "differs_from_declaration": _one_if(differs),
        "one_activity_dominates": _one_if(
            most * PARTS > total * parts_of(limits["one_activity_share"])
        ),
        "overfull_day": _one_if(nw.col("fullest_day") > MINUTES_PER_DAY),
        "outside_year": nw.col("outside_year"),
    }
    clear = reduce(add, (nw.col(name) for name in checks)) == 0
    return CriterionExpressions(
        measures=[
            minutes_where("total"),
            lines_where("repeated", nw.col("repeats")),
            lines_where("outside_year", ~nw.col("counts")),
            largest("largest_activity", nw.col("all_minutes")),
            largest("fullest_day", nw.col("day_minutes")),
        ],
        derived={name: check for name, check in checks.items() if name not in COUNTED_LINES},
        standing=standing(surely=clear, possibly=nw.col("total") >= 0),
        numbers={
            **{name: nw.col(name) for name in checks},
            "declared": declared,
            "total": total,
            "largest": most,
        },
        thresholds=dict(limits),
    )


def _one_if(condition: nw.Expr) -> nw.Expr:
    return condition.cast(nw.Int64)


def sentence(_standing: str, numbers: Numbers, _thresholds: Thresholds, _rules: Rules) -> str:
    """Say what to check, or that there is nothing to check."""
    total, declared, most, outside = (
        numbers[name] or 0 for name in ("total", "declared", "largest", "outside_year")
    )
    texts = {
        "repeated": (
            f"{counted_text(numbers['repeated'], 'activity repeats', 'activities repeat')} an"
            " earlier line"
        ),
        "differs_from_declaration": (
            f"the record adds up to {hours_text(total)} and the declaration says"
            f" {hours_text(declared)}"
        ),
        "one_activity_dominates": f"one activity takes {hours_text(most)} of {hours_text(total)}",
        "overfull_day": "more than 24 hours are recorded for one day",
        "outside_year": (
            f"{counted_text(outside, 'activity lies', 'activities lie')} outside the CPD year and"
            f" {'is' if outside == 1 else 'are'} not counted"
        ),
    }
    found = [text for name, text in texts.items() if numbers[name]]
    return (
        f"Please check: {'; '.join(found)}." if found else "Nothing in the record needs checking."
    )


SCORER = Scorer(name="record_flags", score=score, sentence=sentence)
