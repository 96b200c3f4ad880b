"""Drawings kept from one session to the next, so that the first return of an evening does not wait for altair and the drawing engine.

A drawing's name is a digest of everything in it and of the code that makes it: another number, word or release of the kit is another
drawing. A file holds hours by kind of activity and nobody's name; its name says nothing of whose they are. Whoever erases a member empties
the folder (`store.erasure`), and what is needed again is drawn again.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from contextlib import suppress
from functools import cache
from pathlib import Path

from assessor_kit.charts.figure import Figure

MOST = 600  # drawings kept, some 8 MB; the oldest go first
MADE_BY = ("drawing.py", "figure.py", "ink.py", "kinds.py", "vega.py")
END = "</figure>"  # a file that was cut short does not end so


def drawn(figure: Figure, folder: Path) -> str:
    """The figure's HTML: the one that is kept, else drawn now and kept. A folder that cannot be written keeps nothing, and that is all."""
    path = folder / f"{_name_of(figure)}.html"
    with suppress(OSError):
        known = path.read_text(encoding="utf-8")
        if known.endswith(END):
            return known
    made = figure.html()
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        _write_whole(path, made)
        _forget_oldest(folder)
    return made


def _name_of(figure: Figure) -> str:
    drawing, numbers = figure.drawing, figure.numbers
    said = [
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
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


@cache
def _makers() -> str:
    home = Path(__file__).resolve().parent
    return hashlib.sha256(b"".join((home / name).read_bytes() for name in MADE_BY)).hexdigest()


def _write_whole(path: Path, text: str) -> None:
    """Nobody ever reads half of it, and nobody but the owner reads it."""
    beside = path.with_name(f"{secrets.token_hex(8)}.new")
    with os.fdopen(
        os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
    beside.replace(path)


def _forget_oldest(folder: Path) -> None:
    kept = [(entry.stat().st_mtime_ns, entry.path) for entry in os.scandir(folder)]
    for _, path in sorted(kept)[: max(0, len(kept) - MOST)]:
        Path(path).unlink(missing_ok=True)
