"""One line of a return: its cells together decide what counts, what is doubtful and what a person should check."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from assessor_kit.loaders.cell import Reading, cell_text, visible
from assessor_kit.loaders.choices import read_activity_type, read_area, read_competences, read_planned, words_of
from assessor_kit.loaders.columns import Matched
from assessor_kit.loaders.dates import EXPECTED as A_DATE
from assessor_kit.loaders.dates import Span, read_span
from assessor_kit.loaders.durations import read_minutes
from assessor_kit.loaders.sheet import Row, Sheet
from assessor_kit.rules.schema import Rules
from assessor_kit.vocabulary import Planned, Problem

LAST_MONTH = 12


@dataclass
class Found:
    """The rows of one return as they are read, and the problems met."""

    rows: list[dict[str, object]] = field(default_factory=list)
    rejected: list[Problem] = field(default_factory=list)
    flags: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


class ActivityReader:
    """Reads the rows of one sheet under one edition of the rules. `goals` are the plan's references, None where there is no plan."""

    def __init__(self, sheet: Sheet, matched: Matched, *, rules: Rules, file: str, goals: set[str] | None) -> None:
        self.sheet, self.matched, self.rules, self.file, self.goals = sheet, matched, rules, file, goals
        self.types = words_of(rules.activity_types)
        self.areas = words_of((*rules.areas, *rules.partly_stated_areas))
        self.day_first = self._shows_day_first()
        self.type_place = self._column_of_types()

    def read(self, rows: list[Row]) -> Found:
        """The activities of one return, in order."""
        found = Found()
        seen: set[tuple[object, ...]] = set()
        for row in rows:
            activity = self._activity(row, found)
            if activity is None:
                continue
            same = (activity["title"], activity["started_on"], activity["minutes"])
            if same in seen and activity["started_on"] is not None:
                activity["doubtful"] = True
                found.flags.append(self._problem(row, "title", "the same activity stands twice", advice="Please check."))
            seen.add(same)
            found.rows.append({"activity_no": len(found.rows) + 1, **activity})
        return found

    def _activity(self, row: Row, found: Found) -> dict[str, object] | None:
        cells = row.cells
        title = visible(self._joined("title", cells))
        span = read_span(self.matched.first("started_on", cells), self.matched.first("ended_on", cells))
        minutes = self._minutes(cells, span.value or Span())
        causes = {"title": "" if title else "the title of the activity", "started_on": span.problem, "hours": minutes.problem}
        bad = {name: expected for name, expected in causes.items() if expected}
        if bad or span.value is None:
            found.rejected.append(self._problem(
                row, ", ".join(bad), "; ".join(f"{name}: {visible(cell_text(self.matched.first(name, cells)))!r}" for name in bad),
                expected="; ".join(bad.values()) or A_DATE, advice="Correct the row and send it again."))
            return None
        counts, straddles = self._in_year(span.value)
        kind = read_activity_type(cells[self.type_place] if self.type_place is not None else None, self.types)
        area = read_area(self.matched.first("area", cells), self.areas)
        competences = read_competences(self.matched.first("competences", cells), self.rules.competences)
        goal_id = cell_text(self.matched.first("goal_id", cells))
        self._tell(row, found, span.value, span.flag, minutes, kind, area, competences, counts=counts, straddles=straddles)
        return {
            "source_row": row.number, "title": title, "activity_type": kind.value, "area": area.value, "planned": self._planned(cells, goal_id).value,
            "goal_id": goal_id, "started_on": span.value.start, "ended_on": span.value.end, "minutes": minutes.value or 0, "counts": counts,
            "doubtful": bool(minutes.flag or span.flag or straddles), "competences": competences.value,
            **{name: visible(self._joined(name, cells)) for name in ("learning", "reflection", "evidence")},
            "raw": json.dumps({heading: cell_text(cell) for heading, cell in zip(self.sheet.headings, cells, strict=False)}, ensure_ascii=False),
        }

    def _minutes(self, cells: list[object], span: Span) -> Reading[int]:
        value = self.matched.first("hours", cells)
        if not self.rules.guideline.counts_hours and not cell_text(value):
            return Reading(value=0)
        return read_minutes(value, hours_per_day=self.rules.guideline.hours_per_day, one_day=span.start is not None and span.start == span.end)

    def _planned(self, cells: list[object], goal_id: str) -> Planned:
        marked = read_planned(self.matched.first("planned", cells)).value or Planned.UNMARKED
        served = bool(goal_id) and self.goals is not None and goal_id in self.goals
        if marked is Planned.UNMARKED and served and self.rules.guideline.linked_to_goal_counts_as_planned:
            return Planned.YES
        return marked

    def _in_year(self, span: Span) -> tuple[bool, bool]:
        """Whether the activity touches the CPD year, and whether it also lies outside; without a date it counts."""
        if span.start is None:
            return True, False
        year, last = self.rules.cpd_year, (span.end or span.start).year
        return span.start.year <= year <= last, span.start.year <= year <= last and (span.start.year < year or last > year)

    def _joined(self, name: str, cells: list[object]) -> str:
        """The text of a column; several such columns are joined under their headings."""
        places = self.matched.places.get(name, ())
        if len(places) == 1:
            return cell_text(cells[places[0]])
        return "\n".join(f"{self.sheet.headings[place]}: {cell_text(cells[place])}" for place in places if cell_text(cells[place]))

    def _column_of_types(self) -> int | None:
        """Of several columns for the activity type, the one that holds the scheme's words."""
        places = self.matched.places.get("activity_type", ())
        sample = self.sheet.rows[:200]
        return max(places, key=lambda place: sum(not read_activity_type(row.cells[place], self.types).note for row in sample if row.cells[place]),
                   default=None)

    def _shows_day_first(self) -> bool:
        """Whether some date of the file can only be read day first."""
        for row in self.sheet.rows:
            span = read_span(self.matched.first("started_on", row.cells)).value
            cell = cell_text(self.matched.first("started_on", row.cells))
            if span and span.start and not span.ambiguous and cell[:2].isdigit() and int(cell[:2]) > LAST_MONTH and not cell[:4].isdigit():
                return True
        return False

    def _tell(self, row: Row, found: Found, span: Span, no_date: str, minutes: Reading[int], kind: Reading[str], area: Reading[str],
              competences: Reading[str], *, counts: bool, straddles: bool) -> None:
        flags = {"hours": minutes.flag, "started_on": no_date, "competences": competences.flag}
        if straddles:
            flags["started_on"] = f"it lies partly outside {self.rules.cpd_year}"
        elif not counts:
            flags["started_on"] = f"it lies outside {self.rules.cpd_year} and is not counted"
        elif span.ambiguous and not self.day_first:
            flags["started_on"] = "day and month could be the other way round; read day first"
        found.flags += [self._problem(row, name, text, advice="Please check.") for name, text in flags.items() if text]
        notes = {"hours": minutes.note, "activity_type": kind.note, "area": area.note}
        found.notes += [self._problem(row, name, text) for name, text in notes.items() if text]

    def _problem(self, row: Row, column: str, found: str, *, expected: str | None = None, advice: str | None = None) -> Problem:
        return Problem(file=self.file, sheet=self.sheet.name or None, row=row.number, column=column or None, found=found, expected=expected,
                       advice=advice)
