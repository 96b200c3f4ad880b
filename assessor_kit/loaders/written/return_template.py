"""Write a blank workbook that a member can fill in.

It has the three sheets of a return, lists to choose from, and a page of help.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from assessor_kit.files import private_file
from assessor_kit.rules.schema import Choice, Rules

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

LINES = 200
GOALS = 30
MEMBER = ("Member no", "Name", "Declared hours")
PLAN = ("Goal ID", "Goal", "Area", "Target date", "Planned hours")
ACTIVITIES = (
    "Title",
    "Activity type",
    "Area",
    "Planned",
    "Goal ID",
    "Started on",
    "Ended on",
    "Hours",
    "Competences",
    "Learning",
    "Reflection",
    "Evidence",
)
WIDE = 48
NARROW = 16
DAY = "dd/mm/yyyy"
TEXT = "@"
STYLES = {
    **dict.fromkeys(("Started on", "Ended on", "Target date"), DAY),
    **dict.fromkeys(("Member no", "Goal ID", "Title"), TEXT),
}
HELP = (
    (
        "Fill in the sheets Member and Activities; the sheet Plan is welcome but not required."
        " Leave blank anything you do not know."
    ),
    (
        "Member no: as on your membership card, including any leading zeros. One workbook holds one"
        " member's record."
    ),
    "Hours: 1.5, 1h30, 1:30 or 90 min are all understood.",
    (
        "Dates: day first, such as 31/03/2016. If an activity is still going on, write ongoing"
        " under Ended on."
    ),
    "Planned: yes or no. If an activity serves a goal in your plan, give its ID under Goal ID.",
    "Evidence is never needed. Content from any source is equally acceptable.",
)


def write_template(path: Path, *, rules: Rules) -> Path:
    """Write the blank workbook for one edition of the rules, with its words in the lists."""
    # It takes half a second to import, and most commands write no workbook.
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook()
    help_page = book.worksheets[0]
    help_page.title = "Help"
    for line in (*HELP, f"For CPD done in {rules.cpd_year}."):
        help_page.append([line])
    help_page.column_dimensions["A"].width = 2 * WIDE
    lists = {
        "Area": _labels((*rules.areas, *rules.partly_stated_areas)),
        "Activity type": [*_labels(rules.activity_types), "Other"],
        "Planned": ["yes", "no"],
        "Competences": [choice.code for choice in rules.competences],
    }
    places = {
        name: _write_list(help_page, column, name, words)
        for column, (name, words) in zip("CDEF", lists.items(), strict=True)
        if words
    }
    places["Goal ID"] = f"Plan!$A$2:$A${GOALS + 1}"
    without = {name for name, words in lists.items() if not words}
    if not rules.guideline.counts_hours:
        without |= {"Hours", "Declared hours", "Planned hours"}
    for name, headings, lines in (
        ("Member", MEMBER, 1),
        ("Plan", PLAN, GOALS),
        ("Activities", ACTIVITIES, LINES),
    ):
        choices = {
            heading: place
            for heading, place in places.items()
            if name == "Activities" or heading == "Area"
        }
        _write_sheet(
            book.create_sheet(name),
            [heading for heading in headings if heading not in without],
            lines,
            choices,
        )
    with private_file(path) as part, part.open("wb") as file:
        book.save(file)
    return path


def _labels(choices: tuple[Choice, ...]) -> list[str]:
    return [choice.label for choice in choices]


def _write_list(page: Worksheet, column: str, name: str, words: list[str]) -> str:
    """Write a list on the help page, and return its range of cells."""
    first = len(HELP) + 4
    page[f"{column}{first - 1}"] = f"{name}:"
    for place, word in enumerate(words):
        page[f"{column}{first + place}"] = word
    page.column_dimensions[column].width = NARROW * 2
    return f"Help!${column}${first}:${column}${first + len(words) - 1}"


def _write_sheet(sheet: Worksheet, headings: list[str], lines: int, places: dict[str, str]) -> None:
    from openpyxl.styles import Font  # noqa: PLC0415  (slow to import)
    from openpyxl.utils import get_column_letter  # noqa: PLC0415  (slow to import)

    sheet.append(headings)
    sheet.freeze_panes = "A2"
    for place, heading in enumerate(headings, 1):
        letter = get_column_letter(place)
        sheet.cell(row=1, column=place).font = Font(bold=True)
        sheet.column_dimensions[letter].width = (
            WIDE if heading in {"Title", "Goal", "Learning", "Reflection"} else NARROW
        )
        style = STYLES.get(heading, "")
        for row in range(2, lines + 2):
            if style:
                sheet.cell(row=row, column=place).number_format = style
        if heading in places:
            _validate(sheet, f"{letter}2:{letter}{lines + 1}", places[heading], heading)


def _validate(sheet: Worksheet, cells: str, place: str, heading: str) -> None:
    """Offer a list to choose from; another word is queried, never refused.

    Members know best what their CPD was.
    """
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415  (slow to import)

    made: Any = DataValidation(
        type="list",
        formula1=f"={place}",
        allow_blank=True,
        errorStyle="information",
        showErrorMessage=True,
    )
    made.promptTitle = heading
    made.prompt = "Choose from the list, or write your own word."
    made.error = "This word is not in the list. Keep it if it best says what you mean."
    sheet.add_data_validation(made)
    made.add(cells)
