"""How long do hostile files take to be dealt with, and how much memory do they cost?

    python tests/benchmarks/hostile_files.py

Every case of the bad-input matrix is read in a reader process of its own, started and warm. Prints
the slowest and the largest case, and the importing process's own peak.
"""

import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from hostile_files import CASES

from assessor_kit.loaders import Readers, ReceivedFile
from assessor_kit.rules import load_rules

GOOD = ReceivedFile(
    file="good.csv", data=b"member_no,title,started_on,hours\nX0001,Talk,2016-03-01,1\n"
)


def peak(process):
    """Return the most memory that a process ever held, in MB."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def measure():
    """Return (seconds, MB of the reader process, case) for each case."""
    rules = load_rules("iet", 2016)
    for code, data, _ in CASES:
        content = data() if callable(data) else data
        with Readers("returns", processes=1, rules=rules) as readers:
            list(readers.read([GOOD]))
            started = time.perf_counter()
            list(readers.read([ReceivedFile(file="sent.bin", data=content)]))
            seconds = time.perf_counter() - started
            process = readers.all[0].process
            yield seconds, peak(process) if process else 0.0, code


if __name__ == "__main__":
    found = list(measure())
    for title, place in (("slowest", 0), ("largest", 1)):
        print(title)
        for row in sorted(found, key=lambda one: -one[place])[:5]:
            print(f"  {row[0]:6.3f} s  {row[1]:6.1f} MB  {row[2]}")
    print(
        f"{len(found)} files; this process:"
        f" {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )
