"""Record judgements as events of the append-only log, and read them back.

Every save is an event. The latest event of an assessor on a return is the current judgement.
"""

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
from assessor_kit.store.access.permissions import (
    require_allocated,
    require_open_marking,
    require_self,
)
from assessor_kit.store.database.connections import read_transaction, write_transaction
from assessor_kit.store.database.schema import (
    CURRENT_JUDGEMENTS,
    RETURNS_TO_ASSESS,
    sql_table,
)
from assessor_kit.store.keys import unseal
from assessor_kit.store.log.chain import LOG, NewEvent, append_event, log_position, place_of
from assessor_kit.store.log.submission import require_submittable
from assessor_kit.store.rows.subject_keys import of_return, subject_key
from assessor_kit.store.rows.whole_tables import read_table
from assessor_kit.store.workspace import Workspace
from assessor_kit.tables import ALLOCATIONS, REGISTER, RETURNS
from assessor_kit.vocabulary import EventKind, Judgement, JudgementState

ALLOCATED = sql_table(ALLOCATIONS)
# free text, which is sealed; everything else is chosen from lists
WRITTEN = ("comments", "advice", "liked", "private_note", "disagreements")
# what is read in its place once the key is destroyed
UNREADABLE: Mapping[str, object] = {
    "comments": {},
    "advice": "",
    "liked": "",
    "private_note": "",
    "disagreements": {},
}
# These queries run at every save, so they are built once.
_KNOWN = select(LOG.c.version).where(LOG.c.event_id == bindparam("event_id"))
_MINE = select(LOG).where(
    LOG.c.return_id == bindparam("return_id"),
    LOG.c.assessor_id == bindparam("assessor_id"),
    LOG.c.kind == EventKind.JUDGEMENT.value,
)
_NEWEST = _MINE.order_by(LOG.c.version.desc(), LOG.c.origin.desc()).limit(1)
_NEWEST_UNTIL = _NEWEST.where(LOG.c.seq <= bindparam("position"))
_CPD_YEAR = select(RETURNS_TO_ASSESS.c.cpd_year).where(
    RETURNS_TO_ASSESS.c.return_id == bindparam("return_id")
)
# Marks, among what was chosen, a save that continues the change of the save before it.
CONTINUES = "continues"
EMPTY = Judgement(levels={}, comments={}, outcome=None, advice="")
# An event may hold more than the judgement: how it was saved, or how it was agreed.
FIELDS = set(EMPTY.as_dict())


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
    """Add one save to the log and return its version, after the commit.

    `continues` says that the save continues the change of the one before it, as when a sentence is
    saved while it is being typed: an undo takes both back at once. The same `event_id` again
    returns the version that it got before.

    Raises Conflict with both sides where another save came first, NotAllocated where the return is
    not in this assessor's caseload, MarkingClosed once both markings are submitted, and
    InvalidRequest where what is to be submitted lacks words or holds characters that cannot be
    seen.
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
    """Take back the latest change that has not been undone, as a new event.

    All the saves of that change are taken back together. Returns the event's version and the
    judgement that is current again. Undoing can be repeated back to the empty judgement, and
    nothing is removed from the log. The restored judgement is always a draft: undoing never submits
    anything.

    Raises the errors of `record_judgement`, and Conflict where nothing is left to undo.
    """
    with read_transaction(workspace.engine) as connection:
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
    """Return the version to restore: the one before the latest change not yet undone.

    Changes form a pile: a save that continues the top one takes its place, and an undo takes the
    top one off.
    """
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
            advice="The judgement is already empty.",
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
        with write_transaction(workspace.engine) as connection:
            known = known_version(connection, event_id)
            if known is not None:
                return known
            require_allocated(connection, return_id, assessor_id=assessor_id)
            require_open_marking(connection, return_id, assessor_id=assessor_id)
            if judgement.state is JudgementState.SUBMITTED:
                cpd_year = connection.execute(_CPD_YEAR, {"return_id": return_id}).scalar_one()
                require_submittable(judgement, workspace.rules(int(cpd_year)))
            # its words are not unsealed while others wait for the lock, unless there is a conflict
            standing = _newest(connection, return_id, assessor_id)
            if (standing.version if standing else 0) != expected_version:
                raise _conflict(judgement, judgement_of(connection, standing) if standing else None)
            append_event(connection, new)
    # a writer on another connection came first: the UNIQUE constraint is the guarantee, the checks
    # above are a courtesy
    except IntegrityError:
        with read_transaction(workspace.engine) as connection:
            known = known_version(connection, event_id)
            if known is not None:
                return known
            raise _conflict(
                judgement, judgement_in(connection, return_id, assessor_id)[1]
            ) from None
    return new.version


def known_version(connection: Connection, event_id: str) -> int | None:
    """Return the version of an event that is already recorded; None for a new one."""
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
    """Return the version and content of one assessor's current judgement.

    They are 0 and None before the first save. Only for that assessor and for staff.
    """
    require_self(workspace, assessor_id)
    with read_transaction(workspace.engine) as connection:
        return judgement_in(connection, return_id, assessor_id)


def judgement_as_of(
    workspace: Workspace, return_id: str, *, assessor_id: str, position: int
) -> tuple[int, Judgement | None]:
    """Return what `current_judgement` returned when the log had `position` events.

    The log is addressed by position and never by a clock. A document's position is in
    `tables.DOCUMENTS.released_position`; `position_at` finds the position at a moment.
    """
    require_self(workspace, assessor_id)
    with read_transaction(workspace.engine) as connection:
        return judgement_in(connection, return_id, assessor_id, position=position)


def log_length(workspace: Workspace) -> int:
    """Return how many events the log has, which is its position now."""
    with read_transaction(workspace.engine) as connection:
        return log_position(connection)


def position_at(workspace: Workspace, moment: datetime) -> int:
    """Return the position of the last event recorded at or before a moment (UTC).

    It is as accurate as the clocks were.
    """
    with read_transaction(workspace.engine) as connection:
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
    """Return the current event, or the current one when the log had `position` events."""
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
    """Return a judgement as `judgement_as_of` does, within a transaction.

    Without a position it is the current one.
    """
    row = _newest(connection, return_id, assessor_id, position=position)
    return (int(row.version), judgement_of(connection, row)) if row else (0, None)


def judgement_of(connection: Connection, row: Row[Any]) -> Judgement:
    """Return the judgement that an event holds.

    It has no words once the key of its return is destroyed.
    """
    return judgement_in_event(row, subject_key(connection, of_return(row.return_id)))


def judgement_in_event(row: Row[Any], key: bytes | None) -> Judgement:
    """Return the judgement that an event holds, opened with the key of its return."""
    return _judgement(row.payload, written_in(row, key), row.state)


def written_in(row: Row[Any], key: bytes | None) -> dict[str, Any]:
    """Return what was written in a judgement, with empty words where there is no key."""
    return (
        dict(UNREADABLE)
        if key is None
        else json.loads(unseal(row.sealed, key=key, place=place_of(row.event_id, row.return_id)))
    )


def _judgement(payload: str, written: dict[str, Any], state: str) -> Judgement:
    held = {**json.loads(payload), **written}
    fields = {name: value for name, value in held.items() if name in FIELDS}
    return Judgement(
        **{**fields, "themes": tuple(fields["themes"]), "state": JudgementState(state)}
    )


def judgement_history(workspace: Workspace, return_id: str, *, assessor_id: str) -> pd.DataFrame:
    """Return every save of one assessor on one return, oldest first.

    Columns: seq, event_id, version, state, restores_version, recorded_at and judgement.
    """
    require_self(workspace, assessor_id)
    with read_transaction(workspace.engine) as connection:
        rows = _events(connection, return_id, assessor_id)
        key = subject_key(connection, of_return(return_id))
        names = ["seq", "event_id", "version", "state", "restores_version", "recorded_at"]
        return pd.DataFrame(
            [
                {
                    **{name: getattr(row, name) for name in names},
                    "judgement": _judgement(row.payload, written_in(row, key), row.state),
                }
                for row in rows
            ],
            columns=[*names, "judgement"],
        )


def latest_events(workspace: Workspace, cpd_year: int) -> pd.DataFrame:
    """Return the current judgement of each assessor on each return of a year.

    Columns: seq, event_id, return_id, assessor_id, version, state, payload, sealed and marking.
    """
    return latest_events_of(
        workspace, list(read_table(workspace, RETURNS, cpd_year=cpd_year)["return_id"])
    )


def latest_events_of(workspace: Workspace, return_ids: list[str]) -> pd.DataFrame:
    """Return the current judgement of each assessor on each of these returns.

    The columns are those of `latest_events`.
    """
    names = ["seq", "event_id", "return_id", "assessor_id", "version", "state", "payload", "sealed"]
    allocations = read_table(workspace, ALLOCATIONS, return_id=return_ids)
    given = list(dict.fromkeys(allocations["return_id"]))
    rows: list[Any] = []
    with read_transaction(workspace.engine) as connection:
        for start in range(0, len(given), 500):
            wanted = CURRENT_JUDGEMENTS.c.return_id.in_(given[start : start + 500])
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
    """Return the current judgement of each marking of one return.

    Maps first or second to the judgement, or to None before its first save.
    """
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
        event.assessor_id: _judgement(event.payload, written_in(event, key), event.state)
        for event in events
    }
    return {str(one.marking): standing.get(one.assessor_id) for one in allocated}


def judgements_of_year(workspace: Workspace, cpd_year: int) -> pd.DataFrame:
    """Return one row per submitted judgement of a year; only for staff.

    Columns: return_id, assessor_id, marking, discipline, levels (dict of criterion to level),
    outcome and themes (list).
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
