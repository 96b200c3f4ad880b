"""The steps of the year as commands; nothing heavy is loaded until one of them runs.

Every command takes `--json` and then prints exactly one JSON object on standard output. Progress
and messages go to standard error. Exit status: 0 done; 1 done, but something was rejected or failed
and is named; 2 nothing was done, as when every file of an import was unusable.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from assessor_kit.quick_start import leave_out_slow_imports

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    from assessor_kit.cli.program import run  # noqa: PLC0415  (the servers need no click)

    if argv is not None:
        return run(list(argv))
    leave_out_slow_imports()  # this process is ours alone
    return run(sys.argv[1:])
