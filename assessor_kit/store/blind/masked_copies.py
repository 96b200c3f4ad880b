"""Make the masked copies that an assessor reads, and show what was written on request.

Staff's side makes the copies. What the member wrote is shown only after the access was logged.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select, text

from assessor_kit import tables
from assessor_kit.store.access.permissions import (
    require_allocated,
    require_self,
    require_staff,
    signed_in_by_role,
)
from assessor_kit.store.blind.earlier_advice import keep_earlier_advice, returns_after
from assessor_kit.store.blind.masking import Identity, masked, masked_cells
from assessor_kit.store.database.connections import read_transaction, write_transaction
from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.log.access_log import note_access
from assessor_kit.store.rows.shown_rows import SHOWN, forget_shown_rows, keep_shown_rows, shown_rows
from assessor_kit.store.rows.typed_rows import read_columns, read_rows
from assessor_kit.store.workspace import Workspace

LISTED = 500  # returns per transaction
# For each part, the cells that hold people's own words.
CELLS: dict[tables.Table, tuple[str, ...]] = {
    tables.ACTIVITIES: ("title", "learning", "reflection", "evidence", "raw", "goal_id"),
    tables.GOALS: ("goal", "goal_id"),
    tables.PROBLEMS: ("found", "expected", "advice", "sheet", "column"),
}
AS_WRITTEN = ("title", "learning", "reflection", "evidence")
IDENTITY = ("name", "email", "employer")


def mask_returns(workspace: Workspace, return_ids: Iterable[str]) -> int:
    """Remake what an assessor reads of these returns.

    Returns how many lines have something masked. Only for staff.
    """
    require_staff(workspace)
    names = list(return_ids)
    number = 0
    for start in range(0, len(names), LISTED):
        with write_transaction(workspace.engine) as connection:
            number += make_shown_rows(connection, names[start : start + LISTED])
    return number


def mask_members(workspace: Workspace, member_nos: Iterable[str]) -> int:
    """Remake the copies of all returns of these members that have copies.

    This is for when their earlier advice has changed. Returns how many lines have something masked.
    Only for staff.
    """
    require_staff(workspace)
    numbers = list(member_nos)
    names = []
    with read_transaction(workspace.engine) as connection:
        for start in range(0, len(numbers), LISTED):
            names += returns_after(connection, numbers[start : start + LISTED])
    return mask_returns(workspace, names)


def make_shown_rows(connection: Connection, names: list[str]) -> int:
    """Remake the copies as `mask_returns` does, within a transaction."""
    returns = read_columns(
        connection, tables.RETURNS, ("return_id", "member_no", "cpd_year"), return_id=names
    )
    people = read_columns(
        connection,
        tables.REGISTER,
        ("member_no", *IDENTITY),
        member_no=list(returns["member_no"]),
    )
    known = {str(row["member_no"]): _identity(row) for row in people.to_dict("records")}
    identities = {
        str(name): known.get(str(number), Identity(member_no=str(number)))
        for name, number in zip(returns["return_id"], returns["member_no"], strict=True)
    }
    forget_shown_rows(connection, names)
    number = 0
    for table, cells in CELLS.items():
        lines = read_columns(connection, table, SHOWN[table], return_id=names)
        if lines.empty:
            continue
        shown = {
            cell: [
                _shown(cell, value, identities[str(name)])
                for name, value in zip(lines["return_id"], lines[cell], strict=True)
            ]
            for cell in cells
        }
        copies = lines.assign(
            **{cell: pd.Series(values, dtype="object") for cell, values in shown.items()}
        )
        number += int(
            (copies[list(cells)].fillna("") != lines[list(cells)].fillna("")).any(axis=1).sum()
        )
        keep_shown_rows(connection, table, copies)
    keep_earlier_advice(connection, returns, identities)
    return number


def make_missing_rows(connection: Connection, return_id: str) -> None:
    """Make the copies of a return that has none, where this connection may.

    An assessor's own connection to a server may not.
    """
    kept = sql_table(tables.SHOWN_ROWS)
    if connection.execute(
        select(kept.c.line).where(kept.c.return_id == return_id).limit(1)
    ).first() is None and not signed_in_by_role(connection):
        make_shown_rows(connection, [return_id])


def returns_named_otherwise(
    connection: Connection, members: Iterable[Mapping[str, Any]]
) -> list[str]:
    """Return the returns whose masked copies no longer match the register.

    `members` holds new rows of the register. A return is named where its member's name, e-mail
    address or employer in them differs from what the register holds now.
    """
    kept = sql_table(tables.SHOWN_ROWS)
    returns = sql_table(tables.RETURNS)
    shown = select(returns.c.return_id, returns.c.member_no).where(
        returns.c.return_id.in_(select(kept.c.return_id))
    )
    numbers = {str(row.return_id): str(row.member_no) for row in connection.execute(shown)}
    people = read_rows(connection, tables.REGISTER, member_no=sorted(set(numbers.values())))
    before = {
        str(row["member_no"]): tuple(row[name] for name in IDENTITY)
        for row in people.to_dict("records")
    }
    after = {str(row["member_no"]): tuple(row[name] for name in IDENTITY) for row in members}
    return [
        name
        for name, number in numbers.items()
        if number in after and after[number] != before.get(number)
    ]


def _identity(row: Mapping[Any, Any]) -> Identity:
    """Return who a row of the register is."""
    return Identity(
        name=str(row["name"]),
        email=str(row["email"]),
        member_no=str(row["member_no"]),
        employer=str(row["employer"]),
    )


def _shown(cell: str, value: str | None, who: Identity) -> str | None:
    if value is None or cell != "raw":
        return None if value is None else masked(value, who)
    cells = json.loads(value)
    # headings are the member's own text too
    headings = masked_cells({str(name): str(name) for name in cells}, who)
    shown = {
        headings[name]: one
        for name, one in masked_cells(
            {str(name): str(one) for name, one in cells.items()}, who
        ).items()
    }
    return value if shown == cells else json.dumps(shown, ensure_ascii=False)


def texts_as_written(
    workspace: Workspace, return_id: str, *, assessor_id: str
) -> dict[int, dict[str, str]]:
    """Return what the member wrote in place of the masked texts of a return's activities.

    Maps activity_no to cell to text, for the texts that are masked. That they were shown is
    recorded in the access log.

    Raises NotAllocated for a return that is not the assessor's. On a server, an assessor's own
    connection gets the texts only once that record is committed.
    """
    require_self(workspace, assessor_id)
    with write_transaction(workspace.engine) as connection:
        require_allocated(connection, return_id, assessor_id=assessor_id)
        note_access(connection, return_id, who=assessor_id, what="unmasked")
    with read_transaction(workspace.engine) as connection:
        shown = shown_rows(connection, tables.ACTIVITIES, [return_id]).set_index("activity_no")
        written = {
            number: cells
            for number, cells in _written(connection, return_id).items()
            if number in shown.index
        }
        differ = {
            number: {
                cell: words for cell, words in cells.items() if shown.loc[number, cell] != words
            }
            for number, cells in written.items()
        }
    return {number: cells for number, cells in differ.items() if cells}


def _written(connection: Connection, return_id: str) -> dict[int, dict[str, str]]:
    if signed_in_by_role(connection):
        rows = [
            row._asdict()
            for row in connection.execute(
                text("SELECT * FROM texts_as_written(:wanted)"), {"wanted": return_id}
            )
        ]
    else:
        lines = read_columns(
            connection, tables.ACTIVITIES, ["activity_no", *AS_WRITTEN], return_id=return_id
        )
        rows = [
            {str(name): value for name, value in row.items()} for row in lines.to_dict("records")
        ]
    return {int(row["activity_no"]): {cell: str(row[cell]) for cell in AS_WRITTEN} for row in rows}
