"""What every message of the outbox shares: how it is named, and to what it may be addressed."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from assessor_kit import tables
from assessor_kit.feedback.mail.letters.sender import ADDRESS
from assessor_kit.store import Workspace, read_records
from assessor_kit.vocabulary import LetterKind, MessageState

QUEUED = MessageState.QUEUED.value
DESK = LetterKind.DESK.value  # the kind of message that tells an assessor what has changed
# the domain of a Message-ID where nobody is named as the sender; nobody else can have it
HERE = "assessor-kit.invalid"
E_MAIL = "e-mail"
POST = "post"
Message = dict[str, Any]  # a row of `tables.OUTBOX`


def message_name(workspace: Workspace, kind: str, whose: str, about: str) -> str:
    """Return the message's own lasting name, from which its Message-ID is made.

    A mail system can thus recognise a second copy, and nobody gets the same letter twice.
    """
    return hmac.new(
        bytes.fromhex(workspace.secret), f"mail|{kind}|{whose}|{about}".encode(), hashlib.sha256
    ).hexdigest()[:32]


def new_message(
    workspace: Workspace,
    *,
    cpd_year: int,
    kind: LetterKind,
    about: str,
    member_no: str = "",
    assessor_id: str = "",
    document_id: str = "",
    facts: Mapping[str, object] | None = None,
    on: date | None = None,
) -> Message:
    """Return a message to be queued, as of a day: by default today."""
    now = datetime.now(UTC).replace(tzinfo=None)
    if on is not None and on != now.date():
        now = datetime.combine(on, now.time())
    return {
        "message_id": message_name(workspace, kind.value, member_no or assessor_id, about),
        "cpd_year": cpd_year,
        "kind": kind.value,
        "member_no": member_no,
        "assessor_id": assessor_id,
        "document_id": document_id,
        "about": about,
        "facts": json.dumps(dict(facts or {}), ensure_ascii=False),
        "state": QUEUED,
        "detail": "",
        "place": 0,
        "not_before_on": None,
        "queued_at": now,
        "changed_at": now,
    }


def messages_of(workspace: Workspace, **equals: object) -> list[Message]:
    """Return messages of the outbox that match, in the order in which they are sent."""
    return sorted(read_records(workspace, tables.OUTBOX, **equals), key=_turn)


def _turn(row: Message) -> tuple[int, datetime, str]:
    return row["place"], row["queued_at"] or row["changed_at"], row["message_id"]


def facts_of(row: Message) -> dict[str, Any]:
    """Return what only this letter says."""
    facts: dict[str, Any] = json.loads(str(row.get("facts") or "{}"))
    return facts


def kind_of(row: Message) -> LetterKind:
    """Return the kind of a message; what an older version called a last reminder is a reminder."""
    kind = str(row["kind"])
    return LetterKind.REMINDER if kind == "last reminder" else LetterKind(kind)


def way_to(person: Mapping[str, Any]) -> str:
    """Return how a person is written to: by e-mail, else by post; empty where neither is known."""
    if ADDRESS.fullmatch(str(person["email"])):
        return E_MAIL
    return POST if str(person.get("postal_address", "") or "").strip() else ""
