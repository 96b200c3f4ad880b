"""Does the kit's own reader of workbooks return what openpyxl does, cell by cell?

It also keeps what openpyxl loses.
"""

import io
import random
from datetime import date, datetime, time, timedelta

import openpyxl
import openpyxl_reader
import pytest
from made_files import sheet, workbook

from assessor_kit.loaders.cells.cell_values import Shown, Unreadable
from assessor_kit.loaders.cells.number_formats import Form, form_of
from assessor_kit.loaders.files.archives import Archive
from assessor_kit.loaders.files.workbooks import read_workbook

FORMATS = [
    "General",
    "0.00",
    "0%",
    "dd/mm/yyyy",
    "h:mm",
    "[h]:mm:ss",
    "d mmm yyyy h:mm",
    "@",
    "0000000",
    "#,##0.00",
    '"on" dd/mm/yy',
]


def chance_value(chance):
    kind = chance.randrange(9)
    if kind == 0:
        return None
    if kind == 1:
        return chance.choice(
            [
                "",
                " ",
                "text",
                "Zoë 👩‍🔬",
                "=1+1"[1:],
                "a\nb",
                "<b>&amp;",
                "0012345",
                "TRUE",
                "1,5",
                " lead",
            ]
        )
    if kind == 2:
        return chance.randrange(-1000, 100_000)
    if kind == 3:
        return round(chance.uniform(-100, 1000), chance.randrange(5))
    if kind == 4:
        return chance.random() < 0.5
    if kind == 5:
        return date(2016, 1, 1) + timedelta(days=chance.randrange(400))
    if kind == 6:
        # Sheets know no zones.
        return datetime(2016, 1, 1, 9, 30) + timedelta(hours=chance.randrange(9000))  # noqa: DTZ001
    return (
        time(chance.randrange(24), chance.randrange(60))
        if kind == 7
        else timedelta(minutes=chance.randrange(6000))
    )


def chance_book(chance):
    book = openpyxl.Workbook()
    for number in range(chance.randrange(1, 4)):
        table = book.active if number == 0 else book.create_sheet(f"More {number}")
        table.append([f"h{place}" for place in range(1, 8)])
        for row in range(2, chance.randrange(3, 12)):
            for place in range(1, 8):
                cell = table.cell(row=row, column=place, value=chance_value(chance))
                if (
                    isinstance(cell.value, int | float)
                    and not isinstance(cell.value, bool)
                    and cell.value >= 61
                    and chance.random() < 0.3
                ):
                    cell.number_format = chance.choice(FORMATS)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def same(ours, theirs):
    """Whether two readings of a cell agree.

    openpyxl reads a time of more than a day as a date in 1900, which is refused here.
    """
    if isinstance(ours, Unreadable):
        return isinstance(theirs, Unreadable | datetime | time) or theirs is None
    if ours in {None, ""} and theirs in {None, ""}:
        return True
    if isinstance(ours, timedelta) and isinstance(theirs, time | datetime | timedelta):
        return True
    return (
        ours == theirs
        or (
            isinstance(ours, datetime | date)
            and isinstance(theirs, datetime)
            and abs(datetime.combine(ours, time()) - theirs) < timedelta(days=1, seconds=1)
        )
        or (
            isinstance(ours, time)
            and isinstance(theirs, time)
            and abs(ours.hour * 60 + ours.minute - theirs.hour * 60 - theirs.minute) <= 1
        )
    )


@pytest.mark.parametrize("seed", range(60))
def test_chance_workbooks_read_as_openpyxl_reads_them(seed):
    data = chance_book(random.Random(seed))
    ours = read_workbook(Archive(data, file="x"), file="x")
    theirs = openpyxl_reader.read_workbook(Archive(data, file="x"), file="x")
    assert [one.name for one in ours] == [one.name for one in theirs]
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.headings == other.headings
        assert [row.number for row in mine.rows] == [row.number for row in other.rows]
        for row, their_row in zip(mine.rows, other.rows, strict=True):
            cells = [*row.cells, *[None] * (len(mine.headings) - len(row.cells))]
            assert all(
                same(cell, their_cell)
                for cell, their_cell in zip(cells, their_row.cells, strict=True)
            ), (row, their_row)


@pytest.mark.parametrize(
    ("code", "form"),
    [
        ("General", Form.NUMBER),
        ("0.00", Form.NUMBER),
        ("0%", Form.PERCENT),
        ("dd/mm/yyyy", Form.DAY),
        ("[$-809]d mmmm yyyy", Form.DAY),
        ("mmm", Form.DAY),
        ("h:mm AM/PM", Form.TIME),
        ("[h]:mm", Form.DURATION),
        ("mm:ss", Form.TIME),
        ("0000000", Form.PADDED),
        ("00-0000", Form.PADDED),
        ("@", Form.NUMBER),
        ('0 "days"', Form.NUMBER),
        ("[Red]0.00", Form.NUMBER),
        ("#,##0;[Red]-#,##0", Form.NUMBER),
        ("yyyy-mm-dd hh:mm", Form.DAY),
    ],
)
def test_a_number_format_says_what_a_number_is(code, form):
    assert form_of(code) is form


@pytest.mark.parametrize(
    ("xml", "value"),
    [
        ('<c t="str"><f>A1</f><v>text</v></c>', "text"),
        ('<c t="b"><v>1</v></c>', True),
        ('<c t="d"><v>2016-03-01</v></c>', date(2016, 3, 1)),
        ("<c><v>1E2</v></c>", 100),
        (
            (
                '<c t="inlineStr"><is><r><t>Two </t></r><r><t>runs</t></r><rPh sb="0"'
                ' eb="1"><t>guide</t></rPh></is></c>'
            ),
            "Two runs",
        ),
        ("<c><v>0.1</v></c>", 0.1),
    ],
)
def test_cells_are_read_by_what_they_say_they_are(xml, value):
    (table,) = read_workbook(Archive(workbook(sheet(("heading",), (xml,))), file="x"), file="x")
    assert table.rows[0].cells == [value]


@pytest.mark.parametrize(
    "xml",
    [
        "<c><v>nan</v></c>",
        "<c><v>1e999</v></c>",
        "<c><v>1_0</v></c>",
        "<c><v>x</v></c>",
        '<c t="d"><v>soon</v></c>',
        '<c t="e"><v>#N/A</v></c>',
        "<c><f>A1</f></c>",
        f"<c><v>{'9' * 500}</v></c>",
    ],
)
def test_what_no_value_can_be_had_from_stays_visible(xml):
    (table,) = read_workbook(Archive(workbook(sheet(("heading",), (xml,))), file="x"), file="x")
    assert isinstance(table.rows[0].cells[0], Unreadable)
    assert table.rows[0].cells[0].advice


def test_a_number_shown_as_something_else_is_what_is_shown():
    (table,) = read_workbook(
        Archive(
            workbook(
                sheet(("a", "b"), ('<c s="1"><v>0.3</v></c>', '<c s="2"><v>12345</v></c>')),
                formats=["0%", "0000000"],
            ),
            file="x",
        ),
        file="x",
    )
    assert table.rows[0].cells == [Shown("30%"), Shown("0012345")]
