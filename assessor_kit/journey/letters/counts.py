"""How many are in the scheme, have declared and have been written to: the same everywhere."""

from __future__ import annotations

from datetime import UTC, date, datetime

from assessor_kit.errors import RulesError
from assessor_kit.store import Workspace
from assessor_kit.store.letter_counts import LetterCounts, count_letters


def letter_counts(
    workspace: Workspace, *, cpd_year: int, today: date | None = None
) -> LetterCounts:
    """Return the counts of a CPD year as of a day, by default today.

    Without rules for the year, everybody in the register counts as in the scheme who has opted in.
    """
    try:
        frame = workspace.rules(cpd_year).frame
        grades = None if frame.opted_in_only else frame.grades
    except RulesError:
        grades = None
    return count_letters(
        workspace, cpd_year=cpd_year, grades=grades, today=today or datetime.now(UTC).date()
    )
