"""Show how far a long step has come: with a bar, or with what the caller provides."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from tqdm import tqdm


class Bar(Protocol):
    """What a step reports its progress to."""

    n: float

    def update(self, n: float = 1) -> object:
        """Note that `n` more are done."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> object:
        """End."""


# whether a bar is drawn; or what makes another kind of it from a total, a name and a unit
Progress = bool | Callable[[int, str, str], Bar]


def progress_bar(progress: Progress, *, total: int, name: str, unit: str) -> Bar:
    """Return the bar that was asked for, or one that shows nothing."""
    if isinstance(progress, bool):
        bar: Bar = tqdm(total=total, desc=name, unit=unit, disable=not progress)
        return bar
    return progress(total, name, unit)
