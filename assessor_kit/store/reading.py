"""Tables in and out of the database, with the kinds that `tables.py` promises."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import pandas as pd
from sqlalchemy import Connection, and_, delete, insert, or_, select

from assessor_kit.store.schema import sql_table
from assessor_kit.store.workspace import Workspace
from assessor_kit.tables import Column, Kind, Table

INTEGERS = {"integer", "minutes"}
BATCH = 200  # rows per statement where keys are listed; databases limit the number of parameters


def read_table(workspace: Workspace, table: Table, **equals: object) -> pd.DataFrame:
    """The rows whose columns equal what is given (a list or tuple means any of it), in key order."""
    with workspace.engine.connect() as connection:
        return read_rows(connection, table, **equals)


def read_rows(connection: Connection, table: Table, **equals: object) -> pd.DataFrame:
    """As `read_table`, within a transaction."""
    source = sql_table(table)
    wanted = [
        source.c[name].in_(list(value)) if isinstance(value, list | tuple | set) else source.c[name] == value
        for name, value in equals.items()
    ]
    found = connection.execute(select(source).where(*wanted).order_by(*(source.c[name] for name in table.key))).all()
    columns = zip(*found, strict=True) if found else [()] * len(table.columns)
    return pd.DataFrame({column.name: _typed(list(values), column) for column, values in zip(table.columns, columns, strict=True)})


def _typed(values: list[object], column: Column) -> pd.Series:
    """A column in the kind it declares; text and dates stay Python objects, with None where there is nothing."""
    if column.kind in INTEGERS:
        return pd.Series(values, dtype="Int64" if column.optional else "int64")
    return pd.Series(values, dtype={"number": "float64", "yes_no": "bool"}.get(column.kind, "object"))


def append_rows(workspace: Workspace, table: Table, frame: pd.DataFrame) -> None:
    """Add rows; a key that is there already raises the database's integrity error and adds nothing."""
    with workspace.engine.begin() as connection:
        append(connection, table, frame)


def append(connection: Connection, table: Table, frame: pd.DataFrame) -> None:
    """As `append_rows`, within a transaction."""
    rows = records(frame, table)
    if rows:
        connection.execute(insert(sql_table(table)), rows)


def replace_rows(workspace: Workspace, table: Table, frame: pd.DataFrame) -> None:
    """Put rows in the place of those with the same key, and add the others."""
    with workspace.engine.begin() as connection:
        replace(connection, table, frame)


def replace(connection: Connection, table: Table, frame: pd.DataFrame) -> None:
    """As `replace_rows`, within a transaction."""
    source = sql_table(table)
    rows = records(frame, table)
    for start in range(0, len(rows), BATCH):
        same = (and_(*(source.c[name] == row[name] for name in table.key)) for row in rows[start : start + BATCH])
        connection.execute(delete(source).where(or_(*same)))
    if rows:
        connection.execute(insert(source), rows)


def records(frame: pd.DataFrame, table: Table) -> list[dict[str, object]]:
    """Rows as plain Python values that any database driver takes. Columns that the database counts itself may be absent."""
    columns = [column for column in table.columns if column.name in frame.columns]
    values = [_plain(frame[column.name], column.kind) for column in columns]
    names = [column.name for column in columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]


def _plain(values: Iterable[object], kind: Kind) -> list[object]:
    return [None if _missing(value) else _python(value, kind) for value in values]


def _missing(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value)  # noqa: PLR0124  (NaN alone differs from itself)


def _python(value: object, kind: Kind) -> object:
    if kind in INTEGERS:
        return int(value)  # type: ignore[call-overload]  # numpy and pandas integers
    if kind == "yes_no":
        return bool(value)
    if kind == "number":
        return float(value)  # type: ignore[arg-type]
    if kind == "date":
        return value.date() if isinstance(value, datetime) else value
    if kind in {"text", "json"}:
        return str(value)
    if kind == "bytes":
        return value
    return value if isinstance(value, date) else pd.Timestamp(value).to_pydatetime()  # type: ignore[arg-type]
