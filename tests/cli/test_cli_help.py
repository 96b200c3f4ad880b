"""Help: quick, complete, and the same for every command."""

import os
import shlex
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from assessor_kit.cli.command import Settings
from assessor_kit.cli.program import build_program, every_command

HEAVY = ("pandas", "scipy", "sqlalchemy", "altair", "numpy")
COMMANDS = dict(every_command())
GROUPS = ("", "import", "letters", "outbox", "feedback")


def run(*words):
    runner = CliRunner()
    return runner.invoke(build_program(), words, prog_name="assessor-kit", obj=Settings())


def python(code, *words):
    return subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("name", [*GROUPS, *COMMANDS])
def test_help_loads_nothing_heavy(name):
    done = python(
        "import sys; from assessor_kit.cli import main; status = main(sys.argv[1:]);"
        f"found = [name for name in {HEAVY} if name in sys.modules]; sys.exit(str(found) if found"
        " else status)",
        *name.split(),
        "--help",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"Usage: assessor-kit {name}".rstrip())


def processor_seconds(*words):
    """What a command of Python's takes of the processor, whatever else the machine does."""
    process = subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_utime + used.ru_stime


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="this system does not say what a process took")
def test_help_takes_at_most_three_times_as_much_as_importing_click():
    pairs = [
        (
            processor_seconds("-m", "assessor_kit", "draw", "--help"),
            processor_seconds("-c", "import click"),
        )
        for _ in range(5)
    ]
    helping, importing = map(min, zip(*pairs, strict=True))
    assert helping <= 3 * importing


@pytest.mark.parametrize("name", COMMANDS)
def test_every_positional_and_option_has_a_text_and_every_command_an_example(name):
    command = COMMANDS[name]
    assert [one.name for one in command.params if not getattr(one, "help", "")] == []
    assert command.help
    assert command.example.startswith("assessor-kit ")
    shown = run(*name.split(), "--help").output
    assert "Example:" in shown
    assert "--workspace" in shown


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_can_be_read_by_its_command(name):
    for line in COMMANDS[name].example.splitlines():
        words = shlex.split(line)[1:]
        context, group = click.Context(build_program(), obj=Settings()), build_program()
        while isinstance(group, click.Group):
            _, group, words = group.resolve_command(context, words)
        group.make_context("example", words, parent=context)


def test_the_program_alone_shows_its_commands_by_who_uses_them():
    shown = run()
    assert shown.exit_code == 0
    for title in (
        "The season:",
        "The draw:",
        "Assessors:",
        "Feedback:",
        "Figures:",
        "Data protection:",
        "Upkeep:",
    ):
        assert title in shown.output
    assert "..." not in shown.output.split("Options:")[1]


@pytest.mark.parametrize(
    ("words", "near"),
    [(["drwa"], "draw"), (["outbox", "sned"], "send"), (["import", "retruns"], "returns")],
)
def test_a_wrong_word_is_answered_with_the_nearest(words, near):
    shown = run(*words)
    assert shown.exit_code == 2
    assert f"Did you mean {near}" in shown.output


def test_the_version_is_told():
    assert run("--version").output.startswith("assessor-kit 0.")


def test_the_shell_completes_commands_and_options():
    done = subprocess.run(
        [sys.executable, "-m", "assessor_kit"],
        capture_output=True,
        text=True,
        check=False,
        env={
            "_ASSESSOR_KIT_COMPLETE": "bash_complete",
            "COMP_WORDS": "assessor-kit dr",
            "COMP_CWORD": "1",
        },
    )
    completed = [line.partition(",")[2] for line in done.stdout.splitlines()]
    assert completed == ["draw", "draw-record"], done.stderr
