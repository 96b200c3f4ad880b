"""Define the tables of moderation: which returns were chosen for a second or a fresh marking.

What was judged, agreed and answered is in the judgement log, and in no table of its own.
"""

from __future__ import annotations

from assessor_kit.tables.column import Column, Table

_C = Column

SECOND_MARKING_CHOICES = Table(
    "second_marking_choices",
    "Each choice of a return for a second marking, and each choice taken back; never changed.",
    (
        _C("choice_no", "integer", "A running number given by the database."),
        _C("step", "text", "What was chosen together: 16 hexadecimal digits for each run."),
        _C("return_id", "text", "The return."),
        _C(
            "reasons",
            "json",
            "The values of SecondMarkingReason for which it was chosen; none where a choice was"
            " taken back.",
        ),
        _C("seed", "text", "What settled the random share of this run; empty if there was none."),
        _C("share_percent", "number", "The random share of this run, as a percentage."),
        _C("chosen_by", "text", "Who made the choice, or took it back."),
        _C("why", "text", "Why it was taken back; empty for a choice."),
        _C("chosen_at", "moment", "When it was made or taken back."),
    ),
    ("choice_no",),
)

FRESH_REVIEWS = Table(
    "fresh_reviews",
    "Each return that a fresh reviewer marks after an appeal, blind to what was judged before.",
    (
        _C("return_id", "text", "The return."),
        _C("reason", "text", "Why a fresh review was asked for.", personal=True),
        _C("assigned_by", "text", "Who assigned the reviewer."),
        _C("assigned_at", "moment", "When the reviewer was assigned."),
    ),
    ("return_id",),
)
