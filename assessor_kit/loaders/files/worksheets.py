"""Read one sheet of a workbook cell by cell: values, never formulas.

A cell outside the permitted rows and columns makes the file unusable, and nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from xml.parsers import expat

from assessor_kit.errors import UnusableFile
from assessor_kit.loaders.cells.cell_values import Unreadable
from assessor_kit.loaders.cells.dates import read_iso_moment
from assessor_kit.loaders.cells.number_formats import Form, value_of
from assessor_kit.loaders.files.archives import SAVE_AGAIN
from assessor_kit.loaders.files.sheet import Row, Sheet, wrong_width
from assessor_kit.loaders.limits import LAST_COLUMN, LAST_ROW, MOST_COLUMNS, MOST_ROWS
from assessor_kit.vocabulary import Problem

REFERENCE = re.compile(r"([A-Z]{1,7})([1-9]\d{0,15})", re.ASCII)
ESCAPED = re.compile(
    r"_x(000D|000[0-8BCEF]|001[0-9A-F]|007F|005F(?=_x[0-9A-F]{4}_))_(\n?)", re.IGNORECASE
)
LONGEST_NUMBER = 40
WorksheetRow = dict[int, object]


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What the sheets of one workbook share: strings, number formats by style, and epoch."""

    strings: Sequence[str]
    formats: Sequence[tuple[Form, str]]
    epoch_1904: bool


def unescaped(text: str) -> str:
    """Return text without the spreadsheet's own escapes of control characters.

    A carriage return becomes a line end.
    """
    if "_x" not in text:
        return text

    def plain(found: re.Match[str]) -> str:
        code = int(found[1], 16)
        return "\n" if code == ord("\r") else chr(code) + found[2]

    return ESCAPED.sub(plain, text)


class SheetReader:
    """Reads the XML of one sheet as it streams by."""

    def __init__(self, shared: Shared, *, name: str, file: str) -> None:
        self.shared = shared
        self.name = name
        self.file = file
        self.where = f"{file}, sheet {name}"
        self.row_number = self.column = 0
        self.cells: WorksheetRow = {}
        self.rows: list[tuple[int, WorksheetRow]] = []
        self.kind = "n"
        self.style = 0
        self.value = ""
        self.has_formula = False
        self.collecting = self.in_phonetic = False
        self.text: list[str] = []
        self.formulas = self.hidden_rows = 0
        self.hidden_columns = False

    def read(self, part: bytes) -> Sheet:
        """Return the whole sheet.

        Raises UnusableFile where it has cells outside the limits or contradicts itself.
        """
        parser = parser_for(self.start, self.end, self.characters)
        parse(parser, part, where=self.where)
        return self._sheet()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Handle the start of an element."""
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "c":
            self._place(attributes.get("r"))
            self.kind = attributes.get("t", "n")
            self.style = _whole(attributes.get("s", "0"))
            self.value = ""
            self.has_formula = False
            self.text = []
        elif name in {"v", "t"}:
            self.collecting = not self.in_phonetic
        elif name == "row":
            self._begin_row(attributes)
        elif name == "f":
            self.has_formula = True
        elif name == "rPh":
            self.in_phonetic = True
        elif (
            name == "col"
            and attributes.get("hidden") in {"1", "true"}
            and _whole(attributes.get("min", "1")) <= MOST_COLUMNS
        ):
            self.hidden_columns = True

    def characters(self, text: str) -> None:
        """Handle text inside the element that is open."""
        if self.collecting:
            self.text.append(text)

    def end(self, name: str) -> None:
        """Handle the end of an element."""
        if ":" in name:
            name = name.rpartition(":")[2]
        if name in {"v", "t"}:
            self.collecting = False
        elif name == "c":
            self.value = "".join(self.text)
            self._keep()
        elif name == "row" and self.cells:
            self.rows.append((self.row_number, self.cells))
            self.cells = {}
        elif name == "rPh":
            self.in_phonetic = False

    def _begin_row(self, attributes: dict[str, str]) -> None:
        number = _whole(attributes["r"]) if "r" in attributes else self.row_number + 1
        if not self.row_number < number <= LAST_ROW:
            raise UnusableFile(
                (
                    "too many rows"
                    if number > LAST_ROW
                    else f"row {number} after row {self.row_number}"
                ),
                where=self.where,
                expected=f"rows in order, up to {MOST_ROWS}",
                advice=SAVE_AGAIN,
            )
        self.row_number = number
        self.column = 0
        self.hidden_rows += attributes.get("hidden") in {"1", "true"}

    def _place(self, reference: str | None) -> None:
        if reference is None:
            self.column += 1
            return
        match = REFERENCE.fullmatch(reference)
        column = _column(match[1]) if match else 0
        if (
            match is None
            or int(match[2]) != self.row_number
            or not self.column < column <= LAST_COLUMN
        ):
            raise UnusableFile(
                f"the cell {reference[:20]} is out of place in row {self.row_number}",
                where=self.where,
                expected=f"cells in order, up to column {MOST_COLUMNS}",
                advice=SAVE_AGAIN,
            )
        self.column = column

    def _keep(self) -> None:
        value = self._cell()
        if value is None or value == "":
            return
        if self.row_number > MOST_ROWS or self.column > MOST_COLUMNS:
            raise UnusableFile(
                f"a cell in row {self.row_number}, column {self.column}",
                where=self.where,
                expected=f"at most {MOST_ROWS} rows and {MOST_COLUMNS} columns",
                advice="Remove whatever lies outside.",
            )
        self.formulas += self.has_formula and not isinstance(value, Unreadable)
        self.cells[self.column] = value

    def _cell(self) -> object:
        if self.kind == "inlineStr":
            return unescaped(self.value)
        if self.has_formula and self.value == "" and self.kind != "str":
            return Unreadable(
                found="a formula without a result",
                expected="a value, not a formula that was never calculated",
                advice="Open and save the workbook, or type the value.",
            )
        if self.value == "":
            return None
        if self.kind == "s":
            return self._shared_string()
        if self.kind == "str":
            return unescaped(self.value)
        if self.kind == "e":
            return Unreadable(
                found=self.value[:20],
                expected="a value, not a spreadsheet error",
                advice="Correct the cell.",
            )
        if self.kind == "b":
            return self.value in {"1", "true"}
        return read_iso_moment(self.value) if self.kind == "d" else self._number()

    def _shared_string(self) -> str:
        place = _whole(self.value)
        if place >= len(self.shared.strings):
            raise UnusableFile(
                f"a cell refers to text {place}, but there are {len(self.shared.strings)} texts",
                where=self.where,
                expected="a text that exists",
                advice=SAVE_AGAIN,
            )
        return self.shared.strings[place]

    def _number(self) -> object:
        try:
            number = (
                float(self.value)
                if len(self.value) <= LONGEST_NUMBER and "_" not in self.value
                else float("nan")
            )
        except ValueError:
            number = float("nan")
        if not isfinite(number):
            return Unreadable(
                found=self.value[:20], expected="a number", advice="Type the number again."
            )
        form, code = (
            self.shared.formats[self.style]
            if self.style < len(self.shared.formats)
            else (Form.NUMBER, "")
        )
        return value_of(number, form, code=code, epoch_1904=self.shared.epoch_1904)

    def _sheet(self) -> Sheet:
        filled = [
            (number, cells)
            for number, cells in self.rows
            if any(not isinstance(value, str) or value.strip() for value in cells.values())
        ]
        if not filled:
            return Sheet(name=self.name, headings=[], rows=[])
        first = filled[0][1]
        headings = [
            "" if first.get(place) is None else str(first[place]).strip()
            for place in range(1, max(first) + 1)
        ]
        rows = [self._row(number, cells, len(headings)) for number, cells in filled[1:]]
        return Sheet(name=self.name, headings=headings, rows=rows, flags=self._flags())

    def _row(self, number: int, cells: WorksheetRow, width: int) -> Row:
        last = max(cells)
        values = [cells.get(place) for place in range(1, max(last, width) + 1)]
        while len(values) > width and (values[-1] is None or not str(values[-1]).strip()):
            values.pop()
        return (
            wrong_width(values, width=width, file=self.file, sheet=self.name, number=number)
            if len(values) > width
            else Row(number=number, cells=values)
        )

    def _flags(self) -> list[Problem]:
        said = {
            "formulas: the results saved in the workbook were used": self.formulas,
            "hidden rows, which were read too": self.hidden_rows,
            "hidden columns, which were read too": self.hidden_columns,
        }
        return [
            Problem(
                file=self.file,
                sheet=self.name,
                found=text,
                advice="Check that this is what was meant.",
            )
            for text, met in said.items()
            if met
        ]


@lru_cache(maxsize=4096)
def _whole(text: str) -> int:
    # A longer number is beyond any place in a sheet.
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else 10**15  # noqa: PLR2004


@lru_cache(maxsize=4096)
def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def parser_for(start: object, end: object, characters: object) -> expat.XMLParserType:
    """Return an XML parser that gives up at the first declaration of a document type."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start  # type: ignore[assignment]
    parser.EndElementHandler = end  # type: ignore[assignment]
    parser.CharacterDataHandler = characters  # type: ignore[assignment]
    parser.StartDoctypeDeclHandler = _refuse_dtd
    return parser


def _refuse_dtd(*_declared: object) -> None:
    raise UnusableFile("it contains a DTD", expected="a plain file", advice=SAVE_AGAIN)


def parse(parser: expat.XMLParserType, part: bytes, *, where: str) -> None:
    """Run the parser over a part; raise UnusableFile where it is not XML."""
    try:
        parser.Parse(part, True)  # noqa: FBT003  (expat's own argument: there is no more)
    except expat.ExpatError as problem:
        raise UnusableFile(
            f"a part that is not XML ({problem})",
            where=where,
            expected="a whole file",
            advice=SAVE_AGAIN,
        ) from None
