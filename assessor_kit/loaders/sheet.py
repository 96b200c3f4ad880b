"""A table as a file holds it: headings, rows with their numbers, and what was wrong on the way."""

from __future__ import annotations

from dataclasses import dataclass, field

from assessor_kit.vocabulary import Problem

MOST_ROWS, MOST_COLUMNS, LONGEST_FIELD = 50_000, 64, 10_000


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row: its number in the file (the header is row 1) and its cells in the order of the headings."""

    number: int
    cells: list[object]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One table of a file. `name` is empty for CSV."""

    name: str
    headings: list[str]
    rows: list[Row]
    rejected: list[Problem] = field(default_factory=list)
    flags: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
