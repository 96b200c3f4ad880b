"""A table as a file holds it: headings, numbered rows, and what was noticed on the way."""

from __future__ import annotations

from dataclasses import dataclass, field

from assessor_kit.vocabulary import Problem


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row: its number in the file and its cells in the order of the headings.

    The header is row 1. `problem` says why the row cannot be read at all; then only the first cell
    is certain to be in its own column.
    """

    number: int
    cells: list[object]
    problem: Problem | None = None


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One table of a file; `name` is empty for CSV."""

    name: str
    headings: list[str]
    rows: list[Row]
    flags: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


def wrong_width(
    cells: list[object], *, width: int, file: str, sheet: str | None, number: int
) -> Row:
    """Return a row that has more or fewer cells than the header, together with that problem.

    Its cells cannot be trusted to be under their own headings.
    """
    problem = Problem(
        file=file,
        sheet=sheet,
        row=number,
        found=f"{len(cells)} cells",
        expected=f"{width} cells, as in the header",
        advice="Put text that contains the separator in quotes.",
    )
    return Row(number=number, cells=cells, problem=problem)
