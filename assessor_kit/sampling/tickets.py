"""The tickets that put members in order: one for each, and the smallest are drawn.

A ticket is that of Ron Rivest's `consistent_sampler` (MIT): the decimal digits of SHA-256(hex
SHA-256(seed) + what stands for the member), written backwards after "0.". Anybody who knows the
seed can repeat it with any SHA-256 program.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

SHORTEST_NUMBER = 64  # consistent_sampler pads the decimal number to this width before reversing
FIRST_DIGITS = 10**9  # the digits that settle nearly every comparison
# what each of the four 64-bit words of a digest counts, as a rest of dividing by that
WEIGHTS = tuple(pow(2, shift, FIRST_DIGITS) for shift in (192, 128, 64, 0))
AT_ONCE = 100_000  # members hashed before their digests are let go
_Numbers = np.ndarray[tuple[int], np.dtype[Any]]


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """The first of an order: `places` are positions in what was ordered, with their tickets."""

    places: list[int]
    tickets: list[str]


def hash_of_seed(seed: str) -> str:
    """Return the text with which every ticket of this seed begins to be hashed."""
    return hashlib.sha256(seed.encode()).hexdigest()


def ticket_number(name: str, *, seed: str) -> str:
    """Return the ticket of one name: a decimal fraction as text, uniform in (0, 1)."""
    return ticket_under(name, hash_of_seed(seed))


def ticket_under(name: str, seed_hash: str) -> str:
    """Return the ticket of one name, from the seed's hash."""
    number = int(hashlib.sha256((seed_hash + name).encode()).hexdigest(), 16)
    return "0." + f"{number:0{SHORTEST_NUMBER}d}"[::-1]


def first_by_ticket(names: Sequence[str], *, seed: str, take: int) -> Ranked:
    """Return the names with the `take` smallest tickets, in order.

    The first nine digits of every ticket decide who can be among them; only theirs are written out.
    """
    if take < 1:
        return Ranked(places=[], tickets=[])
    seed_hash = hash_of_seed(seed)
    digits = _first_digits(names, seed_hash)
    last = np.partition(digits, take - 1)[take - 1] if take < len(names) else FIRST_DIGITS
    near = np.flatnonzero(digits <= last).tolist()
    ordered = sorted((ticket_under(names[place], seed_hash), place) for place in near)[:take]
    return Ranked(places=[place for _, place in ordered], tickets=[ticket for ticket, _ in ordered])


def _first_digits(names: Sequence[str], seed_hash: str) -> _Numbers:
    """Return the first nine digits of each ticket, as whole numbers that sort as tickets do."""
    digits = np.empty(len(names), dtype=np.uint32)
    sha256 = hashlib.sha256
    for start in range(0, len(names), AT_ONCE):
        part = [
            sha256((seed_hash + name).encode()).digest() for name in names[start : start + AT_ONCE]
        ]
        words = np.frombuffer(b"".join(part), dtype=">u8").reshape(-1, 4)
        total = np.zeros(len(part), dtype=np.uint64)  # stays below 4 x 10^18
        for column, weight in enumerate(WEIGHTS):
            total += _rest(words[:, column].astype(np.uint64), FIRST_DIGITS) * weight
        digits[start : start + len(part)] = _backwards(_rest(total, FIRST_DIGITS))
    return digits


def _rest(numbers: _Numbers, divisor: int) -> _Numbers:
    """Return what dividing leaves; numpy multiplies and subtracts faster than it takes rests."""
    rest: _Numbers = numbers - numbers // divisor * divisor
    return rest


def _backwards(numbers: _Numbers) -> _Numbers:
    """Return numbers of nine digits with their digits in the opposite order."""
    thousands = numbers // 1000
    high = thousands // 1000
    low, middle = numbers - thousands * 1000, thousands - high * 1000
    turned: _Numbers = (
        THREE_BACKWARDS[low] * 1_000_000 + THREE_BACKWARDS[middle] * 1000 + THREE_BACKWARDS[high]
    )
    return turned


THREE_BACKWARDS = np.array([int(f"{number:03d}"[::-1]) for number in range(1000)], dtype=np.uint64)
