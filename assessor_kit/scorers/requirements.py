"""What do the rules require of each return?

The target follows from dated statuses and agreed circumstances, and the planned minimum and the
split by area follow from the target.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from assessor_kit.rules.schema import Rules, TargetRow
from assessor_kit.tables import REQUIREMENTS
from assessor_kit.vocabulary import ProfessionalStatus, TargetBasis

MINUTES_PER_HOUR = 60
# The order in which the targets of one year take precedence: any part of the year in a reduced
# status brings the reduced target.
KINDEST_FIRST = (
    TargetBasis.NONE_REQUIRED,
    TargetBasis.REDUCED,
    TargetBasis.UNCLEAR,
    TargetBasis.STANDARD,
)


def requirements_for(
    returns: pd.DataFrame,
    statuses: pd.DataFrame,
    circumstances: pd.DataFrame,
    rules: Rules,
) -> pd.DataFrame:
    """Return one row per return, with the columns of `tables.REQUIREMENTS`.

    A target agreed with the member takes precedence; a circumstance that is still being discussed
    leaves the target unclear; otherwise the statuses held on any day of the CPD year decide, the
    most lenient first. A member who is not in the register, or has no status, has the standard
    target. `returns` needs return_id and member_no; `statuses` and `circumstances` have the columns
    of `tables.STATUSES` and `tables.CIRCUMSTANCES`.
    """
    held = _statuses_in_year(statuses, rules.cpd_year)
    agreed = circumstances[circumstances["cpd_year"] == rules.cpd_year].set_index("member_no")[
        "agreed_target_minutes"
    ]
    rows = [
        _requirement(str(name), held.get(str(number), []), agreed.get(str(number), 0), rules)
        for name, number in zip(returns["return_id"], returns["member_no"], strict=True)
    ]
    frame = pd.DataFrame(rows, columns=list(REQUIREMENTS.column_names))
    optional = {column.name: "Int64" for column in REQUIREMENTS.columns if column.kind == "minutes"}
    return frame.astype(optional)


def _statuses_in_year(statuses: pd.DataFrame, cpd_year: int) -> dict[str, list[tuple[str, str]]]:
    """Return the (status, volunteering) pairs that each member held on some day of the year."""
    first = date(cpd_year, 1, 1)
    last = date(cpd_year, 12, 31)
    held: dict[str, list[tuple[str, str]]] = {}
    for member_no, rows in statuses.sort_values(["member_no", "status_from"]).groupby("member_no"):
        starts = list(rows["status_from"])
        ends = [*starts[1:], date.max]
        words = list(zip(rows["professional_status"], rows["volunteering"], strict=True))
        held[str(member_no)] = [
            word
            for start, end, word in zip(starts, ends, words, strict=True)
            if start <= last and end > first
        ]
    return held


# A cell of a table (`agreed`) may be of any type.
def _requirement(
    return_id: str,
    held: list[tuple[str, str]],
    agreed: Any,  # noqa: ANN401
    rules: Rules,
) -> tuple[object, ...]:
    """Return the row of one return.

    `agreed` is 0 if there is no circumstance, and missing while one is being discussed.
    """
    if agreed is not None and not pd.isna(agreed) and agreed != 0:
        minutes = int(str(agreed))
        return (
            return_id,
            TargetBasis.AGREED.value,
            minutes,
            *_parts_of(TargetBasis.AGREED, minutes, rules),
        )
    if agreed is None or pd.isna(agreed):
        return return_id, TargetBasis.UNCLEAR.value, None, None, False
    rows = [
        _row_for(status, volunteering, rules)
        for status, volunteering in held or [(ProfessionalStatus.ACTIVE.value, "")]
    ]
    best = min(rows, key=lambda row: KINDEST_FIRST.index(TargetBasis(row.basis)))
    basis = TargetBasis(best.basis)
    target = _minutes(best.hours)
    return return_id, basis.value, target, *_parts_of(basis, target, rules)


def _row_for(status: str, volunteering: str, rules: Rules) -> TargetRow:
    """Return the first row of the targets table that takes this status.

    Rows for volunteers come before those for everybody.
    """
    for row in rules.targets:
        if status in row.statuses and row.volunteering in {"", volunteering}:
            return row
    return next(
        row
        for row in rules.targets
        if row.basis == TargetBasis.UNCLEAR.value or ProfessionalStatus.ACTIVE.value in row.statuses
    )


def _parts_of(basis: TargetBasis, target: int | None, rules: Rules) -> tuple[int | None, bool]:
    """Return the planned minimum, and whether the split by area applies.

    Both apply to the full target only, as the policy states none for any other.
    """
    full = (
        target is not None
        and target == _minutes(rules.guideline.hours)
        and basis in {TargetBasis.STANDARD, TargetBasis.AGREED}
    )
    return (_minutes(rules.guideline.planned_hours) if full else None), full


def _minutes(hours: float | None) -> int | None:
    return None if hours is None else round(hours * MINUTES_PER_HOUR)
