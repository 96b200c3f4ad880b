"""Define the tables of draws, frames, selections and responses.

They record who was drawn, from whom, how the draw can be repeated, and how members answered.
"""

from __future__ import annotations

from assessor_kit.tables.column import Column, Table

_C = Column

DRAWS = Table(
    "draws",
    "Each draw of a sample, with everything needed to repeat it.",
    (
        _C("draw_id", "text", "Identifier of the draw."),
        _C("cpd_year", "integer", "The CPD year whose returns are reviewed."),
        _C("seed", "text", "The published seed."),
        _C("size", "integer", "How many members were selected."),
        _C("reserve", "integer", "How many reserves were drawn in addition, in order."),
        _C(
            "reserve_percent",
            "number",
            "The number of reserves requested, as a percentage of the size.",
        ),
        _C("frame_size", "integer", "How many members could have been drawn."),
        _C(
            "frame_digest",
            "text",
            "SHA-256 of the sorted frame: membership number and stratum, one member per line.",
        ),
        _C(
            "frame_root",
            "text",
            "SHA-256 of the sorted leaves of the frame, which still proves the draw after a member"
            " has been erased.",
        ),
        _C("drawn_at", "moment", "When the draw was made."),
        _C("reason", "text", "Why a further draw was made for the year; empty for the first."),
        _C("rules_edition", "text", "Edition of the rules that defined the frame."),
        _C(
            "commitment",
            "text",
            "Digest of the commitment that it was drawn under; empty for a draw without one, which"
            " nobody can verify.",
            optional=True,
        ),
        _C(
            "sizes_rule",
            "text",
            "How the size was divided among strata; empty: largest remainders, the rule of old.",
            optional=True,
        ),
        _C("signature", "text", "The signature that proves a drand round.", optional=True),
        _C("signature_before", "text", "The signature of the round before it.", optional=True),
    ),
    ("draw_id",),
)

COMMITMENTS = Table(
    "commitments",
    "The commitments made before a seed was known, each for one draw.",
    (
        _C("draw_id", "text", "Identifier of the draw that it is for."),
        _C("cpd_year", "integer", "The CPD year whose returns are reviewed."),
        _C("commitment_text", "text", "The commitment file, as it was written."),
        _C("digest", "text", "SHA-256 of the commitment file."),
        _C("seed_known_at", "moment", "The moment before which no seed is accepted."),
        _C("made_at", "moment", "When the commitment was made."),
        _C("withdrawn_at", "moment", "When it was withdrawn, if it was.", optional=True),
    ),
    ("draw_id",),
)

DRAW_EVENTS = Table(
    "draw_events",
    "Everything that was done or tried about draws, refusals included.",
    (
        _C("event_no", "integer", "Consecutive number, given by the database."),
        _C("cpd_year", "integer", "The CPD year."),
        _C("draw_id", "text", "The draw, where there was one."),
        _C("kind", "text", "One of the values of DrawEvent."),
        _C("who", "text", "Who did it, where they said so."),
        _C("happened_at", "moment", "When it happened."),
        _C("recorded_at", "moment", "When it was recorded."),
        _C("seed", "text", "The seed that was used or tried."),
        _C("detail", "text", "Where it was published, or why it was refused or done."),
    ),
    ("event_no",),
)

FRAMES = Table(
    "frames",
    "The members who could have been drawn, as frozen at each draw.",
    (
        _C("draw_id", "text", "The draw."),
        _C(
            "member_no",
            "text",
            "Membership number; an opaque name once the member is erased.",
            personal=True,
        ),
        _C("stratum", "text", "The stratum that the member was in."),
        _C(
            "salt", "text", "Random text that is part of the leaf; empty once the member is erased."
        ),
        _C("leaf", "text", "SHA-256 of the salt, membership number and stratum."),
    ),
    ("draw_id", "member_no"),
)

SELECTIONS = Table(
    "selections",
    "The members who were drawn, in the order of their tickets.",
    (
        _C("draw_id", "text", "The draw."),
        _C("member_no", "text", "Membership number.", personal=True),
        _C("stratum", "text", "The stratum that the member was in."),
        _C("rank", "integer", "Position in the stratum's order of tickets, from 1."),
        _C("ticket", "text", "The ticket number, 0.…, as consistent_sampler defines it."),
        _C("is_reserve", "yes_no", "Whether the member was drawn only as a reserve."),
        _C(
            "inclusion_probability",
            "number",
            "The probability that the member had of being selected.",
        ),
        _C("called_at", "moment", "When a reserve was called; empty otherwise.", optional=True),
        _C(
            "called_for_rank",
            "integer",
            "The rank, in the same stratum, of the ineligible member whom a called reserve"
            " replaces.",
            optional=True,
        ),
    ),
    ("draw_id", "member_no"),
)

RESPONSES = Table(
    "responses",
    "What became of the request to each selected member.",
    (
        _C("member_no", "text", "Membership number.", personal=True),
        _C("cpd_year", "integer", "The CPD year."),
        _C("state", "text", "One of the values of ResponseState."),
        _C("noted_on", "date", "When staff recorded it.", optional=True),
        _C("statement", "text", "What the member said, a value of ResponseStatement, or empty."),
    ),
    ("member_no", "cpd_year"),
)
