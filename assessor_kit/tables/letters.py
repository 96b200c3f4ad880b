"""Define the tables of the outbox: what is sent to whom, and what was done about it.

A message lies in the outbox from the moment it is queued until it is sent, posted or cancelled.
"""

from __future__ import annotations

from assessor_kit.tables.column import Column, Table

_C = Column

OUTBOX = Table(
    "outbox",
    "What is to be sent to members and assessors, and what became of it.",
    (
        _C(
            "message_id",
            "text",
            "Permanent identifier of the message, also used in its Message-ID: 32 hexadecimal"
            " digits.",
        ),
        _C("cpd_year", "integer", "The CPD year."),
        _C("kind", "text", "One of the values of LetterKind."),
        _C(
            "member_no",
            "text",
            "The member whom it is for; empty for an assessor and for a test.",
            personal=True,
        ),
        _C("assessor_id", "text", "The assessor whom it is for; empty for a member."),
        _C("document_id", "text", "The document that is attached; empty if none is."),
        _C(
            "about",
            "text",
            "What makes it one of its kind: the year, the number of the reminder, the document, the"
            " return or the step.",
        ),
        _C(
            "facts",
            "json",
            "What only this letter says, such as what is missing from a return.",
            personal=True,
        ),
        _C("state", "text", "One of the values of MessageState."),
        _C("detail", "text", "Why the message was not sent, where it was not."),
        _C("place", "integer", "Messages with a lower number are sent before others."),
        _C("not_before_on", "date", "The first day on which it may be sent.", optional=True),
        _C("queued_at", "moment", "When it was put in the outbox.", optional=True),
        _C("changed_at", "moment", "When the state last changed."),
    ),
    ("message_id",),
)

OUTBOX_EVENTS = Table(
    "outbox_events",
    "Everything that was done about the messages of the outbox, in order and never changed.",
    (
        _C("event_no", "integer", "Consecutive number, given by the database."),
        _C("message_id", "text", "The message; it says nothing once its row is gone."),
        _C("kind", "text", "One of the values of OutboxEvent."),
        _C("who", "text", "Who did it; assessor-kit for what the program did by itself."),
        _C("reason", "text", "Why, in words that name nobody; empty where nothing was to be said."),
        _C("happened_at", "moment", "When it was done."),
    ),
    ("event_no",),
)
