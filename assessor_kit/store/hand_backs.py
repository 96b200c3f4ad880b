"""Handing a return back, and raising something in confidence: what an assessor tells staff about a return."""

from __future__ import annotations

import pandas as pd

from assessor_kit.store.access import require_staff
from assessor_kit.store.assessor_events import events_of_kind, record_event
from assessor_kit.store.engine import reading
from assessor_kit.store.workspace import Workspace
from assessor_kit.vocabulary import EventKind, HandBackReason

COLUMNS = ["return_id", "assessor_id", "kind", "reason", "words", "recorded_at"]


def hand_back(
    workspace: Workspace,
    return_id: str,
    *,
    assessor_id: str,
    reason: HandBackReason,
    words: str,
    event_id: str,
) -> int:
    """Hand a return back to staff, who allocate it to somebody else; what was judged stays in the log. The version of the event."""
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
    """Tell staff, and nobody else, something about a return. The version of the event."""
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
    """Every return handed back or raised in confidence, for staff: COLUMNS, `kind` a word of EventKind."""
    require_staff(workspace)
    with reading(workspace.engine) as connection:
        events = [
            event
            for kind in (EventKind.HAND_BACK, EventKind.CONFIDENCE)
            for event in events_of_kind(connection, kind)
        ]
    rows = [
        {
            **{name: event[name] for name in ("return_id", "assessor_id", "kind", "recorded_at")},
            "reason": event["chosen"].get("reason", ""),
            "words": event["written"].get("words", ""),
        }
        for event in events
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def handed_back(workspace: Workspace, *, assessor_id: str) -> set[str]:
    """The returns that one assessor has handed back."""
    with reading(workspace.engine) as connection:
        return {
            str(event["return_id"])
            for event in events_of_kind(connection, EventKind.HAND_BACK, assessor_id=assessor_id)
        }
