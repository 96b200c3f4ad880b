"""Why has a marking no assessor, and what would change that?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from assessor_kit.allocation.candidates import Case
from assessor_kit.allocation.conflicts import Why
from assessor_kit.allocation.marking_graph import MarkingGraph

MOST_NAMED = 6  # assessors named in one sentence
THEN = "; then allocate again."


@dataclass(frozen=True, kw_only=True)
class Shortage:
    """The reason for which a marking has no assessor, and the remedy."""

    reason: str
    remedy: str


def shortages(case: Case, short: Mapping[int, int], graph: MarkingGraph) -> dict[int, Shortage]:
    """Return the shortage of each return in `short`: row -> how many markings are short.

    `graph` holds the allocation that was found, which nothing can better.
    """
    search = _Search(case, graph)
    reach: dict[int, frozenset[int]] = {}
    found: dict[int, Shortage] = {}
    for row in short:
        allowed = search.allowed(row)
        if allowed:
            reach[row] = search.reached(frozenset(allowed))
        else:
            found[row] = _nobody(search, row, graph.markers(row))
    everywhere = sum(short[row] for row, places in reach.items() if places == search.able)
    for row, places in reach.items():
        found[row] = _full(case, places, everywhere if places == search.able else 0)
    return found


class _Search:
    """Who could mark what, and whose further place would help whom."""

    def __init__(self, case: Case, graph: MarkingGraph) -> None:
        self.case = case
        self.graph = graph
        self.able = frozenset(np.flatnonzero(case.capacity > 0).tolist())
        self.known: dict[frozenset[int], frozenset[int]] = {}
        self.marked_by: defaultdict[int, list[int]] = defaultdict(list)
        for row, places in graph.free.items():
            for place in places:
                self.marked_by[place].append(row)
        held = set(case.held.tolist())
        for row, places in graph.fixed.items():
            for place in places:
                if row * len(case.assessors) + place in held:
                    self.marked_by[place].append(row)

    def barred(self, row: int) -> dict[int, Why]:
        """Return the assessors who must not mark a return, each with a reason."""
        number = len(self.case.assessors)
        barred: dict[int, Why] = {}
        for why, pairs in self.case.reasons.items():
            start, end = np.searchsorted(pairs, [row * number, (row + 1) * number])
            for place in (pairs[start:end] - row * number).tolist():
                barred.setdefault(place, why)
        return barred

    def allowed(self, row: int) -> Collection[int]:
        """Return the assessors who could mark a return that they do not mark already."""
        return self.able - self.barred(row).keys() - set(self.graph.markers(row))

    def reached(self, allowed: frozenset[int]) -> frozenset[int]:
        """Return the assessors of whom a further place would help, however it is passed on.

        A place with one of them frees a marking there, which another assessor gives up, and so on
        until the place reaches a return that is short. All of them are full, or nothing would be.
        """
        if allowed not in self.known:
            reached = set(allowed)
            frontier = list(allowed)
            while frontier and len(reached) < len(self.able):
                for row in self.marked_by[frontier.pop()]:
                    further = set(self.allowed(row)) - reached
                    reached |= further
                    frontier += further
            self.known[allowed] = frozenset(reached)
        return self.known[allowed]


def _nobody(search: _Search, row: int, markers: list[int]) -> Shortage:
    if not search.able:
        return Shortage(
            reason="no assessor has any capacity",
            remedy=f"Import assessors with a capacity above 0{THEN}",
        )
    counts = Counter(
        why
        for place, why in search.barred(row).items()
        if place in search.able and why is not Why.MARKS_IT
    )
    why = ", ".join(f"{why} ({number})" for why, number in counts.most_common())
    remedy = f"Import another assessor without a conflict{THEN}"
    if not markers:
        return Shortage(reason=f"every assessor has a conflict of interest: {why}", remedy=remedy)
    able = len(search.able)
    others = f", and the others have a conflict of interest: {why}" if counts else ""
    return Shortage(
        reason=f"nobody marks a return twice; {len(markers)} of {able} assessors mark it"
        f" already{others}",
        remedy=remedy,
    )


def _full(case: Case, reached: Collection[int], everywhere: int) -> Shortage:
    if everywhere:
        return Shortage(
            reason="every assessor's caseload is full",
            remedy=f"Raise the assessors' capacity by {everywhere} in all, or import another"
            f" assessor{THEN}",
        )
    names = [case.assessors[place] for place in sorted(reached)]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return Shortage(
        reason="those who could take it, directly or by passing another on, are full:"
        f" {', '.join(names[:MOST_NAMED])}{more}",
        remedy=f"Raise the capacity of one of them, or import another assessor without a"
        f" conflict{THEN}",
    )
