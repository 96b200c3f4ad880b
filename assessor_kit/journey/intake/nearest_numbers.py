"""Find the membership number that was probably meant.

It is the nearest one in the register, one or two typing errors away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

LIKE_EACH_OTHER = str.maketrans("OILSBZ", "011582")  # letters that look like digits


class NearestNumbers:
    """Finds numbers that differ by a character left out, added, changed or swapped.

    It is built once; after that, each look-up is quick.

    Every number is indexed under itself without each of its characters in turn (Garbe's symmetric
    deletions): two numbers that differ by one error share one of these keys.
    """

    def __init__(self, numbers: Iterable[str]) -> None:
        self.under: defaultdict[str, list[str]] = defaultdict(list)
        for number in sorted(set(numbers)):
            for shorter in _shorter(number):
                self.under[shorter].append(number)

    def of(self, number: str) -> str | None:
        """Return the nearest number; None where none is near."""
        plain = _plain(number)
        candidates = {near for shorter in _shorter(number) for near in self.under.get(shorter, ())}
        return min(
            candidates, key=lambda near: (_differences(_plain(near), plain), near), default=None
        )


def _plain(number: str) -> str:
    """Return a number without dashes, and with digits for the letters that look like them."""
    return number.translate(LIKE_EACH_OTHER).replace("-", "")


def _shorter(number: str) -> set[str]:
    """Return the number itself, without each character in turn, and without leading zeros.

    Spreadsheets lose leading zeros.
    """
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
