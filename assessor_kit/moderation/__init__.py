"""How well do two markers of one return agree, and what stands where they do not?

Raw agreement, Gwet's AC1 and Krippendorff's alpha are shown side by side, and are always of the
markings as they were made. What is agreed afterwards is kept beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assessor_kit.lazy_names import lazy_names

if TYPE_CHECKING:
    from assessor_kit.moderation.adjudication import (
        AgreedBefore,
        Point,
        Side,
        compared,
        is_settled,
        made_of,
        points_of,
        sides_of,
        to_be_settled,
        with_own_words,
    )
    from assessor_kit.moderation.agreement import (
        Agreement,
        agreement_by_criterion,
        gwet_ac1,
        krippendorff_alpha,
        raw_agreement,
    )
    from assessor_kit.moderation.pairs import differences, double_marked
    from assessor_kit.moderation.second_markings import (
        Chosen,
        choose_second_markings,
        near_a_threshold,
    )

# Loaded when first used: counting what is to be settled needs neither pandas nor coefficients.
_HOMES = {
    "adjudication": (
        "AgreedBefore",
        "Point",
        "Side",
        "compared",
        "is_settled",
        "made_of",
        "points_of",
        "sides_of",
        "to_be_settled",
        "with_own_words",
    ),
    "agreement": (
        "Agreement",
        "agreement_by_criterion",
        "gwet_ac1",
        "krippendorff_alpha",
        "raw_agreement",
    ),
    "pairs": ("differences", "double_marked"),
    "second_markings": ("Chosen", "choose_second_markings", "near_a_threshold"),
}

__all__ = [
    "AgreedBefore",
    "Agreement",
    "Chosen",
    "Point",
    "Side",
    "agreement_by_criterion",
    "choose_second_markings",
    "compared",
    "differences",
    "double_marked",
    "gwet_ac1",
    "is_settled",
    "krippendorff_alpha",
    "made_of",
    "near_a_threshold",
    "points_of",
    "raw_agreement",
    "sides_of",
    "to_be_settled",
    "with_own_words",
]

__getattr__, __dir__ = lazy_names(__name__, _HOMES, __all__)
