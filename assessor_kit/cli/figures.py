"""Figures over the years, and reflections that read alike."""

from __future__ import annotations

import click

from assessor_kit.cli.argument_types import PERCENT, YEAR
from assessor_kit.cli.command import Answer, Command, open_workspace, year_of
from assessor_kit.cli.season import ONLY_YEAR_HELP, only_year


@click.command(
    "trends",
    cls=Command,
    keys=("estimates", "suppressed", "queries"),
    show="trends",
    table="estimates",
    example="assessor-kit trends --cpd-year 2014 2015 2016",
)
@click.argument("more", nargs=-1, type=YEAR, metavar="[Y...]", help="Further CPD years.")
@click.option("--cpd-year", multiple=True, type=YEAR, metavar="Y", help=ONLY_YEAR_HELP)
def trends(*, cpd_year: tuple[int, ...], more: tuple[int, ...]) -> Answer:
    """Estimate figures of all members, with their 95 % intervals."""
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)
    from assessor_kit.cli.lookups.before import require_returns  # noqa: PLC0415

    season = open_workspace()
    years = [*cpd_year, *more] or [year_of(season, None)]
    for year in years:
        require_returns(season, year)
    estimates, suppressed = journey.trends(season, cpd_years=years)
    return {
        "estimates": estimates.to_dict("records"),
        "suppressed": suppressed.to_dict("records"),
        "queries": [
            {"cpd_year": year, **vars(journey.count_queries(season, cpd_year=year))}
            for year in years
        ],
    }


@click.command(
    "similar",
    cls=Command,
    keys=("pairs",),
    table="pairs",
    example="assessor-kit similar --cpd-year 2016 --at-least 50%",
)
@only_year
@click.option(
    "--at-least",
    type=PERCENT,
    default=40.0,
    metavar="P%",
    help="The share of their groups of three words that both have. Default: 40%.",
)
def similar(*, cpd_year: int | None, at_least: float) -> Answer:
    """List reflections that read alike, for staff and moderators.

    It shows the pairs of members and how alike they write. The texts themselves are shown only in
    the notebook, away from terminals and their logs.
    """
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)
    from assessor_kit.errors import NotInstalled  # noqa: PLC0415

    season = open_workspace()
    found = journey.similar_reflections(
        season, cpd_year=year_of(season, cpd_year), at_least=at_least / 100
    )
    if "note" in found:
        raise NotInstalled(found["note"].iloc[0])
    return {"pairs": found.drop(columns=["excerpt_a", "excerpt_b"]).to_dict("records")}


COMMANDS = (trends, similar)
