"""Why a message must not be sent: what the register, an answer or a document says against it.

The same questions are asked when a letter is queued and again at the moment of sending, because in
between a member may have answered, left or died.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from assessor_kit import tables
from assessor_kit.errors import SendingRefused
from assessor_kit.feedback.mail.attachments import PAGE, attachment_objection
from assessor_kit.feedback.mail.letters.kinds import LETTER_OF
from assessor_kit.feedback.mail.letters.sender import ADDRESS
from assessor_kit.feedback.mail.messages import Message, kind_of, messages_of, way_to
from assessor_kit.feedback.mail.round_facts import round_objection
from assessor_kit.rules import Rules
from assessor_kit.store import Workspace, read_records, read_table
from assessor_kit.vocabulary import (
    LetterKind,
    MessageState,
    Parked,
    ResponseState,
    ResponseStatement,
)

REGISTER_DAYS = 7  # an older register may not know who has left or asked not to be written to
# What staff have noted about a selected member ends the request to them.
ENDS_THE_REQUEST = {
    ResponseState.RECEIVED.value: "has answered",
    ResponseState.WITHDRAWN.value: "has withdrawn",
    ResponseState.LEFT.value: "has left",
    ResponseState.DEFERRED.value: "was deferred",
    ResponseState.CARRIED_OVER.value: "was carried over to the next year",
    ResponseState.HELD_ELSEWHERE.value: "keeps the record elsewhere",
}
# Members who say this send no record, so that nobody reminds them.
NO_RECORD_COMES = {
    ResponseStatement.EMPLOYER_HOLDS_IT.value: "has said that the employer holds the record",
    ResponseStatement.OTHER_BODY_HOLDS_IT.value: "has said that another body holds the record",
    ResponseStatement.NOT_ACTIVE.value: "has said that they are not professionally active",
}
ENDS_A_LITTLE_MORE = (ResponseState.WITHDRAWN.value, ResponseState.LEFT.value)
STILL_TO_GO = (MessageState.QUEUED, MessageState.SENDING, MessageState.AT_THE_POST)
NO_ADDRESS = "no e-mail and no postal address"


@dataclass(frozen=True, kw_only=True)
class YearFacts:
    """What a year's letters depend on, for all members or for one.

    `received` is when a member's newest file came; `replies` holds state and statement.
    """

    rules: Rules
    today: date
    received: Mapping[str, datetime]
    replies: Mapping[str, tuple[str, str]]
    declared: frozenset[str]

    def is_scheme_member(self, member: Mapping[str, Any]) -> bool:
        """Whether a row of the register is of somebody in the scheme."""
        frame = self.rules.frame
        in_grade = not frame.opted_in_only and str(member["grade"]) in frame.grades
        return has_opted_in(member) or in_grade


def has_opted_in(member: Mapping[str, Any]) -> bool:
    """Whether a row of the register is of somebody who has opted in."""
    return member["opted_in_on"] is not None


def year_facts(
    workspace: Workspace, cpd_year: int, *, member_no: str = "", today: date | None = None
) -> YearFacts:
    """Read what a year's letters depend on; of one member where one is named."""
    one = {"member_no": member_no} if member_no else {}
    counted = ["", Parked.NEWER.value]
    received: dict[str, datetime] = {}
    for row in read_records(workspace, tables.RETURNS, cpd_year=cpd_year, parked=counted, **one):
        number, moment = str(row["member_no"]), row["received_at"]
        received[number] = max(moment, received.get(number, moment))
    replies = read_records(workspace, tables.RESPONSES, cpd_year=cpd_year, **one)
    declared = read_records(workspace, tables.DECLARATIONS, cpd_year=cpd_year, **one)
    return YearFacts(
        rules=workspace.rules(cpd_year),
        today=today or datetime.now(UTC).date(),
        received=received,
        replies={
            str(row["member_no"]): (str(row["state"]), str(row["statement"])) for row in replies
        },
        declared=frozenset(str(row["member_no"]) for row in declared),
    )


def contact_objection(member: Mapping[str, Any] | None, *, today: date) -> str:
    """Return why the register forbids writing to somebody; empty if nothing does."""
    if member is None:
        return "not in the register"
    if member["deceased"]:
        return "has died"
    if member["do_not_contact"]:
        return "not to be contacted"
    if member["left_on"] is not None and member["left_on"] <= today:
        return "has left"
    return "" if way_to(member) else NO_ADDRESS


def letter_objection(
    kind: LetterKind, member: Mapping[str, Any], facts: YearFacts, *, queued_at: datetime | None
) -> str:
    """Return why a letter of this kind is not for this member, or not any more; empty if it is.

    `queued_at` is when the letter was written, None while it is not.
    """
    number = str(member["member_no"])
    if kind is LetterKind.JOIN:
        return "has joined the scheme" if has_opted_in(member) else ""
    if kind in {LetterKind.RECORDING, LetterKind.GENERIC}:
        return "" if facts.is_scheme_member(member) else "is not in the scheme"
    if kind in {LetterKind.DECLARATION, LetterKind.DECLARATION_REMINDER}:
        if not facts.is_scheme_member(member):
            return "is not in the scheme"
        return "has declared" if number in facts.declared else ""
    if kind in {LetterKind.INVITATION, LetterKind.REMINDER}:
        return _answered(number, facts)
    if kind is LetterKind.THANKS:
        return "" if number in facts.received else "has sent no record"
    if kind in {LetterKind.MORE, LetterKind.MORE_REMINDER}:
        return _sent_more(number, facts, queued_at)
    return ""


def _answered(number: str, facts: YearFacts) -> str:
    if number in facts.received:
        return "has answered"
    state, statement = facts.replies.get(number, ("", ""))
    return ENDS_THE_REQUEST.get(state, "") or NO_RECORD_COMES.get(statement, "")


def _sent_more(number: str, facts: YearFacts, queued_at: datetime | None) -> str:
    state, _ = facts.replies.get(number, ("", ""))
    if state in ENDS_A_LITTLE_MORE:
        return ENDS_THE_REQUEST[state]
    came = facts.received.get(number)
    if came is None:
        return "the return is not there any more"
    return "has sent more since" if queued_at is not None and came > queued_at else ""


def objection(
    workspace: Workspace, row: Message, *, form: str = PAGE, today: date | None = None
) -> str:
    """Return why a message (a row of `tables.OUTBOX`) must not be sent; empty if it may.

    Its document is checked in the form given.
    """
    if not row["member_no"]:
        return objection_to_assessor(workspace, str(row["assessor_id"]))
    day = today or datetime.now(UTC).date()
    member = member_row(workspace, str(row["member_no"]))
    if problem := contact_objection(member, today=day):
        return problem
    kind = kind_of(row)
    if member is not None and kind is not LetterKind.FEEDBACK:
        facts = year_facts(
            workspace, int(row["cpd_year"]), member_no=str(row["member_no"]), today=day
        )
        problem = letter_objection(kind, member, facts, queued_at=row.get("queued_at"))
        if problem := problem or round_objection(workspace, row):
            return problem
    return (
        attachment_objection(workspace, str(row["document_id"]), form) if row["document_id"] else ""
    )


def objection_to_member(workspace: Workspace, member_no: str) -> str:
    """Return why this member must not be written to; empty if nothing forbids it.

    The register as it now stands decides.
    """
    return contact_objection(member_row(workspace, member_no), today=datetime.now(UTC).date())


def objection_to_assessor(workspace: Workspace, assessor_id: str) -> str:
    """Return why an assessor cannot be written to; empty if nothing is in the way."""
    people = read_records(workspace, tables.ASSESSORS, assessor_id=assessor_id)
    if not people:
        return "not in the list of assessors"
    return "" if ADDRESS.fullmatch(str(people[0]["email"])) else "no e-mail address"


def member_row(workspace: Workspace, member_no: str) -> dict[str, Any] | None:
    """Return a member's row of the register; None where there is none."""
    found = read_records(workspace, tables.REGISTER, member_no=member_no)
    return found[0] if found else None


def waits_for(workspace: Workspace, row: Message, *, today: date) -> str:
    """Return which letter has to go before this one; empty where none has.

    A reminder never overtakes the letter that it reminds of, nor goes on the same day.
    """
    letter = LETTER_OF.get(kind_of(row))
    if letter is None or letter.after is None:
        return ""
    earlier = messages_of(
        workspace,
        member_no=row["member_no"],
        cpd_year=row["cpd_year"],
        kind=letter.after.value,
    )
    label = LETTER_OF[letter.after].label
    if any(one["state"] in STILL_TO_GO for one in earlier):
        return f"the {label} has not gone yet"
    if any(
        one["state"] == MessageState.SENT and one["changed_at"].date() >= today for one in earlier
    ):
        return f"the {label} has gone only today"
    return ""


def register_problem(workspace: Workspace) -> str:
    """Return what is wrong with the register's age; empty where it is fresh enough."""
    imported = read_table(workspace, tables.IMPORTS, kind="register")["imported_at"]
    oldest = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=REGISTER_DAYS)
    if imported.empty or max(imported) < oldest:
        return f"The register is older than {REGISTER_DAYS} days"
    return ""


def require_fresh_register(workspace: Workspace) -> None:
    """Raise SendingRefused if the register is older than seven days."""
    if problem := register_problem(workspace):
        raise SendingRefused(
            problem,
            advice=(
                "Import today's register first: it says who has died, left or must not be"
                " written to."
            ),
        )
