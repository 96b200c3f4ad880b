"""The draw: the published seed gives each member a ticket, and the smallest are selected.

`assessor_kit.sampling.tickets` says what a ticket is. Without a commitment it is made from the
membership number itself; `assessor_kit.sampling.commitment` draws blinded members.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import pandas as pd

from assessor_kit.errors import DrawRefused, InvalidRequest
from assessor_kit.sampling.design import (
    CERTAIN_NAME,
    Design,
    DrawRequest,
    plan_design,
    require_size,
)
from assessor_kit.sampling.sizes import (
    LARGEST_REMAINDERS,
    WEBSTER,
    exactly,
    largest_remainder_sizes,
    reserve_sizes,
)
from assessor_kit.sampling.tickets import first_by_ticket


@dataclass(frozen=True, kw_only=True)
class Draw:
    """A draw, with everything that is needed to repeat it.

    `selections` has the columns of `tables.SELECTIONS` except `draw_id`. `commitment` is the
    digest of the commitment that it was made under, empty for a draw that nobody can verify.
    """

    seed: str
    size: int
    reserve: int
    frame_size: int
    frame_digest: str
    selections: pd.DataFrame
    commitment: str = ""

    @property
    def selected(self) -> list[str]:
        """The numbers of the selected members, in rank order."""
        return list(self.selections.loc[~self.selections["is_reserve"], "member_no"])

    @property
    def for_certain(self) -> list[str]:
        """The numbers of those who were drawn for certain, being targeted or carried over."""
        return list(self.selections.loc[self.selections["stratum"] == CERTAIN_NAME, "member_no"])

    @property
    def reserves(self) -> list[str]:
        """The numbers of the reserves, in the order in which they would be called."""
        return list(self.selections.loc[self.selections["is_reserve"], "member_no"])


def draw_sample(
    frame: pd.DataFrame,
    *,
    seed: str,
    size: int,
    reserve_percent: float = 0.0,
    sizes_rule: str = WEBSTER,
) -> Draw:
    """Draw `size` members, and reserves in the order in which they would be called.

    The reserves are `reserve_percent` of the size. `frame` has `member_no` (unique) and `stratum`;
    each stratum has a share of the size in proportion to its members, and at least two. Raises
    DrawRefused for an empty seed, a size below 1 or larger than the frame, and repeated member
    numbers.
    """
    _check(frame, seed=seed, size=size)
    drawn_from, sizes, reserves = planned_sizes(
        frame, size=size, reserve_percent=reserve_percent, sizes_rule=sizes_rule
    )
    parts = [
        _draw_stratum(members, seed=seed, size=sizes[str(name)], reserve=reserves[str(name)])
        for name, members in drawn_from.groupby("stratum")
    ]
    selections = pd.concat(parts).sort_values(["is_reserve", "ticket"], ignore_index=True)
    return Draw(
        seed=seed,
        size=size,
        reserve=sum(reserves.values()),
        frame_size=len(frame),
        frame_digest=frame_digest(frame),
        selections=selections,
    )


def is_asked(selections: pd.DataFrame) -> pd.Series[bool]:
    """Whether each of those drawn is asked for a return: those selected, and reserves called."""
    return ~selections["is_reserve"].astype(bool) | selections["called_at"].notna()


def planned_sizes(
    frame: pd.DataFrame, *, size: int, reserve_percent: float, sizes_rule: str = WEBSTER
) -> tuple[pd.DataFrame, dict[str, int], dict[str, int]]:
    """Return the frame with the strata drawn from, and each stratum's size and reserves."""
    percent = exactly(reserve_percent)
    if sizes_rule == LARGEST_REMAINDERS:
        counts = {
            str(name): int(number) for name, number in frame.groupby("stratum").size().items()
        }
        sizes = largest_remainder_sizes(counts, size=size)
        return frame, sizes, reserve_sizes(counts, sizes, percent=percent)
    # a frame that has been planned before names those who are drawn for certain by their stratum
    certain = frozenset(frame.loc[frame["stratum"] == CERTAIN_NAME, "member_no"])
    request = DrawRequest(size=size, reserve_percent=percent, certain=certain)
    drawn_from, design = plan_design(frame, request)
    return (drawn_from, *_by_name(design))


def _by_name(design: Design) -> tuple[dict[str, int], dict[str, int]]:
    return (
        {one.name: one.selected for one in design.strata},
        {one.name: one.reserves for one in design.strata},
    )


def _check(frame: pd.DataFrame, *, seed: str, size: int) -> None:
    if not seed.strip():
        raise InvalidRequest(
            "The seed is empty.",
            advice="Give a seed that was fixed in public, such as dice rolled before witnesses.",
        )
    require_each_once(frame)
    require_size(size, len(frame))


def require_each_once(frame: pd.DataFrame) -> None:
    """Raise DrawRefused where a member is in the frame twice."""
    if frame["member_no"].duplicated().any():
        raise DrawRefused(
            "The frame names a member twice.",
            advice="Import the register again, with each member number only once.",
        )


def _draw_stratum(members: pd.DataFrame, *, seed: str, size: int, reserve: int) -> pd.DataFrame:
    """Return the members with the first `size` tickets of a stratum and the next `reserve`."""
    first = first_by_ticket(list(members["member_no"]), seed=seed, take=size + reserve)
    drawn = members.iloc[first.places].reset_index(drop=True)
    drawn["rank"] = range(1, len(drawn) + 1)
    drawn["ticket"] = first.tickets
    drawn["is_reserve"] = drawn["rank"] > size
    drawn["inclusion_probability"] = size / len(members)
    return drawn[["member_no", "stratum", "rank", "ticket", "is_reserve", "inclusion_probability"]]


def frame_digest(frame: pd.DataFrame) -> str:
    """Return the SHA-256 of the sorted frame.

    It is taken over one line `member_no,stratum` per member, each ended by a newline.
    """
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
    sizes_rule: str = WEBSTER,
) -> bool:
    """Whether a recorded draw comes out the same when repeated from its frame and seed."""
    if frame_digest(frame) != digest:
        return False
    again = draw_sample(
        frame, seed=seed, size=size, reserve_percent=reserve_percent, sizes_rule=sizes_rule
    ).selections
    columns = ["member_no", "stratum", "rank", "ticket", "is_reserve"]
    recorded = selections.sort_values(["is_reserve", "ticket"], ignore_index=True)
    return bool(again[columns].astype(str).equals(recorded[columns].astype(str)))
