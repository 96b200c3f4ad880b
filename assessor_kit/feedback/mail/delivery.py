"""Three ways to deliver the messages in the outbox.

A mail server over TLS, a folder of .eml files to look at, or a table for an office's own mail
merge.
"""

from __future__ import annotations

import csv
import io
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from pathlib import Path

from assessor_kit.errors import SendingRefused
from assessor_kit.feedback.document.manifest import claim
from assessor_kit.feedback.mail.attachments import PAGE, attachment_path
from assessor_kit.feedback.mail.messages import QUEUED
from assessor_kit.feedback.mail.outbox import (
    REFUSED,
    SENDING,
    SENT,
    SUBJECTS,
    Deliver,
    NotAccepted,
    NotNow,
    SendingRound,
    build_message,
    messages_to_send,
    objection,
    outbox_row,
    set_state,
)
from assessor_kit.files import write_private
from assessor_kit.store import Workspace
from assessor_kit.vocabulary import without_formula

SECONDS = 30.0
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

    A refusal is certain. If the connection breaks, nobody knows whether the message went.
    """
    if server.sock is None:  # the server has closed the connection, so nothing can have gone
        raise NotNow("the server closed the connection")
    try:
        server.send_message(message)
    except smtplib.SMTPServerDisconnected:
        raise
    except smtplib.SMTPNotSupportedError as problem:
        raise NotAccepted("the server cannot send to such an address") from problem
    except smtplib.SMTPRecipientsRefused as problem:
        codes = [code for code, _ in problem.recipients.values()]
        raise _refusal(codes) from problem
    except smtplib.SMTPResponseException as problem:
        raise _refusal([problem.smtp_code]) from problem


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
    kinds: tuple[str, ...] = tuple(SUBJECTS),
    form: str = PAGE,
) -> SendingRound:
    """Write the queued messages as a table, for an office that has no mail server.

    The folder gets `mail_merge.csv` (email, name, subject, text, file) and the files that this
    names.

    The register is checked before each row, as before each e-mail; what is in the table counts as
    sent. An earlier table is never overwritten. `form` and errors are as for `send_outbox`.
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
    written = []
    for message_id in queued:
        with claim(workspace.folder / "feedback", message_id) as mine:
            row = outbox_row(workspace, message_id)
            if not mine or row["state"] != QUEUED:
                continue
            if problem := objection(workspace, row, form=form):
                set_state(workspace, row, REFUSED, problem)
                done.left_out.append({"message": message_id, "state": REFUSED, "reason": problem})
                continue
            set_state(workspace, row, SENDING, "")
            rows.append(_merge_row(workspace, row, folder, form))
            written.append(row)
    _write_merge(table, rows)
    for row in written:
        set_state(workspace, row, SENT, "by mail merge")
    done.sent = len(rows)
    return done


def _merge_row(workspace: Workspace, row: dict[str, object], folder: Path, form: str) -> list[str]:
    """Return the cells of one message, and copy its document, if any, beside the table."""
    message = build_message(workspace, row, sender="", form=form)
    name = ""
    if row["document_id"]:
        source = attachment_path(workspace, str(row["document_id"]), form)
        name = source.name
        write_private(folder / name, source.read_bytes())
    text = message.get_body(("plain",))
    person, address = parseaddr(str(message["To"]))
    return [address, person, str(message["Subject"]), str(text.get_content()) if text else "", name]


def _write_merge(table: Path, rows: list[list[str]]) -> None:
    held = io.StringIO(newline="")
    csv.writer(held).writerows(
        [
            ["email", "name", "subject", "text", "file"],
            *([without_formula(cell) for cell in row] for row in rows),
        ]
    )
    write_private(table, held.getvalue().encode("utf-8-sig"))
