"""A chart as people meet it: inline SVG with a text alternative and its numbers as a table. No network, no script."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from assessor_kit.charts.drawing import Drawing
from assessor_kit.charts.ink import INK
from assessor_kit.charts.vega import svg_of

if TYPE_CHECKING:
    from assessor_kit.charts.kinds import Chart

WIDEST_LETTER = 8.0  # pixels at 13 px: fonts that a browser may put in the place of ours are wider than the one it was drawn with


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A chart, its title, the sentence that says what it shows, and its numbers (headings are shown as they are).

    `note` explains a mark to those who see the chart.
    """

    drawing: Drawing
    title: str
    alt_text: str
    numbers: pd.DataFrame
    note: str = ""

    @property
    def chart(self) -> Chart:
        """Altair's own chart, to be changed or saved by whoever likes."""
        return self.drawing.chart()

    def html(self) -> str:
        """The figure as HTML that needs nothing else. Every text is escaped."""
        return _as_html(self.drawing.spec(), self.title, self.alt_text, self.numbers, self.note)

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> dict[str, object]:
        """What a notebook shows."""
        del include, exclude
        return {"text/html": self.html(), "text/plain": self.alt_text}


def label_extent(labels: Iterable[str]) -> float:
    """Pixels to keep free at the left for the longest label, whatever font the reader has."""
    return max((len(label) for label in labels), default=0) * WIDEST_LETTER


def _as_html(
    spec: dict[str, Any], title: str, alt_text: str, numbers: pd.DataFrame, note: str
) -> str:
    drawn = re.sub(
        r'<svg ([^>]*?)width="(\d+)" height="(\d+)"',
        r'<svg \1style="max-width:100%;height:auto" width="\2" height="\3"',
        svg_of(spec),
        count=1,
    )
    # The ink follows the page, so that one drawing serves light and dark paper.
    drawn = drawn.replace(INK, "currentColor").replace(
        "<svg ", '<svg aria-hidden="true" focusable="false" ', 1
    )
    caption, explained = (
        html.escape(title),
        f'<p class="ak-note">{html.escape(note)}</p>' if note else "",
    )
    return (
        f'<figure class="ak-figure"><figcaption>{caption}</figcaption>'
        f'<div role="img" aria-label="{html.escape(alt_text, quote=True)}">{drawn}</div>{explained}'
        f"<details><summary>The numbers of “{caption}”</summary>{_table(numbers, title)}</details></figure>"
    )


def _table(numbers: pd.DataFrame, title: str) -> str:
    head = "".join(f'<th scope="col">{html.escape(str(name))}</th>' for name in numbers.columns)
    body = "".join(
        f'<tr><th scope="row">{html.escape(str(row[0]))}</th>'
        + "".join(f"<td>{html.escape(str(value))}</td>" for value in row[1:])
        + "</tr>"
        for row in numbers.astype(object).itertuples(index=False, name=None)
    )
    return f"<table><caption>{html.escape(title)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
