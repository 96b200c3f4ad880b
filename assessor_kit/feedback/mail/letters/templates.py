"""The templates of the letters: shipped, or the workspace's own where staff have edited one.

A template is a text file. Its first line is `Subject: …`, the letter follows after an empty line,
and both may use Jinja (https://jinja.palletsprojects.com), which runs in a sandbox.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.meta import find_undeclared_variables
from jinja2.nodes import Name
from jinja2.sandbox import ImmutableSandboxedEnvironment

from assessor_kit.errors import UnusableFile
from assessor_kit.feedback.document.words import showable_line
from assessor_kit.feedback.mail.letters.kinds import LETTER_OF
from assessor_kit.feedback.mail.letters.sender import FOLDER
from assessor_kit.files import write_once
from assessor_kit.store import Workspace
from assessor_kit.vocabulary import LetterKind

SHIPPED = Path(__file__).resolve().parent / "texts"
SUBJECT = re.compile(r"Subject:[ \t]*(\S.*)")
BLANK_LINES = re.compile(r"\n{3,}")
FIRST_LINE = "a first line `Subject: …`, an empty line, and the letter"
ADVICE = "Correct the file, or delete it to use the shipped one; nothing was queued or sent."


@dataclass(frozen=True, kw_only=True)
class LetterText:
    """A letter as it is read: its subject and its text."""

    subject: str
    text: str


@dataclass(frozen=True, kw_only=True)
class TemplateFile:
    """A template as it was just read; `where` is how people are told of it."""

    kind: LetterKind
    where: str
    source: str


def template_file(workspace: Workspace, kind: LetterKind) -> TemplateFile:
    """Return the workspace's own template of a letter, or the shipped one."""
    own = own_template_path(workspace, kind)
    path = own if own.is_file() else SHIPPED / own.name
    where = f"{FOLDER.as_posix()}/{own.name}" if own.is_file() else f"the shipped {own.name}"
    try:
        return TemplateFile(kind=kind, where=where, source=path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as problem:
        line = path.read_bytes()[: problem.start].count(b"\n") + 1
        raise UnusableFile(
            "not text in UTF-8", where=f"{where}, line {line}", expected="UTF-8", advice=ADVICE
        ) from None


def own_template_path(workspace: Workspace, kind: LetterKind) -> Path:
    """Return where staff put their own template of a letter."""
    return workspace.folder / FOLDER / f"{kind}.txt"


def copy_template(workspace: Workspace, kind: LetterKind) -> Path | None:
    """Copy a shipped template to where staff can edit it; None where their own is there already."""
    path = own_template_path(workspace, kind)
    return path if write_once(path, (SHIPPED / path.name).read_bytes()) else None


def fill_in(template: TemplateFile, values: Mapping[str, object]) -> LetterText:
    """Return the letter that a template makes of values.

    Raises UnusableFile, which says where and which names there are, for whatever is wrong with it.
    """
    made = _compiled(template)
    names = ", ".join(LETTER_OF[template.kind].all_names)
    try:
        filled = made.render(values)
    except UndefinedError as problem:
        raise _refused(template, str(problem), f"one of {names}", _line_in(problem)) from None
    except SecurityError as problem:
        raise _refused(template, str(problem), "words and values", _line_in(problem)) from None
    # whatever else a template may run into: a division by zero, a value of another type
    except Exception as problem:  # noqa: BLE001
        found = f"{type(problem).__name__} while the letter was filled in"
        raise _refused(template, found, f"values among {names}", _line_in(problem)) from None
    first, _, rest = filled.partition("\n")
    subject = SUBJECT.fullmatch(first.strip())
    text = BLANK_LINES.sub("\n\n", rest.strip())
    if subject is None or not text:
        raise _refused(template, f"begins with {first[:40]!r}", FIRST_LINE, 1)
    return LetterText(subject=showable_line(subject[1]), text=f"{text}\n")


def _compiled(template: TemplateFile) -> Template:
    return _made(template, _environment())


@cache
def _made(template: TemplateFile, environment: ImmutableSandboxedEnvironment) -> Template:
    names = LETTER_OF[template.kind].all_names
    try:
        tree = environment.parse(template.source, filename=template.where)
        unknown = sorted(find_undeclared_variables(tree) - set(names))
        code = environment.compile(template.source, filename=template.where)
    except TemplateSyntaxError as problem:
        found = problem.message or "not readable"
        raise _refused(template, found, "a template of Jinja", problem.lineno) from None
    except TemplateError as problem:
        raise _refused(template, str(problem), "a template of Jinja", 1) from None
    if unknown:
        lines = [one.lineno for one in tree.find_all(Name) if one.name == unknown[0]]
        found = f"there is nothing called {unknown[0]!r} in this letter"
        raise _refused(template, found, f"one of {', '.join(names)}", min(lines, default=1))
    return Template.from_code(environment, code, environment.make_globals(None))


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )
    made.globals.clear()  # a letter needs none of Jinja's own functions
    return made


def _line_in(problem: Exception) -> int:
    """Return the line of the template that an error came from."""
    frames = traceback.extract_tb(problem.__traceback__)
    lines = [one.lineno for one in frames if one.filename.endswith(".txt") and one.lineno]
    return lines[-1] if lines else 1


def _refused(template: TemplateFile, found: str, expected: str, line: int) -> UnusableFile:
    return UnusableFile(
        found, where=f"{template.where}, line {line}", expected=expected, advice=ADVICE
    )
