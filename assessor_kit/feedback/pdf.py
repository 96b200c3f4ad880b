"""From a document's HTML to a tagged PDF (PDF/UA-1) that nothing was fetched for. An extra: it needs WeasyPrint and the system's Pango."""

from __future__ import annotations

import logging
import re
from functools import cache
from typing import Any

from assessor_kit.errors import RenderingFailed

ADVICE = "Install the extra with `pip install assessor-kit[pdf]`, and the system's Pango: on Debian `apt-get install libpango-1.0-0 libpangoft2-1.0-0`."

WIDEST = 620.0  # CSS pixels: what an A4 page of ours has between its margins
DRAWING = re.compile(r'<svg ([^>]*?)style="[^"]*" width="([\d.]+)" height="([\d.]+)"')

PRINTED = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"<details>", "<details open>"),
        (
            r'<div role="img" aria-label="([^"]*)"><svg aria-hidden="true" focusable="false" ([^>]*)>',
            r'<div><svg role="img" \2><title>\1</title>',
        ),
        (
            r'<figure class="ak-figure"><figcaption>(.*?)</figcaption>',
            r'<div class="ak-figure"><p class="ak-caption">\1</p>',
        ),
        (r"</figure>", "</div>"),
        (r"<div>(<dt>.*?</dd>)</div>", r"\1"),
    )
)


def pdf_problem() -> str:
    """Why no PDF can be made here; empty where it can."""
    try:
        _weasyprint()
    except RenderingFailed as problem:
        return problem.sentence()
    return ""


@cache
def _weasyprint() -> Any:  # noqa: ANN401  (WeasyPrint ships no types)
    try:
        import weasyprint  # noqa: PLC0415  (an extra)
    except (ImportError, OSError) as problem:  # OSError: the package is there, Pango is not
        raise RenderingFailed(
            "PDF needs WeasyPrint and Pango, and one of them is missing", advice=ADVICE
        ) from problem
    weasyprint.LOGGER.setLevel(logging.ERROR)  # it warns of every rule that is for screens
    return weasyprint


def export_pdf(html: str) -> bytes:
    """The PDF of a document. Nothing but `data:` is ever fetched; equal HTML gives equal bytes."""
    return export_pages(html)[0]


def export_pages(html: str) -> tuple[bytes, int]:
    """As `export_pdf`, with the number of pages."""
    weasyprint = _weasyprint()
    fetcher = weasyprint.URLFetcher(allowed_protocols=["data"])
    made = weasyprint.HTML(string=for_print(html), url_fetcher=fetcher, media_type="print").render(
        pdf_variant="pdf/ua-1"
    )
    return bytes(made.write_pdf(pdf_variant="pdf/ua-1")), len(made.pages)


def for_print(html: str) -> str:
    """The document as PDF/UA wants it: what unfolds on a screen is unfolded, a drawing is named by its own title, lists hold their items directly."""
    html = DRAWING.sub(_sized, html)
    for pattern, instead in PRINTED:
        html = pattern.sub(instead, html)
    return html


def _sized(found: re.Match[str]) -> str:
    """A drawing in its own proportions, no wider than the page: WeasyPrint knows no height that follows from the width."""
    width, height = float(found[2]), float(found[3])
    scale = min(1.0, WIDEST / width)
    return f'<svg {found[1]}width="{width * scale:.1f}" height="{height * scale:.1f}"'
