"""Broken files by the hundred: each ends with a verdict and its reason.

Nothing crashes or hangs, and no cell moves to another column. The long form:
`PYTHONPATH=tests/support python tests/loaders/test_corpus.py 20000`.
"""

import sys
import time
from collections import Counter

from broken_files import corpus, has_moved

from assessor_kit.errors import UnusableFile
from assessor_kit.loaders import Readers, ReceivedFile
from assessor_kit.rules import load_rules

LOST = (
    "was stopped",
    "too long",
    "too much memory",
    "it cannot be read",
    "makes no sense",
    "nested",
)


def verdicts(number, processes=None):
    """Yield what became of each file of the corpus.

    Each is (what was done to it, verdict, reason, moved activities, seconds).
    """
    files = list(corpus(number))
    with Readers("returns", processes=processes, rules=load_rules("iet", 2016)) as readers:
        started = time.perf_counter()
        for (how, _), (_, result) in zip(
            files,
            readers.read(ReceivedFile(file="broken", data=data) for _, data in files),
            strict=True,
        ):
            seconds, started = time.perf_counter() - started, time.perf_counter()
            if isinstance(result, UnusableFile):
                verdict = "lost" if any(word in result.found for word in LOST) else "refused"
                yield how, verdict, result.sentence(), [], seconds
                continue
            activities = [activity for one in result.returns for activity in one.activities]
            problems = [
                *result.rejected,
                *result.flags,
                *(problem for one in result.returns for problem in (*one.rejected, *one.flags)),
            ]
            yield (
                how,
                "flagged" if problems else "accepted",
                "; ".join(problem.found for problem in problems),
                list(filter(has_moved, activities)),
                seconds,
            )


def test_every_broken_file_has_a_verdict_and_no_cell_ever_moves():
    counted = Counter()
    for how, verdict, reason, moved, _ in verdicts(600):
        counted[verdict] += 1
        assert verdict != "lost", f"{how}: {reason}"
        assert verdict == "accepted" or reason, how
        assert not moved, f"{how}: {moved}"
    assert sum(counted.values()) == 600
    assert min(counted["accepted"], counted["flagged"], counted["refused"]) > 30, (
        f"the corpus is not various: {counted}"
    )


if __name__ == "__main__":
    found = list(verdicts(int(sys.argv[1]), processes=2))
    print(
        Counter(verdict for _, verdict, _, _, _ in found),
        "moved:",
        sum(bool(moved) for *_, moved, _ in found),
        "slowest:",
        max(seconds for *_, seconds in found),
    )
    for how, verdict, reason, moved, _ in found:
        if verdict == "lost" or moved:
            print(
                how,
                verdict,
                reason[:200],
                [
                    (one["title"], one["learning"], one["reflection"], one["evidence"])
                    for one in moved
                ][:2],
            )
