"""The process that opens the files that people send in.

It has little memory and time, writes no file, and answers with rows or a reason.

`readers.py` starts it as `python -m assessor_kit.loaders.process.reader_process`. The owner's first
message says what to read and how (a pickle: the owner is trusted, the files are not); after that
come a file's name and its bytes, file after file.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import pickle
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from assessor_kit.errors import UnusableFile
from assessor_kit.loaders.files.formats import form_of_file, seconds_for
from assessor_kit.loaders.limits import MEMORY_PER_BYTE, MOST_MEMORY_BYTES, WAITING_MEMORY_BYTES
from assessor_kit.loaders.process.messages import packed, read_message, write_message
from assessor_kit.loaders.records.returns import read_returns
from assessor_kit.loaders.records.staff_files import (
    read_assessors,
    read_circumstances,
    read_declarations,
    read_opt_ins,
    read_register,
    read_responses,
)

READ: dict[str, Callable[..., Any]] = {
    "returns": read_returns,
    "register": read_register,
    "opt-ins": read_opt_ins,
    "declarations": read_declarations,
    "circumstances": read_circumstances,
    "assessors": read_assessors,
    "responses": read_responses,
}


def main() -> None:
    """Read files until the owner goes away."""
    requests = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not be taken for an answer
    first = read_message(requests)
    if first is None:
        return
    kind, options = pickle.loads(first)  # noqa: S301  (from the owner, who is trusted)
    read = partial(READ[kind], **options)
    _limit_always()
    waiting = _waiting_memory()
    while (name := read_message(requests)) is not None and (
        data := read_message(requests)
    ) is not None:
        _limit_for(data, waiting)
        write_message(answers, _answer(read, name.decode(), data))


def _answer(read: Callable[..., Any], file: str, data: bytes) -> bytes:
    try:
        return packed(read(data, file=file))
    except UnusableFile as problem:
        problem.where = problem.where or file
        return packed(problem)
    except MemoryError:
        return packed(
            UnusableFile(
                "it needs too much memory to read",
                where=file,
                expected="a file of ordinary size",
                advice="Ask for a smaller file.",
            )
        )
    except RecursionError:
        return packed(
            UnusableFile(
                "it is nested too deeply",
                where=file,
                expected="a plain file",
                advice="Ask for the file again.",
            )
        )


def _limit_always() -> None:
    """Make sure that no file can be written and no memory image kept."""
    with contextlib.suppress(ImportError):
        # Not available on Windows, where the owner's time limit is the only one.
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_for(data: bytes, waiting: int) -> None:
    """Limit processor time and memory for the file that is about to be read.

    A document gets little of both, a table of text as much as its size requires.
    """
    with contextlib.suppress(ImportError):
        import resource  # noqa: PLC0415  (not on Windows)

        used = resource.getrusage(resource.RUSAGE_SELF)
        seconds = used.ru_utime + used.ru_stime + seconds_for(data)
        memory = waiting + MOST_MEMORY_BYTES + MEMORY_PER_BYTE[form_of_file(data)] * len(data)
        for kind, limit in ((resource.RLIMIT_CPU, int(seconds) + 1), (resource.RLIMIT_AS, memory)):
            _, hard = resource.getrlimit(kind)
            resource.setrlimit(
                kind, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard)
            )


def _waiting_memory() -> int:
    """Return the bytes of memory that the process holds before the first file.

    They are counted by the system, or assumed where it does not say.
    """
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * mmap.PAGESIZE
    except OSError:
        return WAITING_MEMORY_BYTES


if __name__ == "__main__":
    main()
