"""How well do two markers of one return agree?

Raw agreement, Gwet's AC1 and Krippendorff's alpha are shown side by side.
"""

from assessor_kit.moderation.agreement import (
    Agreement,
    agreement_by_criterion,
    gwet_ac1,
    krippendorff_alpha,
    raw_agreement,
)
from assessor_kit.moderation.pairs import differences, double_marked

__all__ = [
    "Agreement",
    "agreement_by_criterion",
    "differences",
    "double_marked",
    "gwet_ac1",
    "krippendorff_alpha",
    "raw_agreement",
]
