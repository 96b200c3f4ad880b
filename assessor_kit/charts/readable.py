"""A small table as staff read it: headings in words, text at the left, numbers at the right, a sentence where there is nothing."""

from __future__ import annotations

import html
from dataclasses import dataclass

import pandas as pd

# Where a column's own name, with spaces and a capital, is not what people say.
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
    """A table with its caption; `nothing` is said in the place of an empty one. A notebook shows it; `frame` is still there to work with."""

    frame: pd.DataFrame
    title: str
    nothing: str = "None."

    def _repr_html_(self) -> str:
        """Every text is escaped."""
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
                f'<td style="{CELL};text-align:{side}">{html.escape(_said(value))}</td>'
                for value, side in zip(row, sides, strict=True)
            )
            for row in self.frame.itertuples(index=False, name=None)
        )
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        return (
            f'<table><caption style="text-align:left;font-weight:bold;padding-bottom:.3rem;white-space:nowrap">{title}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )

    def __repr__(self) -> str:
        """The same as plain text."""
        shown = self.frame.map(_said).set_axis(
            [heading(name) for name in self.frame.columns], axis="columns"
        )
        return (
            f"{self.title}: {self.nothing}"
            if self.frame.empty
            else f"{self.title}\n{shown.to_string(index=False)}"
        )


def readable(frame: pd.DataFrame, title: str, *, nothing: str = "None.") -> ReadableTable:
    """Any table of the kit, in words. An index with a name becomes the first column."""
    return ReadableTable(
        frame=frame.reset_index() if frame.index.name else frame, title=title, nothing=nothing
    )


def heading(name: object) -> str:
    """A column's name as a heading: `first_seen` reads First seen."""
    text = str(name)
    return HEADINGS.get(text, text[:1].upper() + text[1:].replace("_", " "))


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return "" if pd.isna(value) else f"{value:.2f}"
    return "" if value is None or value is pd.NaT else str(value)
