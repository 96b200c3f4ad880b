"""Solve a case over all its pairs, or over a shortlist that is widened until it is good enough.

A shortlist never leaves more short than all pairs would: where something is short, a search over
all pairs shows whether another place could be reached, and widens the shortlist by the way there.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import maximum_flow

from assessor_kit.allocation.candidates import (
    ELSEWHERE,
    ELSEWHERE_OF_MANY,
    IN_FIELD,
    IN_FIELD_OF_MANY,
    MANY_RETURNS,
    Case,
    Edges,
    all_pairs,
    edges_of,
    is_large,
    shortlist,
)
from assessor_kit.allocation.solvers import Solution, Solver, solve

WIDENINGS = 3  # how often the shortlist of the own field is doubled for the sake of fields
MOST_PAIRS = 2_000_000  # pairs added to a shortlist at one go


def solved(case: Case, *, solver: Solver | None = None) -> tuple[Edges, Solution]:
    """Return the pairs considered and the best allocation among them."""
    if not is_large(case):
        edges = edges_of(case, all_pairs(case))
        return edges, solve(case, edges, solver=solver)
    fewest = fewest_outside(case)
    many = int((case.needed > 0).sum()) > MANY_RETURNS
    width, elsewhere = (IN_FIELD_OF_MANY, ELSEWHERE_OF_MANY) if many else (IN_FIELD, ELSEWHERE)
    for _ in range(WIDENINGS):
        pairs = shortlist(case, in_field=width, elsewhere=elsewhere)
        edges, solution = _never_shorter(case, pairs, solver)
        if solution.totals.outside_field <= fewest or solution.totals.short:
            break
        width *= 2
    return edges, solution


def fewest_outside(case: Case) -> int:
    """Return how many markings must leave their field at least, conflicts left aside."""
    fields, assessors = case.fits.shape
    demand = np.bincount(case.field, weights=case.needed, minlength=fields).astype(np.int64)
    returns = np.bincount(case.field[case.needed > 0], minlength=fields)
    room = case.room
    codes, places = np.nonzero(case.fits)
    source, done = fields + assessors, fields + assessors + 1
    tails = np.concatenate([np.full(fields, source), codes, fields + np.arange(assessors)])
    heads = np.concatenate([np.arange(fields), fields + places, np.full(assessors, done)])
    sizes = np.concatenate([demand, returns[codes], room])
    graph = coo_array((sizes.astype(np.int32), (tails, heads)), shape=(done + 1, done + 1)).tocsr()
    placed = int(maximum_flow(graph, source, done).flow_value)
    within = min(int(demand.sum()), int(room.sum()))
    return max(0, within - placed)


def _never_shorter(case: Case, pairs: np.ndarray, solver: Solver | None) -> tuple[Edges, Solution]:
    while True:
        edges = edges_of(case, pairs)
        solution = solve(case, edges, solver=solver)
        if not solution.totals.short:
            return edges, solution
        wider = np.union1d(pairs, _ways_out(case, edges, solution))
        if len(wider) == len(pairs):
            return edges, solution
        pairs = wider


def _ways_out(case: Case, edges: Edges, solution: Solution) -> np.ndarray:
    """Return pairs by which something short could be allocated; none where that is impossible.

    From the returns that are short the search goes to every assessor who may mark them, from those
    to the returns they mark, and on. Where it meets nobody with a place left, no allocation over
    all pairs leaves fewer short.
    """
    number = len(case.assessors)
    rows, places = edges.rows[solution.chosen], edges.places[solution.chosen]
    load = np.bincount(places, minlength=number)
    spare = case.room > load
    if not spare.any():
        return np.empty(0, np.int64)
    missing = case.needed - np.bincount(rows, minlength=len(case.returns))
    short = np.flatnonzero(missing > 0)
    able = case.room > 0
    reached = np.zeros(number, bool)
    visited: list[int] = []
    frontier = short.tolist()
    by_place = np.argsort(places, kind="stable")
    bounds = np.searchsorted(places[by_place], np.arange(number + 1))
    marked = {int(row) * number + int(place) for row, place in zip(rows, places, strict=True)}
    while frontier and (able & ~reached).any():
        row = frontier.pop()
        visited.append(row)
        everybody = np.arange(number)
        free = able & ~reached & case.allowed(np.full(number, row), everybody)
        found = [
            place for place in np.flatnonzero(free).tolist() if row * number + place not in marked
        ]
        reached[found] = True
        for place in found:
            frontier += rows[by_place[bounds[place] : bounds[place + 1]]].tolist()
    if not (reached & spare).any():
        return np.empty(0, np.int64)
    open_places = np.flatnonzero(able)
    spare_places = np.flatnonzero(spare)
    most = max(1, MOST_PAIRS // len(open_places))
    on_the_way = np.array(visited[:most], np.int64)
    others = np.unique(rows[np.isin(places, np.flatnonzero(reached))])
    others = others[: max(1, MOST_PAIRS // len(spare_places))]
    return np.unique(
        np.concatenate(
            [
                (on_the_way[:, None] * number + open_places).ravel(),
                (short[:most, None] * number + open_places).ravel(),
                (others[:, None] * number + spare_places).ravel(),
            ]
        )
    )
