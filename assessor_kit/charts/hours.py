"""Where did one member's hours go? By activity type, by area, planned or not, and through the year."""

from __future__ import annotations

from datetime import date

import altair as alt
import pandas as pd

from assessor_kit.charts.figure import BLUE, GREEN, GREY, INK, ORANGE, RED, WIDTH, Figure, label_extent
from assessor_kit.rules.schema import Rules
from assessor_kit.vocabulary import Planned, Requirement, hours_text

MINUTES_PER_HOUR = 60
BAR = 30
VALUE_COLUMN = 95  # pixels at the right where the hours stand, beyond the longest bar and every mark
NOT_STATED = "Not stated"
PLANNED_LABELS = {Planned.YES: "Planned", Planned.NO: "Not planned", Planned.UNMARKED: NOT_STATED}


def _counted(activities: pd.DataFrame) -> pd.DataFrame:
    return activities[activities["counts"].astype(bool)]


def _said(labels: list[str], minutes: list[int]) -> str:
    return ", ".join(f"{label} {hours_text(number)}" for label, number in zip(labels, minutes, strict=True))


def _bars(labels: list[str], minutes: list[int], *, heading: str, colours: list[str] | None = None,
          marks: dict[str, float] | None = None, codes: list[str], width: int) -> tuple[alt.LayerChart, pd.DataFrame]:
    """Bars of hours in the order given, the hours in a column at the right, and a mark (hours) for the labels that have one.

    Each bar is described by its code, so that a screen can tell which one was clicked.
    """
    drawn = pd.DataFrame({"label": labels, "code": codes, "hours": [number / MINUTES_PER_HOUR for number in minutes],
                          "text": [hours_text(number) for number in minutes]})
    most = max(1.0, float(drawn["hours"].max()), *(marks or {}).values()) * width / (width - VALUE_COLUMN)
    base = alt.Chart(drawn, width=width, height=alt.Step(BAR)).encode(
        y=alt.Y("label:N", sort=labels, title=None, axis=alt.Axis(minExtent=label_extent(labels))))
    hours = alt.X("hours:Q", title="Hours", scale=alt.Scale(domain=[0, most], nice=False), axis=alt.Axis(tickCount=6 if width >= WIDTH else 3))
    colour = alt.Color("label:N", scale=alt.Scale(domain=labels, range=colours), legend=None) if colours else alt.value(BLUE)
    layers = [base.mark_bar(cornerRadiusEnd=3, size=18).encode(x=hours, color=colour, description="code:N"),
              base.mark_text(align="right", fontSize=13, color=INK).encode(x=alt.value(width), text="text:N")]
    if marks:
        suggested = pd.DataFrame({"label": list(marks), "hours": list(marks.values())})
        layers.insert(1, alt.Chart(suggested).mark_tick(color=RED, thickness=3, size=26).encode(y=alt.Y("label:N", sort=labels), x="hours:Q"))
    return alt.layer(*layers), pd.DataFrame({heading: labels, "Hours": list(drawn["text"])})


def hours_by_activity_type(activities: pd.DataFrame, *, rules: Rules, width: int = WIDTH) -> Figure:
    """How much of each kind of activity? Read it for variety: any kind is fine, several are better."""
    minutes = _counted(activities).groupby("activity_type")["minutes"].sum()
    codes = [choice.code for choice in rules.activity_types] + [code for code in ("other", "") if minutes.get(code, 0)]
    labels = [_kind(code, rules) for code in codes]
    values = [int(minutes.get(code, 0)) for code in codes]
    chart, numbers = _bars(labels, values, heading="Activity type", codes=codes, width=width)
    return Figure(chart=chart, title="Hours by activity type", alt_text=f"Bar chart. {_said(labels, values)}.", numbers=numbers)


def activities_by_type(activities: pd.DataFrame, *, rules: Rules, width: int = WIDTH) -> Figure:
    """How many activities of each kind? For a scheme that counts no hours."""
    counts = _counted(activities).groupby("activity_type").size()
    codes = [choice.code for choice in rules.activity_types] + [code for code in ("other", "") if counts.get(code, 0)]
    labels = [_kind(code, rules) for code in codes]
    drawn = pd.DataFrame({"label": labels, "code": codes, "activities": [int(counts.get(code, 0)) for code in codes]})
    chart = alt.Chart(drawn, width=width, height=alt.Step(BAR)).mark_bar(color=BLUE, cornerRadiusEnd=3, size=18).encode(
        description="code:N", y=alt.Y("label:N", sort=labels, title=None, axis=alt.Axis(minExtent=label_extent(labels))),
        x=alt.X("activities:Q", title="Activities", axis=alt.Axis(tickMinStep=1, format="d")))
    said = ", ".join(f"{label} {number}" for label, number in zip(labels, drawn["activities"], strict=True))
    return Figure(chart=chart, title="Activities by type", alt_text=f"Bar chart. {said}.",
                  numbers=drawn.drop(columns="code").rename(columns={"label": "Activity type", "activities": "Activities"}))


def _kind(code: str, rules: Rules) -> str:
    return NOT_STATED if not code else "Another kind" if code == "other" else rules.label(code)


def hours_by_area(activities: pd.DataFrame, *, rules: Rules, requirement: Requirement, width: int = WIDTH) -> Figure:
    """How much in each area, beside the marks that the guideline suggests? On a reduced target no marks are drawn."""
    minutes = _counted(activities).groupby("area")["minutes"].sum()
    codes = [choice.code for choice in rules.areas]
    codes += [code for code in (*(choice.code for choice in rules.partly_stated_areas), "") if minutes.get(code, 0) or not codes]
    labels = [rules.label(code) if code else NOT_STATED for code in codes]
    values = [int(minutes.get(code, 0)) for code in codes]
    marks = {rules.label(code): hours for code, hours in rules.guideline.area_hours.items()} if requirement.areas_apply else {}
    colours = [BLUE if code in rules.guideline.area_hours else GREY for code in codes]
    chart, numbers = _bars(labels, values, heading="Area", colours=colours, marks=marks, codes=codes, width=width)
    text, note = f"Bar chart. {_said(labels, values)}.", ""
    if marks:
        numbers["Suggested"] = [hours_text(round(marks[label] * MINUTES_PER_HOUR)) if label in marks else "" for label in labels]
        text += f" The guideline suggests {_said(list(marks), [round(hours * MINUTES_PER_HOUR) for hours in marks.values()])}."
        note = "The red marks are the hours that the guideline suggests; another split is fine."
    return Figure(chart=chart, title="Hours by area", alt_text=text, numbers=numbers, note=note)


def hours_planned(activities: pd.DataFrame, *, requirement: Requirement, width: int = WIDTH) -> Figure:
    """How much was planned, not planned, or is not stated, beside the planned minimum where one applies?"""
    minutes = _counted(activities).groupby("planned")["minutes"].sum()
    labels = list(PLANNED_LABELS.values())
    values = [int(minutes.get(word.value, 0)) for word in PLANNED_LABELS]
    needed = requirement.planned_minutes_needed
    chart, numbers = _bars(labels, values, heading="Planned", colours=[GREEN, ORANGE, GREY], codes=[word.value for word in PLANNED_LABELS], width=width,
                           marks={labels[0]: needed / MINUTES_PER_HOUR} if needed else None)
    text = f"Bar chart. {_said(labels, values)}."
    aim = f"The aim is at least {hours_text(needed)} planned." if needed else ""
    return Figure(chart=chart, title="Planned and not planned", alt_text=f"{text} {aim}".strip(), numbers=numbers,
                  note=f"The red mark: {aim[0].lower()}{aim[1:]}" if aim else "")


def hours_through_the_year(activities: pd.DataFrame, *, requirement: Requirement, cpd_year: int, width: int = WIDTH) -> Figure:
    """How did the hours build up, day by day, beside the target? Undated activities are left out and said so."""
    counted = _counted(activities)
    dated = counted[counted["started_on"].notna()]
    first, last = date(cpd_year, 1, 1), date(cpd_year, 12, 31)
    days = [min(max(day, first), last) for day in dated["started_on"]]
    by_day = dated.groupby(pd.Series(days, index=dated.index, dtype=object))["minutes"].sum().sort_index()
    total = int(by_day.sum())
    running = pd.DataFrame({"day": [first, *by_day.index, last], "minutes": [0, *by_day.cumsum(), total]})
    drawn = running.assign(day=pd.to_datetime(running["day"]), hours=running["minutes"] / MINUTES_PER_HOUR)
    x = alt.X("day:T", title=str(cpd_year), axis=alt.Axis(format="%b", tickCount="month", labelAngle=0))
    base = alt.Chart(drawn, width=width, height=190).encode(x=x, y=alt.Y("hours:Q", title="Hours so far"))
    chart = base.mark_area(opacity=0.18, color=BLUE, interpolate="step-after") + base.mark_line(color=BLUE, interpolate="step-after", strokeWidth=2.5)
    by_month = [int(running.loc[[day <= _end_of_month(cpd_year, month) for day in running["day"]], "minutes"].max()) for month in range(1, 13)]
    text, note = f"Line chart. The hours add up to {hours_text(total)} by December; {hours_text(by_month[5])} by June.", ""
    if requirement.target_minutes:
        aim = pd.DataFrame({"hours": [requirement.target_minutes / MINUTES_PER_HOUR]})
        chart += alt.Chart(aim).mark_rule(color=RED, strokeDash=[6, 4], strokeWidth=2).encode(y="hours:Q")
        text += f" The aim is {hours_text(requirement.target_minutes)}."
        note = f"The red line is the aim: {hours_text(requirement.target_minutes)}."
    undated = int(counted.loc[counted["started_on"].isna(), "minutes"].sum())
    left_out = f" {hours_text(undated)} have no date and are not drawn." if undated else ""
    return Figure(chart=chart, title="Hours through the year", alt_text=text + left_out, note=(note + left_out).strip(),
                  numbers=pd.DataFrame({"By the end of": [f"{date(cpd_year, month, 1):%B}" for month in range(1, 13)],
                                        "Hours so far": [hours_text(minutes) for minutes in by_month]}))


def _end_of_month(year: int, month: int) -> date:
    return date.fromordinal(date(year + month // 12, month % 12 + 1, 1).toordinal() - 1)
