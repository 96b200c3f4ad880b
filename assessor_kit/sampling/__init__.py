"""Who is reviewed this year? A frame, a commitment to it, and a draw that anybody can check."""

from assessor_kit.sampling.combined import CombinedDraws, combine_draws, joined_where_empty
from assessor_kit.sampling.commitment import (
    BlindedFrame,
    Commitment,
    blind_frame,
    digest_of,
    draw_content,
    draw_leaves,
    read_commitment,
    written,
)
from assessor_kit.sampling.design import Design, DrawRequest, Stratum, plan_design, size_of_rate
from assessor_kit.sampling.draw import Draw, draw_sample, frame_digest, is_asked, verify_draw
from assessor_kit.sampling.frame import exclusions_of, frame_of
from assessor_kit.sampling.kept import frame_root, plain_leaves, verify_kept_draw
from assessor_kit.sampling.seed_sources import Seed, SeedSource, read_seed, read_seed_source
from assessor_kit.sampling.sizes import LARGEST_REMAINDERS, neyman_sizes, proportional_sizes
from assessor_kit.sampling.tickets import ticket_number
from assessor_kit.sampling.verification import Verification, verify_files

__all__ = [
    "LARGEST_REMAINDERS",
    "BlindedFrame",
    "CombinedDraws",
    "Commitment",
    "Design",
    "Draw",
    "DrawRequest",
    "Seed",
    "SeedSource",
    "Stratum",
    "Verification",
    "blind_frame",
    "combine_draws",
    "digest_of",
    "draw_content",
    "draw_leaves",
    "draw_sample",
    "exclusions_of",
    "frame_digest",
    "frame_of",
    "frame_root",
    "is_asked",
    "joined_where_empty",
    "neyman_sizes",
    "plain_leaves",
    "plan_design",
    "proportional_sizes",
    "read_commitment",
    "read_seed",
    "read_seed_source",
    "size_of_rate",
    "ticket_number",
    "verify_draw",
    "verify_files",
    "verify_kept_draw",
    "written",
]
