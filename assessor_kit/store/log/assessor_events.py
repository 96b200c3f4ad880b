"""Add and read the events of the log that are not judgements."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError

from assessor_kit.errors import Conflict
from assessor_kit.store.access.permissions import (
    require_allocated,
    require_open_marking,
    require_self,
)
from assessor_kit.store.database.connections import write_transaction
from assessor_kit.store.keys import unseal
from assessor_kit.store.log.chain import LOG, NewEvent, append_event, place_of
from assessor_kit.store.log.judgements import known_version
from assessor_kit.store.rows.subject_keys import of_return, subject_keys
from assessor_kit.store.workspace import Workspace
from assessor_kit.vocabulary import EventKind

# what changes no judgement, and so may be told when both markings are submitted
WHENEVER = {EventKind.NOTE, EventKind.CONFIDENCE}
TRIES = 50  # other saves by the same assessor on the same return can intervene only so often


def record_event(
    workspace: Workspace,
    return_id: str,
    *,
    assessor_id: str,
    kind: EventKind,
    event_id: str,
    chosen: Mapping[str, object],
    written: Mapping[str, object],
) -> int:
    """Add an event that depends on no earlier one; return its version after the commit.

    The same `event_id` again changes nothing.

    Raises NotAllocated where the return is not in the assessor's caseload, MarkingClosed once both
    markings are submitted (but not for a note), and Conflict where other saves keep coming first.
    """
    require_self(workspace, assessor_id)
    for _ in range(TRIES):
        try:
            with write_transaction(workspace.engine) as connection:
                known = known_version(connection, event_id)
                if known is not None:
                    return known
                require_allocated(connection, return_id, assessor_id=assessor_id)
                if kind not in WHENEVER:
                    require_open_marking(connection, return_id, assessor_id=assessor_id)
                version = _last_version(connection, return_id, assessor_id, kind) + 1
                append_event(
                    connection,
                    NewEvent(
                        event_id=event_id,
                        return_id=return_id,
                        assessor_id=assessor_id,
                        kind=kind,
                        version=version,
                        chosen=chosen,
                        written=written,
                        origin=workspace.origin,
                    ),
                )
                return version
        # on a server, another connection may have taken the version: take the next
        except IntegrityError:
            continue
    raise Conflict(
        "Another window keeps saving this return in your name",
        mine=dict(chosen),
        theirs={},
        advice="Close other windows on this return and try again.",
    )


def _last_version(connection: Connection, return_id: str, assessor_id: str, kind: EventKind) -> int:
    mine = (
        (LOG.c.return_id == return_id)
        & (LOG.c.assessor_id == assessor_id)
        & (LOG.c.kind == kind.value)
    )
    return int(connection.execute(select(func.max(LOG.c.version)).where(mine)).scalar() or 0)


def events_of_kind(
    connection: Connection,
    kind: EventKind,
    *,
    return_ids: list[str] | None = None,
    assessor_id: str | None = None,
) -> list[dict[str, Any]]:
    """Return events of one kind, whatever order packs came back in.

    They are sorted by return, assessor, version and origin, so that their order does not depend on
    when packs were merged. Each has the columns of the log, with `chosen` and `written` opened;
    `written` is empty where the key of the return was destroyed.
    """
    wanted = [LOG.c.kind == kind.value]
    if return_ids is not None:
        wanted.append(LOG.c.return_id.in_(return_ids))
    if assessor_id is not None:
        wanted.append(LOG.c.assessor_id == assessor_id)
    rows = connection.execute(
        select(LOG)
        .where(*wanted)
        .order_by(LOG.c.return_id, LOG.c.assessor_id, LOG.c.version, LOG.c.origin)
    ).all()
    keys = subject_keys(connection, sorted({of_return(row.return_id) for row in rows}))
    return [
        {
            **row._asdict(),
            "chosen": json.loads(row.payload),
            "written": _written(row, keys.get(of_return(row.return_id))),
        }
        for row in rows
    ]


def _written(row: Any, key: bytes | None) -> dict[str, Any]:  # noqa: ANN401  (a row of the log)
    return (
        {}
        if key is None
        else json.loads(unseal(row.sealed, key=key, place=place_of(row.event_id, row.return_id)))
    )
