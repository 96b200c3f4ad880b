"""Does every table say what it holds?

Names, keys and sentences come from one source for database, files and checks.
"""

import re
from enum import StrEnum
from typing import get_args

import pytest

from assessor_kit import vocabulary
from assessor_kit.feedback import release
from assessor_kit.loaders.process.reader_process import READ
from assessor_kit.rules.reading import CLOSED
from assessor_kit.store import shipped
from assessor_kit.store.blind.earlier_advice import PART
from assessor_kit.store.rows.shown_rows import SHOWN
from assessor_kit.tables import TABLES, Kind
from assessor_kit.vocabulary import JudgementState, Marking, Planned

COLUMNS = [(table, column) for table in TABLES for column in table.columns]


def test_no_two_tables_share_a_name():
    assert len({table.name for table in TABLES}) == len(TABLES)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_names_each_column_once(table):
    assert len(set(table.column_names)) == len(table.column_names)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in (table.name, *table.column_names))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_key_is_made_of_columns_that_are_never_empty(table):
    assert table.key
    columns = {column.name: column for column in table.columns}
    for name in table.key:
        assert name in columns, f"{table.name}: the key names {name}, which is no column."
        assert not columns[name].optional, (
            f"{table.name}.{name} is part of the key and may be empty."
        )


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_and_its_columns_are_told_in_one_sentence_each(table):
    for sentence in (table.sentence, *(column.sentence for column in table.columns)):
        assert re.fullmatch(r"\S.*\S\.", sentence), f"{table.name}: {sentence!r} wants a full stop."


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda thing: thing.name)
def test_a_column_has_a_known_kind_and_its_unit_in_its_name(table, column):
    assert column.kind in get_args(Kind)
    if column.kind == "minutes":
        assert "minutes" in column.name, (
            f"{table.name}.{column.name} holds minutes: say so in its name."
        )
    if column.kind == "date":
        assert column.name.endswith(("_on", "_from", "_date")), (
            f"{table.name}.{column.name} is a date: end its name in _on."
        )
    if column.kind == "moment":
        assert column.name.endswith("_at"), (
            f"{table.name}.{column.name} is a moment: end its name in _at."
        )


@pytest.mark.parametrize("name", sorted({column.name for _, column in COLUMNS}))
def test_one_name_means_one_kind_everywhere(name):
    kinds = {column.kind for _, column in COLUMNS if column.name == name}
    assert len(kinds) == 1, f"{name} is {kinds} in different tables."


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda thing: thing.name)
def test_what_tells_who_somebody_is_is_known_to_be_personal(table, column):
    if column.name in {"email", "member_no", "title", "reflection", "learning", "employer"}:
        assert column.personal, (
            f"{table.name}.{column.name} tells who somebody is: mark it personal."
        )


MARKINGS = {marking.value for marking in Marking}
# the words that a column may hold, from the code that writes them, where its sentence lists them
LISTED = {
    ("statuses", "volunteering"): set(CLOSED["edition.target", "volunteering"]) - {""},
    ("imports", "kind"): set(READ),
    ("activities", "planned"): {word.value for word in Planned},
    ("shown_rows", "part"): {*(table.name for table in SHOWN), PART},
    ("allocations", "marking"): MARKINGS,
    ("allocation_changes", "marking"): MARKINGS,
    ("judgement_events", "state"): {JudgementState.DRAFT.value, JudgementState.SUBMITTED.value},
    ("documents", "kind"): {
        path.stem.removesuffix("_feedback")
        for path in shipped("notebooks/templates").glob("*_feedback.ipynb")
    },
    ("approvals", "decision"): {release.APPROVED, release.RETURNED, release.HELD},
}


def words_listed(sentence):
    """Return the words that a sentence begins with as a list: `sent, refused or bounced`."""
    found = re.match(
        r"([a-z][a-z -]*(?:, [a-z -]+)* or [a-z-]+(?: [a-z-]+)?)(?=[.;:]| for )", sentence
    )
    return re.split(r", | or ", found[1]) if found else []


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda thing: thing.name)
def test_every_word_that_a_column_lists_is_one_that_the_code_knows(table, column):
    """A letter that nobody could send was listed among the kinds of message for a year."""
    words = set(words_listed(column.sentence)) - {"empty"}
    known = LISTED.get((table.name, column.name), set())
    assert words == known, (
        f"{table.name}.{column.name} lists {sorted(words)}, and the code knows {sorted(known)}:"
        " mend the sentence, or add the column to LISTED with where its words come from."
    )


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda thing: thing.name)
def test_every_closed_list_that_a_column_names_is_in_the_vocabulary(table, column):
    for name in re.findall(r"\bvalues? of ([A-Z]\w+)", column.sentence):
        known = getattr(vocabulary, name, None)
        assert isinstance(known, type(StrEnum)), (
            f"{table.name}.{column.name} names {name}, which is no list of the vocabulary."
        )


def test_a_planted_word_is_found():
    assert words_listed("feedback, reminder, last reminder or desk.") == [
        "feedback",
        "reminder",
        "last reminder",
        "desk",
    ]
    assert words_listed("The target; empty while it is unclear or unknown.") == []
