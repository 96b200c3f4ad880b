"""How does a TOML table become a record? Every key is known, every needed key there, every value of its kind, or file and key are named."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, Field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_type_hints

from assessor_kit.errors import RulesError

MAY_BE_BLANK = frozenset({"area"})  # a suggestion of a scheme that names no areas


def toml_content(path: Path) -> dict[str, Any]:
    """The whole file. RulesError when it is missing or not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RulesError("the file is missing", where=place(path), advice="Restore it from the kit.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise RulesError(f"not readable as TOML: {problem}", where=place(path), advice="Mend the line named.") from None


def records[R](kind: type[R], content: Mapping[str, Any], *, key: str, path: Path) -> tuple[R, ...]:
    """Every `[[key]]` of a file as a record; none at all where the key is absent."""
    entries = content.get(key, [])
    if not isinstance(entries, list):
        raise bad(path, f"[{key}] stands once, in single brackets", f"[[{key}]], as many times as there are")
    return tuple(record(kind, entry, key=f"[[{key}]] number {number}", path=path) for number, entry in enumerate(entries, start=1))


def record[R](kind: type[R], entry: object, *, key: str, path: Path) -> R:
    """One table of a file as a record of the schema."""
    if not isinstance(entry, Mapping):
        raise bad(path, f"{key} holds {entry!r}", "a table of keys and values")
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]  # every kind is a dataclass of the schema
    only_known(entry, known, key=key, path=path)
    for name in known:
        if name not in entry and _is_needed(known[name]):
            raise bad(path, f"{key} has no {name!r}", f"a value for {name}")
    hints = get_type_hints(kind)
    for name, value in entry.items():
        _refuse_wrong_kind(value, hints[name], name=name, key=key, path=path)
        if _is_needed(known[name]) and name not in MAY_BE_BLANK and _is_blank(value):
            raise bad(path, f"{key} leaves {name!r} blank", f"a value for {name}")
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()})


def only_known(content: Mapping[str, Any], known: Collection[str], *, path: Path, key: str = "the file") -> None:
    """Refuse a key that nothing reads: it is mostly a misspelt one."""
    for name in content:
        if name not in known:
            meant = get_close_matches(name, known, n=1)
            raise bad(path, f"{key} has the unknown key {name!r}", f"{meant[0]!r}, perhaps; the keys are {', '.join(known)}" if meant
                      else f"one of the keys {', '.join(known)}")


def needed(content: Mapping[str, Any], key: str, *, path: Path) -> object:
    """The value of a key that must be there."""
    if key not in content:
        raise bad(path, f"the file has no {key!r}", f"a value for {key}")
    return content[key]


def bad(path: Path, found: str, expected: str) -> RulesError:
    """The error that names the file; no part of it was loaded."""
    return RulesError(found, where=place(path), expected=expected, advice="Mend the file; nothing was loaded.")


def place(path: Path) -> str:
    """The file as errors name it: its folder and name, such as iet/2016.toml, never the machine's path."""
    return f"{path.parent.name}/{path.name}"


def _is_needed(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _is_blank(value: object) -> bool:
    return (isinstance(value, str) and not value.strip()) or value == []


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_truth(value: object) -> bool:
    return isinstance(value, bool)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(part, str) and part.strip() for part in value)


def _is_numbers(value: object) -> bool:
    return isinstance(value, dict) and all(_is_number(part) for part in value.values())


KINDS: dict[object, tuple[str, Callable[[object], bool]]] = {
    str: ("text in quotes", _is_text),
    bool: ("true or false, without quotes", _is_truth),
    int: ("a whole number, without quotes", _is_whole),
    int | None: ("a whole number, without quotes", _is_whole),
    float: ("a number of 0 or more, without quotes", _is_number),
    float | None: ("a number of 0 or more, without quotes", _is_number),
    tuple[str, ...]: ("a list of texts, none of them blank", _is_texts),
    dict[str, float]: ("a table of numbers of 0 or more", _is_numbers),
}


def _refuse_wrong_kind(value: object, hint: object, *, name: str, key: str, path: Path) -> None:
    expected, fits = KINDS[hint]
    if not fits(value):
        raise bad(path, f"{key} has {name} = {value!r}", expected)
