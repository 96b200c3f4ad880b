"""The two records that every criterion is made of: a scorer and its expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import narwhals as nw

from assessor_kit.rules.schema import Criterion, Rules
from assessor_kit.scorers.measures import Measure

Numbers = Mapping[str, int | None]
Thresholds = Mapping[str, float | None]


@dataclass(frozen=True, kw_only=True)
class CriterionExpressions:
    """What a criterion adds up per return, and the expressions that follow from the sums.

    The expressions may also use the columns of `tables.RETURNS_TO_SCORE`. `derived` holds columns
    that follow from the sums and are used more than once, `further` those that follow from
    `derived`; two columns of the same name are the same column. `standing` is an expression made by
    `standing.py`.
    """

    measures: Iterable[Measure]
    standing: nw.Expr
    numbers: Mapping[str, nw.Expr]
    derived: Mapping[str, nw.Expr] = field(default_factory=dict)
    further: Mapping[str, nw.Expr] = field(default_factory=dict)
    thresholds: Thresholds = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Scorer:
    """How a criterion is scored, and how its finding is put into words.

    `sentence` is called only when a finding is shown, so a finding is kept as numbers.
    """

    name: str
    score: Callable[[Criterion, Rules], CriterionExpressions]
    sentence: Callable[[str, Numbers, Thresholds, Rules], str]
