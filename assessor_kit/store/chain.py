"""The judgement log as a chain: each event's hash holds the hash of the one before, so that any alteration shows.

What was written is sealed with the key of its return; the chain runs over the sealed text and still verifies when the key is destroyed.
On PostgreSQL the server itself links the chain (a trigger of the first migration), so that an assessor's own connection cannot forge it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from assessor_kit.store.keys import seal
from assessor_kit.store.schema import sql_table
from assessor_kit.store.subjects import make_subject_key, of_return
from assessor_kit.tables import JUDGEMENT_EVENTS, LOG_HEAD
from assessor_kit.vocabulary import EventKind

LOG, HEAD = sql_table(JUDGEMENT_EVENTS), sql_table(LOG_HEAD)
LOG_NAME, START = JUDGEMENT_EVENTS.name, "0" * 64
_HEAD = select(HEAD.c.seq, HEAD.c.hash).where(
    HEAD.c.log == LOG_NAME
)  # these are asked at every save, so made once
_MOVE_HEAD = update(HEAD).where(HEAD.c.log == LOG_NAME)
_INSERT = insert(LOG)
DIGESTED = (
    "event_id",
    "return_id",
    "assessor_id",
    "kind",
    "version",
    "origin",
    "state",
    "restores_version",
    "payload",
    "sealed",
    "made_at",
    "recorded_at",
)


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    """What is to be added to the log. `chosen` stays readable for statistics, `written` is sealed with the key of the return."""

    event_id: str
    return_id: str
    assessor_id: str
    kind: EventKind
    version: int
    chosen: Mapping[str, object]
    written: Mapping[str, object]
    state: str = ""
    restores_version: int | None = None
    origin: str = ""
    made_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class LogCheck:
    """What a check of the log found. `problems` name each place where the chain does not hold; `head` may be noted elsewhere."""

    events: int
    head: str
    problems: tuple[str, ...]

    @property
    def verified(self) -> bool:
        """Whether nothing was altered, removed or put in."""
        return not self.problems


def append_event(connection: Connection, new: NewEvent) -> None:
    """Add an event at the end of the log, in a writing transaction."""
    now = datetime.now(UTC).replace(tzinfo=None)
    key = make_subject_key(connection, of_return(new.return_id))
    row: dict[str, object] = {
        "event_id": new.event_id,
        "return_id": new.return_id,
        "assessor_id": new.assessor_id,
        "kind": new.kind.value,
        "version": new.version,
        "origin": new.origin,
        "state": new.state,
        "restores_version": new.restores_version,
        "payload": as_json(new.chosen),
        "sealed": seal(as_json(new.written), key=key, place=place_of(new.event_id, new.return_id)),
        "made_at": new.made_at or now,
        "recorded_at": now,
    }
    row["digest"] = digest_of(row)
    if connection.dialect.name == "sqlite":
        connection.execute(_INSERT, {**row, **_linked(connection, str(row["digest"]))})
    else:
        connection.execute(
            _INSERT, {**row, "seq": 0, "previous_hash": "", "hash": ""}
        )  # the server's trigger links it


def _linked(connection: Connection, digest: str) -> dict[str, object]:
    """The event's place in the chain; the head moves on with it."""
    head = connection.execute(_HEAD).one()
    seq = int(head.seq) + 1
    made = link(head.hash, seq, digest)
    connection.execute(_MOVE_HEAD, {"seq": seq, "hash": made})
    return {"seq": seq, "previous_hash": head.hash, "hash": made}


def place_of(event_id: str, return_id: str) -> str:
    """Where an event's sealed text stands, authenticated with it."""
    return f"{event_id}|{return_id}"


def as_json(value: Mapping[str, object]) -> str:
    """One text for one value, whatever the order it was made in."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def digest_of(row: Mapping[str, object]) -> str:
    """SHA-256 over what an event says: a JSON list of its columns in the order of DIGESTED, moments in ISO form."""
    values = [
        value.isoformat(timespec="microseconds") if isinstance(value, datetime) else value
        for value in (row[name] for name in DIGESTED)
    ]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()


def link(previous: str, seq: int, digest: str) -> str:
    """The hash of an event: SHA-256 of `previous|seq|digest`."""
    return hashlib.sha256(f"{previous}|{seq}|{digest}".encode()).hexdigest()


def log_position(connection: Connection) -> int:
    """Place of the last event, 0 for an empty log."""
    return int(connection.execute(select(HEAD.c.seq).where(HEAD.c.log == LOG_NAME)).scalar_one())


def check_log(connection: Connection, *, expected_head: str = "") -> LogCheck:
    """Walk the whole chain. `expected_head`: a hash noted earlier, which must still be in it."""
    events = connection.execute(select(LOG).order_by(LOG.c.seq)).all()
    head = connection.execute(_HEAD).one()
    problems = list(_problems(events))
    last = events[-1].hash if events else START
    if (head.seq, head.hash) != (len(events), last):
        problems.append(f"the log ends at event {len(events)} and should end at event {head.seq}")
    if (
        expected_head
        and expected_head != START
        and expected_head not in {one.hash for one in events}
    ):
        problems.append("the hash noted earlier is not in the log")
    return LogCheck(events=len(events), head=str(head.hash), problems=tuple(problems))


def _problems(events: Sequence[Row[Any]]) -> Iterator[str]:
    previous, expected = START, 1
    for one in events:
        row = one._asdict()
        if row["seq"] != expected:
            yield (
                f"event {expected} is missing"
                if row["seq"] == expected + 1
                else f"events {expected} to {row['seq'] - 1} are missing"
            )
        if digest_of(row) != row["digest"]:
            yield f"event {row['seq']} was altered"
        if (
            row["previous_hash"] != previous
            or link(row["previous_hash"], row["seq"], row["digest"]) != row["hash"]
        ):
            yield f"event {row['seq']} does not follow the one before it"
        previous, expected = row["hash"], row["seq"] + 1
