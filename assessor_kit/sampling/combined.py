"""Several draws of one year, combined: one sample, and for everybody one probability.

Members who were in the same stratum of every draw have had the same chance all along. They are a
stratum of the combined sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest

import pandas as pd

NOT_IN_FRAME = "-"
BETWEEN = " / "  # the strata of the draws in the name of a combined one


@dataclass(frozen=True, kw_only=True)
class CombinedDraws:
    """`frame` has member_no and stratum (of the combined sample), for everybody in any frame.

    `inclusion_probability` is, for each of these strata, the probability of being selected in at
    least one of the draws.
    """

    frame: pd.DataFrame
    inclusion_probability: dict[str, Fraction]

    @property
    def population(self) -> dict[str, int]:
        """Stratum -> its members."""
        counts = self.frame["stratum"].value_counts()
        return {str(name): int(number) for name, number in counts.items()}


def combine_draws(
    frames: Sequence[pd.DataFrame], probabilities: Sequence[dict[str, Fraction]]
) -> CombinedDraws:
    """Combine draws, which have seeds of their own and are therefore independent.

    Each frame has member_no and stratum; each mapping has the probability in each stratum.
    """
    if len(frames) == 1:
        return CombinedDraws(
            frame=frames[0][["member_no", "stratum"]], inclusion_probability=dict(probabilities[0])
        )
    columns = [
        frame.set_index("member_no")["stratum"].rename(place) for place, frame in enumerate(frames)
    ]
    wide = pd.concat(columns, axis=1).fillna(NOT_IN_FRAME)
    cells = [tuple(map(str, row)) for row in wide.itertuples(index=False, name=None)]
    chances = {}
    for cell in set(cells):
        missed = Fraction(1)
        for name, chance_of in zip(cell, probabilities, strict=True):
            missed *= 1 - chance_of.get(name, Fraction(0))
        chances[BETWEEN.join(cell)] = 1 - missed
    return CombinedDraws(
        frame=pd.DataFrame(
            {"member_no": wide.index.astype(str), "stratum": [BETWEEN.join(cell) for cell in cells]}
        ),
        inclusion_probability=chances,
    )


def joined_where_empty(
    population: dict[str, int], present: set[str], chances: dict[str, Fraction]
) -> dict[str, str]:
    """Return the stratum that each one is counted with, once those without returns are joined.

    A stratum from which no return is there is joined to the one that was the same in most of the
    draws, and of these to the one whose members had the nearest chance, so that its members still
    count.
    """
    there = sorted(name for name in population if name in present)
    return {
        name: name
        if name in present or not there
        else min(
            there,
            key=lambda other: (
                _draws_apart(name, other),
                abs(chances[other] - chances[name]),
                other,
            ),
        )
        for name in population
    }


def _draws_apart(one: str, other: str) -> int:
    """Return in how many draws two combined strata were different ones."""
    pairs = zip_longest(one.split(BETWEEN), other.split(BETWEEN))
    return sum(mine != theirs for mine, theirs in pairs)
