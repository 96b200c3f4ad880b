"""One invented member's year: a plan and activities that add up to the hours wanted."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from learning import DURATIONS, KINDS, reflection, title_and_topic

AREAS = ("personal_technical", "job_role_technical", "personal_soft")
FAILINGS = (
    "describes only",
    "no soft skills",
    "one kind of activity",
    "no competence D or E",
    "200 hours of work experience",
    "repeated activity",
    "outside the year",
    "hours in minutes",
    "hours in days",
    "unlike the declaration",
    "copied reflections",
    "three months of nothing",
)


@dataclass
class Record:
    """A return before it is written to a file. Activities are dictionaries of text by canonical column."""

    member_no: str
    discipline: str
    hours: float
    failings: tuple[str, ...]
    exemplary: bool
    goals: list[dict[str, str]] = field(default_factory=list)
    activities: list[dict[str, str]] = field(default_factory=list)


def weekday(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=(7 - day.weekday()) % 7 if day.weekday() > 4 else 0)


def make_record(
    member_no: str,
    discipline: str,
    cpd_year: int,
    hours: float,
    failings: tuple[str, ...],
    *,
    exemplary: bool,
    chance: random.Random,
) -> Record:
    """Activities in order of date whose hours sum to `hours`, before the failings that change them."""
    record = Record(member_no, discipline, hours, failings, exemplary)
    if exemplary or chance.random() < 0.45:
        record.goals = [_goal(place, discipline, cpd_year, chance) for place in range(3)]
    left, place = hours, 0
    quality = "deep" if exemplary else chance.choice(("thin", "plain", "plain", "deep"))
    while left > 0 and place < 40:
        kind = KINDS[place % 6] if exemplary or place < 3 else chance.choice(KINDS)
        area = AREAS[place % 3] if exemplary or chance.random() < 0.6 else chance.choice(AREAS)
        record.activities.append(
            _activity(record, place, kind, area, left, cpd_year, quality, chance)
        )
        left -= float(record.activities[-1]["hours"])
        place += 1
    record.activities.sort(key=lambda one: one["started_on"])
    for failing in failings:
        _spoil(record, failing, cpd_year, chance)
    return record


def _goal(place: int, discipline: str, cpd_year: int, chance: random.Random) -> dict[str, str]:
    area = AREAS[place]
    topic = title_and_topic(discipline, "training", area, chance)[1]
    return {
        "goal_id": f"G{place + 1}",
        "goal": f"Learn enough about {topic} to use it",
        "area": area,
        "target_date": f"{cpd_year}-12-01",
        "planned_hours": "10",
    }


def _activity(
    record: Record,
    place: int,
    kind: str,
    area: str,
    left: float,
    cpd_year: int,
    quality: str,
    chance: random.Random,
) -> dict[str, str]:
    title, topic = title_and_topic(record.discipline, kind, area, chance)
    hours = min(chance.choice(DURATIONS[kind]), left)
    month = 12 if chance.random() < 0.2 else 1 + (place * 2 + chance.randrange(2)) % 12
    day = weekday(date(cpd_year, month, 1 + chance.randrange(24)))
    planned = kind in {"training", "academic"} or (record.exemplary and place % 2 == 0)
    goal = (
        f"G{AREAS.index(area) + 1}"
        if record.goals and (record.exemplary or chance.random() < 0.5)
        else ""
    )
    says = record.exemplary or chance.random() < 0.7
    return {
        "title": title,
        "activity_type": kind,
        "area": area,
        "planned": "yes" if planned else "no",
        "goal_id": goal,
        "started_on": day.isoformat(),
        "hours": f"{hours:g}",
        "competences": (
            chance.choice(("A", "B", "C", "D", "E", "A, C", "A;D", ""))
            if not record.exemplary
            else "ABCDE"[place % 5]
        ),
        "reflection": reflection(quality, topic, chance) if says else "",
    }


# One branch per failing.
def _spoil(record: Record, failing: str, cpd_year: int, chance: random.Random) -> None:  # noqa: C901, PLR0912
    lines = record.activities
    if failing == "describes only":
        for line in lines:
            line["reflection"] = line["reflection"] and reflection("thin", "", chance)
    elif failing == "no soft skills":
        record.activities = [line for line in lines if line["area"] != "personal_soft"] or lines[:1]
    elif failing == "one kind of activity":
        for line in lines:
            line["activity_type"] = "self_study"
    elif failing == "no competence D or E":
        for line in lines:
            line["competences"] = "A"
    elif failing == "200 hours of work experience":
        lines.append(
            {
                **lines[0],
                "title": "Work experience through the year",
                "activity_type": "work_experience",
                "hours": "200",
                "started_on": f"{cpd_year}-01-04",
                "reflection": "",
            }
        )
    elif failing == "repeated activity":
        lines.append(dict(lines[0]))
    elif failing == "outside the year":
        lines.append(
            {
                **lines[0],
                "title": "Course of the year before",
                "started_on": f"{cpd_year - 1}-11-03",
            }
        )
    elif failing == "hours in minutes":
        lines[0]["hours"] = "90"
    elif failing == "hours in days":
        lines[0]["hours"] = "2 days"
    elif failing == "copied reflections":
        for line in lines:
            line["reflection"] = "I learnt a lot and will use it in my work."
    elif failing == "three months of nothing":
        record.activities = [
            line for line in lines if line["started_on"][5:7] not in {"04", "05", "06", "07"}
        ] or lines[:1]
