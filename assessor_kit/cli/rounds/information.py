"""Commands for rounds in which a member is asked for a little more."""

from __future__ import annotations

from datetime import date

import click

from assessor_kit.cli.argument_types import RETURN, Day
from assessor_kit.cli.command import Answer, Group, open_workspace, would, year_of
from assessor_kit.cli.rounds.shared import by_whom, with_reason
from assessor_kit.cli.season import only_year

return_argument = click.argument(
    "name", type=RETURN, metavar="RETURN", help="R-code, return id or membership number."
)


@click.group("rounds", cls=Group, short_help="Members who are asked for a little more.")
def rounds() -> None:
    """Follow the members who are asked for a little more.

    A round opens when a judgement that asks for more is approved, and its letter goes with
    `outbox send`. What the member sends comes in with `import returns --add`.
    """


@rounds.command(
    "list", keys=("rounds",), table="rounds", example="assessor-kit rounds list --cpd-year 2016"
)
@only_year
def list_rounds(*, cpd_year: int | None) -> Answer:
    """List the rounds of a year, each with its state, its day and the next step."""
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)

    season = open_workspace()
    return {"rounds": journey.information_rounds(season, cpd_year=year_of(season, cpd_year))}


@rounds.command(
    "remind",
    keys=("queued", "left_out"),
    table="left_out",
    dry_run="copy",
    would="put {queued:reminder} in the outbox and leave out {left_out:member}",
    example="assessor-kit rounds remind --cpd-year 2016 --by 'Ada Byron'",
)
@by_whom
@only_year
def remind_of_rounds(*, by: str, cpd_year: int | None) -> Answer:
    """Put a reminder in the outbox for each member who is late, for `outbox send`."""
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)

    season = open_workspace()
    done = journey.remind_of_rounds(season, cpd_year=year_of(season, cpd_year), by=by)
    return {"queued": done.queued, "left_out": done.left_out}


@rounds.command(
    "extend",
    keys=("return", "due"),
    dry_run="copy",
    would="give the member of {return} until {due}",
    example="assessor-kit rounds extend R-7K2M --until 2017-06-30 --by 'Ada Byron'"
    " --reason 'was ill'",
)
@return_argument
@click.option("--until", type=Day(), required=True, metavar="DAY", help="Such as 2017-06-30.")
@by_whom
@with_reason
@only_year
def extend_round(*, name: str, until: date, by: str, reason: str, cpd_year: int | None) -> Answer:
    """Give a member more time."""
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)
    from assessor_kit.cli.lookups.named import return_named  # noqa: PLC0415

    season = open_workspace()
    of = return_named(season, name, cpd_year=cpd_year)
    journey.extend_round(season, of.return_id, until=until, by=by, why=reason)
    return {"return": of.pseudonym, "due": until}


@rounds.command(
    "end",
    keys=("return", "outcome"),
    dry_run="copy",
    example="assessor-kit rounds end R-7K2M --by 'Ada Byron'",
)
@return_argument
@by_whom
@with_reason
@only_year
def end_round(*, name: str, by: str, reason: str, cpd_year: int | None) -> Answer:
    """End a round in which nothing came: the outcome is advice for next year, never a failure."""
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)
    from assessor_kit.cli.lookups.named import return_named  # noqa: PLC0415

    season = open_workspace()
    of = return_named(season, name, cpd_year=cpd_year)
    journey.end_round(season, of.return_id, by=by, why=reason)
    rules = season.rules(of.cpd_year)
    outcome = rules.label(rules.rounds.ends_as)
    would(f"end the round of {of.pseudonym}, with the outcome: {outcome}")
    return {"return": of.pseudonym, "outcome": outcome}
