"""What do many returns show together?

Charts of estimates by year, and of the advice given most often.
"""

from __future__ import annotations

import textwrap

import pandas as pd

from assessor_kit.charts.drawing import Drawing
from assessor_kit.charts.figure import Figure, label_extent
from assessor_kit.charts.ink import LINE, WIDTH


def loads_of_assessors(loads: pd.DataFrame, *, width: int = WIDTH) -> Figure:
    """Return the chart of each assessor's markings, before the number that they can take on.

    `loads` has assessor_id, capacity and allocated. Read it for anybody whose bar is much fuller
    than the others'.
    """
    names = list(map(str, loads["assessor_id"]))
    pairs = list(zip(names, map(int, loads["allocated"]), map(int, loads["capacity"]), strict=True))
    rows = [
        {"label": name, "code": name, "allocated": allocated, "capacity": capacity}
        for name, allocated, capacity in pairs
    ]
    listed = ", ".join(f"{name} {allocated} of {capacity}" for name, allocated, capacity in pairs)
    return Figure(
        drawing=Drawing(
            kind="loads",
            rows={"bars": rows},
            values={"labels": names, "width": width, "extent": label_extent(names)},
        ),
        title="Markings of each assessor",
        alt_text=f"Bar chart. {listed}.",
        numbers=pd.DataFrame(
            {
                "Assessor": names,
                "Markings": [allocated for _, allocated, _ in pairs],
                "Capacity": [capacity for _, _, capacity in pairs],
            }
        ),
    )


def estimates_by_year(estimates: pd.DataFrame, *, measure: str) -> Figure:
    """Return the chart of one measure over the years, with its 95 % intervals.

    Where two intervals overlap widely, do not take the difference for a change.
    """
    rows = estimates[estimates["measure"] == measure]
    is_share = float(rows["high"].max()) <= 1 if len(rows) else True
    points = list(
        zip(
            rows["cpd_year"].astype(str),
            *(map(float, rows[name]) for name in ("value", "low", "high")),
            strict=True,
        )
    )
    listed = [
        f"{year}: {_shown(value, is_share)} ({_shown(low, is_share)} to {_shown(high, is_share)})"
        for year, value, low, high in points
    ]
    numbers = pd.DataFrame(
        {
            "CPD year": [year for year, *_ in points],
            "Estimate and 95 % interval": [text.split(": ", 1)[1] for text in listed],
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
        alt_text=f"Points with intervals. {'; '.join(listed)}.",
        numbers=numbers,
    )


# The flag chooses how one figure is written; two functions would be longer.
def _shown(value: float, is_share: bool) -> str:  # noqa: FBT001
    return f"{value:.0%}" if is_share else f"{value:.1f}"


def themes_by_returns(themes: pd.DataFrame, *, most: int = 8) -> Figure:
    """Return the chart of the advice given most often, by number of returns."""
    top = themes.head(most)
    labels = list(top["text"])
    returns = [int(number) for number in top["returns"]]
    lines = [textwrap.wrap(label, LINE) for label in labels]
    joined = ["|".join(parts) for parts in lines]
    rows = [
        {"label": label, "returns": number} for label, number in zip(joined, returns, strict=True)
    ]
    listed = "; ".join(f"{label} {number}" for label, number in zip(labels, returns, strict=True))
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
        alt_text=f"Bar chart of returns. {listed}",
        numbers=pd.DataFrame({"Advice": labels, "Returns": returns}),
    )
