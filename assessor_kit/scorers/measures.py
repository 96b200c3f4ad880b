"""What is added up over the activities of a return, in one pass for all criteria at once.

The measures are narwhals expressions, so that pandas, DuckDB and Polars return the same integers.
Masked columns are made first and then simply summed, because pandas falls back to a slow path per
group for conditional aggregation. Masks are ones and zeros that are multiplied, many columns in one
expression: for a single return it is the number of expressions that takes time.

An activity outside the CPD year is not counted. One whose minutes are doubtful may count in full,
in part or not at all, so most measures come twice: `NAME` over everything that counts or may count,
`NAME_sure` over what counts beyond doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum, auto
from typing import Any, Literal, TypeVar

import narwhals as nw

from assessor_kit.scorers.columns import ColumnFrame

FrameT = TypeVar("FrameT", nw.LazyFrame[Any], nw.DataFrame[Any], ColumnFrame)
EVERY = nw.col("minutes") >= 0
MARK = "in_"  # begins the name of a measure's column of ones and zeros


class Presence(IntEnum):
    """Whether a kind of activity is absent, present only in doubt, or present beyond doubt."""

    ABSENT = 0
    DOUBTFUL = auto()
    SURE = auto()


@dataclass(frozen=True, kw_only=True)
class Measure:
    """Something that is reduced to one number per return.

    `mask` is an expression over the columns of `tables.ACTIVITIES_TO_SCORE`. By the value of `of`,
    the columns are

    - minutes: `NAME` and `NAME_sure`, the minutes of the activities that match;
    - activities: `NAME` and `NAME_sure`, how many activities match;
    - presence: `NAME_presence`, a value of `Presence`;
    - lines: `NAME`, how many lines match, whether they count or not;
    - largest: `NAME`, the largest value of `mask`, which is a column of minutes.
    """

    name: str
    mask: nw.Expr
    of: Literal["minutes", "activities", "presence", "lines", "largest"]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns per return that the measure produces."""
        if self.of == "presence":
            return (f"{self.name}_presence",)
        return (
            (self.name, f"{self.name}_sure")
            if self.of in {"minutes", "activities"}
            else (self.name,)
        )


def minutes_where(name: str, mask: nw.Expr = EVERY) -> Measure:
    """Measure the minutes of the activities that match."""
    return Measure(name=name, mask=mask, of="minutes")


def activities_where(name: str, mask: nw.Expr = EVERY) -> Measure:
    """Measure how many activities match."""
    return Measure(name=name, mask=mask, of="activities")


def presence(name: str, mask: nw.Expr) -> Measure:
    """Measure whether any activity matches, surely or perhaps."""
    return Measure(name=name, mask=mask, of="presence")


def lines_where(name: str, mask: nw.Expr) -> Measure:
    """Measure how many lines of the record match."""
    return Measure(name=name, mask=mask, of="lines")


def largest(name: str, minutes: nw.Expr) -> Measure:
    """Measure the largest value of a column of minutes.

    `all_minutes` holds the minutes that count or may count, `sure_minutes` those that surely do.
    """
    return Measure(name=name, mask=minutes, of="largest")


def sums_per_return(activities: FrameT, measures: Iterable[Measure]) -> FrameT:
    """Sum every measure over the activities of each return that has any.

    The columns are return_id and those of every measure, of the engine's own integer type.
    `activities` has the columns of `tables.ACTIVITIES_TO_SCORE`. Two measures of the same name and
    kind are the same measure.
    """
    wanted: list[Measure] = list(
        {(measure.name, measure.of): measure for measure in measures}.values()
    )
    marks = {f"{MARK}{measure.name}": measure.mask for measure in wanted}
    marked = (
        _with_weights(activities).with_columns(**marks).with_columns(nw.col(*marks).cast(nw.Int64))
    )
    summed = [
        *_weighted(wanted, "minutes", "all_minutes", ""),
        *_weighted(wanted, "minutes", "sure_minutes", "_sure"),
        *_weighted(wanted, "activities", "all_activities", ""),
        *_weighted(wanted, "activities", "sure_activities", "_sure"),
        *_weighted(wanted, "presence", "presence", "_presence"),
        *_weighted(wanted, "lines", None, ""),
        *_weighted(wanted, "largest", None, ""),
    ]
    most: list[str] = [
        name
        for measure in wanted
        if measure.of in {"presence", "largest"}
        for name in measure.columns
    ]
    sums: list[str] = [
        name
        for measure in wanted
        if measure.of not in {"presence", "largest"}
        for name in measure.columns
    ]
    aggregated = [
        *([nw.col(*sums).sum()] if sums else []),
        *([nw.col(*most).max()] if most else []),
    ]
    return marked.select("return_id", *summed).group_by("return_id").agg(*aggregated)


def _with_weights(activities: FrameT) -> FrameT:
    """Add the columns that say how much each activity adds to a sum.

    They weigh the activity itself and its minutes: where it counts or may count, and where it
    counts beyond doubt.
    """
    whole = nw.Int64
    counts = nw.col("counts")
    weighed = activities.with_columns(
        all_activities=counts.cast(whole),
        sure_activities=(counts & ~nw.col("doubtful")).cast(whole),
        minutes=nw.col("minutes").cast(whole),
    )
    return weighed.with_columns(
        all_minutes=nw.col("all_activities") * nw.col("minutes"),
        sure_minutes=nw.col("sure_activities") * nw.col("minutes"),
        presence=nw.col("all_activities") + nw.col("sure_activities"),
    )


def _weighted(
    measures: Iterable[Measure], of: str, weight: str | None, suffix: str
) -> list[nw.Expr]:
    """Return the marks of all measures of one kind, times a weight, as one expression."""
    names = [f"{MARK}{measure.name}" for measure in measures if measure.of == of]
    if not names:
        return []
    marks = nw.col(*names)
    return [(marks * nw.col(weight) if weight else marks).name.map(_renamed(suffix))]


def _renamed(suffix: str) -> Callable[[str], str]:
    return lambda name: name.removeprefix(MARK) + suffix
