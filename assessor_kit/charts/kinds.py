"""Builds each kind of chart in altair from values alone; `drawing` adds the rows by name."""

from __future__ import annotations

from typing import TypeAlias

import altair as alt

from assessor_kit.charts.ink import BAR, BLUE, FONT, GREY, INK, LINE, ORANGE, PAPER, RED, WIDTH

Chart: TypeAlias = alt.Chart | alt.LayerChart


def bars(
    *,
    labels: list[str],
    colours: list[str] | None,
    marked: bool,
    most: float,
    width: float,
    ticks: float,
    extent: float,
) -> alt.LayerChart:
    """Return bars of hours, with the hours in a column at the right and any suggested marks."""
    base = alt.Chart(alt.NamedData("bars"), width=width, height=alt.Step(BAR)).encode(
        y=alt.Y("label:N", sort=labels, title=None, axis=alt.Axis(minExtent=extent))
    )
    # Grid lines would run through the hours beside the bars.
    axis = alt.Axis(tickCount=ticks, grid=False)
    hours = alt.X(
        "hours:Q",
        title="Hours",
        scale=alt.Scale(domain=[0, alt.ExprRef("most")], nice=False),
        axis=axis,
    )
    colour = (
        alt.Color("label:N", scale=alt.Scale(domain=labels, range=colours), legend=None)
        if colours
        else alt.value(BLUE)
    )
    layers = [
        base.mark_bar(cornerRadiusEnd=3, size=18).encode(
            x=hours, color=colour, description="code:N"
        ),
        base.mark_text(align="right", fontSize=13, color=INK).encode(
            x=alt.value(width), text="text:N"
        ),
    ]
    if marked:
        layers.insert(
            1,
            alt.Chart(alt.NamedData("marks"))
            .mark_tick(color=RED, thickness=3, size=26)
            .encode(y=alt.Y("label:N", sort=labels), x="hours:Q"),
        )
    # As a parameter, the largest value can change without a new translation of the chart.
    return alt.layer(*layers).add_params(alt.param(name="most", value=most))


def counts(*, labels: list[str], width: float, extent: float) -> alt.Chart:
    """Return bars of whole numbers."""
    return (
        alt.Chart(alt.NamedData("bars"), width=width, height=alt.Step(BAR))
        .mark_bar(color=BLUE, cornerRadiusEnd=3, size=18)
        .encode(
            description="code:N",
            y=alt.Y("label:N", sort=labels, title=None, axis=alt.Axis(minExtent=extent)),
            x=alt.X("activities:Q", title="Activities", axis=alt.Axis(tickMinStep=1, format="d")),
        )
    )


def loads(*, labels: list[str], width: float, extent: float) -> alt.LayerChart:
    """Return bars of what each assessor has, before wider bars of what each can take on."""
    base = alt.Chart(alt.NamedData("bars"), width=width, height=alt.Step(BAR)).encode(
        description="code:N",
        y=alt.Y("label:N", sort=labels, title=None, axis=alt.Axis(minExtent=extent)),
    )
    axis = alt.Axis(tickMinStep=1, format="d")
    can = base.mark_bar(color=GREY, opacity=0.35, size=20).encode(
        x=alt.X("capacity:Q", title="Markings", axis=axis)
    )
    has = base.mark_bar(color=BLUE, size=12).encode(x=alt.X("allocated:Q", axis=axis))
    return can + has


def year(*, title: str, has_aim: bool, width: float) -> alt.LayerChart:
    """Return the line of hours adding up from day to day, beside the aim."""
    x = alt.X("day:T", title=title, axis=alt.Axis(format="%b", tickCount="month", labelAngle=0))
    base = alt.Chart(alt.NamedData("year"), width=width, height=190).encode(
        x=x, y=alt.Y("hours:Q", title="Hours so far")
    )
    chart = base.mark_area(opacity=0.18, color=BLUE, interpolate="step-after") + base.mark_line(
        color=BLUE, interpolate="step-after", strokeWidth=2.5
    )
    return (
        chart
        + alt.Chart(alt.NamedData("aim"))
        .mark_rule(color=RED, strokeDash=[6, 4], strokeWidth=2)
        .encode(y="hours:Q")
        if has_aim
        else chart
    )


def estimates(*, is_share: bool) -> alt.LayerChart:
    """Return a point and its interval for each year."""
    axis = alt.Axis(format=".0%" if is_share else ".0f")
    base = alt.Chart(alt.NamedData("estimates"), width=WIDTH, height=200).encode(
        x=alt.X("year:N", title="CPD year", axis=alt.Axis(labelAngle=0))
    )
    scale = alt.Scale(domain=[0, 1]) if is_share else alt.Scale(zero=True)
    return base.mark_rule(color=BLUE, strokeWidth=2).encode(
        y=alt.Y("low:Q", title=None, axis=axis, scale=scale), y2="high:Q"
    ) + base.mark_point(color=BLUE, filled=True, size=90, opacity=1).encode(
        y=alt.Y("value:Q", scale=scale)
    )


def themes(*, labels: list[str], extent: float) -> alt.Chart:
    """Return bars whose labels may take several lines."""
    axis = alt.Axis(labelLimit=LINE * 12, labelExpr="split(datum.label, '|')", minExtent=extent)
    return (
        alt.Chart(alt.NamedData("themes"), width=WIDTH - 220, height=alt.Step(44))
        .mark_bar(color=ORANGE, cornerRadiusEnd=3, size=20)
        .encode(
            y=alt.Y("label:N", sort=labels, title=None, axis=axis),
            x=alt.X("returns:Q", title="Returns", axis=alt.Axis(tickMinStep=1)),
        )
    )


def styled(chart: Chart) -> Chart:
    """Apply the kit's calm look: no frame, one font, colours for light and dark paper."""
    return (
        chart.configure(font=FONT, background=PAPER)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=INK,
            titleColor=INK,
            gridColor=INK,
            domainColor=INK,
            tickColor=INK,
            gridOpacity=0.18,
            domainOpacity=0.3,
            tickOpacity=0.3,
            labelFontSize=13,
            titleFontSize=13,
            titleFontWeight="normal",
            labelLimit=260,
        )
        .configure_legend(labelColor=INK, titleColor=INK, labelFontSize=13, orient="top")
    )
