"""Commands for the steps of a season, from the register to the findings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from assessor_kit.cli.argument_types import (
    COUNT,
    FILE,
    YEAR,
    Mapping,
)
from assessor_kit.cli.command import (
    Answer,
    Command,
    Group,
    at_most_one,
    folder_for_workspace,
    is_dry_run,
    open_workspace,
    place_for,
    progress,
    say,
    would,
    year_of,
)
from assessor_kit.cli.lookups.next_step import NAMED, next_command, other_command

if TYPE_CHECKING:
    from assessor_kit.store import Workspace

LISTS = (
    "rejected",
    "flags",
    "notes",
    "unchanged",
    "files",
    "unusable",
    "problems_file",
)
YEAR_HELP = "The year in which the CPD was done."
ONLY_YEAR_HELP = f"{YEAR_HELP} Default: the workspace's, where it holds one year."
needed_year = click.option("--cpd-year", type=YEAR, required=True, metavar="Y", help=YEAR_HELP)
only_year = click.option("--cpd-year", type=YEAR, metavar="Y", help=ONLY_YEAR_HELP)


def shipped_schemes() -> list[str]:
    """Return the schemes whose rules come with the kit."""
    rules = Path(__file__).resolve().parent.parent / "rules"
    return sorted({path.parent.name for path in rules.glob("*/*.toml")})


@click.command(
    "init",
    cls=Command,
    keys=("workspace", "database", "scheme"),
    dry_run="own",
    would="make a workspace in {workspace}, for the scheme {scheme}",
    example="assessor-kit init --workspace season-2016 --scheme iet",
)
@click.option("--sample", is_flag=True, help="For invented members only.")
@click.option("--scheme", metavar="NAME", help="Whose rules hold. Default: iet.")
def init(*, sample: bool, scheme: str | None) -> Answer:
    """Make a workspace."""
    from assessor_kit.errors import RulesError  # noqa: PLC0415
    from assessor_kit.store import Workspace  # noqa: PLC0415

    known = shipped_schemes()
    if scheme is not None and scheme not in known:
        raise RulesError(
            f"There is no scheme {scheme!r}",
            expected=", ".join(known),
            advice="Nothing was made.",
        )
    if is_dry_run():
        return _workspace_to_make(scheme)
    made = Workspace.create(folder_for_workspace(), scheme=scheme or "iet", sample=sample)
    if scheme is not None and made.scheme != scheme:
        say(
            f"{made.folder} is there already, with the scheme {made.scheme}: it stays. Make a"
            f" workspace in another folder for {scheme}."
        )
    return {"workspace": str(made.folder), "database": made.database, "scheme": made.scheme}


def _workspace_to_make(scheme: str | None) -> Answer:
    from assessor_kit.store import Workspace  # noqa: PLC0415
    from assessor_kit.store.workspace import database_at  # noqa: PLC0415

    folder = folder_for_workspace()
    if (folder / "assessor.db").is_file():
        there = Workspace.open(folder)
        would(f"make nothing: there is a workspace already, {folder}")
        return {"workspace": str(folder), "database": there.database, "scheme": there.scheme}
    address = "" if "@" in database_at(folder) else database_at(folder)
    return {"workspace": str(folder), "database": address, "scheme": scheme or "iet"}


@click.group("import", cls=Group, short_help="Take files in: register, returns and others.")
def imports() -> None:
    """Import files. Each file is imported on its own; whatever is rejected is listed."""


def _import_options(function: Any) -> Any:  # noqa: ANN401  (a decorator)
    for decorate in reversed(
        (
            click.argument(
                "files",
                nargs=-1,
                required=True,
                type=FILE,
                metavar="PATH...",
                help="CSV, Excel and other files; for returns also folders.",
            ),
            click.option(
                "--columns",
                multiple=True,
                type=Mapping(),
                metavar="'Their name=ours'",
                help="What a column is called here; may be given again.",
            ),
            click.option(
                "--problems",
                type=FILE,
                metavar="FILE.csv",
                help="Write what was rejected or flagged as a table to send back.",
            ),
        )
    ):
        function = decorate(function)
    return function


def _import(
    kind: str,
    *,
    files: tuple[Path, ...],
    columns: tuple[tuple[str, str], ...],
    problems: Path | None,
    **more: Any,  # noqa: ANN401  (what one kind takes besides)
) -> Answer:
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)
    from assessor_kit.cli.import_commands import write_problems  # noqa: PLC0415

    step = getattr(journey, f"import_{kind.replace('-', '_')}")
    done = step(open_workspace(), list(files), columns=dict(columns), dry_run=is_dry_run(), **more)
    report = write_problems(problems, done) if problems else None
    if report:
        say(report.sentence())
    counts = {"accepted": done.accepted}
    if kind == "returns":
        counts = {"returns": done.returns, "activities": done.activities, "minutes": done.minutes}
    return {
        **counts,
        "rejected": [problem.as_dict() for problem in done.rejected],
        "flags": [problem.as_dict() for problem in done.flags],
        "notes": [problem.as_dict() for problem in done.notes],
        "unchanged": done.unchanged,
        "files": done.files,
        "unusable": done.unusable,
        "problems_file": str(report.path) if report else None,
    }


def _add_import(kind: str, text: str, *, with_year: bool) -> None:
    def run(**given: Any) -> Answer:  # noqa: ANN401  (as the options say)
        return _import(kind, **given)

    function = needed_year(run) if with_year else run
    year = " --cpd-year 2016" if with_year else ""
    imports.command(
        kind,
        help=text,
        keys=("accepted", *LISTS),
        show="import",
        table="rejected",
        dry_run="own",
        example=f"assessor-kit import {kind} {kind.replace('-', '_')}.csv{year}",
    )(_import_options(function))


_add_import("register", "Take in the list of the scheme's members.", with_year=False)
_add_import("opt-ins", "Take in who asked to be reviewed.", with_year=False)
_add_import("declarations", "Take in the annual statements of CPD done.", with_year=True)
_add_import("assessors", "Take in the assessors and their conflicts.", with_year=False)
_add_import("circumstances", "Take in the circumstances agreed with members.", with_year=False)
_add_import("responses", "Take in what selected members answered.", with_year=True)


@imports.command(
    "returns",
    keys=("returns", "activities", "minutes", *LISTS),
    show="import",
    table="rejected",
    dry_run="own",
    example="assessor-kit import returns returns/ --cpd-year 2016 --problems problems.csv",
)
@_import_options
@needed_year
@click.option(
    "--add",
    is_flag=True,
    help="A second file for a member joins the first instead of superseding it.",
)
@click.option(
    "--jobs", type=COUNT, metavar="N", help="Reader processes. Default: one per processor."
)
def returns(*, jobs: int | None, **given: Any) -> Answer:  # noqa: ANN401  (as `_import`)
    """Import CPD returns: files, or folders of files."""
    return _import("returns", progress=progress(), processes=jobs, **given)


@click.command(
    "template",
    cls=Command,
    keys=("file",),
    dry_run="own",
    would="write a blank workbook, {file}",
    example="assessor-kit template cpd_record.xlsx --cpd-year 2016",
)
@click.argument("file", type=FILE, metavar="FILE.xlsx", help="The workbook to write.")
@needed_year
@click.option("--scheme", metavar="NAME", help="Default: the workspace's own, else iet.")
def template(*, file: Path, cpd_year: int, scheme: str | None) -> Answer:
    """Write a blank workbook for members to fill in."""
    from assessor_kit.cli.import_commands import write_blank_workbook  # noqa: PLC0415

    return {"file": write_blank_workbook(place_for(file), cpd_year=cpd_year, scheme=scheme)}


@click.command(
    "score",
    cls=Command,
    keys=("returns", "findings", "seconds", "changes"),
    table="changes",
    dry_run="own",
    would="score {returns:return} and change {changes:finding}",
    example="assessor-kit score --cpd-year 2016 --dry-run\n"
    "assessor-kit score --parquet returns/ findings/ --engine polars",
)
@only_year
@click.option(
    "--export",
    type=FILE,
    metavar="DIR",
    help="Write the year's returns as Parquet files that every engine scores, without names or"
    " texts.",
)
@click.option(
    "--parquet",
    type=FILE,
    nargs=2,
    metavar="IN OUT",
    help="Score the folder IN into the new folder OUT.",
)
@click.option(
    "--engine",
    type=click.Choice(("pandas", "duckdb", "polars", "dask")),
    default="duckdb",
    help="With --parquet. Default: duckdb.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="With --engine dask: tcp://… of a cluster; without it a local one is started.",
)
@click.option("--scheme", metavar="NAME", help="With --parquet: whose rules, where no file says.")
def score(
    *,
    cpd_year: int | None,
    export: Path | None,
    parquet: tuple[Path, Path] | None,
    engine: Literal["pandas", "duckdb", "polars", "dask"],
    scheduler: str | None,
    scheme: str | None,
) -> Answer:
    """Work out findings for the workspace, or for a folder of files."""
    at_most_one(export=export, parquet=parquet)
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)

    if parquet:
        source, target = parquet
        would(f"score the files of {source} into {target}")
        done = journey.score_files(
            source,
            place_for(target),
            engine=engine,
            scheduler=scheduler,
            scheme=scheme,
            cpd_year=cpd_year,
        )
    else:
        from assessor_kit.cli.lookups.before import require_returns  # noqa: PLC0415

        season, year = _season_to_score(cpd_year)
        require_returns(season, year)
        if export:
            returns = journey.export_for_scoring(season, place_for(export), cpd_year=year)
            would(f"write {returns:,} returns as files into {export}")
            return {"returns": returns, "findings": 0, "seconds": 0.0, "changes": []}
        step = journey.preview_scores if is_dry_run() else journey.score
        done = step(season, cpd_year=year)
        if not is_dry_run():
            journey.draw_first_charts(season)
    return {
        "returns": done.returns,
        "findings": done.findings,
        "seconds": done.seconds,
        "changes": done.changes.to_dict("records"),
    }


def _season_to_score(cpd_year: int | None) -> tuple[Workspace, int]:
    from assessor_kit.errors import NoSuchWorkspace  # noqa: PLC0415

    try:
        season = open_workspace()
    except NoSuchWorkspace as problem:
        if cpd_year is not None:
            raise
        raise click.UsageError(
            f"{problem.sentence()} Or score files: --parquet IN OUT."
        ) from problem
    return season, year_of(season, cpd_year)


@click.command(
    "status",
    cls=Command,
    keys=(
        "cpd_year",
        "counts",
        "overdue_by_assessor",
        "letters",
        "next",
        "not_verifiable",
        "names",
    ),
    show="status",
    table="names",
    example="assessor-kit status --cpd-year 2016\n"
    "assessor-kit status --cpd-year 2016 --names overdue",
)
@only_year
@click.option(
    "--names",
    type=click.Choice(NAMED),
    help="List who or what is behind one of the counts.",
)
def season_status(*, cpd_year: int | None, names: str | None) -> Answer:
    """Show how far the season has come, and what comes next."""
    from assessor_kit import journey  # noqa: PLC0415

    season = open_workspace()
    year = year_of(season, cpd_year)
    found = journey.season_status(season, cpd_year=year)
    return {
        **found.counts,
        "cpd_year": year,
        "counts": found.counts,
        "overdue_by_assessor": found.overdue,
        "letters": found.letters,
        "next": next_command(year, found.counts, commitment=found.commitment),
        "not_verifiable": other_command(year, found.counts, commitment=found.commitment),
        "names": found.names[names] if names else [],
    }


COMMANDS = (init, imports, template, score, season_status)
