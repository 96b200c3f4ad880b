"""Which command comes next in a season, and which lists the names behind its counts."""

from __future__ import annotations

# what `status --names` lists, in the order in which staff are pointed to it
NAMED = (
    "overdue",
    "handed-back",
    "returned-texts",
    "notes",
    "queries",
    "rounds",
    "newer-versions",
    "differing",
    "unallocated",
    "awaited",
    "drafts",
    "not-started",
)


def next_command(year: int, count: dict[str, int]) -> str:
    """Return the command to run next in this season."""
    documents = count["individual_feedback"] + count["generic_feedback"]
    steps = (
        (not count["frame"] and not count["received"], "draw --cpd-year {} --rate 5% --seed S"),
        (not count["received"], "import returns FOLDER --cpd-year {}"),
        (count["unallocated"] > 0, "allocate --cpd-year {} --seed S"),
        (count["handed_back"] > 0, "raised"),
        (count["queries_overdue"] > 0, "query list --cpd-year {}"),
        (count["in_confidence"] > 0, "raised"),
        (count["notes_for_staff"] > 0, "notes list --cpd-year {} --waiting"),
        (count["newer_versions"] > 0, "returns waiting --cpd-year {}"),
        (count["rounds_late"] > 0, "rounds list --cpd-year {}"),
        (count["overdue"] > 0, "status --cpd-year {} --names overdue"),
        (count["submitted"] < count["markings"], "app --assessor ID"),
        (count["individual_feedback"] < count["judged"], "feedback render --cpd-year {}"),
        (count["released"] < documents, "feedback release --cpd-year {}"),
    )
    for due, words in steps:
        if due:
            return f"assessor-kit {words.format(year)}"
    return f"assessor-kit trends --cpd-year {year}"
