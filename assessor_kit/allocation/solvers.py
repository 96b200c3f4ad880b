"""Solve an allocation exactly: shortage first, then moves, field, load and noise.

The totals are in strict order: no saving in a later one outweighs anything in an earlier one. It is
a flow of least cost from returns through assessors, with whole numbers throughout, solved by
OR-tools where that is installed and by HiGHS otherwise; both find the same cost.

    return --(field, move, noise)--> assessor --(load: dearer with each marking)--> done
    return --(shortage: dearest for the only marking)--------------------------> done
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal, NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array

from assessor_kit.allocation.candidates import Case, Edges

Solver = Literal["or-tools", "highs"]
NUMBERS_BELOW = 2**60  # what OR-tools multiplies costs to must stay within 64 bits
MOST_NOISE = 2**32
HALF = 0.5  # reduced costs are whole numbers, so that anything above this is at least one


class Totals(NamedTuple):
    """What an allocation comes to, in the order in which less is better."""

    short: int  # markings without an assessor
    moved: int
    unmarked: int  # returns that nobody marks, of those that are short
    outside_field: int
    load: int
    noise: int


class Weights(NamedTuple):
    """What one unit of each total costs where they are added up; noise costs itself."""

    short: int
    moved: int
    unmarked: int
    outside_field: int
    load: int


@dataclass(frozen=True, kw_only=True)
class Solution:
    """What a solver found: the chosen edges, and what they come to."""

    chosen: np.ndarray
    totals: Totals


@dataclass(frozen=True, kw_only=True, eq=False)
class LoadUnits:
    """One place of one assessor each: whose it is, and how late it should be filled."""

    places: np.ndarray
    ranks: np.ndarray


def installed_solver() -> Solver:
    """The faster solver, where it is installed."""
    return "or-tools" if find_spec("ortools") else "highs"


def solve(case: Case, edges: Edges, *, solver: Solver | None = None) -> Solution:
    """Return the edges that the best allocation uses.

    Raises nothing for an overload: what cannot be allocated is short.
    """
    units = load_units(case)
    below = noise_below(case, edges, units)
    noise = case.noise(edges.rows, edges.places, below=below)
    used = solver or installed_solver()
    if not len(edges) or not len(units.places):
        chosen = np.zeros(len(edges), bool)
    elif used == "or-tools":
        chosen = _by_ortools(case, edges, units, noise, below)
    else:
        chosen = _by_highs(case, edges, units, noise)
    return Solution(chosen=chosen, totals=totals_of(case, edges, units, noise, chosen))


def load_units(case: Case) -> LoadUnits:
    """Return every free place of every assessor, with its rank in the order of filling.

    The t-th of c places ranks by (t - 1/2) / c, so that everybody's share of their own capacity
    grows alike; among equal shares the larger capacity comes first, so that which loads are best
    never depends on chance. Only the order matters to the best loads, hence ranks.
    """
    room = np.minimum(case.room, int((case.needed > 0).sum()))
    places = np.repeat(np.arange(len(room)), room)
    first = np.repeat(np.cumsum(room) - room, room)
    order = case.used[places] + np.arange(len(places)) - first
    capacity = case.capacity[places]
    # equal fractions give equal floats, as division rounds correctly
    share = (2 * order + 1) / np.maximum(capacity, 1)
    kinds = np.unique(np.column_stack([share, -capacity]), axis=0, return_inverse=True)[1]
    return LoadUnits(places=places, ranks=np.asarray(kinds, np.int64).reshape(-1))


def totals_of(
    case: Case, edges: Edges, units: LoadUnits, noise: np.ndarray, chosen: np.ndarray
) -> Totals:
    """Return what the chosen edges come to."""
    loads = np.bincount(edges.places[chosen], minlength=len(case.assessors))
    markers = np.bincount(edges.rows[chosen], minlength=len(case.returns))
    first = np.searchsorted(units.places, np.arange(len(case.assessors)))
    nth = np.arange(len(units.places)) - first[units.places]
    filled = nth < loads[units.places]
    return Totals(
        short=int(case.needed.sum() - chosen.sum()),
        moved=int(edges.is_new[chosen].sum()),
        unmarked=int((case.is_bare & (markers == 0)).sum()),
        outside_field=int(edges.mismatch[chosen].sum()),
        load=int(units.ranks[filled].sum()),
        noise=int(noise[chosen].sum()),
    )


def noise_below(case: Case, edges: Edges, units: LoadUnits) -> int:
    """Return the widest range of noise with which all costs stay whole numbers of 64 bits.

    It depends on the case alone and not on the solver, so that both get the same noise.
    """
    below = MOST_NOISE
    nodes = int((case.needed > 0).sum()) + len(case.assessors) + 2
    while below > 1 and 2 * weights(case, edges, units, below).short * nodes >= NUMBERS_BELOW:
        below //= 2
    return below


def weights(case: Case, edges: Edges, units: LoadUnits, below: int) -> Weights:
    """Return the weights of the totals where noise is below a bound.

    A flow is best if no change along one circle betters it. A circle passes each assessor and the
    end at most once, so it exchanges at most `width` markings, two places and two shortages. Each
    weight exceeds all that one circle can change in the later totals, which keeps their order
    strict.
    """
    width = min(int((case.needed > 0).sum()), len(case.assessors)) + 1
    later = width * (below - 1)
    load = later + 1
    later += (int(units.ranks.max(initial=0)) + 1) * load
    outside_field = later + 1
    later += width * outside_field
    unmarked = later + 1
    later += unmarked
    moved = later + 1 if (edges.is_new == 0).any() else 0
    later += width * moved
    return Weights(
        short=later + 1, moved=moved, unmarked=unmarked, outside_field=outside_field, load=load
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Shortage:
    """The ways for a return to stay short: its number, how many markings, and whether all."""

    rows: np.ndarray
    sizes: np.ndarray
    is_last: np.ndarray


def _ways_to_be_short(case: Case) -> _Shortage:
    """Return one way for all markings of a return but its only one, and one for that."""
    last = case.is_bare.astype(np.int64)
    rows = np.arange(len(case.needed))
    sizes = np.concatenate([case.needed - last, last])
    some = sizes > 0
    return _Shortage(
        rows=np.concatenate([rows, rows])[some],
        sizes=sizes[some],
        is_last=np.repeat([0, 1], len(rows))[some],
    )


def _by_ortools(
    case: Case, edges: Edges, units: LoadUnits, noise: np.ndarray, below: int
) -> np.ndarray:
    from ortools.graph.python import min_cost_flow  # noqa: PLC0415  (an extra that loads slowly)

    weight = weights(case, edges, units, below)
    shortage = _ways_to_be_short(case)
    first_assessor = len(case.returns)
    done = first_assessor + len(case.assessors)
    flow = min_cost_flow.SimpleMinCostFlow()
    cost = edges.is_new * weight.moved + edges.mismatch * weight.outside_field + noise
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        edges.rows, first_assessor + edges.places, np.ones(len(edges), np.int64), cost
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        first_assessor + units.places,
        np.full(len(units.places), done),
        np.ones(len(units.places), np.int64),
        units.ranks * weight.load,
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        shortage.rows,
        np.full(len(shortage.rows), done),
        shortage.sizes,
        weight.short + shortage.is_last * weight.unmarked,
    )
    none = np.zeros(len(case.assessors), np.int64)
    flow.set_nodes_supplies(
        np.arange(done + 1), np.concatenate([case.needed, none, [-case.needed.sum()]])
    )
    status = flow.solve()
    if status != flow.OPTIMAL:  # pragma: no cover  (every case has the solution "all short")
        raise ArithmeticError(f"The allocation could not be solved: {status}")
    chosen: np.ndarray = np.asarray(flow.flows(arcs)) > 0
    return chosen


def _by_highs(case: Case, edges: Edges, units: LoadUnits, noise: np.ndarray) -> np.ndarray:
    """Solve for one total after the other, each time keeping to what is best so far.

    After each step everything with a reduced cost stays where it is: exactly the best solutions
    remain. So no weights are needed, and floats carry small whole numbers only.
    """
    shortage = _ways_to_be_short(case)
    matrix = _network(case, edges, units, shortage)
    demand = np.concatenate([case.needed, np.zeros(len(case.assessors), np.int64)])
    number, size = len(edges), matrix.shape[1]
    shorts = number + len(units.places)
    lower = np.zeros(size)
    upper = np.concatenate([np.ones(shorts), shortage.sizes]).astype(float)
    found = lower
    # what counts towards each total, in the order of `Totals`
    counted: tuple[tuple[slice, np.ndarray | int], ...] = (
        (slice(shorts, None), 1),
        (slice(number), edges.is_new),
        (slice(shorts, None), shortage.is_last),
        (slice(number), edges.mismatch),
        (slice(number, shorts), units.ranks),
        (slice(number), noise),
    )
    for where, values in counted:
        cost = np.zeros(size)
        cost[where] = values
        free = np.flatnonzero(lower < upper)
        if not len(free) or not cost[free].any():
            continue
        settled = np.where(lower < upper, 0, lower)
        solved = linprog(
            cost[free],
            A_eq=matrix[:, free],
            b_eq=demand - matrix @ settled,
            bounds=np.column_stack([lower[free], upper[free]]),
            method="highs-ds",
        )
        if not solved.success:  # pragma: no cover  (every case has the solution "all short")
            raise ArithmeticError(f"The allocation could not be solved: {solved.message}")
        found = settled
        found[free] = solved.x
        reduced = cost[free] - matrix[:, free].T @ solved.eqlin.marginals
        upper[free[reduced > HALF]] = lower[free[reduced > HALF]]
        lower[free[reduced < -HALF]] = upper[free[reduced < -HALF]]
    chosen: np.ndarray = np.round(found[:number]).astype(bool)
    return chosen


def _network(case: Case, edges: Edges, units: LoadUnits, shortage: _Shortage) -> csr_array:
    """Return the equations of the network: what leaves a return, and what passes an assessor."""
    first_assessor = len(case.returns)
    number, places = len(edges), len(units.places)
    entries = (
        (edges.rows, np.arange(number), 1),
        (first_assessor + edges.places, np.arange(number), 1),
        (first_assessor + units.places, number + np.arange(places), -1),
        (shortage.rows, number + places + np.arange(len(shortage.rows)), 1),
    )
    rows = np.concatenate([one for one, _, _ in entries])
    columns = np.concatenate([one for _, one, _ in entries])
    values = np.concatenate([np.full(len(one), value) for one, _, value in entries])
    shape = (first_assessor + len(case.assessors), number + places + len(shortage.rows))
    return coo_array((values.astype(float), (rows, columns)), shape=shape).tocsr()
