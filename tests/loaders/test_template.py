"""The blank workbook: what a member fills in is read without a query."""

import io
from datetime import date

import openpyxl
import pytest
from loaded import column, one_return, read

from assessor_kit.errors import UnusableFile
from assessor_kit.loaders.written.return_template import write_template
from assessor_kit.rules import load_rules

MEMBER = {"Member no": "0012345", "Name": "Ada Example", "Declared hours": 30}
GOAL = {
    "Goal ID": "G1",
    "Goal": "Learn relays",
    "Area": "Personal technical",
    "Target date": date(2016, 6, 1),
    "Planned hours": 10,
}
LINE = {
    "Title": "Course",
    "Activity type": "Training courses",
    "Area": "Personal technical",
    "Planned": "yes",
    "Goal ID": "G1",
    "Started on": date(2016, 3, 1),
    "Ended on": date(2016, 3, 2),
    "Hours": 1.5,
    "Competences": "A",
    "Learning": "Much",
    "Reflection": "More",
    "Evidence": None,
}


def filled(path, rules):
    """Return the template as a member sends it back."""
    line = {**LINE, "Activity type": rules.activity_types[0].label}
    book = openpyxl.load_workbook(path)
    for name, values in (("Member", MEMBER), ("Plan", GOAL), ("Activities", line)):
        for cell in book[name][1]:
            book[name].cell(row=2, column=cell.column, value=values[cell.value])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("scheme", ["iet", "imeche"])
def test_a_filled_in_template_is_taken_without_a_flag(tmp_path, scheme):
    rules = load_rules(scheme, 2016)
    loaded = read(filled(write_template(tmp_path / "blank.xlsx", rules=rules), rules), rules=rules)
    (sent,) = loaded.returns
    assert (sent.member_no, column(sent, "title"), column(sent, "started_on"), len(sent.goals)) == (
        "0012345",
        ["Course"],
        [date(2016, 3, 1)],
        1,
    )
    assert not [*loaded.flags, *loaded.rejected, *sent.flags, *sent.rejected, *sent.notes]


def test_the_lists_to_choose_from_hold_the_words_of_the_rules(tmp_path):
    rules = load_rules("iet", 2016)
    book = openpyxl.load_workbook(write_template(tmp_path / "blank.xlsx", rules=rules))
    lists = {}
    for check in book["Activities"].data_validations.dataValidation:
        name, cells = check.formula1.lstrip("=").replace("$", "").split("!")
        lists[book["Activities"][f"{str(check.sqref).split(':')[0][0]}1"].value] = [
            cell.value for row in book[name][cells] for cell in row
        ]
    assert lists["Activity type"] == [*(choice.label for choice in rules.activity_types), "Other"]
    assert lists["Planned"] == ["yes", "no"]
    assert set(lists) == {"Activity type", "Area", "Planned", "Competences", "Goal ID"}


def test_a_template_left_blank_says_whose_it_is_not(tmp_path):
    data = write_template(tmp_path / "blank.xlsx", rules=load_rules("iet", 2016)).read_bytes()
    with pytest.raises(UnusableFile, match="0 membership numbers"):
        one_return(data)
