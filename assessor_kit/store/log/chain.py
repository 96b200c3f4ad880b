"""Keep the judgement log as a chain of hashes, so that any alteration is noticed.

Each event's hash covers the hash of the event before it. What was written is sealed with the key of
its return; the chain covers the sealed text, and so still verifies once the key is destroyed.

On PostgreSQL the server itself links the chain (with a trigger from the first migration), so that
an assessor's own connection cannot forge it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.keys import seal
from assessor_kit.store.rows.subject_keys import make_subject_key, of_return
from assessor_kit.tables import JUDGEMENT_EVENTS, LOG_HEAD
from assessor_kit.vocabulary import EventKind

LOG = sql_table(JUDGEMENT_EVENTS)
HEAD = sql_table(LOG_HEAD)
LOG_NAME = JUDGEMENT_EVENTS.name
START = "0" * 64
# these statements run at every save, so they are built once
_HEAD = select(HEAD.c.seq, HEAD.c.hash).where(HEAD.c.log == LOG_NAME)
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
    """An event to be added to the log.

    `chosen` stays readable for statistics; `written` is sealed with the key of the return.
    """

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
    """The result of checking the log.

    `problems` lists each place where the chain is broken. `head` is the hash of the last event,
    which may be noted down elsewhere.
    """

    events: int
    head: str
    problems: tuple[str, ...]

    @property
    def verified(self) -> bool:
        """Whether nothing was altered, removed or inserted."""
        return not self.problems


def append_event(connection: Connection, new: NewEvent) -> None:
    """Add an event to the end of the log, within a write transaction."""
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
    row["digest"] = event_digest(row)
    if connection.dialect.name == "sqlite":
        connection.execute(_INSERT, {**row, **_linked(connection, str(row["digest"]))})
    else:
        # the server's trigger links it
        connection.execute(_INSERT, {**row, "seq": 0, "previous_hash": "", "hash": ""})


def _linked(connection: Connection, digest: str) -> dict[str, object]:
    """Return the event's position and hashes in the chain, and move the head on to it."""
    head = connection.execute(_HEAD).one()
    seq = int(head.seq) + 1
    made = link(head.hash, seq, digest)
    connection.execute(_MOVE_HEAD, {"seq": seq, "hash": made})
    return {"seq": seq, "previous_hash": head.hash, "hash": made}


def place_of(event_id: str, return_id: str) -> str:
    """Return the place of an event's sealed text, which is authenticated with it."""
    return f"{event_id}|{return_id}"


def as_json(value: Mapping[str, object]) -> str:
    """Return the same text for equal values, whatever order they were built in.

    A browser may cut an emoji in two. Half a character cannot be written to any file, so that it
    becomes the sign for a character that cannot be read, U+FFFD.
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def event_digest(row: Mapping[str, object]) -> str:
    """Return the SHA-256 of the content of an event.

    It is taken of a JSON list of the columns in DIGESTED, in that order, with moments in ISO form.
    """
    values = [
        value.isoformat(timespec="microseconds") if isinstance(value, datetime) else value
        for value in (row[name] for name in DIGESTED)
    ]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()


def link(previous: str, seq: int, digest: str) -> str:
    """Return the hash of an event: the SHA-256 of `previous|seq|digest`."""
    return hashlib.sha256(f"{previous}|{seq}|{digest}".encode()).hexdigest()


def log_position(connection: Connection) -> int:
    """Return the position of the last event, 0 for an empty log."""
    return int(connection.execute(select(HEAD.c.seq).where(HEAD.c.log == LOG_NAME)).scalar_one())


def check_log(connection: Connection, *, expected_head: str = "") -> LogCheck:
    """Check the whole chain and return what was found.

    `expected_head` is a hash noted down earlier, which must still be in the log.
    """
    events = connection.execute(select(LOG).order_by(LOG.c.seq)).all()
    head = connection.execute(_HEAD).one()
    problems = list(_problems(events))
    last = events[-1].hash if events else START
    if (head.seq, head.hash) != (len(events), last):
        problems.append(f"the log ends at event {len(events)} but should end at event {head.seq}")
    if (
        expected_head
        and expected_head != START
        and expected_head not in {one.hash for one in events}
    ):
        problems.append("the hash noted earlier is not in the log")
    return LogCheck(events=len(events), head=str(head.hash), problems=tuple(problems))


def _problems(events: Sequence[Row[Any]]) -> Iterator[str]:
    previous = START
    expected = 1
    for one in events:
        row = one._asdict()
        if row["seq"] != expected:
            yield (
                f"event {expected} is missing"
                if row["seq"] == expected + 1
                else f"events {expected} to {row['seq'] - 1} are missing"
            )
        if event_digest(row) != row["digest"]:
            yield f"event {row['seq']} was altered"
        if (
            row["previous_hash"] != previous
            or link(row["previous_hash"], row["seq"], row["digest"]) != row["hash"]
        ):
            yield f"event {row['seq']} does not follow the one before it"
        previous = row["hash"]
        expected = row["seq"] + 1
