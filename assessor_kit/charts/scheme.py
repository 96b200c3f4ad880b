"""What do many returns show together? Estimates by year, and the advice given most often."""

from __future__ import annotations

import textwrap

import altair as alt
import pandas as pd

from assessor_kit.charts.figure import BLUE, ORANGE, WIDTH, Figure, label_extent

LINE = 46  # letters of an axis label before it goes on below


def estimates_by_year(estimates: pd.DataFrame, *, measure: str) -> Figure:
    """One measure over the years with its 95 % interval. Where two intervals overlap widely, read no change into them."""
    rows = estimates[estimates["measure"] == measure]
    is_share = float(rows["high"].max()) <= 1 if len(rows) else True
    drawn = pd.DataFrame({"year": rows["cpd_year"].astype(str), "value": rows["value"], "low": rows["low"], "high": rows["high"]})
    axis = alt.Axis(format=".0%" if is_share else ".0f")
    base = alt.Chart(drawn, width=WIDTH, height=200).encode(x=alt.X("year:N", title="CPD year", axis=alt.Axis(labelAngle=0)))
    scale = alt.Scale(domain=[0, 1]) if is_share else alt.Scale(zero=True)
    chart = base.mark_rule(color=BLUE, strokeWidth=2).encode(y=alt.Y("low:Q", title=None, axis=axis, scale=scale), y2="high:Q") + base.mark_point(
        color=BLUE, filled=True, size=90, opacity=1).encode(y=alt.Y("value:Q", scale=scale))
    said = [f"{year}: {_shown(value, is_share)} ({_shown(low, is_share)} to {_shown(high, is_share)})"
            for year, value, low, high in zip(drawn["year"], drawn["value"], drawn["low"], drawn["high"], strict=True)]
    numbers = pd.DataFrame({"CPD year": list(drawn["year"]), "Estimate and 95 % interval": [text.split(": ", 1)[1] for text in said],
                            "Returns": list(rows["number"])})
    return Figure(chart=chart, title=measure, alt_text=f"Points with intervals. {'; '.join(said)}.", numbers=numbers)


def _shown(value: float, is_share: bool) -> str:  # noqa: FBT001  (one figure, two ways of writing it)
    return f"{value:.0%}" if is_share else f"{value:.1f}"


def themes_by_returns(themes: pd.DataFrame, *, most: int = 8) -> Figure:
    """Which pieces of advice were given most often? Counts of returns."""
    top = themes.head(most)
    labels = list(top["text"])
    lines = [textwrap.wrap(label, LINE) for label in labels]
    drawn = pd.DataFrame({"label": ["|".join(parts) for parts in lines], "returns": list(top["returns"])})
    axis = alt.Axis(labelLimit=LINE * 12, labelExpr="split(datum.label, '|')", minExtent=label_extent(part for parts in lines for part in parts))
    chart = alt.Chart(drawn, width=WIDTH - 220, height=alt.Step(44)).mark_bar(color=ORANGE, cornerRadiusEnd=3, size=20).encode(
        y=alt.Y("label:N", sort=list(drawn["label"]), title=None, axis=axis), x=alt.X("returns:Q", title="Returns", axis=alt.Axis(tickMinStep=1)))
    said = "; ".join(f"{label} {number}" for label, number in zip(labels, drawn["returns"], strict=True))
    return Figure(chart=chart, title="Advice given most often", alt_text=f"Bar chart of returns. {said}",
                  numbers=pd.DataFrame({"Advice": labels, "Returns": list(drawn["returns"])}))
