"""Which tests stay together on one of pytest's parallel workers.

What the tests of a file share is made once. Tests that use a browser are in two groups, those in
JupyterLab and all others, and all that connect to PostgreSQL in another, so that no kind overloads
the machine or starts its server twice. The two that use a browser take longest: a worker begins
with each.
"""

import re
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).resolve().parents[2]
IN_LAB, BROWSER, POSTGRESQL = "browser in JupyterLab", "browser", "postgresql"
BROWSERS = re.compile(r"^from (screens|places) import", re.MULTILINE)
LAB = re.compile(r"[\[-]lab[\]-]")  # the place of a test that is run in both
# Groups that take long start first, so that no worker is left alone with one at the end.
LONG = (
    "tests/papermill_engine/",
    "tests/test_notebooks.py",
    "tests/feedback/",
    "tests/engines/",
    "tests/journey/",
)


@cache
def source_of(path):
    """Return a test file's text."""
    return (ROOT / path).read_text(encoding="utf-8")


def group_of(nodeid):
    """Return the group of a test: one of the three kinds, or the file that contains it."""
    path = nodeid.split("::")[0]
    if BROWSERS.search(source_of(path)):
        return IN_LAB if LAB.search(nodeid) else BROWSER
    on_server = "from server import server" in source_of(path) and "[sqlite" not in nodeid
    if on_server or "[postgresql" in nodeid:
        return POSTGRESQL
    return path


def turn_of(nodeid):
    """Return when a test's group starts; lower is earlier."""
    group = group_of(nodeid)
    first = [IN_LAB, BROWSER, POSTGRESQL, *LONG]
    return next((turn for turn, one in enumerate(first) if group.startswith(one)), len(first))


class Grouped(LoadScopeScheduling):
    """A scheduler that hands whole groups to the workers."""

    def _split_scope(self, nodeid):
        return group_of(nodeid)
