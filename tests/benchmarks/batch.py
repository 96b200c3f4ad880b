"""How long does a large batch take, and does it use up memory or leave processes behind?

    python tests/benchmarks/batch.py [--returns 10000]

An invented season of that many judged returns is rendered by the command, as staff do it. Meanwhile
the private memory of every process that descends from it is read twice a second. Prints one JSON
object: minutes; the megabytes by which the command, and its workers with their warm processes, were
ever larger after the first 500 reports than at that moment (medians of ten readings in a row, so
that a process which has just started counts little); and how many processes are still there five
seconds after the command has ended, which should be 0.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from killing import CPD_YEAR, make_season

from assessor_kit.store import Workspace

# in the environment of the command, and so in that of every process that stems from it
MARK = "ASSESSOR_KIT_BENCHMARK"
READINGS = 10
LONGEST_GOODBYE = 5.0  # seconds


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Megabytes of private memory at one moment, and the number of reports by then."""

    reports: int
    command: float
    workers: float


def main() -> None:
    """Measure, and print the result."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--returns", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        season = make_season(Path(folder), arguments.returns)
        sys.stdout.write(json.dumps(measure(season, jobs=arguments.jobs), indent=1) + "\n")


def measure(
    season: Workspace, *, jobs: int, after: int = 500, every: float = 0.5
) -> dict[str, float | int]:
    """Render all feedback of the season; growth is measured from the report numbered `after`.

    Memory is read once in `every` seconds.
    """
    mark = secrets.token_hex(16)
    command = [
        sys.executable,
        "-m",
        "assessor_kit",
        "feedback",
        "render",
        "--cpd-year",
        str(CPD_YEAR),
        "--workspace",
        str(season.folder),
        "--json",
        "--jobs",
        str(jobs),
    ]
    manifest = season.folder / "feedback" / str(CPD_YEAR) / "manifest.jsonl"
    began = time.perf_counter()
    readings = []
    with tempfile.TemporaryFile() as said:
        running = subprocess.Popen(
            command, stdout=said, stderr=subprocess.DEVNULL, env={**os.environ, MARK: mark}
        )
        while running.poll() is None:
            readings.append(read(running.pid, mark, manifest))
            time.sleep(every)
        seconds = time.perf_counter() - began
        said.seek(0)
        answer = json.loads(said.read())
    until = time.monotonic() + LONGEST_GOODBYE
    while (left := stemming_from(mark)) and time.monotonic() < until:
        time.sleep(0.1)
    counted = [one for one in readings if one.reports >= after]
    return {
        "rendered": answer["rendered"],
        "failed": len(answer["failed"]),
        "minutes": round(seconds / 60, 2),
        "reports_per_second": round(answer["rendered"] / seconds, 1),
        "command_growth_mb": grown([one.command for one in counted]),
        "workers_growth_mb": grown([one.workers for one in counted]),
        "most_mb": round(max(one.command + one.workers for one in readings)),
        "orphans": len(left),
    }


def grown(megabytes: list[float]) -> float:
    """Return how much the highest run of readings exceeds the first."""
    middles = [
        statistics.median(megabytes[start : start + READINGS])
        for start in range(max(1, len(megabytes) - READINGS + 1))
    ]
    return round(max(middles) - middles[0], 1)


def read(command: int, mark: str, manifest: Path) -> Reading:
    """Return the memory of the command, and of its workers with their warm processes.

    A report's own process lives for a tenth of a second and is left out.
    """
    parents = stemming_from(mark)
    workers = {pid for pid, parent in parents.items() if parent == command}
    warm = {pid for pid, parent in parents.items() if parent in workers}
    reports = manifest.read_bytes().count(b"\n") if manifest.exists() else 0
    return Reading(
        reports=reports,
        command=private(command),
        workers=sum(private(pid) for pid in workers | warm),
    )


def stemming_from(mark: str) -> dict[int, int]:
    """Return every process with the mark in its environment, and its parent.

    Zombies do not count.
    """
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes():
                state, parent = (
                    (folder / "stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[:2]
                )
                if state != "Z":
                    found[int(folder.name)] = int(parent)
        except (OSError, ValueError):  # it has just ended, or is somebody else's
            continue
    return found


def private(pid: int) -> float:
    """Return the megabytes of memory that are a process's own."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon:")) / 1024


if __name__ == "__main__":
    main()
