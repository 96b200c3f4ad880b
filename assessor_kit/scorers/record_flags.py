"""Record flags: is there anything in the record that a person should check?"""

from __future__ import annotations

import narwhals as nw

from assessor_kit.rules.schema import Criterion, Rules
from assessor_kit.scorers.criterion import Numbers, Scored, Scorer, Thresholds
from assessor_kit.scorers.standing import advisory
from assessor_kit.vocabulary import hours_text

MINUTES_PER_DAY = 24 * 60


def score(criterion: Criterion, _rules: Rules) -> Scored:
    """Repeats, a total unlike the declaration, one activity over half of the total, an overfull day, activities outside the year.

    Thresholds: declared_share, declared_minutes, one_activity_share. A difference counts when it passes both of the first two.
    """
    limits = criterion.thresholds
    total, declared = nw.col("total_sure") + nw.col("total_doubtful"), nw.col("declared_minutes")
    difference = (total - declared.fill_null(0)).abs()
    differs = (difference >= declared.fill_null(0) * limits["declared_share"]) & (difference >= limits["declared_minutes"]) & ~declared.is_null()
    dominates = (nw.col("largest_activity") > total * limits["one_activity_share"]) & (nw.col("counted") > 1)
    checks = {
        "repeated": nw.col("repeated"), "differs_from_declaration": _one_if(differs), "one_activity_dominates": _one_if(dominates),
        "overfull_days": _one_if(nw.col("fullest_day") > MINUTES_PER_DAY), "outside_year": nw.col("outside_year"),
        "uncertain_activities": nw.col("doubtful_activities"),
    }
    clear = nw.sum_horizontal(*checks.values()) == 0
    return Scored(
        standing=advisory(surely=clear, possibly=~clear),
        numbers={**checks, "declared": declared, "total": total, "largest": nw.col("largest_activity")},
        thresholds=dict(limits),
    )


def _one_if(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))


def sentence(_standing: str, numbers: Numbers, _thresholds: Thresholds, _rules: Rules) -> str:
    """What to check, or that there is nothing."""
    total, declared = numbers["total"] or 0, numbers["declared"] or 0
    said = {
        "repeated": f"{numbers['repeated']} activities appear more than once",
        "differs_from_declaration": f"the record adds up to {hours_text(total)} and the declaration says {hours_text(declared)}",
        "one_activity_dominates": f"one activity takes {hours_text(numbers['largest'] or 0)} of {hours_text(total)}",
        "overfull_days": "one stated day holds more than 24 hours",
        "outside_year": f"{numbers['outside_year']} activities lie outside the CPD year and are not counted",
        "uncertain_activities": f"the time of {numbers['uncertain_activities']} activities is not certain",
    }
    found = [text for name, text in said.items() if numbers[name]]
    return f"Please check: {'; '.join(found)}." if found else "Nothing in the record needs a check."


SCORER = Scorer(name="record_flags", score=score, sentence=sentence)
