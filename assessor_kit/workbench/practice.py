"""The guided tour: practice returns on a desk of their own.

It also compares the assessor's judgement with that of experienced assessors.
"""

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
    """Return the folder of this process's practice workspace.

    It is removed when the process ends.
    """
    return tempfile.TemporaryDirectory(prefix="assessor-kit-practice-")


def practice_workspace() -> Workspace:
    """Return the practice workspace of this process, opened by its one assessor.

    What was judged in it is kept until the process ends.
    """
    # Imported late: the whole journey takes a second, which would delay every start.
    from assessor_kit.journey.practice import make_practice  # noqa: PLC0415

    return make_practice(Path(practice_folder().name) / "workspace").as_assessor(PRACTICE_ASSESSOR)


def comparison_with(
    reference: Mapping[str, Any], judgement: Judgement, rules: Rules
) -> dict[str, Any]:
    """Return the assessor's own judgement beside the reference.

    `rows` of label, mine, reference, why and same; `same` and `of` count them; then both outcomes
    and the reference's advice.
    """
    rows = []
    for criterion in rules.judged_criteria:
        mine = judgement.levels.get(criterion.code, "")
        theirs = reference[criterion.code]
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
