"""What a notebook imports, read from its text, so that its process has it ready.

Only libraries that can safely be imported before a fork are imported early: none of them starts a
thread at import that it later waits for (OpenBLAS and Arrow start theirs again in a fork). polars
is not one of them: its makers warn against forks, and the threads it starts at import are missing
in one.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assessor_kit.papermill_engine.companions import companion_of

WELL_BEHAVED = frozenset(
    {"altair", "duckdb", "jinja2", "narwhals", "numpy", "pandas", "pyarrow", "scipy", "sqlalchemy"}
)
IMPORT = re.compile(
    r"^(?:import[ \t]+(?P<names>[\w., \t]+)|from[ \t]+(?P<home>[\w.]+)[ \t]+import)"
)
# code that changes where imports come from, or what they find: nothing is imported before it runs
CHANGES_IMPORTS = re.compile(
    r"\bsys\.(?:path|modules|meta_path|flags)\b|\bsite\.|environ|putenv|^\s*%+(?:set_)?env\b"
    r"|\bpip\b|\bconda\b|\bimportlib\b|\bwarnings\b|\bsettrace\b|\btracemalloc\b",
    re.MULTILINE,
)
NOTHING = "none"


@dataclass(frozen=True)
class Warmth:
    """What a notebook's process has imported when it starts."""

    modules: tuple[str, ...] = ()
    companion: str = ""


def warmth_of(sources: Sequence[str], *, asked: str | Iterable[str] = "") -> Warmth:
    """Return the warmth for a notebook with these cells.

    `asked`: further modules, as a list or separated by commas; "none" for a process that has
    imported nothing.
    """
    more = asked.split(",") if isinstance(asked, str) else asked
    wanted = {name.strip() for name in more} - {""}
    if NOTHING in wanted:
        return Warmth()
    named = set(_imported(sources))
    packages = {name.partition(".")[0] for name in named}
    if companion := companion_of(packages):
        return Warmth(modules=tuple(sorted(wanted)), companion=companion)
    if not any(CHANGES_IMPORTS.search(source) for source in sources):
        wanted |= {name for name in named if name.partition(".")[0] in WELL_BEHAVED}
    return Warmth(modules=tuple(sorted(name for name in wanted if not _is_of_the_folder(name))))


def _imported(sources: Iterable[str]) -> Iterable[str]:
    """Yield every module that an import at the top level of a cell names."""
    for line in (line for source in sources for line in source.splitlines()):
        if found := IMPORT.match(line):
            for name in (found["names"] or found["home"]).split(","):
                yield from name.split()[:1]


def _is_of_the_folder(name: str) -> bool:
    """Whether the notebook's folder has this module, which then hides an installed one."""
    package = name.partition(".")[0]
    return Path(package).is_dir() or any(Path().glob(f"{package}.*"))


def practise(formatter: Any, modules: Sequence[str]) -> None:  # noqa: ANN401
    """Display sample objects once, so that what libraries load at first use is loaded."""
    packages = {name.partition(".")[0] for name in modules}
    if "pandas" in packages and "pandas" in sys.modules:
        frame = sys.modules["pandas"].DataFrame({"a": [1, 2], "b": ["x", "y"]})
        formatter.format(frame)
        formatter.format(frame.describe())
    if {"altair", "pandas"} <= packages and "altair" in sys.modules:
        altair = sys.modules["altair"]
        charts = (altair.Chart(frame).mark_bar(), altair.Chart(frame).mark_line(point=True))
        for chart in charts:
            formatter.format(chart.encode(x="a:Q", y=altair.Y("b:N", title="b"), color="b"))
