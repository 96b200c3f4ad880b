"""Where a member is in the database: which tables, by which column, and what an erasure does to each."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import Connection, Table, delete, func, select, update

from assessor_kit import tables
from assessor_kit.store.schema import sql_table
from assessor_kit.store.subjects import destroy_subject_keys, of_member, of_return

# Rows that speak of nobody but the member go whole.
DELETED = (
    tables.REGISTER,
    tables.STATUSES,
    tables.DECLARATIONS,
    tables.CIRCUMSTANCES,
    tables.DOCUMENTS,
    tables.ORIGINALS,
    tables.OUTBOX,
)
# Rows that other figures rest on stay under an opaque name, with what is said here put in the place of what would tell who it was.
RENAMED: tuple[tuple[tables.Table, dict[str, object]], ...] = (
    (tables.FRAMES, {"salt": ""}),
    (tables.SELECTIONS, {"ticket": ""}),
    (tables.RESPONSES, {}),
    (tables.RETURNS, {"pseudonym": "", "source_digest": ""}),
)
OF_RETURNS_DELETED = (
    tables.GOALS,
    tables.PROBLEMS,
    tables.SHOWN_ROWS,
    tables.RETURN_ORIGINALS,
    tables.EXAMPLES,
)
LONG_ENOUGH, TEXTS_SEARCHED = (
    16,
    12,
)  # characters from which a text is taken to be the member's own; how many are looked for in every file
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
    """How many rows of each table speak of a member, and the names of the member's returns."""

    return_ids: tuple[str, ...]
    counts: dict[str, int]


def rows_of_member(connection: Connection, member_no: str) -> MemberRows:
    """Count what is there."""
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
    """Take the member out of every table and destroy the keys, in a writing transaction: the names of the member's returns."""
    names = rows_of_member(connection, member_no).return_ids
    approvals, documents = sql_table(tables.APPROVALS), sql_table(tables.DOCUMENTS)
    theirs = select(documents.c.document_id).where(documents.c.member_no == member_no)
    connection.execute(
        delete(approvals).where(approvals.c.document_id.in_(theirs))
    )  # a reason may quote the member
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
    destroy_subject_keys(connection, [of_member(member_no), *map(of_return, names)])
    _take_out_mentions(connection, member_no)
    return names


def take_out_words(connection: Connection, return_ids: list[str]) -> None:
    """Empty what members wrote in these returns; times, kinds and findings stay for the figures."""
    for table in OF_RETURNS_DELETED:
        source = sql_table(table)
        connection.execute(delete(source).where(source.c.return_id.in_(return_ids)))
    activities = sql_table(tables.ACTIVITIES)
    connection.execute(
        update(activities).where(activities.c.return_id.in_(return_ids)), WORDS_OF_AN_ACTIVITY
    )


def _take_out_mentions(connection: Connection, member_no: str) -> None:
    """Where others' rows name the member: an assessor's conflicts, problems of whole files. Who assesses too keeps the short name A07 alone."""
    people, problems = sql_table(tables.ASSESSORS), sql_table(tables.PROBLEMS)
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
    """What would show that a file speaks of the member: number, name, e-mail, and the longest of what they wrote."""
    register, returns, activities, goals = map(
        sql_table, (tables.REGISTER, tables.RETURNS, tables.ACTIVITIES, tables.GOALS)
    )
    named, found = {member_no}, set[str]()
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
    """Names of returns as a table keeps them."""
    return json.dumps(sorted(names))
