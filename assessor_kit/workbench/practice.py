"""The guided tour: practice returns on a desk of their own, and how one's judgement compares with that of experienced assessors."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from assessor_kit.rules.schema import Rules
from assessor_kit.store import Workspace
from assessor_kit.store.practice import PRACTICE_ASSESSOR
from assessor_kit.vocabulary import Judgement


@cache
def practice_folder() -> tempfile.TemporaryDirectory[str]:
    """Where this process keeps its practice workspace; it goes with the process."""
    return tempfile.TemporaryDirectory(prefix="assessor-kit-practice-")


def practice_workspace() -> Workspace:
    """The practice workspace of this process, opened by its one assessor; what was judged in it stays until the process ends."""
    from assessor_kit.journey.practice import make_practice  # noqa: PLC0415  (the whole journey costs a second that no start should pay)

    return make_practice(Path(practice_folder().name) / "workspace").as_assessor(PRACTICE_ASSESSOR)


def comparison_with(
    reference: Mapping[str, Any], judgement: Judgement, rules: Rules
) -> dict[str, Any]:
    """One's own judgement beside the reference: `rows` of label, mine, reference, why and same; `same` and `of` count them; outcomes and advice."""
    rows = []
    for criterion in rules.judged_criteria:
        mine, theirs = judgement.levels.get(criterion.code, ""), reference[criterion.code]
        rows.append(
            {
                "label": criterion.label,
                "mine": rules.label(mine),
                "reference": rules.label(theirs["level"]),
                "why": theirs["why"],
                "same": mine == theirs["level"],
            }
        )
    return {
        "rows": rows,
        "same": sum(bool(row["same"]) for row in rows),
        "of": len(rows),
        "mine": rules.label(judgement.outcome or ""),
        "reference": rules.label(reference["outcome"]),
        "advice": reference["advice"],
    }
