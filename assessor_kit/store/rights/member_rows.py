"""Find a member in the database, and take the member out of it.

This module says which tables a member is in, by which column, and what an erasure does to each.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import Connection, Table, delete, func, select, update

from assessor_kit import tables
from assessor_kit.store.access.permissions import require_staff
from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.rows.subject_keys import (
    destroy_subject_keys,
    of_member,
    of_query,
    of_return,
)
from assessor_kit.store.workspace import Workspace

# Rows that are about nobody but the member are deleted.
DELETED = (
    tables.REGISTER,
    tables.STATUSES,
    tables.DECLARATIONS,
    tables.CIRCUMSTANCES,
    tables.DOCUMENTS,
    tables.ORIGINALS,
    tables.OUTBOX,
)
# Rows that other figures depend on stay under an opaque name, with these values in place of those
# that would identify the member.
RENAMED: tuple[tuple[tables.Table, dict[str, object]], ...] = (
    (tables.FRAMES, {"salt": ""}),
    (tables.SELECTIONS, {"ticket": ""}),
    (tables.RESPONSES, {}),
    (tables.RETURNS, {"pseudonym": "", "source_digest": ""}),
    (tables.QUERIES, {}),
)
OF_RETURNS_DELETED = (
    tables.GOALS,
    tables.PROBLEMS,
    tables.SHOWN_ROWS,
    tables.RETURN_ORIGINALS,
    tables.EXAMPLES,
    tables.FRESH_REVIEWS,
)
# characters from which a text is taken to be the member's own; how many are looked for in every
# file
LONG_ENOUGH = 16
TEXTS_SEARCHED = 12
WORDS_OF_AN_ACTIVITY = {
    "title": "",
    "learning": "",
    "reflection": "",
    "evidence": "",
    "raw": "{}",
    "goal_id": "",
    "started_on": None,
    "ended_on": None,
}


@dataclass(frozen=True, kw_only=True)
class MemberRows:
    """The names of the member's returns, and how many rows of each table are about them."""

    return_ids: tuple[str, ...]
    counts: dict[str, int]


def number_is_known(workspace: Workspace, member_no: str) -> bool:
    """Whether any table has rows about this membership number; only for staff."""
    require_staff(workspace)
    with read_transaction(workspace.engine) as connection:
        return bool(rows_of_member(connection, member_no).counts)


def rows_of_member(connection: Connection, member_no: str) -> MemberRows:
    """Return which returns are the member's and how many rows each table has about them."""
    returns = sql_table(tables.RETURNS)
    names = tuple(
        connection.execute(
            select(returns.c.return_id).where(returns.c.member_no == member_no)
        ).scalars()
    )
    by_number = {
        table.name: _count(connection, table, "member_no", [member_no])
        for table in (*DELETED, *(table for table, _ in RENAMED))
    }
    by_number |= {
        tables.ASSESSORS.name: _count(connection, tables.ASSESSORS, "member_no", [member_no])
    }
    by_return = {
        table.name: _count(connection, table, "return_id", list(names))
        for table in (*OF_RETURNS_DELETED, tables.ACTIVITIES, tables.JUDGEMENT_EVENTS)
    }
    return MemberRows(
        return_ids=names,
        counts={name: number for name, number in {**by_number, **by_return}.items() if number},
    )


def _count(connection: Connection, table: tables.Table, column: str, values: list[str]) -> int:
    source = sql_table(table)
    return int(
        connection.execute(
            select(func.count()).select_from(source).where(source.c[column].in_(values))
        ).scalar_one()
    )


def take_out_member(connection: Connection, member_no: str, *, erasure_id: str) -> tuple[str, ...]:
    """Take the member out of every table and destroy the keys, in one transaction.

    Returns the return_ids of the member's returns.
    """
    names = rows_of_member(connection, member_no).return_ids
    approvals = sql_table(tables.APPROVALS)
    documents = sql_table(tables.DOCUMENTS)
    asked = sql_table(tables.QUERIES)
    queries = connection.execute(
        select(asked.c.query_id).distinct().where(asked.c.member_no == member_no)
    ).scalars()
    query_keys = [of_query(name) for name in queries]
    theirs = select(documents.c.document_id).where(documents.c.member_no == member_no)
    # a reason may quote the member
    connection.execute(delete(approvals).where(approvals.c.document_id.in_(theirs)))
    for table in DELETED:
        source = sql_table(table)
        connection.execute(delete(source).where(source.c.member_no == member_no))
    for table, instead in RENAMED:
        source = sql_table(table)
        connection.execute(
            update(source).where(source.c.member_no == member_no),
            {"member_no": erasure_id, **instead},
        )
    take_out_words(connection, list(names))
    destroy_subject_keys(connection, [of_member(member_no), *query_keys, *map(of_return, names)])
    _take_out_mentions(connection, member_no)
    return names


def take_out_words(connection: Connection, return_ids: list[str]) -> None:
    """Remove what members wrote in these returns.

    Times, activity types and findings stay, for the figures.
    """
    for table in OF_RETURNS_DELETED:
        source = sql_table(table)
        connection.execute(delete(source).where(source.c.return_id.in_(return_ids)))
    activities = sql_table(tables.ACTIVITIES)
    connection.execute(
        update(activities).where(activities.c.return_id.in_(return_ids)), WORDS_OF_AN_ACTIVITY
    )


def _take_out_mentions(connection: Connection, member_no: str) -> None:
    """Remove the member from other people's rows.

    These are assessors' conflicts and problems of whole files. A member who is also an assessor
    keeps only the assessor_id, such as A07.
    """
    people = sql_table(tables.ASSESSORS)
    problems = sql_table(tables.PROBLEMS)
    connection.execute(
        update(people).where(people.c.member_no == member_no),
        {"member_no": "", "name": "", "email": "", "employer": ""},
    )
    for row in connection.execute(
        select(people.c.assessor_id, people.c.conflicts).where(
            people.c.conflicts.contains(member_no)
        )
    ).all():
        left = ";".join(one for one in row.conflicts.split(";") if one.strip() != member_no)
        connection.execute(
            update(people).where(people.c.assessor_id == row.assessor_id), {"conflicts": left}
        )
    told = (
        problems.c.found.contains(member_no)
        | problems.c.file.contains(member_no)
        | problems.c.advice.contains(member_no)
    )
    connection.execute(delete(problems).where(told))


def words_of_member(connection: Connection, member_no: str) -> list[str]:
    """Return the words by which a file that mentions the member is recognised.

    They are the number, name and e-mail address, and the longest of the texts that the member
    wrote.
    """
    register, returns, activities, goals = map(
        sql_table, (tables.REGISTER, tables.RETURNS, tables.ACTIVITIES, tables.GOALS)
    )
    named = {member_no}
    found = set[str]()
    for row in connection.execute(
        select(register.c.name, register.c.email).where(register.c.member_no == member_no)
    ):
        named |= {row.name, row.email}
    mine = select(returns.c.return_id).where(returns.c.member_no == member_no)
    texts: list[tuple[Table, tuple[str, ...]]] = [
        (activities, ("title", "learning", "reflection", "evidence")),
        (goals, ("goal",)),
    ]
    for table, names in texts:
        for cells in connection.execute(
            select(*(table.c[name] for name in names)).where(table.c.return_id.in_(mine))
        ):
            found |= {cell for cell in cells if len(cell) >= LONG_ENOUGH}
    return [
        *sorted(word for word in named if word),
        *sorted(found, key=len, reverse=True)[:TEXTS_SEARCHED],
    ]


def return_ids_json(names: tuple[str, ...]) -> str:
    """Return the names of returns in the form in which a table keeps them."""
    return json.dumps(sorted(names))
