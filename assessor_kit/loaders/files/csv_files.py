"""Read a CSV file.

The encoding is the first that the whole file keeps to. The delimiter is the one with which most
headings of the header row are recognised; it is never guessed from the data.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator

from assessor_kit.errors import UnusableFile
from assessor_kit.loaders.files.sheet import Row, Sheet, wrong_width
from assessor_kit.loaders.limits import LONGEST_LINE, MEBIBYTE, MOST_COLUMNS, MOST_FILE_BYTES
from assessor_kit.vocabulary import Problem, visible

DELIMITERS = (",", ";", "\t")
SEPARATOR_LINE = re.compile(r"\ufeff?sep=(.)[ \t,;]*(?:\r\n|\r|\n|\Z)", re.IGNORECASE)
SAVE_AS_UTF8 = "Save it as CSV (UTF-8) again."
FIRST_CHARACTERS = 200_000  # the header must be within these


def read_csv(data: bytes, *, file: str, recognised: Callable[[list[str]], int]) -> Sheet:
    """Return the table of a CSV file.

    `recognised` counts how many headings of a row are known; the delimiter with the highest count
    wins.

    Raises UnusableFile for a NUL byte, a broken quote, an unknown encoding or a header without any
    known heading. A row of a different width from the header is rejected on its own; surplus empty
    cells and blank rows are ignored.
    """
    if len(data) > MOST_FILE_BYTES["csv"]:
        raise UnusableFile(
            f"larger than {MOST_FILE_BYTES['csv'] // MEBIBYTE} MB",
            where=file,
            advice="Split it and import the parts.",
        )
    encoding, notes = _encoding(data, file)
    start = _text(data, encoding).read(FIRST_CHARACTERS)
    separator = SEPARATOR_LINE.match(start)
    shift, skipped = (1, separator.end()) if separator else (0, 0)
    found = {
        mark: _headings(start[skipped:], mark)
        for mark in ((separator[1],) if separator else DELIMITERS)
    }
    delimiter = max(found, key=lambda mark: recognised(found[mark]))
    if not start.strip() or recognised(found[delimiter]) == 0:
        first = start[skipped:].strip().splitlines()
        raise UnusableFile(
            (
                f"no heading is recognised: {visible(first[0][:80])!r}"
                if first
                else "the file is empty: there is no heading"
            ),
            where=file,
            expected="a header row with the columns of the table",
            advice=(
                "Compare the headings with those that `assessor-kit template` writes, or pass"
                " --columns 'Their name=ours'."
            ),
        )
    text = _text(data, encoding)
    text.read(skipped)
    rows, headings = _rows(text, delimiter, file=file, shift=shift)
    return Sheet(name="", headings=headings, rows=rows, notes=notes)


def _encoding(data: bytes, file: str) -> tuple[str, list[Problem]]:
    """Return the encoding that the whole file keeps to, and what to note about it.

    It is the encoding of the byte-order mark if there is one, else UTF-8, else Windows-1252, which
    is noted with a preview.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        if not _decodes(data, "utf-16"):
            raise UnusableFile("broken UTF-16", where=file, expected="UTF-8", advice=SAVE_AS_UTF8)
        return "utf-16", []
    if b"\x00" in data:
        raise UnusableFile(
            "the file contains a NUL byte", where=file, expected="plain text", advice=SAVE_AS_UTF8
        )
    if _decodes(data, "utf-8-sig"):
        return "utf-8-sig", []
    if not _decodes(data, "cp1252"):
        raise UnusableFile("an unknown encoding", where=file, expected="UTF-8", advice=SAVE_AS_UTF8)
    # ASCII ends here.
    place = next(place for place, byte in enumerate(data) if byte > 0x7F)  # noqa: PLR2004
    preview = re.findall(r"\w+", data[max(0, place - 20) : place + 20].decode("cp1252"))
    accented = next((word for word in preview if not word.isascii()), "")
    return "cp1252", [
        Problem(
            file=file,
            found=(
                "read as Windows-1252, because it is not UTF-8; the first word with an accent reads"
                f" {accented!r}"
            ),
            advice="Check that names with accents look right.",
        )
    ]


def _decodes(data: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for place in range(0, len(data), MEBIBYTE):
            decoder.decode(data[place : place + MEBIBYTE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _text(data: bytes, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")


def _headings(text: str, delimiter: str) -> list[str]:
    try:
        return next(
            (
                cells
                for cells in csv.reader(
                    io.StringIO(text, newline=""), delimiter=delimiter, strict=True
                )
                if any(map(str.strip, cells))
            ),
            [],
        )
    except csv.Error:
        return []


def _lines(text: io.TextIOWrapper, file: str) -> Iterator[str]:
    """Yield the lines of the file; raise UnusableFile at one that is too long."""
    while line := text.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise UnusableFile(
                f"a line of more than {LONGEST_LINE} characters",
                where=file,
                expected=f"at most {MOST_COLUMNS} columns",
                advice="Remove the columns that are not needed.",
            )
        if "\x00" in line:
            raise UnusableFile(
                "the file contains a NUL byte",
                where=file,
                expected="plain text",
                advice=SAVE_AS_UTF8,
            )
        yield line


def _rows(
    text: io.TextIOWrapper, delimiter: str, *, file: str, shift: int
) -> tuple[list[Row], list[str]]:
    reader = csv.reader(_lines(text, file), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    headings: list[str] = []
    try:
        for number, cells in enumerate(reader, 1 + shift):
            if not any(cell and not cell.isspace() for cell in cells):
                continue
            if not headings:
                headings = _trimmed([cell.strip() for cell in cells], 0)
                if len(headings) > MOST_COLUMNS:
                    raise UnusableFile(
                        f"{len(headings)} columns",
                        where=file,
                        expected=f"at most {MOST_COLUMNS}",
                        advice="Remove the columns that are not needed.",
                    )
                continue
            rows.append(
                _row(_trimmed(cells, len(headings)), len(headings), file=file, number=number)
            )
    except csv.Error as problem:
        raise UnusableFile(
            f"a broken quote near line {reader.line_num + shift}: {problem}",
            where=file,
            expected="quotes in pairs",
            advice="Correct that line and import the file again; nothing was imported.",
        ) from None
    return rows, headings


def _row(cells: list[str], width: int, *, file: str, number: int) -> Row:
    values: list[object] = list(cells)
    return (
        Row(number=number, cells=values)
        if len(cells) == width
        else wrong_width(values, width=width, file=file, sheet=None, number=number)
    )


def _trimmed(cells: list[str], width: int) -> list[str]:
    """Return the cells without surplus empty ones at the end."""
    while len(cells) > width and not cells[-1].strip():
        cells = cells[:-1]
    return cells
