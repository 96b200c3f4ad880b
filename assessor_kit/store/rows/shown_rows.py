"""Keep what an assessor reads of a return: copies of its lines without the identity.

In the copies a word in brackets takes the place of anything that identifies the member. An assessor
reads the copies and never the lines themselves; on a server their role cannot read anything else. A
return without copies shows nothing rather than too much. Staff's side makes them (`store.blind`),
because only there is it known who the member is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, delete

from assessor_kit import tables
from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.rows.typed_rows import among, append, read_rows, typed

# Which columns of which tables are copied. A file's name and content carry the member's identity.
SHOWN: dict[tables.Table, tuple[str, ...]] = {
    tables.ACTIVITIES: tables.ACTIVITIES.column_names,
    tables.GOALS: tables.GOALS.column_names,
    tables.PROBLEMS: tuple(
        name for name in tables.PROBLEMS.column_names if name not in {"file", "digest"}
    ),
}
PARSE: dict[tables.Kind, Callable[[str], object]] = {
    "date": date.fromisoformat,
    "moment": datetime.fromisoformat,
}


def shown_rows(
    connection: Connection, table: tables.Table, return_ids: Collection[str]
) -> pd.DataFrame:
    """Return the lines of these returns as an assessor may read them, in order.

    The columns are those that SHOWN lists for the table.
    """
    kept = read_rows(connection, tables.SHOWN_ROWS, part=table.name, return_id=list(return_ids))
    return typed_rows([json.loads(row) for row in kept["cells"]], table, SHOWN[table])


def keep_shown_rows(connection: Connection, table: tables.Table, frame: pd.DataFrame) -> None:
    """Store lines as an assessor may read them.

    `frame` has the columns that SHOWN lists for the table, of returns that have no copies of it
    yet.
    """
    if frame.empty:
        return
    lines = frame.groupby("return_id").cumcount() + 1
    rows = [
        {
            "return_id": row["return_id"],
            "part": table.name,
            "line": line,
            "cells": json.dumps(row, ensure_ascii=False),
        }
        for line, row in zip(lines, plain_rows(frame), strict=True)
    ]
    append(
        connection,
        tables.SHOWN_ROWS,
        pd.DataFrame(rows, columns=list(tables.SHOWN_ROWS.column_names)),
    )


def forget_shown_rows(connection: Connection, return_ids: Collection[str]) -> None:
    """Remove the copies of returns whose lines have changed or are being removed."""
    kept = sql_table(tables.SHOWN_ROWS)
    connection.execute(delete(kept).where(among(connection, kept.c.return_id, return_ids)))


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as JSON can hold them.

    Dates and moments are in ISO form; a missing value is None.
    """
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [
        {
            str(name): value.isoformat() if isinstance(value, date) else value
            for name, value in row.items()
        }
        for row in rows
    ]


def typed_rows(
    rows: list[dict[str, Any]], table: tables.Table, names: Collection[str]
) -> pd.DataFrame:
    """Return a table of plain rows: the opposite of `plain_rows`.

    The columns named are in the kinds that the table declares.
    """
    found = {}
    for column in (column for column in table.columns if column.name in names):
        parse = PARSE.get(column.kind)
        values = [row[column.name] for row in rows]
        found[column.name] = typed(
            [parse(value) if parse and value is not None else value for value in values], column
        )
    return pd.DataFrame(found)
