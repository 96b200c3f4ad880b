"""One altair chart per question, each with its sentence for those who cannot see it and its numbers as a table."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assessor_kit.charts.figure import FIGURE_MIME, Figure, figure_from_json
    from assessor_kit.charts.hours import activities_by_type, hours_by_activity_type, hours_by_area, hours_planned, hours_through_the_year
    from assessor_kit.charts.scheme import estimates_by_year, themes_by_returns

__all__ = [
    "FIGURE_MIME", "Figure", "activities_by_type", "estimates_by_year", "figure_from_json", "hours_by_activity_type", "hours_by_area", "hours_planned",
    "hours_through_the_year", "themes_by_returns",
]
WHERE = {"FIGURE_MIME": "figure", "Figure": "figure", "figure_from_json": "figure", "estimates_by_year": "scheme", "themes_by_returns": "scheme"}


def __getattr__(name: str) -> object:
    """Charts are loaded when first used: waking the drawing engine must not wait for altair."""
    if name not in __all__:
        raise AttributeError(f"assessor_kit.charts has no {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f"assessor_kit.charts.{WHERE.get(name, 'hours')}"), name)
