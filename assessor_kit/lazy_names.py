"""Lets a package import its public names only when they are first used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module


def lazy_names(
    package: str, homes: Mapping[str, Iterable[str]], public: Iterable[str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return the `__getattr__` and `__dir__` of a package.

    `homes` maps each module inside the package to the names that it holds; a module that is itself
    public has no names. `public` lists every name that `dir` shows.
    """
    home_of = {name: home for home, names in homes.items() for name in names}
    modules = {home for home, names in homes.items() if not tuple(names)}

    def load(name: str) -> object:
        if name in modules:
            return import_module(f"{package}.{name}")
        if name in home_of:
            return getattr(import_module(f"{package}.{home_of[name]}"), name)
        raise AttributeError(f"{package} has no {name!r}. It has: {', '.join(public)}")

    def shown() -> list[str]:
        return sorted(public)

    return load, shown
