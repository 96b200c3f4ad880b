"""Import the files that staff keep: each file on its own, with every problem named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from assessor_kit import tables
from assessor_kit.errors import RulesError, UnusableFile
from assessor_kit.journey.intake.assessor_checks import AssessorCheck, still_dismissed
from assessor_kit.journey.intake.import_files import (
    Files,
    Imported,
    keep_problems,
    now,
    problem_rows,
)
from assessor_kit.journey.intake.nearest_numbers import NearestNumbers
from assessor_kit.journey.intake.return_imports import difference_from_declaration, stranger
from assessor_kit.loaders import Loaded, Readers, ReceivedFile
from assessor_kit.loaders.records.staff_files import ColumnMapping
from assessor_kit.store import Workspace
from assessor_kit.store.blind.masked_copies import make_shown_rows, returns_named_otherwise
from assessor_kit.store.database.connections import Transaction
from assessor_kit.store.rows.typed_rows import read_rows, replace
from assessor_kit.vocabulary import Problem, ProblemKind

RowsByTable = dict[tables.Table, list[dict[str, Any]]]
# rows to keep, further rejections, further flags
RowsToKeep = tuple[RowsByTable, list[Problem], list[Problem]]
Plan = Callable[[Transaction, Loaded, ReceivedFile], RowsToKeep]
LONG_AGO = pd.Timestamp("1900-01-01").date()


def import_register(
    workspace: Workspace,
    paths: Iterable[Path],
    *,
    columns: ColumnMapping = None,
    dry_run: bool = False,
) -> Imported:
    """Import scheme members and their dated status.

    A later file adds to the status history and replaces what it has columns for.

    What a file does not say is kept: a column that it lacks, a status where the cell is blank, and
    an opt-in that was recorded before.
    """
    return _take(
        workspace, paths, "register", _register_plan(workspace), columns=columns, dry_run=dry_run
    )


def import_opt_ins(
    workspace: Workspace,
    paths: Iterable[Path],
    *,
    columns: ColumnMapping = None,
    dry_run: bool = False,
) -> Imported:
    """Import members who join the scheme by name and membership number.

    The number must be in the register.
    """
    return _take(workspace, paths, "opt-ins", _opt_in_rows, columns=columns, dry_run=dry_run)


def import_declarations(
    workspace: Workspace,
    paths: Iterable[Path],
    *,
    cpd_year: int,
    columns: ColumnMapping = None,
    dry_run: bool = False,
) -> Imported:
    """Import the annual declarations of one CPD year.

    A difference from the hours that a return itself declares is flagged.
    """
    return _take(
        workspace,
        paths,
        "declarations",
        _declaration_rows,
        cpd_year=cpd_year,
        columns=columns,
        dry_run=dry_run,
    )


def import_circumstances(
    workspace: Workspace,
    paths: Iterable[Path],
    *,
    columns: ColumnMapping = None,
    dry_run: bool = False,
) -> Imported:
    """Import the circumstances agreed with staff."""
    return _take(
        workspace,
        paths,
        "circumstances",
        _plain_rows(tables.CIRCUMSTANCES),
        columns=columns,
        dry_run=dry_run,
    )


def import_assessors(
    workspace: Workspace,
    paths: Iterable[Path],
    *,
    columns: ColumnMapping = None,
    dry_run: bool = False,
) -> Imported:
    """Import the volunteer assessors, and check them against the register.

    A number that lost its zeros or is in other letters is taken as the register has it, with a
    flag; what matches nobody, and a field of work that no member has, is asked about.
    """
    return _take(
        workspace,
        paths,
        "assessors",
        _assessor_rows,
        columns=columns,
        dry_run=dry_run,
    )


def import_responses(
    workspace: Workspace,
    paths: Iterable[Path],
    *,
    cpd_year: int,
    columns: ColumnMapping = None,
    dry_run: bool = False,
) -> Imported:
    """Import what became of the requests of one CPD year."""
    return _take(
        workspace,
        paths,
        "responses",
        _plain_rows(tables.RESPONSES),
        cpd_year=cpd_year,
        columns=columns,
        dry_run=dry_run,
    )


def _take(
    workspace: Workspace,
    paths: Iterable[Path],
    kind: str,
    plan: Plan,
    *,
    columns: ColumnMapping,
    dry_run: bool,
    cpd_year: int = 0,
) -> Imported:
    done = Imported(dry_run=dry_run)
    files = Files(workspace, paths, kind=kind, cpd_year=cpd_year, columns=columns, done=done)
    options: dict[str, Any] = {"columns": dict(columns or {})} | (
        {"cpd_year": cpd_year} if kind in {"declarations", "responses"} else {}
    )
    with Readers(kind, processes=1, **options) as readers:
        for sent, result in readers.read(files.new()):
            if isinstance(result, UnusableFile):
                done.refuse(result, sent.file)
            elif isinstance(result, Loaded):
                _keep(workspace, files, sent, result, plan)
    return done


def _keep(
    workspace: Workspace, files: Files, sent: ReceivedFile, loaded: Loaded, plan: Plan
) -> None:
    """Store one file in one transaction."""
    done = files.done
    with workspace.engine.connect() if done.dry_run else workspace.engine.begin() as connection:
        rows, strangers, flags = plan(connection, loaded, sent)
        if not done.dry_run:
            renamed = returns_named_otherwise(connection, rows.get(tables.REGISTER, []))
            for table, found in rows.items():
                frame = pd.DataFrame(found, columns=list(table.column_names), dtype=object)
                replace(connection, table, frame.drop_duplicates(list(table.key), keep="last"))
            # masked again, so that no assessor reads a name that is new to the register
            make_shown_rows(connection, renamed)
        # a file with unknown members is read again once the register has them
        if not done.dry_run and not strangers:
            found_here = {
                ProblemKind.REJECTED: loaded.rejected,
                ProblemKind.PLEASE_CHECK: (*loaded.flags, *flags),
                ProblemKind.NOTE: loaded.notes,
            }
            keep_problems(connection, problem_rows(found_here, return_id="", digest=sent.digest))
            files.keep_imports(connection, {sent.digest: (len(loaded.rows), len(loaded.rejected))})
    done.accepted += len(loaded.rows) - len(strangers)
    done.rejected += [*loaded.rejected, *strangers]
    done.flags += [*loaded.flags, *flags, *_twice(loaded, sent.file)]
    done.notes += loaded.notes


def _twice(loaded: Loaded, file: str) -> list[Problem]:
    """Flag the keys that are in a file more than once; the last row counts."""
    key = "assessor_id" if "assessor_id" in loaded.columns else "member_no"
    found = pd.Series([row[key] for row in loaded.rows], dtype=object)
    twice = sorted(set(found[found.duplicated()]))
    if not twice:
        return []
    return [
        Problem(
            file=file,
            column=key,
            found=f"in more than one row: {len(twice)}, such as {twice[0]}",
            advice="The last row of each counts. Please check.",
        )
    ]


def _plain_rows(table: tables.Table) -> Plan:
    """Return a plan that puts the rows into one table as they are."""

    def plan(_connection: object, loaded: Loaded, _sent: ReceivedFile) -> RowsToKeep:
        return {table: list(loaded.rows)}, [], []

    return plan


def _register_plan(workspace: Workspace) -> Plan:
    """Return a plan that also flags the words that the newest rules do not know."""
    known = _known_words(workspace)

    def plan(connection: Transaction, loaded: Loaded, sent: ReceivedFile) -> RowsToKeep:
        rows, strangers, flags = _register_rows(connection, loaded, sent)
        unknown = [
            flag
            for column, words in known.items()
            if words and column in loaded.columns
            for flag in _unknown_words(loaded, column, words, file=sent.file)
        ]
        return rows, strangers, [*flags, *unknown]

    return plan


def _known_words(workspace: Workspace) -> dict[str, tuple[str, ...]]:
    """Return the words that the newest rules know, by column of the register."""
    try:
        frame = workspace.rules(now().year).frame
    except RulesError:  # the scheme has ended: there is nothing to compare with
        return {}
    return {"grade": (*frame.grades, *frame.outside_grades), "discipline": frame.fields}


def _unknown_words(
    loaded: Loaded, column: str, known: tuple[str, ...], *, file: str
) -> list[Problem]:
    """Return a flag for each word that is none of the known ones, with how many members have it."""
    counts = Counter(
        str(row[column]) for row in loaded.rows if row[column] and row[column] not in known
    )
    consequence = {
        "grade": "Nobody with this grade can be drawn. Correct the word, or put it into the rules"
        " of the scheme: in [frame], among grades or outside_grades.",
        "discipline": "Returns are allocated by field, and no assessor's field may match this one."
        " Correct the word, or put it into the rules: in [frame], among fields.",
    }
    return [
        Problem(
            file=file,
            column=column,
            found=f"{word}, in {number:,} {'row' if number == 1 else 'rows'}",
            expected=f"one of {', '.join(known)}",
            advice=consequence[column],
        )
        for word, number in sorted(counts.items())
    ]


def _assessor_rows(connection: Transaction, loaded: Loaded, sent: ReceivedFile) -> RowsToKeep:
    check = AssessorCheck(_register(connection), file=sent.file)
    before = {
        str(row["assessor_id"]): row
        for row in read_rows(connection, tables.ASSESSORS).astype(object).to_dict("records")
    }
    rows = []
    flags: list[Problem] = []
    for row in loaded.rows:
        checked, found = check.of(row)
        flags += found
        known = before.get(row["assessor_id"])
        stopped = {
            "dismissed_on": known["dismissed_on"] if known else None,
            "dismissed_because": known["dismissed_because"] if known else "",
        }
        if stopped["dismissed_on"] is not None:
            flags.append(still_dismissed(row["assessor_id"], sent.file))
        rows.append({**checked, **stopped})
    return {tables.ASSESSORS: rows}, [], flags


def _register_rows(connection: Transaction, loaded: Loaded, _sent: ReceivedFile) -> RowsToKeep:
    known = _register(connection)
    with_status = set(read_rows(connection, tables.STATUSES)["member_no"])
    lacking = [name for name in tables.REGISTER.column_names if name not in loaded.columns]
    members = []
    statuses = []
    for row in loaded.rows:
        before = known.get(row["member_no"])
        if before is not None:
            kept = {name: before[name] for name in lacking}
            # completed with what the register already says
            row = {  # noqa: PLW2901
                **row,
                **kept,
                "opted_in_on": row["opted_in_on"] or before["opted_in_on"],
            }
        members.append(row)
        if row["professional_status"] or (
            row["volunteering"] and row["member_no"] not in with_status
        ):
            statuses.append(
                {
                    **row,
                    "professional_status": row["professional_status"] or "active",
                    "status_from": row["status_from"] or LONG_AGO,
                }
            )
    return {tables.REGISTER: members, tables.STATUSES: statuses}, [], []


def _register(connection: Transaction) -> dict[str, dict[str, Any]]:
    rows = read_rows(connection, tables.REGISTER).astype(object).to_dict("records")
    return {
        str(row["member_no"]): {str(name): value for name, value in row.items()} for row in rows
    }


def _opt_in_rows(connection: Transaction, loaded: Loaded, sent: ReceivedFile) -> RowsToKeep:
    known = _register(connection)
    joined = [
        {**known[row["member_no"]], "opted_in_on": row["opted_in_on"] or now().date()}
        for row in loaded.rows
        if row["member_no"] in known
    ]
    nearest = NearestNumbers(known)
    strangers = [
        stranger(row["member_no"], nearest, sent.file)
        for row in loaded.rows
        if row["member_no"] not in known
    ]
    return {tables.REGISTER: joined}, strangers, []


def _declaration_rows(connection: Transaction, loaded: Loaded, sent: ReceivedFile) -> RowsToKeep:
    declared = {row["member_no"]: row["declared_minutes"] for row in loaded.rows}
    year = loaded.rows[0]["cpd_year"] if loaded.rows else 0
    returns = read_rows(connection, tables.RETURNS, cpd_year=year, parked="").dropna(
        subset=["declared_minutes"]
    )
    flags = [
        difference_from_declaration(int(stated), declared[number], file=sent.file)
        for number, stated in zip(returns["member_no"], returns["declared_minutes"], strict=True)
        if number in declared and int(stated) != declared[number]
    ]
    return {tables.DECLARATIONS: list(loaded.rows)}, [], flags
