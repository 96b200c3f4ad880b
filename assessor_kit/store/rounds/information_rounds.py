"""Record the rounds in which a member is asked for a little more, and read how they stand.

A round is opened by the approval of a judgement that asks for more. It ends when something comes
in, or when staff end it; nothing happens by itself when a day passes.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from assessor_kit import tables
from assessor_kit.store.access.permissions import require_staff
from assessor_kit.store.database.connections import read_transaction, write_transaction
from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.keys import seal, unseal
from assessor_kit.store.rows.subject_keys import make_subject_key, of_return, subject_keys
from assessor_kit.store.workspace import Workspace
from assessor_kit.vocabulary import RoundEvent, RoundState

ROUNDS = sql_table(tables.INFORMATION_ROUNDS)
CLOSING = {RoundEvent.ANSWERED, RoundEvent.ENDED}


@dataclass(frozen=True, kw_only=True)
class NewRoundEvent:
    """Something that happens in a round."""

    return_id: str
    kind: RoundEvent
    who: str
    due_on: date | None = None
    answer_id: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class InformationRound:
    """How one round stands: its days, and what it came to.

    `closed_as` is None while the member may still send something. `why` is what was written at the
    last event that had words.
    """

    return_id: str
    opened_on: date
    due_on: date
    reminded_on: date | None
    closed_as: RoundEvent | None
    closed_on: date | None
    answer_id: str
    who: str
    why: str

    @property
    def is_open(self) -> bool:
        """Whether something is still waited for."""
        return self.closed_as is None

    def state_on(self, day: date, *, end_after: int) -> RoundState:
        """Return how far the round has come on a day.

        `end_after`: the days from the due day until staff may end it.
        """
        if self.closed_as is RoundEvent.ANSWERED:
            return RoundState.ANSWERED
        if self.closed_as is RoundEvent.ENDED:
            return RoundState.ENDED
        if day >= self.due_on + timedelta(days=end_after):
            return RoundState.NOTHING_CAME
        return RoundState.LATE if day > self.due_on else RoundState.OPEN


def record_rounds(workspace: Workspace, events: Iterable[NewRoundEvent]) -> None:
    """Record what happened in rounds, in one transaction; for staff."""
    require_staff(workspace)
    with write_transaction(workspace.engine) as connection:
        add_round_events(connection, events)


def add_round_events(connection: Connection, events: Iterable[NewRoundEvent]) -> None:
    """Record what happened in rounds, within a write transaction."""
    now = datetime.now(UTC).replace(tzinfo=None)
    for event in events:
        sealed = ""
        if event.why:
            key = make_subject_key(connection, of_return(event.return_id))
            mark = secrets.token_hex(8)
            text = seal(event.why, key=key, place=_place(mark, event.return_id))
            sealed = f"{mark}:{text}"
        row = {
            "return_id": event.return_id,
            "kind": event.kind.value,
            "due_on": event.due_on,
            "answer_id": event.answer_id,
            "who": event.who,
            "sealed": sealed,
            "happened_at": now,
        }
        connection.execute(insert(ROUNDS), [row])


def _place(mark: str, return_id: str) -> str:
    return f"information_rounds|{mark}|{return_id}"


def round_events_in(connection: Connection, return_ids: list[str]) -> list[dict[str, Any]]:
    """Return what happened in the rounds of these returns, oldest first, with `why` opened."""
    rows = connection.execute(
        select(ROUNDS).where(ROUNDS.c.return_id.in_(return_ids)).order_by(ROUNDS.c.event_no)
    ).all()
    keys = subject_keys(connection, sorted({of_return(row.return_id) for row in rows}))
    told = []
    for row in rows:
        mark, _, text = row.sealed.partition(":")
        key = keys.get(of_return(row.return_id))
        why = unseal(text, key=key, place=_place(mark, row.return_id)) if text and key else ""
        told.append({**row._asdict(), "why": why})
    return told


def rounds_in(connection: Connection, return_ids: list[str]) -> dict[str, InformationRound]:
    """Return the round of each of these returns that has one, by return."""
    events: dict[str, list[dict[str, Any]]] = {}
    for event in round_events_in(connection, return_ids):
        events.setdefault(str(event["return_id"]), []).append(event)
    return {name: _round(name, told) for name, told in events.items()}


def _round(return_id: str, events: list[dict[str, Any]]) -> InformationRound:
    closed = next((one for one in events if RoundEvent(one["kind"]) in CLOSING), None)
    reminders = [one for one in events if one["kind"] == RoundEvent.REMINDED.value]
    days = [one["due_on"] for one in events if one["due_on"] is not None]
    return InformationRound(
        return_id=return_id,
        opened_on=events[0]["happened_at"].date(),
        due_on=days[-1],
        reminded_on=reminders[-1]["happened_at"].date() if reminders else None,
        closed_as=RoundEvent(closed["kind"]) if closed else None,
        closed_on=closed["happened_at"].date() if closed else None,
        answer_id=str(closed["answer_id"]) if closed else "",
        who=str(events[0]["who"]),
        why=next((str(one["why"]) for one in reversed(events) if one["why"]), ""),
    )


def rounds_of_year(workspace: Workspace, cpd_year: int) -> dict[str, InformationRound]:
    """Return every round of a CPD year, by the return whose judgement asked for more; for staff."""
    require_staff(workspace)
    returns = sql_table(tables.RETURNS)
    with read_transaction(workspace.engine) as connection:
        names = list(
            connection.execute(
                select(ROUNDS.c.return_id)
                .distinct()
                .join(returns, returns.c.return_id == ROUNDS.c.return_id)
                .where(returns.c.cpd_year == cpd_year)
                .order_by(ROUNDS.c.return_id)
            ).scalars()
        )
        return rounds_in(connection, names)


def ended_without_answer(connection: Connection, return_ids: list[str]) -> set[str]:
    """Return which of these returns had a round that staff ended because nothing came."""
    rows = connection.execute(
        select(ROUNDS.c.return_id).where(
            ROUNDS.c.return_id.in_(return_ids), ROUNDS.c.kind == RoundEvent.ENDED.value
        )
    )
    return {str(name) for name in rows.scalars()}
