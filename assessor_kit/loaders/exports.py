"""Tables for spreadsheet programs: nothing in them runs, and what had to be changed for that is counted.

CSV: a cell that a spreadsheet program would take for a formula gets an apostrophe in front (OWASP ASVS 1.2.10); characters that cannot be seen become
escapes. XLSX: every text is stored as text, so only the escapes are needed. Numbers stay numbers.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assessor_kit.vocabulary import visible

STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
ABOUT = "Cells that a spreadsheet program would run, and characters that cannot be seen, were made harmless: {number} cells."
Cells = Sequence[object]


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A written table: where, and how many cells were made harmless."""

    path: Path
    neutralised: int

    def sentence(self) -> str:
        """What to tell who opens it."""
        return ABOUT.format(number=self.neutralised)


def neutral(cell: object, *, apostrophe: bool) -> object:
    """A cell that does nothing when opened. `apostrophe`: whether text that would start a formula is marked as text by one."""
    if not isinstance(cell, str):
        return "" if cell is None else cell
    text = visible(cell)
    return f"'{text}" if apostrophe and cell.lstrip(" ").startswith(STARTS_FORMULA) else text


def export_table(path: Path, *, columns: Sequence[str], rows: Iterable[Cells]) -> Exported:
    """Write rows under their headings as CSV (UTF-8 with a mark, which spreadsheet programs need) or, by the name's ending, as XLSX."""
    as_workbook = path.suffix.lower() == ".xlsx"
    before = [list(row) for row in rows]
    after = [[neutral(cell, apostrophe=not as_workbook) for cell in row] for row in before]
    changed = sum(
        new != old
        for row, other in zip(after, before, strict=True)
        for new, old in zip(row, other, strict=True)
        if old is not None
    )
    part = path.with_name(f".{path.name}.part")
    write = _write_workbook if as_workbook else _write_csv
    write(part, list(columns), after, changed)
    part.replace(path)
    return Exported(path=path, neutralised=changed)


def _write_csv(path: Path, columns: list[str], rows: list[list[object]], _changed: int) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerows([columns, *rows])


def _write_workbook(path: Path, columns: list[str], rows: list[list[object]], changed: int) -> None:
    from openpyxl import Workbook  # noqa: PLC0415  (half a second at import, and most commands write no workbook)

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
