"""What may be said of a year in figures: estimates for the whole frame.

They come from the year's sample, with small groups held back, and are the same that `trends`
offers.
"""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction

import pandas as pd

from assessor_kit import tables
from assessor_kit.sampling import CombinedDraws, combine_draws, joined_where_empty
from assessor_kit.store import Workspace, read_table
from assessor_kit.trends import MEAN_HOURS, yearly_estimates


def no_estimates() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return empty tables of estimates and of what was held back.

    They have the columns of `trends.yearly_estimates`.
    """
    return (
        pd.DataFrame(
            columns=["cpd_year", "measure", "value", "standard_error", "low", "high", "number"]
        ),
        pd.DataFrame(columns=["cpd_year", "measure", "reason"]),
    )


def estimates_of_year(
    workspace: Workspace, cpd_year: int, *, only: Collection[str] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the estimates of a year and what was held back.

    `only`: use these returns alone. Without a draw there is no frame to estimate for, and both
    tables are empty.
    """
    returns = read_table(workspace, tables.RETURNS, cpd_year=cpd_year, parked="")
    returns = returns if only is None else returns[returns["return_id"].isin(only)]
    draws = read_table(workspace, tables.DRAWS, cpd_year=cpd_year)
    if returns.empty or draws.empty:
        return no_estimates()
    combined = combined_draws(workspace, list(draws["draw_id"]))
    selections = read_table(workspace, tables.SELECTIONS, draw_id=list(draws["draw_id"]))
    drawn = returns[returns["member_no"].isin(selections["member_no"])]
    stratum_of = combined.frame.set_index("member_no")["stratum"]
    present = stratum_of.reindex(drawn["member_no"])
    counted_with = joined_where_empty(
        combined.population, set(present), combined.inclusion_probability
    )
    population: dict[str, int] = {}
    for name, number in combined.population.items():
        population[counted_with[name]] = population.get(counted_with[name], 0) + number
    names = list(drawn["return_id"])
    activities = read_table(workspace, tables.ACTIVITIES, return_id=names)
    minutes = (
        activities[activities["counts"]]
        .groupby("return_id")["minutes"]
        .sum()
        .reindex(names, fill_value=0)
    )
    strata = pd.Series(present.to_numpy(), index=names)
    findings = read_table(workspace, tables.FINDINGS, return_id=names)
    return yearly_estimates(
        findings,
        minutes,
        strata,
        population=population,
        cpd_year=cpd_year,
        rules=workspace.rules(cpd_year),
    )


def combined_draws(workspace: Workspace, draw_ids: list[str]) -> CombinedDraws:
    """Return a year's draws as one sample, with everybody's probability of being in it."""
    frames, chances = [], []
    for draw_id in draw_ids:
        frame = read_table(workspace, tables.FRAMES, draw_id=draw_id)
        drawn = read_table(workspace, tables.SELECTIONS, draw_id=draw_id)
        members = frame.groupby("stratum").size()
        selected = drawn[~drawn["is_reserve"].astype(bool)].groupby("stratum").size()
        frames.append(frame)
        chances.append(
            {
                str(name): Fraction(int(selected.get(name, 0)), int(number))
                for name, number in members.items()
            }
        )
    return combine_draws(frames, chances)


def estimates_in_words(estimates: pd.DataFrame) -> list[dict[str, str]]:
    """Return each estimate in words: measure, value, range and number of records.

    The range is that of the 95 % interval.
    """
    return [
        {
            "measure": str(row["measure"]),
            "value": _in_words(row, "value"),
            "range": f"{_in_words(row, 'low')} to {_in_words(row, 'high')}",
            "records": str(row["number"]),
        }
        for row in estimates.to_dict("records")
    ]


def _in_words(row: dict[object, object], name: str) -> str:
    value = float(str(row[name]))
    return f"{value:.1f}\u00a0h" if row["measure"] == MEAN_HOURS else f"{100 * value:.0f}\u00a0%"
