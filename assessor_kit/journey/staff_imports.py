"""Taking staff's own files in: each ends on its own, taken or named with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from assessor_kit import tables
from assessor_kit.errors import UnusableFile
from assessor_kit.journey.import_files import Files, Imported, keep_problems, now, problem_rows
from assessor_kit.journey.imports import difference_from_declaration, stranger
from assessor_kit.journey.nearest import NearestNumbers
from assessor_kit.loaders import Loaded, Readers, Sent
from assessor_kit.store import Workspace
from assessor_kit.store.masks import make_shown_rows, returns_named_otherwise
from assessor_kit.store.originals import Connection
from assessor_kit.store.reading import read_rows, replace
from assessor_kit.vocabulary import Problem, ProblemKind

Columns = Mapping[str, str] | None
Rows = dict[tables.Table, list[dict[str, Any]]]
Planned = tuple[
    Rows, list[Problem], list[Problem]
]  # rows to keep, further rejections, further flags
Plan = Callable[[Connection, Loaded, Sent], Planned]
LONG_AGO = pd.Timestamp("1900-01-01").date()


def import_register(
    workspace: Workspace, paths: Iterable[Path], *, columns: Columns = None, dry_run: bool = False
) -> Imported:
    """Scheme members and their dated status. A later file adds to the status history and replaces what it has columns for.

    What a file does not say stays: a column that it lacks, a status where the cell is blank, and an opt-in that was recorded.
    """
    return _take(workspace, paths, "register", _register_rows, columns=columns, dry_run=dry_run)


def import_opt_ins(
    workspace: Workspace, paths: Iterable[Path], *, columns: Columns = None, dry_run: bool = False
) -> Imported:
    """A name and a membership number join the scheme; the number must be in the register."""
    return _take(workspace, paths, "opt-ins", _opt_in_rows, columns=columns, dry_run=dry_run)


def import_declarations(
    workspace: Workspace,
    paths: Iterable[Path],
    *,
    cpd_year: int,
    columns: Columns = None,
    dry_run: bool = False,
) -> Imported:
    """The annual declarations of one CPD year; a difference from what a return itself declares is flagged."""
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
    workspace: Workspace, paths: Iterable[Path], *, columns: Columns = None, dry_run: bool = False
) -> Imported:
    """Circumstances agreed with staff."""
    return _take(
        workspace,
        paths,
        "circumstances",
        _plain_rows(tables.CIRCUMSTANCES),
        columns=columns,
        dry_run=dry_run,
    )


def import_assessors(
    workspace: Workspace, paths: Iterable[Path], *, columns: Columns = None, dry_run: bool = False
) -> Imported:
    """The volunteers."""
    return _take(
        workspace,
        paths,
        "assessors",
        _plain_rows(tables.ASSESSORS),
        columns=columns,
        dry_run=dry_run,
    )


def import_responses(
    workspace: Workspace,
    paths: Iterable[Path],
    *,
    cpd_year: int,
    columns: Columns = None,
    dry_run: bool = False,
) -> Imported:
    """What became of the requests of one CPD year."""
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
    columns: Columns,
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


def _keep(workspace: Workspace, files: Files, sent: Sent, loaded: Loaded, plan: Plan) -> None:
    """One file in one transaction."""
    done = files.done
    with workspace.engine.connect() if done.dry_run else workspace.engine.begin() as connection:
        rows, strangers, flags = plan(connection, loaded, sent)
        if not done.dry_run:
            renamed = returns_named_otherwise(connection, rows.get(tables.REGISTER, []))
            for table, found in rows.items():
                frame = pd.DataFrame(found, columns=list(table.column_names), dtype=object)
                replace(connection, table, frame.drop_duplicates(list(table.key), keep="last"))
            make_shown_rows(
                connection, renamed
            )  # so that no assessor reads a name that the register has only now
        if (
            not done.dry_run and not strangers
        ):  # a file with strangers is looked at again when the register knows them
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
    """Keys that stand in a file more than once: the last row counts."""
    key = "assessor_id" if "assessor_id" in loaded.columns else "member_no"
    found = pd.Series([row[key] for row in loaded.rows], dtype=object)
    twice = sorted(set(found[found.duplicated()]))
    if not twice:
        return []
    return [
        Problem(
            file=file,
            column=key,
            found=f"{len(twice)} stand more than once, such as {twice[0]}",
            advice="The last row of each counts. Please check.",
        )
    ]


def _plain_rows(table: tables.Table) -> Plan:
    """Rows that go into one table as they are."""

    def plan(_connection: object, loaded: Loaded, _sent: Sent) -> Planned:
        return {table: list(loaded.rows)}, [], []

    return plan


def _register_rows(connection: Connection, loaded: Loaded, _sent: Sent) -> Planned:
    known = _register(connection)
    with_status = set(read_rows(connection, tables.STATUSES)["member_no"])
    lacking = [name for name in tables.REGISTER.column_names if name not in loaded.columns]
    members, statuses = [], []
    for row in loaded.rows:
        before = known.get(row["member_no"])
        if before is not None:
            kept = {name: before[name] for name in lacking}
            row = {**row, **kept, "opted_in_on": row["opted_in_on"] or before["opted_in_on"]}  # noqa: PLW2901  (completed from what is known)
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


def _register(connection: Connection) -> dict[str, dict[str, Any]]:
    rows = read_rows(connection, tables.REGISTER).astype(object).to_dict("records")
    return {
        str(row["member_no"]): {str(name): value for name, value in row.items()} for row in rows
    }


def _opt_in_rows(connection: Connection, loaded: Loaded, sent: Sent) -> Planned:
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


def _declaration_rows(connection: Connection, loaded: Loaded, sent: Sent) -> Planned:
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
