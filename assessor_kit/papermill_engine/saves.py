"""Save the notebook while its kernel works.

papermill saves the whole notebook when a cell starts and again when it ends, and the kernel waits
meanwhile: with a warm kernel, this takes a fifth of a short notebook's time. Here
the two saves between two cells are one, made as soon as the next cell has been sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from papermill.engines import NotebookExecutionManager


class SavesBetweenCells:
    """Puts off the saves of `cell_start` and `cell_complete` until `save_now`."""

    def __init__(self, nb_man: NotebookExecutionManager) -> None:
        self._nb_man = nb_man
        self._is_wanted = False

    @contextmanager
    def put_off(self) -> Iterator[None]:
        """Put saves off while the block runs, and make the last one when it ends."""
        for name in ("cell_start", "cell_complete"):
            setattr(self._nb_man, name, self._without_saving(getattr(self._nb_man, name)))
        try:
            yield
        finally:
            for name in ("cell_start", "cell_complete"):
                delattr(self._nb_man, name)
            self.save_now()

    def save_now(self) -> None:
        """Make the save that was put off, if there is one."""
        if self._is_wanted:
            self._is_wanted = False
            self._nb_man.save()

    def _without_saving(self, step: Callable[..., None]) -> Callable[..., None]:
        # An autosave during a long cell is not one of these steps, so it is made at once.
        def run(*arguments: Any, **options: Any) -> None:  # noqa: ANN401  (papermill's arguments)
            self._nb_man.save = self._want
            try:
                step(*arguments, **options)
            finally:
                del self._nb_man.save

        return run

    def _want(self, **_options: Any) -> None:  # noqa: ANN401  (papermill's arguments)
        self._is_wanted = True
