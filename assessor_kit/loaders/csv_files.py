"""A CSV file: encoding and delimiter are found by matching the header, never by a guess on the data."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

from assessor_kit.errors import UnusableFile
from assessor_kit.loaders.sheet import LONGEST_FIELD, MOST_COLUMNS, Row, Sheet
from assessor_kit.vocabulary import Problem

MOST_BYTES = 100 * 1024 * 1024
DELIMITERS = (",", ";", "\t")


def read_csv(data: bytes, *, file: str, recognised: Callable[[list[str]], int]) -> Sheet:
    """The table of a CSV file. `recognised` counts how many headings of a row are known; the best delimiter wins.

    Raises UnusableFile for a NUL byte, a broken quote, an unknown encoding or no known heading. A row of another width than the
    header is rejected alone; surplus empty cells and blank rows are ignored.
    """
    if len(data) > MOST_BYTES:
        raise UnusableFile(f"the file is larger than {MOST_BYTES // 2**20} MB", where=file, advice="Split it and import the parts.")
    text, note = _decode(data, file)
    if "\x00" in text:
        raise UnusableFile("the file holds a NUL byte", where=file, expected="plain text", advice="Save it as CSV (UTF-8) again.")
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep="):
        text = rest
    shift = 1 if first.strip().lower().startswith("sep=") else 0
    found = {delimiter: _headings(text, delimiter) for delimiter in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda mark: recognised(found[mark]))
    if not text.strip() or recognised(found[delimiter]) == 0:
        raise UnusableFile(f"no heading is known: {first.strip()[:80]!r}", where=file, expected="a header row with the columns of the table",
                           advice="Compare it with the columns listed in the README.")
    notes = [Problem(file=file, found=note, advice="Check that names with accents look right.")] if note else []
    return _table(text, delimiter, file=file, shift=shift, notes=notes)


def _decode(data: bytes, file: str) -> tuple[str, str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), ""
        except UnicodeDecodeError:
            raise UnusableFile("broken UTF-16", where=file, advice="Save it as CSV (UTF-8) again.") from None
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        try:
            return data.decode("cp1252"), "read as Windows-1252, as it is not UTF-8"
        except UnicodeDecodeError:
            raise UnusableFile("an unknown encoding", where=file, expected="UTF-8", advice="Save it as CSV (UTF-8) again.") from None


def _headings(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []


def _table(text: str, delimiter: str, *, file: str, shift: int, notes: list[Problem]) -> Sheet:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    rejected: list[Problem] = []
    headings: list[str] = []
    try:
        for number, cells in enumerate(reader, 1 + shift):
            if not headings:
                headings = _trimmed([cell.strip() for cell in cells], 0)
                if len(headings) > MOST_COLUMNS:
                    raise UnusableFile(f"{len(headings)} columns", where=file, expected=f"at most {MOST_COLUMNS}", advice="Remove the others.")
                continue
            if not any(cell.strip() for cell in cells):
                continue
            trimmed = _trimmed(cells, len(headings))
            if len(trimmed) != len(headings):
                rejected.append(Problem(file=file, row=number, found=f"{len(trimmed)} cells", expected=f"{len(headings)} cells, as in the header",
                                        advice="Put text that contains the separator in quotes."))
            elif too_long := [place for place, cell in enumerate(trimmed) if len(cell) > LONGEST_FIELD]:
                rejected.append(Problem(file=file, row=number, column=headings[too_long[0]], found=f"{len(trimmed[too_long[0]])} characters",
                                        expected=f"at most {LONGEST_FIELD}", advice="Shorten the text; nothing is cut."))
            else:
                rows.append(Row(number=number, cells=list(trimmed)))
    except csv.Error as problem:
        raise UnusableFile(f"a broken quote near line {reader.line_num + shift}: {problem}", where=file, expected="quotes in pairs",
                           advice="Mend the line named; nothing was taken.") from None
    return Sheet(name="", headings=headings, rows=rows, rejected=rejected, notes=notes)


def _trimmed(cells: list[str], width: int) -> list[str]:
    """Without surplus empty cells at the end."""
    while len(cells) > width and not cells[-1].strip():
        cells = cells[:-1]
    return cells
