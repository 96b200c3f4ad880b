"""Find out which heading stands for which column.

Every column has its canonical name and the other names that people use for it; case, spaces and
punctuation are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assessor_kit.errors import UnusableFile

MEMBER = ("member_no", "Membership No", "Membership number", "Member ID", "Member number")
# what a register may call the parts of an address; they are joined, one line below the other
ADDRESS = (
    "postal_address",
    "Address",
    *(f"{word} {number}" for word in ("Address", "Address line") for number in range(1, 7)),
    "Town",
    "City",
    "Town/City",
    "County",
    "Postcode",
    "Postal code",
    "ZIP",
    "Country",
)
# several such columns are joined under their headings
TEXTS = {"learning", "reflection", "evidence"}
JOINED = {"activity_type", "title", "postal_address"}
NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "register": {
        name: (name,)
        for name in (
            "joined_on",
            "left_on",
            "do_not_contact",
            "name",
            "email",
            "grade",
            "registration",
            "discipline",
            "employer",
            "professional_status",
            "volunteering",
            "status_from",
            "opted_in_on",
        )
    }
    | {
        "member_no": MEMBER,
        "deceased": ("deceased", "deceased_on", "Date of death"),
        "postal_address": ADDRESS,
    },
    "opt_ins": {"member_no": MEMBER, "name": ("name",), "opted_in_on": ("opted_in_on", "Date")},
    "declarations": {
        "member_no": MEMBER,
        "cpd_year": ("cpd_year",),
        "declared_hours": ("declared_hours", "CPD hours", "Hours"),
        "declared_on": ("declared_on",),
    },
    "circumstances": {
        "member_no": MEMBER,
        **{
            name: (name,)
            for name in (
                "cpd_year",
                "kind",
                "from",
                "to",
                "agreed_target_hours",
                "agreed_by",
                "agreed_on",
            )
        },
    },
    "assessors": {
        "member_no": MEMBER,
        **{
            name: (name,)
            for name in (
                "assessor_id",
                "name",
                "email",
                "disciplines",
                "employer",
                "capacity",
                "conflicts",
            )
        },
    },
    "responses": {
        "member_no": MEMBER,
        "state": ("state",),
        "noted_on": ("noted_on",),
        "statement": ("statement", "Statement of the member", "Reply"),
    },
    "member": {
        "member_no": MEMBER,
        "name": ("name",),
        "declared_hours": ("declared_hours", "CPD hours", "Hours"),
    },
    "plan": {
        "member_no": MEMBER,
        "goal_id": ("goal_id",),
        "goal": ("goal", "Objective", "Development need"),
        "area": ("area",),
        "target_date": ("target_date",),
        "planned_hours": ("planned_hours",),
    },
    "activities": {
        "member_no": MEMBER,
        "title": ("title", "Activity", "Description of activity", "Topic", "Evidence title"),
        "name": ("Name",),
        "activity_type": ("activity_type", "Type", "Category", "CPD type", "TWAVES"),
        "area": ("area", "Skill area", "Knowledge area"),
        "planned": ("planned", "Planned?", "Planned/unplanned"),
        "goal_id": ("goal_id", "Goal", "Objective ref"),
        "started_on": ("started_on", "Date", "Start date", "Date(s) of activity"),
        "ended_on": ("ended_on", "End date"),
        "hours": (
            "hours",
            "Hrs",
            "CPD hours",
            "Actual hours",
            "Hours actual",
            "Time spent",
            "Duration",
            "Length",
        ),
        "hours_in_year": (
            "hours_in_year",
            "Hours in CPD year",
            "Hours in the CPD year",
            "Hours in the year",
            "Hours within the year",
        ),
        "competences": ("competences", "Competence", "UK-SPEC"),
        "learning": ("learning", "Learning outcome", "Outcome", "Key learning"),
        "reflection": (
            "reflection",
            "Reflective statement",
            "Lessons learned",
            "What did you learn",
            "Benefits gained",
        ),
        "evidence": ("evidence",),
    },
}


@dataclass(frozen=True, kw_only=True)
class Matched:
    """Where each canonical column is in the file, and which headings match no column."""

    places: Mapping[str, tuple[int, ...]]
    unknown: tuple[str, ...]

    def first(self, name: str, cells: list[object]) -> object:
        """Return the first cell of a column; None where the file has no such column."""
        places = self.places.get(name)
        return cells[places[0]] if places else None

    def every(self, name: str, cells: list[object]) -> list[object]:
        """Return the cells of a column that a file may divide, in the file's order."""
        return [cells[place] for place in self.places.get(name, ())]


def normal(heading: object) -> str:
    """Return a heading without case, spaces and punctuation."""
    return re.sub(r"[\W_]+", "", str(heading or "")).casefold()


def check_mapping(mapping: Mapping[str, str], *tables: str) -> None:
    """Raise UnusableFile where `--columns` names a column that none of the tables has."""
    known = {name for table in tables for name in NAMES[table]}
    for theirs, ours in mapping.items():
        if ours not in known:
            raise UnusableFile(
                f"--columns {theirs!r}={ours!r}: there is no column {ours!r}",
                expected=f"one of {', '.join(sorted(known))}",
                advice="Write --columns 'Their name=ours'.",
            )


def holds(name: str, headings: list[str], table: str, mapping: Mapping[str, str]) -> bool:
    """Whether one of the headings stands for that column of the table."""
    words = words_for(table, mapping)
    return any(words.get(normal(heading)) == name for heading in headings)


def known_headings(headings: list[str], table: str, mapping: Mapping[str, str]) -> int:
    """Return how many of the headings belong to the table."""
    words = words_for(table, mapping)
    return sum(normal(heading) in words for heading in headings)


def words_for(table: str, mapping: Mapping[str, str]) -> dict[str, str]:
    """Return a mapping from headings, as `normal` returns them, to columns of the table.

    What staff map takes precedence over the names that are known here.
    """
    words = {normal(alias): name for name, aliases in NAMES[table].items() for alias in aliases}
    return words | {
        normal(theirs): ours for theirs, ours in mapping.items() if ours in NAMES[table]
    }


def match_columns(
    headings: list[str],
    table: str,
    *,
    needed: tuple[str, ...],
    file: str,
    mapping: Mapping[str, str],
) -> Matched:
    """Match the headings of a file to the columns of a table.

    Raises UnusableFile where a needed column is missing or a column appears twice.
    """
    words = words_for(table, mapping)
    places: dict[str, list[int]] = {}
    unknown: list[str] = []
    for place, heading in enumerate(headings):
        name = words.get(normal(heading))
        if name is not None:
            places.setdefault(name, []).append(place)
        elif normal(heading):
            unknown.append(heading)
    if table == "activities" and "title" not in places and "name" in places:
        places["title"] = places.pop("name")
    for name, found in places.items():
        same = len({normal(headings[place]) for place in found}) < len(found)
        if len(found) > 1 and (same or name not in {*TEXTS, *JOINED}):
            twice = ", ".join(repr(headings[place]) for place in found)
            raise UnusableFile(
                f"two columns for {name}: {twice}",
                where=file,
                expected=f"one column for {name}",
                advice="Remove or rename one of them.",
            )
    missing = [name for name in needed if name not in places]
    if missing:
        has = ", ".join(repr(heading) for heading in headings)
        raise UnusableFile(
            f"no column for {', '.join(missing)}. It has: {has}",
            where=file,
            expected=f"the columns {', '.join(needed)}",
            advice=(
                f"Rename the column to {missing[0]!r}, or pass --columns 'Their name={missing[0]}'."
            ),
        )
    return Matched(
        places={name: tuple(found) for name, found in places.items()}, unknown=tuple(unknown)
    )
