"""Which assessors come into question for which return, and at what cost?

A small season considers every pair. A large one considers a shortlist for each return, because a
hundred million pairs fit into no memory; the shortlist is spread evenly over all assessors.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from assessor_kit.allocation.conflicts import Why, conflicting_pairs, field_key, listed

ALL_PAIRS = 400_000  # up to here every pair is considered
IN_FIELD = 18  # candidates of a return's own field on its shortlist
ELSEWHERE = 6  # and candidates from anywhere
# Of so many returns the loads come out as even with fewer candidates; only the noise is coarser.
MANY_RETURNS = 20_000
IN_FIELD_OF_MANY = 10
ELSEWHERE_OF_MANY = 3
# the constants of splitmix64, which mixes the marks of a pair into its noise
MIX_1 = np.uint64(0x9E3779B97F4A7C15)
MIX_2 = np.uint64(0xBF58476D1CE4E5B9)
MIX_3 = np.uint64(0x94D049BB133111EB)


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """One allocation to be made, as numbered returns and assessors.

    `needed`: markings that each return waits for; `is_bare`: whether none of it stands. `capacity`
    and `used`: an assessor's places, and those taken by markings that stay. `fits[field,
    assessor]`: who judges which field.
    `forbidden`: numbers of pairs (return * assessors + assessor) that must not meet, sorted, and
    `reasons` the same by reason. `held`: pairs that stand and may be moved.
    """

    returns: tuple[str, ...]
    assessors: tuple[str, ...]
    needed: np.ndarray
    is_bare: np.ndarray
    capacity: np.ndarray
    used: np.ndarray
    field: np.ndarray
    fits: np.ndarray
    forbidden: np.ndarray
    reasons: dict[Why, np.ndarray]
    held: np.ndarray
    return_marks: np.ndarray
    assessor_marks: np.ndarray

    @property
    def room(self) -> np.ndarray:
        """Places that each assessor has left."""
        room: np.ndarray = np.maximum(self.capacity - self.used, 0)
        return room

    @cached_property
    def forbidden_set(self) -> set[int]:
        """The pairs that must not meet, for single questions."""
        return set(self.forbidden.tolist())

    def may_meet(self, row: int, place: int) -> bool:
        """Whether an assessor may assess a return."""
        return row * len(self.assessors) + place not in self.forbidden_set

    def allowed(self, rows: np.ndarray, places: np.ndarray) -> np.ndarray:
        """Whether the assessors may assess the returns, pair by pair."""
        may_meet: np.ndarray = ~_is_in(rows * len(self.assessors) + places, self.forbidden)
        return may_meet

    def mismatch(self, rows: np.ndarray, places: np.ndarray) -> np.ndarray:
        """1 where an assessor does not judge the return's field, else 0, pair by pair."""
        outside: np.ndarray = (~self.fits[self.field[rows], places]).astype(np.int64)
        return outside

    def noise(self, rows: np.ndarray, places: np.ndarray, *, below: int) -> np.ndarray:
        """The seeded noise of each pair, from 0 to less than `below`."""
        mixed = self.return_marks[rows] + self.assessor_marks[places] * MIX_1
        mixed = (mixed ^ (mixed >> np.uint64(30))) * MIX_2
        mixed = (mixed ^ (mixed >> np.uint64(27))) * MIX_3
        mixed ^= mixed >> np.uint64(31)
        noise: np.ndarray = (mixed % np.uint64(below)).astype(np.int64)
        return noise


@dataclass(frozen=True, kw_only=True, eq=False)
class Edges:
    """The pairs that are considered; `is_new` is 0 for a pair that stands already, else 1."""

    rows: np.ndarray
    places: np.ndarray
    mismatch: np.ndarray
    is_new: np.ndarray

    def __len__(self) -> int:
        """How many pairs there are."""
        return len(self.rows)


def case_of(
    returns: pd.DataFrame,
    assessors: pd.DataFrame,
    *,
    seed: str,
    needed: np.ndarray,
    is_bare: np.ndarray,
    used: np.ndarray,
    held: Sequence[tuple[int, int]] = (),
    barred: pd.DataFrame | None = None,
) -> Case:
    """Return the case for tables of returns and assessors, both in the order that they have."""
    number = len(assessors)
    pairs = conflicting_pairs(returns, assessors, barred)
    reasons = {why: np.unique(rows * number + places) for why, (rows, places) in pairs.items()}
    forbidden = np.unique(np.concatenate([np.empty(0, np.int64), *reasons.values()]))
    field, fits = _fields(list(returns["discipline"]), list(assessors["disciplines"]))
    return Case(
        returns=tuple(map(str, returns["return_id"])),
        assessors=tuple(map(str, assessors["assessor_id"])),
        needed=needed,
        is_bare=is_bare,
        capacity=assessors["capacity"].to_numpy(np.int64),
        used=used,
        field=field,
        fits=fits,
        forbidden=forbidden,
        reasons=reasons,
        held=np.unique(np.array([row * number + place for row, place in held], np.int64)),
        return_marks=_marks(seed, "return", returns["return_id"]),
        assessor_marks=_marks(seed, "assessor", assessors["assessor_id"]),
    )


def _fields(
    disciplines: Sequence[object], of_assessors: Sequence[object]
) -> tuple[np.ndarray, np.ndarray]:
    codes: dict[str, int] = {}
    spelt: dict[object, int] = {}
    field = np.empty(len(disciplines), np.int64)
    for row, discipline in enumerate(disciplines):
        code = spelt.get(discipline)
        if code is None:
            code = spelt[discipline] = codes.setdefault(field_key(discipline), len(codes))
        field[row] = code
    fits = np.zeros((len(codes), len(of_assessors)), bool)
    for place, known in enumerate(of_assessors):
        for one in listed(known):
            code = codes.get(field_key(one))
            if code is not None:
                fits[code, place] = True
    return field, fits


def _marks(seed: str, kind: str, names: Iterable[object]) -> np.ndarray:
    digests = [hashlib.sha256(f"{seed}|{kind}|{name}".encode()).digest()[:8] for name in names]
    return np.frombuffer(b"".join(digests), dtype=">u8").astype(np.uint64)


def _is_in(wanted: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Whether each number is among sorted numbers; faster than numpy's own for a short list."""
    if not len(among):
        return np.zeros(len(wanted), bool)
    found = np.searchsorted(among, wanted)
    found[found == len(among)] = 0
    same: np.ndarray = among[found] == wanted
    return same


def edges_of(case: Case, pairs: np.ndarray) -> Edges:
    """Return numbered pairs as edges; pairs that must not meet are left out."""
    pairs = pairs[~_is_in(pairs, case.forbidden)]
    rows, places = np.divmod(pairs, max(1, len(case.assessors)))
    return Edges(
        rows=rows,
        places=places,
        mismatch=case.mismatch(rows, places),
        is_new=(~_is_in(pairs, case.held)).astype(np.int64),
    )


def all_pairs(case: Case) -> np.ndarray:
    """Return the numbers of all pairs of waiting returns and assessors with room."""
    rows = np.flatnonzero(case.needed > 0)
    places = np.flatnonzero(case.room > 0)
    pairs: np.ndarray = (rows[:, None] * len(case.assessors) + places[None, :]).ravel()
    return pairs


def is_large(case: Case) -> bool:
    """Whether a case has so many pairs that a shortlist is needed."""
    return int((case.needed > 0).sum()) * int((case.room > 0).sum()) > ALL_PAIRS


def shortlist(case: Case, *, in_field: int = IN_FIELD, elsewhere: int = ELSEWHERE) -> np.ndarray:
    """Return the numbers of pairs worth considering, the same number for each return.

    The assessors of a field stand in a circle, in a seeded order, each as often as they have room
    per mean room; each return takes the next ones round. So every assessor is on about as many
    shortlists as they have places to fill, and no two returns compete for quite the same ones.
    """
    waiting = np.flatnonzero(case.needed > 0)
    found = [case.held]
    for code in np.unique(case.field[waiting]):
        rows = waiting[case.field[waiting] == code]
        found.append(_round(case, rows, np.flatnonzero(case.fits[code]), in_field, turn="field"))
    everybody = np.arange(len(case.assessors))
    found.append(_round(case, waiting, everybody, elsewhere, turn="elsewhere"))
    return np.unique(np.concatenate(found))


def _round(
    case: Case, rows: np.ndarray, places: np.ndarray, number: int, *, turn: str
) -> np.ndarray:
    places = places[case.room[places] > 0]
    if not len(rows) or not len(places):
        return np.empty(0, np.int64)
    salt = np.uint64(1 if turn == "field" else 2)
    if len(places) <= number:
        circle, number = places, len(places)
    else:
        order = np.argsort((case.assessor_marks[places] ^ salt) * MIX_2, kind="stable")
        places = places[order]
        share = case.room[places] / case.room[places].mean()
        times = np.maximum(1, np.rint(share)).astype(np.int64)
        turns = np.concatenate([np.arange(one) / one for one in times])
        again = np.repeat(places, times)
        circle = again[np.argsort(turns + np.arange(len(again)) / len(again), kind="stable")]
    seeded = np.argsort((case.return_marks[rows] ^ salt) * MIX_2, kind="stable")
    starts = np.empty(len(rows), np.int64)
    starts[seeded] = (np.arange(len(rows)) * len(circle)) // len(rows)
    picked = circle[(starts[:, None] + np.arange(number)[None, :]) % len(circle)]
    pairs: np.ndarray = (rows[:, None] * len(case.assessors) + picked).ravel()
    return pairs
