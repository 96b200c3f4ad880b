"""Who is reviewed this year? A frame, and a seeded draw from it that anybody can repeat."""

from assessor_kit.sampling.draw import (
    Draw,
    draw_sample,
    frame_digest,
    proportional_sizes,
    ticket_number,
    verify_draw,
)
from assessor_kit.sampling.frame import frame_of
from assessor_kit.sampling.kept import frame_leaves, frame_root, verify_kept_draw

__all__ = [
    "Draw",
    "draw_sample",
    "frame_digest",
    "frame_leaves",
    "frame_of",
    "frame_root",
    "proportional_sizes",
    "ticket_number",
    "verify_draw",
    "verify_kept_draw",
]
