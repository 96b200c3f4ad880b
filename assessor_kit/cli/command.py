"""What every command shares: its options, its answer, and how it finds the workspace.

A command is a `Command`: a function that returns the keys of the answer, with everything else about
it in one place. Nothing heavy is imported until that function runs, so that help and completion
appear at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from assessor_kit.cli.dry_runs import Scratch, in_words, scratch_folder
from assessor_kit.cli.minutes import MinuteLines
from assessor_kit.errors import AssessorKitError

if TYPE_CHECKING:
    from assessor_kit.progress import Progress
    from assessor_kit.store import Workspace

Answer = dict[str, Any]
Function = TypeVar("Function", bound=Callable[..., Any])
FOLDER_VARIABLE = "ASSESSOR_KIT_WORKSPACE"
DEFAULT_FOLDER = "workspace"
TABLE_FORMATS = ("table", "json", "csv")


@dataclass
class Settings:
    """The options of the whole program, given before or after the command's name."""

    workspace: Path | None = None
    as_json: bool = False
    quiet: bool = False
    form: str = "table"
    dry_run: bool = False
    would: str = ""
    scratch: Scratch | None = None
    minutes: MinuteLines | None = None


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A command that has run, and its answer."""

    command: Command
    answer: Answer
    would: str = ""


class Command(click.Command):
    """A command, with the keys of its answer, an example, and how its answer is shown.

    `show` is a key of `assessor_kit.cli.shown.DISPLAYS`; `table` is the key of the answer that
    `--format csv` writes. `dry_run` says how `--dry-run` tries the command: on a `copy` of the
    workspace, or by the step's `own` means; `would` is what it then says, with keys of the answer.
    A command that `waits_for_people` has no progress to tell.
    """

    def __init__(
        self,
        *arguments: Any,  # noqa: ANN401
        keys: Sequence[str] = (),
        example: str = "",
        show: str = "",
        table: str = "",
        instead: str = "",
        dry_run: Literal["", "copy", "own"] = "",
        would: str = "",
        waits_for_people: bool = False,
        **options: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*arguments, **options)
        self.dry_run = dry_run
        self.waits_for_people = waits_for_people
        self.would = would
        self.keys = (*keys, "dry_run") if dry_run else tuple(keys)
        self.example = example
        self.show = show
        self.table = table
        self.instead = instead
        if dry_run and "dry_run" not in {one.name for one in self.params}:
            self.params.append(_setting("--dry-run", "dry_run", is_flag=True))
        self.params.extend(shared_options())
        if table:
            self.params.append(_setting("--format", "form", type=click.Choice(TABLE_FORMATS)))

    def invoke(self, ctx: click.Context) -> Answered:
        """Run the command, and keep which one it was."""
        if self.instead:
            click.echo(
                f"`{ctx.command_path}` is now called `assessor-kit {self.instead}`; the old name"
                " still works.",
                err=True,
            )
        settings: Settings = ctx.find_root().obj
        if settings.workspace:
            os.environ[FOLDER_VARIABLE] = str(settings.workspace)
        if _is_told_by_the_minute(settings) and not self.waits_for_people:
            name = ctx.command_path.removeprefix("assessor-kit ")
            settings.minutes = ctx.with_resource(MinuteLines(name, say))
        if not settings.dry_run:
            answer = super().invoke(ctx)
            if self.dry_run:
                answer["dry_run"] = False
            return Answered(command=self, answer=answer)
        settings.scratch = ctx.with_resource(scratch_folder())
        try:
            found = super().invoke(ctx)
        except AssessorKitError as problem:
            # the place that the person named, not the one where it was tried
            problem.where = settings.scratch.really(problem.where)
            raise
        answer = settings.scratch.really({**found, "dry_run": True})
        would = settings.would or self.would
        return Answered(command=self, answer=answer, would=would and in_words(would, answer))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the example."""
        super().format_epilog(ctx, formatter)
        if self.example:
            with formatter.section("Example"):
                for line in self.example.splitlines():
                    formatter.write(f"  {line}\n")


class Group(click.Group):
    """Commands that belong together.

    For an unknown word it suggests the nearest command.
    """

    command_class = Command

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401  (click's own)
        super().__init__(*arguments, **options)
        self.params.extend(shared_options())

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or name the nearest."""
        word = args[0]
        if self.get_command(ctx, word) is None and not word.startswith("-"):
            raise click.UsageError(
                f"There is no command {word!r}. {self._nearest(ctx, word)}", ctx=ctx
            )
        return super().resolve_command(ctx, args)

    def _nearest(self, ctx: click.Context, word: str) -> str:
        from difflib import get_close_matches  # noqa: PLC0415  (only for a wrong word)

        names = [name for name in self.list_commands(ctx) if not self.commands[name].hidden]
        near = get_close_matches(word, names, n=3, cutoff=0.5)
        if near:
            return f"Did you mean {' or '.join(near)}?"
        return f"Expected: {', '.join(names)}."


def _setting(name: str, field: str, **options: Any) -> click.Option:  # noqa: ANN401
    """Return an option of the whole program, which every command accepts too."""

    def keep(ctx: click.Context, _option: click.Parameter, value: object) -> None:
        if value:
            setattr(ctx.find_root().obj, field, value)

    texts = {
        "workspace": "The workspace's folder. Default: $ASSESSOR_KIT_WORKSPACE, else the folder"
        " `workspace` here or in a folder above.",
        "as_json": "Print exactly one JSON object.",
        "quiet": "Print nothing but what went wrong.",
        "dry_run": "Say what would happen, and change nothing.",
        "form": "How the table comes out. Default: table.",
    }
    return click.Option(
        [name, f"setting_{field}"], expose_value=False, callback=keep, help=texts[field], **options
    )


def shared_options() -> list[click.Option]:
    """Return the options that may be given before the command as well as after it."""
    folder = click.Path(file_okay=False, path_type=Path)
    return [
        _setting("--workspace", "workspace", type=folder, metavar="DIR"),
        _setting("--json", "as_json", is_flag=True),
        _setting("--quiet", "quiet", is_flag=True),
    ]


def folder_of_workspace() -> Path:
    """Return the folder that was named, or the nearest workspace from here upwards."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named)
    here = Path.cwd()
    for parent in (here, *here.parents):
        for folder in (parent / DEFAULT_FOLDER, parent):
            if (folder / "assessor.db").is_file():
                return folder
    return Path(DEFAULT_FOLDER)


def folder_for_workspace() -> Path:
    """Return where to make a workspace: the folder that was named, or `workspace` here."""
    return Path(os.environ.get(FOLDER_VARIABLE) or DEFAULT_FOLDER).resolve()


def open_workspace() -> Workspace:
    """Open the workspace that the command is about."""
    from assessor_kit.store import Workspace  # noqa: PLC0415  (loads the database)

    season = Workspace.open(folder_of_workspace())
    context = click.get_current_context(silent=True)
    if context is None or not isinstance(context.command, Command):
        return season
    scratch: Scratch | None = context.find_root().obj.scratch
    if scratch is None or context.command.dry_run != "copy":
        return season
    return context.with_resource(scratch.copy_of(season))


def is_dry_run() -> bool:
    """Whether the command should only say what it would do."""
    return _settings().dry_run


def would(text: str) -> None:
    """Set what this dry run says, where that depends on what it found: `make nothing`."""
    _settings().would = text.replace("{", "{{").replace("}", "}}")


def place_for(path: Path) -> Path:
    """Return where to write: the place itself, or another one in a dry run."""
    scratch = _settings().scratch
    return path if scratch is None else scratch.place_for(path)


def _settings() -> Settings:
    settings: Settings = click.get_current_context().find_root().obj
    return settings


def year_of(season: Workspace, asked: int | None) -> int:
    """Return the CPD year that was asked for, or the only one in the workspace."""
    if asked is not None:
        return asked
    from assessor_kit.store.season_counts import years_held  # noqa: PLC0415  (the database)

    years = years_held(season)
    if len(years) == 1:
        return years[0]
    held = ", ".join(str(year) for year in years) or "none yet"
    raise click.UsageError(f"Which CPD year? The workspace holds: {held}. Give --cpd-year Y.")


def progress() -> Progress:
    """Return how to show progress: a bar in a terminal, elsewhere a line a minute."""
    settings = _settings()
    if settings.minutes is not None:
        return settings.minutes.bar
    return sys.stderr.isatty() and not settings.quiet


def _is_told_by_the_minute(settings: Settings) -> bool:
    return not (sys.stderr.isatty() or settings.quiet or settings.as_json)


def say(text: str) -> None:
    """Show a person something besides the answer."""
    context = click.get_current_context(silent=True)
    if context is None or not context.find_root().obj.quiet:
        click.echo(text, err=True)


def exactly_one(**given: object) -> str:
    """Return which one of these options was given; refuse none, and more than one."""
    named = {name: f"--{name.replace('_', '-')}" for name in given}
    there = [name for name, value in given.items() if value not in {None, False, ""}]
    if len(there) != 1:
        what = " and ".join(named[name] for name in there) or "none of them"
        raise click.UsageError(f"Give one of {', '.join(named.values())}; found {what}.")
    return there[0]


def at_most_one(**given: object) -> None:
    """Refuse options that contradict each other."""
    if sum(value not in {None, False, ""} for value in given.values()) > 1:
        exactly_one(**given)
