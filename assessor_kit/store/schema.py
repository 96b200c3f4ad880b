"""The database as SQLAlchemy sees it, made from `tables.py` alone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Date, DateTime, Float, Integer, LargeBinary, MetaData, PrimaryKeyConstraint, Table, Text, UniqueConstraint
from sqlalchemy.types import TypeEngine

from assessor_kit import tables

METADATA = MetaData()
SQL_TYPES: dict[tables.Kind, type[TypeEngine[Any]]] = {
    "text": Text, "json": Text, "integer": Integer, "minutes": Integer, "number": Float, "date": Date, "moment": DateTime, "yes_no": Boolean,
    "bytes": LargeBinary,
}
NUMBERED = {"seq", "problem_no"}  # keys that the database counts itself
# A judgement's version is the guarantee against lost updates; the event's own name makes a repeated save harmless.
ALSO_UNIQUE = {"judgement_events": (("event_id",), ("return_id", "assessor_id", "version")), "returns": (("member_no", "cpd_year", "version"),)}


def sql_table(table: tables.Table) -> Table:
    """The SQLAlchemy table of a table of ours."""
    return METADATA.tables[table.name]


def _make(table: tables.Table) -> Table:
    columns = [
        Column(c.name, SQL_TYPES[c.kind](), nullable=c.optional, autoincrement=c.name in NUMBERED, primary_key=c.name in NUMBERED)
        for c in table.columns
    ]
    keys: list[PrimaryKeyConstraint | UniqueConstraint] = [UniqueConstraint(*names) for names in ALSO_UNIQUE.get(table.name, ())]
    if not NUMBERED.intersection(table.key):
        keys.append(PrimaryKeyConstraint(*table.key))
    return Table(table.name, METADATA, *columns, *keys)


for _table in tables.TABLES:
    _make(_table)
