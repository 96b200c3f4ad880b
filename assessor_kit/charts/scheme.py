"""What do many returns show together? Estimates by year, and the advice given most often."""

from __future__ import annotations

import textwrap

import altair as alt
import pandas as pd

from assessor_kit.charts.drawing import BLUE, ORANGE, Drawing
from assessor_kit.charts.figure import WIDTH, Figure, label_extent

LINE = 46  # letters of an axis label before it goes on below


def estimates_by_year(estimates: pd.DataFrame, *, measure: str) -> Figure:
    """One measure over the years with its 95 % interval. Where two intervals overlap widely, read no change into them."""
    rows = estimates[estimates["measure"] == measure]
    is_share = float(rows["high"].max()) <= 1 if len(rows) else True
    points = list(zip(rows["cpd_year"].astype(str), *(map(float, rows[name]) for name in ("value", "low", "high")), strict=True))
    said = [f"{year}: {_shown(value, is_share)} ({_shown(low, is_share)} to {_shown(high, is_share)})" for year, value, low, high in points]
    numbers = pd.DataFrame({"CPD year": [year for year, *_ in points], "Estimate and 95 % interval": [text.split(": ", 1)[1] for text in said],
                            "Returns": list(rows["number"])})
    drawing = Drawing(build=_build_estimates, values={"is_share": is_share},
                      rows={"estimates": [dict(zip(("year", "value", "low", "high"), point, strict=True)) for point in points]})
    return Figure(drawing=drawing, title=measure, alt_text=f"Points with intervals. {'; '.join(said)}.", numbers=numbers)


def _build_estimates(*, is_share: bool) -> alt.LayerChart:
    axis = alt.Axis(format=".0%" if is_share else ".0f")
    base = alt.Chart(alt.NamedData("estimates"), width=WIDTH, height=200).encode(x=alt.X("year:N", title="CPD year", axis=alt.Axis(labelAngle=0)))
    scale = alt.Scale(domain=[0, 1]) if is_share else alt.Scale(zero=True)
    return base.mark_rule(color=BLUE, strokeWidth=2).encode(y=alt.Y("low:Q", title=None, axis=axis, scale=scale), y2="high:Q") + base.mark_point(
        color=BLUE, filled=True, size=90, opacity=1).encode(y=alt.Y("value:Q", scale=scale))


def _shown(value: float, is_share: bool) -> str:  # noqa: FBT001  (one figure, two ways of writing it)
    return f"{value:.0%}" if is_share else f"{value:.1f}"


def themes_by_returns(themes: pd.DataFrame, *, most: int = 8) -> Figure:
    """Which pieces of advice were given most often? Counts of returns."""
    top = themes.head(most)
    labels, returns = list(top["text"]), [int(number) for number in top["returns"]]
    lines = [textwrap.wrap(label, LINE) for label in labels]
    joined = ["|".join(parts) for parts in lines]
    rows = [{"label": label, "returns": number} for label, number in zip(joined, returns, strict=True)]
    said = "; ".join(f"{label} {number}" for label, number in zip(labels, returns, strict=True))
    drawing = Drawing(build=_build_themes, rows={"themes": rows}, values={
        "labels": joined, "extent": label_extent(part for parts in lines for part in parts)})
    return Figure(drawing=drawing, title="Advice given most often", alt_text=f"Bar chart of returns. {said}",
                  numbers=pd.DataFrame({"Advice": labels, "Returns": returns}))


def _build_themes(*, labels: list[str], extent: float) -> alt.Chart:
    axis = alt.Axis(labelLimit=LINE * 12, labelExpr="split(datum.label, '|')", minExtent=extent)
    return alt.Chart(alt.NamedData("themes"), width=WIDTH - 220, height=alt.Step(44)).mark_bar(color=ORANGE, cornerRadiusEnd=3, size=20).encode(
        y=alt.Y("label:N", sort=labels, title=None, axis=axis), x=alt.X("returns:Q", title="Returns", axis=alt.Axis(tickMinStep=1)))
