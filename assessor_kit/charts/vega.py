"""The drawing engine, vl-convert: a JavaScript engine of its own, which takes 0.4 s to start and holds up nobody meanwhile."""

from __future__ import annotations

import threading
from functools import cache

GRAMMAR = "6.4"  # of Vega-Lite: what altair builds for
SMALLEST = {"mark": "bar", "data": {"values": [{"a": 1}]}, "encoding": {"x": {"field": "a", "type": "quantitative"}}}


def svg_of(spec: dict[str, object]) -> str:
    """A chart's specification drawn as SVG."""
    import vl_convert  # noqa: PLC0415  (it starts a thread that a fork must not inherit: only a process that draws may load it)

    return str(vl_convert.vegalite_to_svg(spec, vl_version=GRAMMAR))


@cache
def wake() -> None:
    """Start the engine in the background, in a process that will draw: it is ready by the time the first chart is."""
    threading.Thread(target=svg_of, args=(SMALLEST,), name="assessor-kit-drawing", daemon=True).start()
