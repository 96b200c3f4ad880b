"""The workspace's copies of the notebooks, put right where they are broken.

A copy may hold more than the notebook that came: cells added by its owner, other words. Every step
that came must be in it, as code and in order, because a cell that was turned into text, or half
deleted, can otherwise never be opened again by somebody who does not program.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from assessor_kit.files import make_private_folder, move_into_place, write_once

ASIDE = "put aside"
# Notebooks that earlier editions had; what they did on Run All is a button now.
EARLIER = ("03_allocate_returns", "04_load_and_score_returns")


def put_right(folder: Path, shipped_notebooks: Path, *, today: date) -> list[str]:
    """Make every notebook ready in a workspace's folder; return what its owner should be told.

    A copy that is right stays as it is. One that is broken is put aside, under its own name and the
    day, and a fresh one takes its place.
    """
    told = []
    for name in EARLIER:
        old = folder / f"{name}.ipynb"
        if old.is_file():
            kept = _put_aside(old, today)
            told.append(f"{old.name} was of an earlier edition. It is kept as {kept}.")
    for notebook in sorted(shipped_notebooks.glob("*.ipynb")):
        fresh = notebook.read_bytes()
        copy = folder / notebook.name
        if copy.is_file() and not has_every_step(copy.read_bytes(), fresh):
            kept = _put_aside(copy, today)
            told.append(
                f"{copy.name} was broken: a step in it was missing, changed, or no code any more. A"
                f" fresh one is in its place; the other is kept as {kept}."
            )
        write_once(copy, fresh)
    return told


def has_every_step(copy: bytes, fresh: bytes) -> bool:
    """Whether every step of the notebook that came is in a copy, as code and in order."""
    try:
        there = iter(_steps(copy))
        # `in` on an iterator goes on from where it stopped, so the order counts.
        return all(step in there for step in _steps(fresh))
    except (ValueError, TypeError, KeyError, AttributeError):
        return False  # no notebook at all


def _steps(content: bytes) -> Iterator[str]:
    for cell in json.loads(content)["cells"]:
        if cell["cell_type"] == "code":
            yield "".join(cell["source"]).strip()


def _put_aside(path: Path, today: date) -> str:
    """Move a copy into a folder of its own, and return its name in there."""
    aside = make_private_folder(path.parent / ASIDE)
    number = 1
    kept = aside / f"{path.stem} ({today:%Y-%m-%d}){path.suffix}"
    while kept.exists():
        number += 1
        kept = aside / f"{path.stem} ({today:%Y-%m-%d}, {number}){path.suffix}"
    move_into_place(path, kept)
    return f"“{ASIDE}/{kept.name}”"
