"""A drawn chart as a picture, for documents that take no SVG."""

from __future__ import annotations

from assessor_kit.charts.ink import INK

TIMES_LARGER = 2.0  # so that print is sharp


def picture_of(svg: str) -> bytes:
    """The PNG of a figure's SVG, in the ink of a light page; equal drawings give equal bytes."""
    import vl_convert  # noqa: PLC0415  (it starts a thread that a fork must not inherit: only a process that draws may load it)

    return bytes(vl_convert.svg_to_png(svg.replace("currentColor", INK), scale=TIMES_LARGER))
