"""What staff do with the outbox before and after it is sent; each act is an event of its own."""

from __future__ import annotations

import csv
import io
import secrets
import smtplib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from assessor_kit.errors import InvalidRequest, NotFound, SendingRefused, UnusableFile
from assessor_kit.feedback.mail.building import build_test, letter_of
from assessor_kit.feedback.mail.delivery import MERGE_COLUMNS
from assessor_kit.feedback.mail.letters.kinds import LETTER_OF
from assessor_kit.feedback.mail.letters.sender import ADDRESS
from assessor_kit.feedback.mail.letters.templates import LetterText
from assessor_kit.feedback.mail.messages import (
    E_MAIL,
    Message,
    kind_of,
    messages_of,
    new_message,
    way_to,
)
from assessor_kit.feedback.mail.objections import member_row, objection, waits_for
from assessor_kit.feedback.mail.outbox import Deliver, MayHaveGone, NotAccepted, find_unknown
from assessor_kit.feedback.mail.preparing import require_nobody_named
from assessor_kit.store import Workspace
from assessor_kit.store.log.outbox_log import (
    change_messages,
    events_of_messages,
    first_place,
    put_messages,
)
from assessor_kit.vocabulary import LetterKind, MessageState, OutboxEvent, Problem

SHORTEST_NAME = 6  # characters of a message's name that may stand for the whole
WAITING = (MessageState.QUEUED,)
GIVEN_UP = (MessageState.QUEUED, MessageState.BOUNCED)
PUT_BACK = (MessageState.CANCELLED, MessageState.REFUSED)


@dataclass(frozen=True, kw_only=True)
class ShownMessage:
    """A message as it will go, or went, with all that was done about it.

    `objection` says why it would not be sent if its turn came now; empty if nothing stands against
    it, or it has left.
    """

    row: Message
    way: str
    letter: LetterText
    objection: str
    events: list[dict[str, Any]] = field(default_factory=list)


def listed_messages(
    workspace: Workspace,
    *,
    cpd_year: int,
    kinds: Sequence[str] = (),
    states: Sequence[str] = (),
    member_no: str = "",
) -> list[Message]:
    """Return the messages of a year that match, in the order in which they are sent.

    What a crash has left `sending` is found to be unknown first.
    """
    find_unknown(workspace)
    wanted: dict[str, Any] = {"cpd_year": cpd_year}
    if kinds:
        wanted["kind"] = list(kinds)
    if states:
        wanted["state"] = list(states)
    if member_no:
        wanted["member_no"] = member_no
    return messages_of(workspace, **wanted)


def message_called(workspace: Workspace, name: str) -> Message:
    """Return the message with this name, or whose name begins so.

    Raises NotFound for none, and InvalidRequest where it stands for several.
    """
    found = messages_of(workspace, message_id=name)
    if not found and len(name) >= SHORTEST_NAME:
        every = messages_of(workspace)
        found = [row for row in every if str(row["message_id"]).startswith(name.lower())]
    if not found:
        raise NotFound(
            f"There is no message {name!r}",
            expected=f"a message's name, or its first {SHORTEST_NAME} characters or more",
            advice="`assessor-kit outbox list` lists the messages.",
        )
    if len(found) > 1:
        raise InvalidRequest(
            f"{name!r} stands for {len(found)} messages",
            expected="the name of one message",
            advice="Give more of its characters.",
        )
    return found[0]


def shown_message(workspace: Workspace, message_id: str) -> ShownMessage:
    """Return a message with its full text, as it will go."""
    row = message_called(workspace, message_id)
    events = events_of_messages(workspace, [row["message_id"]])
    is_test = row["kind"] == LetterKind.TEST
    waits = row["state"] == MessageState.QUEUED
    reason = ""
    if waits:
        today = datetime.now(UTC).date()
        reason = objection(workspace, row) or waits_for(workspace, row, today=today)
    member = member_row(workspace, str(row["member_no"])) if row["member_no"] else None
    return ShownMessage(
        row=row,
        way=way_to(member) if member is not None else E_MAIL,
        letter=(
            LetterText(subject=f"a test of the letter {row['about']}", text="")
            if is_test
            else letter_of(workspace, row)
        ),
        objection=reason,
        events=[
            {str(name): value for name, value in one.items()} for one in events.to_dict("records")
        ],
    )


def cancel(workspace: Workspace, message_ids: Iterable[str], *, who: str, reason: str) -> list[str]:
    """Take out what waits or has come back, for good unless staff put it back; return which.

    Raises InvalidRequest for a reason that is missing or names a member: it is kept for ever.
    """
    if not reason.strip():
        raise InvalidRequest(
            "It is not said why", expected="a reason", advice="Nothing was cancelled."
        )
    require_nobody_named(workspace, reason, "The reason")
    return change_messages(
        workspace,
        message_ids,
        event=OutboxEvent.CANCELLED,
        only_in=GIVEN_UP,
        who=who,
        reason=reason,
        state=MessageState.CANCELLED,
        detail=reason,
    )


def put_back(
    workspace: Workspace, message_ids: Iterable[str], *, who: str, reason: str = ""
) -> list[str]:
    """Queue again what was cancelled or refused; return which. It is checked before it is sent."""
    require_nobody_named(workspace, reason, "The reason")
    return change_messages(
        workspace,
        message_ids,
        event=OutboxEvent.QUEUED,
        only_in=PUT_BACK,
        who=who,
        reason=reason,
        state=MessageState.QUEUED,
        detail="",
    )


def postpone(
    workspace: Workspace,
    message_ids: Iterable[str],
    *,
    not_before: date | None,
    who: str,
    reason: str = "",
) -> list[str]:
    """Have waiting messages wait until a day, or no longer; return which."""
    require_nobody_named(workspace, reason, "The reason")
    until = f"not before {not_before.isoformat()}" if not_before else "as soon as may be"
    return change_messages(
        workspace,
        message_ids,
        event=OutboxEvent.POSTPONED,
        only_in=WAITING,
        who=who,
        reason=f"{until}: {reason}" if reason else until,
        not_before_on=not_before,
    )


def move_first(
    workspace: Workspace, message_ids: Iterable[str], *, who: str, reason: str = ""
) -> list[str]:
    """Have waiting messages sent before all others; return which."""
    require_nobody_named(workspace, reason, "The reason")
    return change_messages(
        workspace,
        message_ids,
        event=OutboxEvent.MOVED_FIRST,
        only_in=WAITING,
        who=who,
        reason=reason,
        place=first_place(workspace) - 1,
    )


@dataclass(kw_only=True)
class Posted:
    """How many messages were confirmed as posted, and the rows that could not be."""

    posted: int = 0
    known: int = 0
    rejected: list[Problem] = field(default_factory=list)


def confirm_posted(workspace: Workspace, path: Path, *, who: str) -> Posted:
    """Note as posted what a mail merge's table lists: staff have put it in the post.

    Rows that went by e-mail are passed over, and a row that was confirmed before changes nothing.
    """
    done = Posted()
    wanted = []
    for number, cells in _merge_rows(path):
        if cells.get("by") == E_MAIL:
            continue
        name = str(cells.get("message", "")).strip()
        state = next((row["state"] for row in messages_of(workspace, message_id=name)), "")
        if state == MessageState.AT_THE_POST:
            wanted.append(name)
        elif state == MessageState.POSTED:
            done.known += 1
        else:
            done.rejected.append(
                Problem(
                    file=path.name,
                    row=number,
                    column="message",
                    found=f"a message that is {state}" if state else "no message of this outbox",
                    expected=f"a message that is {MessageState.AT_THE_POST}",
                    advice="Give the mail_merge.csv that the letters were printed from.",
                )
            )
    done.posted = len(
        change_messages(
            workspace,
            wanted,
            event=OutboxEvent.POSTED,
            only_in=(MessageState.AT_THE_POST,),
            who=who,
            state=MessageState.POSTED,
            detail="",
        )
    )
    return done


def _merge_rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    expected = f"a CSV table with the column {MERGE_COLUMNS[0]!r}, as `mail_merge.csv` has it"
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise UnusableFile(
            "there is no such file, or it is not text in UTF-8",
            where=path.name,
            expected=expected,
            advice="Give the mail_merge.csv that the letters were printed from.",
        ) from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if MERGE_COLUMNS[0] not in (reader.fieldnames or ()):
        raise UnusableFile(
            "no column for the message",
            where=path.name,
            expected=expected,
            advice="Give the mail_merge.csv that the letters were printed from.",
        )
    return [(number, row) for number, row in enumerate(reader, 2)]


def send_test(
    workspace: Workspace,
    kind: LetterKind,
    *,
    cpd_year: int,
    to: str,
    sender: str,
    deliver: Deliver,
    who: str,
) -> str:
    """Send a letter to an invented member to an address of staff's own; return its name.

    It is marked as a test and recorded as one; the address is not kept. Raises SendingRefused where
    it was not sent.
    """
    if not ADDRESS.fullmatch(to):
        raise InvalidRequest(
            f"{to!r} is no e-mail address",
            expected="an address such as cpd@example.org",
            advice="Nothing was sent.",
        )
    name = secrets.token_hex(16)
    message = build_test(workspace, kind, cpd_year=cpd_year, to=to, sender=sender, message_id=name)
    state, problem = MessageState.SENT, ""
    try:
        deliver(message)
    except MayHaveGone as found:
        state, problem = MessageState.UNKNOWN, str(found)
    except (NotAccepted, OSError, smtplib.SMTPException) as found:
        state, problem = MessageState.BOUNCED, str(found) or type(found).__name__
    row = new_message(workspace, cpd_year=cpd_year, kind=LetterKind.TEST, about=kind.value)
    put_messages(
        workspace,
        [{**row, "message_id": name, "state": state.value, "detail": problem}],
        again_from=(),
        event=OutboxEvent.TESTED,
        who=who,
        reason=problem,
    )
    if problem:
        raise SendingRefused(
            f"The test was not sent: {problem}"
            if state is MessageState.BOUNCED
            else f"Nobody can say whether the test was sent: {problem}",
            advice="Check the server and the address, and try again.",
        )
    return name


def described(row: Message) -> dict[str, Any]:
    """Return a message as a line of a list for staff."""
    letter = LETTER_OF.get(kind_of(row))
    return {
        "message": row["message_id"],
        "letter": letter.label if letter else f"test of {row['about']}",
        "kind": row["kind"],
        "member": row["member_no"],
        "assessor": row["assessor_id"],
        "state": row["state"],
        "why": row["detail"],
        "not_before": row["not_before_on"],
        "since": row["changed_at"].date(),
    }
