"""What waits for staff from the letters: oldest first, each with its next command."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from assessor_kit import tables
from assessor_kit.feedback.mail.acts import listed_messages
from assessor_kit.feedback.mail.letters.kinds import LETTER_OF
from assessor_kit.feedback.mail.messages import Message, kind_of
from assessor_kit.feedback.mail.objections import NO_ADDRESS, contact_objection, has_opted_in
from assessor_kit.feedback.mail.preparing import released_generic
from assessor_kit.journey.letters.plan import letters_due
from assessor_kit.journey.letters.recipients import Correspondence
from assessor_kit.store import Workspace, read_table
from assessor_kit.vocabulary import LetterKind, MessageState, counted_text

UNKNOWN = "unknown"
BOUNCED = "bounced"
AT_THE_POST = "at the post"
NO_ADDRESS_KNOWN = "no address"
DUE = "due"
UNSENT = "unsent"
LONG_QUEUED = 1  # days in the outbox until a message waits for staff


@dataclass(frozen=True, kw_only=True)
class WaitingLetter:
    """Something about letters that staff have to do.

    `about` holds membership numbers, or ids of assessors; `command` is what comes next.
    """

    kind: str
    since: date
    about: tuple[str, ...]
    sentence: str
    command: str


def letters_waiting(
    workspace: Workspace, cpd_year: int, *, today: date | None = None
) -> list[WaitingLetter]:
    """Return what waits for staff from the letters of a year, oldest first; for staff.

    Messages of which nobody knows whether they went, those that came back or wait at the post,
    letters that are due or lie unsent, and members who cannot be reached.
    """
    day = today or datetime.now(UTC).date()
    messages = listed_messages(workspace, cpd_year=cpd_year)
    known = Correspondence(workspace, cpd_year=cpd_year, today=day)
    found = [
        *_to_settle(messages),
        *_at_the_post(messages, cpd_year),
        *_unsent(messages, cpd_year, day),
        *_due(workspace, known),
        *_unreachable(workspace, known),
    ]
    return sorted(found, key=lambda one: (one.since, one.kind, one.about))


def _to_settle(messages: list[Message]) -> list[WaitingLetter]:
    found = []
    for row in messages:
        label = LETTER_OF[kind_of(row)].label if kind_of(row) in LETTER_OF else "test"
        name = row["message_id"]
        if row["state"] == MessageState.UNKNOWN:
            said = f"Nobody can say whether the {label} has arrived: {row['detail']}."
            kind, command = UNKNOWN, f"assessor-kit outbox settle {name} sent"
        elif row["state"] == MessageState.BOUNCED:
            said = f"The {label} came back ({row['detail'] or 'no code'}): correct the address."
            kind, command = BOUNCED, f"assessor-kit outbox settle {name} queued"
        else:
            continue
        found.append(
            WaitingLetter(
                kind=kind,
                since=row["changed_at"].date(),
                about=_whose([row]),
                sentence=said,
                command=command,
            )
        )
    return found


def _at_the_post(messages: list[Message], cpd_year: int) -> list[WaitingLetter]:
    rows = [row for row in messages if row["state"] == MessageState.AT_THE_POST]
    if not rows:
        return []
    letters = counted_text(len(rows), "letter was", "letters were")
    return [
        WaitingLetter(
            kind=AT_THE_POST,
            since=min(row["changed_at"].date() for row in rows),
            about=_whose(rows),
            sentence=f"{letters} written for the post, and nobody has confirmed the posting.",
            command=f"assessor-kit outbox posted FILE --cpd-year {cpd_year} --by NAME",
        )
    ]


def _unsent(messages: list[Message], cpd_year: int, today: date) -> list[WaitingLetter]:
    limit = today - timedelta(days=LONG_QUEUED)
    rows = [
        row
        for row in messages
        if row["state"] == MessageState.QUEUED
        and (row["queued_at"] or row["changed_at"]).date() <= limit
        and (row["not_before_on"] is None or row["not_before_on"] <= today)
    ]
    if not rows:
        return []
    letters = counted_text(len(rows), "letter lies", "letters lie")
    return [
        WaitingLetter(
            kind=UNSENT,
            since=min((row["queued_at"] or row["changed_at"]).date() for row in rows),
            about=_whose(rows),
            sentence=f"{letters} in the outbox and could be sent.",
            command=f"assessor-kit outbox send --cpd-year {cpd_year} --dry-run",
        )
    ]


def _due(workspace: Workspace, known: Correspondence) -> list[WaitingLetter]:
    due = letters_due(workspace, cpd_year=known.cpd_year, today=known.today)
    found = [
        WaitingLetter(
            kind=DUE,
            since=known.today,
            about=numbers,
            sentence=(
                f"The {LETTER_OF[kind].label} is due to"
                f" {counted_text(len(numbers), 'member', 'members')}."
            ),
            command=f"assessor-kit letters due --cpd-year {known.cpd_year}",
        )
        for kind, numbers in due.items()
    ]
    return found + _feedback_for_everyone(workspace, known)


def _feedback_for_everyone(workspace: Workspace, known: Correspondence) -> list[WaitingLetter]:
    """Return that feedback for everyone is released and some have not been written to."""
    document_id = released_generic(workspace, known.cpd_year)
    if not document_id:
        return []
    free = [one.member_no for one in known.recipients(LetterKind.GENERIC) if not one.reason]
    if not free:
        return []
    released = read_table(workspace, tables.DOCUMENTS, document_id=document_id).iloc[0]
    members = counted_text(len(free), "member has", "members have")
    return [
        WaitingLetter(
            kind=DUE,
            since=released["released_at"].date(),
            about=tuple(free),
            sentence=f"The feedback for everyone is released, and {members} not been sent it.",
            command=f"assessor-kit letters generic --cpd-year {known.cpd_year}",
        )
    ]


def _unreachable(workspace: Workspace, known: Correspondence) -> list[WaitingLetter]:
    imported = read_table(workspace, tables.IMPORTS, kind="register")["imported_at"]
    numbers = [
        number
        for number, row in known.members.items()
        if contact_objection(row, today=known.today) == NO_ADDRESS
        and (known.facts.is_scheme_member(row) or has_opted_in(row))
    ]
    if not numbers:
        return []
    members = counted_text(len(numbers), "scheme member has", "scheme members have")
    return [
        WaitingLetter(
            kind=NO_ADDRESS_KNOWN,
            since=max(imported).date() if len(imported) else known.today,
            about=tuple(numbers),
            sentence=f"{members} {NO_ADDRESS}, and cannot be written to.",
            command="assessor-kit import register FILE",
        )
    ]


def _whose(rows: Iterable[Message]) -> tuple[str, ...]:
    return tuple(sorted({str(row["member_no"] or row["assessor_id"]) for row in rows} - {""}))
