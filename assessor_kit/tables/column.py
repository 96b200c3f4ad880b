"""Define what describes a table and a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "integer", "minutes", "number", "date", "moment", "yes_no", "json", "bytes"]


@dataclass(frozen=True)
class Column:
    """One column: its name, its kind, a sentence about it, and its constraints.

    `personal` marks what identifies somebody or what they wrote. `sealed` marks what the database
    holds encrypted.
    """

    name: str
    kind: Kind
    sentence: str
    optional: bool = False
    personal: bool = False
    sealed: bool = False


@dataclass(frozen=True)
class Table:
    """One table: its columns in order, and which of them identify a row."""

    name: str
    sentence: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)
