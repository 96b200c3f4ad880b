"""The drawing engine, vl-convert: a JavaScript engine of its own, which takes 0.4 s to start and holds up nobody meanwhile.

It runs threads, which a fork does not inherit: a process that forks may not load it, and one that was forked asks whoever can draw (`draw_with`).
Vega-Lite's specification is translated to Vega's once for each kind of chart, a quarter of the time it takes to draw one: the rows that are named
in `datasets`, and the values of `params`, may differ from chart to chart and are put into the translation.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, TypeAlias

GRAMMAR = "6.4"  # of Vega-Lite: what altair builds for
SMALLEST = {
    "mark": "bar",
    "data": {"values": [{"a": 1}]},
    "encoding": {"x": {"field": "a", "type": "quantitative"}},
}
KINDS_KEPT = 64  # translations: those of all kinds of charts of a scheme or two
CLIP = re.compile(r'(<clipPath id="|clip-path="url\(#)clip(\d+)')

Spec: TypeAlias = dict[str, Any]
Artist: TypeAlias = Callable[[Spec], str]


def drawn_here(spec: Spec) -> str:
    """A chart's specification drawn as SVG by this process. Raises ValueError where it cannot be drawn, or asks for data from elsewhere."""
    import vl_convert  # noqa: PLC0415  (it starts threads that a fork must not inherit: only a process that draws may load it)

    try:
        return _with_ids_of_its_own(
            str(vl_convert.vega_to_svg(_translated(spec), allowed_base_urls=[]))
        )
    except ValueError as problem:  # its first line is always the same, and from the third on come the places in its own scripts
        why = (str(problem).splitlines()[1:2] or [str(problem)])[0]
        raise ValueError(f"The chart cannot be drawn: {why}") from None


def _translated(spec: Spec) -> Spec:
    """A chart in Vega's terms."""
    rows: dict[str, Any] = spec.get("datasets", {})
    values = {
        param["name"]: param["value"]
        for param in spec.get("params", [])
        if "value" in param and "select" not in param
    }
    params = [
        {**param, "value": None} if param["name"] in values else param
        for param in spec.get("params", [])
    ]
    kind = _translation(
        json.dumps({**spec, "datasets": {name: [] for name in rows}, "params": params})
    )
    data = [
        {**part, "values": rows[part["name"]]} if part["name"] in rows else part
        for part in kind.get("data", [])
    ]
    signals = [
        {**part, "value": values[part["name"]]} if part["name"] in values else part
        for part in kind.get("signals", [])
    ]
    return {**kind, "data": data, "signals": signals}


@lru_cache(maxsize=KINDS_KEPT)
def _translation(kind: str) -> Spec:
    import vl_convert  # noqa: PLC0415  (as above)

    translated: Spec = vl_convert.vegalite_to_vega(json.loads(kind), vl_version=GRAMMAR)
    return translated


_artist: Artist = (
    drawn_here  # one for the process: whoever shows a figure knows nothing of who draws it
)


def svg_of(spec: Spec) -> str:
    """A chart's specification drawn as SVG: the same text for the same chart, whoever draws it and whatever was drawn before."""
    return _artist(spec)


def draw_with(artist: Artist) -> Artist:
    """From now on let `artist` draw for this process; gives who did until now."""
    global _artist
    before, _artist = _artist, artist
    return before


@cache
def wake() -> None:
    """Start the engine in the background, in a process that will draw: it is ready by the time the first chart is."""
    threading.Thread(
        target=drawn_here, args=(SMALLEST,), name="assessor-kit-drawing", daemon=True
    ).start()


def _with_ids_of_its_own(svg: str) -> str:
    """The engine counts its clips for as long as its process lives: equal charts would differ, and two of two processes clip each other on one page."""
    numbers: dict[str, int] = {}
    counted = CLIP.sub(
        lambda found: f"{found[1]}clip{numbers.setdefault(found[2], len(numbers))}", svg
    )
    name = hashlib.sha256(counted.encode()).hexdigest()[:12]
    return CLIP.sub(rf"\g<1>clip-{name}-\g<2>", counted)
