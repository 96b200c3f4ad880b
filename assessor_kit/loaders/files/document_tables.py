"""Recognise the tables in a document: the member's, the plan's and the activities'.

Documents have no row numbers and no sheet names, so their tables are recognised by their headings,
just as columns are. A table whose headings are in its first column is one record; tables of the
same kind are joined into one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assessor_kit.loaders.files.columns import known_headings, normal
from assessor_kit.loaders.files.sheet import Row, Sheet, wrong_width

Grid = list[list[str]]
PAIR = re.compile(r"\s*([A-Za-z][\w .]{2,40}?)\s*[:=]\s*(\S.*?)\s*")
LEAST_HEADINGS = 3
PAIR_WIDTH = 2


def sheets_of(tables: Iterable[Grid], lines: Iterable[str], *, file: str) -> list[Sheet]:
    """Return the sheets Member, Plan and Activities of a document, as far as it has them.

    `lines` are the lines of its text, in which the member may be named outside any table.
    """
    member = [
        (match[1], match[2])
        for line in lines
        if (match := PAIR.fullmatch(line)) and known_headings([match[1]], "member", {})
    ]
    parts: dict[str, list[tuple[list[str], list[list[str]]]]] = {"Plan": [], "Activities": []}
    for grid in tables:
        rows = [
            cells
            for cells in grid
            if any(cell.strip() for cell in cells) and not _is_caption(cells)
        ]
        if not rows:
            continue
        kind, headings, body = _recognised(rows)
        if kind == "Member":
            member += [(row[0], row[1]) for row in rows]
        elif kind:
            parts[kind].append((headings, body))
        elif parts["Activities"] and len(rows[0]) == len(parts["Activities"][-1][0]):
            parts["Activities"][-1][1].extend(rows)  # the table continues on the next page
    sheets = [
        _joined(name, tables_of_kind, file)
        for name, tables_of_kind in parts.items()
        if tables_of_kind
    ]
    if member:
        sheets.append(
            Sheet(
                name="Member",
                headings=[name for name, _ in member],
                rows=[Row(number=2, cells=[value for _, value in member])],
            )
        )
    return sheets


def _is_caption(cells: Sequence[str]) -> bool:
    """Whether one merged cell fills the row, as a title above the headings does."""
    return len(cells) > 1 and len({cell.strip() for cell in cells}) == 1


def _recognised(rows: Grid) -> tuple[str, list[str], list[list[str]]]:
    """Return the name, headings and rows of a table.

    The name is empty where its headings are not recognised.
    """
    across = rows[0]
    down = [row[0] for row in rows]
    counts = {name: known_headings(across, name.lower(), {}) for name in ("Plan", "Activities")}
    best = max(counts, key=lambda name: counts[name])
    if counts[best] >= LEAST_HEADINGS or (counts[best] == len(across) and len(across) > 1):
        return best, across, rows[1:]
    if len(across) == PAIR_WIDTH:
        if known_headings(down, "activities", {}) >= LEAST_HEADINGS:
            return "Activities", down, [[row[1] for row in rows]]
        if known_headings(down, "member", {}):
            return "Member", down, []
    return "", [], []


def _joined(name: str, parts: list[tuple[list[str], list[list[str]]]], file: str) -> Sheet:
    """Join tables of one kind into one sheet, with every cell under its own heading."""
    headings: list[str] = []
    for found, _ in parts:
        known = {normal(heading) for heading in headings}
        headings += [heading for heading in found if normal(heading) not in known]
    places = {normal(heading): place for place, heading in enumerate(headings)}
    rows: list[Row] = []
    for found, body in parts:
        for cells in body:
            number = len(rows) + 2
            if len(cells) != len(found):
                rows.append(
                    wrong_width(list(cells), width=len(found), file=file, sheet=name, number=number)
                )
                continue
            values: list[object] = [None] * len(headings)
            for heading, cell in zip(found, cells, strict=True):
                values[places[normal(heading)]] = cell
            rows.append(Row(number=number, cells=values))
    return Sheet(name=name, headings=headings, rows=rows)
