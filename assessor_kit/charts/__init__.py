"""The kit's altair charts, one for each question.

Each comes with a sentence for those who cannot see it, and with a table of its numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

# Imported at once, because a module of the same name must not take the function's place.
from assessor_kit.charts.readable import ReadableTable, readable
from assessor_kit.lazy_names import lazy_names

if TYPE_CHECKING:
    from assessor_kit.charts.figure import Figure
    from assessor_kit.charts.hours import (
        activities_by_type,
        figures_of_return,
        hours_by_activity_type,
        hours_by_area,
        hours_planned,
        hours_through_the_year,
    )
    from assessor_kit.charts.kept import kept_drawing
    from assessor_kit.charts.scheme import (
        estimates_by_year,
        loads_of_assessors,
        themes_by_returns,
    )

__all__ = [
    "Figure",
    "ReadableTable",
    "activities_by_type",
    "estimates_by_year",
    "figures_of_return",
    "hours_by_activity_type",
    "hours_by_area",
    "hours_planned",
    "hours_through_the_year",
    "kept_drawing",
    "loads_of_assessors",
    "readable",
    "themes_by_returns",
]
_HOMES = {
    "figure": ("Figure",),
    "scheme": ("estimates_by_year", "loads_of_assessors", "themes_by_returns"),
    "kept": ("kept_drawing",),
    "hours": (
        "activities_by_type",
        "figures_of_return",
        "hours_by_activity_type",
        "hours_by_area",
        "hours_planned",
        "hours_through_the_year",
    ),
}

# Imported on first use, so that reading a return need not wait for what the season's figures need.
__getattr__, __dir__ = lazy_names(__name__, _HOMES, __all__)
