"""CPD returns: flat files of many members, or workbooks of one, cut into one record per member."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from assessor_kit import tables
from assessor_kit.errors import UnusableFile, WrongYear
from assessor_kit.loaders.activities import ActivityReader
from assessor_kit.loaders.cell import cell_text, visible
from assessor_kit.loaders.columns import Matched, known_headings, match_columns, normal
from assessor_kit.loaders.csv_files import read_csv
from assessor_kit.loaders.dates import read_optional_day
from assessor_kit.loaders.durations import read_minutes
from assessor_kit.loaders.identifiers import EXPECTED, read_member_no
from assessor_kit.loaders.sheet import Row, Sheet
from assessor_kit.loaders.workbooks import is_workbook, read_workbook
from assessor_kit.rules.schema import Rules
from assessor_kit.vocabulary import Problem

GOAL_COLUMNS = [name for name in tables.GOALS.column_names if name != "return_id"]
ACTIVITY_COLUMNS = [name for name in tables.ACTIVITIES.column_names if name != "return_id"]


@dataclass(frozen=True, kw_only=True)
class LoadedReturn:
    """One member's return: tables without `return_id`, and the problems of its own rows."""

    member_no: str
    declared_minutes: int | None
    goals: pd.DataFrame
    activities: pd.DataFrame
    rejected: tuple[Problem, ...] = ()
    flags: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LoadedReturns:
    """What one file gave. File-level problems belong to no single return."""

    returns: tuple[LoadedReturn, ...]
    digest: str
    rejected: tuple[Problem, ...] = ()
    flags: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()


def read_returns(path: Path, *, rules: Rules, columns: Mapping[str, str] | None = None) -> LoadedReturns:
    """Every return in a CSV file or workbook, for the rules' CPD year.

    Raises UnusableFile where nothing can be taken, WrongYear where most dates lie in another year.
    """
    data, mapping = path.read_bytes(), columns or {}
    digest = hashlib.sha256(data).hexdigest()
    if is_workbook(data):
        loaded = _workbook(read_workbook(data, file=path.name), file=path.name, digest=digest, rules=rules, mapping=mapping)
    else:
        sheet = read_csv(data, file=path.name, recognised=lambda headings: known_headings(headings, "activities", mapping))
        loaded = _flat(sheet, file=path.name, digest=digest, rules=rules, mapping=mapping)
    _refuse_wrong_year(loaded, path.name, rules.cpd_year)
    return loaded


def _needed(rules: Rules, *others: str) -> tuple[str, ...]:
    return (*others, *rules.needed_columns)


def _flat(sheet: Sheet, *, file: str, digest: str, rules: Rules, mapping: Mapping[str, str]) -> LoadedReturns:
    matched = match_columns(sheet.headings, "activities", needed=_needed(rules, "member_no"), file=file, mapping=mapping)
    by_member, rejected = _by_member(sheet, matched, file)
    reader = ActivityReader(sheet, matched, rules=rules, file=file, goals=None)
    returns = tuple(_return(member_no, rows, reader, declared=None, goals=_goals_frame([])) for member_no, rows in by_member.items())
    return LoadedReturns(returns=returns, digest=digest, rejected=(*sheet.rejected, *rejected), flags=(*sheet.flags, *_unknown(matched, file)),
                         notes=tuple(sheet.notes))


def _by_member(sheet: Sheet, matched: Matched, file: str) -> tuple[dict[str, list[Row]], list[Problem]]:
    """Rows by membership number, and the rows whose number cannot be read."""
    by_member: dict[str, list[Row]] = {}
    rejected: list[Problem] = []
    for row in sheet.rows:
        read = read_member_no(matched.first("member_no", row.cells))
        if read.value is None:
            rejected.append(Problem(file=file, sheet=sheet.name or None, row=row.number, column="member_no",
                                    found=visible(cell_text(matched.first("member_no", row.cells))), expected=EXPECTED,
                                    advice="Correct the number and import the file again."))
        else:
            by_member.setdefault(read.value, []).append(row)
    return by_member, rejected


def _workbook(sheets: list[Sheet], *, file: str, digest: str, rules: Rules, mapping: Mapping[str, str]) -> LoadedReturns:
    """A member's workbook: sheets Member, Plan and Activities; or one sheet of activities with member numbers."""
    by_name = {normal(sheet.name): sheet for sheet in sheets if sheet.headings}
    if "activities" not in by_name:
        if len(by_name) == 1:
            return _flat(next(iter(by_name.values())), file=file, digest=digest, rules=rules, mapping=mapping)
        raise UnusableFile(f"sheets {', '.join(sheet.name for sheet in sheets)}", where=file, expected="sheets Member, Plan and Activities",
                           advice="Rename the sheet that holds the activities.")
    activities = by_name["activities"]
    matched = match_columns(activities.headings, "activities", needed=_needed(rules), file=file, mapping=mapping)
    numbers, declared = _member_sheet(by_name.get("member"), file)
    numbers |= {read.value for row in activities.rows if "member_no" in matched.places
                and (read := read_member_no(matched.first("member_no", row.cells))).value}
    if len(numbers) != 1:
        raise UnusableFile(f"{len(numbers)} membership numbers", where=file, expected="the number of one member, in the sheet Member",
                           advice="Send one workbook per member.")
    goals = _plan_sheet(by_name.get("plan"), file, rules)
    reader = ActivityReader(activities, matched, rules=rules, file=file, goals=set(goals["goal_id"]))
    one = _return(numbers.pop(), activities.rows, reader, declared=declared, goals=goals)
    others = [Problem(file=file, sheet=sheet.name, found="a sheet that is not read") for name, sheet in by_name.items()
              if name not in {"member", "plan", "activities"}]
    flags = (*(flag for sheet in sheets for flag in sheet.flags), *_unknown(matched, file), *others)
    return LoadedReturns(returns=(LoadedReturn(**{**one.__dict__, "rejected": (*activities.rejected, *one.rejected)}),), digest=digest, flags=flags)


def _member_sheet(sheet: Sheet | None, file: str) -> tuple[set[str], int | None]:
    """Member numbers and declared minutes; the sheet may also list names and values side by side, downwards."""
    if sheet is None:
        return set(), None
    pairs: dict[str, object] = {normal(sheet.headings[0]): sheet.headings[1] if len(sheet.headings) > 1 else ""}
    if known_headings(sheet.headings, "member", {}) > 1 and sheet.rows:
        pairs = dict(zip(map(normal, sheet.headings), sheet.rows[0].cells, strict=False))
    else:
        pairs |= {normal(row.cells[0]): row.cells[1] for row in sheet.rows if len(row.cells) > 1}
    lookup = [normal(alias) for alias in ("member_no", "Membership No", "Membership number", "Member ID", "Member number")]
    found = [pairs[name] for name in lookup if name in pairs]
    number = read_member_no(found[0]).value if found else None
    if found and number is None:
        raise UnusableFile(f"membership number {visible(cell_text(found[0]))!r}", where=f"{file}, sheet {sheet.name}", expected=EXPECTED,
                           advice="Store the number as text.")
    hours = next((pairs[name] for name in ("declaredhours", "cpdhours", "hours") if pairs.get(name) not in {None, ""}), None)
    return ({number} if number else set()), read_minutes(hours, hours_per_day=0).value if hours is not None else None


def _plan_sheet(sheet: Sheet | None, file: str, rules: Rules) -> pd.DataFrame:
    if sheet is None or not sheet.rows:
        return _goals_frame([])
    matched = match_columns(sheet.headings, "plan", needed=("goal",), file=file, mapping={})
    areas = {normal(word): choice.code for choice in (*rules.areas, *rules.partly_stated_areas)
             for word in (choice.code, choice.label, *choice.synonyms)}
    rows: list[dict[str, object]] = []
    for place, row in enumerate(sheet.rows, 1):
        hours = matched.first("planned_hours", row.cells)
        rows.append({
            "goal_id": cell_text(matched.first("goal_id", row.cells)) or str(place), "goal": visible(cell_text(matched.first("goal", row.cells))),
            "area": areas.get(normal(matched.first("area", row.cells)), ""),
            "target_date": read_optional_day(matched.first("target_date", row.cells)).value,
            "planned_minutes": read_minutes(hours, hours_per_day=rules.guideline.hours_per_day).value if cell_text(hours) else None})
    return _goals_frame(rows).drop_duplicates("goal_id", ignore_index=True)


def _goals_frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=GOAL_COLUMNS, dtype=object).astype({"planned_minutes": "Int64"})


def _return(member_no: str, rows: list[Row], reader: ActivityReader, *, declared: int | None, goals: pd.DataFrame) -> LoadedReturn:
    found = reader.read(rows)
    activities = pd.DataFrame(found.rows, columns=ACTIVITY_COLUMNS)
    return LoadedReturn(member_no=member_no, declared_minutes=declared, goals=goals, activities=activities, rejected=tuple(found.rejected),
                        flags=tuple(found.flags), notes=tuple(found.notes))


def _unknown(matched: Matched, file: str) -> tuple[Problem, ...]:
    if not matched.unknown:
        return ()
    return (Problem(file=file, row=1, found=f"columns not known: {', '.join(matched.unknown)}", advice="They are left out; rename them if they matter."),)


def _refuse_wrong_year(loaded: LoadedReturns, file: str, cpd_year: int) -> None:
    years = Counter(day.year for day in _start_days(loaded))
    if not years:
        return
    commonest, number = years.most_common(1)[0]
    if commonest != cpd_year and number * 2 > sum(years.values()):
        raise WrongYear(f"{number} of {sum(years.values())} dates lie in {commonest}", where=file, expected=f"CPD done in {cpd_year}",
                        advice=f"Import it with --cpd-year {commonest}: CPD done in {commonest} is reviewed in {commonest + 1}.")


def _start_days(loaded: LoadedReturns) -> Iterator[date]:
    for sent in loaded.returns:
        yield from (day for day in sent.activities["started_on"] if isinstance(day, date))
