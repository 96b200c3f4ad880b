"""Agreement coefficients for two or more markers, some of whose marks may be missing.

At high agreement alpha falls while AC1 does not, so read both beside raw agreement. Sources:
Krippendorff (2011), Computing Krippendorff's alpha-reliability; Gwet (2008), Computing inter-rater
reliability and its variance in the presence of high agreement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assessor_kit.rules.schema import Rules

Counts = np.ndarray[tuple[int, int], np.dtype[np.float64]]
TWO = 2


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Agreement on one criterion.

    A coefficient that cannot be calculated, for example from a single return, is NaN.
    """

    criterion: str
    returns: int
    raw: float
    ac1: float
    alpha: float


def _counts(marks: pd.DataFrame, levels: Sequence[str]) -> Counts:
    """Return a matrix of units x levels: how many markers chose each level.

    Units with fewer than two marks are left out.
    """
    counts = np.column_stack(
        [(marks == level).sum(axis=1).to_numpy(dtype=float) for level in levels]
    )
    return np.asarray(counts[counts.sum(axis=1) >= TWO])


def raw_agreement(marks: pd.DataFrame, levels: Sequence[str]) -> float:
    """Return the share of agreeing pairs, averaged over units.

    `marks` is a table of units x markers, in which a missing mark is None.
    """
    counts = _counts(marks, levels)
    if not len(counts):
        return float("nan")
    number = counts.sum(axis=1)
    return float(np.mean((counts * (counts - 1)).sum(axis=1) / (number * (number - 1))))


def gwet_ac1(marks: pd.DataFrame, levels: Sequence[str]) -> float:
    """Return Gwet's AC1, for any number of markers."""
    counts = _counts(marks, levels)
    if not len(counts):
        return float("nan")
    every = np.column_stack(
        [(marks == level).sum(axis=1).to_numpy(dtype=float) for level in levels]
    )
    # A unit with a single mark still shows how often a level is used.
    every = every[every.sum(axis=1) > 0]
    shares = (every / every.sum(axis=1, keepdims=True)).mean(axis=0)
    chance = float((shares * (1 - shares)).sum()) / (len(levels) - 1)
    return (raw_agreement(marks, levels) - chance) / (1 - chance)


def krippendorff_alpha(
    marks: pd.DataFrame, levels: Sequence[str], *, ordinal: bool = True
) -> float:
    """Return Krippendorff's alpha; the ordinal form needs `levels` in their order."""
    counts = _counts(marks, levels)
    total = counts.sum()
    if total < TWO:
        return float("nan")
    weights = counts / (counts.sum(axis=1, keepdims=True) - 1)
    coincidences = counts.T @ weights - np.diag(
        (counts * (1 / (counts.sum(axis=1) - 1))[:, None]).sum(axis=0)
    )
    margins = counts.sum(axis=0)
    distances = _ordinal(margins) if ordinal else 1 - np.eye(len(levels))
    expected = float((np.outer(margins, margins) * distances).sum()) / (total - 1)
    return 1 - float((coincidences * distances).sum()) / expected if expected else float("nan")


def _ordinal(margins: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Counts:
    """Return the squared ordinal distances between levels.

    A distance is the number of marks between two levels, including half of those at each end.
    """
    running = np.cumsum(margins) - margins / 2
    return np.asarray((running[:, None] - running[None, :]) ** 2)


def agreement_by_criterion(pairs: pd.DataFrame, rules: Rules) -> list[Agreement]:
    """Return the agreement on each judged criterion.

    `pairs` has return_id, criterion, first and second.
    """
    levels = [level.code for level in rules.levels]
    found = []
    for criterion in rules.judged_criteria:
        marks = pairs.loc[pairs["criterion"] == criterion.code, ["first", "second"]]
        found.append(
            Agreement(
                criterion=criterion.code,
                returns=len(marks),
                raw=raw_agreement(marks, levels),
                ac1=gwet_ac1(marks, levels),
                alpha=krippendorff_alpha(marks, levels),
            )
        )
    return found
