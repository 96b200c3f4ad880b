"""What may be said of a year in figures: estimates for the whole frame from its sample, small groups held back. The same as `trends` offers."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from assessor_kit import tables
from assessor_kit.store import Workspace, read_table
from assessor_kit.trends import MEAN_HOURS, yearly_estimates


def no_estimates() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Empty tables of estimates and of what was held back, with the columns of `trends.yearly_estimates`."""
    return (
        pd.DataFrame(
            columns=["cpd_year", "measure", "value", "standard_error", "low", "high", "number"]
        ),
        pd.DataFrame(columns=["cpd_year", "measure", "reason"]),
    )


def estimates_of_year(
    workspace: Workspace, cpd_year: int, *, only: Collection[str] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Estimates of a year and what was held back; `only`: from these returns alone. Without a draw there is no frame to speak of, and both are empty."""
    returns = read_table(workspace, tables.RETURNS, cpd_year=cpd_year, parked="")
    returns = returns if only is None else returns[returns["return_id"].isin(only)]
    draws = read_table(workspace, tables.DRAWS, cpd_year=cpd_year)
    if returns.empty or draws.empty:
        return no_estimates()
    latest = draws.iloc[-1]["draw_id"]
    selections = read_table(workspace, tables.SELECTIONS, draw_id=latest).set_index("member_no")[
        "stratum"
    ]
    population = {
        str(name): int(number)
        for name, number in read_table(workspace, tables.FRAMES, draw_id=latest)
        .groupby("stratum")
        .size()
        .items()
    }
    drawn = returns[returns["member_no"].isin(selections.index)]
    names = list(drawn["return_id"])
    activities = read_table(workspace, tables.ACTIVITIES, return_id=names)
    minutes = (
        activities[activities["counts"]]
        .groupby("return_id")["minutes"]
        .sum()
        .reindex(names, fill_value=0)
    )
    strata = pd.Series(selections.reindex(drawn["member_no"]).to_numpy(), index=names)
    findings = read_table(workspace, tables.FINDINGS, return_id=names)
    return yearly_estimates(
        findings,
        minutes,
        strata,
        population=population,
        cpd_year=cpd_year,
        rules=workspace.rules(cpd_year),
    )


def estimates_in_words(estimates: pd.DataFrame) -> list[dict[str, str]]:
    """Each estimate as people say it: measure, value, range (of the 95 % interval), records."""
    return [
        {
            "measure": str(row["measure"]),
            "value": _said(row, "value"),
            "range": f"{_said(row, 'low')} to {_said(row, 'high')}",
            "records": str(row["number"]),
        }
        for row in estimates.to_dict("records")
    ]


def _said(row: dict[object, object], name: str) -> str:
    value = float(str(row[name]))
    return f"{value:.1f}\u00a0h" if row["measure"] == MEAN_HOURS else f"{100 * value:.0f}\u00a0%"
