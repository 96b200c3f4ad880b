"""Open events of the log so that they can move from one workspace to another.

They must be opened because each workspace has its own keys.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, select

from assessor_kit.store.keys import unseal
from assessor_kit.store.log.chain import LOG, place_of
from assessor_kit.store.rows.subject_keys import of_return, subject_keys

TOLD = (
    "event_id",
    "return_id",
    "assessor_id",
    "kind",
    "version",
    "origin",
    "state",
    "restores_version",
)


def opened_events(
    connection: Connection, return_ids: list[str] | None = None
) -> list[dict[str, Any]]:
    """Return the events of these returns, or of all without a list, in the log's order.

    `chosen`, `written` and `made_at` are plain values. Events whose key was destroyed are left out.
    """
    wanted = select(LOG).order_by(LOG.c.seq)
    rows = connection.execute(
        wanted if return_ids is None else wanted.where(LOG.c.return_id.in_(return_ids))
    ).all()
    keys = subject_keys(connection, sorted({of_return(row.return_id) for row in rows}))
    return [
        {
            **{name: getattr(row, name) for name in TOLD},
            "made_at": row.made_at.isoformat(),
            "chosen": json.loads(row.payload),
            "written": json.loads(
                unseal(
                    row.sealed,
                    key=keys[of_return(row.return_id)],
                    place=place_of(row.event_id, row.return_id),
                )
            ),
        }
        for row in rows
        if of_return(row.return_id) in keys
    ]
