"""What is a criterion? What it adds up per return, its standing, the numbers behind it, and its finding as a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import narwhals as nw

from assessor_kit.rules.schema import Criterion, Rules
from assessor_kit.scorers.measures import Measure

Numbers = Mapping[str, int | None]
Thresholds = Mapping[str, float | None]


@dataclass(frozen=True, kw_only=True)
class Scored:
    """What to add up per return, and expressions over the sums and the columns of `tables.RETURNS_TO_SCORE`.

    `derived`: columns that follow from the sums and are used more than once; `further` follow from those. Two of one name are one
    column. `standing` is one of the expressions that `standing.py` makes.
    """

    measures: Iterable[Measure]
    standing: nw.Expr
    numbers: Mapping[str, nw.Expr]
    derived: Mapping[str, nw.Expr] = field(default_factory=dict)
    further: Mapping[str, nw.Expr] = field(default_factory=dict)
    thresholds: Thresholds = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Scorer:
    """One criterion: how it is scored, and how its finding is said in a sentence made only when shown."""

    name: str
    score: Callable[[Criterion, Rules], Scored]
    sentence: Callable[[str, Numbers, Thresholds, Rules], str]
