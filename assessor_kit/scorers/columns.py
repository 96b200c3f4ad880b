"""Scores one return quickly, while an assessor waits, by working on bare columns.

A table library spends about 0.1 ms on each operation whatever the size of the table, and nine
criteria take five hundred operations. `ColumnFrame` has the few methods of a narwhals frame that
scoring uses, and works out the same expressions in numpy. It reads an expression's parts from
narwhals' private attributes, which may change without notice. It raises NotKnown for any part that
it does not recognise, and `score_returns` then uses a pandas frame instead.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, NoReturn

import narwhals as nw
import numpy as np
import pandas as pd

Values = Any  # an array, or one value for all rows


class NotKnown(Exception):
    """An expression has a part that `ColumnFrame` cannot work out."""


@dataclass(frozen=True)
class FrameColumn:
    """The cells of a column, and a mask of the empty ones (None if no cell is empty)."""

    cells: Values
    empty: Values = None

    def apply(self, function: Callable[..., Values], *others: FrameColumn) -> FrameColumn:
        """Apply a function row by row; a row is empty where any of its arguments is."""
        holes = [column.empty for column in (self, *others) if column.empty is not None]
        return FrameColumn(
            function(self.cells, *(other.cells for other in others)),
            reduce(operator.or_, holes) if holes else None,
        )


REFLECTED: dict[str, Callable[..., Values]] = {
    "__radd__": operator.add,
    "__rsub__": lambda right, left: left - right,
    "__rmul__": operator.mul,
    "__rand__": operator.and_,
    "__ror__": operator.or_,
}
ACROSS: dict[str, Callable[[Values, Values], Values]] = {
    "sum_horizontal": operator.add,
    "max_horizontal": np.maximum,
    "min_horizontal": np.minimum,
    "all_horizontal": operator.and_,
}
ONE_BY_ONE: dict[str, Callable[..., FrameColumn]] = {
    "__invert__": lambda column: column.apply(np.logical_not),
    "abs": lambda column: column.apply(np.abs),
    "is_null": lambda column: FrameColumn(
        np.zeros(np.shape(column.cells), dtype=bool) if column.empty is None else column.empty
    ),
    "fill_null": lambda column, value, **_: FrameColumn(
        column.cells if column.empty is None else np.where(column.empty, value, column.cells)
    ),
    "clip_lower": lambda column, lower_bound: column.apply(
        lambda values: np.maximum(values, lower_bound)
    ),
    "is_in": lambda column, other: FrameColumn(
        np.array([value in set(other) for value in column.cells], dtype=bool)
    ),
    "str.contains": lambda column, pattern, **_: FrameColumn(
        np.array([pattern in text for text in column.cells], dtype=bool)
    ),
}


def _listed(column: FrameColumn) -> list[Any]:
    """The values of a column, None where there is none."""
    cells: list[Any] = column.cells.tolist()
    if column.empty is None:
        return cells
    return [None if gap else value for value, gap in zip(cells, column.empty, strict=True)]


class ColumnFrame:
    """Named columns of one length, with the methods of a narwhals frame that scoring uses."""

    def __init__(self, columns: Mapping[str, FrameColumn], length: int) -> None:
        self.columns = dict(columns)
        self.length = length

    @classmethod
    def of(cls, frame: pd.DataFrame) -> ColumnFrame:
        """Return the columns of a pandas table: text as objects, whole numbers with their gaps."""
        return cls({str(name): _column(frame[name]) for name in frame.columns}, len(frame))

    def to_lists(self) -> dict[str, list[Any]]:
        """Return the values of each column by name, None where a cell is empty."""
        return {name: _listed(column) for name, column in self.columns.items()}

    def select(self, *expressions: nw.Expr | str, **named: nw.Expr) -> ColumnFrame:
        """Return only the columns that are named or worked out."""
        made: dict[str, FrameColumn] = {}
        for expression in expressions:
            made |= (
                {expression: self.columns[expression]}
                if isinstance(expression, str)
                else self._work_out(expression)
            )
        for name, expression in named.items():
            (made[name],) = self._work_out(expression).values()
        return ColumnFrame({name: self._full(column) for name, column in made.items()}, self.length)

    def with_columns(self, *expressions: nw.Expr, **named: nw.Expr) -> ColumnFrame:
        """Return all columns, with those worked out replacing any of the same name."""
        return ColumnFrame(
            {**self.columns, **self.select(*expressions, **named).columns}, self.length
        )

    def join(self, other: ColumnFrame, *, on: str, how: str) -> ColumnFrame:
        """Join to each row the row of `other` that has the same value of `on`, if there is one.

        The cells are empty where there is none. Raises NotKnown for any join but "left".
        """
        if how != "left":
            raise NotKnown(how)
        places = pd.Index(other.columns[on].cells).get_indexer(pd.Index(self.columns[on].cells))
        missing = places < 0
        found = {
            name: FrameColumn(
                (
                    column.cells[places]
                    if other.length
                    else np.zeros(self.length, dtype=column.cells.dtype)
                ),
                missing if missing.any() else None,
            )
            for name, column in other.columns.items()
            if name != on
        }
        return ColumnFrame({**self.columns, **found}, self.length)

    def group_by(self, key: str) -> Grouped:
        """Group the rows that share a value of `key`."""
        return Grouped(self, key)

    def _full(self, column: FrameColumn) -> FrameColumn:
        return (
            column
            if isinstance(column.cells, np.ndarray) and column.cells.ndim
            else FrameColumn(np.full(self.length, column.cells), column.empty)
        )

    def _work_out(self, expression: nw.Expr) -> dict[str, FrameColumn]:
        """Return each output of an expression as a column, by name."""
        first, *rest = getattr(expression, "_nodes", ()) or _unknown(expression)
        made = self._begin(first)
        for node in rest:
            made = self._step(made, node)
        return made

    # Narwhals keeps its nodes private.
    def _begin(self, node: Any) -> dict[str, FrameColumn]:  # noqa: ANN401
        if node.name == "col":
            return {name: self.columns[name] for name in node.kwargs["names"]}
        if node.name == "lit":
            return {"literal": FrameColumn(node.kwargs["value"])}
        parts = [column for part in node.exprs for column in self._any(part)]
        match node.name, parts:
            case "when_then", [when, then, otherwise]:
                return {"literal": when.apply(np.where, then, otherwise)}
        across = ACROSS.get(node.name) or _unknown(node.name)
        return {"literal": reduce(lambda left, right: left.apply(across, right), parts)}

    def _any(self, part: Any) -> list[FrameColumn]:  # noqa: ANN401  (an expression or a plain value)
        return (
            list(self._work_out(part).values())
            if isinstance(part, nw.Expr)
            else [FrameColumn(part)]
        )

    # Narwhals keeps its nodes private.
    def _step(self, made: dict[str, FrameColumn], node: Any) -> dict[str, FrameColumn]:  # noqa: ANN401
        if node.name == "alias":
            return {node.kwargs["name"]: next(iter(made.values()))}
        if node.name == "name.map":
            return {node.kwargs["function"](name): column for name, column in made.items()}
        if node.name == "cast":
            if node.kwargs["dtype"] != nw.Int64:
                _unknown(node.kwargs["dtype"])
            return {
                name: column.apply(lambda values: np.asarray(values).astype("int64"))
                for name, column in made.items()
            }
        if node.name in ONE_BY_ONE and not any(isinstance(part, nw.Expr) for part in node.exprs):
            return {
                name: ONE_BY_ONE[node.name](column, *node.exprs, **node.kwargs)
                for name, column in made.items()
            }
        function: Callable[..., Values] = (
            REFLECTED.get(node.name) or getattr(operator, node.name, None) or _unknown(node.name)
        )
        if len(node.exprs) != 1:
            _unknown(node.name)
        (other,) = self._any(node.exprs[0])
        return {name: column.apply(function, other) for name, column in made.items()}


class Grouped:
    """Groups of rows, ready to be added up."""

    def __init__(self, columns: ColumnFrame, key: str) -> None:
        self.columns = columns
        self.key = key

    def agg(self, *expressions: nw.Expr) -> ColumnFrame:
        """Return one row per group, with the sums and largest values that are asked for."""
        codes, names = pd.factorize(self.columns.columns[self.key].cells)
        order = np.argsort(codes, kind="stable")
        starts = np.searchsorted(codes[order], np.arange(len(names)))
        made = {self.key: FrameColumn(np.asarray(names, dtype=object))}
        for expression in expressions:
            start, step = getattr(expression, "_nodes", ()) or _unknown(expression)
            if start.name != "col" or step.name not in {"sum", "max"}:
                _unknown(step.name)
            bring_together = np.add if step.name == "sum" else np.maximum
            made |= {
                name: FrameColumn(
                    bring_together.reduceat(self.columns.columns[name].cells[order], starts)
                    if len(names)
                    else np.zeros(0, dtype="int64")
                )
                for name in start.kwargs["names"]
            }
        return ColumnFrame(made, len(names))


def _column(series: pd.Series[Any]) -> FrameColumn:
    if series.dtype in {np.dtype("int64"), np.dtype("bool")}:
        return FrameColumn(series.to_numpy())
    if isinstance(series.dtype, pd.Int64Dtype):
        empty = series.isna().to_numpy()
        return FrameColumn(series.fillna(0).to_numpy("int64"), empty if empty.any() else None)
    return FrameColumn(series.to_numpy(dtype=object))


def _unknown(what: object) -> NoReturn:
    raise NotKnown(str(what))
