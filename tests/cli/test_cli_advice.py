"""Can every command be run that a message, a document or a notebook recommends?"""

import ast
import json
import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from assessor_kit.cli.command import Settings
from assessor_kit.cli.program import build_program

HOME = Path(__file__).resolve().parents[2]
IN_BACKTICKS = re.compile(r"`(assessor-kit [^`]+)`")
HIDDEN = {".venv", ".git", "node_modules"}


def texts_of_python(path):
    """Return every string of the module, with X for whatever is inserted into one."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        id(part) for one in ast.walk(tree) if isinstance(one, ast.JoinedStr) for part in one.values
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values
            )
        elif isinstance(getattr(node, "value", None), str) and id(node) not in inside:
            yield node.value


def texts_of_notebook(path):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        yield "".join(cell["source"])


def recommended():
    readers = {
        ".py": texts_of_python,
        ".ipynb": texts_of_notebook,
        ".md": lambda path: [path.read_text(encoding="utf-8")],
        ".toml": lambda path: [path.read_text(encoding="utf-8")],
    }
    for folder in ("assessor_kit", "notebooks", "docs", "sample_data", ""):
        found = (HOME / folder).rglob("*") if folder else HOME.glob("*.md")
        for path in sorted(found):
            if path.suffix not in readers or HIDDEN & set(path.parts):
                continue
            for text in readers[path.suffix](path):
                for command in IN_BACKTICKS.findall(" ".join(text.split())):
                    yield path.relative_to(HOME).as_posix(), command


COMMANDS = sorted(
    {(path, one) for path, one in recommended() if not re.search(r" (X|COMMAND)\b", one[:23])}
)


def objection(line):
    """Return why a command cannot be run as it is written; empty if it can."""
    group, words = build_program(), shlex.split(line)[1:]
    context, name = click.Context(group, obj=Settings()), []
    while isinstance(group, click.Group):
        if not words:
            return f"`{line}` names no command"
        name.append(words[0])
        try:
            _, group, words = group.resolve_command(context, words)
        except click.UsageError as problem:
            return f"`{line}`: {problem.format_message()}"
    known = {option for one in group.params for option in one.opts} | {"--help"}
    unknown = [word for word in words if word.startswith("--") and word.split("=")[0] not in known]
    if unknown:
        return f"`{line}`: {' '.join(name)} has no {', '.join(unknown)}"
    shown = CliRunner().invoke(
        build_program(), [*name, "--help"], prog_name="assessor-kit", obj=Settings()
    )
    return "" if shown.exit_code == 0 else f"`{line}`: its help fails"


def test_there_is_advice_to_look_at():
    assert len(COMMANDS) > 15


@pytest.mark.parametrize(("path", "line"), COMMANDS)
def test_recommended_commands_exist_with_their_options(path, line):
    assert objection(line) == "", path


@pytest.mark.parametrize(
    "line",
    ["assessor-kit restore FILE --keys KEYFILE", "assessor-kit lost", "assessor-kit feedback"],
)
def test_advice_that_names_what_does_not_exist_is_found(line):
    assert objection(line)
