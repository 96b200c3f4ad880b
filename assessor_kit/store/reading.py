"""Tables in and out of the database within a transaction, with the kinds that `tables` promises. Sealed columns are encrypted on the way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, and_, delete, insert, or_, select
from sqlalchemy import Table as SqlTable

from assessor_kit.store.keys import seal, unseal
from assessor_kit.store.schema import sql_table
from assessor_kit.store.subjects import make_subject_key, of_member, subject_keys
from assessor_kit.tables import Column, Kind, Table

INTEGERS = {"integer", "minutes"}
BATCH = 200  # rows per statement where keys are listed; databases limit the number of parameters
LISTED = 10_000  # values of a list per query, far below the limits of 32,766 (SQLite) and 65,535 (PostgreSQL) parameters


def read_rows(connection: Connection, table: Table, **equals: object) -> pd.DataFrame:
    """The rows whose columns equal what is given (a list or tuple means any of it), in key order."""
    return read_columns(connection, table, table.column_names, **equals)


def read_columns(
    connection: Connection, table: Table, names: Collection[str], **equals: object
) -> pd.DataFrame:
    """As `read_rows`, some of the columns only; an assessor's own connection may read no others."""
    source, columns = sql_table(table), [column for column in table.columns if column.name in names]
    order = [source.c[name] for name in table.key if name in names]
    found = [
        row
        for wanted in _conditions(source, equals)
        for row in connection.execute(
            select(*(source.c[column.name] for column in columns)).where(*wanted).order_by(*order)
        )
    ]
    cells = zip(*found, strict=True) if found else [()] * len(columns)
    values = {column.name: list(those) for column, those in zip(columns, cells, strict=True)}
    if any(column.sealed for column in columns):
        _unseal_columns(connection, table, values)
    index = pd.RangeIndex(
        len(found)
    )  # one for all columns: each with its own would be compared with every other
    return pd.DataFrame(
        {column.name: typed(values[column.name], column, index) for column in columns},
        index=index,
        copy=False,
    )


def _conditions(source: SqlTable, equals: dict[str, object]) -> Iterator[list[ColumnElement[bool]]]:
    """Conditions for one or several queries: databases limit the number of parameters, so a long list is asked for in parts."""
    single = [
        source.c[name] == value
        for name, value in equals.items()
        if not isinstance(value, list | tuple | set)
    ]
    lists = {
        name: list(value) for name, value in equals.items() if isinstance(value, list | tuple | set)
    }
    longest = max(lists, key=lambda name: len(lists[name]), default=None)
    if longest is None:
        yield single
        return
    others = [source.c[name].in_(values) for name, values in lists.items() if name != longest]
    for start in range(0, max(1, len(lists[longest])), LISTED):
        yield [*single, *others, source.c[longest].in_(lists[longest][start : start + LISTED])]


def _unseal_columns(connection: Connection, table: Table, values: dict[str, list[Any]]) -> None:
    """Open the sealed columns in place; a text whose key is destroyed becomes empty."""
    keys = subject_keys(connection, [of_member(number) for number in set(values["member_no"])])
    for column in (column for column in table.columns if column.sealed):
        for place, number in enumerate(values["member_no"]):
            key, sealed = keys.get(of_member(number)), values[column.name][place]
            text = (
                ""
                if key is None or sealed is None
                else unseal(sealed, key=key, place=f"{table.name}.{column.name}|{number}")
            )
            values[column.name][place] = (
                (date.fromisoformat(text) if text else None) if column.kind == "date" else text
            )


def _seal_rows(connection: Connection, table: Table, rows: list[dict[str, object]]) -> None:
    """Seal the sealed columns in place, each with its member's key."""
    for row in rows:
        number = str(row["member_no"])
        key = make_subject_key(connection, of_member(number))
        for column in (column for column in table.columns if column.sealed):
            text = "" if row[column.name] is None else str(row[column.name])
            row[column.name] = seal(text, key=key, place=f"{table.name}.{column.name}|{number}")


def typed(values: list[object], column: Column, index: pd.Index[Any] | None = None) -> Any:  # noqa: ANN401  (a column, as whatever pandas takes fastest)
    """A column in the kind it declares; text and dates stay Python objects, with None where there is nothing."""
    if column.kind in INTEGERS:
        return (
            pd.Series(values, index=index, dtype="Int64")
            if column.optional
            else np.array(values, dtype="int64")
        )
    if column.kind in {"number", "yes_no"}:
        return np.array(values, dtype="float64" if column.kind == "number" else "bool")
    objects = np.empty(len(values), dtype=object)
    objects[:] = values
    return pd.Series(
        objects, index=index, dtype=object, copy=False
    )  # a Series, or pandas would look through the texts for a kind of its own


def append(connection: Connection, table: Table, frame: pd.DataFrame) -> None:
    """Add rows; a key that is there already raises the database's integrity error."""
    rows = _sealed_records(connection, frame, table)
    if rows:
        connection.execute(insert(sql_table(table)), rows)


def _sealed_records(
    connection: Connection, frame: pd.DataFrame, table: Table
) -> list[dict[str, object]]:
    rows = records(frame, table)
    if any(column.sealed for column in table.columns):
        _seal_rows(connection, table, rows)
    return rows


def replace(connection: Connection, table: Table, frame: pd.DataFrame) -> None:
    """Put rows in the place of those with the same key, and add the others."""
    source = sql_table(table)
    rows = _sealed_records(connection, frame, table)
    for start in range(0, len(rows), BATCH):
        same = (
            and_(*(source.c[name] == row[name] for name in table.key))
            for row in rows[start : start + BATCH]
        )
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
    return (
        value is None
        or value is pd.NA
        or value is pd.NaT
        or (isinstance(value, float) and value != value)
    )  # noqa: PLR0124  (NaN alone differs from itself)


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
