"""The bad-input matrix, one test per case: accepted, accepted with flags, or rejected.

A rejection has its reason, and no file costs much memory.
"""

from pathlib import Path

import pytest
from hostile_files import CASES, Taken

from assessor_kit.errors import UnusableFile
from assessor_kit.loaders import LoadedReturns, Readers, ReceivedFile
from assessor_kit.rules import load_rules

RULES = load_rules("iet", 2016)
MOST_MEMORY = 256 * 2**20


@pytest.fixture(scope="module")
def readers():
    with Readers("returns", processes=1, rules=RULES) as made:
        yield made


def texts(problems):
    return "\n".join(f"{one.found} {one.expected} {one.advice}" for one in problems)


def peak_of(readers):
    """Return the most bytes that the reader process ever held; 0 if the system does not say."""
    process = readers.all[0].process
    status = Path(f"/proc/{process.pid}/status") if process else None
    if status is None or not status.exists():
        return 0
    return next(
        int(line.split()[1]) * 1024
        for line in status.read_text().splitlines()
        if line.startswith("VmHWM")
    )


@pytest.mark.parametrize(("code", "data", "expected"), CASES, ids=[case[0] for case in CASES])
def test_every_case_of_the_matrix_ends_as_expected(readers, code, data, expected):
    _, result = next(
        readers.read([ReceivedFile(file="sent.bin", data=data() if callable(data) else data)])
    )
    assert peak_of(readers) < MOST_MEMORY, f"{code} cost {peak_of(readers) / 2**20:.0f} MB"
    if not isinstance(expected, Taken):
        assert isinstance(result, UnusableFile), f"{code} was taken"
        assert expected in result.sentence()
        assert result.advice
        return
    assert isinstance(result, LoadedReturns), f"{code}: {result}"
    activities = [activity for one in result.returns for activity in one.activities]
    assert len(activities) == expected.activities
    if expected.minutes is not None:
        assert activities[0]["minutes"] == expected.minutes
    rejected = texts(
        [*result.rejected, *(problem for one in result.returns for problem in one.rejected)]
    )
    flagged = texts([*result.flags, *(problem for one in result.returns for problem in one.flags)])
    assert expected.rejected in rejected
    assert bool(expected.rejected) == bool(rejected)
    assert expected.flagged in flagged
    assert bool(expected.flagged) == bool(flagged)


def test_a_bad_file_never_costs_another_its_result(readers):
    good = ReceivedFile(
        file="good.csv", data=b"member_no,title,started_on,hours\nX0001,Talk,2016-03-01,1\n"
    )
    files = [
        good,
        *(
            ReceivedFile(file="bad", data=data)
            for _, data, expected in CASES[:12]
            if isinstance(expected, str)
        ),
        good,
    ]
    results = [result for _, result in readers.read(files)]
    assert isinstance(results[0], LoadedReturns)
    assert isinstance(results[-1], LoadedReturns)
    assert all(isinstance(result, UnusableFile) for result in results[1:-1])
