"""Define the database for SQLAlchemy, entirely from `tables`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    column,
    table,
)
from sqlalchemy.types import TypeEngine

from assessor_kit import tables

METADATA = MetaData()
SQL_TYPES: dict[tables.Kind, type[TypeEngine[Any]]] = {
    "text": Text,
    "json": Text,
    "integer": Integer,
    "minutes": Integer,
    "number": Float,
    "date": Date,
    "moment": DateTime,
    "yes_no": Boolean,
    "bytes": LargeBinary,
}
NUMBERED = {
    "problem_no",
    "access_no",
    "event_no",
    "change_no",
    "choice_no",
}  # keys that the database numbers itself
# The version of an event guarantees that no update is lost; its event_id makes a repeated save
# harmless.
ALSO_UNIQUE = {
    "judgement_events": (("event_id",), ("return_id", "assessor_id", "kind", "version", "origin")),
    "returns": (("member_no", "cpd_year", "version"),),
}
# What is looked up other than by the start of a key: with many returns, a search through the whole
# table would keep an assessor waiting.
INDEXED = {
    "allocations": ("assessor_id",),
    "allocation_changes": ("return_id",),
    "judgement_events": ("assessor_id", "kind"),
    "outbox": ("member_no",),
    "outbox_events": ("message_id",),
    "problems": ("return_id",),
    "second_marking_choices": ("return_id",),
    "staff_notes": ("return_id",),
    "version_changes": ("return_id",),
    "information_rounds": ("return_id",),
}
# Views made by the migrations: the current judgement of each assessor on each return, and returns
# as an assessor may see them.
CURRENT_JUDGEMENTS = table(
    "current_judgements",
    *(column(one.name, SQL_TYPES[one.kind]()) for one in tables.JUDGEMENT_EVENTS.columns),
)
RETURNS_TO_ASSESS = table(
    "returns_to_assess",
    column("return_id", Text()),
    column("pseudonym", Text()),
    column("cpd_year", Integer()),
    column("declared_minutes", Integer()),
    column("received_at", DateTime()),
    column("parked", Text()),
    column("discipline", Text()),
)


def sql_table(ours: tables.Table) -> Table:
    """Return the SQLAlchemy table for one of the tables in `tables`."""
    return METADATA.tables[ours.name]


def _make(ours: tables.Table) -> Table:
    columns = [
        Column(
            c.name,
            Text() if c.sealed else SQL_TYPES[c.kind](),
            nullable=c.optional,
            autoincrement=c.name in NUMBERED,
            primary_key=c.name in NUMBERED,
        )
        for c in ours.columns
    ]
    keys: list[PrimaryKeyConstraint | UniqueConstraint] = [
        UniqueConstraint(*names) for names in ALSO_UNIQUE.get(ours.name, ())
    ]
    if not NUMBERED.intersection(ours.key):
        keys.append(PrimaryKeyConstraint(*ours.key))
    indexes = (
        [Index(f"{ours.name}_by_{INDEXED[ours.name][0]}", *INDEXED[ours.name])]
        if ours.name in INDEXED
        else []
    )
    return Table(ours.name, METADATA, *columns, *keys, *indexes)


for _table in tables.TABLES:
    _make(_table)
