"""How many are drawn from each stratum: exact rules under which a larger sample drops nobody.

A sample grows one by one, and each further place goes to the stratum with the strongest claim. A
size is therefore the size before it and one more, in every stratum. Claims are fractions of whole
numbers, never floats.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Mapping
from fractions import Fraction

from assessor_kit.errors import DrawRefused

LEAST = 2  # from fewer, nobody can say how far a stratum's figure may be off
WEBSTER = "webster"
NEYMAN = "neyman"
LARGEST_REMAINDERS = "largest remainders"  # how draws were divided before there were commitments
Claim = Callable[[str, int], Fraction]


def proportional_sizes(counts: Mapping[str, int], *, size: int) -> dict[str, int]:
    """Divide `size` among strata in proportion to their counts, by Webster's (Sainte-Lague's) rule.

    Every stratum has at least two, or all of its members. Of equal claims, the earlier name takes
    precedence. Raises DrawRefused where the size is not enough for that.
    """
    return _grown(
        counts, size=size, claim=lambda name, taken: Fraction(counts[name], 2 * taken + 1)
    )


def neyman_sizes(
    counts: Mapping[str, int], *, size: int, spread: Mapping[str, Fraction]
) -> dict[str, int]:
    """Divide `size` so that the overall figure is as exact as it can be.

    `spread` is how far members of a stratum differ among themselves (their standard deviation). The
    claim of a stratum with h places is (count x spread)^2 / (h (h + 1)), which is optimal in whole
    numbers (Wright 2017). Otherwise as `proportional_sizes`.
    """
    lacking = sorted(set(counts) - set(spread))
    if lacking:
        raise DrawRefused(
            f"No spread is given for {', '.join(lacking)}",
            expected="a spread for every stratum",
            advice=f"The strata are: {', '.join(counts)}.",
        )
    return _grown(
        counts,
        size=size,
        claim=lambda name, taken: (
            (counts[name] * spread[name]) ** 2 / Fraction(taken * (taken + 1) or 1)
        ),
    )


def least_sizes(counts: Mapping[str, int], *, size: int) -> dict[str, int]:
    """Return what every stratum has before the rest is divided; one stratum alone may have one."""
    least = min(LEAST, size) if len(counts) == 1 else LEAST
    return {name: min(least, number) for name, number in counts.items()}


def _grown(counts: Mapping[str, int], *, size: int, claim: Claim) -> dict[str, int]:
    sizes = least_sizes(counts, size=size)
    needed, there = sum(sizes.values()), sum(counts.values())
    if not needed <= size <= there:
        raise DrawRefused(
            f"A sample of {size} cannot be divided among {len(counts)} strata of {there} members",
            expected=f"a size from {needed} to {there}",
            advice="Every stratum has at least two, or all of its members.",
        )
    waiting = [
        (-claim(name, sizes[name]), name) for name, number in counts.items() if sizes[name] < number
    ]
    heapq.heapify(waiting)
    for _ in range(size - needed):
        _, name = heapq.heappop(waiting)
        sizes[name] += 1
        if sizes[name] < counts[name]:
            heapq.heappush(waiting, (-claim(name, sizes[name]), name))
    return sizes


def merged_strata(counts: Mapping[str, int], *, size: int) -> dict[str, str]:
    """Return the stratum that each one belongs to, once those that are too small are joined.

    The two smallest are joined until each has two members and the size gives each at least two.
    The strata of a draw stay what they are when it grows.
    """
    groups: list[tuple[int, tuple[str, ...]]] = [
        (number, (name,)) for name, number in counts.items()
    ]
    while len(groups) > 1 and (min(groups)[0] < LEAST or LEAST * len(groups) > size):
        (one, names), (other, more), *rest = sorted(groups)
        groups = [(one + other, tuple(sorted(names + more))), *rest]
    return {name: " + ".join(names) for _, names in groups for name in names}


def reserve_sizes(
    counts: Mapping[str, int], sizes: Mapping[str, int], *, percent: Fraction
) -> dict[str, int]:
    """Return the reserves of each stratum: a share of those drawn, rounded up, as far as it has."""
    return {
        name: min(math.ceil(number * percent / 100), counts[name] - number)
        for name, number in sizes.items()
    }


def exactly(number: float | str | Fraction) -> Fraction:
    """Return a number as it was written: 12.5 is 25/2."""
    return number if isinstance(number, Fraction) else Fraction(str(number))


def largest_remainder_sizes(counts: Mapping[str, int], *, size: int) -> dict[str, int]:
    """Divide `size` as draws were divided before there were commitments.

    A sample that grew by one could drop somebody, so it serves only to repeat such a draw.
    """
    total = sum(counts.values())
    exact = {name: size * number / total for name, number in counts.items()}
    sizes = {name: math.floor(share) for name, share in exact.items()}
    left = size - sum(sizes.values())
    for name in sorted(counts, key=lambda name: (sizes[name] - exact[name], name))[:left]:
        sizes[name] += 1
    return sizes
