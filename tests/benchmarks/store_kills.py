"""Does an acknowledged save survive a kill of its writer or of the whole server?

`python tests/benchmarks/store_kills.py` kills 1,000 writers in mid-save on SQLite, and the whole
server 100 times on PostgreSQL. `make test` runs a short form of the same. Four writers save in one
assessor's name on three shared returns. Each reports what it is about to save and what was
acknowledged; the successor of a killed writer saves again what was not acknowledged, under the same
event id.
"""

import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from seasons import allocate, judgement, small_season
from server import server

from assessor_kit.errors import Conflict, DatabaseUnavailable
from assessor_kit.store import Workspace, current_judgement, record_judgement
from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.log.chain import LOG, check_log

RETURNS, WRITERS = ("r1", "r2", "r3"), 4
FORK = multiprocessing.get_context("fork")


@dataclass
class Told:
    """What the writers of one place reported.

    That is, the saves they began, and those acknowledged, with their versions.
    """

    begun: dict = field(default_factory=dict)
    acknowledged: dict = field(default_factory=dict)
    retried: int = 0

    def waiting(self):
        return [
            (event, where) for event, where in self.begun.items() if event not in self.acknowledged
        ]


def save_until_taken(season, event_id, return_id):
    """Save until it is taken, despite conflicts and server outages; return the version."""
    while True:
        try:
            version = current_judgement(season, return_id, assessor_id="A1")[0]
            return record_judgement(
                season,
                return_id,
                assessor_id="A1",
                judgement=judgement(event_id),
                event_id=event_id,
                expected_version=version,
            )
        except Conflict:
            continue
        except DatabaseUnavailable:
            time.sleep(0.02)


def opened(folder):
    """Return the workspace, once the server is available."""
    while True:
        try:
            return Workspace.open(folder)
        except DatabaseUnavailable:
            time.sleep(0.02)


def write(folder, pipe, waiting, seed):
    """Be a writer: finish what a predecessor left, then save without end."""
    chance, season = random.Random(seed), opened(folder)
    while True:
        event_id, return_id = (
            waiting.pop()
            if waiting
            else (str(uuid.UUID(int=chance.getrandbits(128))), chance.choice(RETURNS))
        )
        os.write(pipe, f"B {event_id} {return_id}\n".encode())
        version = save_until_taken(season, event_id, return_id)
        os.write(pipe, f"A {event_id} {version}\n".encode())


class Writer:
    """A writing process, and what it has reported."""

    def __init__(self, folder, seed, told):
        self.told, self.rest = told, b""
        told.retried += len(told.waiting())
        self.read_end, write_end = os.pipe()
        self.process = FORK.Process(
            target=write, args=(folder, write_end, told.waiting(), seed), daemon=True
        )
        self.process.start()
        os.close(write_end)
        os.set_blocking(self.read_end, False)

    def hear(self):
        """Take in what the process has reported so far."""
        while True:
            try:
                said = os.read(self.read_end, 65_536)
            except BlockingIOError:
                return
            if not said:
                return
            *lines, self.rest = (self.rest + said).split(b"\n")
            for kind, event_id, what in (line.decode().split() for line in lines):
                if kind == "B":
                    self.told.begun[event_id] = what
                else:
                    self.told.acknowledged[event_id] = int(what)

    def kill(self):
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.join()
        self.hear()
        os.close(self.read_end)


def checked(season, everything):
    """Return what became of the acknowledged saves, once unfinished ones were repeated."""
    again = 0
    for told in everything:
        for event_id, return_id in told.waiting():
            told.acknowledged[event_id] = save_until_taken(season, event_id, return_id)
            again += 1
    with read_transaction(season.engine) as connection:
        kept = connection.execute(LOG.select().order_by(LOG.c.seq)).all()
        verified = check_log(connection).verified
    versions = {(row.return_id, row.event_id): row.version for row in kept}
    names = [row.event_id for row in kept]
    acknowledged = {
        (told.begun[event_id], event_id): version
        for told in everything
        for event_id, version in told.acknowledged.items()
    }
    gaps = sum(
        sorted(row.version for row in kept if row.return_id == name)
        != list(range(1, sum(row.return_id == name for row in kept) + 1))
        for name in RETURNS
    )
    return {
        "acknowledged": len(acknowledged),
        "lost": sum(versions.get(place) != version for place, version in acknowledged.items()),
        "duplicates": len(names) - len(set(names)),
        "unexpected": len(set(names) - {event for _, event in acknowledged}),
        "version gaps": gaps,
        "chain verified": verified,
        "retried": again + sum(told.retried for told in everything),
    }


def shared_season(folder):
    season = small_season(folder)
    allocate(season, "r3", "A1", "second")
    return season


def kill_writers(folder, *, kills, seed=1):
    """Kill writers one after the other while the others write."""
    season, chance = shared_season(folder), random.Random(seed)
    everything = [Told() for _ in range(WRITERS)]
    writers = [
        Writer(season.folder, f"{seed}-{place}", told) for place, told in enumerate(everything)
    ]
    for number in range(kills):
        time.sleep(chance.uniform(0.02, 0.12))
        place = chance.randrange(WRITERS)
        writers[place].kill()
        writers[place] = Writer(season.folder, f"{seed}-{place}-{number}", everything[place])
        for writer in writers:
            writer.hear()
    for writer in writers:
        writer.kill()
    return {"kills": kills, **checked(season, everything)}


def wait_for_saves(writers, everything, *, at_least=4, patience=60):
    """Wait until that many more saves are acknowledged.

    A server that is killed before it took any would prove nothing, however slow the machine.
    """
    before, until = sum(len(told.acknowledged) for told in everything), time.monotonic() + patience
    while (
        sum(len(told.acknowledged) for told in everything) < before + at_least
        and time.monotonic() < until
    ):
        time.sleep(0.02)
        for writer in writers:
            writer.hear()


def kill_servers(folder, *, kills, seed=1):
    """Kill every process of the server at once while four writers write, and restart it."""
    os.environ["ASSESSOR_KIT_DATABASE"] = server().new_database()
    try:
        season, chance = shared_season(folder), random.Random(seed)
        everything = [Told() for _ in range(WRITERS)]
        writers = [
            Writer(season.folder, f"{seed}-{place}", told) for place, told in enumerate(everything)
        ]
        for _ in range(kills):
            wait_for_saves(writers, everything)
            time.sleep(chance.uniform(0.0, 0.5))
            server().kill()
            server().start()
            for writer in writers:
                writer.hear()
        time.sleep(0.3)
        for writer in writers:
            writer.kill()
        return {"kills": kills, **checked(season, everything)}
    finally:
        del os.environ["ASSESSOR_KIT_DATABASE"]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        for name, run, number in (
            ("SQLite, writers killed", kill_writers, 1000),
            ("PostgreSQL, server killed", kill_servers, 100),
        ):
            started = time.perf_counter()
            print(
                name,
                run(Path(place) / name.split(",")[0], kills=number),
                f"{time.perf_counter() - started:.0f} s",
                flush=True,
            )
