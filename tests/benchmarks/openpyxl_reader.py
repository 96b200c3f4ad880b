"""The same import through openpyxl in one process, to compare with the kit's own reader.

They are compared in speed and in what they read. openpyxl returns either the results or the
formulas of a workbook, so the workbook must be opened twice to distinguish a formula without a
result from an empty cell.
"""

import io
from datetime import datetime

import openpyxl

from assessor_kit.errors import UnusableFile
from assessor_kit.loaders.cells.cell_values import Shown, Unreadable
from assessor_kit.loaders.files.sheet import Row, Sheet, wrong_width
from assessor_kit.loaders.process.messages import packed, unpacked
from assessor_kit.loaders.records.returns import read_returns


def read_workbook(archive, *, file, twice=True):
    """Return every sheet of a workbook, as `loaders.workbooks.read_workbook` does."""
    archive.read_through()
    data = archive.archive.fp.getvalue()
    values = openpyxl.load_workbook(
        io.BytesIO(data), read_only=True, data_only=True, keep_links=False
    )
    formulas = (
        openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        if twice
        else values
    )
    return [_sheet(values[name], formulas[name], file) for name in values.sheetnames]


def _sheet(values, formulas, file):
    for view in (values, formulas):
        view.reset_dimensions()
    rows = []
    for number, (cells, sources) in enumerate(
        zip(
            values.iter_rows(max_row=50_001, max_col=65),
            formulas.iter_rows(max_row=50_001, max_col=65),
            strict=True,
        ),
        1,
    ):
        found = [_value(cell, source) for cell, source in zip(cells, sources, strict=True)]
        if any(value is not None and str(value).strip() for value in found):
            rows.append((number, found))
    if not rows:
        return Sheet(name=values.title, headings=[], rows=[])
    headings = _trimmed(rows[0][1], 0)
    body = []
    for number, found in rows[1:]:
        cells = _trimmed([*found, *[None] * (len(headings) - len(found))], len(headings))
        body.append(
            Row(number=number, cells=cells)
            if len(cells) == len(headings)
            else wrong_width(
                cells, width=len(headings), file=file, sheet=values.title, number=number
            )
        )
    return Sheet(
        name=values.title,
        headings=["" if value is None else str(value).strip() for value in headings],
        rows=body,
    )


def _trimmed(cells, width):
    while len(cells) > width and (cells[-1] is None or not str(cells[-1]).strip()):
        cells = cells[:-1]
    return cells


def _value(cell, source):
    value = cell.value
    if getattr(cell, "data_type", "") == "e":
        return Unreadable(
            found=str(value),
            expected="a value, not a spreadsheet error",
            advice="Correct the cell.",
        )
    if value is None and getattr(source, "data_type", "") == "f":
        return Unreadable(
            found="a formula without a result", expected="a value", advice="Type the value."
        )
    if isinstance(value, int | float) and not isinstance(value, bool):
        style = str(cell.number_format)
        if "%" in style:
            return Shown(f"{value * 100:.10g}%")
        if len(style) > 1 and set(style) == {"0"}:
            return Shown(str(value).zfill(len(style)))
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date()
    return value


class OneProcess:
    """A substitute for `loaders.Readers` that reads in the importing process itself."""

    def __init__(self, _kind, *, processes=None, **options):
        self.options = options

    def __enter__(self):
        return self

    def __exit__(self, *_problem):
        return None

    def read(self, files):
        for sent in files:
            try:
                yield (
                    sent,
                    unpacked(packed(read_returns(sent.data, file=sent.file, **self.options))),
                )
            except UnusableFile as problem:
                yield sent, problem
