"""How long does an allocation take, and is it the best there is?

    python tests/benchmarks/allocation.py                # three sizes, beside HiGHS over all pairs
    python tests/benchmarks/allocation.py --same 500     # both solvers find the same, in 500 cases
    python tests/benchmarks/allocation.py --graphs 300   # the marking graph against an integer program

Each measurement is a process of its own, from the tables to the tables, so that its peak memory is
its own. The table is printed and appended, with the machine, to results.md beside this file.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from exact_allocations import can_be_in_one_piece, may_meet
from made_allocations import made_case

HERE = Path(__file__).resolve().parent
SIZES = ((500, 60), (5_000, 400), (50_000, 2_000))
ALTERNATIVE_UP_TO = 5_000  # returns; beyond, all pairs need more memory than the machine has
PERCENT = 20


def differences(number: int) -> list[str]:
    """Return in what the two solvers differ on one invented case over all its pairs."""
    from assessor_kit.allocation import allocate, allocate_returns

    chance = np.random.default_rng(number)
    sent, people = made_case(
        int(chance.integers(2, 120)),
        int(chance.integers(2, 20)),
        seed=number,
        fields=int(chance.integers(1, 6)),
        employers=int(chance.integers(2, 30)),
        spare=float(chance.uniform(0.7, 1.6)),
    )
    percent = float(chance.choice([0, 20]))
    found = []
    made = []
    original = allocate.solved

    def recorded(case, solver=None):
        edges, solution = original(case, solver=solver)
        found.append(solution.totals)
        return edges, solution

    allocate.solved = recorded
    try:
        for solver in ("or-tools", "highs"):
            one = allocate_returns(
                sent, people, seed=str(number), double_mark_percent=percent, solver=solver
            )
            made.append(one)
    finally:
        allocate.solved = original
    said = [] if found[0] == found[1] else [f"{number}: {found[0]} or {found[1]}"]
    if not made[0].allocated.equals(made[1].allocated):
        said.append(f"{number}: the same cost, but another allocation")
    allowed = may_meet(sent, people)
    row_of = {name: row for row, name in enumerate(sent["return_id"])}
    place_of = {name: place for place, name in enumerate(people["assessor_id"])}
    said += [
        f"{number}: {one.return_id} and {one.assessor_id} must not meet"
        for one in made[0].allocated.itertuples()
        if not allowed[row_of[one.return_id], place_of[one.assessor_id]]
    ]
    return said


def missed_joint(number: int) -> str:
    """Return a word where a small case could be in one piece and is not; empty otherwise."""
    from assessor_kit.allocation import allocate_returns

    chance = np.random.default_rng(number)
    sent, people = made_case(
        int(chance.integers(3, 16)),
        int(chance.integers(2, 6)),
        seed=number,
        fields=int(chance.integers(1, 4)),
        employers=int(chance.integers(2, 8)),
        spare=float(chance.uniform(0.7, 1.6)),
    )
    made = allocate_returns(
        sent,
        people,
        seed=str(number),
        double_mark_percent=float(chance.choice([20, 40, 60])),
    )
    if made.pieces <= 1 or not made.double_marked:
        return ""
    possible = can_be_in_one_piece(
        may_meet(sent, people),
        [2 if name in made.double_marked else 1 for name in sent["return_id"]],
        list(people["capacity"]),
        allocated=len(made.allocated),
        marked=made.allocated["return_id"].nunique(),
        at_work={
            place
            for place, name in enumerate(people["assessor_id"])
            if name in set(made.allocated["assessor_id"])
        },
    )
    return f"{number}: {made.pieces} pieces, and one is possible" if possible else ""


def measured(contender: str, returns: int, assessors: int) -> None:
    """Allocate in one process, and print what it took."""
    from assessor_kit.allocation import allocate_returns, candidates

    sent, people = made_case(returns, assessors, seed=1)
    solver = "or-tools" if contender.startswith("or-tools") else "highs"
    if contender.endswith("all pairs"):
        candidates.ALL_PAIRS = returns * assessors
    small = made_case(20, 4, seed=1)
    allocate_returns(*small, seed="loads the libraries", solver=solver)
    started, worked = time.perf_counter(), time.process_time()
    made = allocate_returns(sent, people, seed="s", double_mark_percent=PERCENT, solver=solver)
    seconds, worked = time.perf_counter() - started, time.process_time() - worked
    fields = dict(zip(people["assessor_id"], people["disciplines"], strict=True))
    field_of = dict(zip(sent["return_id"], sent["discipline"], strict=True))
    outside = sum(
        field_of[one.return_id] not in fields[one.assessor_id].split("; ")
        for one in made.allocated.itertuples()
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"| {returns:,} x {assessors:,} | {contender} | {seconds:.2f} | {worked:.2f} |"
        f" {peak:,} |"
        f" {len(made.unallocated)} | {outside} | {made.pieces} |"
    )


def main() -> None:
    """Measure, or run one of the long tests."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--same", type=int)
    options.add_argument("--graphs", type=int)
    options.add_argument("--measure", nargs=3)
    chosen = options.parse_args()
    if chosen.measure:
        contender, returns, assessors = chosen.measure
        measured(contender, int(returns), int(assessors))
        return
    if chosen.same or chosen.graphs:
        one = differences if chosen.same else missed_joint
        number = chosen.same or chosen.graphs
        said = [words for words in map(one, range(number)) if words]
        print(f"{number} cases, {len(said)} faults", *said, sep="\n")
        sys.exit(bool(said))
    lines = [
        f"## Allocation, {datetime.now(UTC):%d %B %Y}",
        "",
        (
            f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python"
            f" {platform.python_version()}, OR-tools {importlib.metadata.version('ortools')}, SciPy"
            f" {importlib.metadata.version('scipy')}; {PERCENT} % marked twice"
        ),
        "",
        "| Returns x assessors | Solver | Seconds | Of processor | Peak MB | Short | Outside the field | Pieces |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    print("\n".join(lines))
    for returns, assessors in SIZES:
        contenders = ["or-tools"]
        if returns <= ALTERNATIVE_UP_TO:
            contenders += ["or-tools, all pairs", "highs", "highs, all pairs"]
        for contender in contenders:
            command = [
                sys.executable,
                __file__,
                "--measure",
                contender,
                str(returns),
                str(assessors),
            ]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            lines.append(done.stdout.strip())
            print(lines[-1], flush=True)
    with (HERE / "results.md").open("a", encoding="utf-8") as file:
        file.write("\n" + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
