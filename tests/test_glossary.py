"""Do the glossary and the code use the same words? Each word of the one is looked up in the other."""

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
# Words that mean something else here, or sound unkind; `year` alone and plain English are left to the reader.
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
    """Every name that a file gives: functions, classes, arguments, variables."""
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
