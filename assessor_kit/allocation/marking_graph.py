"""Join the assessors by returns that two of them mark, so that all can be compared.

In the marking graph assessors are points, and a return marked twice joins its two assessors. Who is
severe and who is lenient can be told apart only within one piece of it. Pieces are joined by
exchanges: two assessors swap a marking each, so that everybody keeps their number of markings.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

import numpy as np

from assessor_kit.allocation.candidates import Case

Marker = tuple[int, int]  # a return and one of its assessors, as numbers
MOST_TRIED_IN_ROWS = 3_000  # markings of a graph for which rows of exchanges are tried
TRIES = 4_000
TRIES_PER_MARKING = 300
MOST_WORK = 400_000  # tries times the size of the graph, which is looked through at each
RASHNESS = 0.1  # how often a change is kept although it goes outside an assessor's field
SEARCHED = 3_000_000  # exchanges looked at for one joint before the best so far is taken


@dataclass(kw_only=True)
class MarkingGraph:
    """Who marks what: `fixed` markings stay, `free` ones may be exchanged."""

    case: Case
    fixed: dict[int, list[int]]
    free: dict[int, list[int]]
    pieces: int = field(default=0, init=False)

    def markers(self, row: int) -> list[int]:
        """All assessors of one return."""
        return [*self.fixed.get(row, ()), *self.free.get(row, ())]

    def twice(self) -> Iterator[tuple[int, list[int]]]:
        """Yield the returns with more than one assessor."""
        for row in sorted({*self.fixed, *self.free}):
            found = self.markers(row)
            if len(found) > 1:
                yield row, found

    @property
    def joints(self) -> int:
        """How many joins all returns with several assessors could make at most."""
        return sum(len(markers) - 1 for _, markers in self.twice())

    def loads(self) -> np.ndarray:
        """How many markings each assessor has, also those of other returns."""
        number = len(self.case.assessors)
        held = set(self.case.held.tolist())
        new = [place for places in self.free.values() for place in places]
        kept = [
            place
            for row, places in self.fixed.items()
            for place in places
            if row * number + place in held
        ]
        return self.case.used + np.bincount([*new, *kept], minlength=number)

    def busy(self) -> set[int]:
        """The assessors with at least one marking."""
        return {
            place for held in (self.fixed, self.free) for some in held.values() for place in some
        }


def join_pieces(graph: MarkingGraph) -> None:
    """Exchange free markings until the graph is in one piece, if that is possible.

    Each exchange takes a return out of a circle in one piece, where it is not needed, and lets it
    join two pieces. Among those that are possible it takes one that moves the fewest returns out of
    their assessor's field, and of these the one with the least noise. In the rare case that no
    single exchange helps, several in a row may, and are tried in a seeded order.
    """
    while True:
        piece_of, spare = _pieces(graph)
        graph.pieces = len(set(piece_of.values()))
        if graph.pieces <= 1 or graph.joints < len(piece_of) - 1:
            break
        if not (_exchange(graph, piece_of, spare) or _hand_over(graph, piece_of, spare)):
            break
    if graph.pieces > 1 and graph.joints >= len(graph.busy()) - 1:
        _try_rows_of_exchanges(graph)
    elif graph.pieces > 1:
        _join_as_far_as_possible(graph)
    if not any(graph.twice()):
        graph.pieces = 0


def _join_as_far_as_possible(graph: MarkingGraph) -> None:
    piece_of, spare = _pieces(graph)
    while _exchange(graph, piece_of, spare):
        piece_of, spare = _pieces(graph)
    graph.pieces = len(set(piece_of.values()))


def _try_rows_of_exchanges(graph: MarkingGraph) -> None:
    """Change markings at random, never into more pieces, until the graph is in one piece."""
    chance = Random(int(graph.case.return_marks.sum()))  # noqa: S311  (seeded, so that it repeats)
    number = sum(map(len, graph.free.values()))
    if not 0 < number <= MOST_TRIED_IN_ROWS:
        return
    before = {row: list(places) for row, places in graph.free.items()}
    pieces = graph.pieces
    size = graph.joints + len(graph.busy())
    for _ in range(min(TRIES, TRIES_PER_MARKING * number, MOST_WORK // size)):
        standing = {row: list(places) for row, places in graph.free.items()}
        outside = _outside_field(graph)
        if not _change(graph, chance):
            continue
        now = len(set(_pieces(graph)[0].values()))
        if now > graph.pieces or (_outside_field(graph) > outside and chance.random() > RASHNESS):
            graph.free = standing
            continue
        graph.pieces = now
        if now == 1:
            return
    graph.free, graph.pieces = before, pieces


def _change(graph: MarkingGraph, chance: Random) -> bool:
    """Make one possible change at random, which keeps the totals; return whether there was one."""
    case = graph.case
    markings = [(row, place) for row, places in sorted(graph.free.items()) for place in places]
    row, place = chance.choice(markings)
    kind = chance.random()
    if kind < 0.6:  # noqa: PLR2004  (most changes are swaps, as they change nobody's load)
        other_row, other_place = chance.choice(markings)
        if (
            other_place in graph.markers(row)
            or place in graph.markers(other_row)
            or not case.may_meet(row, other_place)
            or not case.may_meet(other_row, place)
        ):
            return False
        _replace(graph.free[row], place, other_place)
        _replace(graph.free[other_row], other_place, place)
        return True
    if kind < 0.8:  # noqa: PLR2004
        other = chance.randrange(len(case.assessors))
        loads = graph.loads()
        if (
            other in graph.markers(row)
            or not case.may_meet(row, other)
            or loads[other] >= case.capacity[other]
            or loads[place] == 1
        ):
            return False
        _replace(graph.free[row], place, other)
        return True
    return _lend(graph, row, place, chance)


def _lend(graph: MarkingGraph, row: int, place: int, chance: Random) -> bool:
    """Let an assessor mark a return that is short instead of one that keeps an assessor."""
    case = graph.case
    number = len(case.assessors)
    kept = Counter((case.held // number).tolist())
    short = [
        other
        for other in np.flatnonzero(case.needed > 0).tolist()
        if other != row
        and len(graph.free.get(other, ())) + kept[other] < case.needed[other]
        and case.may_meet(other, place)
        and place not in graph.markers(other)
    ]
    if not short or (len(graph.markers(row)) == 1 and any(map(graph.markers, short))):
        return False
    other = chance.choice(short)
    if len(graph.markers(row)) == 1 and graph.markers(other):
        return False
    graph.free[row].remove(place)
    graph.free.setdefault(other, []).append(place)
    return True


def _outside_field(graph: MarkingGraph) -> int:
    rows = [row for row, places in graph.free.items() for _ in places]
    places = [place for places in graph.free.values() for place in places]
    return int(graph.case.mismatch(np.array(rows, np.int64), np.array(places, np.int64)).sum())


def _pieces(graph: MarkingGraph) -> tuple[dict[int, int], list[Marker]]:
    """Return each busy assessor's piece, and the markings that no piece needs for its unity."""
    parent = {place: place for place in sorted(graph.busy())}

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    spare: list[Marker] = []
    for row, (first, *others) in graph.twice():
        for other in others:
            one, two = root(first), root(other)
            if one != two:
                parent[one] = two
            else:
                movable = set(graph.free.get(row, ()))
                # with two assessors either can go; with more, only the one that closes the circle
                ends = (first, other) if len(others) == 1 else (other,)
                spare += [(row, place) for place in ends if place in movable]
    return {place: root(place) for place in parent}, spare


def _exchange(graph: MarkingGraph, piece_of: dict[int, int], spare: list[Marker]) -> bool:
    """Swap one spare marking with one of another piece; return whether there was such a pair."""
    others = [(row, place) for row, places in sorted(graph.free.items()) for place in places]
    if not spare or not others:
        return False
    rows, places = (np.array(part, np.int64) for part in zip(*others, strict=True))
    pieces = np.array([piece_of[place] for place in places.tolist()])
    best: tuple[tuple[int, int], Marker, Marker] | None = None
    searched = 0
    for row, place in spare:
        apart = np.flatnonzero(pieces != piece_of[place])
        searched += len(apart)
        found = _best_swap(graph, (row, place), rows[apart], places[apart])
        if found is not None and (best is None or found[0] < best[0]):
            best = (found[0], (row, place), found[1])
        if best is not None and (best[0][0] <= 0 or searched > SEARCHED):
            break
    if best is None:
        return False
    _, (row, place), (other_row, other_place) = best
    _replace(graph.free[row], place, other_place)
    _replace(graph.free[other_row], other_place, place)
    return True


def _best_swap(
    graph: MarkingGraph, mine: Marker, rows: np.ndarray, places: np.ndarray
) -> tuple[tuple[int, int], Marker] | None:
    case = graph.case
    row, place = mine
    here = np.full(len(rows), row)
    me = np.full(len(rows), place)
    good = case.allowed(here, places) & case.allowed(rows, me)
    good &= ~np.isin(places, graph.markers(row))
    rows, places, here, me = rows[good], places[good], here[good], me[good]
    taken = np.array([place in graph.markers(other) for other in rows.tolist()], bool)
    rows, places, here, me = rows[~taken], places[~taken], here[~taken], me[~taken]
    if not len(rows):
        return None
    worse = (
        case.mismatch(here, places)
        + case.mismatch(rows, me)
        - case.mismatch(here, me)
        - case.mismatch(rows, places)
    )
    noise = case.noise(here, places, below=2**20) + case.noise(rows, me, below=2**20)
    least = np.lexsort((noise, worse))[0]
    cost = (int(worse[least]), int(noise[least]))
    return cost, (int(rows[least]), int(places[least]))


def _hand_over(graph: MarkingGraph, piece_of: dict[int, int], spare: list[Marker]) -> bool:
    """Give one spare marking to an assessor of another piece who has room.

    Loads change by one, which is why exchanges come first.
    """
    case = graph.case
    load = graph.loads()
    candidates = [
        (case.mismatch(np.array([row]), np.array([other]))[0], row, place, other)
        for row, place in spare
        for other in sorted(piece_of)
        if piece_of[other] != piece_of[place]
        and load[other] < case.capacity[other]
        and case.may_meet(row, other)
    ]
    if not candidates:
        return False
    _, row, place, other = min(candidates)
    _replace(graph.free[row], place, other)
    return True


def _replace(places: list[int], old: int, new: int) -> None:
    places[places.index(old)] = new


def as_lists(rows: np.ndarray, places: np.ndarray) -> dict[int, list[int]]:
    """Return pairs as each return's assessors."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for row, place in zip(rows.tolist(), places.tolist(), strict=True):
        found[row].append(place)
    return dict(found)
