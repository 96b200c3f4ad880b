"""Do the words hold together? Glossary, vocabulary, tables and errors name the same things."""

import ast
import enum
from pathlib import Path

import pytest

from assessor_kit import errors, tables, vocabulary
from assessor_kit.rules import load_rules, schemes

KIT = Path(vocabulary.__file__).parent
GLOSSARY = (KIT / "GLOSSARY.md").read_text(encoding="utf-8")
NEVER = {"submission", "return_", "user", "student", "grade_mark", "audit"}


def test_every_word_of_the_vocabulary_is_in_the_glossary():
    for name, value in vars(vocabulary).items():
        if isinstance(value, type) and value.__module__ == vocabulary.__name__:
            assert f"`{name}`" in GLOSSARY, f"{name} is not in GLOSSARY.md: add a line that says what it means."
            assert issubclass(value, enum.StrEnum) or hasattr(value, "__dataclass_fields__")


def test_every_table_is_in_the_glossary_and_says_what_it_holds():
    for table in tables.TABLES:
        assert f"`tables.{table.name.upper()}`" in GLOSSARY
        assert table.sentence.endswith(".")
        assert set(table.key) <= set(table.column_names)
        assert len(set(table.column_names)) == len(table.column_names)
        assert all(column.sentence.endswith(".") for column in table.columns)


def test_the_tree_of_errors_at_the_top_of_the_file_is_the_real_one():
    drawn = {line.strip(" |-`").split()[0] for line in errors.__doc__.splitlines() if "-- " in line}
    real = {name for name, value in vars(errors).items() if isinstance(value, type) and value.__module__ == errors.__name__}
    assert drawn == real - {"AssessorKitError"}


def test_no_name_in_the_code_is_a_word_the_glossary_avoids():
    for path in KIT.rglob("*.py"):
        names = {node.id for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Name)}
        assert not names & NEVER, f"{path.name}: {names & NEVER}"


def test_no_scheme_figure_stands_in_a_scorer():
    figures = {10, 30, 600, 1800}
    for path in (KIT / "scorers").glob("*.py"):
        found = {node.value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Constant) and type(node.value) is int}
        assert not found & figures, f"{path.name} holds {found & figures}: figures belong in the rules."


@pytest.mark.parametrize(("scheme", "year"), [("iet", 2013), ("iet", 2016), ("iet", 2021), ("imeche", 2016)])
def test_every_rule_is_cited_and_every_sentence_to_members_is_short(scheme, year):
    rules = load_rules(scheme, year)
    assert all(cited.source for cited in (rules.frame, rules.guideline, rules.words, *rules.criteria, *rules.targets))
    for text in [*(phrase.text for phrase in rules.phrases), *(one.text for one in rules.suggestions), *rules.words.cycle]:
        assert all(len(sentence.split()) <= 25 for sentence in text.split(". "))
    assert scheme in schemes()


def test_each_year_falls_under_the_edition_of_its_row():
    assert [load_rules("iet", year).edition for year in (2013, 2015, 2016, 2020, 2021, 2030)] == ["iet-2013"] * 2 + ["iet-2016"] * 2 + ["iet-2021"] * 2


def test_a_year_before_the_scheme_is_refused():
    with pytest.raises(errors.RulesError, match="No edition covers CPD of 2012"):
        load_rules("iet", 2012)


def test_a_missing_key_is_named(tmp_path):
    (tmp_path / "phrases.toml").write_text('[[phrase]]\ncriterion = "reflection"\n', encoding="utf-8")
    with pytest.raises(errors.RulesError, match=r"phrases.toml.*missing 'text'"):
        load_rules("iet", 2016, folder=tmp_path)
