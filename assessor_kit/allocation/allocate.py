"""Allocate returns to assessors, and take up what has changed since.

Pairs with a conflict of interest do not exist. Of all that remains, the allocation leaves as few
markings short as possible, then moves as few standing markings as possible, then goes outside an
assessor's field as rarely as possible, then evens out the load, and last follows a little noise
from the seed, so that a seed always leads to the same answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from assessor_kit.allocation.candidates import Case, case_of
from assessor_kit.allocation.conflicts import Why
from assessor_kit.allocation.marking_graph import MarkingGraph, as_lists, join_pieces
from assessor_kit.allocation.reasons import shortages
from assessor_kit.allocation.shortlisted import solved
from assessor_kit.allocation.solvers import Solver
from assessor_kit.vocabulary import Marking

TAKEN = ["return_id", "assessor_id", "marking"]
SHORT = ["return_id", "marking", "reason", "remedy"]
MOVED = ["return_id", "marking", "from_assessor", "assessor_id"]
FIRST, SECOND = Marking.FIRST.value, Marking.SECOND.value


@dataclass(frozen=True, kw_only=True)
class Allocation:
    """Who was allocated which return, and which returns could not be allocated.

    `allocated` has return_id, assessor_id and marking, one row for each marking that has a new
    assessor; `unallocated` return_id, marking, reason and remedy; `moved` return_id, marking,
    from_assessor and assessor_id (empty where nobody could take it) for markings that stood.
    `double_marked` lists the return_ids that were chosen to be marked twice. `pieces` is how many
    parts the marking graph has, 0 where no return is marked twice; `advice` says what would join
    them.
    """

    allocated: pd.DataFrame
    unallocated: pd.DataFrame
    double_marked: tuple[str, ...]
    moved: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=MOVED))
    pieces: int = 0
    advice: str = ""


def allocate_returns(
    returns: pd.DataFrame,
    assessors: pd.DataFrame,
    *,
    seed: str,
    double_mark_percent: float = 0.0,
    taken: pd.DataFrame | None = None,
    movable: pd.DataFrame | None = None,
    doubles: Iterable[str] = (),
    barred: pd.DataFrame | None = None,
    solver: Solver | None = None,
) -> Allocation:
    """Allocate every marking of every return, as far as conflicts and capacities allow.

    `returns` has return_id, member_no, discipline and employer, `assessors` the columns of
    `tables.ASSESSORS`. `taken` holds markings that stay as they are and use up capacity, `movable`
    those that stand but may move where otherwise something would be short (both: return_id,
    assessor_id, marking). `doubles` were chosen before to be marked twice; where they are fewer
    than `double_mark_percent` of all returns, the seed chooses more among those of which nothing is
    in `taken`. `barred` names pairs that must not meet (return_id, assessor_id, why). Nobody marks
    the same return twice.
    """
    sent = returns.sort_values("return_id", ignore_index=True)
    people = assessors.sort_values("assessor_id", ignore_index=True)
    stay = _Markings(taken, sent, people)
    held = _Markings(movable, sent, people)
    before = set(doubles) & set(sent["return_id"])
    chosen = _double_marked(
        [str(name) for name in sent["return_id"] if name not in before | stay.names],
        seed=seed,
        number=round(len(sent) * double_mark_percent / 100) - len(before),
    )
    standing = {row for row, _, _, _ in stay.found}
    wanted = _wanted(sent, {*before, *chosen}, stay, held)
    case = case_of(
        sent,
        people,
        seed=seed,
        needed=np.array([len(markings) for markings in wanted], np.int64),
        is_bare=np.array([row not in standing for row in range(len(sent))], bool),
        used=stay.loads(len(people)),
        held=held.pairs(),
        barred=_with_own_markings(barred, stay),
    )
    edges, solution = solved(case, solver=solver)
    picked = solution.chosen
    kept = as_lists(*(part[picked & (edges.is_new == 0)] for part in (edges.rows, edges.places)))
    new = as_lists(*(part[picked & (edges.is_new == 1)] for part in (edges.rows, edges.places)))
    graph = MarkingGraph(case=case, fixed=_joined(stay.places_of_row(), kept), free=new)
    join_pieces(graph)
    given = _given(case, wanted, kept, graph.free, held, seed=seed)
    return Allocation(
        allocated=pd.DataFrame(given.allocated, columns=TAKEN),
        unallocated=_short(case, given.short, graph),
        double_marked=chosen,
        moved=pd.DataFrame(given.moved, columns=MOVED),
        pieces=graph.pieces,
        advice=_advice(graph),
    )


class _Markings:
    """Markings of a table, as rows of returns and places of assessors.

    A place is -1 for an assessor who is not there any more.
    """

    def __init__(
        self, table: pd.DataFrame | None, returns: pd.DataFrame, assessors: pd.DataFrame
    ) -> None:
        self.return_names = list(map(str, returns["return_id"]))
        row_of = {name: row for row, name in enumerate(self.return_names)}
        place_of = {str(name): place for place, name in enumerate(assessors["assessor_id"])}
        rows = table[TAKEN].to_dict("records") if table is not None else []
        self.names = {str(one["return_id"]) for one in rows}
        self.all_places = [place_of.get(str(one["assessor_id"]), -1) for one in rows]
        self.found = [
            (row_of[str(one["return_id"])], place, str(one["assessor_id"]), str(one["marking"]))
            for one, place in zip(rows, self.all_places, strict=True)
            if str(one["return_id"]) in row_of
        ]

    def loads(self, number: int) -> np.ndarray:
        """How many places the markings take up, also those of other returns."""
        return np.bincount([place for place in self.all_places if place >= 0], minlength=number)

    def pairs(self) -> list[tuple[int, int]]:
        """The pairs of return and assessor."""
        return [(row, place) for row, place, _, _ in self.found if place >= 0]

    def named(self) -> list[tuple[str, str]]:
        """The pairs by name."""
        return [(self.return_names[row], assessor) for row, _, assessor, _ in self.found]

    def places_of_row(self) -> dict[int, list[int]]:
        """Each return's assessors."""
        both = np.array(self.pairs(), np.int64).reshape(-1, 2)
        return as_lists(both[:, 0], both[:, 1])


def _double_marked(return_ids: list[str], *, seed: str, number: int) -> tuple[str, ...]:
    by_ticket = sorted(
        return_ids, key=lambda name: hashlib.sha256(f"{seed}|double|{name}".encode()).hexdigest()
    )
    return tuple(sorted(by_ticket[: max(0, number)]))


def _wanted(
    returns: pd.DataFrame, twice: set[str], stay: _Markings, held: _Markings
) -> list[list[str]]:
    """Return the markings that each return waits for; standing ones that may move wait too."""
    seconds = {row for row, _, _, marking in (*stay.found, *held.found) if marking == SECOND}
    there = {(row, marking) for row, _, _, marking in stay.found}
    wanted = []
    for row, name in enumerate(returns["return_id"]):
        markings = (FIRST, SECOND) if str(name) in twice or row in seconds else (FIRST,)
        wanted.append([marking for marking in markings if (row, marking) not in there])
    return wanted


def _with_own_markings(barred: pd.DataFrame | None, stay: _Markings) -> pd.DataFrame | None:
    """Bar each assessor from marking a return again that they mark already."""
    rows = [
        {"return_id": name, "assessor_id": assessor, "why": Why.MARKS_IT.value}
        for name, assessor in stay.named()
    ]
    parts = [pd.DataFrame(rows)] if rows else []
    if barred is not None and len(barred):
        parts.append(barred)
    return pd.concat(parts, ignore_index=True) if parts else None


def _joined(one: dict[int, list[int]], other: dict[int, list[int]]) -> dict[int, list[int]]:
    return {row: [*one.get(row, ()), *other.get(row, ())] for row in {*one, *other}}


@dataclass(kw_only=True)
class _Given:
    """Rows of the tables of an allocation; `short` maps a return to its markings left over."""

    allocated: list[dict[str, str]] = field(default_factory=list)
    moved: list[dict[str, str]] = field(default_factory=list)
    short: dict[int, list[str]] = field(default_factory=dict)


def _given(
    case: Case,
    wanted: Sequence[list[str]],
    kept: dict[int, list[int]],
    free: dict[int, list[int]],
    held: _Markings,
    *,
    seed: str,
) -> _Given:
    """Say who gets which marking: who stays keeps theirs, new ones take the rest by ticket."""
    holder: dict[tuple[int, str], tuple[int, str]] = {
        (row, marking): (place, assessor) for row, place, assessor, marking in held.found
    }
    made = _Given()
    for row, markings in enumerate(wanted):
        name = case.returns[row]
        stays = set(kept.get(row, ()))
        new = [case.assessors[place] for place in free.get(row, ())]
        if len(new) > 1:
            new.sort(key=lambda one: hashlib.sha256(f"{seed}|{name}|{one}".encode()).digest())
        for marking in markings:
            place, before = holder.get((row, marking), (-1, ""))
            if before and place in stays:
                continue
            assessor = new.pop(0) if new else ""
            if assessor:
                made.allocated.append(
                    {"return_id": name, "assessor_id": assessor, "marking": marking}
                )
            else:
                made.short.setdefault(row, []).append(marking)
            if before:
                made.moved.append(
                    {
                        "return_id": name,
                        "marking": marking,
                        "from_assessor": before,
                        "assessor_id": assessor,
                    }
                )
    return made


def _short(case: Case, short: dict[int, list[str]], graph: MarkingGraph) -> pd.DataFrame:
    if not short:
        return pd.DataFrame(columns=SHORT)
    counts = {row: len(markings) for row, markings in short.items()}
    said = shortages(case, counts, graph)
    rows = [
        {
            "return_id": case.returns[row],
            "marking": marking,
            "reason": said[row].reason,
            "remedy": said[row].remedy,
        }
        for row, markings in short.items()
        for marking in markings
    ]
    return pd.DataFrame(rows, columns=SHORT)


def _advice(graph: MarkingGraph) -> str:
    """Say what would bring the marking graph into one piece; empty where it is."""
    if graph.pieces <= 1:
        return ""
    joints = graph.joints
    needed = len(graph.busy()) - 1
    if joints < needed:
        return (
            f"The assessors are in {graph.pieces} groups that no return marked twice connects:"
            f" {joints} such returns join at most {joints + 1} of {needed + 1} assessors. Have at"
            f" least {needed} returns marked twice to compare all of them."
        )
    return (
        f"The assessors are in {graph.pieces} groups that no return marked twice connects, because"
        " conflicts of interest or standing markings leave no way to join them."
    )
