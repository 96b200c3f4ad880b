"""Colours, letters and measures of every chart."""

from __future__ import annotations

INK, PAPER = "#1f2933", "transparent"
# Okabe and Ito's colours, told apart by colour-blind eyes and in grey.
BLUE, ORANGE, GREEN, GREY, RED = "#0072B2", "#E69F00", "#009E73", "#8a94a0", "#D4561A"
FONT = "Liberation Sans, Arial, sans-serif"
WIDTH, SCREEN_WIDTH = (
    520,
    230,
)  # pixels of a chart in a report, and of one of two beside each other on a laptop's screen
BAR = 30  # pixels from bar to bar
LINE = 46  # letters of an axis label before it goes on below
