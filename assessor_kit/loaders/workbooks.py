"""An Excel workbook: looked at from outside first, then read without formulas, links or macros."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

from assessor_kit.errors import UnusableFile
from assessor_kit.loaders.sheet import LONGEST_FIELD, MOST_COLUMNS, MOST_ROWS, Row, Sheet
from assessor_kit.vocabulary import Problem

MOST_BYTES, MOST_UNPACKED, MOST_ENTRIES = 20 * 2**20, 64 * 2**20, 400
OLE, ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
BAD_SERIAL_YEARS = (1900, 9000)


def is_workbook(data: bytes) -> bool:
    """Whether the content, not the name, is that of a workbook."""
    return data.startswith((ZIP, OLE))


def read_workbook(data: bytes, *, file: str) -> list[Sheet]:
    """Every sheet, headings in its first row that is not blank. Raises UnusableFile for what must not be opened."""
    _preflight(data, file)
    import openpyxl  # noqa: PLC0415  (half a second at import, and most commands read no workbook)

    try:
        values = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        formulas = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        return [_sheet(values[name], formulas[name], file=file) for name in values.sheetnames]
    except UnusableFile:
        raise
    except Exception as problem:  # noqa: BLE001 - openpyxl raises whatever its parsers raise; the file is unusable in every case
        raise UnusableFile(f"not a readable workbook ({type(problem).__name__})", where=file, expected="an .xlsx workbook",
                           advice="Open it in a spreadsheet program and save it again.") from None


def _preflight(data: bytes, file: str) -> None:
    """Refuse by the archive's directory alone, before anything is unpacked."""
    if data.startswith(OLE):
        raise UnusableFile("password-protected or .xls", where=file, expected="an .xlsx workbook without a password", advice="Save it as .xlsx.")
    if len(data) > MOST_BYTES:
        raise UnusableFile(f"larger than {MOST_BYTES // 2**20} MB", where=file, advice="Remove pictures and other sheets.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            if len(set(names)) < len(names) or any(".." in name or name.startswith("/") for name in names):
                raise UnusableFile("its archive holds the same or a misplaced entry", where=file, advice="Save it again in a spreadsheet program.")
            if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
                raise UnusableFile("too large when unpacked", where=file, expected=f"at most {MOST_UNPACKED // 2**20} MB", advice="Remove other sheets.")
            if any(entry.flag_bits & 1 for entry in entries) or any("vbaProject" in name for name in names):
                raise UnusableFile("encrypted, or with macros", where=file, expected="a plain .xlsx workbook", advice="Save it as .xlsx.")
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(entry)[:4096].upper():
                    raise UnusableFile("it holds a DTD", where=file, expected="a plain .xlsx workbook", advice="Save it again in a spreadsheet program.")
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as problem:
        raise UnusableFile(f"not a whole workbook ({problem})", where=file, expected="an .xlsx workbook", advice="Ask for the file again.") from None


def _sheet(values: object, formulas: object, *, file: str) -> Sheet:
    """The window of one sheet; `values` and `formulas` are openpyxl's views of it with results and with formulas."""
    name = str(values.title)  # type: ignore[attr-defined]
    window = {"max_row": MOST_ROWS + 1, "max_col": MOST_COLUMNS + 1}
    for view in (values, formulas):
        view.reset_dimensions()  # type: ignore[attr-defined]  # the stated size may lie
    headings: list[str] = []
    rows: list[Row] = []
    rejected: list[Problem] = []
    flags = [Problem(file=file, sheet=name, found="the sheet is hidden", advice="Check that it was meant to be sent.")] \
        if values.sheet_state != "visible" else []  # type: ignore[attr-defined]
    both = zip(values.iter_rows(**window), formulas.iter_rows(**window), strict=False)  # type: ignore[attr-defined]
    for number, (cells, sources) in enumerate(both, 1):
        found = [cell.value for cell in cells]
        while found and found[-1] in {None, ""} and len(found) > len(headings):
            found.pop()
        if not any(value not in {None, ""} for value in found):
            continue
        if number > MOST_ROWS or len(found) > MOST_COLUMNS:
            raise UnusableFile(f"row {number} with {len(found)} columns", where=f"{file}, sheet {name}",
                               expected=f"at most {MOST_ROWS} rows and {MOST_COLUMNS} columns", advice="Remove what lies outside.")
        if not headings:
            headings = [str(value or "").strip() for value in found]
            continue
        row = [*found, *[None] * (len(headings) - len(found))]
        problem = _bad_cell(cells, sources, headings, file=file, sheet=name, number=number)
        if problem:
            rejected.append(problem)
        else:
            rows.append(Row(number=number, cells=row))
    return Sheet(name=name, headings=headings, rows=rows, rejected=rejected, flags=flags)


def _bad_cell(cells: tuple[object, ...], sources: tuple[object, ...], headings: list[str], *, file: str, sheet: str, number: int) -> Problem | None:
    """The first cell of a row that a value cannot be had from: an error, a formula never calculated, an impossible date."""
    for place, (cell, source) in enumerate(zip(cells, sources, strict=False)):
        where = {"file": file, "sheet": sheet, "row": number, "column": headings[place] if place < len(headings) else None}
        value, kind = cell.value, getattr(cell, "data_type", "")  # type: ignore[attr-defined]
        if kind == "e":
            return Problem(**where, found=str(value), expected="a value, not a spreadsheet error", advice="Mend the cell.")  # type: ignore[arg-type]
        if value is None and getattr(source, "data_type", "") == "f":
            return Problem(**where, found="a formula without a result", expected="a value", advice="Open and save the workbook, or type the value.")  # type: ignore[arg-type]
        if isinstance(value, datetime) and not BAD_SERIAL_YEARS[0] < value.year < BAD_SERIAL_YEARS[1]:
            return Problem(**where, found=str(value.date()), expected="a date of this century", advice="Type the date as text.")  # type: ignore[arg-type]
        if isinstance(value, str) and len(value) > LONGEST_FIELD:
            return Problem(**where, found=f"{len(value)} characters", expected=f"at most {LONGEST_FIELD}", advice="Shorten the text.")  # type: ignore[arg-type]
        if isinstance(value, float | int) and not isinstance(value, bool):
            style = str(getattr(cell, "number_format", ""))
            if "%" in style:
                return Problem(**where, found=f"{value:%}", expected="a plain number", advice="Format the cell as a number.")  # type: ignore[arg-type]
            if place < len(headings) and len(style) > 1 and set(style) == {"0"}:
                return Problem(**where, found=f"{value} shown as {str(value).zfill(len(style))}", expected="the number as text",  # type: ignore[arg-type]
                               advice="Format the column as text and type the number again.")
    return None
