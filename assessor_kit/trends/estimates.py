"""Means and proportions of a stratified sample drawn without replacement.

They include the finite population correction. Source: Cochran (1977), Sampling Techniques, sections
5.3-5.4. Checked against R's package survey on its own example data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """An estimate with its standard error and 95 % interval, based on `number` respondents."""

    value: float
    standard_error: float
    low: float
    high: float
    number: int


def _combined(
    values: pd.Series[float], strata: pd.Series[str], population: Mapping[str, int]
) -> tuple[float, float, int]:
    """Return the mean, its variance and the degrees of freedom.

    A stratum with one respondent keeps its own mean, and its spread is taken to be that of all
    respondents together, or 0 if there is only one respondent in all.
    """
    total = sum(population[name] for name in set(strata))
    mean = 0.0
    variance = 0.0
    for name, group in values.groupby(strata):
        size = population[str(name)]
        count = len(group)
        share = size / total
        mean += share * float(group.mean())
        spread = _spread(group if count > 1 else values)
        variance += share**2 * (1 - min(1.0, count / size)) * spread / count
    return mean, variance, max(1, len(values) - strata.nunique())


def _spread(values: pd.Series[float]) -> float:
    """The variance of the values, 0 for a single one."""
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0


def stratified_mean(
    values: pd.Series[float], strata: pd.Series[str], *, population: Mapping[str, int]
) -> Estimate:
    """Return the mean over the frame, in the unit of `values`, with a t interval.

    `population` maps each stratum to its number of members in the frame.
    """
    mean, variance, freedom = _combined(values, strata, population)
    error = float(np.sqrt(variance))
    reach = float(stats.t.ppf(0.975, freedom)) * error
    return Estimate(
        value=mean, standard_error=error, low=mean - reach, high=mean + reach, number=len(values)
    )


def stratified_proportion(
    values: pd.Series[bool], strata: pd.Series[str], *, population: Mapping[str, int]
) -> Estimate:
    """Return the share over the frame with a Korn-Graubard interval.

    The interval also works at 0 and 1. Source: Korn and Graubard (1998), Confidence intervals for
    proportions with small expected number of positive counts.
    """
    numbers = values.astype(float)
    share, variance, freedom = _combined(numbers, strata, population)
    count = len(numbers)
    effective = float(count)
    if 0 < share < 1 and variance > 0 and count > 1:
        effective = min(
            count,
            share
            * (1 - share)
            / variance
            * float(stats.t.ppf(0.975, count - 1) / stats.t.ppf(0.975, freedom)) ** 2,
        )
    low = (
        0.0
        if share <= 0
        else float(stats.beta.ppf(0.025, share * effective, effective - share * effective + 1))
    )
    high = (
        1.0
        if share >= 1
        else float(stats.beta.ppf(0.975, share * effective + 1, effective - share * effective))
    )
    return Estimate(
        value=share, standard_error=float(np.sqrt(variance)), low=low, high=high, number=count
    )
