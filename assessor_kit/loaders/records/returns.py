"""Read CPD returns: one record per member, whatever the file.

A file holds the returns of many members (a flat file) or that of one.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from assessor_kit.errors import UnusableFile, WrongYear
from assessor_kit.loaders.cells.cell_values import cell_text, exact_text
from assessor_kit.loaders.cells.identifiers import EXPECTED, read_member_no
from assessor_kit.loaders.files.columns import (
    Matched,
    check_mapping,
    holds,
    known_headings,
    match_columns,
    normal,
)
from assessor_kit.loaders.files.formats import sheets_in
from assessor_kit.loaders.files.sheet import Row, Sheet
from assessor_kit.loaders.records.activities import Activity, ActivityReader
from assessor_kit.loaders.records.member_parts import read_member, read_plan
from assessor_kit.rules.schema import Rules
from assessor_kit.vocabulary import Problem, visible

PARTS = {"member", "plan", "activities", "help"}


@dataclass(frozen=True, kw_only=True)
class LoadedReturn:
    """One member's return, and the problems in its own rows.

    `goals` and `activities` are rows of `tables.GOALS` and `tables.ACTIVITIES` without return_id.
    `slice` holds this member's lines of a flat file, as CSV; it is empty where the file itself is
    one member's.
    """

    member_no: str
    declared_minutes: int | None
    goals: tuple[Activity, ...]
    activities: tuple[Activity, ...]
    slice: str = ""
    rejected: tuple[Problem, ...] = ()
    flags: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LoadedReturns:
    """What was read from one file; its own problems belong to no single return."""

    returns: tuple[LoadedReturn, ...]
    rejected: tuple[Problem, ...] = ()
    flags: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()


def read_returns(
    data: bytes, *, file: str, rules: Rules, columns: Mapping[str, str] | None = None
) -> LoadedReturns:
    """Return every CPD return in a file, for the rules' CPD year.

    Raises UnusableFile where nothing can be read, WrongYear where most dates lie in another year.
    For a file that somebody sent, call it only in a reader process (`readers.py`).
    """
    check_mapping(columns or {}, "activities", "plan", "member")
    mapping = {f"Hours in {rules.cpd_year}": "hours_in_year", **(columns or {})}
    sheets = sheets_in(
        data, file=file, recognised=lambda headings: known_headings(headings, "activities", mapping)
    )
    loaded = _of_sheets(
        [sheet for sheet in sheets if sheet.headings], file=file, rules=rules, mapping=mapping
    )
    _refuse_wrong_year(loaded, file, rules.cpd_year)
    return loaded


def _of_sheets(
    sheets: list[Sheet], *, file: str, rules: Rules, mapping: Mapping[str, str]
) -> LoadedReturns:
    """Read the sheets as a flat file or as one member's return.

    A single sheet is a flat file, unless it is called Activities and has no column for the
    membership number. Several sheets are one member's: Member, Plan and Activities.
    """
    by_name = {normal(sheet.name): sheet for sheet in sheets}
    if "activities" in by_name and (
        len(sheets) > 1 or not holds("member_no", sheets[0].headings, "activities", mapping)
    ):
        return _of_one_member(by_name, file=file, rules=rules, mapping=mapping)
    if len(sheets) == 1:
        return _flat(sheets[0], file=file, rules=rules, mapping=mapping)
    names = ", ".join(repr(visible(sheet.name)) for sheet in sheets)
    raise UnusableFile(
        f"the sheets {names}" if sheets else "no table with content",
        where=file,
        expected="sheets Member, Plan and Activities",
        advice="Rename the sheet that holds the activities.",
    )


def _flat(sheet: Sheet, *, file: str, rules: Rules, mapping: Mapping[str, str]) -> LoadedReturns:
    matched = match_columns(
        sheet.headings,
        "activities",
        needed=("member_no", *rules.needed_columns),
        file=file,
        mapping=mapping,
    )
    by_member, rejected, flags = _by_member(sheet, matched, file)
    reader = ActivityReader(sheet, matched, rules=rules, file=file, goals=None)
    returns = tuple(
        replace(_return(member_no, rows, reader), slice=_slice(sheet.headings, rows))
        for member_no, rows in by_member.items()
    )
    return LoadedReturns(
        returns=returns,
        rejected=tuple(rejected),
        flags=(*sheet.flags, *flags, *_unknown(matched, sheet, file)),
        notes=tuple(sheet.notes),
    )


def _by_member(
    sheet: Sheet, matched: Matched, file: str
) -> tuple[dict[str, list[Row]], list[Problem], list[Problem]]:
    """Return the rows by membership number, the rejected rows, and flags about the numbers.

    In a row of a different width from the header, only the first cell is certain to be in its own
    column: the row belongs to a member only where that cell is the membership number.
    """
    place = matched.places["member_no"][0]
    by_member: dict[str, list[Row]] = {}
    rejected: list[Problem] = []
    flags: list[Problem] = []
    for row in sheet.rows:
        if row.problem is not None and place > 0:
            rejected.append(row.problem)
            continue
        read = read_member_no(row.cells[place])
        where = {
            "file": file,
            "sheet": sheet.name or None,
            "row": row.number,
            "column": "member_no",
        }
        if read.value is None:
            found = visible(cell_text(row.cells[place]))[:40]
            rejected.append(
                row.problem
                or Problem(
                    **where,  # type: ignore[arg-type]
                    found=found,
                    expected=read.problem or EXPECTED,
                    advice="Correct the number and import the file again.",
                )
            )
            continue
        if read.flag:
            checked = Problem(**where, found=read.flag, advice="Please check.")  # type: ignore[arg-type]
            flags.append(checked)
        by_member.setdefault(read.value, []).append(row)
    return by_member, rejected, flags


def _slice(headings: list[str], rows: list[Row]) -> str:
    """Return the lines of one member as CSV, with every cell as it was."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([exact_text(cell) for cell in row.cells] for row in rows)
    return text.getvalue()


def _of_one_member(
    by_name: Mapping[str, Sheet], *, file: str, rules: Rules, mapping: Mapping[str, str]
) -> LoadedReturns:
    """Read one member's file: the sheets Member, Plan and Activities."""
    sheet = by_name["activities"]
    matched = match_columns(
        sheet.headings, "activities", needed=rules.needed_columns, file=file, mapping=mapping
    )
    member = read_member(by_name.get("member"), file=file, rules=rules, mapping=mapping)
    own = {
        read_member_no(row.cells[matched.places["member_no"][0]]).value
        for row in sheet.rows
        if "member_no" in matched.places
        and row.problem is None
        and cell_text(row.cells[matched.places["member_no"][0]])
    }
    numbers = own | ({member.member_no} if member.member_no else set())
    if len(numbers) != 1 or None in numbers:
        raise UnusableFile(
            (
                f"{len(numbers)} membership numbers"
                if None not in numbers
                else "a membership number that cannot be read"
            ),
            where=file,
            expected="the number of one member, in the sheet Member",
            advice="Send one file per member, with the membership number stored as text.",
        )
    plan = read_plan(by_name.get("plan"), file=file, rules=rules, mapping=mapping)
    reader = ActivityReader(
        sheet,
        matched,
        rules=rules,
        file=file,
        goals=frozenset(str(goal["goal_id"]) for goal in plan.goals),
    )
    one = _return(str(numbers.pop()), sheet.rows, reader)
    others = [
        Problem(
            file=file,
            sheet=other.name,
            found="a sheet that was not read",
            advice="Check that it contains nothing that matters.",
        )
        for name, other in by_name.items()
        if name not in PARTS
    ]
    flags = (
        *(flag for other in by_name.values() for flag in other.flags),
        *_unknown(matched, sheet, file),
        *others,
    )
    one = replace(
        one,
        declared_minutes=member.declared_minutes,
        goals=plan.goals,
        rejected=(*plan.rejected, *one.rejected),
        flags=(*member.flags, *plan.flags, *one.flags),
    )
    return LoadedReturns(
        returns=(one,),
        flags=flags,
        notes=tuple(note for other in by_name.values() for note in other.notes),
    )


def _return(member_no: str, rows: list[Row], reader: ActivityReader) -> LoadedReturn:
    found = reader.read(rows)
    return LoadedReturn(
        member_no=member_no,
        declared_minutes=None,
        goals=(),
        activities=tuple(found.rows),
        rejected=tuple(found.rejected),
        flags=tuple(found.flags),
        notes=tuple(found.notes),
    )


def _unknown(matched: Matched, sheet: Sheet, file: str) -> tuple[Problem, ...]:
    if not matched.unknown:
        return ()
    return (
        Problem(
            file=file,
            sheet=sheet.name or None,
            row=1,
            found=f"columns not recognised: {', '.join(map(visible, matched.unknown))}",
            advice=(
                "They are left out. If you need one, rename it, or pass"
                " --columns 'Their name=ours'."
            ),
        ),
    )


def _refuse_wrong_year(loaded: LoadedReturns, file: str, cpd_year: int) -> None:
    years = Counter(
        day.year
        for sent in loaded.returns
        for activity in sent.activities
        if isinstance(day := activity["started_on"], date)
    )
    if not years:
        return
    commonest, number = years.most_common(1)[0]
    if commonest != cpd_year and number * 2 > sum(years.values()):
        raise WrongYear(
            f"{number} of {sum(years.values())} dates lie in {commonest}",
            where=file,
            expected=f"CPD done in {cpd_year}",
            advice=(
                f"Import it with --cpd-year {commonest}: CPD done in {commonest} is reviewed in"
                f" {commonest + 1}."
            ),
        )
