"""Who assesses what? Returns x assessors by specialism, capacity, conflict and double marking.

A transport problem, solved exactly by HiGHS: an edge that must not be used (conflict of interest) does not exist, a mismatch of
specialism costs, load is evened out by a rising cost, and small noise from the seed settles ties, so that one seed gives one answer.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import coo_array

from assessor_kit.vocabulary import Marking

OTHER_FIELD = 20_000  # cost of an assessor of another field, far above any sum of the costs below
LOAD_STEP = (
    2_000  # cost of an assessor's fullness, from 0 for the first marking to this for the last
)
NOISE = 1_000  # upper bound of the seeded noise per edge
SHORT = 10_000_000  # cost of leaving a marking without an assessor


@dataclass(frozen=True, kw_only=True)
class Allocation:
    """`allocated`: return_id, assessor_id, marking. `unallocated`: return_id, marking, reason. `double_marked`: return_ids."""

    allocated: pd.DataFrame
    unallocated: pd.DataFrame
    double_marked: tuple[str, ...]


def allocate_returns(
    returns: pd.DataFrame,
    assessors: pd.DataFrame,
    *,
    seed: str,
    double_mark_percent: float = 0.0,
    taken: pd.DataFrame | None = None,
) -> Allocation:
    """Give every marking of every return an assessor, as far as conflicts and capacities allow.

    `returns`: return_id, member_no, discipline, employer. `assessors`: columns of `tables.ASSESSORS`. `taken`: allocations that
    already stand (return_id, assessor_id, marking); they keep their assessor and use up capacity. The share to be marked twice
    is chosen by the seed; nobody marks a return twice.
    """
    taken = (
        taken
        if taken is not None
        else pd.DataFrame(columns=["return_id", "assessor_id", "marking"])
    )
    waiting = returns[~returns["return_id"].isin(taken["return_id"])].sort_values(
        "return_id", ignore_index=True
    )
    doubles = _double_marked(list(waiting["return_id"]), seed=seed, percent=double_mark_percent)
    capacity = assessors.set_index("assessor_id")["capacity"].astype(int)
    used = taken.groupby("assessor_id").size().reindex(capacity.index, fill_value=0)
    room = (capacity - used).clip(lower=0)
    edges = _edges(waiting, assessors, seed=seed)
    pairs = _solve(
        edges,
        waiting,
        room,
        needed={name: 2 if name in doubles else 1 for name in waiting["return_id"]},
    )
    return _as_tables(pairs, waiting, edges, doubles=doubles, seed=seed)


def _noise(*parts: str, below: int = NOISE) -> int:
    digest = hashlib.sha256("|".join(parts).encode()).digest()
    return int.from_bytes(digest[:8], "big") % below


def _double_marked(return_ids: list[str], *, seed: str, percent: float) -> tuple[str, ...]:
    number = round(len(return_ids) * percent / 100)
    by_ticket = sorted(
        return_ids, key=lambda name: hashlib.sha256(f"{seed}|double|{name}".encode()).hexdigest()
    )
    return tuple(sorted(by_ticket[:number]))


def _edges(returns: pd.DataFrame, assessors: pd.DataFrame, *, seed: str) -> pd.DataFrame:
    """Every allowed pair with its cost. Own return, named conflict and shared employer make no edge."""
    pairs = returns.merge(assessors, how="cross", suffixes=("", "_assessor"))
    fields = [set(_words(text)) for text in pairs["disciplines"]]
    conflicts = [set(_words(text)) for text in pairs["conflicts"]]
    own = pairs["member_no"] == pairs["member_no_assessor"]
    named = pd.Series(
        [
            member.casefold() in listed
            for member, listed in zip(pairs["member_no"], conflicts, strict=True)
        ],
        index=pairs.index,
    )
    employer = pairs["employer"].str.strip().str.casefold()
    colleague = (employer != "") & (
        employer == pairs["employer_assessor"].str.strip().str.casefold()
    )
    outside = np.array(
        [
            field.strip().casefold() not in known
            for field, known in zip(pairs["discipline"], fields, strict=True)
        ]
    )
    noise = [
        _noise(seed, one, other)
        for one, other in zip(pairs["return_id"], pairs["assessor_id"], strict=True)
    ]
    edges = pd.DataFrame(
        {
            "return_id": pairs["return_id"],
            "assessor_id": pairs["assessor_id"],
            "cost": outside * OTHER_FIELD + noise,
        }
    )
    return edges[~(own | named | colleague)].reset_index(drop=True)


def _words(text: str) -> list[str]:
    return [word.strip().casefold() for word in str(text).split(";") if word.strip()]


def _solve(
    edges: pd.DataFrame, returns: pd.DataFrame, room: pd.Series[int], *, needed: dict[str, int]
) -> pd.DataFrame:
    """The cheapest pairs: each return gets as many different assessors as needed, within everybody's room."""
    if edges.empty:
        return edges
    row_of = {name: row for row, name in enumerate(returns["return_id"])}
    column_of = {name: len(row_of) + place for place, name in enumerate(room.index)}
    units = [(name, unit) for name, places in room.items() for unit in range(int(places))]
    places_of = {str(name): int(places) for name, places in room.items()}
    number, shortfalls = len(edges), len(row_of)
    costs = [
        *edges["cost"],
        *(LOAD_STEP * unit / max(1, places_of[str(name)]) for name, unit in units),
        *([SHORT] * shortfalls),
    ]
    rows = [
        *edges["return_id"].map(row_of),
        *edges["assessor_id"].map(column_of),
        *(column_of[str(name)] for name, _ in units),
        *range(shortfalls),
    ]
    columns = [
        *range(number),
        *range(number),
        *range(number, number + len(units)),
        *range(number + len(units), len(costs)),
    ]
    values = [*np.ones(number), *np.ones(number), *-np.ones(len(units)), *np.ones(shortfalls)]
    demand = [needed[name] for name in returns["return_id"]]
    bounds = [*[(0, 1)] * (number + len(units)), *((0, places) for places in demand)]
    matrix = coo_array(
        (values, (rows, columns)), shape=(len(row_of) + len(column_of), len(costs))
    ).tocsr()
    solved = linprog(
        costs, A_eq=matrix, b_eq=[*demand, *[0] * len(column_of)], bounds=bounds, method="highs-ds"
    )
    # The matrix is a network's, so the optimum at a vertex is whole; rounding only removes the solver's last digit.
    chosen: pd.DataFrame = edges[np.round(solved.x[:number]).astype(bool)]
    return chosen


def _as_tables(
    pairs: pd.DataFrame,
    returns: pd.DataFrame,
    edges: pd.DataFrame,
    *,
    doubles: tuple[str, ...],
    seed: str,
) -> Allocation:
    allocated: list[dict[str, str]] = []
    unallocated: list[dict[str, str]] = []
    markers = pairs.groupby("return_id")["assessor_id"].agg(list).to_dict() if len(pairs) else {}
    allowed = set(edges["return_id"])
    for name in returns["return_id"]:
        by_ticket = {
            _noise(seed, "order", name, assessor, below=2**63): assessor
            for assessor in markers.get(name, [])
        }
        found = [by_ticket[ticket] for ticket in sorted(by_ticket)]
        wanted = [Marking.FIRST, Marking.SECOND] if name in doubles else [Marking.FIRST]
        for marking, assessor in zip(wanted, [*found, None, None], strict=False):
            if assessor is not None:
                allocated.append(
                    {"return_id": name, "assessor_id": assessor, "marking": marking.value}
                )
            else:
                reason = (
                    "every assessor's caseload is full"
                    if name in allowed
                    else "every assessor has a conflict of interest"
                )
                unallocated.append({"return_id": name, "marking": marking.value, "reason": reason})
    return Allocation(
        allocated=pd.DataFrame(allocated, columns=["return_id", "assessor_id", "marking"]),
        unallocated=pd.DataFrame(unallocated, columns=["return_id", "marking", "reason"]),
        double_marked=doubles,
    )
