"""Tables for spreadsheet programs: nothing runs on opening, and changes are counted."""

import csv
import io

import openpyxl
import pytest
from naughty_strings import NAUGHTY

from assessor_kit.feedback.mail import delivery as mail
from assessor_kit.loaders.written import spreadsheet_exports as exports
from assessor_kit.loaders.written.spreadsheet_exports import export_table
from assessor_kit.vocabulary import STARTS_FORMULA, UNSEEN_CHARACTER, visible, without_formula


def unseen(text):
    return any(found[1] for found in UNSEEN_CHARACTER.finditer(text))


def test_a_csv_export_runs_no_formula_and_hides_nothing(tmp_path):
    made = export_table(
        tmp_path / "out.csv", columns=["text", "number"], rows=[(text, -1) for text in NAUGHTY]
    )
    rows = list(csv.reader(io.StringIO(made.path.read_bytes().decode("utf-8-sig"), newline="")))
    assert [row[1] for row in rows[1:]] == ["-1"] * len(NAUGHTY)
    assert not any(row[0].startswith(STARTS_FORMULA) or unseen(row[0]) for row in rows[1:])
    assert [
        row[0].removeprefix("'") if text.lstrip(" ").startswith(STARTS_FORMULA) else row[0]
        for text, row in zip(NAUGHTY, rows[1:], strict=True)
    ] == [visible(text) for text in NAUGHTY]


def test_an_xlsx_export_holds_no_formula_and_every_other_text_exactly(tmp_path):
    made = export_table(tmp_path / "out.xlsx", columns=["text"], rows=[(text,) for text in NAUGHTY])
    book = openpyxl.load_workbook(made.path)
    cells = [row[0] for row in book["Table"].iter_rows(min_row=2)]
    # an empty text comes back as an empty cell
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n"}
    assert [(cell.value or "").replace("\r\n", "\n") for cell in cells] == [
        visible(text).replace("\r\n", "\n") for text in NAUGHTY
    ]
    assert str(made.neutralised) in book["About"]["A1"].value


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1", "=cmd|' /C calc'!A0"]
)
def test_what_a_spreadsheet_program_would_run_is_marked_as_text_and_counted(tmp_path, text):
    made = export_table(tmp_path / "out.csv", columns=["text"], rows=[(text,), ("plain",)])
    assert made.neutralised == 1
    assert "1 cells" in made.sentence()
    assert made.path.read_text(encoding="utf-8-sig").splitlines()[1].lstrip('"').startswith("'")


def test_an_export_that_fails_leaves_what_was_there(tmp_path):
    made = export_table(tmp_path / "out.csv", columns=["text"], rows=[("before",)])

    def broken():
        yield ("after",)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        export_table(tmp_path / "out.csv", columns=["text"], rows=broken())
    assert "before" in made.path.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("start", [*STARTS_FORMULA, "  =", " \uff1d"])
def test_one_guard_marks_every_start_of_a_formula(start):
    assert without_formula(f"{start}1+1") == f"'{start}1+1"
    assert exports.neutral(f"{start}1+1", apostrophe=True) != f"{start}1+1"
    assert mail.without_formula is without_formula
