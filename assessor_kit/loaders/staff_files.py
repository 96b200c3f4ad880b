"""Files that staff keep: register, opt-ins, declarations, circumstances, assessors, responses."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from assessor_kit import tables
from assessor_kit.errors import UnusableFile
from assessor_kit.loaders.cell import Reading, cell_text, visible
from assessor_kit.loaders.columns import known_headings, match_columns
from assessor_kit.loaders.csv_files import read_csv
from assessor_kit.loaders.dates import read_optional_day
from assessor_kit.loaders.durations import read_minutes
from assessor_kit.loaders.identifiers import read_member_no
from assessor_kit.loaders.sheet import Row, Sheet
from assessor_kit.loaders.workbooks import is_workbook, read_workbook
from assessor_kit.vocabulary import Problem, ProfessionalStatus, ResponseState

Reader = Callable[[object], Reading[object]]
YES, NO = {"yes", "y", "true", "1"}, {"no", "n", "false", "0", ""}
LONG_AGO = pd.Timestamp("1900-01-01").date()
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What a file gave: accepted `rows`, further `statuses` for a register, and the problems by weight."""

    rows: pd.DataFrame
    digest: str
    statuses: pd.DataFrame | None = None
    rejected: tuple[Problem, ...] = ()
    flags: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = field(default=())


def _text(value: object) -> Reading[object]:
    return Reading(value=visible(cell_text(value)))


def _needed_text(value: object) -> Reading[object]:
    text = visible(cell_text(value))
    return Reading(value=text) if text else Reading(problem="some text")


def _day(value: object) -> Reading[object]:
    read = read_optional_day(value)
    return Reading(value=read.value, problem=read.problem)


def _member(value: object) -> Reading[object]:
    read = read_member_no(value)
    return Reading(value=read.value, problem=read.problem, flag=read.flag)


def _optional_member(value: object) -> Reading[object]:
    return _member(value) if cell_text(value) else Reading(value="")


def _yes_no(value: object) -> Reading[object]:
    word = cell_text(value).lower()
    return Reading(value=word in YES) if word in YES | NO else Reading(problem="yes or no")


def _volunteering(value: object) -> Reading[object]:
    read = _yes_no(value)
    return read if read.problem or not cell_text(value) else Reading(value="yes" if read.value else "no")


def _word_of(words: type[ProfessionalStatus | ResponseState], default: str) -> Reader:
    def read(value: object) -> Reading[object]:
        word = cell_text(value).lower() or default
        return Reading(value=word) if word in set(words) else Reading(problem=f"one of {', '.join(words)}")
    return read


def _whole(low: int, high: int) -> Reader:
    def read(value: object) -> Reading[object]:
        text = cell_text(value)
        good = text.isascii() and text.isdigit() and len(text) < 7 and low <= int(text) <= high  # noqa: PLR2004  (longer is no count)
        return Reading(value=int(text)) if good else Reading(problem=f"a whole number from {low} to {high}")
    return read


def _hours(value: object) -> Reading[object]:
    read = read_minutes(value, hours_per_day=0)
    return Reading(value=read.value, problem=read.problem) if "day" not in cell_text(value).lower() else Reading(problem="hours, such as 31.5")


def _optional_hours(value: object) -> Reading[object]:
    return _hours(value) if cell_text(value) else Reading()


YEAR = _whole(FIRST_YEAR, LAST_YEAR)


def read_register(path: Path, *, columns: Mapping[str, str] | None = None) -> Loaded:
    """Register rows (`tables.REGISTER`) and `statuses` (`tables.STATUSES`); a status without a day holds from 1900."""
    readers: dict[str, Reader] = {
        "member_no": _member, "joined_on": _day, "left_on": _day, "do_not_contact": _yes_no, "name": _text, "email": _text, "grade": _needed_text,
        "registration": _text, "discipline": _text, "employer": _text, "opted_in_on": _day,
        "professional_status": _word_of(ProfessionalStatus, ProfessionalStatus.ACTIVE.value), "volunteering": _volunteering, "status_from": _day,
    }
    loaded = _read(path, "register", readers, needed=("member_no", "grade"), columns=columns)
    rows = loaded.rows
    statuses = rows[["member_no", "status_from", "professional_status", "volunteering"]].copy()
    statuses["status_from"] = [day if isinstance(day, type(LONG_AGO)) else LONG_AGO for day in statuses["status_from"]]
    statuses["volunteering"] = statuses["volunteering"].replace({False: ""})
    register = rows[list(tables.REGISTER.column_names)]
    return Loaded(rows=register, statuses=statuses[list(tables.STATUSES.column_names)], digest=loaded.digest, rejected=loaded.rejected,
                  flags=loaded.flags, notes=loaded.notes)


def read_opt_ins(path: Path, *, columns: Mapping[str, str] | None = None) -> Loaded:
    """Members who opt in by name and membership number: member_no, name, opted_in_on (may be empty)."""
    readers: dict[str, Reader] = {"member_no": _member, "name": _needed_text, "opted_in_on": _day}
    return _read(path, "opt_ins", readers, needed=("member_no", "name"), columns=columns)


def read_declarations(path: Path, *, cpd_year: int, columns: Mapping[str, str] | None = None) -> Loaded:
    """Declarations (`tables.DECLARATIONS`) for one CPD year; a row of another year is rejected."""
    def year(value: object) -> Reading[object]:
        read = YEAR(value) if cell_text(value) else Reading[object](value=cpd_year)
        return read if read.value == cpd_year else Reading(problem=f"the CPD year {cpd_year}")
    readers: dict[str, Reader] = {"member_no": _member, "cpd_year": year, "declared_hours": _hours, "declared_on": _day}
    loaded = _read(path, "declarations", readers, needed=("member_no", "declared_hours"), columns=columns)
    return _renamed(loaded, {"declared_hours": "declared_minutes"}, tables.DECLARATIONS)


def read_circumstances(path: Path, *, columns: Mapping[str, str] | None = None) -> Loaded:
    """Agreed circumstances (`tables.CIRCUMSTANCES`); an empty target is one still being discussed."""
    readers: dict[str, Reader] = {"member_no": _member, "cpd_year": YEAR, "kind": _needed_text, "from": _day, "to": _day,
                                  "agreed_target_hours": _optional_hours, "agreed_by": _text, "agreed_on": _day}
    loaded = _read(path, "circumstances", readers, needed=("member_no", "cpd_year", "kind"), columns=columns)
    return _renamed(loaded, {"from": "from_on", "to": "to_on", "agreed_target_hours": "agreed_target_minutes"}, tables.CIRCUMSTANCES)


def read_assessors(path: Path, *, columns: Mapping[str, str] | None = None) -> Loaded:
    """Assessors (`tables.ASSESSORS`)."""
    readers: dict[str, Reader] = {"assessor_id": _needed_text, "member_no": _optional_member, "name": _text, "email": _text, "disciplines": _text,
                                  "employer": _text, "capacity": _whole(0, 1000), "conflicts": _text}
    return _read(path, "assessors", readers, needed=("assessor_id", "disciplines", "capacity"), columns=columns)


def read_responses(path: Path, *, cpd_year: int, columns: Mapping[str, str] | None = None) -> Loaded:
    """What became of each request (`tables.RESPONSES`)."""
    readers: dict[str, Reader] = {"member_no": _member, "state": _word_of(ResponseState, ""), "noted_on": _day}
    loaded = _read(path, "responses", readers, needed=("member_no", "state"), columns=columns)
    return _renamed(Loaded(rows=loaded.rows.assign(cpd_year=cpd_year), digest=loaded.digest, rejected=loaded.rejected, flags=loaded.flags,
                           notes=loaded.notes), {}, tables.RESPONSES)


def _renamed(loaded: Loaded, names: dict[str, str], table: tables.Table) -> Loaded:
    rows = loaded.rows.rename(columns=names)[list(table.column_names)]
    return Loaded(rows=rows, digest=loaded.digest, rejected=loaded.rejected, flags=loaded.flags, notes=loaded.notes)


def only_sheet(path: Path, table: str, mapping: Mapping[str, str]) -> tuple[Sheet, str]:
    """The one table of a CSV file or workbook, and the SHA-256 of the file."""
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if not is_workbook(data):
        return read_csv(data, file=path.name, recognised=lambda headings: known_headings(headings, table, mapping)), digest
    sheets = [sheet for sheet in read_workbook(data, file=path.name) if sheet.headings]
    if len(sheets) != 1:
        raise UnusableFile(f"{len(sheets)} sheets with content", where=path.name, expected="one sheet", advice="Keep the one that holds the table.")
    return sheets[0], digest


def _read(path: Path, table: str, readers: Mapping[str, Reader], *, needed: tuple[str, ...], columns: Mapping[str, str] | None) -> Loaded:
    mapping = columns or {}
    sheet, digest = only_sheet(path, table, mapping)
    matched = match_columns(sheet.headings, table, needed=needed, file=path.name, mapping=mapping)
    flags = [*sheet.flags, *_unknown(matched.unknown, path.name)]
    rejected = list(sheet.rejected)
    rows: list[dict[str, object]] = []
    for row in sheet.rows:
        values = {name: reader(matched.first(name, row.cells)) for name, reader in readers.items()}
        problem = _row_problem(row, values, sheet, path.name, {name: matched.first(name, row.cells) for name in readers})
        if problem:
            rejected.append(problem)
            continue
        rows.append({name: value.value for name, value in values.items()})
        flags += [Problem(file=path.name, sheet=sheet.name or None, row=row.number, column=name, found=value.flag, advice="Please check.")
                  for name, value in values.items() if value.flag]
    frame = pd.DataFrame(rows, columns=list(readers), dtype=object)
    return Loaded(rows=frame, digest=digest, rejected=tuple(rejected), flags=tuple(flags), notes=tuple(sheet.notes))


def _unknown(headings: tuple[str, ...], file: str) -> list[Problem]:
    if not headings:
        return []
    return [Problem(file=file, row=1, found=f"columns not known: {', '.join(headings)}", advice="They are left out; rename them if they matter.")]


def _row_problem(row: Row, values: Mapping[str, Reading[object]], sheet: Sheet, file: str, cells: Mapping[str, object]) -> Problem | None:
    """All causes for which a row is rejected, as one problem."""
    bad = [name for name, value in values.items() if value.problem]
    if not bad:
        return None
    return Problem(file=file, sheet=sheet.name or None, row=row.number, column=", ".join(bad),
                   found="; ".join(f"{name}: {visible(cell_text(cells[name]))!r}" for name in bad),
                   expected="; ".join(values[name].problem for name in bad), advice="Correct the row and import the file again.")
