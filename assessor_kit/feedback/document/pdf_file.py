"""Make a tagged PDF (PDF/UA-1) from a document's HTML, without fetching anything.

This is an extra: it needs WeasyPrint and the system's Pango.
"""

from __future__ import annotations

import logging
import re
import sys
from contextlib import redirect_stdout
from functools import cache, partial
from typing import Any

from assessor_kit.errors import NotInstalled

ADVICE = (
    "Install the extra with `pip install assessor-kit[pdf]`, and the system's Pango: on Debian"
    " `apt-get install libpango-1.0-0 libpangoft2-1.0-0`."
)

WIDEST = 620.0  # CSS pixels between the margins of our A4 page
DRAWING = re.compile(r'<svg ([^>]*?)style="[^"]*" width="([\d.]+)" height="([\d.]+)"')

PRINTED = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"<details>", "<details open>"),
        (
            (
                r'<div role="img" aria-label="([^"]*)"><svg aria-hidden="true" focusable="false"'
                r" ([^>]*)>"
            ),
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
    """Return why no PDF can be made here; empty if it can."""
    try:
        _weasyprint()
    except NotInstalled as problem:
        return problem.sentence()
    return ""


@cache
def _weasyprint() -> Any:  # noqa: ANN401  (WeasyPrint ships no types)
    try:
        # Without Pango, WeasyPrint prints a banner, and standard output belongs to the command.
        with redirect_stdout(sys.stderr):
            import weasyprint  # noqa: PLC0415  (an extra)
            from weasyprint.pdf import fonts  # noqa: PLC0415
    except (ImportError, OSError) as problem:  # OSError: the package is there, Pango is not
        raise NotInstalled(
            "PDF needs WeasyPrint and Pango, and one of them is missing", advice=ADVICE
        ) from problem
    weasyprint.LOGGER.setLevel(logging.ERROR)  # it warns about every rule that is meant for screens
    # Where HarfBuzz-Subset is missing, and for every variable font, WeasyPrint writes the font with
    # fontTools, which stamps it with the time of day. Only WeasyPrint's own use of it is changed.
    fonts.TTFont = partial(fonts.TTFont, recalcTimestamp=False)
    return weasyprint


def export_pdf(html: str) -> bytes:
    """Return a document as PDF; equal HTML gives equal bytes.

    Only `data:` addresses are ever fetched.
    """
    return export_pages(html)[0]


def export_pages(html: str) -> tuple[bytes, int]:
    """Return the PDF, as `export_pdf` does, and its number of pages."""
    weasyprint = _weasyprint()
    fetcher = weasyprint.URLFetcher(allowed_protocols=["data"])
    made = weasyprint.HTML(string=for_print(html), url_fetcher=fetcher, media_type="print").render(
        pdf_variant="pdf/ua-1"
    )
    return bytes(made.write_pdf(pdf_variant="pdf/ua-1")), len(made.pages)


def for_print(html: str) -> str:
    """Return the document's HTML in the form that PDF/UA requires.

    Folded details are unfolded, each drawing gets its own title, and lists hold their items
    directly.
    """
    html = DRAWING.sub(_sized, html)
    for pattern, instead in PRINTED:
        html = pattern.sub(instead, html)
    return html


def _sized(found: re.Match[str]) -> str:
    """Return a drawing's tag sized in its own proportions, no wider than the page.

    WeasyPrint cannot work out a height from the width.
    """
    width = float(found[2])
    height = float(found[3])
    scale = min(1.0, WIDEST / width)
    return f'<svg {found[1]}width="{width * scale:.1f}" height="{height * scale:.1f}"'
