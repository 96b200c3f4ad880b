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
            for shorter in _shorter(number):
                self.under[shorter].append(number)

    def of(self, number: str) -> str | None:
        """The nearest number; None where none is near."""
        plain = _plain(number)
        candidates = {near for shorter in _shorter(number) for near in self.under.get(shorter, ())}
        return min(
            candidates, key=lambda near: (_differences(_plain(near), plain), near), default=None
        )


def _plain(number: str) -> str:
    """Without dashes, letters that read like digits as these."""
    return number.translate(LIKE_EACH_OTHER).replace("-", "")


def _shorter(number: str) -> set[str]:
    """The number without one of its characters, and without its leading zeros, which spreadsheets lose."""
    plain = _plain(number)
    return {
        plain,
        *(plain[:place] + plain[place + 1 :] for place in range(len(plain))),
        plain.lstrip("0") or "0",
    }


def _differences(one: str, other: str) -> int:
    return abs(len(one) - len(other)) + sum(
        mine != theirs for mine, theirs in zip(one, other, strict=False)
    )
