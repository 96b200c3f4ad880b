"""Record what a moderator agreed about a return, as an event beside the markings, and read it.

No marking is ever changed by it. The latest agreed judgement counts, as long as it settles the
markings as they now are.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.exc import IntegrityError

from assessor_kit import tables
from assessor_kit.errors import Conflict, InvalidRequest, NotFound, NotVisibleYet
from assessor_kit.rules.schema import Rules
from assessor_kit.store.access.permissions import (
    require_allocated,
    require_self,
    require_staff,
)
from assessor_kit.store.database.connections import read_transaction, write_transaction
from assessor_kit.store.database.schema import CURRENT_JUDGEMENTS, RETURNS_TO_ASSESS, sql_table
from assessor_kit.store.log.chain import LOG, NewEvent, append_event
from assessor_kit.store.log.judgements import (
    WRITTEN,
    judgement_in_event,
    known_version,
    written_in,
)
from assessor_kit.store.log.submission import require_submittable
from assessor_kit.store.rows.subject_keys import of_return, subject_key, subject_keys
from assessor_kit.store.workspace import Workspace
from assessor_kit.vocabulary import EventKind, Judgement, JudgementState

ALLOCATED, PEOPLE = (sql_table(one) for one in (tables.ALLOCATIONS, tables.ASSESSORS))
LISTED = 500  # names in one query


@dataclass(frozen=True, kw_only=True)
class CurrentMarking:
    """One marking of a return as it now is; without an event before its first save."""

    return_id: str
    marking: str
    assessor_id: str
    event_id: str = ""
    seq: int = 0
    judgement: Judgement | None = None
    recorded_at: datetime | None = None

    @property
    def is_submitted(self) -> bool:
        """Whether the marker has submitted it."""
        return self.judgement is not None and self.judgement.state is JudgementState.SUBMITTED


@dataclass(frozen=True, kw_only=True)
class AgreedJudgement:
    """What was agreed about a return: by whom, why, and which events of markings it settles.

    `taken` maps each point to the side that it was taken from.
    """

    return_id: str
    version: int
    seq: int
    judgement: Judgement
    by: str
    why: str
    taken: Mapping[str, str]
    settles: Mapping[str, str]
    recorded_at: datetime


def markings_in(connection: Connection, return_ids: Sequence[str]) -> list[CurrentMarking]:
    """Return every marking of these returns as it now is, in the order of their names."""
    found: list[CurrentMarking] = []
    for start in range(0, len(return_ids), LISTED):
        names = list(return_ids[start : start + LISTED])
        events = {
            (row.return_id, row.assessor_id): row
            for row in connection.execute(
                select(CURRENT_JUDGEMENTS).where(CURRENT_JUDGEMENTS.c.return_id.in_(names))
            )
        }
        keys = subject_keys(connection, [of_return(name) for name in names])
        for one in connection.execute(
            select(ALLOCATED)
            .where(ALLOCATED.c.return_id.in_(names))
            .order_by(ALLOCATED.c.return_id, ALLOCATED.c.marking)
        ):
            event = events.get((one.return_id, one.assessor_id))
            key = keys.get(of_return(one.return_id))
            found.append(
                CurrentMarking(
                    return_id=str(one.return_id),
                    marking=str(one.marking),
                    assessor_id=str(one.assessor_id),
                    event_id=str(event.event_id) if event else "",
                    seq=int(event.seq) if event else 0,
                    judgement=judgement_in_event(event, key) if event else None,
                    recorded_at=event.recorded_at if event else None,
                )
            )
    return found


def agreed_in(
    connection: Connection, return_ids: Sequence[str], *, position: int | None = None
) -> dict[str, list[AgreedJudgement]]:
    """Return what was agreed about these returns, the latest last.

    With a position it is what the log held then.
    """
    found: defaultdict[str, list[AgreedJudgement]] = defaultdict(list)
    for start in range(0, len(return_ids), LISTED):
        wanted = LOG.c.return_id.in_(list(return_ids[start : start + LISTED])) & (
            LOG.c.kind == EventKind.AGREED.value
        )
        if position is not None:
            wanted &= LOG.c.seq <= position
        for row in connection.execute(select(LOG).where(wanted).order_by(LOG.c.seq)).all():
            found[str(row.return_id)].append(_agreed(connection, row))
    return dict(found)


def _agreed(connection: Connection, row: Row[Any]) -> AgreedJudgement:
    chosen = json.loads(row.payload)
    key = subject_key(connection, of_return(row.return_id))
    written = written_in(row, key)
    return AgreedJudgement(
        return_id=str(row.return_id),
        version=int(row.version),
        seq=int(row.seq),
        judgement=judgement_in_event(row, key),
        by=str(chosen["by"]),
        why=str(written.get("why", "")),
        taken=chosen["taken"],
        settles=chosen["settles"],
        recorded_at=row.recorded_at,
    )


def record_agreed(
    workspace: Workspace,
    return_id: str,
    *,
    judgement: Judgement,
    taken: Mapping[str, str],
    by: str,
    why: str,
    event_id: str,
    settles: Mapping[str, str],
) -> int:
    """Record what was agreed about a return and return the version, after the commit.

    `settles` maps each marking that was compared to its event. The same `event_id` again returns
    the version that it got before.

    Raises InvalidRequest without a name or a reason and where the moderator marks the return,
    NotVisibleYet until every marking is submitted, and Conflict where a marking has changed since.
    """
    require_staff(workspace)
    if not by.strip() or not why.strip():
        raise InvalidRequest(
            "An agreed judgement needs a name and a reason",
            expected="who agreed it, and why",
            advice="Write both; the log keeps them.",
        )
    fields = judgement.as_dict()
    chosen = {
        **{name: value for name, value in fields.items() if name not in {*WRITTEN, "state"}},
        "by": by.strip(),
        "taken": dict(taken),
        "settles": dict(settles),
    }
    written = {**{name: fields[name] for name in WRITTEN}, "why": why.strip()}
    try:
        with write_transaction(workspace.engine) as connection:
            known = known_version(connection, event_id)
            if known is not None:
                return known
            require_submittable(judgement, _rules_of(workspace, connection, return_id))
            markings = markings_in(connection, [return_id])
            require_all_submitted(markings)
            require_no_marker(connection, markings, by=by)
            _require_unchanged(markings, settles)
            version = _next_version(connection, return_id)
            append_event(
                connection,
                NewEvent(
                    event_id=event_id,
                    return_id=return_id,
                    assessor_id="",
                    kind=EventKind.AGREED,
                    version=version,
                    chosen=chosen,
                    written=written,
                    state=judgement.state.value,
                ),
            )
            return version
    # on a server, another moderator may have taken the version
    except IntegrityError:
        raise _changed({}, {}) from None


def _rules_of(workspace: Workspace, connection: Connection, return_id: str) -> Rules:
    shown = RETURNS_TO_ASSESS.c
    cpd_year = connection.execute(
        select(shown.cpd_year).where(shown.return_id == return_id)
    ).scalar()
    if cpd_year is None:
        raise NotFound(
            f"There is no return {return_id}", advice="Its member may have been erased meanwhile."
        )
    return workspace.rules(int(cpd_year))


def require_all_submitted(markings: Sequence[CurrentMarking]) -> None:
    """Raise NotVisibleYet until every marking of a return is submitted, and there is one."""
    missing = [one for one in markings if not one.is_submitted]
    if missing or not markings:
        whose = missing[0].marking if missing else "first"
        raise NotVisibleYet(
            f"The {whose} marking of this return is not submitted yet",
            advice="Wait for it, or move it: `assessor-kit reallocate RETURN`.",
        )


def require_no_marker(
    connection: Connection, markings: Iterable[CurrentMarking], *, by: str
) -> None:
    """Raise InvalidRequest where the moderator marks this return, under id or name."""
    marking = {one.assessor_id for one in markings}
    called = by.strip().casefold()
    for person in connection.execute(
        select(PEOPLE.c.assessor_id, PEOPLE.c.name).where(PEOPLE.c.assessor_id.in_(marking))
    ):
        if called in {str(person.assessor_id).casefold(), str(person.name).strip().casefold()}:
            raise InvalidRequest(
                f"{by.strip()} marks this return",
                expected="a moderator who does not mark it",
                advice="Let somebody else moderate it.",
            )


def _require_unchanged(markings: Sequence[CurrentMarking], settles: Mapping[str, str]) -> None:
    now = {one.marking: one.event_id for one in markings}
    if now != dict(settles):
        raise _changed(settles, now)


def _changed(mine: Mapping[str, str], theirs: Mapping[str, str]) -> Conflict:
    return Conflict(
        "This return was changed or moderated elsewhere since it was opened here",
        mine=dict(mine),
        theirs=dict(theirs),
        advice="Open it again, and compare once more.",
    )


def _next_version(connection: Connection, return_id: str) -> int:
    agreed = (LOG.c.return_id == return_id) & (LOG.c.kind == EventKind.AGREED.value)
    return 1 + int(connection.execute(select(func.max(LOG.c.version)).where(agreed)).scalar() or 0)


def agreed_for(workspace: Workspace, return_id: str, *, assessor_id: str) -> AgreedJudgement | None:
    """Return what was agreed about a return after this assessor's own marking of it.

    None until something was; a fresh reviewer is not shown what was agreed before. Raises
    NotAllocated for a return of somebody else's.
    """
    require_self(workspace, assessor_id)
    with read_transaction(workspace.engine) as connection:
        require_allocated(connection, return_id, assessor_id=assessor_id)
        mine = (
            (LOG.c.return_id == return_id)
            & (LOG.c.assessor_id == assessor_id)
            & (LOG.c.kind == EventKind.JUDGEMENT.value)
        )
        judged = connection.execute(select(func.max(LOG.c.seq)).where(mine)).scalar()
        latest = agreed_in(connection, [return_id]).get(return_id, [])[-1:]
    if not latest or judged is None or latest[0].seq <= judged:
        return None
    return latest[0]
