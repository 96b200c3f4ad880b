"""The same questions put to an integer program, for small cases: slow, but it tries everything."""

import itertools

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from assessor_kit.allocation import employer_key, listed, number_key


def may_meet(returns, assessors):
    """Return whether each return may meet each assessor, worked out pair by pair."""
    allowed = np.ones((len(returns), len(assessors)), bool)
    for row, one in enumerate(returns.itertuples()):
        for place, other in enumerate(assessors.itertuples()):
            numbers = {number_key(other.member_no), *map(number_key, listed(other.conflicts))}
            same = employer_key(one.employer) == employer_key(other.employer) != ""
            allowed[row, place] = not same and number_key(one.member_no) not in numbers
    return allowed


class _Program:
    """An integer program that is written down line by line."""

    def __init__(self):
        self.upper = []
        self.whole = []
        self.lines = []

    def add(self, upper, *, whole=True):
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.upper) - 1

    def require(self, terms, low, high=np.inf):
        self.lines.append((terms, low, high))

    def solve(self, cost):
        entries = [
            (value, row, column)
            for row, (terms, _, _) in enumerate(self.lines)
            for column, value in terms
        ]
        values, rows, columns = (list(part) for part in zip(*entries, strict=True))
        matrix = coo_array(
            (values, (rows, columns)), shape=(len(self.lines), len(self.upper))
        ).tocsr()
        costs = np.zeros(len(self.upper))
        for column, value in cost:
            costs[column] += value
        return milp(
            costs,
            constraints=LinearConstraint(
                matrix, [low for _, low, _ in self.lines], [high for _, _, high in self.lines]
            ),
            bounds=Bounds(0, self.upper),
            integrality=np.array(self.whole, int),
            options={"time_limit": 60},
        )


def can_be_in_one_piece(allowed, needed, capacity, *, allocated, marked, at_work):
    """Whether the marking graph could be in one piece.

    It could if some allocation has as many markings and marked returns, and gives something to
    everybody in `at_work`.
    """
    number, people = allowed.shape
    program = _Program()
    marks = {
        (row, place): program.add(1)
        for row in range(number)
        for place in range(people)
        if allowed[row, place]
    }
    for row in range(number):
        program.require(
            [(marks[row, place], 1) for place in range(people) if (row, place) in marks],
            0,
            needed[row],
        )
    is_marked = [program.add(1) for _ in range(number)]
    for row in range(number):
        mine = [marks[row, place] for place in range(people) if (row, place) in marks]
        program.require([(is_marked[row], -1), *((one, 1) for one in mine)], 0)
    program.require([(one, 1) for one in is_marked], marked)
    busy = [program.add(1) for _ in range(people)]
    root = [program.add(1) for _ in range(people)]
    for place in range(people):
        mine = [marks[row, place] for row in range(number) if (row, place) in marks]
        program.require([(one, 1) for one in mine], int(place in at_work), capacity[place])
        for one in mine:
            program.require([(busy[place], 1), (one, -1)], 0)
    program.require([(one, 1) for one in root], 1, 1)
    program.require([(one, 1) for one in marks.values()], allocated, allocated)
    flows = {}
    for one, other in itertools.combinations(range(people), 2):
        joints = []
        for row in range(number):
            if needed[row] > 1 and (row, one) in marks and (row, other) in marks:
                joint = program.add(1)
                program.require([(marks[row, one], 1), (joint, -1)], 0)
                program.require([(marks[row, other], 1), (joint, -1)], 0)
                joints.append(joint)
        for way in ((one, other), (other, one)):
            flows[way] = program.add(people, whole=False)
            program.require([(flows[way], -1), *((joint, people) for joint in joints)], 0)
    for place in range(people):
        terms = [(busy[place], -1), (root[place], people)]
        terms += [(flow, 1) for (_, end), flow in flows.items() if end == place]
        terms += [(flow, -1) for (start, _), flow in flows.items() if start == place]
        program.require(terms, 0)
    return program.solve([]).status == 0
