"""Three ways to deliver the messages in the outbox.

A mail server over TLS, a folder of .eml files to look at, or a table for an office's own mail
merge.
"""

from __future__ import annotations

import csv
import io
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import parseaddr
from pathlib import Path

from assessor_kit.errors import AssessorKitError, SendingRefused
from assessor_kit.feedback.document.manifest import claim
from assessor_kit.feedback.mail.attachments import PAGE, attachment_path
from assessor_kit.feedback.mail.building import build_message
from assessor_kit.feedback.mail.messages import E_MAIL, POST, QUEUED, Message
from assessor_kit.feedback.mail.objections import member_row
from assessor_kit.feedback.mail.outbox import (
    EVERY_KIND,
    ConnectionDropped,
    Deliver,
    MayHaveGone,
    NotAccepted,
    NotNow,
    SendingRound,
    messages_to_send,
    ready_message,
    take,
    way_of,
)
from assessor_kit.files import write_private
from assessor_kit.store import Workspace
from assessor_kit.store.log.outbox_log import change_messages
from assessor_kit.vocabulary import MessageState, OutboxEvent, without_formula

SECONDS = 30.0
ACCEPTED, FORWARDED, GO_ON = 250, 251, 354  # RFC 5321, section 4.2.2
LINE_END = re.compile(rb"\r\n|\r|\n")
LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
END_OF_MESSAGE = b".\r\n"
DROPPED_BEFORE = "the connection was dropped before the message was handed over: it was not sent"
DROPPED_AFTER = "the connection was dropped after the message was handed over: it may have arrived"
ADDRESS_LINES = 6  # columns for an address in a mail merge; further lines share the last one
MERGE_COLUMNS = (
    "message",
    "by",
    "member_no",
    "email",
    "name",
    *(f"address_{number}" for number in range(1, ADDRESS_LINES + 1)),
    "subject",
    "text",
    "file",
)
# the first answers of a mail server that refuse for now, and for good
FOR_NOW = 400
FOR_GOOD = 500


@contextmanager
def mail_server(
    host: str,
    port: int,
    *,
    login: str = "",
    password: str = "",
    context: ssl.SSLContext | None = None,
) -> Iterator[Deliver]:
    """Deliver over one connection to a mail server, always with TLS.

    TLS is used from the start on port 465, and by STARTTLS on any other port.
    """
    secure = context or ssl.create_default_context()
    try:
        server = (
            smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=secure)
            if port == smtplib.SMTP_SSL_PORT
            else smtplib.SMTP(host, port, timeout=SECONDS)
        )
    except OSError as problem:
        raise SendingRefused(
            f"{host}:{port} does not answer ({type(problem).__name__})",
            advice="Check the address; nothing was sent.",
        ) from problem
    with server:
        if port != smtplib.SMTP_SSL_PORT:
            _start_tls(server, secure)
        if login:
            server.login(login, password)
        yield lambda message: _deliver(server, message)


def _start_tls(server: smtplib.SMTP, context: ssl.SSLContext) -> None:
    try:
        server.starttls(context=context)
    except (smtplib.SMTPException, ssl.SSLError) as problem:
        raise SendingRefused(
            "The mail server offers no TLS that can be trusted",
            advice="Feedback is private, so it is not sent unencrypted; nothing was sent.",
        ) from problem


def _deliver(server: smtplib.SMTP, message: EmailMessage) -> None:
    """Send one message; raise NotAccepted or NotNow if the server refuses it.

    A refusal is certain. The transaction is made step by step (RFC 5321, section 3.3), because only
    after the line that ends the message can the server have taken it: a connection that is dropped
    before is told from one that is dropped later (ConnectionDropped, MayHaveGone).
    """
    if server.sock is None:  # the server has closed the connection, so nothing can have gone
        raise ConnectionDropped(DROPPED_BEFORE)
    try:
        content = _hand_over(server, message)
    except (smtplib.SMTPServerDisconnected, OSError) as problem:
        server.close()
        raise ConnectionDropped(DROPPED_BEFORE) from problem
    try:
        server.send(END_OF_MESSAGE if content.endswith(b"\r\n") else b"\r\n" + END_OF_MESSAGE)
        code, _ = server.getreply()
    except (smtplib.SMTPServerDisconnected, OSError) as problem:
        server.close()
        raise MayHaveGone(DROPPED_AFTER) from problem
    if code != ACCEPTED:
        _begin_anew(server)
        raise _refusal([code])


def _hand_over(server: smtplib.SMTP, message: EmailMessage) -> bytes:
    """Send everything but the line that ends the message; raise NotAccepted for a refusal."""
    sender = parseaddr(str(message["From"]))[1]
    to = parseaddr(str(message["To"]))[1]
    server.ehlo_or_helo_if_needed()
    is_international = not (sender + to).isascii()
    if is_international and not server.has_extn("smtputf8"):
        raise NotAccepted("the server cannot send to such an address")
    options = ["SMTPUTF8", "BODY=8BITMIME"] if is_international else []
    content = LINE_END.sub(b"\r\n", message.as_bytes(policy=SMTPUTF8 if is_international else SMTP))
    for code in (
        server.mail(sender, options)[0],
        server.rcpt(to)[0],
        server.docmd("DATA")[0],
    ):
        # a server that has refused the sender goes on to refuse the rest
        if code not in {ACCEPTED, FORWARDED, GO_ON}:
            _begin_anew(server)
            raise _refusal([code])
    server.send(LEADING_DOT.sub(b"..", content))
    return content


def _begin_anew(server: smtplib.SMTP) -> None:
    """Forget a refused message; a server that has gone meanwhile is noticed at the next one."""
    with suppress(smtplib.SMTPException, OSError):
        server.rset()


def _refusal(codes: list[int]) -> NotAccepted:
    """Return the exception for a refusal: NotNow if it is transient, else NotAccepted.

    Source: RFC 5321, section 4.2.1: 4yz is a transient refusal, 5yz a permanent one.
    """
    said = "; ".join(map(str, codes))
    return NotNow(said) if all(FOR_NOW <= code < FOR_GOOD for code in codes) else NotAccepted(said)


def eml_files(folder: Path) -> Deliver:
    """Write each message into a folder as an .eml file, named after its Message-ID.

    Mail programs can open the files.
    """

    def deliver(message: EmailMessage) -> None:
        write_private(
            folder / f"{message['Message-ID'].strip('<>').split('@')[0]}.eml",
            message.as_bytes(policy=SMTP),
        )

    return deliver


def mail_merge(
    workspace: Workspace,
    folder: Path,
    *,
    cpd_year: int,
    kinds: tuple[str, ...] = EVERY_KIND,
    form: str = PAGE,
    only_post: bool = False,
    today: date | None = None,
) -> SendingRound:
    """Write the queued messages as a table, for an office that has no mail server, or for the post.

    The folder gets `mail_merge.csv` (`MERGE_COLUMNS`) and the files that this names.

    The register is checked before each row, as before each e-mail. What goes by e-mail counts as
    sent; what goes by post is `at the post` until staff confirm it. An earlier table is never
    overwritten. `only_post`: leave to the mail server whom it reaches. `form` and errors are as for
    `send_outbox`.
    """
    queued = messages_to_send(workspace, cpd_year, kinds, form=form)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    table = folder / "mail_merge.csv"
    if table.exists():
        raise SendingRefused(
            "There is a mail_merge.csv already",
            where=str(folder),
            advice="Name a new folder: the messages in the old table count as sent.",
        )
    done = SendingRound()
    rows = []
    written: dict[str, list[str]] = {E_MAIL: [], POST: []}
    day = today or datetime.now(UTC).date()
    for message_id in queued:
        with claim(workspace.folder / "feedback", message_id) as mine:
            row = ready_message(
                workspace, message_id if mine else "", done, form, day, keep_queued=False
            )
            way = POST if row is not None and way_of(workspace, row) == POST else E_MAIL
            if row is None or (only_post and way != POST):
                continue
            try:
                cells = _merge_row(workspace, row, folder, form, way)
            except AssessorKitError as problem:  # a template was broken since
                done.leave_out(row, QUEUED, problem.sentence())
                continue
            if take(workspace, row):
                rows.append(cells)
                written[way].append(message_id)
    _write_merge(table, rows)
    for way, state, event in (
        (E_MAIL, MessageState.SENT, OutboxEvent.SENT),
        (POST, MessageState.AT_THE_POST, OutboxEvent.AT_THE_POST),
    ):
        change_messages(
            workspace,
            written[way],
            event=event,
            only_in=(MessageState.SENDING,),
            reason="by mail merge",
            state=state,
            detail="by mail merge",
        )
    done.sent = len(written[E_MAIL])
    done.for_post = len(written[POST])
    return done


def _merge_row(workspace: Workspace, row: Message, folder: Path, form: str, way: str) -> list[str]:
    """Return the cells of one message, and copy its document, if any, beside the table."""
    message = build_message(workspace, row, sender="", form=form)
    name = ""
    if row["document_id"]:
        source = attachment_path(workspace, str(row["document_id"]), form)
        name = source.name
        write_private(folder / name, source.read_bytes())
    text = message.get_body(("plain",))
    person, address = parseaddr(str(message["To"]))
    member = member_row(workspace, str(row["member_no"])) if row["member_no"] else None
    postal = str(member["postal_address"]) if member is not None else ""
    return [
        str(row["message_id"]),
        way,
        str(row["member_no"]),
        address if way == E_MAIL else "",
        person,
        *_in_columns(postal.splitlines()),
        str(message["Subject"]),
        str(text.get_content()) if text else "",
        name,
    ]


def _in_columns(lines: list[str]) -> list[str]:
    """Return an address in as many cells as the table has, the last lines together in the last."""
    last = ", ".join(lines[ADDRESS_LINES - 1 :])
    cells = [*lines[: ADDRESS_LINES - 1], *([last] if last else [])]
    return cells + [""] * (ADDRESS_LINES - len(cells))


def _write_merge(table: Path, rows: list[list[str]]) -> None:
    held = io.StringIO(newline="")
    csv.writer(held).writerows(
        [MERGE_COLUMNS, *([without_formula(cell) for cell in row] for row in rows)]
    )
    write_private(table, held.getvalue().encode("utf-8-sig"))
