"""A small table as staff read it, in words instead of raw data.

Headings are words, text is at the left and numbers at the right, and a sentence takes the place of
an empty table.
"""

from __future__ import annotations

import html
from dataclasses import dataclass

import pandas as pd

# Headings for columns whose own name, with spaces and a capital, is not what people would say.
HEADINGS = {
    "ac1": "AC1",
    "activity_a": "Activity",
    "activity_b": "Activity",
    "assessor_id": "Assessor",
    "cpd_year": "CPD year",
    "excerpt_a": "One says",
    "excerpt_b": "The other says",
    "number": "Returns",
    "range": "95 % interval",
    "raw": "Raw agreement",
    "return_a": "One return",
    "return_b": "Other return",
    "return_id": "Return",
    "steps": "Levels apart",
}
CELL = "padding:.25rem .8rem .25rem 0;vertical-align:top"


@dataclass(frozen=True, kw_only=True)
class ReadableTable:
    """A table with its caption, which a notebook shows in words.

    `nothing` is shown in place of an empty table; `frame` remains available to work with.
    """

    frame: pd.DataFrame
    title: str
    nothing: str = "None."

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        return self.html()

    def html(self) -> str:
        """Return the table as HTML, with every text escaped."""
        title = html.escape(self.title)
        if self.frame.empty:
            return f"<p><strong>{title}:</strong> {html.escape(self.nothing)}</p>"
        sides = [
            "right" if pd.api.types.is_numeric_dtype(dtype) and dtype.kind != "b" else "left"
            for dtype in self.frame.dtypes
        ]
        head = "".join(
            f'<th scope="col" style="{CELL};text-align:{side}">{html.escape(heading(name))}</th>'
            for name, side in zip(self.frame.columns, sides, strict=True)
        )
        rows = (
            "".join(
                f'<td style="{CELL};text-align:{side}">{html.escape(_cell_text(value))}</td>'
                for value, side in zip(row, sides, strict=True)
            )
            for row in self.frame.itertuples(index=False, name=None)
        )
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        return (
            "<table><caption"
            ' style="text-align:left;font-weight:bold;padding-bottom:.3rem;white-space:nowrap">'
            f"{title}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )

    def __repr__(self) -> str:
        """Return the table as plain text."""
        shown = self.frame.map(_cell_text).set_axis(
            [heading(name) for name in self.frame.columns], axis="columns"
        )
        return (
            f"{self.title}: {self.nothing}"
            if self.frame.empty
            else f"{self.title}\n{shown.to_string(index=False)}"
        )


def readable(frame: pd.DataFrame, title: str, *, nothing: str = "None.") -> ReadableTable:
    """Return any table of the kit in words; a named index becomes the first column."""
    return ReadableTable(
        frame=frame.reset_index() if frame.index.name else frame, title=title, nothing=nothing
    )


def heading(name: object) -> str:
    """Return a column's name as a heading: `first_seen` becomes "First seen"."""
    text = str(name)
    return HEADINGS.get(text, text[:1].upper() + text[1:].replace("_", " "))


def _cell_text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return "" if pd.isna(value) else f"{value:.2f}"
    return "" if value is None or value is pd.NaT else str(value)
