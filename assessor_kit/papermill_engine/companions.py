"""How a project works with the engine: through a companion module of its own.

A companion is for a project whose notebooks need more than imports in their process.

The project names it in its package's entry points, in the group `assessor_kit.papermill_engine`:
the entry's name is the package that a notebook imports, its value a module with the functions of
`Companion`. The engine therefore finds it, whoever runs papermill.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Protocol, TypeAlias, cast

GROUP = "assessor_kit.papermill_engine"

Content: TypeAlias = dict[str, Any]
Ask: TypeAlias = Callable[[Content], Content]


class Companion(Protocol):
    """The functions that a project's module offers to the engine."""

    def wake(self) -> None:
        """Get ready to answer, in the background, in a process that will not fork."""

    def answer(self, question: Content) -> Content:
        """Do for a fork what it cannot do for itself, and return the answer.

        An exception is raised in the fork as a ValueError.
        """

    def ask_with(self, ask: Ask, /) -> None:
        """In the fork that runs a notebook, use `ask` from now on for every question.

        Whoever runs the notebook answers it.
        """

    def warm_up(self) -> None:
        """Load everything that the project's notebooks need, in the warm process."""

    def rehearse(self) -> None:
        """Run through the usual work once more, in a fork that waits for its turn.

        The memory that its notebooks write to first has then been copied already.
        """


@cache  # looking them up opens files
def _known() -> dict[str, str]:
    return {entry.name: entry.value for entry in entry_points(group=GROUP)}


def companion_of(packages: Collection[str]) -> str:
    """Return the companion module for a notebook that imports these packages, or ""."""
    return next((module for name, module in sorted(_known().items()) if name in packages), "")


def load_companion(module: str) -> Companion:
    """Import the companion and return it."""
    return cast("Companion", import_module(module))
