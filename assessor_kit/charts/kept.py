"""Keeps drawings between sessions, so that the first return of an evening opens at once.

It then waits neither for altair nor for the drawing engine. A drawing's file is named by a digest
of everything in it and of the code that makes it, so a different number, word or release of the kit
makes a different drawing. A file holds hours by kind of activity and nobody's name, and its name
does not reveal whose hours they are. Erasing a member empties the folder (`store.erasure`); any
drawing that is needed again is drawn again.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from functools import cache
from pathlib import Path

from assessor_kit.charts.figure import Figure
from assessor_kit.errors import NotWritten
from assessor_kit.files import write_private

MOST = 600  # drawings kept, some 8 MB; the oldest are removed first
MADE_BY = ("drawing.py", "figure.py", "ink.py", "kinds.py", "vega.py")
END = "</figure>"  # a file that was cut short does not end like this


def kept_drawing(figure: Figure, folder: Path) -> str:
    """Return the figure's HTML, from the folder if it is kept there, or else newly drawn.

    A new drawing is kept too, unless the folder cannot be written to.
    """
    path = folder / f"{_name_of(figure)}.html"
    with suppress(OSError):
        known = path.read_text(encoding="utf-8")
        if known.endswith(END):
            return known
    made = figure.html()
    with suppress(OSError, NotWritten):
        write_private(path, made)
        _forget_oldest(folder)
    return made


def _name_of(figure: Figure) -> str:
    drawing = figure.drawing
    numbers = figure.numbers
    content = [
        _makers(),
        drawing.kind,
        drawing.values,
        drawing.rows,
        figure.title,
        figure.alt_text,
        figure.note,
        list(numbers.columns),
        numbers.astype(object).to_numpy().tolist(),
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


@cache
def _makers() -> str:
    home = Path(__file__).resolve().parent
    return hashlib.sha256(b"".join((home / name).read_bytes() for name in MADE_BY)).hexdigest()


def _forget_oldest(folder: Path) -> None:
    kept = [(entry.stat().st_mtime_ns, entry.path) for entry in os.scandir(folder)]
    for _, path in sorted(kept)[: max(0, len(kept) - MOST)]:
        Path(path).unlink(missing_ok=True)
