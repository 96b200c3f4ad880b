"""Put letters in the outbox: each once for each member, kind and year.

Whether somebody may be written to is asked again at the moment of sending (`objections`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from assessor_kit import tables
from assessor_kit.errors import InvalidRequest, SampleWorkspace
from assessor_kit.feedback.document.named_numbers import numbers_named
from assessor_kit.feedback.mail.building import example_letter
from assessor_kit.feedback.mail.messages import Message, messages_of, new_message
from assessor_kit.store import Workspace, read_table
from assessor_kit.store.log.outbox_log import PROGRAM, PutIn, put_messages
from assessor_kit.vocabulary import LetterKind, MessageState

# What was refused when its turn came is queued again once nothing stands against it any more; what
# staff have cancelled stays cancelled until they put it back.
AGAIN_FROM = (MessageState.REFUSED,)
NEVER_WRITTEN = {
    MessageState.REFUSED.value,
    MessageState.BOUNCED.value,
    MessageState.CANCELLED.value,
}
NUMBERED = {LetterKind.REMINDER, LetterKind.DECLARATION_REMINDER}
SHORTEST_NAME = 5  # letters of a name that is looked for in what staff write


def put_in_outbox(
    workspace: Workspace, rows: Sequence[Message], *, who: str = PROGRAM, reason: str = ""
) -> PutIn:
    """Queue messages that `messages.new_message` made; raise UnusableFile for a faulty template.

    Raises SampleWorkspace where the members are invented.
    """
    require_real_members(workspace)
    for kind, year in sorted({(str(row["kind"]), int(row["cpd_year"])) for row in rows}):
        # an allocation that is made must not fail for its letter, which waits until it can be sent
        if kind != LetterKind.DESK:
            example_letter(workspace, LetterKind(kind), cpd_year=year)
    return put_messages(workspace, rows, again_from=AGAIN_FROM, who=who, reason=reason)


def require_real_members(workspace: Workspace) -> None:
    """Raise SampleWorkspace where the members are invented."""
    if workspace.is_sample:
        raise SampleWorkspace(
            "Nothing is ever sent to invented members",
            advice="Use a workspace of your own for real members.",
        )


def prepare_feedback(workspace: Workspace, *, cpd_year: int, who: str = PROGRAM) -> int:
    """Put in the outbox every released individual document that is not in it yet.

    Returns how many were added.
    """
    documents = read_table(workspace, tables.DOCUMENTS, cpd_year=cpd_year, kind="individual")
    released = documents[documents["released_at"].notna()]
    rows = [
        new_message(
            workspace,
            cpd_year=cpd_year,
            kind=LetterKind.FEEDBACK,
            about=str(row["document_id"]),
            member_no=str(row["member_no"]),
            document_id=str(row["document_id"]),
        )
        for row in released.to_dict("records")
    ]
    return put_in_outbox(workspace, rows, who=who).number


def released_generic(workspace: Workspace, cpd_year: int) -> str:
    """Return the released feedback for everyone, the newest version; empty where there is none."""
    documents = read_table(workspace, tables.DOCUMENTS, cpd_year=cpd_year, kind="generic")
    released = documents[documents["released_at"].notna()].sort_values("version")
    return "" if released.empty else str(released.iloc[-1]["document_id"])


def prepare_letters(
    workspace: Workspace,
    *,
    cpd_year: int,
    kind: str,
    member_nos: Iterable[str],
    on: date,
    who: str = PROGRAM,
) -> int:
    """Put letters of a kind to members in the outbox, as of a day.

    A member gets each letter once a year; reminders are numbered, and the next one is written only
    when the last has gone. Repeating the call adds nothing. Returns how many were added.
    """
    letter = LetterKind(kind)
    before = written_before(workspace, cpd_year, letter) if letter in NUMBERED else {}
    document_id = released_generic(workspace, cpd_year) if letter is LetterKind.GENERIC else ""
    rows = []
    for number in member_nos:
        about = f"{cpd_year}"
        if letter in NUMBERED:
            written = before.get(number, [])
            if any(row["state"] == MessageState.QUEUED for row in written):
                continue
            about = f"{cpd_year}-{len(written) + 1}"
        rows.append(
            new_message(
                workspace,
                cpd_year=cpd_year,
                kind=letter,
                about=about,
                member_no=number,
                document_id=document_id,
                on=on,
            )
        )
    return put_in_outbox(workspace, rows, who=who).number


def written_before(
    workspace: Workspace, cpd_year: int, kind: LetterKind
) -> dict[str, list[Message]]:
    """Return each member's letters of a kind that went or will go, oldest first."""
    found: dict[str, list[Message]] = {}
    kinds = [kind.value, *(["last reminder"] if kind is LetterKind.REMINDER else [])]
    for row in messages_of(workspace, cpd_year=cpd_year, kind=kinds):
        if row["state"] not in NEVER_WRITTEN:
            found.setdefault(str(row["member_no"]), []).append(row)
    return found


def prepare_more(
    workspace: Workspace,
    *,
    cpd_year: int,
    member_no: str,
    return_id: str,
    missing: str,
    due_on: date,
    number: int = 1,
    who: str = PROGRAM,
) -> PutIn:
    """Put in the outbox the letter that asks a member for a little more.

    `missing` is what to send, in words for the member; `number` counts the rounds of one return.
    Raises InvalidRequest where it does not say what is missing.
    """
    if not missing.strip():
        raise InvalidRequest(
            "The letter does not say what is missing",
            expected="what the member is asked to send",
            advice="Write it as the member should read it. Nothing was queued.",
        )
    row = new_message(
        workspace,
        cpd_year=cpd_year,
        kind=LetterKind.MORE,
        about=f"{return_id}-{number}",
        member_no=member_no,
        facts={"missing": missing, "due_on": due_on.isoformat(), "return_id": return_id},
    )
    return put_in_outbox(workspace, [row], who=who)


def prepare_more_reminder(
    workspace: Workspace,
    *,
    cpd_year: int,
    member_no: str,
    return_id: str,
    missing: str,
    due_on: date,
    who: str = PROGRAM,
) -> PutIn:
    """Put in the outbox the reminder that a member was asked for a little more.

    Each member is reminded of each day that was set once; `prepare_more` says what the words are.
    """
    row = new_message(
        workspace,
        cpd_year=cpd_year,
        kind=LetterKind.MORE_REMINDER,
        about=f"{return_id}-{due_on.isoformat()}-1",
        member_no=member_no,
        facts={"missing": missing, "due_on": due_on.isoformat(), "return_id": return_id},
    )
    return put_in_outbox(workspace, [row], who=who)


def prepare_answer(
    workspace: Workspace, *, cpd_year: int, member_no: str, query_id: str, who: str = PROGRAM
) -> PutIn:
    """Put in the outbox the letter with the answer to a query, which goes once."""
    row = new_message(
        workspace,
        cpd_year=cpd_year,
        kind=LetterKind.ANSWER,
        about=query_id,
        member_no=member_no,
    )
    return put_in_outbox(workspace, [row], who=who)


def prepare_notes(
    workspace: Workspace,
    *,
    cpd_year: int,
    assessor_ids: Iterable[str],
    subject: str,
    text: str,
    who: str,
) -> PutIn:
    """Put a note of staff to assessors in the outbox; the same note goes to each of them once.

    Raises InvalidRequest where it is empty or names a member: assessors know returns by their code.
    """
    if not subject.strip() or not text.strip():
        raise InvalidRequest(
            "The note is empty", expected="a subject and a text", advice="Nothing was queued."
        )
    require_nobody_named(workspace, f"{subject}\n{text}", "The note")
    digest = hashlib.sha256(f"{subject}\n{text}".encode()).hexdigest()[:16]
    rows = [
        new_message(
            workspace,
            cpd_year=cpd_year,
            kind=LetterKind.NOTE,
            about=digest,
            assessor_id=assessor_id,
            facts={"subject": subject.strip(), "text": text.strip()},
        )
        for assessor_id in assessor_ids
    ]
    return put_in_outbox(workspace, rows, who=who)


def require_nobody_named(workspace: Workspace, text: str, what: str) -> None:
    """Raise InvalidRequest where a text holds a member's number, name or address."""
    people: list[Mapping[str, object]] = [
        {str(name): value for name, value in row.items()}
        for row in read_table(workspace, tables.REGISTER).to_dict("records")
    ]
    folded = " ".join(text.casefold().split())
    numbers = numbers_named(text, {str(one["member_no"]) for one in people})
    words = [str(one[column]).casefold().strip() for one in people for column in ("name", "email")]
    named = len(numbers) + sum(
        word in folded
        for word in set(words)
        if len(word) >= SHORTEST_NAME and (" " in word or "@" in word)
    )
    if not named:
        return
    raise InvalidRequest(
        f"{what} names a member",
        expected="words without a membership number, a name or an e-mail address",
        advice="Write the code of the return instead, such as R-7K2M. Nothing was changed.",
    )
