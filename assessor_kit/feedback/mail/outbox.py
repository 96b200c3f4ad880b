"""Send what is in the outbox, and record what became of it.

Nothing is sent twice unknowingly: where a crash leaves it uncertain, staff settle the question.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.message import EmailMessage

import pandas as pd

from assessor_kit import tables
from assessor_kit.errors import AssessorKitError, InvalidRequest, NotFound, SendingRefused
from assessor_kit.feedback.document.manifest import claim
from assessor_kit.feedback.mail.attachments import PAGE, require_attachments
from assessor_kit.feedback.mail.building import build_message
from assessor_kit.feedback.mail.messages import POST, QUEUED, Message, messages_of, way_to
from assessor_kit.feedback.mail.objections import (
    member_row,
    objection,
    require_fresh_register,
    waits_for,
)
from assessor_kit.store import Workspace, read_table
from assessor_kit.store.log.outbox_log import PROGRAM, change_messages
from assessor_kit.vocabulary import LetterKind, MessageState, OutboxEvent

SENDING = MessageState.SENDING.value
SENT = MessageState.SENT.value
UNKNOWN = MessageState.UNKNOWN.value
REFUSED = MessageState.REFUSED.value
BOUNCED = MessageState.BOUNCED.value
FEEDBACK = LetterKind.FEEDBACK.value
REMINDER = LetterKind.REMINDER.value
INVITATION = LetterKind.INVITATION.value
EVERY_KIND = tuple(kind.value for kind in LetterKind if kind is not LetterKind.TEST)
TO_SETTLE = (SENT, BOUNCED, QUEUED)
LEFT_HERE = (MessageState.SENT, MessageState.AT_THE_POST, MessageState.POSTED)
MAY_HAVE_GONE = "the sending process ended while the message was on its way"
Deliver = Callable[[EmailMessage], None]


class NotAccepted(Exception):
    """The server has refused this message, so it was not sent."""


class NotNow(NotAccepted):
    """The server refuses this message for now: it was not sent, and may be tried again."""


class ConnectionDropped(NotNow):
    """The connection was dropped before the message was handed over: it was not sent."""


class MayHaveGone(Exception):
    """The connection was dropped after the message was handed over, before it was acknowledged."""


@dataclass(kw_only=True)
class SendingRound:
    """What a round of sending did: how many went, and who was left out and why.

    `left_out`: the message, state and reason of each. `refused` counts those of them that will not
    be sent, `later` those whose day has not come, `for_post` those without an e-mail address;
    `stopped` says why the round ended early.
    """

    sent: int = 0
    refused: int = 0
    later: int = 0
    for_post: int = 0
    stopped: str = ""
    left_out: list[dict[str, str]] = field(default_factory=list)

    def leave_out(self, row: Message, state: str, reason: str) -> None:
        """Note a message that was not sent, the state that it is in now, and why."""
        self.left_out.append({"message": str(row["message_id"]), "state": state, "reason": reason})
        self.refused += state == REFUSED


def send_outbox(
    workspace: Workspace,
    *,
    cpd_year: int,
    deliver: Deliver,
    sender: str,
    kinds: tuple[str, ...] = EVERY_KIND,
    pause_seconds: float = 0.0,
    keep_queued: bool = False,
    form: str = PAGE,
    today: date | None = None,
) -> SendingRound:
    """Send the queued messages of these kinds, checking register and answers before each one.

    `deliver` raises NotAccepted where a message certainly did not go.

    `keep_queued`: a rehearsal, which leaves every message as it was. `form`: one of
    `attachments.FORMS`. Raises SendingRefused where the register is older than seven days, or a
    document is missing in that form.
    """
    done = SendingRound()
    day = today or datetime.now(UTC).date()
    for message_id in messages_to_send(workspace, cpd_year, kinds, form=form):
        with claim(workspace.folder / "feedback", message_id) as mine:
            row = ready_message(
                workspace, message_id if mine else "", done, form, day, keep_queued=keep_queued
            )
            if row is None:
                continue
            if way_of(workspace, row) == POST:
                done.for_post += 1
                continue
            if not _send(workspace, row, deliver, sender, done, keep_queued=keep_queued, form=form):
                # the connection is broken: the rest stays queued for the next round
                break
        time.sleep(pause_seconds)
    return done


def ready_message(
    workspace: Workspace,
    message_id: str,
    done: SendingRound,
    form: str,
    today: date,
    *,
    keep_queued: bool,
) -> Message | None:
    """Return a message that may go now; None where it may not, which is noted in the round.

    What the register, an answer or a document stands against is refused for good, unless this is a
    rehearsal.
    """
    found = messages_of(workspace, message_id=message_id, state=QUEUED) if message_id else []
    if not found:
        return None  # another round has it, or its member has been erased
    row = found[0]
    if row["not_before_on"] is not None and row["not_before_on"] > today:
        done.later += 1
        return None
    if problem := objection(workspace, row, form=form, today=today):
        done.leave_out(row, REFUSED, problem)
        if not keep_queued:
            refuse(workspace, row, problem)
        return None
    if problem := waits_for(workspace, row, today=today):
        done.leave_out(row, QUEUED, problem)
        return None
    return row


def refuse(workspace: Workspace, row: Message, reason: str) -> None:
    """Take a message out of what waits, as something stands against it."""
    change_messages(
        workspace,
        [row["message_id"]],
        event=OutboxEvent.REFUSED,
        only_in=(MessageState.QUEUED,),
        reason=reason,
        state=REFUSED,
        detail=reason,
    )


def way_of(workspace: Workspace, row: Message) -> str:
    """Return how a message goes: by e-mail or by post."""
    member = member_row(workspace, str(row["member_no"])) if row["member_no"] else None
    return way_to(member) if member is not None else ""


def _send(
    workspace: Workspace,
    row: Message,
    deliver: Deliver,
    sender: str,
    done: SendingRound,
    *,
    keep_queued: bool,
    form: str,
) -> bool:
    """Send one message; return False if the connection broke.

    Until the answer is known, the state is `sending`. Whoever finds it so later cannot know whether
    the message went, and says so.
    """
    try:
        message = build_message(workspace, row, sender=sender, form=form)
    except AssessorKitError as problem:  # its template was broken since: it waits, and is named
        done.leave_out(row, QUEUED, problem.sentence())
        return True
    if keep_queued:
        deliver(message)
        done.sent += 1
        return True
    if not take(workspace, row):
        return True  # another machine has it
    try:
        deliver(message)
    except ConnectionDropped as problem:
        _came_to(workspace, row, QUEUED, OutboxEvent.HELD_UP, str(problem), done)
        done.stopped = str(problem)
        return False
    except NotNow as problem:
        _came_to(workspace, row, QUEUED, OutboxEvent.HELD_UP, str(problem), done)
    except NotAccepted as problem:
        _came_to(workspace, row, BOUNCED, OutboxEvent.BOUNCED, str(problem), done)
    except (MayHaveGone, OSError) as problem:
        reason = str(problem) if isinstance(problem, MayHaveGone) else type(problem).__name__
        _came_to(workspace, row, UNKNOWN, OutboxEvent.UNKNOWN, reason, done)
        done.stopped = reason
        return False
    else:
        set_state(workspace, row, SENT, "")
        done.sent += 1
    return True


def take(workspace: Workspace, row: Message) -> bool:
    """Set a queued message to `sending`; return False where somebody else has it."""
    return bool(
        change_messages(
            workspace,
            [row["message_id"]],
            event=None,
            only_in=(MessageState.QUEUED,),
            state=SENDING,
            detail="",
        )
    )


def _came_to(
    workspace: Workspace,
    row: Message,
    state: str,
    event: OutboxEvent,
    reason: str,
    done: SendingRound,
) -> None:
    change_messages(
        workspace,
        [row["message_id"]],
        event=event,
        only_in=tuple(MessageState),
        reason=reason,
        state=state,
        detail=reason,
    )
    done.leave_out(row, state, reason)


def find_unknown(workspace: Workspace) -> pd.DataFrame:
    """Return the messages for which nobody can say whether they were sent.

    They include those that a crash left `sending`. Columns of `tables.OUTBOX`.
    """
    for row in messages_of(workspace, state=SENDING):
        with claim(workspace.folder / "feedback", str(row["message_id"])) as mine:
            if mine:  # nobody is sending it any more
                change_messages(
                    workspace,
                    [row["message_id"]],
                    event=OutboxEvent.UNKNOWN,
                    only_in=(MessageState.SENDING,),
                    reason=MAY_HAVE_GONE,
                    state=UNKNOWN,
                    detail=MAY_HAVE_GONE,
                )
    return read_table(workspace, tables.OUTBOX, state=UNKNOWN)


def settle(
    workspace: Workspace, message_id: str, *, state: str, detail: str = "", who: str = PROGRAM
) -> None:
    """Record what staff have found out about a message.

    `state`: `sent`, `bounced`, or `queued` to send it again. Raises NotFound for an unknown
    message, InvalidRequest for another state, and SendingRefused where a message that was sent
    would be sent again.
    """
    if state not in TO_SETTLE:
        raise InvalidRequest(
            f"A message cannot be set to {state}",
            expected=f"{SENT}, {BOUNCED} or {QUEUED}",
        )
    row = outbox_row(workspace, message_id)
    if state == QUEUED and row["state"] in LEFT_HERE:
        raise SendingRefused(
            f"The message is {row['state']}",
            advice=(
                "A new version of the document is a new message. If this one came back, settle it"
                " as bounced first."
            ),
        )
    change_messages(
        workspace,
        [message_id],
        event=OutboxEvent.SETTLED,
        only_in=tuple(MessageState),
        who=who,
        reason=f"found to be {state}",
        state=state,
        detail=detail,
    )


def outbox_row(workspace: Workspace, message_id: str) -> Message:
    """Return one message, as a row of `tables.OUTBOX`; raise NotFound where there is none."""
    found = messages_of(workspace, message_id=message_id)
    if not found:
        raise NotFound(
            f"There is no message {message_id}",
            advice="`assessor-kit outbox list` lists the messages.",
        )
    return found[0]


def set_state(workspace: Workspace, row: Message, state: str, detail: str) -> None:
    """Record what became of a message."""
    events = {
        SENT: OutboxEvent.SENT,
        BOUNCED: OutboxEvent.BOUNCED,
        UNKNOWN: OutboxEvent.UNKNOWN,
        REFUSED: OutboxEvent.REFUSED,
        QUEUED: OutboxEvent.QUEUED,
    }
    change_messages(
        workspace,
        [row["message_id"]],
        event=events.get(state),
        only_in=tuple(MessageState),
        reason=detail,
        state=state,
        detail=detail,
    )


def messages_to_send(
    workspace: Workspace, cpd_year: int, kinds: tuple[str, ...], *, form: str
) -> list[str]:
    """Return the names of the queued messages in their order, once sure that they can be sent.

    Raises SendingRefused as `send_outbox` does.
    """
    require_fresh_register(workspace)
    named = [*kinds, *(["last reminder"] if REMINDER in kinds else [])]
    queued = messages_of(workspace, cpd_year=cpd_year, state=QUEUED, kind=named)
    require_attachments(workspace, cpd_year, [str(row["document_id"]) for row in queued], form)
    return [str(row["message_id"]) for row in queued]
