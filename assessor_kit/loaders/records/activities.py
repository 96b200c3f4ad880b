"""Read one line of a return as an activity.

Its cells together decide what counts, what is doubtful and what a person should check.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date

from assessor_kit.loaders.cells.cell_values import CellValue, Unreadable, cell_text, exact_text
from assessor_kit.loaders.cells.choices import (
    accepted_words,
    read_activity_type,
    read_area,
    read_competences,
    read_planned,
)
from assessor_kit.loaders.cells.dates import Span, read_span
from assessor_kit.loaders.cells.durations import like_minutes, read_minutes, writes_minutes
from assessor_kit.loaders.cells.text import NEVER_STORED, read_text
from assessor_kit.loaders.files.columns import Matched
from assessor_kit.loaders.files.sheet import Row, Sheet
from assessor_kit.loaders.limits import LONGEST_FIELD
from assessor_kit.rules.schema import Rules
from assessor_kit.vocabulary import Planned, Problem, hours_text, visible

LONGEST_SHOWN = 80
TEXTS = ("title", "learning", "reflection", "evidence")
WHOSE = {"member_no", "name"}  # an assessor sees a line's raw cells, but never who wrote them
PART = re.compile(
    r"(?P<total>.+?)[\s,;(]+(?:of which\s+)?(?P<part>[\d½¼¾][^()]*?)\s+in\s+(?P<year>\d{4})\)?",
    re.ASCII | re.IGNORECASE,
)
Activity = dict[str, object]


@dataclass
class Found:
    """The activities of one return as they are read, and the problems found on the way."""

    rows: list[Activity] = field(default_factory=list)
    rejected: list[Problem] = field(default_factory=list)
    flags: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Time:
    """The time of one activity.

    `whole` holds its minutes; `within_year` is the part of them that its own cells state for the
    CPD year, None where they state none.
    """

    whole: CellValue[int]
    within_year: int | None = None


class ActivityReader:
    """Reads the rows of one sheet under one edition of the rules.

    `goals` are the references of the plan's goals, None where there is no plan.
    """

    def __init__(
        self,
        sheet: Sheet,
        matched: Matched,
        *,
        rules: Rules,
        file: str,
        goals: frozenset[str] | None,
    ) -> None:
        self.sheet = sheet
        self.matched = matched
        self.rules = rules
        self.file = file
        self.goals = goals
        self.types = accepted_words(rules.activity_types)
        self.areas = accepted_words((*rules.areas, *rules.partly_stated_areas))
        readable = [row for row in sheet.rows if row.problem is None]
        self.day_first = any(self._shows_day_first(row) for row in readable)
        self.writes_minutes = any(
            writes_minutes(matched.first("hours", row.cells)) for row in readable
        )
        self.type_place = self._column_of_types(readable)
        self.places = sorted(
            (place, name) for name, places in matched.places.items() for place in places
        )
        self.shown = [
            (place, _heading(sheet.headings, place))
            for place, name in self.places
            if name not in WHOSE
        ]

    def read(self, rows: list[Row]) -> Found:
        """Return the activities of one return, in order, and their problems."""
        found = Found()
        seen: set[tuple[object, ...]] = set()
        for row in rows:
            if row.problem is not None:
                found.rejected.append(row.problem)
                continue
            activity = self._activity(row, found)
            if activity is None:
                continue
            same = sameness(activity)
            if same in seen and activity["started_on"] is not None:
                activity["doubtful"] = True
                found.flags.append(
                    self._problem(
                        row, "title", "the same activity is listed twice", advice="Please check."
                    )
                )
            seen.add(same)
            found.rows.append({"activity_no": len(found.rows) + 1, **activity})
        return found

    def _activity(self, row: Row, found: Found) -> Activity | None:
        cells = row.cells
        texts = {name: self._joined(name, cells) for name in TEXTS}
        span = read_span(
            self.matched.first("started_on", cells), self.matched.first("ended_on", cells)
        )
        time = self._time(cells, span.value or Span())
        causes = {
            **{name: text.problem for name, text in texts.items()},
            "started_on": span.problem,
            "hours": time.whole.problem,
        }
        if not causes["title"] and not (texts["title"].value or "").strip():
            causes["title"] = "the title of the activity"
        for place, name in self.places:
            cell = cells[place]
            if isinstance(cell, Unreadable) and name not in WHOSE:
                causes[name] = cell.expected
            elif isinstance(cell, str) and len(cell) > LONGEST_FIELD:
                causes[name] = f"at most {LONGEST_FIELD} characters"
        if any(causes.values()) or span.value is None:
            found.rejected.append(
                self._rejected(row, {name: cause for name, cause in causes.items() if cause})
            )
            return None
        return self._accepted(
            row,
            found,
            {name: text.value or "" for name, text in texts.items()},
            span,
            time,
            {name: text.flag for name, text in texts.items()},
        )

    def _accepted(
        self,
        row: Row,
        found: Found,
        texts: dict[str, str],
        span: CellValue[Span],
        time: Time,
        flags: dict[str, str],
    ) -> Activity:
        cells = row.cells
        days = span.value or Span()
        minutes = time.whole
        counts, straddles = self._in_year(days)
        kind = read_activity_type(
            cells[self.type_place] if self.type_place is not None else None, self.types
        )
        area = read_area(self.matched.first("area", cells), self.areas)
        competences = read_competences(
            self.matched.first("competences", cells), self.rules.competences
        )
        goal = read_text(self.matched.first("goal_id", cells))
        goal_id = (goal.value or "").strip()
        notes = {"hours": minutes.note, "activity_type": kind.note, "area": area.note}
        amount = minutes.value or 0
        doubtful = bool(minutes.flag)
        if straddles and time.within_year is not None:
            notes["hours"] = (
                f"the return states that {hours_text(time.within_year)} of {hours_text(amount)} lie"
                f" in {self.rules.cpd_year}"
            )
            amount = time.within_year
            straddles = False
        if self.writes_minutes and like_minutes(self.matched.first("hours", cells)):
            doubtful = True
            flags["hours"] = (
                f"{cell_text(self.matched.first('hours', cells))}: hours and minutes, or a decimal?"
                f" Read as {hours_text(amount)}"
            )
        flags = {
            **flags,
            "hours": flags.get("hours") or minutes.flag,
            "goal_id": goal.flag,
            "competences": competences.flag,
            "started_on": self._about_days(days, span.flag, counts=counts, straddles=straddles),
        }
        found.flags += [
            self._problem(row, name, text, advice="Please check.")
            for name, text in flags.items()
            if text
        ]
        found.notes += [self._problem(row, name, text) for name, text in notes.items() if text]
        return {
            "source_row": row.number,
            "title": texts["title"],
            "activity_type": kind.value,
            "area": area.value,
            "planned": self._planned(cells, goal_id).value,
            "goal_id": goal_id,
            "started_on": days.start,
            "ended_on": days.end,
            "minutes": amount,
            "counts": counts,
            "doubtful": bool(doubtful or span.flag or straddles),
            "competences": competences.value,
            "learning": texts["learning"],
            "reflection": texts["reflection"],
            "evidence": texts["evidence"],
            "raw": self._raw(cells),
        }

    def _about_days(self, days: Span, no_date: str, *, counts: bool, straddles: bool) -> str:
        """Return what a person should check about the dates, if anything."""
        year = self.rules.cpd_year
        if straddles:
            return (
                f"it lies partly outside {year}; a column 'Hours in {year}' can state the part that"
                " lies within"
            )
        if not counts:
            return f"it lies outside {year} and is not counted"
        if days.ambiguous and not self.day_first:
            return "day and month could be the other way round; the date is read day first"
        return no_date

    def _time(self, cells: list[object], span: Span) -> Time:
        value = self.matched.first("hours", cells)
        hours_per_day = self.rules.guideline.hours_per_day
        one_day = span.start is not None and span.start == span.end
        if not self.rules.guideline.counts_hours and not cell_text(value):
            return Time(whole=CellValue(value=0))
        within = self.matched.first("hours_in_year", cells)
        if (
            isinstance(value, str)
            and (match := PART.fullmatch(value.strip()[:LONGEST_SHOWN]))
            and int(match["year"]) == self.rules.cpd_year
        ):
            value = match["total"]
            within = match["part"] if not cell_text(within) else within
        whole = read_minutes(value, hours_per_day=hours_per_day, one_day=one_day)
        stated = (
            read_minutes(within, hours_per_day=hours_per_day).value if cell_text(within) else None
        )
        return Time(
            whole=whole,
            within_year=stated if stated is not None and stated <= (whole.value or 0) else None,
        )

    def _planned(self, cells: list[object], goal_id: str) -> Planned:
        marked = read_planned(self.matched.first("planned", cells)).value or Planned.UNMARKED
        served = bool(goal_id) and self.goals is not None and goal_id in self.goals
        if (
            marked is Planned.UNMARKED
            and served
            and self.rules.guideline.linked_to_goal_counts_as_planned
        ):
            return Planned.YES
        return marked

    def _in_year(self, span: Span) -> tuple[bool, bool]:
        """Return whether the activity touches the CPD year, and whether it also lies outside it.

        An activity without a date counts as inside.
        """
        if span.start is None:
            return True, False
        year = self.rules.cpd_year
        last = max(year, span.start.year) if span.ongoing else (span.end or span.start).year
        touches = span.start.year <= year <= last
        return touches, touches and (span.start.year < year or last > year)

    def _joined(self, name: str, cells: list[object]) -> CellValue[str]:
        """Return the text of a column; several such columns are joined under their headings."""
        places = self.matched.places.get(name, ())
        if len(places) == 1:
            return read_text(cells[places[0]])
        return read_text(
            "\n".join(
                f"{self.sheet.headings[place]}: {exact_text(cells[place])}"
                for place in places
                if cell_text(cells[place])
            )
        )

    def _raw(self, cells: list[object]) -> str:
        raw = json.dumps(
            {heading: exact_text(cells[place]) for place, heading in self.shown}, ensure_ascii=False
        )
        return raw if raw.isascii() else NEVER_STORED.sub(lambda found: visible(found[0]), raw)

    def _column_of_types(self, rows: list[Row]) -> int | None:
        """Return the place of the activity type; of several, the one with the scheme's words."""
        places = self.matched.places.get("activity_type", ())
        if len(places) <= 1:
            return places[0] if places else None
        return max(
            places,
            key=lambda place: sum(
                read_activity_type(row.cells[place], self.types).value not in {"", "other"}
                for row in rows[:200]
            ),
        )

    def _shows_day_first(self, row: Row) -> bool:
        """Whether a date of the row can only be read day first."""
        start = self.matched.first("started_on", row.cells)
        if not isinstance(start, str) or isinstance(start, date):
            return False
        span = read_span(start, self.matched.first("ended_on", row.cells)).value
        return span is not None and span.day_first

    def _rejected(self, row: Row, causes: dict[str, str]) -> Problem:
        found = "; ".join(f"{name}: {self._excerpt(name, row.cells)}" for name in causes)
        return self._problem(
            row,
            ", ".join(causes),
            found,
            expected="; ".join(dict.fromkeys(causes.values())),
            advice="Correct the row and send it again.",
        )

    def _excerpt(self, name: str, cells: list[object]) -> str:
        places = self.matched.places.get(name, ())
        text = " ".join(exact_text(cells[place]) for place in places).strip()
        return repr(visible(text)) if len(text) <= LONGEST_SHOWN else f"{len(text)} characters"

    def _problem(
        self,
        row: Row,
        column: str,
        found: str,
        *,
        expected: str | None = None,
        advice: str | None = None,
    ) -> Problem:
        return Problem(
            file=self.file,
            sheet=self.sheet.name or None,
            row=row.number,
            column=column or None,
            found=found,
            expected=expected,
            advice=advice,
        )


def sameness(activity: Activity) -> tuple[object, ...]:
    """Return what identifies an activity: its title, first day and time."""
    return str(activity["title"]).strip().casefold(), activity["started_on"], activity["minutes"]


def _heading(headings: list[str], place: int) -> str:
    """Return a heading that is unique in the sheet: a repeated one includes its place."""
    heading = headings[place]
    return f"{heading} ({place + 1})" if headings.index(heading) != place else heading
