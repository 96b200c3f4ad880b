"""Says how to install the extra `scale` when one of its libraries is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from assessor_kit.errors import NotInstalled


@contextmanager
def needs_extra() -> Iterator[None]:
    """Turn a missing library into NotInstalled, which says how to install it."""
    try:
        yield
    except ModuleNotFoundError as problem:
        raise NotInstalled(
            f"The library {problem.name} is not installed",
            expected="the extra `scale`",
            advice=(
                "Install it with `pip install 'assessor-kit[scale]'`, or in a copy of the source"
                " with `make .venv/test.done`."
            ),
        ) from None
