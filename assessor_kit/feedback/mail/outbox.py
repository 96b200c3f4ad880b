"""What is to be sent to whom, and what became of it.

Nothing is sent twice unknowingly: where a crash leaves it uncertain, staff settle the question.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.utils import formataddr

import pandas as pd

from assessor_kit import tables
from assessor_kit.errors import InvalidRequest, NotFound, SampleWorkspace, SendingRefused
from assessor_kit.feedback.document.manifest import claim
from assessor_kit.feedback.document.words import isolated, showable, showable_line
from assessor_kit.feedback.mail.attachments import (
    OPENS,
    PAGE,
    attach,
    attachment_objection,
    require_attachments,
)
from assessor_kit.feedback.mail.desk_letters import (
    SUBJECT,
    build_desk_letter,
    objection_to_assessor,
)
from assessor_kit.feedback.mail.how_selected import how_selected
from assessor_kit.feedback.mail.messages import ADDRESS, DESK, HERE, QUEUED, message_name
from assessor_kit.feedback.mail.round_letters import (
    ROUND_SUBJECTS,
    build_round_letter,
    objection_to_round_letter,
)
from assessor_kit.store import Workspace, append_rows, read_table, replace_rows

SENDING = "sending"
SENT = "sent"
UNKNOWN = "unknown"
REFUSED = "refused"
BOUNCED = "bounced"
REGISTER_DAYS = 7  # an older register may not know who has left or asked not to be written to
FEEDBACK = "feedback"
REMINDER = "reminder"
INVITATION = "invitation"
SUBJECTS = {
    FEEDBACK: "Your CPD feedback for {cpd_year}",
    REMINDER: "A reminder: your CPD record for {cpd_year}",
    INVITATION: "Your CPD record for {cpd_year}",
    DESK: SUBJECT,
    **ROUND_SUBJECTS,
}
CLOSING = (
    "If you have a question, or cannot send a record this year, write to {contact}.\n\n{body}\n"
)
BODIES = {
    FEEDBACK: (
        "Dear {name},\n\nThank you for sending your CPD record for {cpd_year}. Your feedback is"
        " attached. {opens}\n\nIf something in it looks wrong, write to {contact}.\n\n{body}\n"
    ),
    REMINDER: (
        "Dear {name},\n\nWe have not yet received your CPD record for {cpd_year}. Please send it"
        " when you can.\n\n{how_to_submit}\n\n" + CLOSING
    ),
    INVITATION: (
        "Dear {name},\n\n{drawn} Please send us your CPD record for {cpd_year}.\n\n{how_to_submit}"
        " {any_source}\n\nThe review gives advice. Nobody passes or fails.\n\n{check}" + CLOSING
    ),
}
Deliver = Callable[[EmailMessage], None]


class NotAccepted(Exception):
    """The server has refused this message, so it was not sent."""


class NotNow(NotAccepted):
    """The server refuses this message for now: it was not sent, and may be tried again."""


@dataclass(kw_only=True)
class SendingRound:
    """What a round of sending did: how many went, and who was left out and why.

    `left_out`: the message, state and reason of each.
    """

    sent: int = 0
    left_out: list[dict[str, str]] = field(default_factory=list)


def prepare_feedback(workspace: Workspace, *, cpd_year: int) -> int:
    """Put in the outbox every released individual document that is not in it yet.

    Returns how many were added.
    """
    documents = read_table(workspace, tables.DOCUMENTS, cpd_year=cpd_year, kind="individual")
    released = documents[documents["released_at"].notna()]
    return _prepare(
        workspace,
        cpd_year,
        FEEDBACK,
        [(str(row["member_no"]), str(row["document_id"])) for row in released.to_dict("records")],
    )


def prepare_letters(
    workspace: Workspace, *, cpd_year: int, kind: str, member_nos: list[str], on: date
) -> int:
    """Put invitations to the year's review, or reminders, in the outbox.

    Each member gets one invitation, and at most one reminder a day; repeating the call adds
    nothing. Returns how many were added.
    """
    return _prepare(
        workspace,
        cpd_year,
        kind,
        [
            (number, f"{cpd_year}" if kind == INVITATION else f"{on:%Y-%m-%d}")
            for number in member_nos
        ],
    )


def _prepare(workspace: Workspace, cpd_year: int, kind: str, wanted: list[tuple[str, str]]) -> int:
    if workspace.is_sample:
        raise SampleWorkspace(
            "Nothing is ever sent to invented members",
            advice="Use a workspace of your own for real members.",
        )
    known = set(read_table(workspace, tables.OUTBOX, cpd_year=cpd_year)["message_id"])
    now = datetime.now(UTC).replace(tzinfo=None)
    rows = [
        {
            "message_id": message_name(workspace, kind, member_no, about),
            "cpd_year": cpd_year,
            "kind": kind,
            "member_no": member_no,
            "assessor_id": "",
            "document_id": about if kind == FEEDBACK else "",
            "state": QUEUED,
            "detail": "",
            "changed_at": now,
        }
        for member_no, about in wanted
    ]
    fresh = [row for row in rows if row["message_id"] not in known]
    append_rows(
        workspace, tables.OUTBOX, pd.DataFrame(fresh, columns=list(tables.OUTBOX.column_names))
    )
    return len(fresh)


def send_outbox(
    workspace: Workspace,
    *,
    cpd_year: int,
    deliver: Deliver,
    sender: str,
    kinds: tuple[str, ...] = tuple(SUBJECTS),
    pause_seconds: float = 0.0,
    keep_queued: bool = False,
    form: str = PAGE,
) -> SendingRound:
    """Send the queued messages of these kinds, checking the register before each one.

    `deliver` raises NotAccepted where a message certainly did not go.

    `keep_queued`: a rehearsal, which leaves every message as it was. `form`: one of
    `attachments.FORMS`. Raises SendingRefused where the register is older than seven days, or a
    document is missing in that form.
    """
    done = SendingRound()
    for message_id in messages_to_send(workspace, cpd_year, kinds, form=form):
        with claim(workspace.folder / "feedback", message_id) as mine:
            row = outbox_row(workspace, message_id)
            if not mine or row["state"] != QUEUED:
                continue  # another round has it
            problem = objection(workspace, row, form=form)
            if problem:
                done.left_out.append({"message": message_id, "state": REFUSED, "reason": problem})
                if not keep_queued:
                    set_state(workspace, row, REFUSED, problem)
                continue
            if not _send(workspace, row, deliver, sender, done, keep_queued=keep_queued, form=form):
                # the connection is broken: the rest stays queued for the next round
                break
        time.sleep(pause_seconds)
    return done


def _send(
    workspace: Workspace,
    row: dict[str, object],
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
    message = build_message(workspace, row, sender=sender, form=form)
    if keep_queued:
        deliver(message)
        done.sent += 1
        return True
    set_state(workspace, row, SENDING, "")
    try:
        deliver(message)
    except NotNow as problem:
        set_state(workspace, row, QUEUED, str(problem))
        done.left_out.append(
            {"message": str(row["message_id"]), "state": QUEUED, "reason": str(problem)}
        )
    except NotAccepted as problem:
        set_state(workspace, row, BOUNCED, str(problem))
        done.left_out.append(
            {"message": str(row["message_id"]), "state": BOUNCED, "reason": str(problem)}
        )
    except OSError as problem:  # the connection broke, perhaps after the server took it
        set_state(workspace, row, UNKNOWN, type(problem).__name__)
        done.left_out.append(
            {"message": str(row["message_id"]), "state": UNKNOWN, "reason": type(problem).__name__}
        )
        return False
    else:
        set_state(workspace, row, SENT, "")
        done.sent += 1
    return True


def find_unknown(workspace: Workspace) -> pd.DataFrame:
    """Return the messages for which nobody can say whether they were sent.

    They include those that a crash left `sending`. Columns of `tables.OUTBOX`.
    """
    for row in read_table(workspace, tables.OUTBOX, state=SENDING).to_dict("records"):
        with claim(workspace.folder / "feedback", str(row["message_id"])) as mine:
            if mine:  # nobody is sending it any more
                set_state(
                    workspace,
                    outbox_row(workspace, str(row["message_id"])),
                    UNKNOWN,
                    "the sending process ended",
                )
    return read_table(workspace, tables.OUTBOX, state=UNKNOWN)


def settle(workspace: Workspace, message_id: str, *, state: str, detail: str = "") -> None:
    """Record what staff have found out about a message.

    `state`: `sent`, `bounced`, or `queued` to send it again. Raises NotFound for an unknown
    message, InvalidRequest for another state, and SendingRefused where a message that was sent
    would be sent again.
    """
    found = read_table(workspace, tables.OUTBOX, message_id=message_id)
    if state not in {SENT, BOUNCED, QUEUED}:
        raise InvalidRequest(
            f"A message cannot be set to {state}",
            expected=f"{SENT}, {BOUNCED} or {QUEUED}",
        )
    if found.empty:
        raise NotFound(
            f"There is no message {message_id}",
            advice="`assessor-kit feedback outbox` lists the messages whose state is unknown.",
        )
    if state == QUEUED and found.iloc[0]["state"] == SENT:
        raise SendingRefused(
            "The message was sent", advice="A new version of the document is a new message."
        )
    set_state(workspace, outbox_row(workspace, message_id), state, detail)


def outbox_row(workspace: Workspace, message_id: str) -> dict[str, object]:
    """Return one message, as a row of `tables.OUTBOX`."""
    return {
        str(name): value
        for name, value in (
            read_table(workspace, tables.OUTBOX, message_id=message_id).iloc[0].items()
        )
    }


def set_state(workspace: Workspace, row: dict[str, object], state: str, detail: str) -> None:
    """Record what became of a message."""
    replace_rows(
        workspace,
        tables.OUTBOX,
        pd.DataFrame(
            [
                {
                    **row,
                    "state": state,
                    "detail": detail,
                    "changed_at": datetime.now(UTC).replace(tzinfo=None),
                }
            ]
        ),
    )


def require_fresh_register(workspace: Workspace) -> None:
    """Raise SendingRefused if the register is older than seven days."""
    imported = read_table(workspace, tables.IMPORTS, kind="register")["imported_at"]
    oldest = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=REGISTER_DAYS)
    if imported.empty or max(imported) < oldest:
        raise SendingRefused(
            f"The register is older than {REGISTER_DAYS} days",
            advice=(
                "Import today's register first: it says who has died, left or must not be"
                " written to."
            ),
        )


def messages_to_send(
    workspace: Workspace, cpd_year: int, kinds: tuple[str, ...], *, form: str
) -> list[str]:
    """Return the names of the queued messages, once sure that they can be sent.

    Raises SendingRefused as `send_outbox` does.
    """
    require_fresh_register(workspace)
    queued = read_table(workspace, tables.OUTBOX, cpd_year=cpd_year, state=QUEUED, kind=list(kinds))
    require_attachments(workspace, cpd_year, queued["document_id"], form)
    return list(queued["message_id"])


def objection(workspace: Workspace, row: dict[str, object], *, form: str = PAGE) -> str:
    """Return why a message (a row of `tables.OUTBOX`) must not be sent; empty if none.

    Its document is checked in the form given.
    """
    if row["kind"] == DESK:
        return objection_to_assessor(workspace, str(row["assessor_id"]))
    problem = objection_to_member(workspace, str(row["member_no"]))
    if row["kind"] in ROUND_SUBJECTS:
        return problem or objection_to_round_letter(workspace, row)
    return problem or (
        attachment_objection(workspace, str(row["document_id"]), form) if row["document_id"] else ""
    )


def objection_to_member(workspace: Workspace, member_no: str) -> str:
    """Return why this member must not be written to; empty if nothing forbids it.

    The register as it now stands decides.
    """
    members = read_table(workspace, tables.REGISTER, member_no=member_no)
    if members.empty:
        return "not in the register"
    member = members.iloc[0]
    if member["deceased"]:
        return "has died"
    if member["do_not_contact"]:
        return "not to be contacted"
    if member["left_on"] is not None and member["left_on"] <= datetime.now(UTC).date():
        return "has left"
    return "" if ADDRESS.fullmatch(str(member["email"])) else "no e-mail address"


def build_message(
    workspace: Workspace, row: dict[str, object], *, sender: str, form: str = PAGE
) -> EmailMessage:
    """Return the e-mail for a row of the outbox, its document attached in this form."""
    if row["kind"] == DESK:
        return build_desk_letter(workspace, row, sender=sender)
    if row["kind"] in ROUND_SUBJECTS:
        return build_round_letter(workspace, row, sender=sender)
    member = read_table(workspace, tables.REGISTER, member_no=row["member_no"]).iloc[0]
    said = workspace.rules(int(str(row["cpd_year"]))).words
    kind = str(row["kind"])
    name = showable_line(str(member["name"]))
    words = {
        "cpd_year": row["cpd_year"],
        "name": isolated(name) or "member",
        "contact": isolated(showable_line(said.contact)),
        "body": isolated(showable_line(said.body)),
        "how_to_submit": showable(said.how_to_submit),
        "any_source": showable(said.any_source),
        "opens": OPENS[form],
    }
    if kind == INVITATION:
        selected = how_selected(
            workspace, cpd_year=int(str(row["cpd_year"])), member_no=str(row["member_no"])
        )
        words |= {"drawn": selected.drawn, "check": selected.check}
    message = EmailMessage()
    message["From"] = sender
    message["To"] = formataddr((name or "member", str(member["email"])))
    message["Subject"] = SUBJECTS[kind].format(**words)
    message["Message-ID"] = f"<{row['message_id']}@{HERE}>"
    message.set_content(BODIES[kind].format(**words))
    if row["document_id"]:
        attach(
            message,
            workspace,
            str(row["document_id"]),
            form,
            name=f"CPD feedback {row['cpd_year']}",
        )
    return message
