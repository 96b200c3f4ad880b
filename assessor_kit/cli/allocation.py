"""Commands that allocate returns to assessors, and change it later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from assessor_kit.cli.argument_types import PERCENT, RETURN, YEAR
from assessor_kit.cli.command import (
    Answer,
    Command,
    is_dry_run,
    open_workspace,
    say,
    would,
    year_of,
)

if TYPE_CHECKING:
    from assessor_kit.store import Workspace

ONLY_YEAR_HELP = (
    "The year in which the CPD was done. Default: the workspace's, where it holds one year."
)
only_year = click.option("--cpd-year", type=YEAR, metavar="Y", help=ONLY_YEAR_HELP)


@click.command(
    "allocate",
    cls=Command,
    keys=(
        "allocated",
        "unallocated",
        "double_marked",
        "waiting_for_a_target",
        "moved",
        "pieces",
        "advice",
    ),
    table="unallocated",
    dry_run="copy",
    would=(
        "allocate {allocated:marking} and move {moved:marking}, with {double_marked:return} newly"
        " marked twice; {unallocated:marking} would stay without an assessor"
    ),
    example="assessor-kit allocate --cpd-year 2016 --double-mark 10% --seed 'spring 2017'",
)
@only_year
@click.option(
    "--double-mark",
    type=PERCENT,
    default=0.0,
    metavar="P%",
    help="The share that two assessors mark, neither seeing the other. Default: none.",
)
@click.option("--seed", required=True, metavar="S", help="Settles ties; kept with the step.")
def allocate(*, cpd_year: int | None, double_mark: float, seed: str) -> Answer:
    """Allocate returns to assessors, and take up what has changed.

    That is: returns that came late or were handed back, those of assessors who were dismissed or
    have less capacity, and second markings that were short. What an assessor has started stays.
    """
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)
    from assessor_kit.cli.lookups.before import require_assessors, require_returns  # noqa: PLC0415

    season = open_workspace()
    year = year_of(season, cpd_year)
    require_returns(season, year)
    require_assessors(season)
    made, unclear = journey.allocate(
        season, cpd_year=year, seed=seed, double_mark_percent=double_mark
    )
    journey.draw_first_charts(season)
    if made.advice:
        say(made.advice)
    return {
        "allocated": len(made.allocated),
        "unallocated": made.unallocated.to_dict("records"),
        "double_marked": list(made.double_marked),
        "waiting_for_a_target": unclear,
        "moved": made.moved.to_dict("records"),
        "pieces": made.pieces,
        "advice": made.advice,
    }


@click.command(
    "reallocate",
    cls=Command,
    keys=("moved", "left"),
    table="left",
    dry_run="copy",
    would="move {moved:marking} and leave {left:marking}",
    example="assessor-kit reallocate R-7K2M --to A12 --reason 'knows the member'\n"
    "assessor-kit reallocate --assessor A07 --reason 'is ill'\n"
    "assessor-kit reallocate R-7K2M --undo",
)
@click.argument(
    "name",
    type=RETURN,
    metavar="[RETURN]",
    required=False,
    help="R-code, return id or membership number; left out: all that --assessor has to do.",
)
@click.option(
    "--assessor", metavar="ID", default="", help="Whose marking, or all of whose returns."
)
@click.option(
    "--to", metavar="ID", default="", help="To whom. Default: to whoever suits each return best."
)
@click.option("--reason", default="", metavar="TEXT", help="Why; kept in the log.")
@click.option("--started", is_flag=True, help="Move also what the assessor has started.")
@click.option("--undo", is_flag=True, help="Give the return back to whom it was taken from last.")
@only_year
def reallocate(
    *,
    name: str | None,
    assessor: str,
    to: str,
    reason: str,
    started: bool,
    undo: bool,
    cpd_year: int | None,
) -> Answer:
    """Move one return, or all of an assessor's, to another assessor.

    What is submitted stays, and so does what is started unless --started says otherwise. Nobody
    gets a return with which they have a conflict of interest.
    """
    if not name and not assessor:
        raise click.UsageError("Which return, or whose? Give RETURN, or --assessor ID.")
    if undo and (not name or to or assessor):
        raise click.UsageError("--undo takes one RETURN, and neither --to nor --assessor.")
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)
    from assessor_kit.cli.lookups.named import return_named  # noqa: PLC0415

    season = open_workspace()
    of = return_named(season, name, cpd_year=cpd_year) if name else None
    if undo and of:
        done = journey.undo_reallocation(season, return_id=of.return_id, started=started)
    else:
        done = journey.reallocate(
            season,
            cpd_year=of.cpd_year if of else year_of(season, cpd_year),
            return_id=of.return_id if of else "",
            assessor_id=assessor,
            to=to,
            reason=reason,
            started=started,
        )
    if done.moved:
        journey.draw_first_charts(season)
    return {"moved": _by_code(season, done.moved), "left": _by_code(season, done.left)}


def _by_code(season: Workspace, rows: Sequence[dict[str, str]]) -> list[dict[str, Any]]:
    """Return rows with the R-code of each return in front."""
    from assessor_kit import tables  # noqa: PLC0415  (loads pandas)
    from assessor_kit.store import read_table  # noqa: PLC0415

    names = [row["return_id"] for row in rows]
    returns = read_table(season, tables.RETURNS, return_id=names)
    code_of = dict(zip(returns["return_id"], returns["pseudonym"], strict=True))
    return [{"return": code_of[row["return_id"]], **row} for row in rows]


@click.command(
    "dismiss",
    cls=Command,
    keys=("dismissed", "left_behind"),
    table="left_behind",
    dry_run="copy",
    example="assessor-kit dismiss A07 --reason 'is ill until summer'\n"
    "assessor-kit dismiss A07 --undo",
)
@click.argument("assessor", metavar="ASSESSOR", help="The assessor's id, such as A07.")
@click.option("--reason", default="", metavar="TEXT", help="Why; kept with the assessor.")
@click.option("--undo", is_flag=True, help="The assessor assesses again.")
def dismiss(*, assessor: str, reason: str, undo: bool) -> Answer:
    """Give an assessor nothing more to do; what they recorded stays.

    Their way into the app, and on a server their database role, end. `allocate` then gives what
    they had not started to others; the rest is listed, and `reallocate` moves it.
    """
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)
    from assessor_kit.store.access.server_roles import (  # noqa: PLC0415
        dismiss_assessor,
        has_role,
    )

    season = open_workspace()
    if undo:
        journey.readmit(season, assessor)
        would(f"let {assessor} assess again")
        return {"dismissed": "", "left_behind": []}
    left = journey.dismiss(season, assessor, reason=reason)
    if not is_dry_run() and has_role(season, assessor):
        dismiss_assessor(season, assessor)
    would(f"dismiss {assessor}, who leaves {len(left)} markings behind")
    return {"dismissed": assessor, "left_behind": _by_code(season, left)}


COMMANDS = (allocate, reallocate, dismiss)
