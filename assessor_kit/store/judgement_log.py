"""Judgements: every save is an event of the append-only log, the latest per assessor and return is the current state."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, bindparam, func, select
from sqlalchemy.exc import IntegrityError

from assessor_kit.errors import Conflict
from assessor_kit.store.access import require_allocated, require_open_marking, require_self
from assessor_kit.store.chain import LOG, NewEvent, append_event, log_position, place_of
from assessor_kit.store.engine import reading, writing
from assessor_kit.store.keys import unseal
from assessor_kit.store.schema import CURRENT_JUDGEMENTS, sql_table
from assessor_kit.store.subjects import of_return, subject_key
from assessor_kit.store.whole_tables import read_table
from assessor_kit.store.workspace import Workspace
from assessor_kit.tables import ALLOCATIONS, REGISTER, RETURNS
from assessor_kit.vocabulary import EventKind, Judgement, JudgementState

ALLOCATED = sql_table(ALLOCATIONS)
WRITTEN = (
    "comments",
    "advice",
    "liked",
    "private_note",
    "disagreements",
)  # free text: sealed; all else is chosen from lists
UNREADABLE: Mapping[str, object] = {
    "comments": {},
    "advice": "",
    "liked": "",
    "private_note": "",
    "disagreements": {},
}  # what stands when the key is destroyed
# Asked at every save, so made once.
_KNOWN = select(LOG.c.version).where(LOG.c.event_id == bindparam("event_id"))
_MINE = select(LOG).where(
    LOG.c.return_id == bindparam("return_id"),
    LOG.c.assessor_id == bindparam("assessor_id"),
    LOG.c.kind == EventKind.JUDGEMENT.value,
)
_NEWEST = _MINE.order_by(LOG.c.version.desc(), LOG.c.origin.desc()).limit(1)
_NEWEST_UNTIL = _NEWEST.where(LOG.c.seq <= bindparam("position"))
CONTINUES = "continues"  # in what was chosen: the save goes on with the change of the one before it
EMPTY = Judgement(levels={}, comments={}, outcome=None, advice="")


def record_judgement(
    workspace: Workspace,
    return_id: str,
    *,
    assessor_id: str,
    judgement: Judgement,
    event_id: str,
    expected_version: int,
    continues: bool = False,
) -> int:
    """Add one save to the log and give its version, after the commit.

    `continues` says that the save goes on with the change of the one before it, as when a sentence is saved while it is typed: an undo
    takes both back at once. The same `event_id` again gives the version it got before. Raises Conflict with both sides where another save came between,
    NotAllocated where the return is not in this assessor's caseload, MarkingClosed once both markings are submitted.
    """
    return _record(
        workspace,
        return_id,
        assessor_id=assessor_id,
        judgement=judgement,
        event_id=event_id,
        expected_version=expected_version,
        continues=continues,
    )


def undo_judgement(
    workspace: Workspace, return_id: str, *, assessor_id: str, event_id: str, expected_version: int
) -> tuple[int, Judgement]:
    """Take back the latest change that still stands, with all its saves, as a new event: (its version, the judgement that stands again).

    Again and again, back to the empty judgement; nothing is removed from the log. What stands again is always a draft: nothing is submitted
    by undoing. Errors as for `record_judgement`, and Conflict where nothing is left to undo.
    """
    with reading(workspace.engine) as connection:
        require_self(workspace, assessor_id)
        rows = [
            row
            for row in _events(connection, return_id, assessor_id)
            if row.version <= expected_version
        ]
        target = _before_last_standing(rows)
        restored = (
            EMPTY
            if target == 0
            else judgement_of(
                connection, next(row for row in reversed(rows) if row.version == target)
            )
        )
    restored = replace(restored, state=JudgementState.DRAFT)
    version = _record(
        workspace,
        return_id,
        assessor_id=assessor_id,
        judgement=restored,
        event_id=event_id,
        expected_version=expected_version,
        restores=target,
    )
    return version, restored


def _before_last_standing(rows: list[Row[Any]]) -> int:
    """The version under the latest change that stands: changes pile up, a save that continues one takes its place, an undo takes one off."""
    pile = [0]
    for row in rows:
        if row.restores_version is None:
            if (
                len(pile) > 1
                and pile[-1] == row.version - 1
                and json.loads(row.payload).get(CONTINUES)
            ):
                pile.pop()
            pile.append(row.version)
        elif len(pile) > 1:
            pile.pop()
    if len(pile) == 1:
        raise Conflict(
            "There is nothing left to undo",
            mine={},
            theirs=EMPTY.as_dict(),
            advice="This is the empty judgement.",
        )
    return int(pile[-2])


def _record(
    workspace: Workspace,
    return_id: str,
    *,
    assessor_id: str,
    judgement: Judgement,
    event_id: str,
    expected_version: int,
    restores: int | None = None,
    continues: bool = False,
) -> int:
    require_self(workspace, assessor_id)
    fields = judgement.as_dict()
    chosen = {name: value for name, value in fields.items() if name not in {*WRITTEN, "state"}} | (
        {CONTINUES: True} if continues else {}
    )
    new = NewEvent(
        event_id=event_id,
        return_id=return_id,
        assessor_id=assessor_id,
        kind=EventKind.JUDGEMENT,
        version=expected_version + 1,
        chosen=chosen,
        written={name: fields[name] for name in WRITTEN},
        state=judgement.state.value,
        restores_version=restores,
        origin=workspace.origin,
    )
    try:
        with writing(workspace.engine) as connection:
            known = known_version(connection, event_id)
            if known is not None:
                return known
            require_allocated(connection, return_id, assessor_id=assessor_id)
            require_open_marking(connection, return_id)
            standing = _newest(
                connection, return_id, assessor_id
            )  # its words stay sealed while others wait for the lock
            if (standing.version if standing else 0) != expected_version:
                raise _conflict(judgement, judgement_of(connection, standing) if standing else None)
            append_event(connection, new)
    except IntegrityError:  # a writer on another connection came first: UNIQUE is the guarantee, the checks above a courtesy
        with reading(workspace.engine) as connection:
            known = known_version(connection, event_id)
            if known is not None:
                return known
            raise _conflict(
                judgement, judgement_in(connection, return_id, assessor_id)[1]
            ) from None
    return new.version


def known_version(connection: Connection, event_id: str) -> int | None:
    """The version that an event got when it was recorded before; None for a new one."""
    version = connection.execute(_KNOWN, {"event_id": event_id}).scalar()
    return None if version is None else int(version)


def _conflict(mine: Judgement, standing: Judgement | None) -> Conflict:
    return Conflict(
        "This judgement was changed elsewhere since it was opened here",
        mine=mine.as_dict(),
        theirs=standing.as_dict() if standing else {},
        advice="Compare both and save the one that should stand.",
    )


def current_judgement(
    workspace: Workspace, return_id: str, *, assessor_id: str
) -> tuple[int, Judgement | None]:
    """The version and judgement that stand for one assessor; 0 and None before the first save. For the assessor themself, or staff."""
    require_self(workspace, assessor_id)
    with reading(workspace.engine) as connection:
        return judgement_in(connection, return_id, assessor_id)


def judgement_as_of(
    workspace: Workspace, return_id: str, *, assessor_id: str, position: int
) -> tuple[int, Judgement | None]:
    """As `current_judgement`, when the log had `position` events: what the record said then. Places are told by order, never by a clock.

    A document keeps its place in `tables.DOCUMENTS.released_position`; `position_at` gives the place at a moment.
    """
    require_self(workspace, assessor_id)
    with reading(workspace.engine) as connection:
        return judgement_in(connection, return_id, assessor_id, position=position)


def log_length(workspace: Workspace) -> int:
    """How many events the log has: its position now."""
    with reading(workspace.engine) as connection:
        return log_position(connection)


def position_at(workspace: Workspace, moment: datetime) -> int:
    """Place of the last event recorded at or before a moment (UTC), as far as the clocks were right."""
    with reading(workspace.engine) as connection:
        return int(
            connection.execute(
                select(func.max(LOG.c.seq)).where(LOG.c.recorded_at <= moment)
            ).scalar()
            or 0
        )


def _events(connection: Connection, return_id: str, assessor_id: str) -> list[Row[Any]]:
    wanted = {"return_id": return_id, "assessor_id": assessor_id}
    return list(connection.execute(_MINE.order_by(LOG.c.version, LOG.c.origin), wanted).all())


def _newest(
    connection: Connection, return_id: str, assessor_id: str, *, position: int | None = None
) -> Row[Any] | None:
    """The event that stands, or stood when the log had `position` events."""
    wanted: dict[str, object] = {"return_id": return_id, "assessor_id": assessor_id}
    return connection.execute(
        *(
            (_NEWEST, wanted)
            if position is None
            else (_NEWEST_UNTIL, {**wanted, "position": position})
        )
    ).first()


def judgement_in(
    connection: Connection, return_id: str, assessor_id: str, *, position: int | None = None
) -> tuple[int, Judgement | None]:
    """As `judgement_as_of`, within a transaction; without a position what stands now."""
    row = _newest(connection, return_id, assessor_id, position=position)
    return (int(row.version), judgement_of(connection, row)) if row else (0, None)


def judgement_of(connection: Connection, row: Row[Any]) -> Judgement:
    """The judgement that an event holds; without the words once the key of its return is destroyed."""
    return _judgement(
        row.payload, _written(row, subject_key(connection, of_return(row.return_id))), row.state
    )


def _written(row: Row[Any], key: bytes | None) -> dict[str, Any]:
    return (
        dict(UNREADABLE)
        if key is None
        else json.loads(unseal(row.sealed, key=key, place=place_of(row.event_id, row.return_id)))
    )


def _judgement(payload: str, written: dict[str, Any], state: str) -> Judgement:
    fields = {**json.loads(payload), **written}
    fields.pop(CONTINUES, None)
    return Judgement(
        **{**fields, "themes": tuple(fields["themes"]), "state": JudgementState(state)}
    )


def judgement_history(workspace: Workspace, return_id: str, *, assessor_id: str) -> pd.DataFrame:
    """Every save of one assessor on one return, oldest first: seq, event_id, version, state, restores_version, recorded_at, judgement."""
    require_self(workspace, assessor_id)
    with reading(workspace.engine) as connection:
        rows = _events(connection, return_id, assessor_id)
        key = subject_key(connection, of_return(return_id))
        names = ["seq", "event_id", "version", "state", "restores_version", "recorded_at"]
        return pd.DataFrame(
            [
                {
                    **{name: getattr(row, name) for name in names},
                    "judgement": _judgement(row.payload, _written(row, key), row.state),
                }
                for row in rows
            ],
            columns=[*names, "judgement"],
        )


def latest_events(workspace: Workspace, cpd_year: int) -> pd.DataFrame:
    """The judgement that stands of each assessor on each return of a year: seq, event_id, return_id, assessor_id, version, state, payload, marking."""
    return latest_events_of(
        workspace, list(read_table(workspace, RETURNS, cpd_year=cpd_year)["return_id"])
    )


def latest_events_of(workspace: Workspace, return_ids: list[str]) -> pd.DataFrame:
    """As `latest_events`, for the returns named."""
    names = ["seq", "event_id", "return_id", "assessor_id", "version", "state", "payload", "sealed"]
    allocations = read_table(workspace, ALLOCATIONS, return_id=return_ids)
    rows: list[Any] = []
    with reading(workspace.engine) as connection:
        for start in range(0, len(return_ids), 500):
            wanted = CURRENT_JUDGEMENTS.c.return_id.in_(return_ids[start : start + 500])
            rows += connection.execute(
                select(*(CURRENT_JUDGEMENTS.c[name] for name in names)).where(wanted)
            ).all()
    latest = pd.DataFrame(rows, columns=names)
    return (
        allocations[["return_id", "assessor_id", "marking"]]
        .merge(latest, on=["return_id", "assessor_id"])
        .sort_values("seq", ignore_index=True)
    )


def markings_of(connection: Connection, return_id: str) -> dict[str, Judgement | None]:
    """What one return was allocated for: first or second -> the judgement that stands, None before the first save."""
    key = subject_key(connection, of_return(return_id))
    allocated = connection.execute(
        select(ALLOCATED.c.marking, ALLOCATED.c.assessor_id).where(
            ALLOCATED.c.return_id == return_id
        )
    ).all()
    events = connection.execute(
        select(CURRENT_JUDGEMENTS).where(CURRENT_JUDGEMENTS.c.return_id == return_id)
    ).all()
    standing = {
        event.assessor_id: _judgement(event.payload, _written(event, key), event.state)
        for event in events
    }
    return {str(one.marking): standing.get(one.assessor_id) for one in allocated}


def judgements_of_year(workspace: Workspace, cpd_year: int) -> pd.DataFrame:
    """One row per submitted judgement of a year; for staff.

    Columns: return_id, assessor_id, marking, discipline, levels (dict criterion -> level), outcome, themes (list).
    """
    events = latest_events(workspace, cpd_year)
    events = events[events["state"] == JudgementState.SUBMITTED.value]
    fields = read_table(workspace, RETURNS, cpd_year=cpd_year).merge(
        read_table(workspace, REGISTER), on="member_no", how="left"
    )
    discipline = fields.set_index("return_id")["discipline"].fillna("")
    payloads = [json.loads(payload) for payload in events["payload"]]
    return pd.DataFrame(
        {
            "return_id": list(events["return_id"]),
            "assessor_id": list(events["assessor_id"]),
            "marking": list(events["marking"]),
            "discipline": [discipline.get(name, "") for name in events["return_id"]],
            "levels": [payload["levels"] for payload in payloads],
            "outcome": [payload["outcome"] for payload in payloads],
            "themes": [payload["themes"] for payload in payloads],
        }
    )
