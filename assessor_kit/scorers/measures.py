"""Columns per activity that every criterion may sum, and the sums per return: one pass for all criteria.

Written as narwhals expressions so that pandas, DuckDB and Polars give the same integers. Masked columns come first and plain sums
after: conditional aggregation inside a group falls to a path per group on pandas.
"""

from __future__ import annotations

import narwhals as nw
import pandas as pd

from assessor_kit.rules.schema import Rules

COUNTED, SURE = nw.col("counts"), nw.col("counts") & ~nw.col("doubtful")


def sure_and_doubtful(name: str, mask: nw.Expr) -> list[nw.Expr]:
    """Two masked minute columns: `NAME_sure` where the activity matches and is beyond doubt, `NAME_doubtful` where it matches but is not."""
    return [_minutes_where(mask & SURE).alias(f"{name}_sure"), _minutes_where(mask & COUNTED & nw.col("doubtful")).alias(f"{name}_doubtful")]


def _minutes_where(mask: nw.Expr) -> nw.Expr:
    return nw.when(mask).then(nw.col("minutes")).otherwise(nw.lit(0)).cast(nw.Int64)


def count_where(name: str, mask: nw.Expr) -> nw.Expr:
    """A column of ones and zeros."""
    return nw.when(mask).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64).alias(name)


def measures(rules: Rules) -> list[nw.Expr]:
    """Every masked column that the criteria of these rules need."""
    columns = [
        *sure_and_doubtful("total", nw.lit(value=True)),
        *sure_and_doubtful("planned", nw.col("planned") == "yes"),
        *sure_and_doubtful("not_stated_planned", nw.col("planned") == "unmarked"),
        count_where("activities", nw.lit(value=True)),
        count_where("counted", COUNTED),
        count_where("doubtful_activities", COUNTED & nw.col("doubtful")),
        count_where("with_reflection", COUNTED & (nw.col("reflection") != "")),
        count_where("with_goal", COUNTED & (nw.col("goal_id") != "")),
        count_where("without_competences", COUNTED & (nw.col("competences") == "")),
        count_where("outside_year", ~COUNTED),
    ]
    for kind in [*(choice.code for choice in rules.activity_types), "other", ""]:
        columns += sure_and_doubtful(f"type_{kind or 'not_stated'}", nw.col("activity_type") == kind)
        columns.append(count_where(f"type_{kind or 'not_stated'}_count", SURE & (nw.col("activity_type") == kind)))
        columns.append(count_where(f"type_{kind or 'not_stated'}_any", COUNTED & (nw.col("activity_type") == kind)))
    for area in [*(choice.code for choice in (*rules.areas, *rules.partly_stated_areas)), ""]:
        columns += sure_and_doubtful(f"area_{area or 'not_stated'}", nw.col("area") == area)
    for letter in (choice.code for choice in rules.competences):
        columns.append(count_where(f"competence_{letter}", COUNTED & nw.col("competences").str.contains(letter, literal=True)))
    return columns


def sums_per_return(activities: nw.DataFrame[pd.DataFrame], *, rules: Rules) -> nw.DataFrame[pd.DataFrame]:
    """One row per return that has activities: the sum of every measure, and the largest single activity."""
    columns = measures(rules)
    masked = activities.with_columns(*columns, largest_activity=_minutes_where(COUNTED))
    names = [expression for expression in masked.columns if expression not in activities.columns and expression != "largest_activity"]
    summed = masked.group_by("return_id").agg(*(nw.col(name).sum() for name in names), nw.col("largest_activity").max())
    # DuckDB sums integers into 128 bits, which arrive as floats: whole numbers must be whole on every engine.
    return summed.with_columns(nw.col(*names).cast(nw.Int64))
