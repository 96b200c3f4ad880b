"""Who was drawn, from whom, how that can be repeated, and what became of the requests."""

from __future__ import annotations

from assessor_kit.tables.column import Column, Table

_C = Column

DRAWS = Table(
    "draws",
    "Each draw of a sample, with all that is needed to repeat it.",
    (
        _C("draw_id", "text", "Name of the draw."),
        _C("cpd_year", "integer", "The CPD year whose returns are reviewed."),
        _C("seed", "text", "The published seed."),
        _C("size", "integer", "How many members were selected."),
        _C("reserve", "integer", "How many ordered reserves were drawn besides."),
        _C("reserve_percent", "number", "The reserves asked for, as a percentage of the size."),
        _C("frame_size", "integer", "How many members could have been drawn."),
        _C(
            "frame_digest",
            "text",
            "SHA-256 of the sorted frame: member number and stratum, one a line.",
        ),
        _C(
            "frame_root",
            "text",
            "SHA-256 of the sorted leaves of the frame: what still proves the draw when a member has been erased.",
        ),
        _C("drawn_at", "moment", "When the draw was made."),
        _C("reason", "text", "Why a further draw was made for the year; empty for the first."),
        _C("rules_edition", "text", "Edition of the rules that defined the frame."),
    ),
    ("draw_id",),
)

FRAMES = Table(
    "frames",
    "Who could have been drawn, frozen at each draw.",
    (
        _C("draw_id", "text", "The draw."),
        _C(
            "member_no",
            "text",
            "Membership number; an opaque name once the member is erased.",
            personal=True,
        ),
        _C("stratum", "text", "The stratum the member stood in."),
        _C("salt", "text", "Random text that goes into the leaf; empty once the member is erased."),
        _C("leaf", "text", "SHA-256 of salt, member number and stratum."),
    ),
    ("draw_id", "member_no"),
)

SELECTIONS = Table(
    "selections",
    "Who was drawn, in the order of the tickets.",
    (
        _C("draw_id", "text", "The draw."),
        _C("member_no", "text", "Membership number.", personal=True),
        _C("stratum", "text", "The stratum the member stood in."),
        _C("rank", "integer", "Place in the stratum's ticket order, from 1."),
        _C("ticket", "text", "The ticket number, 0.…, as consistent_sampler defines it."),
        _C("is_reserve", "yes_no", "Whether the member is only a reserve."),
        _C("inclusion_probability", "number", "Chance the member had of being selected."),
    ),
    ("draw_id", "member_no"),
)

RESPONSES = Table(
    "responses",
    "What became of the request to each selected member.",
    (
        _C("member_no", "text", "Membership number.", personal=True),
        _C("cpd_year", "integer", "The CPD year."),
        _C("state", "text", "One of the words of ResponseState."),
        _C("noted_on", "date", "When staff noted it.", optional=True),
    ),
    ("member_no", "cpd_year"),
)
