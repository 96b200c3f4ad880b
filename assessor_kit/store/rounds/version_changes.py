"""Take a newer version of a return into the review, and keep the one before beside it.

Both versions and both judgements stay. The marking goes on, on the new version, with the same
assessor; a return that was handed back waits for somebody else.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from assessor_kit import tables
from assessor_kit.errors import Conflict
from assessor_kit.store.access.permissions import require_staff
from assessor_kit.store.blind.masked_copies import make_shown_rows
from assessor_kit.store.database.connections import read_transaction, write_transaction
from assessor_kit.store.database.schema import CURRENT_JUDGEMENTS, sql_table
from assessor_kit.store.log.assessor_events import events_of_kind
from assessor_kit.store.rounds.information_rounds import NewRoundEvent, add_round_events, rounds_in
from assessor_kit.store.workspace import Workspace
from assessor_kit.vocabulary import (
    EventKind,
    JudgementState,
    Parked,
    RoundEvent,
    VersionCause,
)

CHANGES, RETURNS, ALLOCATIONS, MOVES, DOUBLES = (
    sql_table(one)
    for one in (
        tables.VERSION_CHANGES,
        tables.RETURNS,
        tables.ALLOCATIONS,
        tables.ALLOCATION_CHANGES,
        tables.DOUBLE_MARKINGS,
    )
)


@dataclass(frozen=True, kw_only=True)
class VersionBefore:
    """What an assessor is told of the version that a return took the place of."""

    return_id: str
    before_id: str
    new_lines: tuple[int, ...]
    lines_gone: int
    cause: str
    changed_at: datetime


def change_version(
    workspace: Workspace,
    return_id: str,
    *,
    before_id: str,
    new_lines: Iterable[int],
    lines_gone: int,
    who: str,
    due_on: date,
) -> tuple[VersionCause, str]:
    """Take a newer version into the review; return why, and the step of the allocations' log.

    A round that asked for more is answered by it. Raises Conflict, and changes nothing, where
    either version is no longer what it was.
    """
    require_staff(workspace)
    now = datetime.now(UTC).replace(tzinfo=None)
    step = secrets.token_hex(8)
    with write_transaction(workspace.engine) as connection:
        _require_unchanged(connection, return_id, before_id)
        asked = rounds_in(connection, [before_id]).get(before_id)
        is_asked = asked is not None and asked.is_open
        cause = VersionCause.ROUND if is_asked else VersionCause.STAFF
        for name, parked in ((before_id, Parked.SUPERSEDED.value), (return_id, "")):
            connection.execute(
                update(RETURNS).where(RETURNS.c.return_id == name), {"parked": parked}
            )
        _move_markings(connection, return_id, before_id, due_on=due_on, step=step, cause=cause)
        row = {
            "return_id": return_id,
            "before_id": before_id,
            "new_lines": json.dumps(sorted(new_lines)),
            "lines_gone": lines_gone,
            "cause": cause.value,
            "who": who,
            "changed_at": now,
        }
        connection.execute(insert(CHANGES), [row])
        if is_asked:
            answered = NewRoundEvent(
                return_id=before_id, kind=RoundEvent.ANSWERED, who=who, answer_id=return_id
            )
            add_round_events(connection, [answered])
        make_shown_rows(connection, [return_id])
    return cause, step


def _require_unchanged(connection: Connection, return_id: str, before_id: str) -> None:
    parked = dict(
        connection.execute(
            select(RETURNS.c.return_id, RETURNS.c.parked).where(
                RETURNS.c.return_id.in_([return_id, before_id])
            )
        ).all()
    )
    if parked != {return_id: Parked.NEWER.value, before_id: ""}:
        raise Conflict(
            "Somebody else has changed these versions meanwhile",
            mine={"return": return_id},
            theirs={"return": before_id},
            advice="Nothing was changed. `assessor-kit returns waiting` lists what waits now.",
        )


def _move_markings(
    connection: Connection,
    return_id: str,
    before_id: str,
    *,
    due_on: date,
    step: str,
    cause: VersionCause,
) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    back = _handed_back(connection, before_id)
    held = connection.execute(select(ALLOCATIONS).where(ALLOCATIONS.c.return_id == before_id)).all()
    kept = [row for row in held if row.assessor_id not in back]
    if kept:
        connection.execute(
            insert(ALLOCATIONS),
            [
                {
                    "return_id": return_id,
                    "assessor_id": row.assessor_id,
                    "marking": row.marking,
                    "allocated_on": now.date(),
                    "due_on": due_on,
                }
                for row in kept
            ],
        )
        connection.execute(
            insert(MOVES),
            [
                {
                    "step": step,
                    "return_id": return_id,
                    "marking": row.marking,
                    "from_assessor": "",
                    "to_assessor": row.assessor_id,
                    "reason": f"newer version: {cause.value}",
                    "changed_at": now,
                }
                for row in kept
            ],
        )
    twice = select(DOUBLES.c.return_id).where(DOUBLES.c.return_id == before_id)
    if connection.execute(twice).first() is not None:
        connection.execute(insert(DOUBLES), [{"return_id": return_id, "chosen_on": now.date()}])


def _handed_back(connection: Connection, return_id: str) -> set[str]:
    """Return who handed this version back before submitting it."""
    current = CURRENT_JUDGEMENTS.c
    submitted = set(
        connection.execute(
            select(current.assessor_id).where(
                current.return_id == return_id,
                current.state == JudgementState.SUBMITTED.value,
            )
        ).scalars()
    )
    events = events_of_kind(connection, EventKind.HAND_BACK, return_ids=[return_id])
    return {str(event["assessor_id"]) for event in events} - submitted


def versions_before(connection: Connection, return_ids: list[str]) -> dict[str, VersionBefore]:
    """Return what each of these returns took the place of, where it took the place of one."""
    rows = connection.execute(
        select(CHANGES).where(CHANGES.c.return_id.in_(return_ids)).order_by(CHANGES.c.change_no)
    ).all()
    return {
        str(row.return_id): VersionBefore(
            return_id=str(row.return_id),
            before_id=str(row.before_id),
            new_lines=tuple(json.loads(row.new_lines)),
            lines_gone=int(row.lines_gone),
            cause=str(row.cause),
            changed_at=row.changed_at,
        )
        for row in rows
    }


def version_before(workspace: Workspace, return_id: str) -> VersionBefore | None:
    """Return what a return took the place of; None for one that took the place of nothing."""
    with read_transaction(workspace.engine) as connection:
        return versions_before(connection, [return_id]).get(return_id)


def told_versions(connection: Connection, return_ids: list[str]) -> list[dict[str, Any]]:
    """Return the version changes of these returns as plain values, for a pack."""
    rows = connection.execute(select(CHANGES).where(CHANGES.c.return_id.in_(return_ids))).all()
    return [
        {
            **{name: value for name, value in row._asdict().items() if name != "change_no"},
            "changed_at": row.changed_at.isoformat(),
        }
        for row in rows
    ]


def put_versions(connection: Connection, told: Iterable[dict[str, Any]]) -> None:
    """Keep the version changes that came in a pack."""
    for one in told:
        row = {**one, "changed_at": datetime.fromisoformat(one["changed_at"])}
        connection.execute(insert(CHANGES), [row])
