"""Commands for versions of returns that came after a judgement had begun."""

from __future__ import annotations

import click

from assessor_kit.cli.argument_types import RETURN
from assessor_kit.cli.command import Answer, Group, open_workspace, would, year_of
from assessor_kit.cli.rounds.shared import by_whom
from assessor_kit.cli.season import only_year
from assessor_kit.vocabulary import counted_text


@click.group("returns", cls=Group, short_help="Newer versions of returns, and which one is judged.")
def newer_versions() -> None:
    """List the versions that wait, and take one into the review."""


@newer_versions.command(
    "waiting",
    keys=("waiting",),
    table="waiting",
    example="assessor-kit returns waiting --cpd-year 2016",
)
@only_year
def waiting_versions(*, cpd_year: int | None) -> Answer:
    """List the versions that came after a judgement had begun, and what is new in each."""
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)

    season = open_workspace()
    return {"waiting": journey.waiting_versions(season, cpd_year=year_of(season, cpd_year))}


@newer_versions.command(
    "use",
    keys=("used", "before", "new_lines", "lines_gone", "cause"),
    dry_run="copy",
    example="assessor-kit returns use R-9M4QW --by 'Ada Byron'",
)
@click.argument(
    "name",
    type=RETURN,
    metavar="RETURN",
    help="The version that waits, by R-code or return id, or its member by membership number.",
)
@by_whom
@only_year
def use_version(*, name: str, by: str, cpd_year: int | None) -> Answer:
    """Take a version that waits into the review; its marking goes on, on it.

    The assessor is told what is new. Both versions and both judgements stay.
    """
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)
    from assessor_kit.cli.lookups.named import return_named, waiting_version_named  # noqa: PLC0415

    season = open_workspace()
    of = waiting_version_named(season, name, cpd_year=cpd_year)
    done = journey.use_version(season, of.return_id, by=by)
    before = return_named(season, done.before_id)
    new = counted_text(len(done.new_lines), "new activity", "new activities")
    would(f"review {of.pseudonym} in place of {before.pseudonym}, with {new}")
    return {
        "used": of.pseudonym,
        "before": before.pseudonym,
        "new_lines": list(done.new_lines),
        "lines_gone": done.lines_gone,
        "cause": done.cause,
    }
