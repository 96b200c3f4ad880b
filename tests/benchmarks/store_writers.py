"""Is any update lost when many write at once, and how long does a save take?

`python tests/benchmarks/store_writers.py` makes 20,000 saves with 2, 10 and 50 writers on each kind
of database, and times a save among 50 writers who think for half a second. `make test` runs a short
form. All writers share one assessor's returns: each reads a counter, adds one and saves; after a
conflict it reads again. A lost update would leave a counter short.
"""

import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import time
import uuid
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from seasons import add_return, allocate, judgement, put, small_season
from server import server

from assessor_kit import tables
from assessor_kit.errors import Conflict
from assessor_kit.store import Workspace, current_judgement, record_judgement
from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.log.chain import check_log

FORK = multiprocessing.get_context("fork")
SHARED = [f"shared{number}" for number in range(20)]


@contextmanager
def database(kind):
    """Return the environment for a workspace on that kind of database."""
    if kind == "PostgreSQL":
        os.environ["ASSESSOR_KIT_DATABASE"] = server().new_database()
    try:
        yield
    finally:
        os.environ.pop("ASSESSOR_KIT_DATABASE", None)


def shared_season(folder):
    season = small_season(folder)
    for number, name in enumerate(SHARED):
        put(
            season,
            tables.REGISTER,
            {
                "member_no": f"Y{number:04}",
                "joined_on": None,
                "left_on": None,
                "do_not_contact": False,
                "name": "",
                "email": "",
                "grade": "MIET",
                "registration": "",
                "discipline": "",
                "employer": "",
                "opted_in_on": None,
            },
        )
        add_return(season, name, f"Y{number:04}")
        allocate(season, name, "A1")
    return season


def count_up(season, return_id):
    """Add one to a return's counter; return its save's seconds and the conflicts before it."""
    conflicts = 0
    while True:
        version, standing = current_judgement(season, return_id, assessor_id="A1")
        counter = int(standing.advice) if standing else 0
        started = time.perf_counter()
        try:
            record_judgement(
                season,
                return_id,
                assessor_id="A1",
                judgement=judgement(str(counter + 1)),
                event_id=str(uuid.uuid4()),
                expected_version=version,
            )
        except Conflict:
            conflicts += 1
        else:
            return time.perf_counter() - started, conflicts


def write(folder, seed, saves, thinking, results, ready=None):
    """Save `saves` times, starting when all writers have opened the workspace.

    Each writer who thinks begins at a random moment of the first thought.
    """
    chance, season = random.Random(seed), Workspace.open(folder)
    taken = []
    if ready is not None:
        ready.wait()
    for _ in range(saves):
        if thinking:
            time.sleep(chance.uniform(0.5, 1.5) * thinking)
        taken.append(count_up(season, chance.choice(SHARED)))
    results.put(taken)


def write_together(folder, *, writers, saves, thinking=0.0):
    """Make `saves` saves in all by `writers` processes at once.

    They think for `thinking` seconds on average before each save.
    """
    season = shared_season(folder)
    results, ready = FORK.Queue(), FORK.Barrier(writers + 1)
    processes = [
        FORK.Process(
            target=write,
            args=(season.folder, number, saves // writers, thinking, results, ready),
            daemon=True,
        )
        for number in range(writers)
    ]
    for process in processes:
        process.start()
    ready.wait()
    started = time.perf_counter()
    taken = [one for _ in processes for one in results.get()]
    seconds = time.perf_counter() - started
    counted = sum(
        int(current_judgement(season, name, assessor_id="A1")[1].advice)
        for name in SHARED
        if current_judgement(season, name, assessor_id="A1")[1]
    )
    with read_transaction(season.engine) as connection:
        log = check_log(connection)
    milliseconds = sorted(1000 * one for one, _ in taken)
    return {
        "writers": writers,
        "saves": len(taken),
        "lost": len(taken) - counted,
        "events": log.events,
        "chain verified": log.verified,
        "conflicts": sum(conflicts for _, conflicts in taken),
        "saves a second": round(len(taken) / seconds),
        "median ms": round(statistics.median(milliseconds), 1),
        "p99 ms": round(milliseconds[int(len(milliseconds) * 0.99) - 1], 1),
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        for kind in ("SQLite", "PostgreSQL"):
            for writers in (2, 10, 50):
                with database(kind):
                    print(
                        kind,
                        write_together(
                            Path(place) / f"{kind}{writers}", writers=writers, saves=20_000
                        ),
                        flush=True,
                    )
            with database(kind):
                print(
                    kind,
                    "half a second of thinking",
                    write_together(
                        Path(place) / f"{kind}thinking", writers=50, saves=2_500, thinking=0.5
                    ),
                    flush=True,
                )
