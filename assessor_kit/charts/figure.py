"""A chart as people see it: inline SVG with a text alternative and a table of its numbers.

It needs neither a network nor a script.
"""

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

# Pixels at 13 px: a browser may substitute a wider font for the one that the chart was drawn with.
WIDEST_LETTER = 8.0


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A chart with its title, a text alternative that says what it shows, and its numbers.

    The columns of `numbers` serve as headings unchanged. `note` explains a mark to those who can
    see the chart.
    """

    drawing: Drawing
    title: str
    alt_text: str
    numbers: pd.DataFrame
    note: str = ""

    @property
    def chart(self) -> Chart:
        """The chart as altair's own object, to be changed or saved."""
        return self.drawing.chart()

    def html(self) -> str:
        """Return the figure as self-contained HTML, with every text escaped."""
        return _as_html(self.drawing.spec(), self.title, self.alt_text, self.numbers, self.note)

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> dict[str, object]:
        """Return what a notebook shows."""
        del include, exclude
        return {"text/html": self.html(), "text/plain": self.alt_text}


def label_extent(labels: Iterable[str]) -> float:
    """Return the pixels to keep free for the longest label, whatever font the reader has."""
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
    caption = html.escape(title)
    explained = f'<p class="ak-note">{html.escape(note)}</p>' if note else ""
    return (
        f'<figure class="ak-figure"><figcaption>{caption}</figcaption><div role="img"'
        f' aria-label="{html.escape(alt_text, quote=True)}">{drawn}</div>{explained}'
        f"<details><summary>The"
        f" numbers behind “{caption}”</summary>{_table(numbers, title)}</details></figure>"
    )


def _table(numbers: pd.DataFrame, title: str) -> str:
    head = "".join(f'<th scope="col">{html.escape(str(name))}</th>' for name in numbers.columns)
    body = "".join(
        f'<tr><th scope="row">{html.escape(str(row[0]))}</th>'
        + "".join(f"<td>{html.escape(str(value))}</td>" for value in row[1:])
        + "</tr>"
        for row in numbers.astype(object).itertuples(index=False, name=None)
    )
    return (
        f"<table><caption>{html.escape(title)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )
