"""Hand returns back to staff, and raise things with staff in confidence."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import select

from assessor_kit.store.access.permissions import require_self, require_staff
from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.database.schema import RETURNS_TO_ASSESS
from assessor_kit.store.log.assessor_events import events_of_kind, record_event
from assessor_kit.store.workspace import Workspace
from assessor_kit.vocabulary import EventKind, HandBackReason

COLUMNS = ["return_id", "assessor_id", "kind", "reason", "words", "recorded_at", "event_id"]


def hand_back(
    workspace: Workspace,
    return_id: str,
    *,
    assessor_id: str,
    reason: HandBackReason,
    words: str,
    event_id: str,
) -> int:
    """Hand a return back to staff, who allocate it to somebody else.

    What was judged stays in the log. Returns the version of the event.
    """
    return record_event(
        workspace,
        return_id,
        assessor_id=assessor_id,
        kind=EventKind.HAND_BACK,
        event_id=event_id,
        chosen={"reason": reason.value},
        written={"words": words},
    )


def raise_in_confidence(
    workspace: Workspace, return_id: str, *, assessor_id: str, words: str, event_id: str
) -> int:
    """Tell staff, and nobody else, something about a return.

    Returns the version of the event.
    """
    return record_event(
        workspace,
        return_id,
        assessor_id=assessor_id,
        kind=EventKind.CONFIDENCE,
        event_id=event_id,
        chosen={},
        written={"words": words},
    )


def told_to_staff(workspace: Workspace) -> pd.DataFrame:
    """Return everything handed back or raised in confidence, for staff.

    The columns are COLUMNS; `kind` is a value of EventKind.
    """
    require_staff(workspace)
    with read_transaction(workspace.engine) as connection:
        events = [
            event
            for kind in (EventKind.HAND_BACK, EventKind.CONFIDENCE)
            for event in events_of_kind(connection, kind)
        ]
    rows = [
        {
            **{
                name: event[name]
                for name in ("return_id", "assessor_id", "kind", "recorded_at", "event_id")
            },
            "reason": event["chosen"].get("reason", ""),
            "words": event["written"].get("words", ""),
        }
        for event in events
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def own_hand_backs(workspace: Workspace, *, assessor_id: str) -> pd.DataFrame:
    """Return what one assessor handed back, the latest first.

    Columns: pseudonym (empty where the return is no longer theirs to see), reason, words and
    recorded_at.
    """
    require_self(workspace, assessor_id)
    with read_transaction(workspace.engine) as connection:
        events = events_of_kind(connection, EventKind.HAND_BACK, assessor_id=assessor_id)
        shown = RETURNS_TO_ASSESS.c
        names = dict(
            connection.execute(
                select(shown.return_id, shown.pseudonym).where(
                    shown.return_id.in_([event["return_id"] for event in events])
                )
            ).all()
        )
    rows = [
        {
            "pseudonym": names.get(event["return_id"], ""),
            "reason": event["chosen"].get("reason", ""),
            "words": event["written"].get("words", ""),
            "recorded_at": event["recorded_at"],
        }
        for event in events
    ]
    return pd.DataFrame(rows, columns=["pseudonym", "reason", "words", "recorded_at"]).sort_values(
        "recorded_at", ascending=False, ignore_index=True
    )


def handed_back(workspace: Workspace, *, assessor_id: str) -> set[str]:
    """Return the return_ids that one assessor has handed back."""
    with read_transaction(workspace.engine) as connection:
        return {
            str(event["return_id"])
            for event in events_of_kind(connection, EventKind.HAND_BACK, assessor_id=assessor_id)
        }
