"""What reading one cell gives: a value, or a reason why there is none; and what a person should know about it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Generic, TypeVar

UNSAFE_CATEGORIES = {"Cc", "Cf", "Cs"}
T = TypeVar("T")
KEPT_CONTROLS = {"\n", "\t"}


@dataclass(frozen=True, kw_only=True)
class Reading(Generic[T]):
    """`problem` rejects the row and says what was expected; `flag` asks a person to check; `note` says how it was interpreted."""

    value: T | None = None
    problem: str = ""
    flag: str = ""
    note: str = ""


def cell_text(value: object) -> str:
    """A cell as text, without surrounding white space; an empty cell is the empty text."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def visible(text: str) -> str:
    """The text with control and bidirectional characters shown as escapes; emoji joiners and variation selectors stay."""
    return "".join(c if c in KEPT_CONTROLS or unicodedata.category(c) not in UNSAFE_CATEGORIES or c == "\u200d" else f"\\u{ord(c):04x}" for c in text)
