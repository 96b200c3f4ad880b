"""The design of a draw: its strata, how many each holds, and how many are drawn from each."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import pandas as pd

from assessor_kit.errors import DrawRefused
from assessor_kit.sampling.sizes import (
    LEAST,
    NEYMAN,
    WEBSTER,
    exactly,
    merged_strata,
    neyman_sizes,
    proportional_sizes,
    reserve_sizes,
)

CERTAIN, LOW_RATE, RANDOM = "certainty", "low rate", "random"  # kinds of stratum
CERTAIN_NAME = "targeted and carried over"
LOW_RATE_NAME = "recently reviewed"


@dataclass(frozen=True, kw_only=True)
class Stratum:
    """A stratum of a draw: how many members it has, how many are selected, and how many reserves.

    `root` fixes its blinded members; it is empty in a draw without a commitment.
    """

    name: str
    kind: str
    members: int
    selected: int
    reserves: int
    root: str = ""

    @property
    def inclusion_probability(self) -> Fraction:
        """The probability of being selected that each of its members has."""
        return Fraction(self.selected, self.members)


@dataclass(frozen=True, kw_only=True)
class DrawRequest:
    """What a draw was asked to be; numbers are exact.

    `certain` members are drawn for certain. `recent` members have been reviewed recently and are
    drawn at `recent_rate` per cent. `spread` is empty for sizes in proportion to the strata.
    """

    size: int
    reserve_percent: Fraction = Fraction(0)
    certain: frozenset[str] = frozenset()
    recent: frozenset[str] = frozenset()
    recent_rate: Fraction = Fraction(0)
    spread: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Design:
    """The strata of a draw in the order of their names, and what was joined."""

    strata: tuple[Stratum, ...]
    merged: tuple[str, ...]  # one sentence for each joined stratum
    sizes_rule: str

    @property
    def counts(self) -> dict[str, int]:
        """Stratum -> its members."""
        return {stratum.name: stratum.members for stratum in self.strata}


def plan_design(frame: pd.DataFrame, request: DrawRequest) -> tuple[pd.DataFrame, Design]:
    """Return the frame with the strata that it is drawn from, and the design.

    `frame` has member_no and stratum. Certain and recently reviewed members become strata of their
    own; strata too small for two drawn members are joined. Nobody is left out.
    """
    require_size(request.size, len(frame))
    kind = pd.Series(RANDOM, index=frame.index)
    if request.recent and request.recent_rate:
        kind[frame["member_no"].isin(request.recent)] = LOW_RATE
    kind[frame["member_no"].isin(request.certain)] = CERTAIN
    special = _special_strata(kind, request)
    rest = request.size - sum(stratum.selected for stratum in special)
    usual = frame.loc[kind == RANDOM, "stratum"]
    if (rest < 1 and len(usual)) or rest < 0:
        taken = ", ".join(f"{one.selected} {one.name}" for one in special)
        raise DrawRefused(
            f"Of {request.size} members to draw, {taken} leave {max(0, rest)} for everybody else",
            expected=f"a size of at least {request.size - rest + LEAST}",
            advice="Choose a larger size, or fewer members to be drawn for certain.",
        )
    counts = {str(name): int(number) for name, number in usual.value_counts().items()}
    joined = merged_strata(counts, size=rest)
    _refuse_reserved_names(joined.values())
    merged: dict[str, int] = {}
    for name, group in joined.items():
        merged[group] = merged.get(group, 0) + counts[name]
    strata = [*special, *_usual_strata(merged, rest, request)] if merged else special
    names = frame["stratum"].map(joined)
    for stratum in special:
        names[kind == stratum.kind] = stratum.name
    return (
        pd.DataFrame({"member_no": frame["member_no"], "stratum": names}),
        Design(
            strata=tuple(sorted(strata, key=lambda one: one.name)),
            merged=tuple(
                f"{group} are one stratum, as two of each could not be drawn."
                for group in sorted(set(joined.values()) - set(counts))
            ),
            sizes_rule=NEYMAN if request.spread else WEBSTER,
        ),
    )


def require_size(size: int, members: int) -> None:
    """Raise DrawRefused where so many cannot be drawn."""
    if members == 0:
        raise DrawRefused(
            f"A sample of {size} was asked for, but the frame holds 0 members: nobody is in scope.",
            advice="`assessor-kit frame` says for each reason how many are out.",
        )
    if not 1 <= size <= members:
        raise DrawRefused(
            f"A sample of {size} was asked for, but the frame holds {members} members.",
            expected=f"a size from 1 to {members}",
            advice="Choose a size within the frame, or check the register's dates.",
        )


def _special_strata(kind: pd.Series[str], request: DrawRequest) -> list[Stratum]:
    certain, recent = int((kind == CERTAIN).sum()), int((kind == LOW_RATE).sum())
    made = []
    if certain:
        made.append(
            Stratum(name=CERTAIN_NAME, kind=CERTAIN, members=certain, selected=certain, reserves=0)
        )
    if recent:
        selected = min(recent, max(LEAST, math.ceil(recent * request.recent_rate / 100)))
        reserves = reserve_sizes({"": recent}, {"": selected}, percent=request.reserve_percent)[""]
        made.append(
            Stratum(
                name=LOW_RATE_NAME,
                kind=LOW_RATE,
                members=recent,
                selected=selected,
                reserves=reserves,
            )
        )
    return made


def _usual_strata(counts: Mapping[str, int], size: int, request: DrawRequest) -> list[Stratum]:
    if request.spread:
        sizes = neyman_sizes(counts, size=size, spread=request.spread)
    else:
        sizes = proportional_sizes(counts, size=size)
    reserves = reserve_sizes(counts, sizes, percent=request.reserve_percent)
    return [
        Stratum(
            name=name,
            kind=RANDOM,
            members=number,
            selected=sizes[name],
            reserves=reserves[name],
        )
        for name, number in counts.items()
    ]


def _refuse_reserved_names(names: Collection[str]) -> None:
    for name in sorted({CERTAIN_NAME, LOW_RATE_NAME} & set(names)):
        raise DrawRefused(
            f"The register has a stratum called {name!r}, which means something else in a draw",
            advice="Give it another name in the register.",
        )


def size_of_rate(members: int, *, percent: float) -> int:
    """Return how many members a rate is, to the nearest whole member."""
    return round(members * exactly(percent) / 100)
