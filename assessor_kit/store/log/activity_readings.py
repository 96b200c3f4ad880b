"""Record how an assessor reads an activity, beside what the member wrote.

What the member wrote is never changed.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from assessor_kit.errors import InvalidRequest, NotFound
from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.log.assessor_events import events_of_kind, record_event
from assessor_kit.store.rows.typed_rows import read_columns
from assessor_kit.store.workspace import Workspace
from assessor_kit.tables import ACTIVITIES, RETURNS
from assessor_kit.vocabulary import Counting, EventKind, Reading

COLUMNS = [
    "return_id",
    "assessor_id",
    "activity_no",
    "area",
    "planned",
    "activity_type",
    "counting",
    "part_minutes",
    "reason",
]


def record_reading(
    workspace: Workspace, return_id: str, *, assessor_id: str, reading_of: Reading, event_id: str
) -> int:
    """Record a reading of one activity and return its version.

    It replaces the assessor's earlier reading of the activity. A reading with None for every choice
    takes the earlier one back.

    Raises NotFound where the return has no such activity, and InvalidRequest for an unknown code or
    for minutes that cannot be counted.
    """
    with read_transaction(workspace.engine) as connection:
        _check(workspace, connection, return_id, reading_of)
    fields = {name: value for name, value in asdict(reading_of).items() if name != "reason"}
    return record_event(
        workspace,
        return_id,
        assessor_id=assessor_id,
        kind=EventKind.READING,
        event_id=event_id,
        chosen=fields,
        written={"reason": reading_of.reason},
    )


def _check(workspace: Workspace, connection: Connection, return_id: str, one: Reading) -> None:
    found = read_columns(
        connection,
        ACTIVITIES,
        ["activity_no", "minutes"],
        return_id=return_id,
        activity_no=one.activity_no,
    )
    if found.empty:
        raise NotFound(
            f"The return has no activity {one.activity_no}", advice="Choose one from its table."
        )
    rules = workspace.rules(
        int(
            read_columns(connection, RETURNS, ["return_id", "cpd_year"], return_id=return_id).iloc[
                0
            ]["cpd_year"]
        )
    )
    areas = [choice.code for choice in (*rules.areas, *rules.partly_stated_areas)]
    types = [*(choice.code for choice in rules.activity_types), "other"]
    for value, known, word in (
        (one.area, areas, "area"),
        (one.activity_type, types, "activity type"),
    ):
        if value is not None and value not in known:
            raise InvalidRequest(
                f"There is no {word} {value!r}",
                expected=f"one of {', '.join(known)}",
                advice="Choose from the list.",
            )
    whole = int(found.iloc[0]["minutes"])
    if (one.counting is Counting.PART) != (one.part_minutes is not None) or not 0 <= (
        one.part_minutes or 0
    ) <= whole:
        raise InvalidRequest(
            f"{one.part_minutes} minutes cannot be counted as a part of this activity",
            expected=f"0 to {whole} minutes, given only where a part counts",
            advice="Give the minutes that count.",
        )


def readings_in(
    connection: Connection, return_ids: list[str], *, assessor_id: str | None = None
) -> pd.DataFrame:
    """Return the current readings, one row per assessor and activity.

    The columns are COLUMNS. None in a column leaves what the member wrote.
    """
    standing: dict[tuple[str, str, int], dict[str, Any]] = {}
    for event in events_of_kind(
        connection, EventKind.READING, return_ids=return_ids, assessor_id=assessor_id
    ):
        place = event["return_id"], event["assessor_id"], event["chosen"]["activity_no"]
        standing[place] = {
            "return_id": place[0],
            "assessor_id": place[1],
            "reason": event["written"].get("reason", ""),
            **event["chosen"],
        }
    said = [
        row
        for row in standing.values()
        if any(row[name] is not None for name in ("area", "planned", "activity_type", "counting"))
    ]
    return _as_table(said) if said else _no_readings().copy()


def _as_table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS).astype({"part_minutes": "Int64"})


# most returns have none, and building an empty table takes longer than reading the activities
@cache
def _no_readings() -> pd.DataFrame:
    return _as_table([])


def readings_of(workspace: Workspace, return_id: str, *, assessor_id: str) -> pd.DataFrame:
    """Return the current readings of one assessor on one return, as in `readings_in`."""
    with read_transaction(workspace.engine) as connection:
        return readings_in(connection, [return_id], assessor_id=assessor_id)
