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
    "second-looks",
    "replaceable",
    "unallocated",
    "awaited",
    "drafts",
    "not-started",
)


def next_command(year: int, count: dict[str, int], *, commitment: str = "") -> str:
    """Return the command to run next in this season.

    `commitment` names the draw that has been committed to and not been made.
    """
    documents = count["individual_feedback"] + count["generic_feedback"]
    not_drawn = not count["frame"] and not count["received"]
    draw = "draw --cpd-year {} --seed S"
    steps = (
        (
            bool(commitment) and not count["published"],
            f"record-publishing {commitment} --by NAME --where PLACE",
        ),
        (bool(commitment) and not_drawn, draw),
        (not_drawn, "commit-draw --cpd-year {} --rate 5% --seed-from TEXT"),
        (not count["received"], "import returns FOLDER --cpd-year {}"),
        (count["unallocated"] > 0, "allocate --cpd-year {} --seed S"),
        (count["handed_back"] > 0, "raised"),
        (count["letters_unknown"] > 0, "outbox list --cpd-year {} --state unknown"),
        (count["queries_overdue"] > 0, "query list --cpd-year {}"),
        (count["in_confidence"] > 0, "raised"),
        (count["notes_for_staff"] > 0, "notes list --cpd-year {} --waiting"),
        (count["newer_versions"] > 0, "returns waiting --cpd-year {}"),
        (count["rounds_late"] > 0, "rounds list --cpd-year {}"),
        (count["overdue"] > 0, "status --cpd-year {} --names overdue"),
        (bool(commitment), draw),  # a further draw, whose seed may still have to come
        (count["submitted"] < count["markings"], "app --assessor ID"),
        (count["differing"] + count["second_looks"] > 0, "moderate list --cpd-year {}"),
        (count["individual_feedback"] < count["judged"], "feedback render --cpd-year {}"),
        (count["released"] < documents, "feedback release --cpd-year {}"),
    )
    for due, words in steps:
        if due:
            return f"assessor-kit {words.format(year)}"
    return f"assessor-kit trends --cpd-year {year}"


def other_command(year: int, count: dict[str, int], *, commitment: str = "") -> str:
    """Return the command of a draw that is not verifiable, where nothing is committed to yet."""
    if count["frame"] or count["received"] or commitment:
        return ""
    return f"assessor-kit draw --cpd-year {year} --rate 5% --seed S"
