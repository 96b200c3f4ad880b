"""What every criterion gives back: a standing, the numbers behind it and the thresholds used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import narwhals as nw

from assessor_kit.rules.schema import Criterion, Rules

Numbers = Mapping[str, int | None]
Thresholds = Mapping[str, float | None]


@dataclass(frozen=True, kw_only=True)
class Scored:
    """Expressions over one row per return: its sums, its plan and what the rules ask of it."""

    standing: nw.Expr
    numbers: Mapping[str, nw.Expr]
    thresholds: Thresholds = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Scorer:
    """One criterion: how it is scored, and how its finding is said in a sentence made only when shown."""

    name: str
    score: Callable[[Criterion, Rules], Scored]
    sentence: Callable[[str, Numbers, Thresholds, Rules], str]
