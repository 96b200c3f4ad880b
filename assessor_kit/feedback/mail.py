"""Three ways out of the outbox: a mail server over TLS, a folder of .eml files to look at, a table for an office's own mail merge."""

from __future__ import annotations

import csv
import shutil
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from pathlib import Path

from assessor_kit import tables
from assessor_kit.errors import SendingRefused
from assessor_kit.feedback.manifest import write_whole
from assessor_kit.feedback.outbox import SUBJECTS, Deliver, NotAccepted
from assessor_kit.store import Workspace, read_table

SECONDS = 30.0
LIVE = ("=", "+", "-", "@", "\t", "\r")  # an office program takes a cell that begins so for a formula (OWASP ASVS 1.2.10)


@contextmanager
def mail_server(host: str, port: int, *, login: str = "", password: str = "", context: ssl.SSLContext | None = None) -> Iterator[Deliver]:
    """Deliver over one connection to a mail server, never without TLS: from the start on port 465, else by STARTTLS."""
    secure = context or ssl.create_default_context()
    try:
        server = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=secure) if port == smtplib.SMTP_SSL_PORT else smtplib.SMTP(host, port, timeout=SECONDS)
    except OSError as problem:
        raise SendingRefused(f"{host}:{port} does not answer ({type(problem).__name__})", advice="Check the address; nothing was sent.") from problem
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
        raise SendingRefused("The mail server offers no TLS that can be trusted", advice="Feedback is private: it is not sent over an open line.") from problem


def _deliver(server: smtplib.SMTP, message: EmailMessage) -> None:
    """An answer that says no is certain; a line that breaks is not."""
    try:
        server.send_message(message)
    except smtplib.SMTPServerDisconnected:
        raise
    except smtplib.SMTPRecipientsRefused as problem:
        raise NotAccepted("; ".join(f"{code}" for code, _ in problem.recipients.values())) from problem
    except smtplib.SMTPResponseException as problem:
        raise NotAccepted(str(problem.smtp_code)) from problem


def eml_files(folder: Path) -> Deliver:
    """Write each message into a folder, named as its Message-ID, for mail programs to open."""
    def deliver(message: EmailMessage) -> None:
        write_whole(folder / f"{message['Message-ID'].strip('<>').split('@')[0]}.eml", message.as_bytes(policy=SMTP))
    return deliver


def mail_merge(workspace: Workspace, folder: Path, *, cpd_year: int) -> int:
    """Released documents and `mail_merge.csv` (email, name, subject, file) for an office without a mail server; gives how many rows."""
    documents = read_table(workspace, tables.DOCUMENTS, cpd_year=cpd_year, kind="individual")
    released = documents[documents["released_at"].notna()]
    people = read_table(workspace, tables.REGISTER, member_no=list(released["member_no"])).set_index("member_no")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    rows = []
    for document in released.to_dict("records"):
        if document["member_no"] not in people.index or people.loc[document["member_no"], "do_not_contact"]:
            continue
        member, name = people.loc[document["member_no"]], Path(str(document["file"])).name
        shutil.copyfile(workspace.folder / str(document["file"]), folder / name)
        rows.append([parseaddr(str(member["email"]))[1], str(member["name"]), SUBJECTS["feedback"].format(cpd_year=cpd_year), name])
    with (folder / "mail_merge.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([["email", "name", "subject", "file"], *([_inert(cell) for cell in row] for row in rows)])
    return len(rows)


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(LIVE) else cell
