"""One altair chart per question, each with its sentence for those who cannot see it and its numbers as a table."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from assessor_kit.charts.readable import (
    ReadableTable,
    readable,
)  # at once: a module of this name must not stand in the function's place

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
    from assessor_kit.charts.kept import drawn
    from assessor_kit.charts.scheme import estimates_by_year, themes_by_returns

__all__ = [
    "Figure",
    "ReadableTable",
    "activities_by_type",
    "drawn",
    "estimates_by_year",
    "figures_of_return",
    "hours_by_activity_type",
    "hours_by_area",
    "hours_planned",
    "hours_through_the_year",
    "readable",
    "themes_by_returns",
]
WHERE = {
    "figure": ("Figure",),
    "scheme": ("estimates_by_year", "themes_by_returns"),
    "kept": ("drawn",),
    "hours": (
        "activities_by_type",
        "figures_of_return",
        "hours_by_activity_type",
        "hours_by_area",
        "hours_planned",
        "hours_through_the_year",
    ),
}


def __getattr__(name: str) -> object:
    """Charts are loaded when first used: who reads a return does not wait for what the season's figures need."""
    for module, names in WHERE.items():
        if name in names:
            return getattr(import_module(f"assessor_kit.charts.{module}"), name)
    raise AttributeError(f"assessor_kit.charts has no {name!r}; it has {', '.join(__all__)}")
