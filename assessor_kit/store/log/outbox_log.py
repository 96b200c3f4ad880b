"""Put messages in the outbox and change them, with an event for each change.

The change and its event are on the disk together, or neither is. A change names the states that it
starts from, so that of two programs that want the same message only one gets it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from assessor_kit import tables
from assessor_kit.errors import Conflict
from assessor_kit.store.access.permissions import require_staff
from assessor_kit.store.database.connections import read_transaction, write_transaction
from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.rows.typed_rows import read_rows
from assessor_kit.store.workspace import Workspace
from assessor_kit.vocabulary import MessageState, OutboxEvent

OUTBOX, EVENTS = sql_table(tables.OUTBOX), sql_table(tables.OUTBOX_EVENTS)
PROGRAM = "assessor-kit"  # who did what nobody asked for by name
LISTED = 500  # names in one statement
TRIES = 5  # another program may put in the same messages at the same moment


@dataclass(frozen=True, kw_only=True)
class PutIn:
    """The messages that were added to the outbox, and those that were queued again."""

    added: tuple[str, ...] = ()
    again: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        """How many messages now wait that did not wait before."""
        return len(self.added) + len(self.again)


def put_messages(
    workspace: Workspace,
    rows: Sequence[dict[str, Any]],
    *,
    again_from: Iterable[MessageState],
    event: OutboxEvent = OutboxEvent.QUEUED,
    who: str = PROGRAM,
    reason: str = "",
) -> PutIn:
    """Put messages (rows of `tables.OUTBOX`) in the outbox; who is in it stays in it once.

    A message that is there already, in one of the states of `again_from`, is queued again with what
    its new row says.
    """
    require_staff(workspace)
    for _ in range(TRIES):
        try:
            with write_transaction(workspace.engine) as connection:
                put_in = _put(connection, rows, set(again_from))
                _note(connection, [*put_in.added, *put_in.again], event, who, reason)
                return put_in
        except IntegrityError:  # somebody else has put in one of them since it was looked for
            continue
    raise Conflict(
        "Another program is putting the same messages in the outbox",
        mine={"messages": len(rows)},
        theirs={},
        advice="Nothing was changed. Run the command again.",
    )


def _put(
    connection: Connection, rows: Sequence[dict[str, Any]], again_from: set[MessageState]
) -> PutIn:
    by_name = {str(row["message_id"]): row for row in rows}
    known: dict[str, str] = {}
    for names in _in_parts(list(by_name)):
        found = connection.execute(
            select(OUTBOX.c.message_id, OUTBOX.c.state).where(OUTBOX.c.message_id.in_(names))
        )
        known |= {str(row.message_id): str(row.state) for row in found}
    fresh = [row for name, row in by_name.items() if name not in known]
    again = [name for name, state in known.items() if state in again_from]
    if fresh:
        connection.execute(insert(OUTBOX), fresh)
    for name in again:
        connection.execute(
            update(OUTBOX).where(OUTBOX.c.message_id == name),
            {key: value for key, value in by_name[name].items() if key != "message_id"},
        )
    return PutIn(added=tuple(str(row["message_id"]) for row in fresh), again=tuple(again))


def change_messages(
    workspace: Workspace,
    message_ids: Iterable[str],
    *,
    event: OutboxEvent | None,
    only_in: Iterable[MessageState],
    who: str = PROGRAM,
    reason: str = "",
    **values: object,
) -> list[str]:
    """Change columns of messages that are in one of the states; return which were changed.

    With `event` None no event is written: for what is over in a moment.
    """
    require_staff(workspace)
    states = [str(state) for state in only_in]
    now = datetime.now(UTC).replace(tzinfo=None)
    if "state" in values:
        values = {"changed_at": now, **values, "state": str(values["state"])}
    changed: list[str] = []
    with write_transaction(workspace.engine) as connection:
        for names in _in_parts(list(message_ids)):
            rows = connection.execute(
                update(OUTBOX)
                .where(OUTBOX.c.message_id.in_(names), OUTBOX.c.state.in_(states))
                .values(**values)
                .returning(OUTBOX.c.message_id)
            )
            changed += [str(name) for name in rows.scalars()]
        if event is not None:
            _note(connection, changed, event, who, reason)
    return changed


def _note(
    connection: Connection, message_ids: list[str], event: OutboxEvent, who: str, reason: str
) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    rows = [
        {
            "message_id": name,
            "kind": str(event),
            "who": who,
            "reason": reason,
            "happened_at": now,
        }
        for name in message_ids
    ]
    if rows:
        connection.execute(insert(EVENTS), rows)


def first_place(workspace: Workspace) -> int:
    """Return the lowest place that a waiting message has; 0 where nothing waits."""
    require_staff(workspace)
    with read_transaction(workspace.engine) as connection:
        waiting = OUTBOX.c.state == MessageState.QUEUED.value
        return int(
            connection.execute(select(func.min(OUTBOX.c.place)).where(waiting)).scalar() or 0
        )


def events_of_messages(workspace: Workspace, message_ids: Iterable[str]) -> pd.DataFrame:
    """Return what was done about messages, oldest first (`tables.OUTBOX_EVENTS`)."""
    require_staff(workspace)
    with read_transaction(workspace.engine) as connection:
        return read_rows(connection, tables.OUTBOX_EVENTS, message_id=list(message_ids))


def _in_parts(names: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(names), LISTED):
        yield names[start : start + LISTED]
