"""Charts that are built once with blanks, and then filled in for each return.

It takes altair some 40 ms to build a chart and to check it against Vega-Lite's schema, but only 0.1
ms to fill in the blanks. The result is the same to the last byte (`tests/charts/test_charts.py`
compares the two), and altair's own chart remains available to anyone who wants to work with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from assessor_kit.charts.kinds import Chart

# A number that no chart contains; the blanks for further numbers count up from it.
FIRST_BLANK = 987654321.0

Value: TypeAlias = str | float | Sequence[str] | bool | None
ChartRows: TypeAlias = list[dict[str, Any]]
# Kind of chart -> (its spec with blanks, blank -> name of the value).
_BUILT: dict[tuple[object, ...], tuple[dict[str, Any], dict[object, str]]] = {}


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A chart that is not built yet, so that altair is loaded only when one has to be.

    `kind` names a function of `kinds` that builds the chart from the `values` alone. The chart
    refers to its rows by name (`alt.NamedData`); `rows` holds them as JSON can represent them. A
    text, a number or a list of texts may differ from return to return; a Boolean or None decides
    how the chart is built.
    """

    kind: str
    values: Mapping[str, Value]
    rows: Mapping[str, ChartRows]

    def chart(self) -> Chart:
        """Return the chart as altair builds it, with every part checked."""
        kinds = import_module("assessor_kit.charts.kinds")
        built: Chart = kinds.styled(getattr(kinds, self.kind)(**self.values)).properties(
            datasets=dict(self.rows)
        )
        return built

    def spec(self) -> dict[str, Any]:
        """Return the same as `chart().to_dict()`, filled into a chart of this kind built before."""
        kind = (
            self.kind,
            *self.rows,
            *(
                (name, value if _decides(value) else type(value).__name__)
                for name, value in self.values.items()
            ),
        )
        if kind not in _BUILT:
            _BUILT[kind] = self._with_blanks()
        spec, blanks = _BUILT[kind]
        filled: dict[str, Any] = _filled(
            spec, {blank: self.values[name] for blank, name in blanks.items()}
        )
        return {
            name: dict(self.rows) if name == "datasets" else part for name, part in filled.items()
        }

    def _with_blanks(self) -> tuple[dict[str, Any], dict[object, str]]:
        blanks: dict[object, str] = {}
        given: dict[str, Value] = {}
        for place, (name, value) in enumerate(self.values.items()):
            given[name] = value
            if not _decides(value):
                blank: str | float = (
                    FIRST_BLANK + place if isinstance(value, int | float) else f"<{name}>"
                )
                blanks[blank] = name
                given[name] = blank if isinstance(value, str | int | float) else [str(blank)]
        return (
            Drawing(kind=self.kind, values=given, rows={name: [] for name in self.rows})
            .chart()
            .to_dict(),
            blanks,
        )


def _decides(value: Value) -> bool:
    """Whether a value decides how a chart is built, rather than only what it shows."""
    return value is None or isinstance(value, bool)


# A part of a JSON document may be of any type.
def _filled(part: Any, values: Mapping[object, Value]) -> Any:  # noqa: ANN401
    """Return a copy of a part of a spec with its blanks filled in."""
    if isinstance(part, dict):
        return {name: _filled(inner, values) for name, inner in part.items()}
    if isinstance(part, list):
        if len(part) == 1 and isinstance(part[0], str) and part[0] in values:
            found = values[part[0]]
            # The blank of a list is itself a list of one.
            return [found] if isinstance(found, str) else list(found)  # type: ignore[arg-type]
        return [_filled(inner, values) for inner in part]
    return values.get(part, part)
