"""Dry runs: a command really runs, on a copy, and says what it would have done.

What it would write goes to a folder that is deleted afterwards; the places it names are the real
ones.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assessor_kit.files import may_write, may_write_in

if TYPE_CHECKING:
    from assessor_kit.store import Workspace

# what would lead a step away from the folder that is gone afterwards
ELSEWHERE = ("ASSESSOR_KIT_DATABASE", "ASSESSOR_KIT_KEYS")


@dataclass
class Scratch:
    """The folder of one dry run, and the real place that each part of it stands for."""

    folder: Path
    stands_for: dict[str, str] = field(default_factory=dict)

    def place_for(self, real: Path) -> Path:
        """Return a place to write to instead of the real one.

        It holds empty files of the names that the real place holds, so that a step refuses what it
        would refuse there. Raises OSError where nothing could be written.
        """
        _require_writable(real)
        place = self.folder / f"written-{len(self.stands_for)}" / real.name
        place.parent.mkdir()
        self.stands_for[str(place)] = str(real)
        if real.is_dir():
            place.mkdir()
            for one in real.iterdir():
                stands_in = place / one.name
                if one.is_dir():
                    stands_in.mkdir()
                else:
                    stands_in.touch()
        elif real.exists():
            place.touch()
        return place

    @contextmanager
    def copy_of(self, season: Workspace) -> Iterator[Workspace]:
        """Make a copy of the workspace."""
        from assessor_kit.store.upkeep.rehearsal import rehearsal_of  # noqa: PLC0415  (database)

        place = self.folder / "workspace"
        self.stands_for[str(place)] = str(season.folder)
        with rehearsal_of(season, place) as copy:
            yield copy

    def really(self, answer: Any) -> Any:  # noqa: ANN401  (an answer or a part of one)
        """Return the answer with the real places in it."""
        if isinstance(answer, dict):
            return {key: self.really(value) for key, value in answer.items()}
        if isinstance(answer, list):
            return [self.really(one) for one in answer]
        if isinstance(answer, str):
            for place, real in self.stands_for.items():
                answer = answer.replace(place, real)
        return answer


@contextmanager
def scratch_folder() -> Iterator[Scratch]:
    """Provide a folder for one dry run, readable by its owner alone."""
    from tempfile import TemporaryDirectory  # noqa: PLC0415  (only for a dry run)

    with TemporaryDirectory(prefix="assessor-kit-dry-run-") as folder:
        yield Scratch(Path(folder).resolve())


@contextmanager
def nothing_elsewhere(**instead: str) -> Iterator[None]:
    """Confine a step that makes a workspace to its folder, whatever the environment says."""
    before = {name: os.environ.pop(name) for name in ELSEWHERE if name in os.environ}
    os.environ.update(instead)
    try:
        yield
    finally:
        for name in ELSEWHERE:
            os.environ.pop(name, None)
        os.environ.update(before)


def copy_keys(source: Path, folder: Path) -> None:
    """Copy the keys that a restored workspace would use next to the trial folder."""
    if source.is_dir():
        shutil.copytree(source, folder / "keys", dirs_exist_ok=True)


def _require_writable(real: Path) -> None:
    there = real.resolve()
    while not there.exists():
        there = there.parent
    if there != real.resolve() and not there.is_dir():
        raise NotADirectoryError(20, "Not a directory", str(there))
    if not (may_write_in(there) if there.is_dir() else may_write(there)):
        raise PermissionError(13, "Permission denied", str(there))


class Told:
    """A value of an answer, put into words: `{returns:return}` becomes `3 returns`."""

    def __init__(self, value: object) -> None:
        self.value = value

    def __format__(self, words: str) -> str:
        """Return the value, or the number with its noun; `reply/replies` states both forms."""
        if not words:
            return f"{self.value:,}" if isinstance(self.value, int) else str(self.value)
        one, _, many = words.partition("/")
        number = self._number()
        return f"{number:,} {one if number == 1 else many or f'{one}s'}"

    def _number(self) -> int:
        if isinstance(self.value, dict):
            return sum(int(number) for number in self.value.values())
        if isinstance(self.value, list):
            return len(self.value)
        return int(str(self.value or 0))


def in_words(would: str, answer: dict[str, Any]) -> str:
    """Return what a dry run says: what would happen, and that nothing has happened."""
    said = would.format_map({key: Told(value) for key, value in answer.items()})
    return f"Would {said}.\nNothing was changed: this was a dry run."
