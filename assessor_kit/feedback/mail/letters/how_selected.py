"""What a letter says of how its member came to be selected, and how they can check it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from assessor_kit import tables
from assessor_kit.feedback.draw_page import member_code
from assessor_kit.sampling.design import CERTAIN_NAME
from assessor_kit.store import Workspace, read_table

AT_RANDOM = "You have been drawn at random for this year's review of CPD."
FOR_CERTAIN = (
    "You are part of this year's review of CPD because yours was put off last year, or because it"
    " was asked for. You were not drawn at random."
)
CHECK = (
    "Nobody could choose whom the draw would take, and you can check that yourself: open {page} and"
    " paste this code.\n\n{code}\n\nThe code is about you alone. The page works without an internet"
    " connection, and nothing that you type leaves it."
)
NO_ADDRESS = "the page about the draw, which we have published,"


@dataclass(frozen=True, kw_only=True)
class HowSelected:
    """A sentence on why the member is asked, and a paragraph on checking it, where one can."""

    drawn: str
    check: str


def how_selected(workspace: Workspace, *, cpd_year: int, member_no: str) -> HowSelected:
    """Return what to tell a member who was drawn for a year.

    Only a draw under a commitment can be checked. An erased member has no code any more.
    """
    draws = read_table(workspace, tables.DRAWS, cpd_year=cpd_year)
    drawn = read_table(
        workspace, tables.SELECTIONS, draw_id=list(draws["draw_id"]), member_no=member_no
    )
    if drawn.empty:
        return HowSelected(drawn=AT_RANDOM, check="")
    selection = drawn.iloc[0]
    return HowSelected(
        drawn=FOR_CERTAIN if selection["stratum"] == CERTAIN_NAME else AT_RANDOM,
        check=_check(workspace, str(selection["draw_id"]), member_no),
    )


def _check(workspace: Workspace, draw_id: str, member_no: str) -> str:
    commitments = read_table(workspace, tables.COMMITMENTS, draw_id=draw_id)
    rows = read_table(workspace, tables.FRAMES, draw_id=draw_id, member_no=member_no)
    if commitments.empty or rows.empty or not rows.iloc[0]["salt"]:
        return ""
    stated: dict[str, Any] = json.loads(commitments.iloc[0]["commitment_text"])
    return CHECK.format(
        page=stated["page_address"] or NO_ADDRESS,
        code=member_code(member_no, str(rows.iloc[0]["salt"])),
    )
