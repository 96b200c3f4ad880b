"""Make the e-mail, or the page for the post, of a message of the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr, formatdate, parseaddr
from typing import Any

from assessor_kit import tables
from assessor_kit.errors import InvalidRequest, NotFound
from assessor_kit.feedback.document.words import showable_line
from assessor_kit.feedback.mail.attachments import PAGE, attach
from assessor_kit.feedback.mail.facts import EXAMPLE_PERSON, example_values, letter_values
from assessor_kit.feedback.mail.letters.sender import ADDRESS, sender_file
from assessor_kit.feedback.mail.letters.templates import LetterText, fill_in, template_file
from assessor_kit.feedback.mail.messages import HERE, Message, kind_of
from assessor_kit.feedback.mail.objections import member_row
from assessor_kit.store import Workspace, read_records
from assessor_kit.vocabulary import LetterKind

ATTACHED_AS = {
    LetterKind.FEEDBACK: "CPD feedback {cpd_year}",
    LetterKind.GENERIC: "CPD feedback for everyone {cpd_year}",
}
TEST_MARK = "[TEST]"
TEST_WORDS = (
    "This is a test of the letter “{kind}”, to an invented member. Nobody else gets it.\n\n"
)


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """Whom letters come from: the address, the name before it, and where answers go."""

    address: str
    name: str
    reply_to: str

    @property
    def domain(self) -> str:
        """The domain of the sender, which its Message-IDs bear."""
        return self.address.rpartition("@")[2] or HERE

    @property
    def answers_to(self) -> str:
        """The address that members write to."""
        return self.reply_to or self.address


def letterhead(workspace: Workspace, *, cpd_year: int, sender: str) -> Letterhead:
    """Return whom a workspace's letters come from.

    `sender` is an address, with or without a name before it; empty for the one in the workspace's
    sender.toml. The name is by default the body's.
    """
    own = sender_file(workspace)
    name, address = parseaddr(sender) if sender else ("", "")
    body = showable_line(own.body or workspace.rules(cpd_year).words.body)
    return Letterhead(
        address=address or own.sender, name=showable_line(name) or body, reply_to=own.reply_to
    )


def require_sender(workspace: Workspace, *, cpd_year: int, sender: str) -> Letterhead:
    """Return the letterhead; raise InvalidRequest where it has no address to send from."""
    head = letterhead(workspace, cpd_year=cpd_year, sender=sender)
    if ADDRESS.fullmatch(head.address):
        return head
    raise InvalidRequest(
        f"The sender is {head.address!r}" if head.address else "Nobody is named as the sender",
        expected="an address such as cpd@example.org",
        advice=(
            "Give --sender ADDRESS, or write `sender` into templates/letters/sender.toml of the"
            " workspace. Nothing was sent."
        ),
    )


def letter_of(
    workspace: Workspace, row: Message, *, sender: str = "", form: str = PAGE
) -> LetterText:
    """Return the subject and text of a message, as they now read."""
    head = letterhead(workspace, cpd_year=int(row["cpd_year"]), sender=sender)
    person = _person(workspace, row)
    kind = kind_of(row)
    values = letter_values(workspace, row, person, reply_address=head.answers_to, form=form)
    return fill_in(template_file(workspace, kind), values)


def build_message(
    workspace: Workspace, row: Message, *, sender: str, form: str = PAGE
) -> EmailMessage:
    """Return the e-mail for a row of the outbox, its document attached in this form.

    Raises UnusableFile where its template cannot be filled in.
    """
    year = int(row["cpd_year"])
    letter = letter_of(workspace, row, sender=sender, form=form)
    person = _person(workspace, row)
    head = letterhead(workspace, cpd_year=year, sender=sender)
    message = _addressed(head, person, letter, is_for_member=bool(row["member_no"]))
    message["Message-ID"] = f"<{row['message_id']}@{head.domain}>"
    if row["document_id"]:
        name = ATTACHED_AS[kind_of(row)].format(cpd_year=year)
        attach(message, workspace, str(row["document_id"]), form, name=name)
    return message


def build_test(
    workspace: Workspace,
    kind: LetterKind,
    *,
    cpd_year: int,
    to: str,
    sender: str,
    message_id: str,
) -> EmailMessage:
    """Return a letter of a kind to an invented member, marked as a test, for an address."""
    head = letterhead(workspace, cpd_year=cpd_year, sender=sender)
    read = example_letter(workspace, kind, cpd_year=cpd_year, sender=sender)
    marked = LetterText(
        subject=f"{TEST_MARK} {read.subject}", text=TEST_WORDS.format(kind=kind) + read.text
    )
    person = {"name": EXAMPLE_PERSON["name"], "email": to}
    message = _addressed(head, person, marked, is_for_member=True)
    message["Message-ID"] = f"<{message_id}@{head.domain}>"
    message["X-Assessor-Kit"] = "test"
    return message


def example_letter(
    workspace: Workspace, kind: LetterKind, *, cpd_year: int, sender: str = ""
) -> LetterText:
    """Return a letter of a kind as an invented member or assessor would read it.

    Raises UnusableFile for a template with an error.
    """
    head = letterhead(workspace, cpd_year=cpd_year, sender=sender)
    values = example_values(workspace, kind, cpd_year=cpd_year, reply_address=head.answers_to)
    return fill_in(template_file(workspace, kind), values)


def _addressed(
    head: Letterhead, person: Mapping[str, Any], letter: LetterText, *, is_for_member: bool
) -> EmailMessage:
    message = EmailMessage()
    message["From"] = formataddr((head.name, head.address)) if head.address else ""
    if head.reply_to:
        message["Reply-To"] = head.reply_to
    name = showable_line(str(person["name"])) or ("member" if is_for_member else "assessor")
    message["To"] = formataddr((name, str(person["email"])))
    message["Subject"] = letter.subject
    message["Date"] = formatdate(localtime=True)
    message.set_content(letter.text)
    return message


def _person(workspace: Workspace, row: Message) -> Mapping[str, Any]:
    if row["member_no"]:
        found = member_row(workspace, str(row["member_no"]))
    else:
        rows = read_records(workspace, tables.ASSESSORS, assessor_id=row["assessor_id"])
        found = rows[0] if rows else None
    if found is None:
        raise NotFound(
            "The person whom this letter is for is not in the lists any more",
            advice="`assessor-kit outbox cancel` takes the letter out.",
        )
    return found
