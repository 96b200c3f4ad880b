"""Define the tables of what goes to and fro once a return has been judged.

They hold what staff write to an assessor about one return, the versions that were taken into the
review, the rounds in which a member is asked for a little more, and queries and appeals.
"""

from __future__ import annotations

from assessor_kit.tables.column import Column, Table

_C = Column

STAFF_NOTES = Table(
    "staff_notes",
    "What staff wrote to an assessor about one return, never changed; the assessor's own notes are"
    " in the judgement log.",
    (
        _C("note_id", "text", "Opaque identifier: 32 hexadecimal digits."),
        _C("return_id", "text", "The return."),
        _C("assessor_id", "text", "The assessor to whom it was written."),
        _C("note_kind", "text", "One of the values of StaffNote."),
        _C(
            "answers",
            "text",
            "The event of the judgement log that it answers; empty where it answers none.",
        ),
        _C(
            "judgement_version",
            "integer",
            "The version of the judgement whose text was returned; 0 for a note.",
        ),
        _C(
            "sealed",
            "text",
            "What was written, encrypted with the key of the return.",
            personal=True,
        ),
        _C("written_by", "text", "Who of the staff wrote it."),
        _C("written_at", "moment", "When it was written."),
    ),
    ("note_id",),
)

VERSION_CHANGES = Table(
    "version_changes",
    "Each newer version of a return that was taken into the review, in order and never changed.",
    (
        _C("change_no", "integer", "A running number given by the database."),
        _C("return_id", "text", "The version that is reviewed from then on."),
        _C("before_id", "text", "The version that was reviewed until then."),
        _C(
            "new_lines",
            "json",
            "The numbers of the activities that the version before did not have.",
        ),
        _C("lines_gone", "integer", "How many activities of the version before are in it no more."),
        _C("cause", "text", "One of the values of VersionCause."),
        _C("who", "text", "Who took it into the review."),
        _C("changed_at", "moment", "When it was taken into the review."),
    ),
    ("change_no",),
)

INFORMATION_ROUNDS = Table(
    "information_rounds",
    "What happened in each round in which a member is asked for a little more, in order and never"
    " changed.",
    (
        _C("event_no", "integer", "Consecutive number, given by the database."),
        _C("return_id", "text", "The return whose judgement asks for more."),
        _C("kind", "text", "One of the values of RoundEvent."),
        _C("due_on", "date", "The day by which the member is to send it.", optional=True),
        _C("answer_id", "text", "The version that came in; empty until one has come."),
        _C("who", "text", "Who did it."),
        _C(
            "sealed",
            "text",
            "Why, encrypted with the key of the return; empty where nothing was written.",
            personal=True,
        ),
        _C("happened_at", "moment", "When it happened."),
    ),
    ("event_no",),
)

QUERIES = Table(
    "queries",
    "What happened to each query and appeal of a member, in order; only an erasure changes a row,"
    " and only in the membership number.",
    (
        _C("event_no", "integer", "Consecutive number, given by the database."),
        _C("query_id", "text", "Name of the query, such as Q-7K2MX."),
        _C(
            "member_no",
            "text",
            "Who asked; an opaque name once the member is erased.",
            personal=True,
        ),
        _C("cpd_year", "integer", "The CPD year that it is about."),
        _C("return_id", "text", "The return that it is about; empty where it is about none."),
        _C("kind", "text", "One of the values of QueryEvent."),
        _C("is_appeal", "yes_no", "Whether the member asks for a fresh review."),
        _C("asked_on", "date", "The day on which the member asked."),
        _C("due_on", "date", "The day by which staff are to answer."),
        _C("assessor_id", "text", "The fresh reviewer, where one was named; empty otherwise."),
        _C(
            "outcome_changed",
            "yes_no",
            "Whether the answer changed the outcome or the words of the feedback.",
        ),
        _C("who", "text", "Who recorded it."),
        _C(
            "sealed",
            "text",
            "What was asked or answered, encrypted with a key of its own.",
            personal=True,
        ),
        _C("happened_at", "moment", "When it was recorded."),
    ),
    ("event_no",),
)
