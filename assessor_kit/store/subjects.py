"""The key of each subject: made when first needed, kept encrypted in the database, destroyed by an erasure."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from sqlalchemy import Connection, bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError

from assessor_kit.store.keys import KEY_BYTES, KeyRing
from assessor_kit.store.schema import sql_table
from assessor_kit.tables import SUBJECT_KEYS

KEYS = sql_table(SUBJECT_KEYS)
_ONE = select(KEYS.c.wrapped_key).where(
    KEYS.c.subject == bindparam("subject")
)  # asked at every save, so made once


def keys_of(connection: Connection) -> KeyRing:
    """The key ring that the engine was made with."""
    ring: KeyRing = connection.get_execution_options()["keys"]
    return ring


def of_return(return_id: str) -> str:
    """The subject under which everything written about a return is sealed."""
    return f"return:{return_id}"


def of_member(member_no: str) -> str:
    """The subject under which a member's circumstances are sealed."""
    return f"member:{member_no}"


def subject_key(connection: Connection, subject: str) -> bytes | None:
    """The key, None where there is none (any more)."""
    wrapped = connection.execute(_ONE, {"subject": subject}).scalar()
    return (
        None
        if wrapped is None
        else keys_of(connection).unwrap(wrapped, subject=subject, under=_under(subject))
    )


def subject_keys(connection: Connection, subjects: list[str]) -> dict[str, bytes]:
    """As `subject_key`, for many at once; those without a key are left out."""
    ring = keys_of(connection)
    found: dict[str, bytes] = {}
    for start in range(0, len(subjects), 500):
        rows = connection.execute(
            select(KEYS.c.subject, KEYS.c.wrapped_key).where(
                KEYS.c.subject.in_(subjects[start : start + 500])
            )
        )
        found |= {
            row.subject: ring.unwrap(
                row.wrapped_key, subject=row.subject, under=_under(row.subject)
            )
            for row in rows
        }
    return found


def make_subject_key(connection: Connection, subject: str) -> bytes:
    """The key that is there, or a new one. Two connections that make it at once end with one and the same."""
    known = subject_key(connection, subject)
    if known is not None:
        return known
    key = os.urandom(KEY_BYTES)
    wrapped = keys_of(connection).wrap(key, subject=subject, under=_under(subject))
    row = {
        "subject": subject,
        "wrapped_key": wrapped,
        "created_at": datetime.now(UTC).replace(tzinfo=None),
    }
    try:
        with connection.begin_nested():
            connection.execute(insert(KEYS), row)
    except IntegrityError:
        made_elsewhere = subject_key(connection, subject)
        if made_elsewhere is None:
            raise
        return made_elsewhere
    return key


def destroy_subject_keys(connection: Connection, subjects: list[str]) -> int:
    """Destroy keys; how many there were."""
    return connection.execute(delete(KEYS).where(KEYS.c.subject.in_(subjects))).rowcount


def _under(subject: str) -> str:
    return "staff" if subject.startswith("member:") else "subjects"
