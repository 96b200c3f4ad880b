"""Write tables for spreadsheet programs, in which nothing can run.

The cells that had to be changed for this are counted.

CSV: a cell that a spreadsheet program would take for a formula gets an apostrophe in front (OWASP
ASVS 1.2.10), and characters that cannot be seen become escapes. XLSX: every text is stored as text,
so only the escapes are needed. Numbers stay numbers.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assessor_kit.files import private_file
from assessor_kit.vocabulary import starts_formula, visible

ABOUT = (
    "{number} cells were made harmless: a spreadsheet program could have run them, or they"
    " contained characters that cannot be seen."
)
ExportRow = Sequence[object]


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A table that was written: its path, and how many cells were made harmless."""

    path: Path
    neutralised: int

    def sentence(self) -> str:
        """Return the sentence for whoever opens the table."""
        return ABOUT.format(number=self.neutralised)


def neutral(cell: object, *, apostrophe: bool) -> object:
    """Return a cell that does nothing when opened.

    With `apostrophe`, text that would start a formula gets an apostrophe in front.
    """
    if not isinstance(cell, str):
        return "" if cell is None else cell
    text = visible(cell)
    return f"'{text}" if apostrophe and starts_formula(cell) else text


def export_table(path: Path, *, columns: Sequence[str], rows: Iterable[ExportRow]) -> Exported:
    """Write rows under their headings, as XLSX if the path ends in .xlsx and else as CSV.

    CSV is UTF-8 with a byte-order mark, which spreadsheet programs need.
    """
    as_workbook = path.suffix.lower() == ".xlsx"
    before = [list(row) for row in rows]
    after = [[neutral(cell, apostrophe=not as_workbook) for cell in row] for row in before]
    changed = sum(
        new != old
        for row, other in zip(after, before, strict=True)
        for new, old in zip(row, other, strict=True)
        if old is not None
    )
    write = _write_workbook if as_workbook else _write_csv
    with private_file(path) as part:
        write(part, list(columns), after, changed)
    return Exported(path=path, neutralised=changed)


def _write_csv(path: Path, columns: list[str], rows: list[list[object]], _changed: int) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerows([columns, *rows])


def _write_workbook(path: Path, columns: list[str], rows: list[list[object]], changed: int) -> None:
    # It takes half a second to import, and most commands write no workbook.
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook()
    table = book.worksheets[0]
    table.title = "Table"
    lines: list[list[Any]] = [list(columns), *rows]
    for number, cells in enumerate(lines, 1):
        for place, value in enumerate(cells, 1):
            cell = table.cell(row=number, column=place, value=value)
            if isinstance(value, str):
                cell.data_type = "s"  # text stays text, whatever it begins with
    book.create_sheet("About").append([ABOUT.format(number=changed)])
    with path.open("wb") as file:
        book.save(file)
