"""Do the glossary and the code use the same words?

Each word in one is looked up in the other.
"""

import ast
import importlib
import re
from functools import cache
from pathlib import Path

import pytest

from assessor_kit import tables, vocabulary
from assessor_kit.rules import load_rules, schemes

KIT = Path(vocabulary.__file__).parent
GLOSSARY = (KIT / "GLOSSARY.md").read_text(encoding="utf-8")
FILES = sorted(KIT.rglob("*.py"))
RECORDS = [
    name
    for name, thing in vars(vocabulary).items()
    if isinstance(thing, type) and thing.__module__ == vocabulary.__name__
]
# Words that mean something else here, or sound unkind; `year` alone and plain English are left to
# the reader.
DO_NOT_SAY = {
    "user",
    "student",
    "submission",
    "shuffle",
    "lottery",
    "exemption",
    "queue",
    "audit",
    "accuracy",
    "qa",
    "category",
    "examiner",
    "excuse",
}
PLACES = sorted(
    {
        place
        for line in GLOSSARY.splitlines()
        if line.startswith("|") and line.count("|") >= 4
        for place in re.findall(r"`([^`]+)`", line.split("|")[3])
    }
)


def names_made_in(path):
    """Yield every name that a file introduces: functions, classes, arguments and variables."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


@cache
def every_name():
    columns = {column.name for table in tables.TABLES for column in table.columns}
    return columns | {name for path in FILES for name in names_made_in(path)}


@pytest.mark.parametrize("name", RECORDS)
def test_every_record_and_list_of_the_vocabulary_is_in_the_glossary(name):
    assert f"`{name}`" in GLOSSARY, f"Add {name} to GLOSSARY.md, with its meaning."


@pytest.mark.parametrize("table", tables.TABLES, ids=lambda table: table.name)
def test_every_table_is_in_the_glossary(table):
    assert f"`tables.{table.name.upper()}`" in GLOSSARY, (
        f"Add tables.{table.name.upper()} to the row of its term in GLOSSARY.md."
    )


@pytest.mark.parametrize("place", PLACES)
def test_every_place_that_the_glossary_names_is_there(place):
    parts = place.split("(")[0].split(".")
    if len(parts) == 2 and parts[0].islower():
        assert hasattr(importlib.import_module(f"assessor_kit.{parts[0]}"), parts[1]), (
            f"GLOSSARY.md names {place}, which is not there."
        )
        return
    folders = {path.name for path in KIT.iterdir() if path.is_dir()}
    assert all(part in every_name() | folders for part in parts), (
        f"GLOSSARY.md names {place}, which is not there."
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(KIT)))
def test_no_name_in_the_code_is_a_word_that_we_do_not_say(path):
    for name in names_made_in(path):
        assert name != "return_", f"{path.name}: call it cpd_return."
        said = set(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).casefold().split("_")) & DO_NOT_SAY
        assert not said, f"{path.name} names something {name}: GLOSSARY.md has the word to use."


def test_no_figure_of_the_rules_stands_in_a_scorer():
    figures = set()
    for scheme in schemes():
        rules = load_rules(scheme, 2016)
        hours = [
            rules.guideline.hours,
            rules.guideline.planned_hours,
            rules.guideline.hours_per_day,
            *rules.guideline.area_hours.values(),
            *(row.hours for row in rules.targets),
        ]
        figures |= {figure for hour in hours if hour for figure in (hour, hour * 60)}
        figures |= {
            value for criterion in rules.criteria for value in criterion.thresholds.values()
        }
    figures -= {60}  # minutes in an hour are no scheme's choice
    for path in sorted((KIT / "scorers").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, int | float)
                and not isinstance(node.value, bool)
            ):
                assert node.value not in figures, (
                    f"{path.name} line {node.lineno} holds {node.value}: take it from the rules."
                )


# One public name is one thing. What may still be defined more than once, and why:
INTERFACES = {
    # every criterion's module has the same two functions, and SCORER holds them
    "score": "scorers/",
    "sentence": "scorers/",
    # every engine has the same function
    "score_parts": "engines/on_",
    # what Python or Alembic calls in a module that is started
    "main": "",
    "upgrade": "store/database/migrations/",
}
COMMANDS = "cli/"  # a command has the name of the one function that it runs


def definitions_in(path, text):
    """Yield the public functions, classes and type aliases that a module defines."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names = [] if path.startswith(COMMANDS) and runs_its_namesake(node) else [node.name]
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            aliases = [target.id for target in targets if isinstance(target, ast.Name)]
            names = [one for one in aliases if re.fullmatch(r"[A-Z]\w*[a-z]\w*", one)]
        else:
            continue
        yield from (name for name in names if not name.startswith("_"))


def runs_its_namesake(command):
    """Whether a function of the command line uses the function that it is named after."""
    return any(
        (isinstance(node, ast.Attribute) and node.attr == command.name)
        or (isinstance(node, ast.alias) and node.name == command.name)
        for node in ast.walk(command)
    )


def double_meanings(files):
    """Return the public names that mean more than one thing, with the modules defining each."""
    defined = {}
    for path, text in files.items():
        for name in definitions_in(path, text):
            if not (name in INTERFACES and path.startswith(INTERFACES[name])):
                defined.setdefault(name, []).append(path)
    return {name: places for name, places in defined.items() if len(places) > 1}


def sources():
    return {path.relative_to(KIT).as_posix(): path.read_text(encoding="utf-8") for path in FILES}


def test_no_public_name_means_two_things():
    assert not double_meanings(sources())


@pytest.mark.parametrize(
    ("place", "planted", "name"),
    [
        ("loaders/cells/dates.py", "class Reading:\n    pass\n", "Reading"),
        ("store/log/chain.py", "def file_digest(row):\n    return row\n", "file_digest"),
        ("charts/hours.py", "Judgement = dict[str, str]\n", "Judgement"),
        ("store/rows/originals.py", "def score(rows):\n    return rows\n", "score"),
        ("cli/upkeep.py", "def draw():\n    pass\n", "draw"),
    ],
)
def test_a_planted_double_meaning_is_found(place, planted, name):
    files = sources()
    assert double_meanings(files | {place: f"{files[place]}\n\n{planted}"}).keys() == {name}


def test_every_interface_of_many_modules_has_them():
    """An entry that is no longer needed would let a double meaning through."""
    for name, place in INTERFACES.items():
        having = [
            path
            for path, text in sources().items()
            if path.startswith(place) and name in definitions_in(path, text)
        ]
        assert having, f"{name} is in no module of {place}"
