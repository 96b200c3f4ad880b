"""Other events of the log than judgements: how to add one, and which stand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError

from assessor_kit.errors import Conflict
from assessor_kit.store.access import require_allocated, require_open_marking, require_self
from assessor_kit.store.chain import LOG, NewEvent, append_event, place_of
from assessor_kit.store.engine import writing
from assessor_kit.store.judgement_log import known_version
from assessor_kit.store.keys import unseal
from assessor_kit.store.subjects import of_return, subject_keys
from assessor_kit.store.workspace import Workspace
from assessor_kit.vocabulary import EventKind

TRIES = 50  # another save of the same assessor on the same return can come between only so often


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
    """Add an event that depends on no earlier one: its version, after the commit. The same `event_id` again changes nothing."""
    require_self(workspace, assessor_id)
    for _ in range(TRIES):
        try:
            with writing(workspace.engine) as connection:
                known = known_version(connection, event_id)
                if known is not None:
                    return known
                require_allocated(connection, return_id, assessor_id=assessor_id)
                require_open_marking(connection, return_id)
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
        except IntegrityError:  # on a server another connection took the version: take the next
            continue
    raise Conflict(
        "Somebody else keeps saving in your name",
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
    """Events in an order that does not depend on when packs came back: columns of the log, with `chosen` and `written` opened.

    `written` is empty where the key of the return is destroyed.
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
