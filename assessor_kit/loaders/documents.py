"""Tables in a document: which is the member's, which the plan, which the activities?

Documents number nothing and name no sheet: their tables are known by their headings, as columns are. A table whose headings stand in its first
column is one record; tables with the same headings are one table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assessor_kit.loaders.columns import known_headings, normal
from assessor_kit.loaders.sheet import Row, Sheet, wrong_width

Grid = list[list[str]]
PAIR = re.compile(r"\s*([A-Za-z][\w .]{2,40}?)\s*[:=]\s*(\S.*?)\s*")
LEAST_HEADINGS, PAIR_WIDTH = 3, 2


def sheets_of(tables: Iterable[Grid], lines: Iterable[str], *, file: str) -> list[Sheet]:
    """The sheets Member, Plan and Activities of a document, as far as it has them. `lines` are its text outside the tables."""
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
            parts["Activities"][-1][1].extend(rows)  # it goes on over a page's end
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
    """What a table holds, its headings and its rows; an empty name where the headings say nothing."""
    across, down = rows[0], [row[0] for row in rows]
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
    """Tables of one kind as one sheet: their headings put together, every cell under its own."""
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
