"""Write to a member who is asked for a little more, and answer a query.

A letter holds what the assessor advises or what staff answer; whether it may still go is asked
again at the moment of sending.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.utils import formataddr

import pandas as pd

from assessor_kit import tables
from assessor_kit.errors import SampleWorkspace
from assessor_kit.feedback.document.words import isolated, showable, showable_line
from assessor_kit.feedback.mail.messages import HERE, QUEUED, message_name
from assessor_kit.store import Workspace, append_rows, read_table, reviewed_return
from assessor_kit.store.rounds.information_rounds import InformationRound, rounds_of_year
from assessor_kit.store.rounds.queries import Query, queries_of_year

MORE = "more"
MORE_REMINDER = "more-reminder"
ANSWER = "answer"
ROUND_SUBJECTS = {
    MORE: "Please send a little more: your CPD record for {cpd_year}",
    MORE_REMINDER: "A reminder: a little more for your CPD record for {cpd_year}",
    ANSWER: "Our answer about your CPD review for {cpd_year}",
}
NOBODY_FAILS = (
    "You need not send again what you have sent. Nobody passes or fails: if nothing comes, you get"
    " advice for next year."
)
CLOSING = "If you have a question, or cannot send it, write to {contact}.\n\n{body}\n"
ROUND_BODIES = {
    MORE: (
        "Dear {name},\n\nThank you for your CPD record for {cpd_year}. A volunteer assessor has"
        " read it, with your name hidden, and asks for a little more:\n\n{advice}\n\nPlease send it"
        " by {due}. {how_to_submit}\n\n" + NOBODY_FAILS + "\n\n" + CLOSING
    ),
    MORE_REMINDER: (
        "Dear {name},\n\nWe asked you for a little more for your CPD record for {cpd_year}, by"
        " {due}, and have not received it:\n\n{advice}\n\n{how_to_submit}\n\n"
        + NOBODY_FAILS
        + "\n\n"
        + CLOSING
    ),
    ANSWER: (
        "Dear {name},\n\nOn {asked} you asked us about your CPD review for {cpd_year}:\n\n{what}"
        "\n\nOur answer:\n\n{answer}\n\n{changed}\n\nIf something is still open, write to"
        " {contact}.\n\n{body}\n"
    ),
}
CHANGED = "Your feedback has been changed. The new version comes in a message of its own."
UNCHANGED = "Your feedback stays as it is."


def prepare_round_letters(
    workspace: Workspace, *, cpd_year: int, kind: str, about: Iterable[tuple[str, str]]
) -> int:
    """Put one letter in the outbox for each (member, what it is about); return how many are new.

    Raises SampleWorkspace where members are invented.
    """
    if workspace.is_sample:
        raise SampleWorkspace(
            "Nothing is ever sent to invented members",
            advice="Use a workspace of your own for real members.",
        )
    known = set(read_table(workspace, tables.OUTBOX, cpd_year=cpd_year)["message_id"])
    now = datetime.now(UTC).replace(tzinfo=None)
    rows = [
        {
            "message_id": message_name(workspace, kind, member_no, what),
            "cpd_year": cpd_year,
            "kind": kind,
            "member_no": member_no,
            "assessor_id": "",
            "document_id": "",
            "state": QUEUED,
            "detail": "",
            "changed_at": now,
        }
        for member_no, what in about
    ]
    fresh = [row for row in rows if row["message_id"] not in known]
    append_rows(
        workspace, tables.OUTBOX, pd.DataFrame(fresh, columns=list(tables.OUTBOX.column_names))
    )
    return len(fresh)


def reminder_of(asked: InformationRound) -> str:
    """Return what a reminder is about: a round is reminded of each of its days once."""
    return f"{asked.return_id}|{asked.due_on.isoformat()}"


def _round_of(workspace: Workspace, row: dict[str, object]) -> InformationRound | None:
    """Return the round that a message is about; None where its day has changed since."""
    about = {MORE: lambda one: one.return_id, MORE_REMINDER: reminder_of}[str(row["kind"])]
    return next(
        (
            one
            for one in rounds_of_year(workspace, int(str(row["cpd_year"]))).values()
            if message_name(workspace, str(row["kind"]), str(row["member_no"]), about(one))
            == row["message_id"]
        ),
        None,
    )


def _query_of(workspace: Workspace, row: dict[str, object]) -> Query | None:
    return next(
        (
            one
            for one in queries_of_year(workspace, int(str(row["cpd_year"])))
            if message_name(workspace, ANSWER, str(row["member_no"]), one.query_id)
            == row["message_id"]
        ),
        None,
    )


def objection_to_round_letter(workspace: Workspace, row: dict[str, object]) -> str:
    """Return why a letter of these kinds must not go any more; empty where it may."""
    if row["kind"] == ANSWER:
        query = _query_of(workspace, row)
        return "" if query and not query.is_open else "the query is not answered"
    asked = _round_of(workspace, row)
    if asked is None:
        return "another day was set since"
    if asked.closed_as is not None:
        return f"the round is over: {asked.closed_as.value}"
    returns = read_table(workspace, tables.RETURNS, return_id=asked.return_id, parked="")
    return "" if len(returns) else "a newer version is reviewed"


def build_round_letter(
    workspace: Workspace, row: dict[str, object], *, sender: str
) -> EmailMessage:
    """Return the e-mail for a row of the outbox that asks for a little more, or that answers."""
    member = read_table(workspace, tables.REGISTER, member_no=row["member_no"]).iloc[0]
    cpd_year = int(str(row["cpd_year"]))
    said = workspace.rules(cpd_year).words
    kind = str(row["kind"])
    name = showable_line(str(member["name"]))
    words = {
        "cpd_year": str(cpd_year),
        "name": isolated(name) or "member",
        "contact": isolated(showable_line(said.contact)),
        "body": isolated(showable_line(said.body)),
        "how_to_submit": showable(said.how_to_submit),
    }
    words |= _answer_words(workspace, row) if kind == ANSWER else _round_words(workspace, row)
    message = EmailMessage()
    message["From"] = sender
    message["To"] = formataddr((name or "member", str(member["email"])))
    message["Subject"] = ROUND_SUBJECTS[kind].format(**words)
    message["Message-ID"] = f"<{row['message_id']}@{HERE}>"
    message.set_content(ROUND_BODIES[kind].format(**words))
    return message


def _round_words(workspace: Workspace, row: dict[str, object]) -> dict[str, str]:
    asked = _round_of(workspace, row)
    if asked is None:  # asked before each message is built: `objection_to_round_letter`
        return {"advice": "", "due": ""}
    advice = reviewed_return(workspace, asked.return_id).judgement.advice
    return {"advice": showable(advice), "due": _day(asked.due_on)}


def _answer_words(workspace: Workspace, row: dict[str, object]) -> dict[str, str]:
    query = _query_of(workspace, row)
    if query is None:
        return dict.fromkeys(("asked", "what", "answer", "changed"), "")
    return {
        "asked": _day(query.asked_on),
        "what": showable(query.what),
        "answer": showable(query.answer),
        "changed": CHANGED if query.outcome_changed else UNCHANGED,
    }


def _day(day: date) -> str:
    return f"{day:%d %B %Y}".lstrip("0")
