"""Read and store the versions of returns, and pass new ones on to their assessors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from assessor_kit import tables
from assessor_kit.journey.intake.import_files import keep_problems, problem_rows
from assessor_kit.journey.intake.versions import NEWER, SUPERSEDED, ReturnRows, Version, Versions
from assessor_kit.store.blind.masked_copies import make_shown_rows
from assessor_kit.store.database.connections import Transaction
from assessor_kit.store.rows.originals import Original, keep_originals
from assessor_kit.store.rows.typed_rows import append, read_rows, replace
from assessor_kit.tables import Table
from assessor_kit.vocabulary import Problem, ProblemKind

# keys in one query, which databases limit; rows written at once, which memory limits
MOST_KEYS = 500
MOST_ROWS = 5_000
# assessors see these problems, and the name of any other sheet might be a member's
OWN_SHEETS = {"Member", "Plan", "Activities"}


def stored_versions(
    connection: Transaction, numbers: list[str], *, cpd_year: int
) -> dict[str, Versions]:
    """Return each member's versions of the year, oldest first, the newest with its content."""
    found = _rows(connection, tables.RETURNS, member_no=numbers, cpd_year=cpd_year)
    versions = {number: Versions(known=[]) for number in numbers}
    for row in sorted(found, key=lambda one: int(one["version"])):
        versions[row["member_no"]].known.append(Version(row=row))
    newest = {
        version.row["return_id"]: version
        for one in versions.values()
        if (version := one.latest) is not None
    }
    for table, part in (
        (tables.GOALS, "goals"),
        (tables.ACTIVITIES, "activities"),
        (tables.PROBLEMS, "problems"),
    ):
        for row in _rows(connection, table, return_id=list(newest)):
            getattr(newest[row["return_id"]], part).append(row)
    for row in _rows(connection, tables.RETURN_ORIGINALS, return_id=list(newest)):
        newest[row["return_id"]].originals.add(row["digest"])
    by_id = {
        row["return_id"]: version
        for one in versions.values()
        for version in one.known
        for row in [version.row]
    }
    for event in _rows(connection, tables.JUDGEMENT_EVENTS, return_id=list(by_id)):
        by_id[event["return_id"]].begun = True
    return versions


# the values may be those of any column
def _rows(connection: Transaction, table: Table, **equals: Any) -> ReturnRows:  # noqa: ANN401
    """Return the rows where the first column named has one of the values given.

    Each row is a dictionary of plain values; any further columns must equal theirs.
    """
    (name, wanted), *others = equals.items()
    rows: ReturnRows = []
    for start in range(0, len(wanted), MOST_KEYS):
        frame = read_rows(
            connection, table, **{name: wanted[start : start + MOST_KEYS]}, **dict(others)
        )
        rows += [
            {str(column): None if value is pd.NA else value for column, value in row.items()}
            for row in frame.astype(object).to_dict("records")
        ]
    return rows


def keep_versions(
    connection: Transaction,
    touched: Mapping[str, Versions],
    new: list[Version],
    *,
    originals: Iterable[Original],
) -> None:
    """Store new versions beside the earlier ones, within a transaction."""
    earlier = [
        version.row
        for versions in touched.values()
        for version in versions.known
        if not version.is_new
    ]
    if earlier and new:
        replace(connection, tables.RETURNS, pd.DataFrame(earlier, dtype=object))
    parts = (
        (tables.RETURNS, [version.row for version in new]),
        (tables.GOALS, [row for version in new for row in version.goals]),
        (tables.ACTIVITIES, [row for version in new for row in version.activities]),
    )
    for table, rows in parts:
        for start in range(0, len(rows), MOST_ROWS):
            append(
                connection,
                table,
                pd.DataFrame(
                    rows[start : start + MOST_ROWS], columns=list(table.column_names), dtype=object
                ),
            )
    keep_problems(
        connection, [_seen_by_assessors(row) for version in new for row in version.problems]
    )
    keep_originals(
        connection,
        originals,
        read_from=[
            (version.row["return_id"], digest)
            for version in new
            for digest in sorted(version.originals)
        ],
    )
    _tell_assessors(connection, touched)


def _seen_by_assessors(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: value for name, value in row.items() if name != "problem_no"},
        "sheet": row["sheet"] if row["sheet"] in OWN_SHEETS else None,
    }


def _tell_assessors(connection: Transaction, touched: Mapping[str, Versions]) -> None:
    """Allocate a new version to whoever holds the one before.

    An assessor who has begun to judge the earlier version keeps it, and is told of the new one.
    """
    handed: dict[str, str] = {}
    arrivals: list[dict[str, Any]] = []
    for versions in touched.values():
        latest = versions.latest
        if latest is None or not latest.is_new:
            continue
        if latest.row["parked"] == "":
            handed |= {
                version.row["return_id"]: latest.row["return_id"]
                for version in versions.known
                if version.row["parked"] == SUPERSEDED
            }
        elif latest.row["parked"] == NEWER:
            arrivals += [
                _arrival(version)
                for version in versions.known
                if version.begun and version.row["parked"] == ""
            ]
    keep_problems(connection, arrivals)
    held: defaultdict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
    for row in _rows(connection, tables.ALLOCATIONS, return_id=list(handed)):
        held[(handed[row["return_id"]], row["marking"])] = {
            **row,
            "return_id": handed[row["return_id"]],
        }
    if held:
        append(connection, tables.ALLOCATIONS, pd.DataFrame(list(held.values()), dtype=object))
    make_shown_rows(
        connection, sorted({*(str(one["return_id"]) for one in (*held.values(), *arrivals))})
    )


def _arrival(begun: Version) -> dict[str, Any]:
    problem = Problem(
        found=(
            "a newer version of this return has arrived; this judgement stays on the version that"
            " it was begun on"
        ),
        advice="Staff know, and will put it on your desk if it is to be judged.",
    )
    return problem_rows(
        {ProblemKind.PLEASE_CHECK: [problem]},
        return_id=begun.row["return_id"],
        digest=begun.row["source_digest"],
    )[0]
