"""Where did one member's hours go? By activity type, by area, planned or not, and through the year."""

from __future__ import annotations

import altair as alt
import pandas as pd

from assessor_kit.charts.figure import BLUE, GREEN, GREY, ORANGE, RED, Figure
from assessor_kit.rules.schema import Rules
from assessor_kit.vocabulary import Planned, Requirement, hours_text

MINUTES_PER_HOUR = 60
WIDTH, BAR = 520, 30
NOT_STATED = "Not stated"
PLANNED_LABELS = {Planned.YES: "Planned", Planned.NO: "Not planned", Planned.UNMARKED: NOT_STATED}


def _counted(activities: pd.DataFrame) -> pd.DataFrame:
    return activities[activities["counts"].astype(bool)]


def _said(labels: list[str], minutes: list[int]) -> str:
    return ", ".join(f"{label} {hours_text(number)}" for label, number in zip(labels, minutes, strict=True))


def _bars(labels: list[str], minutes: list[int], *, heading: str, colours: list[str] | None = None) -> tuple[alt.Chart, pd.DataFrame]:
    """Bars of hours, in the order given, each with its hours written at its end."""
    drawn = pd.DataFrame({"label": labels, "hours": [number / MINUTES_PER_HOUR for number in minutes], "text": [hours_text(number) for number in minutes]})
    most = max(1.0, float(drawn["hours"].max()) * 1.25)
    base = alt.Chart(drawn, width=WIDTH, height=alt.Step(BAR)).encode(
        y=alt.Y("label:N", sort=labels, title=None), x=alt.X("hours:Q", title="Hours", scale=alt.Scale(domain=[0, most]), axis=alt.Axis(tickCount=6)))
    colour = alt.Color("label:N", scale=alt.Scale(domain=labels, range=colours), legend=None) if colours else alt.value(BLUE)
    bars = base.mark_bar(cornerRadiusEnd=3, size=18).encode(color=colour)
    names = base.mark_text(align="left", dx=5, fontSize=13, color="#1f2933").encode(text="text:N")
    return bars + names, pd.DataFrame({heading: labels, "Hours": list(drawn["text"])})


def hours_by_activity_type(activities: pd.DataFrame, *, rules: Rules) -> Figure:
    """How much of each kind of activity? Read it for variety: any kind is fine, several are better."""
    minutes = _counted(activities).groupby("activity_type")["minutes"].sum()
    codes = [choice.code for choice in rules.activity_types] + [code for code in ("other", "") if minutes.get(code, 0)]
    labels = [NOT_STATED if not code else "Another kind" if code == "other" else rules.label(code) for code in codes]
    values = [int(minutes.get(code, 0)) for code in codes]
    chart, numbers = _bars(labels, values, heading="Activity type")
    return Figure(chart=chart, title="Hours by activity type", alt_text=f"Bar chart. {_said(labels, values)}.", numbers=numbers)


def hours_by_area(activities: pd.DataFrame, *, rules: Rules, requirement: Requirement) -> Figure:
    """How much in each area, beside the marks that the guideline suggests? On a reduced target no marks are drawn."""
    minutes = _counted(activities).groupby("area")["minutes"].sum()
    codes = [choice.code for choice in rules.areas]
    codes += [code for code in (*(choice.code for choice in rules.partly_stated_areas), "") if minutes.get(code, 0) or not codes]
    labels = [rules.label(code) if code else NOT_STATED for code in codes]
    values = [int(minutes.get(code, 0)) for code in codes]
    chart, numbers = _bars(labels, values, heading="Area", colours=[BLUE if code in rules.guideline.area_hours else GREY for code in codes])
    marks = {rules.label(code): hours for code, hours in rules.guideline.area_hours.items()} if requirement.areas_apply else {}
    text = f"Bar chart. {_said(labels, values)}."
    if marks:
        chart += _ticks(marks, order=labels)
        numbers["Suggested"] = [hours_text(round(marks[label] * MINUTES_PER_HOUR)) if label in marks else "" for label in labels]
        text += f" The guideline suggests {_said(list(marks), [round(hours * MINUTES_PER_HOUR) for hours in marks.values()])}."
    return Figure(chart=chart, title="Hours by area", alt_text=text, numbers=numbers)


def _ticks(marks: dict[str, float], *, order: list[str]) -> alt.Chart:
    drawn = pd.DataFrame({"label": list(marks), "hours": list(marks.values())})
    return alt.Chart(drawn).mark_tick(color=RED, thickness=3, size=26).encode(y=alt.Y("label:N", sort=order), x="hours:Q")


def hours_planned(activities: pd.DataFrame, *, rules: Rules, requirement: Requirement) -> Figure:
    """How much was planned, not planned, or is not stated, beside the planned minimum where one applies?"""
    del rules
    minutes = _counted(activities).groupby("planned")["minutes"].sum()
    labels = list(PLANNED_LABELS.values())
    values = [int(minutes.get(word.value, 0)) for word in PLANNED_LABELS]
    chart, numbers = _bars(labels, values, heading="Planned", colours=[GREEN, ORANGE, GREY])
    text = f"Bar chart. {_said(labels, values)}."
    if requirement.planned_minutes_needed:
        chart += _ticks({labels[0]: requirement.planned_minutes_needed / MINUTES_PER_HOUR}, order=labels)
        text += f" The aim is at least {hours_text(requirement.planned_minutes_needed)} planned."
    return Figure(chart=chart, title="Planned and not planned", alt_text=text, numbers=numbers)


def hours_through_the_year(activities: pd.DataFrame, *, rules: Rules, requirement: Requirement, cpd_year: int) -> Figure:
    """How did the hours build up month by month, beside the target? Undated activities are left out and said so."""
    del rules
    counted = _counted(activities)
    dated = counted[counted["started_on"].notna()]
    months = [max(1, day.month) if day.year == cpd_year else 1 for day in dated["started_on"]]
    by_month = dated.groupby(pd.Series(months, index=dated.index, dtype="int64"))["minutes"].sum()
    running = by_month.reindex(range(1, 13), fill_value=0).cumsum()
    names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    drawn = pd.DataFrame({"month": names, "hours": [int(value) / MINUTES_PER_HOUR for value in running]})
    base = alt.Chart(drawn, width=WIDTH, height=190).encode(x=alt.X("month:N", sort=names, title=str(cpd_year), axis=alt.Axis(labelAngle=0)),
                                                            y=alt.Y("hours:Q", title="Hours so far"))
    chart = base.mark_area(opacity=0.18, color=BLUE, interpolate="step-after") + base.mark_line(color=BLUE, interpolate="step-after", strokeWidth=2.5)
    total = int(running.iloc[-1])
    text = f"Line chart. The hours add up to {hours_text(total)} by December; {hours_text(int(running.iloc[5]))} by June."
    if requirement.target_minutes:
        aim = pd.DataFrame({"hours": [requirement.target_minutes / MINUTES_PER_HOUR]})
        chart += alt.Chart(aim).mark_rule(color=RED, strokeDash=[6, 4], strokeWidth=2).encode(y="hours:Q")
        text += f" The aim is {hours_text(requirement.target_minutes)}."
    undated = int(counted.loc[counted["started_on"].isna(), "minutes"].sum())
    text += f" {hours_text(undated)} have no date and are not drawn." if undated else ""
    return Figure(chart=chart, title="Hours through the year", alt_text=text,
                  numbers=pd.DataFrame({"Month": names, "Hours so far": [hours_text(int(value)) for value in running]}))
