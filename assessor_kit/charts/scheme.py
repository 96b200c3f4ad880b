"""What do many returns show together? Estimates by year, and the advice given most often."""

from __future__ import annotations

import textwrap

import pandas as pd

from assessor_kit.charts.drawing import Drawing
from assessor_kit.charts.figure import Figure, label_extent
from assessor_kit.charts.ink import LINE


def estimates_by_year(estimates: pd.DataFrame, *, measure: str) -> Figure:
    """One measure over the years with its 95 % interval. Where two intervals overlap widely, read no change into them."""
    rows = estimates[estimates["measure"] == measure]
    is_share = float(rows["high"].max()) <= 1 if len(rows) else True
    points = list(
        zip(
            rows["cpd_year"].astype(str),
            *(map(float, rows[name]) for name in ("value", "low", "high")),
            strict=True,
        )
    )
    said = [
        f"{year}: {_shown(value, is_share)} ({_shown(low, is_share)} to {_shown(high, is_share)})"
        for year, value, low, high in points
    ]
    numbers = pd.DataFrame(
        {
            "CPD year": [year for year, *_ in points],
            "Estimate and 95 % interval": [text.split(": ", 1)[1] for text in said],
            "Returns": list(rows["number"]),
        }
    )
    drawing = Drawing(
        kind="estimates",
        values={"is_share": is_share},
        rows={
            "estimates": [
                dict(zip(("year", "value", "low", "high"), point, strict=True)) for point in points
            ]
        },
    )
    return Figure(
        drawing=drawing,
        title=measure,
        alt_text=f"Points with intervals. {'; '.join(said)}.",
        numbers=numbers,
    )


def _shown(value: float, is_share: bool) -> str:  # noqa: FBT001  (one figure, two ways of writing it)
    return f"{value:.0%}" if is_share else f"{value:.1f}"


def themes_by_returns(themes: pd.DataFrame, *, most: int = 8) -> Figure:
    """Which pieces of advice were given most often? Counts of returns."""
    top = themes.head(most)
    labels, returns = list(top["text"]), [int(number) for number in top["returns"]]
    lines = [textwrap.wrap(label, LINE) for label in labels]
    joined = ["|".join(parts) for parts in lines]
    rows = [
        {"label": label, "returns": number} for label, number in zip(joined, returns, strict=True)
    ]
    said = "; ".join(f"{label} {number}" for label, number in zip(labels, returns, strict=True))
    drawing = Drawing(
        kind="themes",
        rows={"themes": rows},
        values={
            "labels": joined,
            "extent": label_extent(part for parts in lines for part in parts),
        },
    )
    return Figure(
        drawing=drawing,
        title="Advice given most often",
        alt_text=f"Bar chart of returns. {said}",
        numbers=pd.DataFrame({"Advice": labels, "Returns": returns}),
    )
