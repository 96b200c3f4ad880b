"""Refuse a step whose data is missing, instead of answering with zeros."""

from __future__ import annotations

from assessor_kit import tables
from assessor_kit.errors import NotFound
from assessor_kit.store import Workspace, read_table, reviewed_returns


def require_returns(season: Workspace, cpd_year: int) -> None:
    """Refuse a step on returns if there are none."""
    if read_table(season, tables.RETURNS, cpd_year=cpd_year, parked="").empty:
        raise NotFound(
            f"There is no return for CPD of {cpd_year} yet",
            advice="Take them in first:"
            f" `assessor-kit import returns FOLDER --cpd-year {cpd_year}`.",
        )


def require_assessors(season: Workspace) -> None:
    """Refuse a step with assessors if there are none."""
    if read_table(season, tables.ASSESSORS).empty:
        raise NotFound(
            "There is no assessor yet",
            advice="Take them in first: `assessor-kit import assessors FILE`.",
        )


def require_judgements(season: Workspace, cpd_year: int) -> None:
    """Refuse a step on judged returns if there are none."""
    require_returns(season, cpd_year)
    if not len(reviewed_returns(season, cpd_year)):
        raise NotFound(
            f"No return for CPD of {cpd_year} is judged yet",
            advice=(
                "Assessors judge them on their screen: `assessor-kit app --assessor ID`, or"
                " `assessor-kit lab`."
            ),
        )
