"""Draws charts with vl-convert, a JavaScript engine that starts in the background.

Starting it takes 0.4 s. It runs threads, which a fork does not inherit: a process that forks must
not load it, and a forked process asks another to draw (`draw_with`). Vega-Lite's specification is
translated into Vega's once for each kind of chart, which takes a quarter of the time of drawing
one. The rows named in `datasets` and the values of `params` may differ from chart to chart, and are
put into the translation.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, TypeAlias

GRAMMAR = "6.4"  # the version of Vega-Lite that altair builds for
SMALLEST = {
    "mark": "bar",
    "data": {"values": [{"a": 1}]},
    "encoding": {"x": {"field": "a", "type": "quantitative"}},
}
KINDS_KEPT = 64  # translations: enough for all kinds of charts of a scheme or two
CLIP = re.compile(r'(<clipPath id="|clip-path="url\(#)clip(\d+)')

Spec: TypeAlias = dict[str, Any]
Artist: TypeAlias = Callable[[Spec], str]


def drawn_here(spec: Spec) -> str:
    """Return a chart's specification as SVG, drawn by this process.

    Raises ValueError if it cannot be drawn, or if it asks for data from elsewhere.
    """
    # It starts threads that a fork does not inherit, so only a process that draws may load it.
    import vl_convert  # noqa: PLC0415

    try:
        return _with_ids_of_its_own(
            str(vl_convert.vega_to_svg(_translated(spec), allowed_base_urls=[]))
        )
    # The first line is always the same; from the third line on, it names places in its own scripts.
    except ValueError as problem:
        why = (str(problem).splitlines()[1:2] or [str(problem)])[0]
        raise ValueError(f"The chart cannot be drawn: {why}") from None


def _translated(spec: Spec) -> Spec:
    """Return a chart's specification in Vega's terms."""
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
    import vl_convert  # noqa: PLC0415  (only a process that draws may load it)

    translated: Spec = vl_convert.vegalite_to_vega(json.loads(kind), vl_version=GRAMMAR)
    return translated


# There is one artist for the process, so code that shows a figure need not know who draws it.
_artist: Artist = drawn_here


def svg_of(spec: Spec) -> str:
    """Return a chart's specification as SVG.

    Equal charts result in equal text, whoever draws them and whatever was drawn before.
    """
    return _artist(spec)


def draw_with(artist: Artist) -> Artist:
    """Let `artist` draw for this process from now on, and return the one that did until now."""
    global _artist
    before, _artist = _artist, artist
    return before


@cache
def wake() -> None:
    """Start the engine in the background, in a process that will draw.

    The engine is ready by the time the first chart is.
    """
    threading.Thread(
        target=drawn_here, args=(SMALLEST,), name="assessor-kit-drawing", daemon=True
    ).start()


def _with_ids_of_its_own(svg: str) -> str:
    """Replace the ids of an SVG's clips by ids that depend on its content alone.

    The engine numbers its clips for as long as its process lives. Without this, equal charts would
    differ, and charts of two processes would clip each other on one page.
    """
    numbers: dict[str, int] = {}
    counted = CLIP.sub(
        lambda found: f"{found[1]}clip{numbers.setdefault(found[2], len(numbers))}", svg
    )
    name = hashlib.sha256(counted.encode()).hexdigest()[:12]
    return CLIP.sub(rf"\g<1>clip-{name}-\g<2>", counted)
