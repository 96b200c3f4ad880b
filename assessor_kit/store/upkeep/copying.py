"""Copy a whole database into another, of either kind.

Every row of every table is copied, and the log in its order.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select

from assessor_kit import tables
from assessor_kit.store.database.addresses import database_place, is_sqlite
from assessor_kit.store.database.connections import (
    passing_engine,
    read_transaction,
    write_transaction,
)
from assessor_kit.store.database.revision import upgrade_database
from assessor_kit.store.database.schema import NUMBERED, sql_table
from assessor_kit.store.database.troubles import troubles_told
from assessor_kit.store.workspace import Workspace

AT_ONCE = 1000  # rows per statement


def copy_database(source: Connection, target: Connection) -> None:
    """Copy into an empty database of the same revision.

    On a server, the trigger links the log anew, to the same hashes.
    """
    linked_there = target.dialect.name == "postgresql"
    for ours in tables.TABLES:
        table = sql_table(ours)
        if ours is tables.LOG_HEAD:
            if linked_there:
                continue
            target.execute(delete(table))
        rows = source.execute(
            select(table).order_by(*(table.c[name] for name in ours.key))
        ).mappings()
        for part in rows.partitions(AT_ONCE):
            target.execute(insert(table), [dict(row) for row in part])
        for name in NUMBERED.intersection(ours.column_names) if linked_there else ():
            last = func.greatest(1, select(func.max(table.c[name])).scalar_subquery())
            target.execute(select(func.setval(func.pg_get_serial_sequence(ours.name, name), last)))


def copy_to_file(workspace: Workspace, copy: Path) -> None:
    """Copy a workspace's database, as of one moment, to a new SQLite file."""
    with passing_engine(f"sqlite:///{copy}", keys=workspace.keys) as engine:
        if is_sqlite(workspace.database_url):
            with (
                troubles_told(database_place(workspace.database_url)),
                closing(workspace.engine.raw_connection()) as source,
                closing(engine.raw_connection()) as kept,
            ):
                # SQLite's own backup: as of one moment, in one step
                source.driver_connection.backup(kept.driver_connection)  # type: ignore[union-attr]
        else:
            upgrade_database(engine)
            with read_transaction(workspace.engine) as theirs, write_transaction(engine) as ours:
                copy_database(theirs, ours)
