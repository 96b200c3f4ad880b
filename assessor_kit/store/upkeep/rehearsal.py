"""Try a step on a copy of a workspace, and discard what it writes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from assessor_kit.store.upkeep.copying import copy_to_file
from assessor_kit.store.workspace import DRAWINGS, Workspace

DATABASE = "assessor.db"
# keys are used where they are; drawings can be remade
STAYS_THERE = ("keys", DRAWINGS)
# large files that are only ever replaced as a whole, so that a link is enough
WHOLE_FILES = {".html", ".pdf", ".docx", ".eml", ".pack"}


@contextmanager
def rehearsal_of(workspace: Workspace, folder: Path) -> Iterator[Workspace]:
    """Yield a copy of the workspace in an empty folder, with database and files as they are.

    The tables of a workspace on a server are copied to a file. Whatever is done with the copy, the
    workspace itself does not change.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy_to_file(workspace, folder / DATABASE)
    for path in sorted(workspace.folder.rglob("*")):
        inside = path.relative_to(workspace.folder)
        if inside.parts[0] in STAYS_THERE or inside.name.startswith(DATABASE):
            continue
        if path.is_dir():
            (folder / inside).mkdir(mode=0o700, exist_ok=True)
        elif path.is_file():
            _take_along(path, folder / inside)
    copy = replace(
        workspace,
        folder=folder,
        database_url=f"sqlite:///{folder / DATABASE}",
        keys_at=workspace.keys.folder,
    )
    try:
        yield copy
    finally:
        copy.engine.dispose()


def _take_along(path: Path, place: Path) -> None:
    if path.suffix in WHOLE_FILES:
        try:
            place.symlink_to(path)
        except OSError:  # not every file system has links, and not every account may make them
            pass
        else:
            return
    shutil.copyfile(path, place)
