"""Does an acknowledged save survive a power cut?

The real store writes to a disk that drops, tears and reorders what was not synced. `python
tests/benchmarks/store_power_cuts.py` makes 2,000 cuts, and as many with SQLite's weaker setting,
which must lose some: a disk that never loses anything would prove nothing. `make test` runs a short
form of both.
"""

import shutil
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from recording_disk import images, put, recording
from seasons import save, small_season

from assessor_kit.store import Workspace, record_reading, undo_judgement
from assessor_kit.store.database import connections as engine
from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.log.chain import LOG, check_log
from assessor_kit.vocabulary import Planned, Reading

SAVES = 12  # of each way of writing, with and without another connection that stays open


@contextmanager
def somebody_reading(season):
    """Keep another connection open, so that the write-ahead log is not checkpointed."""
    with read_transaction(season.engine) as connection:
        connection.exec_driver_sql("SELECT 1")
        yield


def work(season, tell):
    """Save, read and undo as the screen does, and report what was acknowledged to `tell`."""
    version = 0
    for number in range(SAVES):
        version = save(
            season,
            version,
            event=f"save{number}",
            advice=f"words {number} " * (40 if number % 4 == 0 else 2),
        )
        tell((f"save{number}", version))
        tell(
            (
                f"read{number}",
                record_reading(
                    season,
                    "r2",
                    assessor_id="A1",
                    reading_of=Reading(activity_no=1, planned=Planned.YES),
                    event_id=f"read{number}",
                ),
            )
        )
        if number % 4 == 1:
            # the screen is closed and opened again: the write-ahead log is folded in
            season.engine.dispose()
        if number % 3 == 2:
            version = undo_judgement(
                season, "r1", assessor_id="A1", event_id=f"undo{number}", expected_version=version
            )[0]
            tell((f"undo{number}", version))


def record(folder):
    """Return the workspace, its files at the start, and what the disk was asked to do."""
    season = small_season(folder)
    season.engine.dispose()  # no connection is older than the recording, and none outlives it
    start = {
        str(path): path.read_bytes()
        for path in season.folder.glob("assessor.db*")
        if not path.name.endswith("-shm")
    }
    with recording() as recorder:
        work(season, recorder.tell)
        with somebody_reading(season):
            # One line says it.
            second = lambda what: recorder.tell((f"{what[0]} again", what[1]))  # noqa: E731
            version = 0
            for number in range(SAVES):
                version = save(
                    season, version, event=f"other{number} again", assessor_id="A2", return_id="r3"
                )
                second((f"other{number}", version))
        season.engine.dispose()
    return season, start, recorder.done


def check(folder, acknowledged):
    """Return (lost, corrupt) after a cut, as seen through the store."""
    season = Workspace.open(folder)
    with read_transaction(season.engine) as connection:
        sound = connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        kept = {row.event_id: row.version for row in connection.execute(LOG.select())}
        verified = check_log(connection).verified
    return sum(kept.get(event_id) != version for event_id, version in acknowledged), int(
        not (sound and verified)
    )


def cut_power(folder, *, cuts, seed=1):
    """Cut the power at `cuts` random moments of the work."""
    season, start, done = record(folder / "recorded")
    after = folder / "after"
    counts = {
        "cuts": cuts,
        "writes": sum(one.kind == "write" for one in done),
        "syncs": sum(one.kind == "sync" for one in done),
        "acknowledged": 0,
        "lost": 0,
        "corrupt": 0,
    }
    for acknowledged, image in images(done, start, cuts=cuts, seed=seed):
        shutil.rmtree(after, ignore_errors=True)
        shutil.copytree(season.keys.folder, after / "keys")
        put(image, after, season.folder)
        counts["acknowledged"] += len(acknowledged)
        try:
            lost, corrupt = check(after, acknowledged)
        except Exception:  # noqa: BLE001  (whatever the store cannot read is a corrupt store)
            lost, corrupt = len(acknowledged), 1
        counts["lost"] += lost
        counts["corrupt"] += corrupt
    return counts


@contextmanager
def weaker_setting():
    """Use SQLite's NORMAL, under which a commit is acknowledged before it is on the disk."""
    real = engine.safe_settings
    engine.safe_settings = lambda _version: ("WAL", "NORMAL")
    try:
        yield
    finally:
        engine.safe_settings = real


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        started = time.perf_counter()
        print(
            "as the store is set",
            cut_power(Path(place) / "full", cuts=2000),
            f"{time.perf_counter() - started:.0f} s",
            flush=True,
        )
        with weaker_setting():
            print(
                "with synchronous NORMAL", cut_power(Path(place) / "normal", cuts=2000), flush=True
            )
