"""Where did one member's hours go? By activity type, by area, planned or not, and through the year."""

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
VALUE_COLUMN = (
    95  # pixels at the right where the hours stand, beyond the longest bar and every mark
)
NOT_STATED = "Not stated"
PLANNED_LABELS = {Planned.YES: "Planned", Planned.NO: "Not planned", Planned.UNMARKED: NOT_STATED}


def minutes_by(activities: pd.DataFrame, column: str) -> dict[str, int]:
    """Minutes of the activities that count, for each value of a column."""
    minutes: dict[str, int] = {}
    for counts, value, number in zip(
        activities["counts"], activities[column], activities["minutes"], strict=True
    ):
        if counts:
            minutes[value] = minutes.get(value, 0) + int(number)
    return minutes


def _said(labels: list[str], minutes: list[int]) -> str:
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
    """Bars of hours in the order given, the hours in a column at the right, and a mark (hours) for the labels that have one.

    Each bar is described by its code, so that a screen can tell which one was clicked.
    """
    hours, texts = (
        [number / MINUTES_PER_HOUR for number in minutes],
        [hours_text(number) for number in minutes],
    )
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
    """How much of each kind of activity? Read it for variety: any kind is fine, several are better."""
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
        alt_text=f"Bar chart. {_said(labels, values)}.",
        numbers=numbers,
    )


def activities_by_type(activities: pd.DataFrame, *, rules: Rules, width: int = WIDTH) -> Figure:
    """How many activities of each kind? For a scheme that counts no hours."""
    counts = Counter(
        kind
        for kind, counted in zip(activities["activity_type"], activities["counts"], strict=True)
        if counted
    )
    codes = [choice.code for choice in rules.activity_types] + [
        code for code in ("other", "") if counts[code]
    ]
    labels, numbers = [_kind(code, rules) for code in codes], [counts[code] for code in codes]
    rows = [
        {"label": label, "code": code, "activities": number}
        for label, code, number in zip(labels, codes, numbers, strict=True)
    ]
    said = ", ".join(f"{label} {number}" for label, number in zip(labels, numbers, strict=True))
    return Figure(
        drawing=Drawing(
            kind="counts",
            rows={"bars": rows},
            values={"labels": labels, "width": width, "extent": label_extent(labels)},
        ),
        title="Activities by type",
        alt_text=f"Bar chart. {said}.",
        numbers=pd.DataFrame({"Activity type": labels, "Activities": numbers}),
    )


def _kind(code: str, rules: Rules) -> str:
    return NOT_STATED if not code else "Another kind" if code == "other" else rules.label(code)


def hours_by_area(
    activities: pd.DataFrame, *, rules: Rules, requirement: Requirement, width: int = WIDTH
) -> Figure:
    """How much in each area, beside the marks that the guideline suggests? On a reduced target no marks are drawn."""
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
    text, note = f"Bar chart. {_said(labels, values)}.", ""
    if marks:
        numbers["Suggested"] = [
            hours_text(round(marks[label] * MINUTES_PER_HOUR)) if label in marks else ""
            for label in labels
        ]
        text += f" The guideline suggests {_said(list(marks), [round(hours * MINUTES_PER_HOUR) for hours in marks.values()])}."
        note = "The upright red marks are the hours that the guideline suggests; another split is fine."
    return Figure(drawing=drawing, title="Hours by area", alt_text=text, numbers=numbers, note=note)


def hours_planned(
    activities: pd.DataFrame, *, requirement: Requirement, width: int = WIDTH
) -> Figure:
    """How much was planned, not planned, or is not stated, beside the planned minimum where one applies?"""
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
    text = f"Bar chart. {_said(labels, values)}."
    aim = f"The aim is at least {hours_text(needed)} planned." if needed else ""
    return Figure(
        drawing=drawing,
        title="Planned and not planned",
        alt_text=f"{text} {aim}".strip(),
        numbers=numbers,
        note=f"The upright red mark: {aim[0].lower()}{aim[1:]}" if aim else "",
    )


def hours_through_the_year(
    activities: pd.DataFrame, *, requirement: Requirement, cpd_year: int, width: int = WIDTH
) -> Figure:
    """How did the hours build up, day by day, beside the target? Undated activities are left out and said so."""
    first, last = date(cpd_year, 1, 1), date(cpd_year, 12, 31)
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
    text, note = (
        f"Line chart. The hours add up to {hours_text(total)} by December; {hours_text(by_month[5])} by June.",
        "",
    )
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
    """The charts of one return as the assessor's screen shows them, two beside each other: the column that a bar stands for (empty: none), and the figure."""
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
