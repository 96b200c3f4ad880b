"""Area split: how does the time compare with the split that the guideline suggests?"""

from __future__ import annotations

import narwhals as nw

from assessor_kit.rules.schema import Criterion, Rules
from assessor_kit.scorers.criterion import Numbers, Scored, Scorer, Thresholds
from assessor_kit.scorers.standing import advisory
from assessor_kit.vocabulary import hours_text

MINUTES_PER_HOUR = 60


def score(_criterion: Criterion, rules: Rules) -> Scored:
    """Each area's minutes against its suggested hours; minutes with an area not or only partly stated could be any of those meant.

    The suggestion is surely followed when the sure minutes alone reach every mark. It is possible while the minutes that could
    belong elsewhere still cover what is missing: first those partly stated within the areas they cover, the rest by those not stated.
    Source: Policy on CPD, guideline table, "could be split as follows".
    """
    needed = {code: round(hours * MINUTES_PER_HOUR) for code, hours in rules.guideline.area_hours.items()}
    sure = {code: nw.col(f"area_{code}_sure") for code in needed}
    missing = {code: _shortfall(code, minutes) for code, minutes in needed.items()}
    not_stated = _all_minutes("not_stated")
    still_missing = nw.lit(0)
    for partly in rules.partly_stated_areas:
        covered = [missing.pop(code) for code in partly.covers if code in missing]
        if covered:
            still_missing = still_missing + _above_zero(nw.sum_horizontal(*covered) - _all_minutes(partly.code))
    for shortfall in missing.values():
        still_missing = still_missing + shortfall
    surely = nw.all_horizontal(*(sure[code] >= minutes for code, minutes in needed.items()), ignore_nulls=True) if needed else nw.lit(value=True)
    return Scored(
        standing=advisory(surely=surely, possibly=still_missing <= not_stated, applies=nw.col("areas_apply")),
        numbers={**{code: _all_minutes(code) for code in needed}, "not_stated": not_stated,
                 "partly_stated": nw.lit(0) + nw.sum_horizontal(nw.lit(0), *(_all_minutes(partly.code) for partly in rules.partly_stated_areas))},
        thresholds=dict(needed),
    )


def _all_minutes(area: str) -> nw.Expr:
    return nw.col(f"area_{area}_sure") + nw.col(f"area_{area}_doubtful")


def _shortfall(area: str, needed: int) -> nw.Expr:
    return _above_zero(nw.lit(needed) - _all_minutes(area))


def _above_zero(minutes: nw.Expr) -> nw.Expr:
    return nw.when(minutes > 0).then(minutes).otherwise(nw.lit(0))


def sentence(_standing: str, numbers: Numbers, thresholds: Thresholds, rules: Rules) -> str:
    """Hours in each area, and how much has no area."""
    parts = [f"{rules.label(code).lower()} {hours_text(numbers[code] or 0)}" for code in thresholds]
    unstated = (numbers["not_stated"] or 0) + (numbers["partly_stated"] or 0)
    more = f" For {hours_text(unstated)} the area is not stated in full." if unstated else ""
    return f"By area: {', '.join(parts)}.{more}" if parts else "This scheme suggests no split by area."


SCORER = Scorer(name="area_split", score=score, sentence=sentence)
