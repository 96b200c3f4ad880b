"""Three ways out of the outbox: a mail server over TLS, a folder of .eml files to look at, a table for an office's own mail merge."""

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
from assessor_kit.feedback.attachments import PAGE, attachment_path
from assessor_kit.feedback.manifest import claim, write_whole
from assessor_kit.feedback.outbox import (
    QUEUED,
    REFUSED,
    SENDING,
    SENT,
    SUBJECTS,
    Deliver,
    NotAccepted,
    NotNow,
    Sent,
    build_message,
    messages_to_send,
    objection,
    outbox_row,
    set_state,
)
from assessor_kit.store import Workspace

SECONDS = 30.0
FOR_NOW, FOR_GOOD = 400, 500  # the first answers of a mail server that refuse for now, and for good
LIVE = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
)  # an office program takes a cell that begins so for a formula (OWASP ASVS 1.2.10)


@contextmanager
def mail_server(
    host: str,
    port: int,
    *,
    login: str = "",
    password: str = "",
    context: ssl.SSLContext | None = None,
) -> Iterator[Deliver]:
    """Deliver over one connection to a mail server, never without TLS: from the start on port 465, else by STARTTLS."""
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
            advice="Feedback is private: it is not sent over an open line.",
        ) from problem


def _deliver(server: smtplib.SMTP, message: EmailMessage) -> None:
    """An answer that says no, for good or for now, is certain; a line that breaks is not."""
    if server.sock is None:  # the server has said goodbye: nothing can have gone
        raise NotNow("the server closed the line")
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
    """Source: RFC 5321, section 4.2.1: 4yz is a transient refusal, 5yz a permanent one."""
    said = "; ".join(map(str, codes))
    return NotNow(said) if all(FOR_NOW <= code < FOR_GOOD for code in codes) else NotAccepted(said)


def eml_files(folder: Path) -> Deliver:
    """Write each message into a folder, named as its Message-ID, for mail programs to open."""

    def deliver(message: EmailMessage) -> None:
        write_whole(
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
) -> Sent:
    """What is queued as `mail_merge.csv` (email, name, subject, text, file) with the files it names, for an office without a mail server.

    The register is looked at before each row, as before each e-mail; what is in the table counts as sent. An earlier table is never written over.
    `form` and errors as `send_outbox`.
    """
    queued = messages_to_send(workspace, cpd_year, kinds, form=form)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    table = folder / "mail_merge.csv"
    if table.exists():
        raise SendingRefused(
            "There is a mail_merge.csv already",
            where=str(folder),
            advice="Name a new folder: what stands in the old table counts as sent.",
        )
    done, rows, written = Sent(), [], []
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
    """The cells of one message; its document, if it has one, is copied beside the table."""
    message, name = build_message(workspace, row, sender="", form=form), ""
    if row["document_id"]:
        source = attachment_path(workspace, str(row["document_id"]), form)
        name = source.name
        write_whole(folder / name, source.read_bytes())
    text = message.get_body(("plain",))
    person, address = parseaddr(str(message["To"]))
    return [address, person, str(message["Subject"]), str(text.get_content()) if text else "", name]


def _write_merge(table: Path, rows: list[list[str]]) -> None:
    held = io.StringIO(newline="")
    csv.writer(held).writerows(
        [
            ["email", "name", "subject", "text", "file"],
            *([_inert(cell) for cell in row] for row in rows),
        ]
    )
    write_whole(table, held.getvalue().encode("utf-8-sig"))


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(LIVE) else cell
