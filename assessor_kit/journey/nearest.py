"""Which membership number was probably meant? The nearest in the register: one slip of the hand away, or two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

LIKE_EACH_OTHER = str.maketrans("OILSBZ", "011582")  # letters that read like digits


class NearestNumbers:
    """Finds numbers that differ by a character left out, put in, changed or swapped. Made once, then each look-up takes no time.

    Every number stands under itself without each of its characters in turn (Garbe's symmetric deletions): two numbers that differ by one slip
    share one of these.
    """

    def __init__(self, numbers: Iterable[str]) -> None:
        self.under: defaultdict[str, list[str]] = defaultdict(list)
        for number in sorted(set(numbers)):
            for shorter in _shorter(_plain(number)):
                self.under[shorter].append(number)

    def of(self, number: str) -> str | None:
        """The nearest number; None where none is near."""
        plain = _plain(number)
        candidates = {near for shorter in _shorter(plain) for near in self.under.get(shorter, ())}
        return min(candidates, key=lambda near: (_differences(_plain(near), plain), near), default=None)


def _plain(number: str) -> str:
    """Without dashes and leading zeros, letters that read like digits as these."""
    return number.translate(LIKE_EACH_OTHER).replace("-", "").lstrip("0")


def _shorter(number: str) -> set[str]:
    return {number, *(number[:place] + number[place + 1 :] for place in range(len(number)))}


def _differences(one: str, other: str) -> int:
    return abs(len(one) - len(other)) + sum(mine != theirs for mine, theirs in zip(one, other, strict=False))
