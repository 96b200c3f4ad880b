"""Read the sheets Member and Plan: whose return it is, and what the member planned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessor_kit.errors import UnusableFile
from assessor_kit.loaders.cells.cell_values import cell_text
from assessor_kit.loaders.cells.choices import accepted_words, read_area
from assessor_kit.loaders.cells.dates import read_optional_day
from assessor_kit.loaders.cells.durations import read_minutes
from assessor_kit.loaders.cells.identifiers import EXPECTED, read_member_no
from assessor_kit.loaders.cells.text import read_text
from assessor_kit.loaders.files.columns import known_headings, match_columns, normal, words_for
from assessor_kit.loaders.files.sheet import Sheet
from assessor_kit.loaders.records.activities import Activity
from assessor_kit.rules.schema import Rules
from assessor_kit.vocabulary import Problem, visible


@dataclass(frozen=True, kw_only=True)
class MemberPart:
    """What the sheet Member says; empty where there is none."""

    member_no: str = ""
    declared_minutes: int | None = None
    flags: tuple[Problem, ...] = ()


def read_member(
    sheet: Sheet | None, *, file: str, rules: Rules, mapping: Mapping[str, str]
) -> MemberPart:
    """Read the membership number and the declared hours.

    The sheet may have its headings in the first row, or names and values side by side, one pair a
    row.

    Raises UnusableFile where the number cannot be read: whose return it is must never be guessed.
    """
    if sheet is None or not sheet.headings:
        return MemberPart()
    cells = _named_cells(sheet, mapping)
    number = read_member_no(cells["member_no"]) if "member_no" in cells else None
    if number is not None and number.value is None:
        raise UnusableFile(
            f"membership number {visible(cell_text(cells['member_no']))[:40]!r}",
            where=f"{file}, sheet {sheet.name}",
            expected=EXPECTED,
            advice="Store the number as text.",
        )
    flags = [number.flag] if number is not None and number.flag else []
    stated = cells.get("declared_hours")
    declared = (
        read_minutes(stated, hours_per_day=rules.guideline.hours_per_day)
        if cell_text(stated)
        else None
    )
    if declared is not None and declared.problem:
        flags.append(f"declared hours {visible(cell_text(stated))[:40]!r} cannot be read")
    return MemberPart(
        member_no=(number.value or "") if number else "",
        declared_minutes=declared.value if declared else None,
        flags=tuple(
            Problem(file=file, sheet=sheet.name, found=flag, advice="Please check.")
            for flag in flags
        ),
    )


def _named_cells(sheet: Sheet, mapping: Mapping[str, str]) -> dict[str, object]:
    """Return the cell for each of our columns, from headings that run across or down."""
    words = words_for("member", mapping)
    pairs: list[tuple[object, object]] = [
        (sheet.headings[0], sheet.headings[1] if len(sheet.headings) > 1 else "")
    ]
    if len(sheet.headings) == 1 or known_headings(sheet.headings, "member", mapping) > 1:
        pairs = list(zip(sheet.headings, sheet.rows[0].cells, strict=False)) if sheet.rows else []
    else:
        pairs += [(row.cells[0], row.cells[1]) for row in sheet.rows if len(row.cells) > 1]
    return {
        words[normal(heading)]: cell
        for heading, cell in reversed(pairs)
        if normal(heading) in words
    }


@dataclass(frozen=True, kw_only=True)
class PlanPart:
    """The goals of a plan (`tables.GOALS` without return_id), and the problems of its rows."""

    goals: tuple[Activity, ...] = ()
    rejected: tuple[Problem, ...] = ()
    flags: tuple[Problem, ...] = ()


def read_plan(
    sheet: Sheet | None, *, file: str, rules: Rules, mapping: Mapping[str, str]
) -> PlanPart:
    """Read the goals of a plan, each under a reference of its own.

    Any part of a goal that cannot be read is flagged and left empty.
    """
    if sheet is None or not sheet.rows:
        return PlanPart()
    matched = match_columns(sheet.headings, "plan", needed=("goal",), file=file, mapping=mapping)
    areas = accepted_words((*rules.areas, *rules.partly_stated_areas))
    goals: dict[str, Activity] = {}
    rejected: list[Problem] = []
    flags = (
        [
            Problem(
                file=file,
                sheet=sheet.name,
                row=1,
                found=f"columns not recognised: {', '.join(map(visible, matched.unknown))}",
                advice="They are left out.",
            )
        ]
        if matched.unknown
        else []
    )
    for place, row in enumerate(sheet.rows, 1):
        goal = read_text(matched.first("goal", row.cells)) if row.problem is None else None
        if goal is None or goal.problem or not (goal.value or "").strip():
            rejected.append(
                row.problem
                or Problem(
                    file=file,
                    sheet=sheet.name,
                    row=row.number,
                    column="goal",
                    found="no goal that can be read",
                    expected=goal.problem if goal and goal.problem else "the goal in words",
                    advice="Correct the row and send it again.",
                )
            )
            continue
        named = cell_text(matched.first("goal_id", row.cells)) or str(place)
        goal_id = named if named not in goals else f"{named} ({place})"
        hours = matched.first("planned_hours", row.cells)
        day = read_optional_day(matched.first("target_date", row.cells))
        minutes = (
            read_minutes(hours, hours_per_day=rules.guideline.hours_per_day)
            if cell_text(hours)
            else None
        )
        said = {
            "goal": goal.flag,
            "goal_id": f"two goals are called {named}" if goal_id != named else "",
            "target_date": "a date that cannot be read" if day.problem else "",
            "planned_hours": "hours that cannot be read" if minutes and minutes.problem else "",
        }
        flags += [
            Problem(
                file=file,
                sheet=sheet.name,
                row=row.number,
                column=name,
                found=visible(text),
                advice="Please check.",
            )
            for name, text in said.items()
            if text
        ]
        goals[goal_id] = {
            "goal_id": goal_id,
            "goal": goal.value,
            "area": read_area(matched.first("area", row.cells), areas).value,
            "target_date": day.value,
            "planned_minutes": minutes.value if minutes else None,
        }
    return PlanPart(goals=tuple(goals.values()), rejected=tuple(rejected), flags=tuple(flags))
