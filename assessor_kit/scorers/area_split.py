"""Area split: how does the time compare with the split that the guideline suggests?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import combinations
from operator import add, and_, sub

import narwhals as nw

from assessor_kit.rules.schema import Criterion, Rules
from assessor_kit.scorers.criterion import Numbers, Scored, Scorer, Thresholds
from assessor_kit.scorers.measures import Measure, minutes_where
from assessor_kit.scorers.standing import standing
from assessor_kit.vocabulary import hours_text

MINUTES_PER_HOUR = 60


def score(_criterion: Criterion, rules: Rules) -> Scored:
    """Each area's minutes against its suggested hours.

    One activity may serve several areas, so minutes whose area is not stated may fall to any of the areas in any division, those
    partly stated to the areas they cover. Surely followed: whichever way they fall, every area reaches its mark. Possible: they
    can be divided so that every area does. Source: Policy on CPD, guideline table, "could be split as follows".
    """
    needed = {
        code: round(hours * MINUTES_PER_HOUR) for code, hours in rules.guideline.area_hours.items()
    }
    surely = (_certain(code, rules) >= minutes for code, minutes in needed.items())
    return Scored(
        measures=area_measures(rules),
        derived=areas_not_stated(rules),
        standing=standing(
            surely=_all(surely),
            possibly=_all(_divisible(needed, rules)),
            applies=nw.col("areas_apply"),
        ),
        numbers={
            **{code: nw.col(f"area_{code}") for code in needed},
            "not_stated": nw.col("area_not_stated"),
            "partly_stated": _sum(
                nw.col(f"area_{partly.code}") for partly in rules.partly_stated_areas
            ),
        },
        thresholds=dict(needed),
    )


def area_measures(rules: Rules) -> list[Measure]:
    """Minutes in all, in each area, and in each partly stated one."""
    codes = [choice.code for choice in (*rules.areas, *rules.partly_stated_areas)]
    return [
        minutes_where("total"),
        *(minutes_where(f"area_{code}", nw.col("area") == code) for code in codes),
    ]


def areas_not_stated(rules: Rules) -> dict[str, nw.Expr]:
    """Minutes of the activities that state no area that these rules know: in all and, as `_sure`, beyond doubt."""
    codes = [choice.code for choice in (*rules.areas, *rules.partly_stated_areas)]
    return {
        f"area_not_stated{part}": reduce(
            sub, (nw.col(f"area_{code}{part}") for code in codes), nw.col(f"total{part}")
        )
        for part in ("", "_sure")
    }


def _certain(area: str, rules: Rules) -> nw.Expr:
    """Sure minutes that can only be of this area: stated so, or with no other area left to fall to."""
    only_choice = [
        f"area_{partly.code}_sure"
        for partly in rules.partly_stated_areas
        if set(partly.covers) == {area}
    ]
    if [choice.code for choice in rules.areas] == [area]:
        only_choice.append("area_not_stated_sure")
    return reduce(add, (nw.col(name) for name in only_choice), nw.col(f"area_{area}_sure"))


def _divisible(needed: dict[str, int], rules: Rules) -> Iterator[nw.Expr]:
    """One condition for each choice of partly stated areas: the marks that nothing else can fill must not be short of more than is there.

    Source: Hall, On representatives of subsets (1935), for a supply that can be divided: it can be met when no set of marks is
    short of more than all that can reach it.
    """
    for number in range(len(rules.partly_stated_areas) + 1):
        for chosen in combinations(rules.partly_stated_areas, number):
            others = {
                code
                for partly in rules.partly_stated_areas
                if partly not in chosen
                for code in partly.covers
            }
            missing = _sum(
                _shortfall(code, minutes) for code, minutes in needed.items() if code not in others
            )
            yield missing <= reduce(
                add, (nw.col(f"area_{partly.code}") for partly in chosen), nw.col("area_not_stated")
            )


def _shortfall(area: str, needed: int) -> nw.Expr:
    return (needed - nw.col(f"area_{area}")).clip(lower_bound=0)


def _sum(parts: Iterable[nw.Expr]) -> nw.Expr:
    listed = list(parts)
    return reduce(add, listed) if listed else nw.col("total") * 0


def _all(conditions: Iterable[nw.Expr]) -> nw.Expr:
    listed = list(conditions)
    return reduce(and_, listed) if listed else nw.col("total") >= 0


def sentence(_standing: str, numbers: Numbers, thresholds: Thresholds, rules: Rules) -> str:
    """Hours in each area, and how much has no area."""
    parts = [f"{rules.label(code).lower()} {hours_text(numbers[code] or 0)}" for code in thresholds]
    unstated = (numbers["not_stated"] or 0) + (numbers["partly_stated"] or 0)
    more = f" For {hours_text(unstated)} the area is not stated in full." if unstated else ""
    return (
        f"By area: {', '.join(parts)}.{more}" if parts else "This scheme suggests no split by area."
    )


SCORER = Scorer(name="area_split", score=score, sentence=sentence)
