"""What a table and a column are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "integer", "minutes", "number", "date", "moment", "yes_no", "json", "bytes"]


@dataclass(frozen=True)
class Column:
    """One column: its name, what it holds, one sentence about it, and its constraints.

    `personal`: it tells who somebody is or what they wrote. `sealed`: the database holds it encrypted.
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
