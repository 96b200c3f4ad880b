"""Check who may see and do what.

On PostgreSQL the server enforces the same rules on an assessor's own connection
(migrations/postgresql_0001.sql).
"""

from __future__ import annotations

from sqlalchemy import BindParameter, Connection, bindparam, func, select

from assessor_kit import tables
from assessor_kit.errors import MarkingClosed, NotAllocated, NotVisibleYet, StaffOnly
from assessor_kit.store.database.schema import CURRENT_JUDGEMENTS, RETURNS_TO_ASSESS, sql_table
from assessor_kit.store.workspace import Workspace
from assessor_kit.vocabulary import EventKind, JudgementState, Marking, StaffNote

ALLOCATIONS, FRESH_REVIEWS, NOTES, LOG = (
    sql_table(one)
    for one in (
        tables.ALLOCATIONS,
        tables.FRESH_REVIEWS,
        tables.STAFF_NOTES,
        tables.JUDGEMENT_EVENTS,
    )
)
# The tables of which an assessor may read the rows of their own returns; all others are for staff.
OF_A_RETURN = {"activities", "allocations", "findings", "goals", "requirements"}
PAIR = 2  # how many markings a double-marked return has
# These queries run at every save, so they are built once.
_RETURN: BindParameter[str] = bindparam("return_id")
_MINE = (
    select(ALLOCATIONS.c.marking)
    .select_from(
        ALLOCATIONS.join(
            RETURNS_TO_ASSESS, RETURNS_TO_ASSESS.c.return_id == ALLOCATIONS.c.return_id
        )
    )
    .where(
        ALLOCATIONS.c.return_id == _RETURN, ALLOCATIONS.c.assessor_id == bindparam("assessor_id")
    )
)
_ASSESSOR: BindParameter[str] = bindparam("assessor_id")
_PAIR_OF_RETURN = (ALLOCATIONS.c.return_id == _RETURN) & (
    ALLOCATIONS.c.marking != Marking.FRESH.value
)
_ALLOCATED = select(func.count()).select_from(ALLOCATIONS).where(_PAIR_OF_RETURN)
_BOTH = (
    (CURRENT_JUDGEMENTS.c.return_id == ALLOCATIONS.c.return_id)
    & (CURRENT_JUDGEMENTS.c.assessor_id == ALLOCATIONS.c.assessor_id)
    & (CURRENT_JUDGEMENTS.c.state == JudgementState.SUBMITTED.value)
)
_SUBMITTED = (
    select(func.count())
    .select_from(ALLOCATIONS.join(CURRENT_JUDGEMENTS, _BOTH))
    .where(_PAIR_OF_RETURN)
)
_FRESH_OF = select(ALLOCATIONS.c.assessor_id).where(
    ALLOCATIONS.c.return_id == _RETURN, ALLOCATIONS.c.marking == Marking.FRESH.value
)
_REVIEWED_AFRESH = select(FRESH_REVIEWS.c.return_id).where(FRESH_REVIEWS.c.return_id == _RETURN)
_LAST_AGREED = select(func.max(LOG.c.seq)).where(
    LOG.c.return_id == _RETURN, LOG.c.kind == EventKind.AGREED.value
)
_LAST_JUDGED = select(func.max(LOG.c.seq)).where(
    LOG.c.return_id == _RETURN,
    LOG.c.assessor_id == _ASSESSOR,
    LOG.c.kind == EventKind.JUDGEMENT.value,
)
_SINCE = (
    select(LOG.c.version)
    .where(
        LOG.c.return_id == NOTES.c.return_id,
        LOG.c.assessor_id == NOTES.c.assessor_id,
        LOG.c.kind == EventKind.JUDGEMENT.value,
        LOG.c.state == JudgementState.SUBMITTED.value,
        LOG.c.version > NOTES.c.judgement_version,
    )
    .exists()
)
_TAKEN_BACK = NOTES.alias("taken_back")
_IS_TAKEN_BACK = select(_TAKEN_BACK.c.note_id).where(_TAKEN_BACK.c.answers == NOTES.c.note_id)
_RETURNED = select(NOTES.c.note_id).where(
    NOTES.c.return_id == _RETURN,
    NOTES.c.assessor_id == bindparam("assessor_id"),
    NOTES.c.note_kind == StaffNote.RETURNED.value,
    ~_SINCE,
    ~_IS_TAKEN_BACK.exists(),
)
# An assessor's own connection sees too little to answer these; the server's functions see all.
_COMPLETE_THERE = select(func.markings_complete(_RETURN))
_AGREED_AFTER_THERE = select(func.agreed_after(_RETURN, _ASSESSOR))
_CLOSED_THERE = select(func.marking_closed(_RETURN, _ASSESSOR))
_AFRESH_THERE = select(func.is_reviewed_afresh(_RETURN))


def require_self(workspace: Workspace, assessor_id: str) -> None:
    """Raise NotAllocated where one assessor asks for another's work."""
    if workspace.acting_as not in {"", assessor_id}:
        raise NotAllocated(
            f"You are signed in as assessor {workspace.acting_as}, and this belongs to another",
            advice="Open your own returns.",
        )


def signed_in_by_role(connection: Connection) -> bool:
    """Whether this is an assessor's own connection to a server.

    The server then limits it to that assessor's returns.
    """
    return (
        connection.dialect.name == "postgresql"
        and connection.execute(select(func.current_assessor())).scalar() is not None
    )


def require_staff(workspace: Workspace) -> None:
    """Raise StaffOnly where the workspace was opened by an assessor."""
    if workspace.acting_as:
        raise StaffOnly(
            "This is for staff only", advice="Ask staff, or open the workspace as staff."
        )


def require_allocated(connection: Connection, return_id: str, *, assessor_id: str) -> None:
    """Raise NotAllocated unless the return is in the assessor's caseload."""
    if (
        connection.execute(_MINE, {"return_id": return_id, "assessor_id": assessor_id}).first()
        is None
    ):
        raise NotAllocated(
            f"This return is not in the caseload of assessor {assessor_id}",
            advice="Open one from your own list, or ask staff to allocate it to you.",
        )


def markings_complete(connection: Connection, return_id: str) -> bool:
    """Whether a return is marked twice and both markings are submitted.

    Only then may either assessor read the other's. A fresh marking does not count here.
    """
    wanted = {"return_id": return_id}
    # an assessor's connection cannot see the other marking, but the server's own function can
    if connection.dialect.name == "postgresql":
        return bool(connection.execute(_COMPLETE_THERE, wanted).scalar())
    allocated = connection.execute(_ALLOCATED, wanted).scalar_one()
    return bool(
        allocated >= PAIR and connection.execute(_SUBMITTED, wanted).scalar_one() >= allocated
    )


def agreed_after(connection: Connection, return_id: str, *, assessor_id: str) -> bool:
    """Whether something was agreed on a return after what this assessor judged last."""
    wanted = {"return_id": return_id, "assessor_id": assessor_id}
    if connection.dialect.name == "postgresql":
        return bool(connection.execute(_AGREED_AFTER_THERE, wanted).scalar())
    agreed = connection.execute(_LAST_AGREED, wanted).scalar()
    judged = connection.execute(_LAST_JUDGED, wanted).scalar()
    return agreed is not None and judged is not None and agreed > judged


def marking_closed(connection: Connection, return_id: str, *, assessor_id: str) -> bool:
    """Whether an assessor's marking of a return can change no more.

    It is closed once both markings are submitted, once something was agreed about it, and for the
    earlier markers from the moment a fresh reviewer is assigned.
    """
    wanted = {"return_id": return_id, "assessor_id": assessor_id}
    if connection.dialect.name == "postgresql":
        return bool(connection.execute(_CLOSED_THERE, wanted).scalar())
    if agreed_after(connection, return_id, assessor_id=assessor_id):
        return True
    if connection.execute(_FRESH_OF, wanted).scalar() == assessor_id:
        return False
    return (
        markings_complete(connection, return_id)
        or connection.execute(_REVIEWED_AFRESH, wanted).first() is not None
    )


def text_is_returned(connection: Connection, return_id: str, *, assessor_id: str) -> bool:
    """Whether staff returned this assessor's text since it was last submitted."""
    wanted = {"return_id": return_id, "assessor_id": assessor_id}
    return connection.execute(_RETURNED, wanted).first() is not None


def may_be_mended(connection: Connection, return_id: str, *, assessor_id: str) -> bool:
    """Whether staff returned this assessor's text, and nothing has taken its place since.

    What a moderator agreed, and what a fresh reviewer has, is mended by nobody else.
    """
    return (
        text_is_returned(connection, return_id, assessor_id=assessor_id)
        and not agreed_after(connection, return_id, assessor_id=assessor_id)
        and not _is_reviewed_afresh(connection, return_id)
    )


def _is_reviewed_afresh(connection: Connection, return_id: str) -> bool:
    wanted = {"return_id": return_id}
    if connection.dialect.name == "postgresql":
        return bool(connection.execute(_AFRESH_THERE, wanted).scalar())
    return connection.execute(_REVIEWED_AFRESH, wanted).first() is not None


def require_open_marking(connection: Connection, return_id: str, *, assessor_id: str) -> None:
    """Raise MarkingClosed once an assessor's marking of a return can change no more.

    From then on others may have read it; only a text that staff returned can still be mended.
    """
    if not marking_closed(connection, return_id, assessor_id=assessor_id) or may_be_mended(
        connection, return_id, assessor_id=assessor_id
    ):
        return
    if markings_complete(connection, return_id):
        raise MarkingClosed(
            "Both markings of this return are submitted, so neither can change",
            advice="Write a note to staff if something must be corrected: they can return it.",
        )
    raise MarkingClosed(
        "A moderator or a fresh reviewer has this return now, so that this marking cannot change",
        advice="Write a note to staff if something must be corrected: they can return it.",
    )


def unblinded(connection: Connection, return_id: str, *, assessor_id: str) -> tuple[bool, str]:
    """Return whether an assessor may read other markings, and whose they may not even so.

    A fresh reviewer reads nothing, and nobody reads the fresh marking, until something was agreed
    after it. The name is empty where nobody's marking is held back; on an assessor's own
    connection the server itself holds it back.
    """
    fresh = str(connection.execute(_FRESH_OF, {"return_id": return_id}).scalar() or "")
    settled = agreed_after(connection, return_id, assessor_id=assessor_id)
    if fresh == assessor_id:
        return settled, ""
    is_hidden = bool(fresh) and not agreed_after(connection, return_id, assessor_id=fresh)
    return settled or markings_complete(connection, return_id), fresh if is_hidden else ""


def require_unblinded(connection: Connection, return_id: str, *, assessor_id: str) -> str:
    """Raise NotVisibleYet until an assessor may read the other markings of a return.

    Returns the assessor whose marking stays hidden even so, empty for nobody.
    """
    may_read, hidden = unblinded(connection, return_id, assessor_id=assessor_id)
    if not may_read:
        raise NotVisibleYet(
            "The other marking of this return cannot be read until both are submitted",
            advice="Submit yours first.",
        )
    return hidden


def require_readable(workspace: Workspace, table: tables.Table) -> None:
    """Raise StaffOnly where an assessor asks for a table that is not theirs to read."""
    if workspace.acting_as and table.name not in OF_A_RETURN:
        raise StaffOnly(
            f"The table {table.name} is for staff only",
            advice="Use `caseload` and `open_return` for your own returns.",
        )
