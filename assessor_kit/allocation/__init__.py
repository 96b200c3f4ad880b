"""Who assesses what? Returns are matched to assessors, and matched again when things change.

conflicts -> candidates -> solvers -> marking_graph -> allocate (with reasons for what is short)
"""

from __future__ import annotations

from assessor_kit.allocation.allocate import Allocation, allocate_returns
from assessor_kit.allocation.conflicts import (
    Why,
    employer_key,
    field_key,
    listed,
    number_key,
    why_not,
)

__all__ = [
    "Allocation",
    "Why",
    "allocate_returns",
    "employer_key",
    "field_key",
    "listed",
    "number_key",
    "why_not",
]
