"""Give markings to assessors and take them away, with a line in the log for each."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pandas as pd
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from assessor_kit import tables
from assessor_kit.errors import Conflict, NotFound
from assessor_kit.store.access.permissions import require_staff
from assessor_kit.store.database.connections import read_transaction, write_transaction
from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.log.chain import LOG
from assessor_kit.store.rows.typed_rows import among, read_rows
from assessor_kit.store.workspace import Workspace
from assessor_kit.vocabulary import EventKind

ALLOCATIONS, CHANGES, PEOPLE, TOKENS, DOUBLES = (
    sql_table(one)
    for one in (
        tables.ALLOCATIONS,
        tables.ALLOCATION_CHANGES,
        tables.ASSESSORS,
        tables.ASSESSOR_TOKENS,
        tables.DOUBLE_MARKINGS,
    )
)
WORK = (EventKind.JUDGEMENT.value, EventKind.READING.value)


@dataclass(frozen=True, kw_only=True)
class Change:
    """One marking that passes from an assessor, or from nobody, to another or to nobody."""

    return_id: str
    marking: str
    from_assessor: str
    to_assessor: str
    reason: str


def change_allocations(
    workspace: Workspace,
    changes: Sequence[Change],
    *,
    due_on: date,
    doubles: Iterable[str] = (),
    may_be_started: bool = False,
) -> str:
    """Make changes and log them in one transaction; return the name of the step.

    `doubles` are returns that were chosen to be marked twice. Raises Conflict, and changes nothing,
    where a marking is no longer whose it was, or has been started meanwhile and may not be.
    """
    require_staff(workspace)
    step = secrets.token_hex(8)
    now = datetime.now(UTC).replace(tzinfo=None)
    with write_transaction(workspace.engine) as connection:
        _require_unchanged(connection, changes, may_be_started=may_be_started)
        taken = [
            {"of_return": change.return_id, "of_marking": change.marking}
            for change in changes
            if change.from_assessor
        ]
        if taken:
            connection.execute(
                delete(ALLOCATIONS).where(
                    ALLOCATIONS.c.return_id == bindparam("of_return"),
                    ALLOCATIONS.c.marking == bindparam("of_marking"),
                ),
                taken,
            )
        given = [
            {
                "return_id": change.return_id,
                "assessor_id": change.to_assessor,
                "marking": change.marking,
                "allocated_on": now.date(),
                "due_on": due_on,
            }
            for change in changes
            if change.to_assessor
        ]
        if given:
            connection.execute(insert(ALLOCATIONS), given)
        logged = [{**vars(change), "step": step, "changed_at": now} for change in changes]
        if logged:
            connection.execute(insert(CHANGES), logged)
        chosen = [{"return_id": name, "chosen_on": now.date()} for name in sorted(set(doubles))]
        if chosen:
            connection.execute(insert(DOUBLES), chosen)
    return step


def _require_unchanged(
    connection: Connection, changes: Sequence[Change], *, may_be_started: bool
) -> None:
    names = {change.return_id for change in changes}
    holder = {
        (str(row["return_id"]), str(row["marking"])): str(row["assessor_id"])
        for row in read_rows(connection, tables.ALLOCATIONS, return_id=names).to_dict("records")
    }
    # only what somebody has can have been started or handed back
    names = {change.return_id for change in changes if change.from_assessor}
    started = started_markings(connection, names)
    back = _pairs(connection, names, (EventKind.HAND_BACK.value,))
    for change in changes:
        now = holder.get((change.return_id, change.marking), "")
        if now != change.from_assessor:
            raise Conflict(
                "Somebody else has changed these allocations meanwhile",
                mine={"return": change.return_id, "assessor": change.from_assessor},
                theirs={"return": change.return_id, "assessor": now},
                advice="Nothing was changed. Run the command again.",
            )
        pair = (change.return_id, change.from_assessor)
        if pair in started and pair not in back and not may_be_started:
            raise Conflict(
                f"Assessor {change.from_assessor} has started a return meanwhile",
                mine={"return": change.return_id, "assessor": change.to_assessor},
                theirs={"return": change.return_id, "assessor": change.from_assessor},
                advice="Nothing was changed. Run the command again.",
            )


def started_markings(connection: Connection, return_ids: Collection[str]) -> set[tuple[str, str]]:
    """Return the pairs of return and assessor in which the assessor has saved something."""
    return _pairs(connection, return_ids, WORK)


def _pairs(
    connection: Connection, return_ids: Collection[str], kinds: Sequence[str]
) -> set[tuple[str, str]]:
    """Return the pairs of return and assessor with an event of one of these kinds."""
    rows = connection.execute(
        select(LOG.c.return_id, LOG.c.assessor_id)
        .where(among(connection, LOG.c.return_id, return_ids), LOG.c.kind.in_(kinds))
        .distinct()
    )
    return {(str(row.return_id), str(row.assessor_id)) for row in rows}


def allocation_changes(workspace: Workspace, **equals: object) -> pd.DataFrame:
    """Return the log of allocations, oldest first (`tables.ALLOCATION_CHANGES`); for staff."""
    require_staff(workspace)
    with read_transaction(workspace.engine) as connection:
        return read_rows(connection, tables.ALLOCATION_CHANGES, **equals)


def set_dismissed(
    workspace: Workspace, assessor_id: str, *, on: date | None, reason: str = ""
) -> None:
    """Note that an assessor has stopped, or with None that they assess again.

    Whoever has stopped is given nothing more, and their token of the app ends. Raises NotFound for
    an unknown assessor.
    """
    require_staff(workspace)
    with write_transaction(workspace.engine) as connection:
        mine = PEOPLE.c.assessor_id == assessor_id
        known = connection.execute(select(PEOPLE.c.assessor_id).where(mine)).first()
        if known is None:
            raise NotFound(
                f"There is no assessor {assessor_id!r}", advice="Check the id; nothing was changed."
            )
        connection.execute(
            update(PEOPLE).where(mine), {"dismissed_on": on, "dismissed_because": reason}
        )
        if on is not None:
            connection.execute(
                update(TOKENS).where(
                    TOKENS.c.assessor_id == assessor_id, TOKENS.c.revoked_at.is_(None)
                ),
                {"revoked_at": datetime.now(UTC).replace(tzinfo=None)},
            )
