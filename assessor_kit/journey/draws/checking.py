"""Does a kept draw still come out the same, and could anybody verify it?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pandas as pd

from assessor_kit import sampling, tables
from assessor_kit.journey.draws.drawing import NOT_VERIFIABLE, drawn_from_leaves
from assessor_kit.journey.draws.record import (
    commitment_of,
    commitment_row,
    draw_row,
    leaves_by_stratum,
    recorded_draw,
)
from assessor_kit.sampling import Draw, Seed
from assessor_kit.sampling.leaves import blinded_leaves
from assessor_kit.store import Workspace, read_table


@dataclass(frozen=True, kw_only=True)
class Checked:
    """Whether a kept draw comes out the same, what speaks against it, and the draw made anew."""

    verified: bool
    verifiable: bool
    reasons: tuple[str, ...]
    again: Draw


def verify(workspace: Workspace, draw_id: str) -> tuple[bool, Draw]:
    """Return whether a kept draw comes out the same again, and the draw made anew."""
    checked = check_draw(workspace, draw_id)
    return checked.verified, checked.again


def check_draw(workspace: Workspace, draw_id: str) -> Checked:
    """Return whether a kept draw comes out the same again, and the draw made anew.

    It is made from the draw's frozen frame and seed. Members who have been erased since are
    represented by their leaf, their rank and their inclusion probability.
    """
    row = draw_row(workspace, draw_id)
    frame = read_table(workspace, tables.FRAMES, draw_id=draw_id)
    recorded = recorded_draw(workspace, draw_id)
    if row["commitment"]:
        return _verify_committed(workspace, row, frame, recorded)
    same, again = sampling.verify_kept_draw(
        frame,
        recorded,
        reserve_percent=float(row["reserve_percent"]),
        frame_root_then=str(row["frame_root"]),
        sizes_rule=str(row["sizes_rule"] or sampling.LARGEST_REMAINDERS),
    )
    different = () if same else ("The draw does not come out the same from its frame and seed.",)
    return Checked(
        verified=same,
        verifiable=False,
        reasons=(*different, f"It is {NOT_VERIFIABLE}."),
        again=again,
    )


def _verify_committed(
    workspace: Workspace, row: dict[str, Any], frame: pd.DataFrame, recorded: Draw
) -> Checked:
    """Check the files as anybody could, and besides whom each leaf stands for."""
    draw_id = str(row["draw_id"])
    kept = json.loads(commitment_row(workspace, draw_id)["commitment_text"])
    commitment = commitment_of(workspace, draw_id)
    seed = Seed(
        text=str(row["seed"]),
        signature=str(row["signature"] or ""),
        before=str(row["signature_before"] or ""),
    )
    reasons: list[str] = []
    leaves = leaves_by_stratum(frame)
    if sorted(leaves) != [stratum.name for stratum in commitment.design.strata]:
        return Checked(
            verified=False,
            verifiable=True,
            reasons=("The frame has other strata than the commitment.",),
            again=recorded,
        )
    content = sampling.draw_content(commitment, leaves, seed=seed)
    reasons += sampling.verify_files(kept, content, published=str(row["commitment"])).reasons
    if not all(_stands_for(rows, draw_id, name) for name, rows in frame.groupby("stratum")):
        reasons.append("A leaf does not stand for the member whom the frame names.")
    again = drawn_from_leaves(commitment, frame, seed=seed.text)
    columns = ["member_no", "stratum", "rank", "is_reserve"]
    one, other = (
        rows.sort_values(["stratum", "rank"], ignore_index=True)[columns].astype(str)
        for rows in (again.selections, recorded.selections)
    )
    if not one.equals(other):
        reasons.append("The members kept as drawn are not those whom the seed draws.")
    return Checked(verified=not reasons, verifiable=True, reasons=tuple(reasons), again=again)


def _stands_for(rows: pd.DataFrame, draw_id: str, stratum: object) -> bool:
    present = rows[rows["salt"] != ""]
    leaves = blinded_leaves(
        list(present["member_no"]),
        salts=b"".join(bytes.fromhex(salt) for salt in present["salt"]),
        draw_id=draw_id,
        stratum=str(stratum),
    )
    return [leaf.hex() for leaf in leaves] == list(present["leaf"])
