"""What fills in a letter: the values of its template, for a member, an assessor or an example."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from assessor_kit import tables
from assessor_kit.feedback.document.words import isolated, showable, showable_line
from assessor_kit.feedback.mail.attachments import OPENS, PAGE
from assessor_kit.feedback.mail.letters.how_selected import AT_RANDOM, how_selected
from assessor_kit.feedback.mail.letters.sender import sender_file, sender_words
from assessor_kit.feedback.mail.messages import (
    Message,
    facts_of,
    kind_of,
    message_name,
    messages_of,
)
from assessor_kit.feedback.mail.round_facts import answer_values, round_of
from assessor_kit.rules import Rules
from assessor_kit.store import Workspace, read_table
from assessor_kit.vocabulary import LetterKind, MessageState

GONE = (MessageState.SENT, MessageState.POSTED, MessageState.UNKNOWN)
EXAMPLE_PERSON = {
    "member_no": "X0000000",
    "name": "Ada Example",
    "email": "ada@example.org",
    "postal_address": "1 Example Street\nExampleton\nEX1 1EX",
}


@dataclass(kw_only=True)
class DeskNews:
    """What one step added to an assessor's desk and took from it, as lines of a letter."""

    added: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)


def day_in_words(day: date) -> str:
    """Return a day as a letter says it: 1 March 2017."""
    return f"{day.day} {day:%B %Y}"


def letter_values(
    workspace: Workspace,
    row: Message,
    person: Mapping[str, Any],
    *,
    reply_address: str,
    form: str = PAGE,
) -> dict[str, object]:
    """Return the values of a message's template, for the member or assessor whom it is for."""
    year = int(row["cpd_year"])
    kind = kind_of(row)
    rules = workspace.rules(year)
    own = _own_values(workspace, row, kind, rules, form)
    return {
        **_shared(workspace, rules, person, reply_address, is_for_member=bool(row["member_no"])),
        **own,
    }


def example_values(
    workspace: Workspace, kind: LetterKind, *, cpd_year: int, reply_address: str
) -> dict[str, object]:
    """Return the values of a template for an invented member or assessor."""
    rules = workspace.rules(cpd_year)
    today = datetime.now(UTC).date()
    is_for_member = kind not in {LetterKind.NOTE, LetterKind.DESK}
    due = today + timedelta(days=rules.requests.record_due)
    if kind in {LetterKind.DECLARATION, LetterKind.DECLARATION_REMINDER}:
        asked = declaration_due(rules)
        due = asked or due
    return {
        **_shared(workspace, rules, EXAMPLE_PERSON, reply_address, is_for_member=is_for_member),
        "due_on": day_in_words(due),
        "is_late": False,
        "number": 1,
        "drawn": AT_RANDOM,
        "check": "",
        "missing": "Please say what you learnt from the course on 1 March, in two or three lines.",
        "asked_on": day_in_words(today),
        "what": "Why does my talk of 1 March not count?",
        "answer": "It counts. We had overlooked it.",
        "is_changed": True,
        "opens": OPENS[PAGE],
        "query_days": rules.words.query_days,
        "subject": "The meeting of assessors",
        "text": "We meet on the first Monday of next month, at ten.",
        "added": [f"R-7K2M, due on {day_in_words(due)}"],
        "taken": ["R-9C4D"],
    }


def _shared(
    workspace: Workspace,
    rules: Rules,
    person: Mapping[str, Any],
    reply_address: str,
    *,
    is_for_member: bool,
) -> dict[str, object]:
    said = rules.words
    own = sender_file(workspace)
    fallback = "member" if is_for_member else "assessor"
    words = sender_words(
        own,
        said,
        cpd_year=rules.cpd_year,
        reply_address=own.reply_to or reply_address or own.sender,
    )
    return {
        **words,
        "name": isolated(showable_line(str(person["name"]))) or fallback,
        "member_no": str(person.get("member_no", "")),
        "cpd_year": rules.cpd_year,
        "review_year": rules.cpd_year + 1,
        "any_source": showable(said.any_source),
        "guideline": showable(said.guideline_text),
        "benefits": [showable(one) for one in said.benefits],
        "cycle": [showable(one) for one in said.cycle],
    }


def _own_values(
    workspace: Workspace, row: Message, kind: LetterKind, rules: Rules, form: str
) -> dict[str, object]:
    """Return the values that only letters of this kind have."""
    facts = facts_of(row)
    if kind is LetterKind.INVITATION:
        selected = how_selected(workspace, cpd_year=rules.cpd_year, member_no=str(row["member_no"]))
        due = _day_of(row) + timedelta(days=rules.requests.record_due)
        return {"drawn": selected.drawn, "check": selected.check, "due_on": day_in_words(due)}
    if kind is LetterKind.REMINDER:
        return _due(_record_due(workspace, row, rules), row)
    if kind in {LetterKind.DECLARATION, LetterKind.DECLARATION_REMINDER}:
        return _due(declaration_due(rules), row)
    if kind in {LetterKind.MORE, LetterKind.MORE_REMINDER}:
        asked = round_of(workspace, row)
        day = asked.due_on.isoformat() if asked else str(facts.get("due_on", ""))
        return {
            "missing": showable(str(facts.get("missing", ""))).strip(),
            **_due(date.fromisoformat(day) if day else None, row),
        }
    if kind is LetterKind.ANSWER:
        return answer_values(workspace, row)
    if kind in {LetterKind.FEEDBACK, LetterKind.GENERIC}:
        return {"opens": OPENS[form], "query_days": rules.words.query_days}
    if kind is LetterKind.NOTE:
        return {
            "subject": showable_line(str(facts.get("subject", ""))),
            "text": showable(str(facts.get("text", ""))).strip(),
        }
    if kind is LetterKind.DESK:
        news = desk_news(workspace, row)
        return {"added": sorted(news.added), "taken": sorted(news.taken)}
    return {}


def _due(day: date | None, row: Message) -> dict[str, object]:
    return {
        "due_on": day_in_words(day) if day else "",
        "is_late": day is not None and day < _day_of(row),
        "number": _number_of(row),
    }


def _number_of(row: Message) -> int:
    """Return which reminder it is; what an older version queued does not say, and is the first."""
    last = str(row.get("about", "")).rpartition("-")[2]
    return int(last) if last.isdigit() and len(last) < len("2016") else 1


def _day_of(row: Message) -> date:
    """Return the day of a letter: when it went, or today while it has not."""
    if row.get("state") in GONE:
        gone: date = row["changed_at"].date()
        return gone
    return max(datetime.now(UTC).date(), row.get("not_before_on") or date.min)


def _record_due(workspace: Workspace, row: Message, rules: Rules) -> date | None:
    """Return when a member's record is due; None where no invitation is known."""
    sent = [
        one["changed_at"].date()
        for one in messages_of(
            workspace,
            member_no=row["member_no"],
            cpd_year=row["cpd_year"],
            kind=LetterKind.INVITATION.value,
        )
        if one["state"] in GONE
    ]
    return sent[0] + timedelta(days=rules.requests.record_due) if sent else None


def declaration_due(rules: Rules) -> date | None:
    """Return the day by which the year is declared; None where the rules name none."""
    return _in_review_year(rules, rules.requests.declaration_due)


def declaration_asked(rules: Rules) -> date | None:
    """Return the day from which members are asked to declare; None where the rules name none."""
    return _in_review_year(rules, rules.requests.declaration_asked)


def _in_review_year(rules: Rules, month_day: str) -> date | None:
    if not month_day:
        return None
    if month_day == "02-29":  # not every year has it
        return date(rules.cpd_year + 1, 3, 1)
    return date.fromisoformat(f"{rules.cpd_year + 1}-{month_day}")


def desk_news(workspace: Workspace, row: Message) -> DeskNews:
    """Return what a message to an assessor has to tell of their desk."""
    assessor_id = str(row["assessor_id"])
    log = read_table(workspace, tables.ALLOCATION_CHANGES, **_step_of(workspace, row))
    news = DeskNews()
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
            news.added.append(f"{code}{_due_or_gone(due_of.get(one.return_id))}")
        elif one.from_assessor == assessor_id:
            news.taken.append(code)
    return news


def _due_or_gone(day: date | None) -> str:
    return f", due on {day_in_words(day)}" if day else ", since given to somebody else"


def _step_of(workspace: Workspace, row: Message) -> dict[str, str]:
    """Return the step that a message is about; an older version kept it only in the name."""
    if row["about"]:
        return {"step": str(row["about"])}
    steps = read_table(workspace, tables.ALLOCATION_CHANGES)["step"].drop_duplicates()
    wanted = str(row["message_id"])
    found = [
        str(step)
        for step in steps
        if message_name(workspace, LetterKind.DESK.value, str(row["assessor_id"]), str(step))
        == wanted
    ]
    return {"step": found[0] if found else ""}
