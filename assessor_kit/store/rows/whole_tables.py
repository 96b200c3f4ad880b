"""Read and write rows of a workspace's tables, each call in its own transaction."""

from __future__ import annotations

from typing import Any

import pandas as pd

from assessor_kit.store.access.permissions import require_readable, require_staff
from assessor_kit.store.database.connections import read_transaction, write_transaction
from assessor_kit.store.rows.shown_rows import SHOWN, shown_rows
from assessor_kit.store.rows.typed_rows import append, read_as_records, read_rows, replace
from assessor_kit.store.workspace import Workspace
from assessor_kit.tables import ALLOCATIONS, Table


def read_table(workspace: Workspace, table: Table, **equals: object) -> pd.DataFrame:
    """Return the rows that match the given values, in key order.

    A list, tuple or set matches any of its values.

    A workspace opened by an assessor returns only rows of that assessor's own returns, with
    members' words as an assessor may read them. It raises StaffOnly for tables that are not about
    returns.
    """
    require_readable(workspace, table)
    with read_transaction(workspace.engine) as connection:
        if not workspace.acting_as:
            return read_rows(connection, table, **equals)
        mine = list(
            read_rows(connection, ALLOCATIONS, assessor_id=workspace.acting_as)["return_id"]
        )
        rows = (
            shown_rows(connection, table, mine)
            if table in SHOWN
            else read_rows(connection, table, **equals)
        )
        return _matching(rows[rows["return_id"].isin(mine)], equals)


def read_records(workspace: Workspace, table: Table, **equals: object) -> list[dict[str, Any]]:
    """Return the rows that match as Python values, in key order; only for staff.

    For a few rows, many times, as when messages are sent; otherwise `read_table`.
    """
    require_staff(workspace)
    with read_transaction(workspace.engine) as connection:
        return read_as_records(connection, table, **equals)


def _matching(rows: pd.DataFrame, equals: dict[str, object]) -> pd.DataFrame:
    for name, value in equals.items():
        rows = rows[
            rows[name].isin(list(value) if isinstance(value, list | tuple | set) else [value])
        ]
    return rows.reset_index(drop=True)


def append_rows(workspace: Workspace, table: Table, frame: pd.DataFrame) -> None:
    """Add rows.

    A key that exists already raises the database's integrity error, and nothing is added.
    """
    with write_transaction(workspace.engine) as connection:
        append(connection, table, frame)


def replace_rows(workspace: Workspace, table: Table, frame: pd.DataFrame) -> None:
    """Add rows, replacing those that have the same key."""
    with write_transaction(workspace.engine) as connection:
        replace(connection, table, frame)
