"""Whatever bytes arrive, the loader ends with rows or with a reason.

The long form: `PYTHONPATH=tests/support python tests/loaders/test_fuzzing.py 100000`.
"""

import sys

from broken_files import good_parts
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from loaded import HEADER, read
from made_files import pdf, word_document, zipped

from assessor_kit.errors import UnusableFile
from assessor_kit.loaders.process.messages import packed, unpacked

EXAMPLES = int(sys.argv[1]) // 3 if __name__ == "__main__" else 300
PIECES = [
    "member_no",
    "title",
    "hours",
    "started_on",
    "reflection",
    "X0001",
    "2016-03-01",
    "1,5",
    "1:30",
    "½",
    '"',
    '""',
    "'",
    ",",
    ";",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "sep=;",
    "\0",
    "\ufeff",
    "é",
    "\u202e",
    "=1+1",
    "1e999",
    "-",
    " ",
    "NaN",
    "/",
    "03/04/2016 - 05/04/2016",
    "ongoing",
    "2 days",
    "Name",
    "Type",
    "Category",
]
TABLES = st.lists(
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), min_size=1, max_size=9),
    max_size=8,
)
SEEDS = [
    zipped(good_parts()),
    word_document(
        [["Activity", "Date", "Hours"], ["Talk", "2016-03-01", "1"]], lines=["Member no: X0001"]
    ),
    pdf((["Member no: X0001"], [["Activity", "Date", "Hours"], ["Talk", "2016-03-01", "1"]])),
    (HEADER + "X0001,Talk,event,,yes,2016-03-01,,2\n").encode(),
]
CHANGES = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=2**20),
        st.binary(min_size=0, max_size=6),
        st.integers(min_value=0, max_value=40),
    ),
    min_size=1,
    max_size=6,
)


def settles(data):
    """Read a file; the result must be consistent, and survive being sent to the importer."""
    try:
        loaded = read(data, file="fuzz")
    except UnusableFile as refused:
        assert refused.sentence()  # noqa: PT017 - a reason, where there is one
        return
    arrived = unpacked(packed(loaded))
    assert arrived == loaded
    for one in loaded.returns:
        for activity in one.activities:
            assert activity["title"].strip()
            assert 0 <= activity["minutes"] <= 120_000
            assert (
                activity["started_on"] is None
                or activity["ended_on"] is None
                or activity["started_on"] <= activity["ended_on"]
            )
        assert all(problem.found and problem.row for problem in one.rejected)


def changed(data, changes):
    """Return a good file with some of its bytes exchanged."""
    for place, new, gone in changes:
        place %= len(data) + 1  # noqa: PLW2901  (a place within the file as it is by now)
        data = data[:place] + new + data[place + gone :]
    return data


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=400),
        TABLES.map(lambda rows: "\n".join(",".join(row) for row in rows).encode()),
    )
)
@example(b"PK\x03\x04")
@example(b"%PDF-")
@example(HEADER.encode() * 2)
def test_any_bytes_settle(data):
    settles(data)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SEEDS), CHANGES)
def test_good_files_with_exchanged_bytes_settle(seed, changes):
    settles(changed(seed, changes))


@settings(max_examples=EXAMPLES, deadline=None)
@given(TABLES)
def test_any_cells_under_good_headings_settle(rows):
    settles((HEADER + "\n".join(",".join(row) for row in rows)).encode("utf-8", "surrogatepass"))


if __name__ == "__main__":
    for test in (
        test_any_bytes_settle,
        test_good_files_with_exchanged_bytes_settle,
        test_any_cells_under_good_headings_settle,
    ):
        test()
        print(test.__name__, EXAMPLES, "files settled")
