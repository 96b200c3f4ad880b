"""Blind reading: what stands in the place of a text that says who its writer is. Staff's side works it out, an assessor's only reads it."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pandas as pd
from sqlalchemy import Connection, delete

from assessor_kit import tables
from assessor_kit.store.access import require_allocated, require_self, require_staff
from assessor_kit.store.access_log import note_access
from assessor_kit.store.engine import reading, writing
from assessor_kit.store.masking import Identity, masked, masked_cells
from assessor_kit.store.reading import append, read_rows
from assessor_kit.store.schema import sql_table
from assessor_kit.store.workspace import Workspace

LISTED = 500  # returns asked for at a time
# Part -> what names a line of it, and the cells that hold people's own words.
CELLS = {
    "activities": ("activity_no", ("title", "learning", "reflection", "evidence", "raw")), "goals": ("goal_id", ("goal",)),
    "problems": ("problem_no", ("found",)),
}
PARTS = {"activities": tables.ACTIVITIES, "goals": tables.GOALS, "problems": tables.PROBLEMS}


def mask_returns(workspace: Workspace, return_ids: Iterable[str]) -> int:
    """Work out anew what an assessor sees in the place of texts that name their writer: how many texts are masked. For staff."""
    require_staff(workspace)
    names, number = list(return_ids), 0
    for start in range(0, len(names), LISTED):
        with writing(workspace.engine) as connection:
            number += _mask(connection, names[start : start + LISTED])
    return number


def _mask(connection: Connection, names: list[str]) -> int:
    returns = read_rows(connection, tables.RETURNS, return_id=names)
    people = read_rows(connection, tables.REGISTER, member_no=list(returns["member_no"])).set_index("member_no")
    identities = {str(name): _identity(people, str(number)) for name, number in zip(returns["return_id"], returns["member_no"], strict=True)}
    found = []
    for part, (line, cells) in CELLS.items():
        for row in read_rows(connection, PARTS[part], return_id=names).to_dict("records"):
            who = identities[str(row["return_id"])]
            shown = {cell: _shown(cell, str(row[cell]), who) for cell in cells}
            found += [(row["return_id"], part, str(row[line]), cell, text) for cell, text in shown.items() if text != str(row[cell])]
    kept = sql_table(tables.MASKED_TEXTS)
    connection.execute(delete(kept).where(kept.c.return_id.in_(names)))
    append(connection, tables.MASKED_TEXTS, pd.DataFrame(found, columns=list(tables.MASKED_TEXTS.column_names)))
    return len(found)


def _identity(people: pd.DataFrame, member_no: str) -> Identity:
    if member_no not in people.index:
        return Identity(member_no=member_no)
    known = people.loc[member_no]
    return Identity(name=str(known["name"]), email=str(known["email"]), member_no=member_no, employer=str(known["employer"]))


def _shown(cell: str, text: str, who: Identity) -> str:
    if cell != "raw":
        return masked(text, who)
    cells = json.loads(text)
    shown = masked_cells({str(name): str(value) for name, value in cells.items()}, who)
    return text if shown == cells else json.dumps(shown, ensure_ascii=False)


def overlaid(connection: Connection, frame: pd.DataFrame, part: str) -> pd.DataFrame:
    """The rows of a part (`activities`, `goals` or `problems`) as an assessor may read them."""
    line, cells = CELLS[part]
    masks = read_rows(connection, tables.MASKED_TEXTS, part=part, return_id=list(frame["return_id"].unique()))
    if masks.empty:
        return frame
    instead = {(one.return_id, one.line, one.cell): one.shown for one in masks.itertuples()}
    keys = list(zip(frame["return_id"].astype(str), frame[line].astype(str), strict=True))
    return frame.assign(**{cell: [instead.get((*key, cell), text) for key, text in zip(keys, frame[cell], strict=True)]
                           for cell in cells if cell in frame.columns})


def texts_as_written(workspace: Workspace, return_id: str, *, assessor_id: str) -> dict[int, dict[str, str]]:
    """The masked texts of a return's activities as their writer wrote them: activity_no -> cell -> text. That they were shown is written down.

    Raises NotAllocated for a return of somebody else's.
    """
    require_self(workspace, assessor_id)
    with writing(workspace.engine) as connection:
        require_allocated(connection, return_id, assessor_id=assessor_id)
        note_access(connection, return_id, who=assessor_id, what="unmasked")
    with reading(workspace.engine) as connection:
        masks = read_rows(connection, tables.MASKED_TEXTS, part="activities", return_id=return_id)
        lines = {str(row["activity_no"]): row for row in read_rows(connection, tables.ACTIVITIES, return_id=return_id).to_dict("records")}
    found: dict[int, dict[str, str]] = {}
    for one in masks[masks["cell"] != "raw"].to_dict("records"):
        line, cell = str(one["line"]), str(one["cell"])
        found.setdefault(int(line), {})[cell] = str(lines[line][cell])
    return found
