"""What is added up over the activities of a return? Columns per activity, and one pass that sums them for all criteria at once.

Written as narwhals expressions, so that pandas, DuckDB and Polars give the same integers. Masked columns come first and plain sums
after: conditional aggregation inside a group falls to a path per group on pandas. A mask is a column of ones and zeros that is
multiplied: on one return the number of operations is what takes time, on a million it is the branches.

An activity that does not lie in the CPD year is not counted. One whose minutes are doubtful may count in full, in part or not at
all, so most measures come twice: `NAME_sure` over what counts beyond doubt, `NAME_doubtful` over what may, and `NAME` over both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, auto
from typing import Any, Literal, TypeVar

import narwhals as nw

FrameT = TypeVar("FrameT", nw.LazyFrame[Any], nw.DataFrame[Any])
EVERY = nw.lit(1)


class Presence(IntEnum):
    """Whether any activity of a kind is there: none, only doubtful ones, or one beyond doubt."""

    ABSENT = 0
    DOUBTFUL = auto()
    SURE = auto()


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What is summed, or of what the largest is taken, over the activities of a return that match `mask` (columns of `tables.ACTIVITIES_TO_SCORE`).

    - minutes, activities: `NAME_sure`, `NAME_doubtful` and `NAME`, which is both;
    - presence: `NAME_presence`, a value of `Presence`;
    - lines: `NAME`, how many lines match, whether they count or not;
    - largest: `NAME`, the largest value of the column of minutes that `mask` is.
    """

    name: str
    mask: nw.Expr
    of: Literal["minutes", "activities", "presence", "lines", "largest"]

    def columns(self) -> dict[str, nw.Expr]:
        """The columns per activity that are brought to one number per return."""
        mask = nw.col(f"in_{self.name}")
        if self.of in {"minutes", "activities"}:
            return {f"{self.name}_{certainty}": mask * nw.col(f"{certainty}_{self.of}") for certainty in ("sure", "doubtful")}
        return {f"{self.name}_presence": mask * nw.col("presence")} if self.of == "presence" else {self.name: mask}

    def both(self) -> dict[str, nw.Expr]:
        """What follows from the sums of a return."""
        return {self.name: nw.col(f"{self.name}_sure") + nw.col(f"{self.name}_doubtful")} if self.of in {"minutes", "activities"} else {}

    @property
    def is_largest(self) -> bool:
        """Whether the largest value is wanted and not the sum."""
        return self.of in {"presence", "largest"}


def minutes_where(name: str, mask: nw.Expr = EVERY) -> Measure:
    """Minutes of the activities that match."""
    return Measure(name=name, mask=mask, of="minutes")


def activities_where(name: str, mask: nw.Expr = EVERY) -> Measure:
    """How many activities match."""
    return Measure(name=name, mask=mask, of="activities")


def presence(name: str, mask: nw.Expr) -> Measure:
    """Whether any activity matches, surely or perhaps."""
    return Measure(name=name, mask=mask, of="presence")


def lines_where(name: str, mask: nw.Expr) -> Measure:
    """How many lines of the record match."""
    return Measure(name=name, mask=mask, of="lines")


def largest(name: str, minutes: nw.Expr) -> Measure:
    """The largest value of a column of minutes; `sure_minutes` and `doubtful_minutes` are there too."""
    return Measure(name=name, mask=minutes, of="largest")


def sums_per_return(activities: FrameT, measures: Iterable[Measure]) -> FrameT:
    """One row per return that has activities: return_id and the columns of every measure, in the integers of the engine.

    `activities` has the columns of `tables.ACTIVITIES_TO_SCORE`. Two measures of one name and kind are one measure.
    """
    wanted = list({(measure.name, measure.of): measure for measure in measures}.values())
    whole = nw.Int64
    told = activities.with_columns(
        sure_activities=(nw.col("counts") & ~nw.col("doubtful")).cast(whole), doubtful_activities=(nw.col("counts") & nw.col("doubtful")).cast(whole),
        minutes=nw.col("minutes").cast(whole))
    told = told.with_columns(
        sure_minutes=nw.col("sure_activities") * nw.col("minutes"), doubtful_minutes=nw.col("doubtful_activities") * nw.col("minutes"),
        presence=nw.col("sure_activities") * Presence.SURE.value + nw.col("doubtful_activities"))
    marked = told.with_columns(**{f"in_{measure.name}": measure.mask.cast(whole) for measure in wanted})
    columns = {name: column for measure in wanted for name, column in measure.columns().items()}
    at_most = {name for measure in wanted if measure.is_largest for name in measure.columns()}
    chosen = marked.select("return_id", **columns)
    return chosen.group_by("return_id").agg(*(nw.col(name).max() if name in at_most else nw.col(name).sum() for name in columns))
