"""Blind reading: staff's side makes the copies that an assessor reads, and what was written is shown only after that was noted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select, text

from assessor_kit import tables
from assessor_kit.store.access import (
    require_allocated,
    require_self,
    require_staff,
    signed_in_by_role,
)
from assessor_kit.store.access_log import note_access
from assessor_kit.store.earlier_advice import keep_earlier_advice, returns_after
from assessor_kit.store.engine import reading, writing
from assessor_kit.store.masking import Identity, masked, masked_cells
from assessor_kit.store.reading import read_columns, read_rows
from assessor_kit.store.schema import sql_table
from assessor_kit.store.shown_rows import SHOWN, forget_shown_rows, keep_shown_rows, shown_rows
from assessor_kit.store.workspace import Workspace

LISTED = 500  # returns at a time
# Part -> the cells that hold people's own words.
CELLS: dict[tables.Table, tuple[str, ...]] = {
    tables.ACTIVITIES: ("title", "learning", "reflection", "evidence", "raw", "goal_id"),
    tables.GOALS: ("goal", "goal_id"),
    tables.PROBLEMS: ("found", "expected", "advice", "sheet", "column"),
}
AS_WRITTEN = ("title", "learning", "reflection", "evidence")
IDENTITY = ("name", "email", "employer")


def mask_returns(workspace: Workspace, return_ids: Iterable[str]) -> int:
    """Make anew what an assessor reads of these returns: how many lines have something masked. For staff."""
    require_staff(workspace)
    names, number = list(return_ids), 0
    for start in range(0, len(names), LISTED):
        with writing(workspace.engine) as connection:
            number += make_shown_rows(connection, names[start : start + LISTED])
    return number


def mask_members(workspace: Workspace, member_nos: Iterable[str]) -> int:
    """As `mask_returns`, for all returns of these members that have copies: what they were advised earlier has changed."""
    require_staff(workspace)
    numbers, names = list(member_nos), []
    with reading(workspace.engine) as connection:
        for start in range(0, len(numbers), LISTED):
            names += returns_after(connection, numbers[start : start + LISTED])
    return mask_returns(workspace, names)


def make_shown_rows(connection: Connection, names: list[str]) -> int:
    """As `mask_returns`, within a transaction."""
    returns = read_rows(connection, tables.RETURNS, return_id=names)
    people = read_rows(connection, tables.REGISTER, member_no=list(returns["member_no"])).set_index(
        "member_no"
    )
    identities = {
        str(name): _identity(people, str(number))
        for name, number in zip(returns["return_id"], returns["member_no"], strict=True)
    }
    forget_shown_rows(connection, names)
    number = 0
    for table, cells in CELLS.items():
        lines = read_columns(connection, table, SHOWN[table], return_id=names)
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
    """Make the copies of a return that has none, where this connection may: an assessor's own cannot."""
    kept = sql_table(tables.SHOWN_ROWS)
    if connection.execute(
        select(kept.c.line).where(kept.c.return_id == return_id).limit(1)
    ).first() is None and not signed_in_by_role(connection):
        make_shown_rows(connection, [return_id])


def returns_named_otherwise(
    connection: Connection, members: Iterable[Mapping[str, Any]]
) -> list[str]:
    """The returns with copies whose member has another name, e-mail address or employer among these rows of the register than now."""
    kept, returns = sql_table(tables.SHOWN_ROWS), sql_table(tables.RETURNS)
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


def _identity(people: pd.DataFrame, member_no: str) -> Identity:
    if member_no not in people.index:
        return Identity(member_no=member_no)
    known = people.loc[member_no]
    return Identity(
        name=str(known["name"]),
        email=str(known["email"]),
        member_no=member_no,
        employer=str(known["employer"]),
    )


def _shown(cell: str, value: str | None, who: Identity) -> str | None:
    if value is None or cell != "raw":
        return None if value is None else masked(value, who)
    cells = json.loads(value)
    headings = masked_cells(
        {str(name): str(name) for name in cells}, who
    )  # a heading is the member's text too
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
    """The masked texts of a return's activities as their writer wrote them: activity_no -> cell -> text. That they were shown is written down.

    Raises NotAllocated for a return of somebody else's. On a server an assessor's own connection gets them only once that is committed.
    """
    require_self(workspace, assessor_id)
    with writing(workspace.engine) as connection:
        require_allocated(connection, return_id, assessor_id=assessor_id)
        note_access(connection, return_id, who=assessor_id, what="unmasked")
    with reading(workspace.engine) as connection:
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
