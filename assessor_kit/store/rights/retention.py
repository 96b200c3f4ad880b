"""Find and remove what has been kept long enough, by the workspace's own schedule."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, func, select

from assessor_kit import tables
from assessor_kit.errors import RulesError
from assessor_kit.store.access.permissions import require_staff
from assessor_kit.store.blind.earlier_advice import forget_earlier_advice
from assessor_kit.store.database.connections import read_transaction, write_transaction
from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.rights.erasure import erase_member, vacuum_database
from assessor_kit.store.rights.member_rows import take_out_words
from assessor_kit.store.rows.subject_keys import (
    destroy_subject_keys,
    of_member,
    of_query,
    of_return,
)
from assessor_kit.store.rows.typed_rows import LISTED
from assessor_kit.store.workspace import Workspace
from assessor_kit.vocabulary import MessageState, QueryEvent

SCHEDULE = "retention.toml"


@dataclass(frozen=True, kw_only=True)
class Due:
    """One rule of the schedule, and how many things it applies to now."""

    what: str
    kept_until_after: date
    number: int
    reason: str


def apply_retention(workspace: Workspace, *, today: date, dry_run: bool = True) -> list[Due]:
    """Return what has been kept long enough by `today`, and remove it unless it is a dry run.

    Raises RulesError for a schedule with an incomplete or unknown rule.
    """
    require_staff(workspace)
    due = []
    for rule in _schedule(workspace):
        last = _months_before(today, rule["months"])
        find, remove = STEPS[rule["what"]]
        with read_transaction(workspace.engine) as connection:
            names = find(connection, last)
        due.append(
            Due(what=rule["what"], kept_until_after=last, number=len(names), reason=rule["reason"])
        )
        if names and not dry_run:
            remove(workspace, names)
    if not dry_run and any(one.number for one in due):
        vacuum_database(workspace.engine)
    return due


def _schedule(workspace: Workspace) -> list[dict[str, Any]]:
    own = workspace.folder / SCHEDULE
    path = own if own.is_file() else Path(__file__).resolve().parent / SCHEDULE
    rules: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8")).get("rule", [])
    for rule in rules:
        if (
            rule.get("what") not in STEPS
            or not isinstance(rule.get("months"), int)
            or rule["months"] < 0
            or not rule.get("reason")
        ):
            raise RulesError(
                f"the rule for {rule.get('what')!r} is incomplete or not known",
                where=str(path),
                advice="Correct the schedule.",
                expected=f"what: one of {', '.join(STEPS)}; months: a whole number; reason: a text",
            )
    return rules


def _months_before(today: date, months: int) -> date:
    """Return the latest day that is at least so many months before `today`."""
    count = today.year * 12 + today.month - 1 - months
    year, month = divmod(count, 12)
    # month 11, counted from 0, is December
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - date.resolution).day  # noqa: PLR2004
    return date(year, month + 1, min(today.day, last))


def _returns_reviewed(connection: Connection, last: date) -> list[str]:
    """Return the returns whose review year had ended by `last` and that still hold words."""
    returns = sql_table(tables.RETURNS)
    keys = sql_table(tables.SUBJECT_KEYS)
    activities = sql_table(tables.ACTIVITIES)
    goals = sql_table(tables.GOALS)
    old = (
        connection.execute(
            select(returns.c.return_id).where(returns.c.cpd_year + 1 <= _last_whole_year(last))
        )
        .scalars()
        .all()
    )
    worded = set(
        connection.execute(select(activities.c.return_id).where(activities.c.title != "")).scalars()
    )
    worded |= set(connection.execute(select(goals.c.return_id)).scalars())
    sealed = set(connection.execute(select(keys.c.subject)).scalars())
    return [name for name in old if name in worded or of_return(name) in sealed]


def _last_whole_year(last: date) -> int:
    return last.year if (last.month, last.day) == (12, 31) else last.year - 1


def _remove_words(workspace: Workspace, names: list[str]) -> None:
    with write_transaction(workspace.engine) as connection:
        take_out_words(connection, names)
        forget_earlier_advice(connection, names)
        destroy_subject_keys(connection, [of_return(name) for name in names])


def _documents(connection: Connection, last: date) -> list[str]:
    documents = sql_table(tables.DOCUMENTS)
    return list(
        connection.execute(
            select(documents.c.document_id).where(
                documents.c.released_at <= datetime.combine(last, time.max)
            )
        ).scalars()
    )


def _remove_documents(workspace: Workspace, names: list[str]) -> None:
    documents = sql_table(tables.DOCUMENTS)
    with write_transaction(workspace.engine) as connection:
        files = (
            connection.execute(select(documents.c.file).where(documents.c.document_id.in_(names)))
            .scalars()
            .all()
        )
        forget_earlier_advice(
            connection,
            connection.execute(
                select(documents.c.return_id).where(documents.c.document_id.in_(names))
            )
            .scalars()
            .all(),
        )
        connection.execute(delete(documents).where(documents.c.document_id.in_(names)))
    for name in files:
        path = workspace.folder / name
        for one in path.parent.glob(f"{path.stem}.*"):
            one.unlink(missing_ok=True)


def _circumstances(connection: Connection, last: date) -> list[str]:
    table = sql_table(tables.CIRCUMSTANCES)
    latest = (
        select(table.c.member_no)
        .group_by(table.c.member_no)
        .having(func.max(table.c.cpd_year) + 1 <= _last_whole_year(last))
    )
    return list(connection.execute(latest).scalars())


def _remove_circumstances(workspace: Workspace, names: list[str]) -> None:
    table = sql_table(tables.CIRCUMSTANCES)
    with write_transaction(workspace.engine) as connection:
        connection.execute(delete(table).where(table.c.member_no.in_(names)))
        destroy_subject_keys(connection, [of_member(name) for name in names])


def _queries_answered(connection: Connection, last: date) -> list[str]:
    """Return the queries that were answered by `last` and still hold words."""
    table = sql_table(tables.QUERIES)
    keys = sql_table(tables.SUBJECT_KEYS)
    answered = connection.execute(
        select(table.c.query_id).where(
            table.c.kind == QueryEvent.ANSWERED.value,
            table.c.happened_at <= datetime.combine(last, time.max),
        )
    ).scalars()
    sealed = set(connection.execute(select(keys.c.subject)).scalars())
    return [name for name in answered if of_query(name) in sealed]


def _remove_query_words(workspace: Workspace, names: list[str]) -> None:
    with write_transaction(workspace.engine) as connection:
        destroy_subject_keys(connection, [of_query(name) for name in names])


def _accesses(connection: Connection, last: date) -> list[str]:
    table = sql_table(tables.ACCESS_LOG)
    return [
        str(number)
        for number in connection.execute(
            select(table.c.access_no).where(table.c.accessed_at <= datetime.combine(last, time.max))
        ).scalars()
    ]


def _remove_accesses(workspace: Workspace, names: list[str]) -> None:
    table = sql_table(tables.ACCESS_LOG)
    with write_transaction(workspace.engine) as connection:
        for start in range(0, len(names), LISTED):
            connection.execute(
                delete(table).where(
                    table.c.access_no.in_([int(name) for name in names[start : start + LISTED]])
                )
            )


def _members_who_left(connection: Connection, last: date) -> list[str]:
    table = sql_table(tables.REGISTER)
    return list(
        connection.execute(select(table.c.member_no).where(table.c.left_on <= last)).scalars()
    )


def _remove_members(workspace: Workspace, names: list[str]) -> None:
    for name in names:
        erase_member(workspace, name)


def _letters(connection: Connection, last: date) -> list[str]:
    """Return the messages that left, or were not sent, by `last`; what still waits is kept."""
    table = sql_table(tables.OUTBOX)
    over = table.c.changed_at <= datetime.combine(last, time.max)
    return list(
        connection.execute(
            select(table.c.message_id).where(over, table.c.state != MessageState.QUEUED.value)
        ).scalars()
    )


def _remove_letters(workspace: Workspace, names: list[str]) -> None:
    """Remove the messages; what was done about them stays, and says nothing without them."""
    table = sql_table(tables.OUTBOX)
    with write_transaction(workspace.engine) as connection:
        for start in range(0, len(names), LISTED):
            some = names[start : start + LISTED]
            connection.execute(delete(table).where(table.c.message_id.in_(some)))


STEPS: dict[
    str, tuple[Callable[[Connection, date], list[str]], Callable[[Workspace, list[str]], None]]
] = {
    "written words": (_returns_reviewed, _remove_words),
    "feedback documents": (_documents, _remove_documents),
    "circumstances": (_circumstances, _remove_circumstances),
    "queries and appeals": (_queries_answered, _remove_query_words),
    "access log": (_accesses, _remove_accesses),
    "members who left": (_members_who_left, _remove_members),
    "letters": (_letters, _remove_letters),
}


def today_here() -> date:
    """Return the day on which a schedule is applied: today's date in UTC."""
    return datetime.now(UTC).date()
