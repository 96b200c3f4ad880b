"""Record a member's query or appeal, have it reviewed afresh, answer it and write to the member.

The deadlines are in the rules. An answer that changes the feedback comes with a new version of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from assessor_kit import tables
from assessor_kit.errors import InvalidRequest
from assessor_kit.feedback.mail.preparing import prepare_answer
from assessor_kit.journey.moderating.fresh import assign_fresh_reviewer
from assessor_kit.store import Workspace, read_table
from assessor_kit.store.log.judgements import latest_events_of
from assessor_kit.store.moderated import moderated_return
from assessor_kit.store.rounds.queries import (
    Query,
    answer_query,
    name_reviewer,
    queries_of_year,
    query_named,
    record_query,
)
from assessor_kit.vocabulary import JudgementState, Marking


@dataclass(frozen=True, kw_only=True)
class QueryCounts:
    """How many members of a year asked, how many of them appealed, and what came of it."""

    queries: int
    appeals: int
    answered: int
    changed: int


def ask_query(
    workspace: Workspace,
    *,
    member_no: str,
    cpd_year: int,
    what: str,
    by: str,
    is_appeal: bool = False,
    asked_on: date | None = None,
) -> Query:
    """Record what a member asks about their review, with the day by which staff are to answer.

    It is about the return under review, where there is one; an appeal needs one whose feedback was
    released. Raises InvalidRequest where nothing is asked, or there is nothing to appeal against.
    """
    if not what.strip():
        raise InvalidRequest(
            "The query is empty", expected="what the member asks", advice="Nothing was recorded."
        )
    day = asked_on or datetime.now(UTC).date()
    returns = read_table(
        workspace, tables.RETURNS, member_no=member_no, cpd_year=cpd_year, parked=""
    )
    return_id = str(returns.iloc[0]["return_id"]) if len(returns) else ""
    if is_appeal and not _released(workspace, return_id):
        raise InvalidRequest(
            "There is no released feedback to appeal against",
            expected="a return whose feedback was released",
            advice="Record it as a query: leave --appeal out. Nothing was recorded.",
        )
    days = workspace.rules(cpd_year).rounds
    query_id = record_query(
        workspace,
        member_no=member_no,
        cpd_year=cpd_year,
        return_id=return_id,
        is_appeal=is_appeal,
        asked_on=day,
        due_on=day + timedelta(days=days.answer_appeal if is_appeal else days.answer_query),
        what=what.strip(),
        who=by,
    )
    return query_named(workspace, query_id)


def _released(workspace: Workspace, return_id: str) -> bool:
    documents = read_table(workspace, tables.DOCUMENTS, return_id=return_id, kind="individual")
    return bool(return_id and documents["released_at"].notna().any())


def review_appeal(
    workspace: Workspace, query_id: str, *, to: str, by: str, reason: str = ""
) -> Query:
    """Have an appeal reviewed by a fresh reviewer, who sees neither judgement.

    Raises InvalidRequest for a query that is no appeal, is answered or has a reviewer, and the
    errors of `assign_fresh_reviewer`.
    """
    query = query_named(workspace, query_id)
    problem = ""
    if not query.is_appeal:
        problem = "it is a query and no appeal"
    elif not query.is_open:
        problem = "it has been answered"
    elif query.reviewer:
        problem = f"{query.reviewer} reviews it already"
    if problem:
        raise InvalidRequest(
            f"{query_id} cannot be reviewed afresh: {problem}",
            expected="an appeal without a reviewer",
            advice="`assessor-kit query list` says how each stands; nothing was changed.",
        )
    why = reason.strip() or f"appeal {query_id}"
    assign_fresh_reviewer(workspace, query.return_id, to, reason=why, by=by)
    name_reviewer(workspace, query_id, assessor_id=to, reason=why, who=by)
    return query_named(workspace, query_id)


def close_query(
    workspace: Workspace, query_id: str, *, answer: str, is_changed: bool, by: str
) -> Query:
    """Answer a query or an appeal, and queue the letter with the answer.

    `is_changed`: whether the outcome or the words of the feedback change. Of an appeal the fresh
    marking then stands; for a query the judgement must have been mended since. Either way the
    feedback is rendered, approved and released anew. Raises InvalidRequest where that is not so, or
    the query has been answered.
    """
    query = query_named(workspace, query_id)
    if not query.is_open:
        raise InvalidRequest(
            f"{query_id} has been answered",
            advice="Nothing was changed. What the member asks now is a new query.",
        )
    if not answer.strip():
        raise InvalidRequest(
            "The answer is empty", expected="what the member is told", advice="Nothing was sent."
        )
    if query.is_appeal:
        _require_fresh_judgement(workspace, query)
        _require_settled(workspace, query)
    elif is_changed:
        _require_mended(workspace, query)
    answer_query(workspace, query_id, answer=answer.strip(), outcome_changed=is_changed, who=by)
    if not workspace.is_sample:
        prepare_answer(
            workspace,
            cpd_year=query.cpd_year,
            member_no=query.member_no,
            query_id=query.query_id,
            who=by,
        )
    return query_named(workspace, query_id)


def _require_fresh_judgement(workspace: Workspace, query: Query) -> None:
    events = latest_events_of(workspace, [query.return_id])
    fresh = events[events["marking"] == Marking.FRESH.value]
    if JudgementState.SUBMITTED.value not in set(fresh["state"]):
        who = query.reviewer or "a fresh reviewer"
        next_step = (
            f"Wait until {who} has submitted"
            if query.reviewer
            else f"Name one: `assessor-kit query review {query.query_id} --to ASSESSOR --by NAME`"
        )
        raise InvalidRequest(
            f"{query.query_id} is an appeal, and no fresh judgement is submitted",
            expected=f"a judgement of {who}",
            advice=f"{next_step}; nothing was answered.",
        )


def _require_settled(workspace: Workspace, query: Query) -> None:
    points = _unsettled(workspace, query)
    if points:
        raise InvalidRequest(
            f"The fresh judgement differs in {', '.join(points)}, and nothing is agreed yet",
            expected="a moderator's decision on what stands",
            advice="Settle it first: `assessor-kit moderate take`; nothing was answered.",
        )


def _unsettled(workspace: Workspace, query: Query) -> list[str]:
    """Return the labels of what has still to be settled about the return of an appeal."""
    moderated = moderated_return(workspace, query.return_id)
    return moderated.differing(workspace.rules(query.cpd_year))


def _require_mended(workspace: Workspace, query: Query) -> None:
    changed = _submitted_since(workspace, query.return_id, query.recorded_at)
    if not changed:
        raise InvalidRequest(
            f"Nothing in the judgement has changed since {query.query_id} was recorded",
            expected="a judgement that its assessor has mended and submitted",
            advice="Return the text first: `assessor-kit feedback approve RETURN --decision"
            " returned --reason TEXT --by NAME`; or answer with --unchanged.",
        )


def _submitted_since(workspace: Workspace, return_id: str, moment: datetime) -> bool:
    events = read_table(workspace, tables.JUDGEMENT_EVENTS, return_id=return_id)
    submitted = events[events["state"] == JudgementState.SUBMITTED.value]
    return bool((submitted["recorded_at"] > moment).any())


def queries_of(workspace: Workspace, *, cpd_year: int) -> list[dict[str, Any]]:
    """Return the year's queries and appeals by deadline, for staff.

    Keys: query, member, return, appeal, asked, due, state, what, reviewer, answered, changed and
    next. `state`: open, with a fresh reviewer, with a moderator, ready to answer, new version to
    release, or closed.
    """
    found = queries_of_year(workspace, cpd_year)
    names = [one.return_id for one in found if one.return_id]
    returns = read_table(workspace, tables.RETURNS, return_id=names)
    code_of = dict(zip(returns["return_id"], returns["pseudonym"], strict=True))
    rows = []
    for one in found:
        state, following = _state(workspace, one, str(code_of.get(one.return_id, "")))
        rows.append(
            {
                "query": one.query_id,
                "member": one.member_no,
                "return": str(code_of.get(one.return_id, "")),
                "appeal": one.is_appeal,
                "asked": one.asked_on,
                "due": one.due_on,
                "state": state,
                "what": one.what,
                "reviewer": one.reviewer,
                "answered": one.answered_at.date() if one.answered_at else None,
                "changed": one.outcome_changed,
                "next": following,
            }
        )
    return rows


def _state(workspace: Workspace, query: Query, code: str) -> tuple[str, str]:
    answer = f"assessor-kit query answer {query.query_id} --what TEXT --unchanged --by NAME"
    if query.answered_at is not None:
        if not query.outcome_changed or _released_since(workspace, query):
            return "closed", ""
        return "new version to release", f"assessor-kit feedback render --cpd-year {query.cpd_year}"
    if not query.is_appeal:
        return "open", answer
    if not query.reviewer:
        review = f"assessor-kit query review {query.query_id} --to ASSESSOR --by NAME"
        return "open", review
    events = latest_events_of(workspace, [query.return_id])
    fresh = events[events["marking"] == Marking.FRESH.value]
    if JudgementState.SUBMITTED.value in set(fresh["state"]):
        if _unsettled(workspace, query):
            return "with a moderator", f"assessor-kit moderate list --cpd-year {query.cpd_year}"
        return "ready to answer", answer
    return "with a fresh reviewer", (
        f"assessor-kit notes write {code} --to {query.reviewer} --what TEXT --by NAME"
    )


def _released_since(workspace: Workspace, query: Query) -> bool:
    """Whether a version of the feedback was released after its judgement had changed.

    Of a query that is when the judgement was mended, of an appeal when it was answered.
    """
    documents = read_table(
        workspace, tables.DOCUMENTS, return_id=query.return_id, kind="individual"
    )
    released = documents.loc[documents["released_at"].notna(), "released_at"]
    since = query.answered_at if query.is_appeal else query.recorded_at
    return bool((released > since).any())


def count_queries(workspace: Workspace, *, cpd_year: int) -> QueryCounts:
    """Return how many asked about a year and appealed, and how many answers changed something."""
    found = queries_of_year(workspace, cpd_year)
    return QueryCounts(
        queries=sum(not one.is_appeal for one in found),
        appeals=sum(one.is_appeal for one in found),
        answered=sum(not one.is_open for one in found),
        changed=sum(one.outcome_changed for one in found),
    )
