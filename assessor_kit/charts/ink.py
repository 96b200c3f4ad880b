"""Colours, lettering and measurements that all charts share."""

from __future__ import annotations

INK = "#1f2933"
PAPER = "transparent"
# Okabe and Ito's colours, which colour-blind readers can tell apart and which differ in grey too.
BLUE = "#0072B2"
ORANGE = "#E69F00"
GREEN = "#009E73"
GREY = "#8a94a0"
RED = "#D4561A"
FONT = "Liberation Sans, Arial, sans-serif"
# Pixels: a chart in a report, and one of two charts side by side on a laptop's screen.
WIDTH = 520
SCREEN_WIDTH = 230
BAR = 30  # pixels from one bar to the next
LINE = 46  # letters of an axis label before it wraps
