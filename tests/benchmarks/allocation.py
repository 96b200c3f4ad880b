"""How long does an allocation take, and is it the best there is?

    python tests/benchmarks/allocation.py                # three sizes, beside HiGHS over all pairs
    python tests/benchmarks/allocation.py --same 500     # both solvers find the same, in 500 cases
    python tests/benchmarks/allocation.py --graphs 300   # the marking graph against an integer program
    python tests/benchmarks/allocation.py --stored       # through the database, end to end
    python tests/benchmarks/allocation.py --stored --lines 10   # and masking ten lines of each return

Each measurement is a process of its own, so that its peak memory is its own: from the tables to the
tables, or with `--stored` from a workspace on disk that another process made to one that is
committed. The table is printed and appended, with the machine, to results.md beside this file.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import resource
import subprocess
import sys
import tempfile
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


def make_season(folder: Path, returns: int, assessors: int, lines: int) -> None:
    """Make a workspace with so many returns in the review, each with so many lines."""
    import pandas as pd

    from assessor_kit import tables
    from assessor_kit.store import Workspace, append_rows

    sent, people = made_case(returns, assessors, seed=1)
    numbers = list(sent["member_no"])
    season = Workspace.create(folder, environment={})
    nothing = dict.fromkeys(("joined_on", "left_on", "opted_in_on"))
    register = sent.drop(columns="return_id").assign(
        **nothing,
        deceased=False,
        do_not_contact=False,
        name=[f"Ada{number} Example{number}" for number in numbers],
        email=[f"{number}@example.org" for number in numbers],
        grade="MIET",
        registration="",
    )
    append_rows(season, tables.REGISTER, register)
    append_rows(
        season, tables.ASSESSORS, people.assign(name=people["assessor_id"], email="a@example.org")
    )
    append_rows(
        season,
        tables.RETURNS,
        pd.DataFrame(
            {
                "return_id": sent["return_id"],
                "member_no": numbers,
                "cpd_year": 2016,
                "version": 1,
                "pseudonym": [f"R-{name}" for name in sent["return_id"]],
                "declared_minutes": None,
                "source_digest": "d",
                "received_at": datetime(2017, 2, 1),  # noqa: DTZ001  (the store keeps UTC)
                "parked": "",
            }
        ),
    )
    names = [name for name in sent["return_id"] for _ in range(lines)]
    activities = {
        **dict.fromkeys(("area", "goal_id", "competences", "learning", "evidence"), ""),
        "return_id": names,
        "activity_no": list(range(1, lines + 1)) * returns,
        "source_row": list(range(2, lines + 2)) * returns,
        "title": "A course on the protection of transformers",
        "activity_type": "training",
        "planned": "yes",
        "started_on": datetime(2016, 3, 1).date(),  # noqa: DTZ001  (a day)
        "ended_on": None,
        "minutes": 120,
        "counts": True,
        "doubtful": False,
        "reflection": "I learnt how a differential relay tells a fault from an inrush. " * 4,
        "raw": '{"Title": "A course on the protection of transformers", "Hours": "2"}',
    }
    if names:
        append_rows(season, tables.ACTIVITIES, pd.DataFrame(activities))


def measured_stored(folder: Path, returns: int, assessors: int, lines: int) -> None:
    """Allocate what a workspace holds, in one process, and print what it took."""
    from assessor_kit import journey
    from assessor_kit.allocation import allocate_returns
    from assessor_kit.journey import allocating
    from assessor_kit.store import Workspace

    allocate_returns(*made_case(20, 4, seed=1), seed="loads the libraries")
    season = Workspace.open(folder, environment={})
    spent = {}

    def timed(name, step):
        def timed_step(*given, **named):
            started = time.perf_counter()
            made = step(*given, **named)
            spent[name] = spent.get(name, 0) + time.perf_counter() - started
            return made

        return timed_step

    allocating.allocate_returns = timed("solving", allocating.allocate_returns)
    allocating.mask_returns = timed("copies", allocating.mask_returns)
    started, worked = time.perf_counter(), time.process_time()
    made, _ = journey.allocate(season, cpd_year=2016, seed="s", double_mark_percent=PERCENT)
    seconds, worked = time.perf_counter() - started, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"| {returns:,} x {assessors:,} | {lines} | {seconds:.2f} | {worked:.2f} |"
        f" {spent['solving']:.2f} | {spent['copies']:.2f} | {peak:,} | {len(made.allocated):,} |"
        f" {len(made.unallocated)} |"
    )


def main_stored(lines: int) -> None:
    """Measure every size through the database."""
    table = [
        f"## Allocation through the database, {datetime.now(UTC):%d %B %Y}",
        "",
        (
            f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python"
            f" {platform.python_version()}, SQLite on disk; {PERCENT} % marked twice; from the"
            " workspace as it lies there until the last commit, with events, letters to assessors"
            " and the masked copies of every line"
        ),
        "",
        (
            "| Returns x assessors | Lines each | Seconds | Of processor | Of them solving | Of them"
            " copies | Peak MB | Markings | Short |"
        ),
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    print("\n".join(table))
    for returns, assessors in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            for step in ("--make", "--measure-stored"):
                size = [str(returns), str(assessors), str(lines)]
                done = subprocess.run(
                    [sys.executable, __file__, step, f"{folder}/w", *size],
                    capture_output=True,
                    text=True,
                    check=True,
                )
        table.append(done.stdout.strip())
        print(table[-1], flush=True)
    _append(table)


def _append(lines: list[str]) -> None:
    with (HERE / "results.md").open("a", encoding="utf-8") as file:
        file.write("\n" + "\n".join(lines) + "\n")


def main() -> None:
    """Measure, or run one of the long tests."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--same", type=int)
    options.add_argument("--graphs", type=int)
    options.add_argument("--measure", nargs=3)
    options.add_argument("--stored", action="store_true")
    options.add_argument("--lines", type=int, default=0)
    options.add_argument("--make", nargs=4)
    options.add_argument("--measure-stored", nargs=4)
    chosen = options.parse_args()
    for asked, step in ((chosen.make, make_season), (chosen.measure_stored, measured_stored)):
        if asked:
            step(Path(asked[0]), *map(int, asked[1:]))
            return
    if chosen.stored:
        main_stored(chosen.lines)
        return
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
    _append(lines)


if __name__ == "__main__":
    main()
