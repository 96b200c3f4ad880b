"""Work out trends and agreement from what the workspace holds."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from assessor_kit.feedback.report.figures import estimates_of_year, no_estimates
from assessor_kit.moderation import Agreement, agreement_by_criterion, double_marked
from assessor_kit.store import Workspace, judgements_of_year


def trends(workspace: Workspace, *, cpd_years: Iterable[int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the estimates of each year from its sample, and what was held back.

    The columns are those of `trends.yearly_estimates`.
    """
    made = [estimates_of_year(workspace, year) for year in cpd_years]
    estimates, suppressed = ([part[place] for part in made if len(part[place])] for place in (0, 1))
    empty = no_estimates()
    return (
        pd.concat(estimates, ignore_index=True) if estimates else empty[0],
        pd.concat(suppressed, ignore_index=True) if suppressed else empty[1],
    )


def agreement(workspace: Workspace, *, cpd_year: int) -> list[Agreement]:
    """Return the agreement between the two markings of returns marked twice, per criterion."""
    rules = workspace.rules(cpd_year)
    return agreement_by_criterion(
        double_marked(judgements_of_year(workspace, cpd_year), rules), rules
    )
