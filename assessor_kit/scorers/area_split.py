"""Area split: how does the time compare with the split that the guideline suggests?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import combinations
from operator import add, and_, sub

import narwhals as nw

from assessor_kit.rules.schema import Criterion, Rules
from assessor_kit.scorers.criterion import CriterionExpressions, Numbers, Scorer, Thresholds
from assessor_kit.scorers.measures import Measure, minutes_where
from assessor_kit.scorers.standing import standing
from assessor_kit.vocabulary import hours_text

MINUTES_PER_HOUR = 60


def score(_criterion: Criterion, rules: Rules) -> CriterionExpressions:
    """Compare each area's minutes with the hours that the guideline suggests for it.

    One activity may serve several areas, so minutes whose area is not stated may be divided among
    all areas in any way, and those whose area is partly stated among the areas that it covers. The
    split is surely followed if every area reaches its suggested hours however those minutes are
    divided, and possibly followed if some division achieves it. Source: Policy on CPD, guideline
    table, "could be split as follows".
    """
    needed = {
        code: round(hours * MINUTES_PER_HOUR) for code, hours in rules.guideline.area_hours.items()
    }
    surely = (_certain(code, rules) >= minutes for code, minutes in needed.items())
    return CriterionExpressions(
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
    """Return the measures of minutes in all, in each area and in each partly stated area."""
    codes = [choice.code for choice in (*rules.areas, *rules.partly_stated_areas)]
    return [
        minutes_where("total"),
        *(minutes_where(f"area_{code}", nw.col("area") == code) for code in codes),
    ]


def areas_not_stated(rules: Rules) -> dict[str, nw.Expr]:
    """Return the minutes of activities that name no area known to these rules.

    One column for all minutes and one, ending in `_sure`, for those beyond doubt.
    """
    codes = [choice.code for choice in (*rules.areas, *rules.partly_stated_areas)]
    return {
        f"area_not_stated{part}": reduce(
            sub, (nw.col(f"area_{code}{part}") for code in codes), nw.col(f"total{part}")
        )
        for part in ("", "_sure")
    }


def _certain(area: str, rules: Rules) -> nw.Expr:
    """Return the sure minutes that can belong to this area only.

    They are those that name it, and those that could belong to no other area.
    """
    only_choice = [
        f"area_{partly.code}_sure"
        for partly in rules.partly_stated_areas
        if set(partly.covers) == {area}
    ]
    if [choice.code for choice in rules.areas] == [area]:
        only_choice.append("area_not_stated_sure")
    return reduce(add, (nw.col(name) for name in only_choice), nw.col(f"area_{area}_sure"))


def _divisible(needed: dict[str, int], rules: Rules) -> Iterator[nw.Expr]:
    """Yield one condition for each choice of partly stated areas; all of them must hold.

    The areas that only the chosen partly stated areas and the unstated minutes can supply must not
    be short of more minutes than those hold.

    Source: Hall, On representatives of subsets (1935), for a supply that can be divided: demands
    can be met when no set of them is short of more than everything that can reach that set.
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
    """Say how many hours each area has, and how many have no area."""
    parts = [f"{rules.label(code).lower()} {hours_text(numbers[code] or 0)}" for code in thresholds]
    unstated = (numbers["not_stated"] or 0) + (numbers["partly_stated"] or 0)
    more = f" The area is not fully stated for {hours_text(unstated)}." if unstated else ""
    return (
        f"By area: {', '.join(parts)}.{more}" if parts else "This scheme suggests no split by area."
    )


SCORER = Scorer(name="area_split", score=score, sentence=sentence)
