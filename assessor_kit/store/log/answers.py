"""What assessors raise in their judgements, and what staff answer.

A second look or a disagreement waits until it is answered; the answer comes back to the assessor
beside their own words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError

from assessor_kit.errors import Conflict, InvalidRequest, NotFound
from assessor_kit.store.access.permissions import require_self, require_staff
from assessor_kit.store.database.connections import read_transaction, write_transaction
from assessor_kit.store.log.agreed_judgements import (
    CurrentMarking,
    markings_in,
    require_no_marker,
)
from assessor_kit.store.log.assessor_events import events_of_kind
from assessor_kit.store.log.chain import LOG, NewEvent, append_event
from assessor_kit.store.log.judgements import known_version
from assessor_kit.store.workspace import Workspace
from assessor_kit.vocabulary import EventKind, Raised, StaffAnswer


@dataclass(frozen=True, kw_only=True)
class AnswerToAssessor:
    """What staff answered one assessor about one return.

    `criterion` is empty for a second look; `of` is the event that was answered, and `said` what
    the assessor had written then.
    """

    return_id: str
    assessor_id: str
    about: Raised
    criterion: str
    of: str
    said: str
    answer: StaffAnswer
    words: str
    by: str
    seq: int
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class RaisedMatter:
    """Something that an assessor raises in a submitted judgement; `words` are their own.

    `answer` is the last one to this judgement, None while staff have still to answer.
    """

    return_id: str
    assessor_id: str
    marking: str
    about: Raised
    criterion: str
    words: str
    of: str
    since: datetime
    answer: AnswerToAssessor | None = None


def answers_in(
    connection: Connection, return_ids: Sequence[str], *, assessor_id: str | None = None
) -> list[AnswerToAssessor]:
    """Return the answers about these returns, the latest last."""
    found = [
        AnswerToAssessor(
            return_id=str(event["return_id"]),
            assessor_id=str(event["assessor_id"]),
            about=Raised(event["chosen"]["about"]),
            criterion=str(event["chosen"]["criterion"]),
            of=str(event["chosen"]["of"]),
            said=str(event["written"].get("said", "")),
            answer=StaffAnswer(event["chosen"]["answer"]),
            words=str(event["written"].get("words", "")),
            by=str(event["chosen"]["by"]),
            seq=int(event["seq"]),
            recorded_at=event["recorded_at"],
        )
        for event in events_of_kind(
            connection, EventKind.ANSWER, return_ids=list(return_ids), assessor_id=assessor_id
        )
    ]
    return sorted(found, key=lambda one: one.seq)


def answers_to(workspace: Workspace, return_id: str, *, assessor_id: str) -> list[AnswerToAssessor]:
    """Return what staff answered this assessor about a return, the latest last."""
    require_self(workspace, assessor_id)
    with read_transaction(workspace.engine) as connection:
        return answers_in(connection, [return_id], assessor_id=assessor_id)


def news_for(
    workspace: Workspace, *, assessor_id: str, return_ids: Sequence[str]
) -> dict[str, list[str]]:
    """Return which of these returns have something new for their assessor: agreed, answered."""
    require_self(workspace, assessor_id)
    news: dict[str, list[str]] = {}
    with read_transaction(workspace.engine) as connection:
        judged = dict(
            connection.execute(
                select(LOG.c.return_id, func.max(LOG.c.seq))
                .where(LOG.c.assessor_id == assessor_id, LOG.c.kind == EventKind.JUDGEMENT.value)
                .group_by(LOG.c.return_id)
            ).all()
        )
        told = connection.execute(
            select(LOG.c.return_id, LOG.c.kind, LOG.c.seq)
            .where(
                (LOG.c.kind == EventKind.AGREED.value)
                | ((LOG.c.kind == EventKind.ANSWER.value) & (LOG.c.assessor_id == assessor_id))
            )
            .order_by(LOG.c.seq)
        ).all()
    mine = set(return_ids)
    for row in told:
        is_agreed = row.kind == EventKind.AGREED.value
        if row.return_id not in mine or (
            is_agreed and row.seq <= judged.get(row.return_id, row.seq)
        ):
            continue
        word = "agreed" if is_agreed else "answered"
        if word not in news.setdefault(str(row.return_id), []):
            news[str(row.return_id)].append(word)
    return news


def raised_in(connection: Connection, return_ids: Sequence[str]) -> list[RaisedMatter]:
    """Return every second look and disagreement of submitted judgements, with any answer."""
    return raised_by(markings_in(connection, return_ids), answers_in(connection, return_ids))


def raised_by(
    markings: Sequence[CurrentMarking], answers: Sequence[AnswerToAssessor]
) -> list[RaisedMatter]:
    """Return what these markings raise; an answer counts for the judgement that it answered."""
    latest = {(one.of, one.about, one.criterion): one for one in answers}
    found = []
    for marking in markings:
        judgement = marking.judgement
        if judgement is None or not marking.is_submitted or marking.recorded_at is None:
            continue
        said = [
            *([(Raised.SECOND_LOOK, "", judgement.private_note)] if judgement.second_look else []),
            *(
                (Raised.DISAGREEMENT, code, words)
                for code, words in sorted(judgement.disagreements.items())
                if words.strip()
            ),
        ]
        found += [
            RaisedMatter(
                return_id=marking.return_id,
                assessor_id=marking.assessor_id,
                marking=marking.marking,
                about=about,
                criterion=criterion,
                words=words,
                of=marking.event_id,
                since=marking.recorded_at,
                answer=latest.get((marking.event_id, about, criterion)),
            )
            for about, criterion, words in said
        ]
    return found


def record_answer(
    workspace: Workspace,
    return_id: str,
    *,
    assessor_id: str,
    about: Raised,
    criterion: str,
    answer: StaffAnswer,
    words: str,
    by: str,
    event_id: str,
) -> int:
    """Answer what an assessor raised in the judgement that now stands; return the version.

    An answer may be followed by another, and the last one counts. Raises NotFound where the
    assessor raises nothing of the kind, and InvalidRequest without words or a name, or where the
    answer is the assessor's own.
    """
    require_staff(workspace)
    if not by.strip() or not words.strip():
        raise InvalidRequest(
            "An answer needs a name and words",
            expected="who answers, and why",
            advice="Write both; the assessor reads the words.",
        )
    try:
        with write_transaction(workspace.engine) as connection:
            known = known_version(connection, event_id)
            if known is not None:
                return known
            markings = markings_in(connection, [return_id])
            require_no_marker(connection, markings, by=by)
            matter = next(
                (
                    one
                    for one in raised_by(markings, [])
                    if (one.assessor_id, one.about, one.criterion)
                    == (assessor_id, about, criterion)
                ),
                None,
            )
            if matter is None:
                raise NotFound(
                    f"Assessor {assessor_id} raises no {about.value} here",
                    advice="`assessor-kit moderate list` shows what is raised.",
                )
            mine = (
                (LOG.c.return_id == return_id)
                & (LOG.c.assessor_id == assessor_id)
                & (LOG.c.kind == EventKind.ANSWER.value)
            )
            last = connection.execute(select(func.max(LOG.c.version)).where(mine)).scalar()
            version = 1 + int(last or 0)
            append_event(
                connection,
                NewEvent(
                    event_id=event_id,
                    return_id=return_id,
                    assessor_id=assessor_id,
                    kind=EventKind.ANSWER,
                    version=version,
                    chosen={
                        "about": about.value,
                        "criterion": criterion,
                        "of": matter.of,
                        "answer": answer.value,
                        "by": by.strip(),
                    },
                    written={"said": matter.words, "words": words.strip()},
                ),
            )
            return version
    # on a server, another member of staff may have answered at the same moment
    except IntegrityError:
        raise Conflict(
            "Somebody else has just answered this assessor",
            mine={"answer": answer.value},
            theirs={},
            advice="Look at their answer first, then answer again if you must.",
        ) from None
