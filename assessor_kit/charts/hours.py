"""Where did one member's hours go?

Charts by activity type, by area, by whether planned, and through the year.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import accumulate

import pandas as pd

from assessor_kit.charts.drawing import Drawing
from assessor_kit.charts.figure import Figure, label_extent
from assessor_kit.charts.ink import BLUE, GREEN, GREY, ORANGE, SCREEN_WIDTH, WIDTH
from assessor_kit.rules.schema import Rules
from assessor_kit.vocabulary import Planned, Requirement, hours_text

MINUTES_PER_HOUR = 60
# Pixels kept free at the right for the hours, beyond the longest bar and every mark.
VALUE_COLUMN = 95
NOT_STATED = "Not stated"
PLANNED_LABELS = {Planned.YES: "Planned", Planned.NO: "Not planned", Planned.UNMARKED: NOT_STATED}


def minutes_by(activities: pd.DataFrame, column: str) -> dict[str, int]:
    """Return the minutes of the activities that count, for each value of a column."""
    minutes: dict[str, int] = {}
    for counts, value, number in zip(
        activities["counts"], activities[column], activities["minutes"], strict=True
    ):
        if counts:
            minutes[value] = minutes.get(value, 0) + int(number)
    return minutes


def _in_hours(labels: list[str], minutes: list[int]) -> str:
    return ", ".join(
        f"{label} {hours_text(number)}" for label, number in zip(labels, minutes, strict=True)
    )


def _bars(
    labels: list[str],
    minutes: list[int],
    *,
    heading: str,
    colours: list[str] | None = None,
    marks: dict[str, float] | None = None,
    codes: list[str],
    width: int,
) -> tuple[Drawing, pd.DataFrame]:
    """Draw bars of hours in the order given, with the hours in a column at the right.

    `marks` puts a mark, in hours, on the labels that it names. Each bar is described by its code,
    so that a screen can tell which one was clicked.
    """
    hours = [number / MINUTES_PER_HOUR for number in minutes]
    texts = [hours_text(number) for number in minutes]
    most = max(1.0, *hours, *(marks or {}).values()) * width / (width - VALUE_COLUMN)
    rows = {
        "bars": [
            {"label": label, "code": code, "hours": number, "text": text}
            for label, code, number, text in zip(labels, codes, hours, texts, strict=True)
        ]
    }
    if marks:
        rows["marks"] = [{"label": label, "hours": number} for label, number in marks.items()]
    drawing = Drawing(
        kind="bars",
        rows=rows,
        values={
            "labels": labels,
            "colours": colours,
            "marked": bool(marks),
            "most": most,
            "width": width,
            "ticks": 6 if width >= WIDTH else 3,
            "extent": label_extent(labels),
        },
    )
    return drawing, pd.DataFrame({heading: labels, "Hours": texts})


def hours_by_activity_type(activities: pd.DataFrame, *, rules: Rules, width: int = WIDTH) -> Figure:
    """Return the chart of hours for each kind of activity.

    Read it for variety: any kind is fine, and several are better.
    """
    minutes = minutes_by(activities, "activity_type")
    codes = [choice.code for choice in rules.activity_types] + [
        code for code in ("other", "") if minutes.get(code, 0)
    ]
    labels = [_kind(code, rules) for code in codes]
    values = [int(minutes.get(code, 0)) for code in codes]
    drawing, numbers = _bars(labels, values, heading="Activity type", codes=codes, width=width)
    return Figure(
        drawing=drawing,
        title="Hours by activity type",
        alt_text=f"Bar chart. {_in_hours(labels, values)}.",
        numbers=numbers,
    )


def activities_by_type(activities: pd.DataFrame, *, rules: Rules, width: int = WIDTH) -> Figure:
    """Return the chart of activities of each kind, for a scheme that counts no hours."""
    counts = Counter(
        kind
        for kind, counted in zip(activities["activity_type"], activities["counts"], strict=True)
        if counted
    )
    codes = [choice.code for choice in rules.activity_types] + [
        code for code in ("other", "") if counts[code]
    ]
    labels = [_kind(code, rules) for code in codes]
    numbers = [counts[code] for code in codes]
    rows = [
        {"label": label, "code": code, "activities": number}
        for label, code, number in zip(labels, codes, numbers, strict=True)
    ]
    listed = ", ".join(f"{label} {number}" for label, number in zip(labels, numbers, strict=True))
    return Figure(
        drawing=Drawing(
            kind="counts",
            rows={"bars": rows},
            values={"labels": labels, "width": width, "extent": label_extent(labels)},
        ),
        title="Activities by type",
        alt_text=f"Bar chart. {listed}.",
        numbers=pd.DataFrame({"Activity type": labels, "Activities": numbers}),
    )


def _kind(code: str, rules: Rules) -> str:
    if not code:
        return NOT_STATED
    return "Another kind" if code == "other" else rules.label(code)


def hours_by_area(
    activities: pd.DataFrame, *, rules: Rules, requirement: Requirement, width: int = WIDTH
) -> Figure:
    """Return the chart of hours in each area, beside the hours that the guideline suggests.

    On a reduced target no marks are drawn.
    """
    minutes = minutes_by(activities, "area")
    codes = [choice.code for choice in rules.areas]
    codes += [
        code
        for code in (*(choice.code for choice in rules.partly_stated_areas), "")
        if minutes.get(code, 0) or not codes
    ]
    labels = [rules.label(code) if code else NOT_STATED for code in codes]
    values = [int(minutes.get(code, 0)) for code in codes]
    marks = (
        {rules.label(code): hours for code, hours in rules.guideline.area_hours.items()}
        if requirement.areas_apply
        else {}
    )
    colours = [BLUE if code in rules.guideline.area_hours else GREY for code in codes]
    drawing, numbers = _bars(
        labels, values, heading="Area", colours=colours, marks=marks, codes=codes, width=width
    )
    text = f"Bar chart. {_in_hours(labels, values)}."
    note = ""
    if marks:
        numbers["Suggested"] = [
            hours_text(round(marks[label] * MINUTES_PER_HOUR)) if label in marks else ""
            for label in labels
        ]
        suggested = [round(hours * MINUTES_PER_HOUR) for hours in marks.values()]
        text += f" The guideline suggests {_in_hours(list(marks), suggested)}."
        note = (
            "The upright red marks are the hours that the guideline suggests; another split is"
            " fine."
        )
    return Figure(drawing=drawing, title="Hours by area", alt_text=text, numbers=numbers, note=note)


def hours_planned(
    activities: pd.DataFrame, *, requirement: Requirement, width: int = WIDTH
) -> Figure:
    """Return the chart of hours that were planned, were not planned or are unmarked.

    It shows the planned minimum where one applies.
    """
    minutes = minutes_by(activities, "planned")
    labels = list(PLANNED_LABELS.values())
    values = [int(minutes.get(word.value, 0)) for word in PLANNED_LABELS]
    needed = requirement.planned_minutes_needed
    drawing, numbers = _bars(
        labels,
        values,
        heading="Planned",
        colours=[GREEN, ORANGE, GREY],
        codes=[word.value for word in PLANNED_LABELS],
        width=width,
        marks={labels[0]: needed / MINUTES_PER_HOUR} if needed else None,
    )
    text = f"Bar chart. {_in_hours(labels, values)}."
    aim = f"at least {hours_text(needed)} planned." if needed else ""
    return Figure(
        drawing=drawing,
        title="Planned and not planned",
        alt_text=f"{text} The aim is {aim}" if aim else text,
        numbers=numbers,
        note=f"The upright red mark is the aim: {aim}" if aim else "",
    )


def hours_through_the_year(
    activities: pd.DataFrame, *, requirement: Requirement, cpd_year: int, width: int = WIDTH
) -> Figure:
    """Return the chart of how the hours built up day by day, beside the target.

    Activities without a date are left out, and the figure says so.
    """
    first = date(cpd_year, 1, 1)
    last = date(cpd_year, 12, 31)
    by_day: dict[date, int] = {}
    undated = 0
    for counts, day, minutes in zip(
        activities["counts"], activities["started_on"], activities["minutes"], strict=True
    ):
        if counts and pd.isna(day):
            undated += int(minutes)
        elif counts:
            shown = min(max(day, first), last)
            by_day[shown] = by_day.get(shown, 0) + int(minutes)
    days = sorted(by_day)
    running = [(first, 0), *zip(days, accumulate(by_day[day] for day in days), strict=True)]
    total = running[-1][1]
    running.append((last, total))
    rows = {
        "year": [
            {
                "day": f"{day:%Y-%m-%d}T00:00:00",
                "minutes": minutes,
                "hours": minutes / MINUTES_PER_HOUR,
            }
            for day, minutes in running
        ]
    }
    by_month = [
        max(minutes for day, minutes in running if day <= _end_of_month(cpd_year, month))
        for month in range(1, 13)
    ]
    text = (
        f"Line chart. The hours add up to {hours_text(total)} by December;"
        f" {hours_text(by_month[5])} by June."
    )
    note = ""
    if requirement.target_minutes:
        rows["aim"] = [{"hours": requirement.target_minutes / MINUTES_PER_HOUR}]
        text += f" The aim is {hours_text(requirement.target_minutes)}."
        note = f"The dashed red line is the aim: {hours_text(requirement.target_minutes)}."
    left_out = f" {hours_text(undated)} have no date and are not drawn." if undated else ""
    drawing = Drawing(
        kind="year",
        rows=rows,
        values={"title": str(cpd_year), "has_aim": "aim" in rows, "width": width},
    )
    return Figure(
        drawing=drawing,
        title="Hours through the year",
        alt_text=text + left_out,
        note=(note + left_out).strip(),
        numbers=pd.DataFrame(
            {
                "By the end of": [f"{date(cpd_year, month, 1):%B}" for month in range(1, 13)],
                "Hours so far": [hours_text(minutes) for minutes in by_month],
            }
        ),
    )


def _end_of_month(year: int, month: int) -> date:
    return date.fromordinal(date(year + month // 12, month % 12 + 1, 1).toordinal() - 1)


def figures_of_return(
    activities: pd.DataFrame, *, rules: Rules, requirement: Requirement, cpd_year: int
) -> list[tuple[str, Figure]]:
    """Return the charts of one return as the assessor's screen shows them, two abreast.

    Each comes with the name of the column that its bars stand for, empty if there is none.
    """
    if not rules.guideline.counts_hours:
        return [("activity_type", activities_by_type(activities, rules=rules, width=SCREEN_WIDTH))]
    return [
        ("activity_type", hours_by_activity_type(activities, rules=rules, width=SCREEN_WIDTH)),
        (
            "area",
            hours_by_area(activities, rules=rules, requirement=requirement, width=SCREEN_WIDTH),
        ),
        ("planned", hours_planned(activities, requirement=requirement, width=SCREEN_WIDTH)),
        (
            "",
            hours_through_the_year(
                activities, requirement=requirement, cpd_year=cpd_year, width=SCREEN_WIDTH + 90
            ),
        ),
    ]
