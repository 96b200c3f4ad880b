"""The whole program: its commands grouped by who uses them, and one run of it."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from typing import Any

import click

from assessor_kit.cli import (
    allocation,
    assessors,
    data_protection,
    draws,
    feedback,
    figures,
    season,
    upkeep,
)
from assessor_kit.cli.command import Answer, Answered, Command, Group, Settings
from assessor_kit.cli.mail import letters, outbox
from assessor_kit.cli.marking import moderation
from assessor_kit.cli.refusals import sentence_of
from assessor_kit.cli.rounds import commands as rounds

DONE = 0
DONE_WITH_PROBLEMS = 1
NOTHING_DONE = 2
SECTIONS = (
    ("The season", season.COMMANDS),
    ("The draw", draws.COMMANDS),
    ("Allocation", allocation.COMMANDS),
    ("Assessors", assessors.COMMANDS),
    ("Moderation", moderation.COMMANDS),
    ("Letters", (*letters.COMMANDS, *outbox.COMMANDS)),
    ("Feedback", feedback.COMMANDS),
    ("To and fro", rounds.COMMANDS),
    ("Figures", figures.COMMANDS),
    ("Data protection", data_protection.COMMANDS),
    ("Upkeep", upkeep.COMMANDS),
)


class Program(Group):
    """All commands, grouped by who uses them."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one section for each kind of use."""
        del ctx
        for title, commands in SECTIONS:
            shown = [one for one in commands if not one.hidden]
            with formatter.section(title):
                formatter.write_dl(
                    [(str(one.name), one.get_short_help_str(limit=70)) for one in shown]
                )


def _show_version(ctx: click.Context, _option: click.Parameter, wanted: object) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version  # noqa: PLC0415  (only when asked)

        click.echo(f"assessor-kit {version('assessor-kit')}")
        ctx.exit()


def _without_a_command(ctx: click.Context) -> None:
    if ctx.invoked_subcommand is None:
        if ctx.obj.as_json:
            raise click.UsageError("No command was given.", ctx=ctx)
        click.echo(ctx.get_help())


def build_program() -> Program:
    """Return the program with all its commands."""
    program = Program(
        "assessor-kit",
        help="Review CPD returns, from the register to the trends.",
        epilog="Each command explains itself: assessor-kit COMMAND --help",
        callback=click.pass_context(_without_a_command),
        invoke_without_command=True,
        params=[
            click.Option(
                ["--version"],
                is_flag=True,
                is_eager=True,
                expose_value=False,
                callback=_show_version,
                help="Print the version.",
            ),
        ],
        context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
    )
    for _, commands in SECTIONS:
        for command in commands:
            program.add_command(command)
    return program


def every_command(group: click.Group | None = None) -> Iterator[tuple[str, Command]]:
    """Yield every command with its full name, such as `feedback render`."""
    for command in (group or build_program()).commands.values():
        if isinstance(command, click.Group):
            for name, inner in every_command(command):
                yield f"{command.name} {name}", inner
        elif isinstance(command, Command):
            yield str(command.name), command


def run(words: Sequence[str]) -> int:
    """Run one command, print its answer or the reason for refusing it, and return the status."""
    _speak_any_alphabet()
    settings = Settings()
    as_json = "--json" in words
    try:
        done = build_program().main(
            list(words), prog_name="assessor-kit", standalone_mode=False, obj=settings
        )
    except click.UsageError as problem:
        where = problem.ctx.command_path if problem.ctx else "assessor-kit"
        sentence = f"{problem.format_message()} See `{where} --help`."
        return _refused(words, sentence, as_json=as_json)
    except (click.Abort, KeyboardInterrupt):
        sentence = "Stopped. What was saved before stays saved; run the command again to go on."
        _refused(words, sentence, as_json=as_json)
        return DONE_WITH_PROBLEMS
    except Exception as problem:  # noqa: BLE001  (the last place that can make a sentence of it)
        known = sentence_of(problem)
        if not known:
            traceback.print_exc()
            known = "This is a fault of the program: please report the lines above."
        return _refused(words, known, as_json=as_json)
    if not isinstance(done, Answered):
        return int(done or DONE)  # help or the version was shown
    _print(done, settings)
    return _status_of(done.answer)


def _speak_any_alphabet() -> None:
    """Replace letters that the output cannot encode, which must not end a step already saved."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _status_of(answer: Answer) -> int:
    if answer.get("unusable") and answer["unusable"] == answer["files"]:
        return NOTHING_DONE
    unwell = any(check["needed"] and not check["ok"] for check in answer.get("checks") or [])
    failed = any(answer.get(key) for key in ("rejected", "failed"))
    # `left` is a list of what could not be moved; in a status it counts members who left
    failed = failed or (isinstance(answer.get("left"), list) and bool(answer["left"]))
    if failed or unwell or answer.get("verified") is False:
        return DONE_WITH_PROBLEMS
    return DONE


def keys_of(words: Sequence[str]) -> tuple[str, ...]:
    """Return the keys of the command that these words name; none if they name no command."""
    keys = {name: command.keys for name, command in every_command()}
    plain = [word for word in words if not word.startswith("-")]
    for place in range(len(plain)):
        for name in (" ".join(plain[place : place + 2]), plain[place]):
            if name in keys:
                return keys[name]
    return ()


def _refused(words: Sequence[str], sentence: str, *, as_json: bool) -> int:
    _write(sentence, to_stderr=True)
    if as_json:
        refusal = {**dict.fromkeys(keys_of(words)), "error": sentence}
        _write(json.dumps(refusal, ensure_ascii=False))
    return NOTHING_DONE


def _print(done: Answered, settings: Settings) -> None:
    if settings.as_json or settings.form == "json":
        _write(json.dumps(done.answer, ensure_ascii=False, default=str))
    elif not settings.quiet:
        from assessor_kit.cli import shown  # noqa: PLC0415  (loads rich)

        _write(shown.answer_for_people(done, form=settings.form))


def _write(text: str, *, to_stderr: bool = False) -> None:
    """Write a line; that the reader has gone, as after `| head`, is no error."""
    stream: Any = sys.stderr if to_stderr else sys.stdout
    try:
        stream.write(text.rstrip("\n") + "\n" if text else "")
        stream.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
