"""What letters of rounds and of queries are about, asked again at the moment of sending."""

from __future__ import annotations

from assessor_kit import tables
from assessor_kit.feedback.document.words import showable
from assessor_kit.feedback.mail.messages import Message, facts_of, kind_of
from assessor_kit.store import Workspace, read_table
from assessor_kit.store.rounds.information_rounds import InformationRound, rounds_of_year
from assessor_kit.store.rounds.queries import Query, queries_of_year
from assessor_kit.vocabulary import LetterKind


def round_of(workspace: Workspace, row: Message) -> InformationRound | None:
    """Return the round that a message asks for a little more in; None where there is none."""
    name = str(facts_of(row).get("return_id", ""))
    return rounds_of_year(workspace, int(row["cpd_year"])).get(name)


def query_of(workspace: Workspace, row: Message) -> Query | None:
    """Return the query that a message answers; None where there is none."""
    found = queries_of_year(workspace, int(row["cpd_year"]))
    return next((one for one in found if one.query_id == row["about"]), None)


def round_objection(workspace: Workspace, row: Message) -> str:
    """Return why a letter of a round or a query must not go any more; empty where it may."""
    kind = kind_of(row)
    if kind is LetterKind.ANSWER:
        query = query_of(workspace, row)
        return "" if query and not query.is_open else "the query is not answered"
    if kind not in {LetterKind.MORE, LetterKind.MORE_REMINDER}:
        return ""
    asked = round_of(workspace, row)
    if asked is None:
        return ""
    if asked.closed_as is not None:
        return f"the round is over: {asked.closed_as.value}"
    if kind is LetterKind.MORE_REMINDER and facts_of(row)["due_on"] != asked.due_on.isoformat():
        return "another day was set since"
    returns = read_table(workspace, tables.RETURNS, return_id=asked.return_id, parked="")
    return "" if len(returns) else "a newer version is reviewed"


def answer_values(workspace: Workspace, row: Message) -> dict[str, object]:
    """Return what a letter with the answer to a query says; empty where there is no query."""
    query = query_of(workspace, row)
    return {
        "asked_on": f"{query.asked_on.day} {query.asked_on:%B %Y}" if query else "",
        "what": showable(query.what).strip() if query else "",
        "answer": showable(query.answer).strip() if query else "",
        "is_changed": query is not None and query.outcome_changed,
    }
