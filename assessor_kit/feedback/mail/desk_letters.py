"""Tell assessors by e-mail what was added to their desk and what was taken from it.

A letter names returns by their pseudonyms only. It goes through the outbox like any other message.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.utils import formataddr

import pandas as pd

from assessor_kit import tables
from assessor_kit.feedback.mail.messages import ADDRESS, DESK, HERE, QUEUED, message_name
from assessor_kit.store import Workspace, append_rows, read_table

SUBJECT = "Your CPD returns to assess: what has changed"
ADDED = "Added to your desk:"
TAKEN = "Taken from your desk, so that you need do nothing more with them:"
HOW = (
    "Your screen shows them when you next open it. If you work from a pack, ask us for a new one;"
    " hand in first what you have judged."
)


@dataclass(kw_only=True)
class DeskNews:
    """What one step added to an assessor's desk and took from it, as lines of a letter."""

    added: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)


def prepare_desk_letters(workspace: Workspace, *, cpd_year: int, step: str) -> int:
    """Put one message in the outbox for each assessor whose desk a step has changed.

    Returns how many were added; repeating the call adds nothing.
    """
    changes = read_table(workspace, tables.ALLOCATION_CHANGES, step=step)
    people = sorted({*changes["from_assessor"], *changes["to_assessor"]} - {""})
    known = set(read_table(workspace, tables.OUTBOX, kind=DESK)["message_id"])
    now = datetime.now(UTC).replace(tzinfo=None)
    rows = [
        {
            "message_id": message_name(workspace, DESK, assessor_id, step),
            "cpd_year": cpd_year,
            "kind": DESK,
            "member_no": "",
            "assessor_id": assessor_id,
            "document_id": "",
            "state": QUEUED,
            "detail": "",
            "changed_at": now,
        }
        for assessor_id in people
    ]
    fresh = [row for row in rows if row["message_id"] not in known]
    append_rows(
        workspace, tables.OUTBOX, pd.DataFrame(fresh, columns=list(tables.OUTBOX.column_names))
    )
    return len(fresh)


def objection_to_assessor(workspace: Workspace, assessor_id: str) -> str:
    """Return why an assessor cannot be written to; empty if nothing is in the way."""
    people = read_table(workspace, tables.ASSESSORS, assessor_id=assessor_id)
    if people.empty:
        return "not in the list of assessors"
    return "" if ADDRESS.fullmatch(str(people.iloc[0]["email"])) else "no e-mail address"


def desk_news(workspace: Workspace, message_id: str, assessor_id: str) -> DeskNews:
    """Return what a message of the outbox has to tell."""
    log = read_table(workspace, tables.ALLOCATION_CHANGES)
    steps = log["step"].drop_duplicates()
    mine = [
        step for step in steps if message_name(workspace, DESK, assessor_id, step) == message_id
    ]
    news = DeskNews()
    log = log[log["step"].isin(mine)]
    names = list(log["return_id"])
    returns = read_table(workspace, tables.RETURNS, return_id=names)
    code_of = dict(zip(returns["return_id"], returns["pseudonym"], strict=True))
    held = read_table(workspace, tables.ALLOCATIONS, return_id=names, assessor_id=assessor_id)
    due_of = dict(zip(held["return_id"], held["due_on"], strict=True))
    for one in log.itertuples():
        code = code_of.get(one.return_id, "")
        if not code:
            continue  # erased since: there is nothing to say about it
        if one.to_assessor == assessor_id:
            news.added.append(f"{code}{_due(due_of.get(one.return_id))}")
        elif one.from_assessor == assessor_id:
            news.taken.append(code)
    return news


def _due(day: date | None) -> str:
    return f", due on {day:%d %B %Y}" if day else ", since given to somebody else"


def build_desk_letter(workspace: Workspace, row: dict[str, object], *, sender: str) -> EmailMessage:
    """Return the e-mail for a row of the outbox that is for an assessor."""
    assessor_id = str(row["assessor_id"])
    person = read_table(workspace, tables.ASSESSORS, assessor_id=assessor_id).iloc[0]
    said = workspace.rules(int(str(row["cpd_year"]))).words
    news = desk_news(workspace, str(row["message_id"]), assessor_id)
    name = " ".join(str(person["name"]).split()) or "assessor"
    parts = [f"Dear {name},"]
    for heading, lines in ((ADDED, news.added), (TAKEN, news.taken)):
        if lines:
            parts.append("\n".join([heading, *(f"- {line}" for line in sorted(lines))]))
    parts += [HOW, f"If you have a question, write to {said.contact}.", said.body]
    message = EmailMessage()
    message["From"] = sender
    message["To"] = formataddr((name, str(person["email"])))
    message["Subject"] = SUBJECT
    message["Message-ID"] = f"<{row['message_id']}@{HERE}>"
    message.set_content("\n\n".join(parts) + "\n")
    return message
