"""Does a kept draw still come out the same, also when members have been erased from it?

Each member of the frame has a leaf, SHA-256 of a random salt, the member number and the stratum; the root is SHA-256 of the sorted
leaves, fixed at the draw. Erasing a member destroys number, salt and ticket; the leaf stays and proves that the frame is the same, and says
nothing of who it was.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace

import pandas as pd

from assessor_kit.sampling.draw import (
    Draw,
    draw_sample,
    proportional_sizes,
    ticket_number,
    verify_draw,
)


def frame_leaves(frame: pd.DataFrame) -> list[str]:
    """The leaf of each row; `frame` has salt, member_no and stratum."""
    rows = zip(frame["salt"], frame["member_no"], frame["stratum"], strict=True)
    return [
        hashlib.sha256(f"{salt},{number},{stratum}".encode()).hexdigest()
        for salt, number, stratum in rows
    ]


def frame_root(leaves: list[str]) -> str:
    """SHA-256 of the sorted leaves, one a line."""
    return hashlib.sha256("".join(f"{leaf}\n" for leaf in sorted(leaves)).encode()).hexdigest()


def verify_kept_draw(
    frame: pd.DataFrame, recorded: Draw, *, reserve_percent: float, frame_root_then: str
) -> tuple[bool, Draw]:
    """Whether a draw as it is kept comes out the same from its frame and seed; and the draw made anew.

    `frame`: member_no, stratum, salt (empty for an erased member) and leaf. Of an erased member the recorded rank is taken as it is;
    everybody else must stand where their ticket puts them.
    """
    present = frame[frame["salt"] != ""]
    if (
        len(frame) != recorded.frame_size
        or frame_root(list(frame["leaf"])) != frame_root_then
        or list(present["leaf"]) != frame_leaves(present)
    ):
        return False, recorded
    if len(present) < len(frame):
        again = _with_gaps(frame, recorded, reserve_percent)
        return _same(again.selections, recorded.selections), again
    again = draw_sample(
        frame[["member_no", "stratum"]],
        seed=recorded.seed,
        size=recorded.size,
        reserve_percent=reserve_percent,
    )
    return verify_draw(
        frame[["member_no", "stratum"]],
        seed=recorded.seed,
        size=recorded.size,
        reserve_percent=reserve_percent,
        digest=recorded.frame_digest,
        selections=recorded.selections,
    ), again


def _with_gaps(frame: pd.DataFrame, recorded: Draw, percent: float) -> Draw:
    """The draw made anew around the erased members, who keep their ranks."""
    counts = {str(name): int(number) for name, number in frame.groupby("stratum").size().items()}
    sizes = proportional_sizes(counts, size=recorded.size)
    parts = [
        _stratum(
            rows,
            recorded.selections,
            seed=recorded.seed,
            size=sizes[str(name)],
            reserve=min(math.ceil(sizes[str(name)] * percent / 100), len(rows) - sizes[str(name)]),
        )
        for name, rows in frame.groupby("stratum")
    ]
    return replace(
        recorded,
        selections=pd.concat(parts).sort_values(
            ["is_reserve", "stratum", "rank"], ignore_index=True
        ),
    )


def _stratum(
    frame: pd.DataFrame, selections: pd.DataFrame, *, seed: str, size: int, reserve: int
) -> pd.DataFrame:
    erased = set(frame.loc[frame["salt"] == "", "member_no"])
    taken = (
        selections[selections["member_no"].isin(erased)].set_index("rank")["member_no"].to_dict()
    )
    tickets = {
        number: ticket_number(number, seed=seed)
        for number in frame["member_no"]
        if number not in erased
    }
    waiting = iter(sorted(tickets, key=tickets.__getitem__))
    rows = []
    for rank in range(1, size + reserve + 1):
        number = taken.get(rank) or next(waiting)
        rows.append(
            (
                number,
                frame["stratum"].iloc[0],
                rank,
                tickets.get(number, ""),
                rank > size,
                size / len(frame),
            )
        )
    return pd.DataFrame(
        rows,
        columns=["member_no", "stratum", "rank", "ticket", "is_reserve", "inclusion_probability"],
    )


def _same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    columns = ["member_no", "stratum", "rank", "ticket", "is_reserve"]
    first, second = (
        rows.sort_values(["stratum", "rank"], ignore_index=True)[columns].astype(str)
        for rows in (one, other)
    )
    return bool(first.equals(second))
