"""A drawn chart as a picture, for documents that cannot hold SVG."""

from __future__ import annotations

from assessor_kit.charts.ink import INK

TIMES_LARGER = 2.0  # so that print is sharp


def picture_of(svg: str) -> bytes:
    """Return the PNG of a figure's SVG, in the ink of a light page.

    Equal drawings result in equal bytes.
    """
    # It starts threads that a fork does not inherit, so only a process that draws may load it.
    import vl_convert  # noqa: PLC0415

    return bytes(vl_convert.svg_to_png(svg.replace("currentColor", INK), scale=TIMES_LARGER))
