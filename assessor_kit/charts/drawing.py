"""How is a chart built once and drawn for many? Altair builds and checks each kind of chart once with blanks; each return fills them in.

Building a chart and checking it against Vega-Lite's schema takes altair some 40 ms, filling in its blanks 0.1 ms. The outcome is the same to
the last byte (`tests/test_charts.py` compares the two), and altair's own chart is there for whoever wants to go on with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from assessor_kit.charts.kinds import Chart

FIRST_BLANK = (
    987654321.0  # a number that no chart has; the blanks for further numbers count up from it
)

Value: TypeAlias = str | float | Sequence[str] | bool | None
Rows: TypeAlias = list[dict[str, Any]]
_BUILT: dict[
    tuple[object, ...], tuple[dict[str, Any], dict[object, str]]
] = {}  # a kind of chart -> its spec with blanks, blank -> value's name


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A chart that is not built yet: altair is loaded when one has to be.

    `kind` is a function of `kinds` that makes it from the `values` alone; its rows are named (`alt.NamedData`) and lie in `rows`, as JSON can
    hold them. A text, a number or a list of texts may differ from return to return; a yes, a no or a None changes how the chart is built.
    """

    kind: str
    values: Mapping[str, Value]
    rows: Mapping[str, Rows]

    def chart(self) -> Chart:
        """As altair builds it, every part checked."""
        kinds = import_module("assessor_kit.charts.kinds")
        built: Chart = kinds.styled(getattr(kinds, self.kind)(**self.values)).properties(
            datasets=dict(self.rows)
        )
        return built

    def spec(self) -> dict[str, Any]:
        """What `chart().to_dict()` gives, from the kind of chart that was built before."""
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
        return Drawing(
            kind=self.kind, values=given, rows={name: [] for name in self.rows}
        ).chart().to_dict(), blanks


def _decides(value: Value) -> bool:
    """Whether a value changes how a chart is built, not only what stands in it."""
    return value is None or isinstance(value, bool)


def _filled(part: Any, values: Mapping[object, Value]) -> Any:  # noqa: ANN401  (a part of a JSON document)
    """A copy of a part of a spec with its blanks filled."""
    if isinstance(part, dict):
        return {name: _filled(inner, values) for name, inner in part.items()}
    if isinstance(part, list):
        if len(part) == 1 and isinstance(part[0], str) and part[0] in values:
            found = values[part[0]]
            return [found] if isinstance(found, str) else list(found)  # type: ignore[arg-type]  # a list's blank stands for a list
        return [_filled(inner, values) for inner in part]
    return values.get(part, part)
