"""What an assessor reads of a return: copies of its lines in which a word in brackets stands for what says who the member is.

An assessor reads the copies and never the lines themselves; on a server their role may read nothing else. A return without copies shows
nothing rather than too much. Staff's side makes them (`masks`), as only it knows who the member is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, delete

from assessor_kit import tables
from assessor_kit.store.reading import append, read_rows, typed
from assessor_kit.store.schema import sql_table

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
    """The lines of these returns as an assessor may read them, in their order: the columns that SHOWN names."""
    kept = read_rows(connection, tables.SHOWN_ROWS, part=table.name, return_id=list(return_ids))
    return typed_rows([json.loads(row) for row in kept["cells"]], table, SHOWN[table])


def keep_shown_rows(connection: Connection, table: tables.Table, frame: pd.DataFrame) -> None:
    """Keep lines as they may be read: the columns that SHOWN names, of returns that have none of this table yet."""
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
    """Remove the copies, because the lines have changed or go."""
    kept = sql_table(tables.SHOWN_ROWS)
    connection.execute(delete(kept).where(kept.c.return_id.in_(return_ids)))


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON takes them: days and moments in ISO form, None where there is nothing."""
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
    """The opposite of `plain_rows`: some columns of a table in the kinds that it declares."""
    found = {}
    for column in (column for column in table.columns if column.name in names):
        parse, values = PARSE.get(column.kind), [row[column.name] for row in rows]
        found[column.name] = typed(
            [parse(value) if parse and value is not None else value for value in values], column
        )
    return pd.DataFrame(found)
