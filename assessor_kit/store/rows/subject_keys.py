"""Manage the key of each subject.

A key is made when it is first needed, kept encrypted in the database, and destroyed by an erasure.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

from sqlalchemy import Connection, bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError

from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.keys import KEY_BYTES, KeyRing
from assessor_kit.tables import SUBJECT_KEYS

KEYS = sql_table(SUBJECT_KEYS)
# this query runs at every save, so it is built once
_WRAPPED_KEY = select(KEYS.c.wrapped_key).where(KEYS.c.subject == bindparam("subject"))


def key_ring_of(connection: Connection) -> KeyRing:
    """Return the key ring that the engine was made with."""
    ring: KeyRing = connection.get_execution_options()["keys"]
    return ring


def of_return(return_id: str) -> str:
    """Return the subject under which everything written about a return is sealed."""
    return f"return:{return_id}"


def of_member(member_no: str) -> str:
    """Return the subject under which a member's circumstances are sealed."""
    return f"member:{member_no}"


def of_query(query_id: str) -> str:
    """Return the subject under which a member's query and its answer are sealed."""
    return f"query:{query_id}"


def subject_key(connection: Connection, subject: str) -> bytes | None:
    """Return the key of a subject, or None where it has none or no longer has one."""
    wrapped = connection.execute(_WRAPPED_KEY, {"subject": subject}).scalar()
    return (
        None
        if wrapped is None
        else key_ring_of(connection).unwrap(wrapped, subject=subject, under=_wrapped_under(subject))
    )


def subject_keys(connection: Connection, subjects: list[str]) -> dict[str, bytes]:
    """Return the keys of many subjects at once; those without a key are left out."""
    ring = key_ring_of(connection)
    found: dict[str, bytes] = {}
    for start in range(0, len(subjects), 500):
        rows = connection.execute(
            select(KEYS.c.subject, KEYS.c.wrapped_key).where(
                KEYS.c.subject.in_(subjects[start : start + 500])
            )
        )
        found |= {
            row.subject: ring.unwrap(
                row.wrapped_key, subject=row.subject, under=_wrapped_under(row.subject)
            )
            for row in rows
        }
    return found


def make_subject_key(connection: Connection, subject: str) -> bytes:
    """Return the key of a subject, making it if there is none.

    Two connections that make it at the same time both get the same key.
    """
    known = subject_key(connection, subject)
    if known is not None:
        return known
    key = os.urandom(KEY_BYTES)
    wrapped = key_ring_of(connection).wrap(key, subject=subject, under=_wrapped_under(subject))
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
    """Destroy the keys of these subjects and return how many there were."""
    return connection.execute(delete(KEYS).where(KEYS.c.subject.in_(subjects))).rowcount


def _wrapped_under(subject: str) -> str:
    return "staff" if subject.startswith(("member:", "query:")) else "subjects"
