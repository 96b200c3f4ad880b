"""Read the files that staff keep.

They are the register, opt-ins, declarations, circumstances, assessors and responses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from assessor_kit.errors import UnusableFile
from assessor_kit.loaders.cells.cell_values import CellValue, Unreadable, cell_text
from assessor_kit.loaders.cells.identifiers import (
    read_assessor_id,
    read_member_no,
    read_member_nos,
    read_optional_member_no,
)
from assessor_kit.loaders.files.columns import (
    JOINED,
    Matched,
    check_mapping,
    known_headings,
    match_columns,
)
from assessor_kit.loaders.files.formats import sheets_in
from assessor_kit.loaders.files.sheet import Row, Sheet
from assessor_kit.loaders.records import staff_cells as cells
from assessor_kit.loaders.records.staff_cells import Reader
from assessor_kit.vocabulary import (
    Problem,
    ProfessionalStatus,
    ResponseState,
    ResponseStatement,
    visible,
)

ColumnMapping = Mapping[str, str] | None
LONGEST_SHOWN = 80


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What was read from a staff file: its rows, the columns it had, and its problems."""

    rows: tuple[dict[str, Any], ...]
    columns: tuple[str, ...]
    rejected: tuple[Problem, ...] = ()
    flags: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()


def read_register(data: bytes, *, file: str, columns: ColumnMapping = None) -> Loaded:
    """Read the rows of a register (`tables.REGISTER`), with the columns of `tables.STATUSES`.

    A status that is not stated is the empty text.
    """
    readers: dict[str, Reader] = {
        "member_no": read_member_no,
        "joined_on": cells.day,
        "left_on": cells.day,
        "deceased": cells.yes_or_a_day,
        "do_not_contact": cells.yes_no,
        "name": cells.text,
        "email": cells.text,
        "postal_address": cells.text,
        "grade": cells.needed_text,
        "registration": cells.text,
        "discipline": cells.text,
        "employer": cells.text,
        "opted_in_on": cells.day,
        "professional_status": cells.word_of(ProfessionalStatus, may_be_blank=True),
        "volunteering": cells.yes_no_or_blank,
        "status_from": cells.day,
    }
    return _read(data, file, "register", readers, needed=("member_no", "grade"), columns=columns)


def read_opt_ins(data: bytes, *, file: str, columns: ColumnMapping = None) -> Loaded:
    """Read the members who opt in by name and membership number.

    Columns: member_no, name, opted_in_on (which may be empty).
    """
    readers: dict[str, Reader] = {
        "member_no": read_member_no,
        "name": cells.needed_text,
        "opted_in_on": cells.day,
    }
    return _read(data, file, "opt_ins", readers, needed=("member_no", "name"), columns=columns)


def read_declarations(
    data: bytes, *, file: str, cpd_year: int, columns: ColumnMapping = None
) -> Loaded:
    """Read the declarations (`tables.DECLARATIONS`) of one CPD year.

    A row of another year is rejected.
    """

    def year(value: object) -> CellValue[int]:
        read = cells.cpd_year(value) if cell_text(value) else CellValue(value=cpd_year)
        return read if read.value == cpd_year else CellValue(problem=f"the CPD year {cpd_year}")

    readers: dict[str, Reader] = {
        "member_no": read_member_no,
        "cpd_year": year,
        "declared_hours": cells.hours,
        "declared_on": cells.day,
    }
    loaded = _read(
        data, file, "declarations", readers, needed=("member_no", "declared_hours"), columns=columns
    )
    return _renamed(loaded, {"declared_hours": "declared_minutes"})


def read_circumstances(data: bytes, *, file: str, columns: ColumnMapping = None) -> Loaded:
    """Read agreed circumstances (`tables.CIRCUMSTANCES`).

    An empty target means that it is still being discussed.
    """
    readers: dict[str, Reader] = {
        "member_no": read_member_no,
        "cpd_year": cells.cpd_year,
        "kind": cells.needed_text,
        "from": cells.day,
        "to": cells.day,
        "agreed_target_hours": cells.optional_hours,
        "agreed_by": cells.text,
        "agreed_on": cells.day,
    }
    loaded = _read(
        data,
        file,
        "circumstances",
        readers,
        needed=("member_no", "cpd_year", "kind"),
        columns=columns,
    )
    return _renamed(
        loaded, {"from": "from_on", "to": "to_on", "agreed_target_hours": "agreed_target_minutes"}
    )


def read_assessors(data: bytes, *, file: str, columns: ColumnMapping = None) -> Loaded:
    """Read the assessors (`tables.ASSESSORS`)."""
    readers: dict[str, Reader] = {
        "assessor_id": read_assessor_id,
        "member_no": read_optional_member_no,
        "name": cells.text,
        "email": cells.text,
        "disciplines": cells.text,
        "employer": cells.text,
        "capacity": cells.whole(0, 1000),
        "conflicts": read_member_nos,
    }
    return _read(
        data,
        file,
        "assessors",
        readers,
        needed=("assessor_id", "disciplines", "capacity"),
        columns=columns,
    )


def read_responses(
    data: bytes, *, file: str, cpd_year: int, columns: ColumnMapping = None
) -> Loaded:
    """Read what became of each request (`tables.RESPONSES`)."""
    readers: dict[str, Reader] = {
        "member_no": read_member_no,
        "state": cells.word_of(ResponseState),
        "noted_on": cells.day,
        "statement": cells.word_of(ResponseStatement, may_be_blank=True),
    }
    loaded = _read(data, file, "responses", readers, needed=("member_no", "state"), columns=columns)
    return replace(loaded, rows=tuple({**row, "cpd_year": cpd_year} for row in loaded.rows))


def _renamed(loaded: Loaded, names: dict[str, str]) -> Loaded:
    return replace(
        loaded,
        rows=tuple(
            {names.get(name, name): value for name, value in row.items()} for row in loaded.rows
        ),
        columns=tuple(names.get(name, name) for name in loaded.columns),
    )


def only_sheet(data: bytes, *, file: str, table: str, mapping: Mapping[str, str]) -> Sheet:
    """Return the only table of a file; raise UnusableFile where there are none or several."""
    sheets = [
        sheet
        for sheet in sheets_in(
            data, file=file, recognised=lambda headings: known_headings(headings, table, mapping)
        )
        if sheet.headings
    ]
    if len(sheets) != 1:
        raise UnusableFile(
            f"{len(sheets)} tables with content",
            where=file,
            expected="one sheet",
            advice="Keep only the one that holds the table.",
        )
    return sheets[0]


def _read(
    data: bytes,
    file: str,
    table: str,
    readers: Mapping[str, Reader],
    *,
    needed: tuple[str, ...],
    columns: ColumnMapping,
) -> Loaded:
    mapping = columns or {}
    check_mapping(mapping, table)
    sheet = only_sheet(data, file=file, table=table, mapping=mapping)
    matched = match_columns(sheet.headings, table, needed=needed, file=file, mapping=mapping)
    flags = [*sheet.flags, *_unknown(matched.unknown, file)]
    rejected: list[Problem] = []
    rows: list[dict[str, Any]] = []
    for row in sheet.rows:
        if row.problem is not None:
            rejected.append(row.problem)
            continue
        found = {name: _cell(matched, name, row.cells) for name in readers}
        values = {name: _value(found[name], reader) for name, reader in readers.items()}
        problem = _row_problem(row, values, sheet, file, found)
        if problem:
            rejected.append(problem)
            continue
        rows.append({name: value.value for name, value in values.items()})
        flags += [
            Problem(
                file=file,
                sheet=sheet.name or None,
                row=row.number,
                column=name,
                found=value.flag,
                advice="Please check.",
            )
            for name, value in values.items()
            if value.flag
        ]
    return Loaded(
        rows=tuple(rows),
        columns=tuple(name for name in readers if name in matched.places),
        rejected=tuple(rejected),
        flags=tuple(flags),
        notes=tuple(sheet.notes),
    )


def _cell(matched: Matched, name: str, row: list[object]) -> object:
    """Return the cell of a column; the lines of an address stand one below the other."""
    if name not in JOINED:
        return matched.first(name, row)
    found = matched.every(name, row)
    unreadable = next((cell for cell in found if isinstance(cell, Unreadable)), None)
    lines = [line.strip() for cell in found for line in cell_text(cell).splitlines()]
    return unreadable or "\n".join(line for line in lines if line)


def _value(cell: object, reader: Reader) -> CellValue[Any]:
    return CellValue(problem=cell.expected) if isinstance(cell, Unreadable) else reader(cell)


def _unknown(headings: tuple[str, ...], file: str) -> list[Problem]:
    if not headings:
        return []
    return [
        Problem(
            file=file,
            row=1,
            found=f"columns not recognised: {', '.join(map(visible, headings))}",
            advice=(
                "They are left out. If you need one, rename it, or pass"
                " --columns 'Their name=ours'."
            ),
        )
    ]


def _row_problem(
    row: Row,
    values: Mapping[str, CellValue[Any]],
    sheet: Sheet,
    file: str,
    found: Mapping[str, object],
) -> Problem | None:
    """Return every cause for which a row is rejected as one problem, None if there is none."""
    bad = [name for name, value in values.items() if value.problem]
    if not bad:
        return None
    return Problem(
        file=file,
        sheet=sheet.name or None,
        row=row.number,
        column=", ".join(bad),
        found="; ".join(
            f"{name}: {visible(cell_text(found[name]))[:LONGEST_SHOWN]!r}" for name in bad
        ),
        expected="; ".join(dict.fromkeys(values[name].problem for name in bad)),
        advice="Correct the row and import the file again.",
    )
