"""Does a recorded draw still come out the same, even after members have been erased?

Each member of the frame has a leaf, the SHA-256 of a random salt, the member number and the
stratum; the root is the SHA-256 of the sorted leaves, and is fixed at the draw. Erasing a member
destroys the number, the salt and the ticket. The leaf stays: it proves that the frame is still the
same, and reveals nothing about who the member was.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pandas as pd

from assessor_kit.sampling.draw import Draw, draw_sample, planned_sizes, verify_draw
from assessor_kit.sampling.sizes import WEBSTER
from assessor_kit.sampling.tickets import ticket_number


def plain_leaves(frame: pd.DataFrame) -> list[str]:
    """Return the leaf of each row; `frame` has salt, member_no and stratum."""
    rows = zip(frame["salt"], frame["member_no"], frame["stratum"], strict=True)
    return [
        hashlib.sha256(f"{salt},{number},{stratum}".encode()).hexdigest()
        for salt, number, stratum in rows
    ]


def frame_root(leaves: list[str]) -> str:
    """Return the SHA-256 of the sorted leaves, one per line."""
    return hashlib.sha256("".join(f"{leaf}\n" for leaf in sorted(leaves)).encode()).hexdigest()


def verify_kept_draw(
    frame: pd.DataFrame,
    recorded: Draw,
    *,
    reserve_percent: float,
    frame_root_then: str,
    sizes_rule: str = WEBSTER,
) -> tuple[bool, Draw]:
    """Whether a recorded draw can be repeated from its frame and seed, and the repeated draw.

    `frame` has member_no, stratum, salt (empty for an erased member) and leaf. The recorded rank of
    an erased member is taken as it is; everybody else must have the rank that follows from their
    ticket.
    """
    present = frame[frame["salt"] != ""]
    if (
        len(frame) != recorded.frame_size
        or frame_root(list(frame["leaf"])) != frame_root_then
        or list(present["leaf"]) != plain_leaves(present)
    ):
        return False, recorded
    if len(present) < len(frame):
        again = _with_gaps(frame, recorded, reserve_percent, sizes_rule)
        return _same(again.selections, recorded.selections), again
    again = draw_sample(
        frame[["member_no", "stratum"]],
        seed=recorded.seed,
        size=recorded.size,
        reserve_percent=reserve_percent,
        sizes_rule=sizes_rule,
    )
    return (
        verify_draw(
            frame[["member_no", "stratum"]],
            seed=recorded.seed,
            size=recorded.size,
            reserve_percent=reserve_percent,
            digest=recorded.frame_digest,
            selections=recorded.selections,
            sizes_rule=sizes_rule,
        ),
        again,
    )


def _with_gaps(frame: pd.DataFrame, recorded: Draw, percent: float, sizes_rule: str) -> Draw:
    """Repeat the draw around the erased members, who keep their ranks."""
    drawn_from, sizes, reserves = planned_sizes(
        frame[["member_no", "stratum"]],
        size=recorded.size,
        reserve_percent=percent,
        sizes_rule=sizes_rule,
    )
    parts = [
        _stratum(
            rows,
            recorded.selections,
            seed=recorded.seed,
            size=sizes[str(name)],
            reserve=reserves[str(name)],
        )
        for name, rows in drawn_from.assign(salt=frame["salt"]).groupby("stratum")
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
