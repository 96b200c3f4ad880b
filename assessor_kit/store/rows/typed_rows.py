"""Read and write rows of tables within a transaction.

Columns have the kinds that `tables` declares. Sealed columns are encrypted when written and opened
when read.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Text,
    and_,
    any_,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
)
from sqlalchemy import Table as SqlTable

from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.keys import seal, unseal
from assessor_kit.store.rows.subject_keys import make_subject_key, of_member, subject_keys
from assessor_kit.tables import Column, Kind, Table

INTEGERS = {"integer", "minutes"}
BATCH = 200  # rows per statement where keys are listed; databases limit the number of parameters
# listed values per query, far below the limits of 32,766 (SQLite) and 65,535 (PostgreSQL)
# parameters
LISTED = 10_000
FEW = 20  # texts that are listed one by one, which is quickest for them


def read_rows(connection: Connection, table: Table, **equals: object) -> pd.DataFrame:
    """Return the rows that match the given values, in key order.

    A list, tuple or set matches any of its values.
    """
    return read_columns(connection, table, table.column_names, **equals)


def read_columns(
    connection: Connection, table: Table, names: Collection[str], **equals: object
) -> pd.DataFrame:
    """Return some of the columns of the rows that match, as `read_rows` does for all.

    An assessor's own connection may not read every column.
    """
    source = sql_table(table)
    columns = [column for column in table.columns if column.name in names]
    order = [source.c[name] for name in table.key if name in names]
    found = [
        row
        for wanted in _conditions(connection, source, equals)
        for row in connection.execute(
            select(*(source.c[column.name] for column in columns)).where(*wanted).order_by(*order)
        )
    ]
    cells = zip(*found, strict=True) if found else [()] * len(columns)
    values = {column.name: list(those) for column, those in zip(columns, cells, strict=True)}
    if any(column.sealed for column in columns):
        _unseal_columns(connection, table, values)
    # all columns share one index; otherwise pandas would compare each with every other
    index = pd.RangeIndex(len(found))
    return pd.DataFrame(
        {column.name: typed(values[column.name], column, index) for column in columns},
        index=index,
        copy=False,
    )


def read_as_records(connection: Connection, table: Table, **equals: object) -> list[dict[str, Any]]:
    """Return the rows that match as Python values, in key order: for a few rows, many times.

    It takes a tenth of the time of `read_rows`. Not for tables with sealed columns.
    """
    source = sql_table(table)
    order = [source.c[name] for name in table.key]
    return [
        row._asdict()
        for wanted in _conditions(connection, source, equals)
        for row in connection.execute(select(source).where(*wanted).order_by(*order))
    ]


def among(
    connection: Connection, column: ColumnElement[str], values: Collection[str]
) -> ColumnElement[bool]:
    """Whether a column is one of these texts, however many there are.

    Many texts are one parameter, a JSON array or an array of the server: a parameter for each takes
    longer to write down than the database takes to look it up.
    """
    texts = list(values)
    if len(texts) <= FEW:
        return column.in_(texts)
    if connection.dialect.name == "sqlite":
        listed = func.json_each(json.dumps(texts)).table_valued("value")
        return column.in_(select(listed.c.value))
    return column == any_(literal(texts, ARRAY(Text())))


def _conditions(
    connection: Connection, source: SqlTable, equals: dict[str, object]
) -> Iterator[list[ColumnElement[bool]]]:
    """Yield the conditions for each query that is needed.

    Databases limit the number of parameters, so that a long list of anything but texts is split
    over several queries.
    """
    whole = []
    lists: dict[str, list[object]] = {}
    for name, value in equals.items():
        if not isinstance(value, list | tuple | set):
            whole.append(source.c[name] == value)
        elif all(isinstance(one, str) for one in value):
            whole.append(among(connection, source.c[name], value))
        else:
            lists[name] = list(value)
    longest = max(lists, key=lambda name: len(lists[name]), default=None)
    if longest is None:
        yield whole
        return
    others = [source.c[name].in_(values) for name, values in lists.items() if name != longest]
    for start in range(0, max(1, len(lists[longest])), LISTED):
        yield [*whole, *others, source.c[longest].in_(lists[longest][start : start + LISTED])]


def _unseal_columns(connection: Connection, table: Table, values: dict[str, list[Any]]) -> None:
    """Open the sealed columns in place; a text whose key was destroyed becomes empty."""
    keys = subject_keys(connection, [of_member(number) for number in set(values["member_no"])])
    for column in (column for column in table.columns if column.sealed):
        for place, number in enumerate(values["member_no"]):
            key = keys.get(of_member(number))
            sealed = values[column.name][place]
            text = ""
            if key is not None and sealed is not None:
                text = unseal(sealed, key=key, place=f"{table.name}.{column.name}|{number}")
            values[column.name][place] = _day_of(text) if column.kind == "date" else text


def _day_of(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _seal_rows(connection: Connection, table: Table, rows: list[dict[str, object]]) -> None:
    """Seal the sealed columns in place, with the key of each row's member."""
    for row in rows:
        number = str(row["member_no"])
        key = make_subject_key(connection, of_member(number))
        for column in (column for column in table.columns if column.sealed):
            text = "" if row[column.name] is None else str(row[column.name])
            row[column.name] = seal(text, key=key, place=f"{table.name}.{column.name}|{number}")


# The return type is whatever pandas takes in fastest.
def typed(values: list[object], column: Column, index: pd.Index[Any] | None = None) -> Any:  # noqa: ANN401
    """Return the values as a column of the kind that it declares.

    Texts and dates stay Python objects, with None for a missing value.
    """
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
    # a Series, because pandas would otherwise search the texts for a type of its own choosing
    return pd.Series(objects, index=index, dtype=object, copy=False)


def append(connection: Connection, table: Table, frame: pd.DataFrame) -> None:
    """Add rows; a key that exists already raises the database's integrity error."""
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
    """Add rows, replacing those that have the same key."""
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
    """Return the rows as plain Python values that any database driver accepts.

    Columns that the database numbers itself may be missing.
    """
    columns = [column for column in table.columns if column.name in frame.columns]
    values = [_plain(frame[column.name], column.kind) for column in columns]
    names = [column.name for column in columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]


def _plain(values: Iterable[object], kind: Kind) -> list[object]:
    return [None if _missing(value) else _python(value, kind) for value in values]


def _missing(value: object) -> bool:
    # only NaN differs from itself
    return (
        value is None
        or value is pd.NA
        or value is pd.NaT
        or (isinstance(value, float) and value != value)  # noqa: PLR0124
    )


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
    if isinstance(value, date):
        return value
    return pd.Timestamp(value).to_pydatetime()  # type: ignore[arg-type]
