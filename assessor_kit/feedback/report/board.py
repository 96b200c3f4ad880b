"""The year on one page, for the professional body's board.

It states how many took part, what the sample shows, what assessors advise and praise, and how far
they agree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from assessor_kit.errors import RenderingFailed
from assessor_kit.feedback.document.html_file import packed_style, page_of_blocks
from assessor_kit.feedback.document.pdf_file import export_pages
from assessor_kit.feedback.report.blocks import block

STYLE = Path(__file__).resolve().parents[1] / "document" / "page" / "board.css"
MOST_MEASURES = 9
MOST_ADVICE = 5
# type sizes, tried until everything fits on one page; anything smaller is hard to read in print
POINTS = (10.5, 10.0, 9.5, 9.0, 8.5)


@dataclass(frozen=True, kw_only=True)
class BoardFigures:
    """The figures and texts on the board's page.

    Counts are of members or returns. `measures` are as `figures.estimates_in_words` returns them,
    each with `before`: last year's value, or empty.

    `counts`: (label, number) in the order of the journey; `agreement`: (point, AC1 of the two
    markings) where at least ten were marked twice; `scheme`: who is in it and was written to.
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
    scheme: str = ""


def board_page(figures: BoardFigures, *, points: float = POINTS[0]) -> str:
    """Return the board's page as one self-contained HTML document."""
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
        f" {_style()} @media print {{ html {{ font-size: {points}pt; }} body {{ font-size: 1rem; }}"
        " }</style>",
        1,
    )


def board_pdf(figures: BoardFigures) -> tuple[str, bytes]:
    """Return (HTML, PDF) of the page, in the largest type that fits on one A4 page.

    Raises RenderingFailed if it does not fit in any.
    """
    for points in POINTS:
        html = board_page(figures, points=points)
        made, pages = export_pages(html)
        if pages == 1:
            return html, made
    raise RenderingFailed(
        "The board's summary does not fit on one page",
        advice="Shorten the texts for everyone in the rules' phrases (theme_text).",
    )


@cache
def _style() -> str:
    return packed_style(STYLE)
