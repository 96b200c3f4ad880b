"""How is a chart built once and drawn for many? Altair builds and checks each kind of chart once with blanks; each return fills them in.

Building a chart and checking it against Vega-Lite's schema takes altair some 40 ms, filling in its blanks 0.1 ms. The outcome is the same to
the last byte (`tests/test_charts.py` compares the two), and altair's own chart is there for whoever wants to go on with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import altair as alt

INK, PAPER = "#1f2933", "transparent"
# Okabe and Ito's colours, told apart by colour-blind eyes and in grey.
BLUE, ORANGE, GREEN, GREY, RED = "#0072B2", "#E69F00", "#009E73", "#8a94a0", "#D4561A"
FONT = "Liberation Sans, Arial, sans-serif"
FIRST_BLANK = 987654321.0  # a number that no chart has; the blanks for further numbers count up from it

Chart: TypeAlias = alt.Chart | alt.LayerChart
Value: TypeAlias = str | float | Sequence[str] | bool | None
Rows: TypeAlias = list[dict[str, Any]]
_BUILT: dict[tuple[object, ...], tuple[dict[str, Any], dict[object, str]]] = {}  # a kind of chart -> its spec with blanks, blank -> value's name


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A chart that is not built yet.

    `build` makes it from the `values` alone; its rows are named (`alt.NamedData`) and lie in `rows`, as JSON can hold them. A text, a number or a
    list of texts may differ from return to return; a yes, a no or a None changes how the chart is built.
    """

    build: Callable[..., Chart]
    values: Mapping[str, Value]
    rows: Mapping[str, Rows]

    def chart(self) -> Chart:
        """As altair builds it, every part checked."""
        return styled(self.build(**self.values)).properties(datasets=dict(self.rows))

    def spec(self) -> dict[str, Any]:
        """What `chart().to_dict()` gives, from the kind of chart that was built before."""
        kind = (self.build, *self.rows, *((name, value if _decides(value) else type(value).__name__) for name, value in self.values.items()))
        if kind not in _BUILT:
            _BUILT[kind] = self._with_blanks()
        spec, blanks = _BUILT[kind]
        filled: dict[str, Any] = _filled(spec, {blank: self.values[name] for blank, name in blanks.items()})
        return {name: dict(self.rows) if name == "datasets" else part for name, part in filled.items()}

    def _with_blanks(self) -> tuple[dict[str, Any], dict[object, str]]:
        blanks: dict[object, str] = {}
        given: dict[str, Value] = {}
        for place, (name, value) in enumerate(self.values.items()):
            given[name] = value
            if not _decides(value):
                blank: str | float = FIRST_BLANK + place if isinstance(value, int | float) else f"<{name}>"
                blanks[blank] = name
                given[name] = blank if isinstance(value, str | int | float) else [str(blank)]
        return Drawing(build=self.build, values=given, rows={name: [] for name in self.rows}).chart().to_dict(), blanks


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


def styled(chart: Chart) -> Chart:
    """The kit's calm look: no frame, one font, colours that suit light and dark paper."""
    return (chart.configure(font=FONT, background=PAPER).configure_view(stroke=None)
            .configure_axis(labelColor=INK, titleColor=INK, gridColor=INK, domainColor=INK, tickColor=INK, gridOpacity=0.18, domainOpacity=0.3, tickOpacity=0.3,
                            labelFontSize=13, titleFontSize=13, titleFontWeight="normal", labelLimit=260)
            .configure_legend(labelColor=INK, titleColor=INK, labelFontSize=13, orient="top"))
