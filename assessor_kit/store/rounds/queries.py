"""Record members' queries and appeals, and what became of them.

The words of each query are sealed with a key of its own, which an erasure destroys.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from assessor_kit import tables
from assessor_kit.errors import NotFound
from assessor_kit.store.access.permissions import require_staff
from assessor_kit.store.database.connections import read_transaction, write_transaction
from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.keys import seal, unseal
from assessor_kit.store.rows.subject_keys import make_subject_key, of_query, subject_keys
from assessor_kit.store.workspace import Workspace
from assessor_kit.vocabulary import QueryEvent

QUERIES = sql_table(tables.QUERIES)
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no letter or digit that looks like another
NAME_LETTERS = 5


@dataclass(frozen=True, kw_only=True)
class Query:
    """One query or appeal as it stands.

    `reviewer` is the fresh reviewer of an appeal, empty until one is named. `answered_at`, `answer`
    and `outcome_changed` are None, empty and False until it is answered.
    """

    query_id: str
    member_no: str
    cpd_year: int
    return_id: str
    is_appeal: bool
    asked_on: date
    due_on: date
    what: str
    who: str
    recorded_at: datetime
    reviewer: str
    reviewer_named_at: datetime | None
    answered_at: datetime | None
    answered_by: str
    answer: str
    outcome_changed: bool

    @property
    def is_open(self) -> bool:
        """Whether an answer is still due."""
        return self.answered_at is None


def record_query(
    workspace: Workspace,
    *,
    member_no: str,
    cpd_year: int,
    return_id: str,
    is_appeal: bool,
    asked_on: date,
    due_on: date,
    what: str,
    who: str,
) -> str:
    """Record what a member asks; return the name of the query. For staff."""
    require_staff(workspace)
    with write_transaction(workspace.engine) as connection:
        query_id = _free_name(connection)
        first = {
            "query_id": query_id,
            "member_no": member_no,
            "cpd_year": cpd_year,
            "return_id": return_id,
            "is_appeal": is_appeal,
            "asked_on": asked_on,
            "due_on": due_on,
        }
        _add(connection, first, kind=QueryEvent.RECORDED, words=what, who=who)
    return query_id


def name_reviewer(
    workspace: Workspace, query_id: str, *, assessor_id: str, reason: str, who: str
) -> None:
    """Record who reviews an appeal afresh; for staff."""
    require_staff(workspace)
    with write_transaction(workspace.engine) as connection:
        first = _first(connection, query_id)
        _add(
            connection,
            first,
            kind=QueryEvent.REVIEWER,
            words=reason,
            who=who,
            assessor_id=assessor_id,
        )


def answer_query(
    workspace: Workspace, query_id: str, *, answer: str, outcome_changed: bool, who: str
) -> None:
    """Record the answer to a query, and whether it changed the outcome or the words; for staff."""
    require_staff(workspace)
    with write_transaction(workspace.engine) as connection:
        _add(
            connection,
            _first(connection, query_id),
            kind=QueryEvent.ANSWERED,
            words=answer,
            who=who,
            outcome_changed=outcome_changed,
        )


def _free_name(connection: Connection) -> str:
    while True:
        name = "Q-" + "".join(secrets.choice(LETTERS) for _ in range(NAME_LETTERS))
        taken = select(QUERIES.c.event_no).where(QUERIES.c.query_id == name)
        if connection.execute(taken).first() is None:
            return name


def _first(connection: Connection, query_id: str) -> dict[str, Any]:
    row = connection.execute(
        select(QUERIES).where(QUERIES.c.query_id == query_id).order_by(QUERIES.c.event_no).limit(1)
    ).first()
    if row is None:
        raise NotFound(
            f"There is no query {query_id!r}",
            expected="a name such as Q-7K2MX",
            advice="`assessor-kit query list` names them.",
        )
    return row._asdict()


def _add(
    connection: Connection,
    first: dict[str, Any],
    *,
    kind: QueryEvent,
    words: str,
    who: str,
    assessor_id: str = "",
    outcome_changed: bool = False,
) -> None:
    mark = secrets.token_hex(8)
    key = make_subject_key(connection, of_query(first["query_id"]))
    row = {
        **{
            name: first[name]
            for name in (
                "query_id",
                "member_no",
                "cpd_year",
                "return_id",
                "is_appeal",
                "asked_on",
                "due_on",
            )
        },
        "kind": kind.value,
        "assessor_id": assessor_id,
        "outcome_changed": outcome_changed,
        "who": who,
        "sealed": f"{mark}:{seal(words, key=key, place=_place(mark, first['query_id']))}",
        "happened_at": datetime.now(UTC).replace(tzinfo=None),
    }
    connection.execute(insert(QUERIES), [row])


def _place(mark: str, query_id: str) -> str:
    return f"queries|{mark}|{query_id}"


def queries_in(connection: Connection, **equals: object) -> list[Query]:
    """Return the queries whose columns have these values, by deadline."""
    wanted = [QUERIES.c[name] == value for name, value in equals.items()]
    rows = connection.execute(select(QUERIES).where(*wanted).order_by(QUERIES.c.event_no)).all()
    keys = subject_keys(connection, sorted({of_query(row.query_id) for row in rows}))
    events: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        mark, _, text = row.sealed.partition(":")
        key = keys.get(of_query(row.query_id))
        words = unseal(text, key=key, place=_place(mark, row.query_id)) if key else ""
        events.setdefault(str(row.query_id), []).append({**row._asdict(), "words": words})
    made = [_query(told) for told in events.values()]
    return sorted(made, key=lambda one: (one.due_on, one.recorded_at))


def _query(events: list[dict[str, Any]]) -> Query:
    first = events[0]
    reviews = [one for one in events if one["kind"] == QueryEvent.REVIEWER.value]
    answers = [one for one in events if one["kind"] == QueryEvent.ANSWERED.value]
    return Query(
        query_id=str(first["query_id"]),
        member_no=str(first["member_no"]),
        cpd_year=int(first["cpd_year"]),
        return_id=str(first["return_id"]),
        is_appeal=bool(first["is_appeal"]),
        asked_on=first["asked_on"],
        due_on=first["due_on"],
        what=str(first["words"]),
        who=str(first["who"]),
        recorded_at=first["happened_at"],
        reviewer=str(reviews[-1]["assessor_id"]) if reviews else "",
        reviewer_named_at=reviews[-1]["happened_at"] if reviews else None,
        answered_at=answers[0]["happened_at"] if answers else None,
        answered_by=str(answers[0]["who"]) if answers else "",
        answer=str(answers[0]["words"]) if answers else "",
        outcome_changed=bool(answers and answers[0]["outcome_changed"]),
    )


def queries_of_year(workspace: Workspace, cpd_year: int) -> list[Query]:
    """Return the queries and appeals about a CPD year, by deadline; for staff."""
    require_staff(workspace)
    with read_transaction(workspace.engine) as connection:
        return queries_in(connection, cpd_year=cpd_year)


def query_named(workspace: Workspace, query_id: str) -> Query:
    """Return one query; raises NotFound where there is none of that name. For staff."""
    require_staff(workspace)
    with read_transaction(workspace.engine) as connection:
        _first(connection, query_id)
        return queries_in(connection, query_id=query_id)[0]


def judged_afresh(connection: Connection, return_ids: list[str]) -> set[str]:
    """Return which of these returns an appeal changed, so that the fresh marking stands."""
    rows = connection.execute(
        select(QUERIES.c.return_id).where(
            QUERIES.c.return_id.in_(return_ids),
            QUERIES.c.is_appeal.is_(True),
            QUERIES.c.outcome_changed.is_(True),
        )
    )
    return {str(name) for name in rows.scalars()}
