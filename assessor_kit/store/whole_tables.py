"""Rows of a table in and out of a workspace, each time in a transaction of its own."""

from __future__ import annotations

import pandas as pd

from assessor_kit.store.access import require_readable
from assessor_kit.store.engine import reading, writing
from assessor_kit.store.reading import append, read_rows, replace
from assessor_kit.store.shown_rows import SHOWN, shown_rows
from assessor_kit.store.workspace import Workspace
from assessor_kit.tables import ALLOCATIONS, Table


def read_table(workspace: Workspace, table: Table, **equals: object) -> pd.DataFrame:
    """The rows whose columns equal what is given (a list or tuple means any of it), in key order.

    Opened by an assessor, a workspace gives only rows of their own returns, members' words as an assessor may read them, and raises
    StaffOnly for tables that are not about returns.
    """
    require_readable(workspace, table)
    with reading(workspace.engine) as connection:
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
        return _those(rows[rows["return_id"].isin(mine)], equals)


def _those(rows: pd.DataFrame, equals: dict[str, object]) -> pd.DataFrame:
    for name, value in equals.items():
        rows = rows[
            rows[name].isin(list(value) if isinstance(value, list | tuple | set) else [value])
        ]
    return rows.reset_index(drop=True)


def append_rows(workspace: Workspace, table: Table, frame: pd.DataFrame) -> None:
    """Add rows; a key that is there already raises the database's integrity error and adds nothing."""
    with writing(workspace.engine) as connection:
        append(connection, table, frame)


def replace_rows(workspace: Workspace, table: Table, frame: pd.DataFrame) -> None:
    """Put rows in the place of those with the same key, and add the others."""
    with writing(workspace.engine) as connection:
        replace(connection, table, frame)
