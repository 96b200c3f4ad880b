"""Count who is in the scheme, who has declared, and who has been written to about what.

The database counts, as for `season_counts`. Only for staff.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select

from assessor_kit import tables
from assessor_kit.store.access.permissions import require_staff
from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.workspace import Workspace
from assessor_kit.vocabulary import LetterKind, MessageState

REGISTER, DECLARATIONS, OUTBOX = (
    sql_table(one) for one in (tables.REGISTER, tables.DECLARATIONS, tables.OUTBOX)
)
# The states of a message that has left, as far as anybody knows.
GONE = (MessageState.SENT, MessageState.POSTED, MessageState.UNKNOWN)


@dataclass(frozen=True, kw_only=True)
class LetterCounts:
    """Counts of members, and of messages by kind and state.

    `members` are in the register, alive and have not left. `invited_to_join` have been sent the
    invitation to join for this year; `declared` and `not_declared` are scheme members.
    """

    members: int
    opted_in: int
    invited_to_join: int
    scheme_members: int
    declared: int
    not_declared: int
    messages: dict[str, dict[str, int]]

    @property
    def in_states(self) -> dict[str, int]:
        """How many messages there are in each state."""
        counted: defaultdict[str, int] = defaultdict(int)
        for states in self.messages.values():
            for state, number in states.items():
                counted[state] += number
        return dict(counted)

    def gone(self, kind: LetterKind) -> int:
        """How many messages of a kind have left."""
        return sum(self.messages.get(kind, {}).get(state, 0) for state in GONE)


def count_letters(
    workspace: Workspace, *, cpd_year: int, grades: Collection[str] | None, today: date
) -> LetterCounts:
    """Return the counts of a CPD year, as of one moment.

    `grades` are in the scheme without opting in; None where only those are who have opted in.
    """
    require_staff(workspace)
    here = and_(
        REGISTER.c.deceased.is_not(True),
        or_(REGISTER.c.left_on.is_(None), REGISTER.c.left_on > today),
    )
    joined = REGISTER.c.opted_in_on.is_not(None)
    in_scheme = joined if grades is None else or_(joined, REGISTER.c.grade.in_(list(grades)))
    with read_transaction(workspace.engine) as connection:

        def count(*wanted: ColumnElement[bool]) -> int:
            found = select(func.count()).select_from(REGISTER).where(here, *wanted)
            return int(connection.execute(found).scalar_one())

        declared = REGISTER.c.member_no.in_(
            select(DECLARATIONS.c.member_no).where(DECLARATIONS.c.cpd_year == cpd_year)
        )
        rows = connection.execute(
            select(OUTBOX.c.kind, OUTBOX.c.state, func.count().label("number"))
            .where(OUTBOX.c.cpd_year == cpd_year)
            .group_by(OUTBOX.c.kind, OUTBOX.c.state)
            .order_by(OUTBOX.c.kind, OUTBOX.c.state)
        ).all()
        messages: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for row in rows:
            messages[str(row.kind)][str(row.state)] = int(row.number)
        counted = {
            "members": count(),
            "opted_in": count(joined),
            "scheme_members": count(in_scheme),
            "declared": count(in_scheme, declared),
        }
    told = messages.get(LetterKind.JOIN, {})
    return LetterCounts(
        **counted,
        not_declared=counted["scheme_members"] - counted["declared"],
        invited_to_join=sum(told.get(state, 0) for state in GONE),
        messages=dict(messages),
    )
