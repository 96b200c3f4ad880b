"""The year on one page for the board: how many, what the sample shows, what assessors advise, and what comes next."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from assessor_kit.errors import RenderingFailed
from assessor_kit.feedback.export import page_of_blocks
from assessor_kit.feedback.pdf import export_pages
from assessor_kit.feedback.words import block

STYLE = Path(__file__).resolve().parent / "document" / "board.css"
MOST_MEASURES, MOST_ADVICE = 9, 5
POINTS = (
    10.5,
    10.0,
    9.5,
    9.0,
    8.5,
)  # type sizes that are tried until the page is one page; none smaller can be read in print


@dataclass(frozen=True, kw_only=True)
class BoardFigures:
    """What the page says. Counts are of members or returns; `measures` as `figures.estimates_in_words`, with `before`, last year's value, or empty.

    `counts`: (label, number) in the order of the journey; `agreement`: (point, AC1 of the two markings) where at least ten were marked twice.
    """

    body: str
    scheme_name: str
    cpd_year: int
    is_sample: bool
    counts: list[tuple[str, int]]
    measures: list[dict[str, str]]
    held_back: int
    advice: list[str]
    praised: list[str]
    agreement: list[tuple[str, str]] = field(default_factory=list)
    twice: int = 0


def board_page(figures: BoardFigures, *, points: float = POINTS[0]) -> str:
    """The page as HTML that needs nothing else."""
    title = f"CPD of {figures.cpd_year}: summary for the board"
    shown = block(
        "board",
        figures=figures,
        measures=figures.measures[:MOST_MEASURES],
        advice=figures.advice[:MOST_ADVICE],
        praised=figures.praised[:3],
    )
    html = page_of_blocks([("", shown.html)], title=title)
    return html.replace(
        "</style>",
        f" {_style()} @media print {{ html {{ font-size: {points}pt; }} body {{ font-size: 1rem; }} }}</style>",
        1,
    )


def board_pdf(figures: BoardFigures) -> tuple[str, bytes]:
    """(HTML, PDF) of the page in the largest type in which it is one A4 page; RenderingFailed where none is."""
    for points in POINTS:
        html = board_page(figures, points=points)
        made, pages = export_pages(html)
        if pages == 1:
            return html, made
    raise RenderingFailed(
        "The board's summary does not fit on one page",
        advice="Shorten the texts to everyone in the phrases (theme_text).",
    )


@cache
def _style() -> str:
    return re.sub(r"\s+", " ", STYLE.read_text(encoding="utf-8"))
