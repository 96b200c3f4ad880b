"""Figures over the years, from what the workspace holds."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from assessor_kit import tables
from assessor_kit.moderation import Agreement, agreement_by_criterion, double_marked
from assessor_kit.store import Workspace, judgements_of_year, read_table
from assessor_kit.trends import yearly_estimates


def trends(workspace: Workspace, *, cpd_years: Iterable[int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Estimates of each year from its sample, and what was held back: columns as `trends.yearly_estimates`."""
    made = [_year(workspace, year) for year in cpd_years]
    estimates, suppressed = ([part[place] for part in made if len(part[place])] for place in (0, 1))
    empty = yearly_columns()
    return (pd.concat(estimates, ignore_index=True) if estimates else empty[0], pd.concat(suppressed, ignore_index=True) if suppressed else empty[1])


def yearly_columns() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Empty tables of estimates and of what was held back."""
    return (pd.DataFrame(columns=["cpd_year", "measure", "value", "standard_error", "low", "high", "number"]),
            pd.DataFrame(columns=["cpd_year", "measure", "reason"]))


def _year(workspace: Workspace, cpd_year: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    returns = read_table(workspace, tables.RETURNS, cpd_year=cpd_year, parked="")
    draws = read_table(workspace, tables.DRAWS, cpd_year=cpd_year)
    if returns.empty or draws.empty:
        return yearly_columns()
    latest = draws.iloc[-1]["draw_id"]
    selections = read_table(workspace, tables.SELECTIONS, draw_id=latest).set_index("member_no")["stratum"]
    population = {str(name): int(number) for name, number in read_table(workspace, tables.FRAMES, draw_id=latest).groupby("stratum").size().items()}
    drawn = returns[returns["member_no"].isin(selections.index)]
    names = list(drawn["return_id"])
    activities = read_table(workspace, tables.ACTIVITIES, return_id=names)
    minutes = activities[activities["counts"]].groupby("return_id")["minutes"].sum().reindex(names, fill_value=0)
    strata = pd.Series(selections.reindex(drawn["member_no"]).to_numpy(), index=names)
    findings = read_table(workspace, tables.FINDINGS, return_id=names)
    return yearly_estimates(findings, minutes, strata, population=population, cpd_year=cpd_year, rules=workspace.rules(cpd_year))


def agreement(workspace: Workspace, *, cpd_year: int) -> list[Agreement]:
    """Agreement of the two markings of each doubly marked return, per criterion."""
    rules = workspace.rules(cpd_year)
    return agreement_by_criterion(double_marked(judgements_of_year(workspace, cpd_year), rules), rules)
