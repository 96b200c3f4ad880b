"""The draw: each member gets a ticket from the published seed, and the smallest tickets are selected.

A ticket is that of Ron Rivest's `consistent_sampler` (MIT): the decimal digits of SHA-256(hex SHA-256(seed) + member number),
read backwards behind "0.". Whoever knows the seed and the frame can repeat the draw with any SHA-256 program.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from assessor_kit.errors import DrawRefused

SHORTEST_HASH = 64  # consistent_sampler pads the decimal number to this width before reversing it


@dataclass(frozen=True, kw_only=True)
class Draw:
    """A draw and all that repeats it. `selections` has the columns of `tables.SELECTIONS` but `draw_id`."""

    seed: str
    size: int
    reserve: int
    frame_size: int
    frame_digest: str
    selections: pd.DataFrame

    @property
    def selected(self) -> list[str]:
        """Member numbers selected, in rank order."""
        return list(self.selections.loc[~self.selections["is_reserve"], "member_no"])

    @property
    def reserves(self) -> list[str]:
        """Member numbers of the reserves, in the order in which they would be called."""
        return list(self.selections.loc[self.selections["is_reserve"], "member_no"])


def ticket_number(member_no: str, *, seed: str) -> str:
    """The ticket of one member: a decimal fraction as text, uniform in (0, 1)."""
    return _ticket(member_no, hashlib.sha256(seed.encode()).hexdigest())


def _ticket(member_no: str, seed_hash: str) -> str:
    number = int(hashlib.sha256((seed_hash + member_no).encode()).hexdigest(), 16)
    return "0." + f"{number:0{SHORTEST_HASH}d}"[::-1]


def draw_sample(frame: pd.DataFrame, *, seed: str, size: int, reserve_percent: float = 0.0) -> Draw:
    """Draw `size` members and, besides, ordered reserves amounting to `reserve_percent` of the size.

    `frame` has `member_no` (unique) and `stratum`; strata share the size in proportion. Raises DrawRefused for an empty seed, a
    size below 1 or above the frame, and repeated member numbers.
    """
    _check(frame, seed=seed, size=size)
    seed_hash = hashlib.sha256(seed.encode()).hexdigest()
    tickets = frame.assign(ticket=[_ticket(number, seed_hash) for number in frame["member_no"]])
    counts = {str(name): int(number) for name, number in frame.groupby("stratum").size().items()}
    sizes = proportional_sizes(counts, size=size)
    reserve_sizes = {
        name: min(math.ceil(number * reserve_percent / 100), counts[name] - number)
        for name, number in sizes.items()
    }
    parts = [
        _draw_stratum(
            members.sort_values("ticket", ignore_index=True),
            size=sizes[str(name)],
            reserve=reserve_sizes[str(name)],
        )
        for name, members in tickets.groupby("stratum")
    ]
    selections = pd.concat(parts).sort_values(["is_reserve", "ticket"], ignore_index=True)
    return Draw(
        seed=seed,
        size=size,
        reserve=sum(reserve_sizes.values()),
        frame_size=len(frame),
        frame_digest=frame_digest(frame),
        selections=selections,
    )


def _check(frame: pd.DataFrame, *, seed: str, size: int) -> None:
    if not seed.strip():
        raise DrawRefused(
            "The seed is empty.",
            advice="Give a seed that was fixed in public, such as dice rolled before witnesses.",
        )
    if frame["member_no"].duplicated().any():
        raise DrawRefused(
            "The frame names a member twice.",
            advice="Import the register again; each member number stands once.",
        )
    if not 1 <= size <= len(frame):
        raise DrawRefused(
            f"A sample of {size} was asked for and the frame holds {len(frame)} members.",
            expected=f"a size from 1 to {len(frame)}",
            advice="Choose a smaller size, or check the register's dates.",
        )


def _draw_stratum(members: pd.DataFrame, *, size: int, reserve: int) -> pd.DataFrame:
    """The first `size` tickets of a stratum and the `reserve` after them."""
    drawn = members.head(size + reserve).copy()
    drawn["rank"] = range(1, len(drawn) + 1)
    drawn["is_reserve"] = drawn["rank"] > size
    drawn["inclusion_probability"] = size / len(members)
    return drawn[["member_no", "stratum", "rank", "ticket", "is_reserve", "inclusion_probability"]]


def proportional_sizes(counts: Mapping[str, int], *, size: int) -> dict[str, int]:
    """Share `size` among strata in proportion to their counts, by largest remainders; equal remainders go to the earlier name."""
    total = sum(counts.values())
    exact = {name: size * number / total for name, number in counts.items()}
    sizes = {name: math.floor(share) for name, share in exact.items()}
    left = size - sum(sizes.values())
    for name in sorted(counts, key=lambda name: (sizes[name] - exact[name], name))[:left]:
        sizes[name] += 1
    return sizes


def frame_digest(frame: pd.DataFrame) -> str:
    """SHA-256 of the sorted frame: one line `member_no,stratum` per member, each ended by a newline."""
    lines = sorted(
        f"{number},{stratum}\n"
        for number, stratum in zip(frame["member_no"], frame["stratum"], strict=True)
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def verify_draw(
    frame: pd.DataFrame,
    *,
    seed: str,
    size: int,
    reserve_percent: float,
    digest: str,
    selections: pd.DataFrame,
) -> bool:
    """Whether a recorded draw comes out the same when made anew from its frame and seed."""
    if frame_digest(frame) != digest:
        return False
    again = draw_sample(frame, seed=seed, size=size, reserve_percent=reserve_percent).selections
    columns = ["member_no", "stratum", "rank", "ticket", "is_reserve"]
    recorded = selections.sort_values(["is_reserve", "ticket"], ignore_index=True)
    return bool(again[columns].astype(str).equals(recorded[columns].astype(str)))
