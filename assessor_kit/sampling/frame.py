"""Who can be drawn: the scheme members whom the rules admit to the frame."""

from __future__ import annotations

from datetime import date

import pandas as pd

from assessor_kit.rules.schema import Rules

NOT_STATED = "not stated"  # the stratum of those of whom the register does not say


def frame_of(
    register: pd.DataFrame, *, rules: Rules, stratify_by: str | None = None
) -> pd.DataFrame:
    """Return the frame for the rules' CPD year: `member_no` and `stratum`, by `member_no`.

    `stratify_by` names the register's column whose words are the strata; by default the rules' one.
    The frame includes the members who are alive, hold one of the frame's grades, joined on or
    before the frame date, had not left by then, may be contacted and, in an opt-in scheme, had
    opted in. Those who have not made a declaration stay in. `register` has the columns of
    `tables.REGISTER`.
    """
    members = register[exclusions_of(register, rules=rules) == ""]
    column = stratify_by or rules.frame.stratify_by
    stratum = pd.Series("all", index=members.index, dtype=object)
    if column:
        words = members[column].astype(str)
        stratum = words.where(words != "", NOT_STATED)
    frame = pd.DataFrame({"member_no": members["member_no"].astype(str), "stratum": stratum})
    return frame.sort_values("member_no", ignore_index=True)


def exclusions_of(register: pd.DataFrame, *, rules: Rules) -> pd.Series[str]:
    """Return for each member why they cannot be drawn, empty for those who can.

    Where several reasons hold, the first of them is said.
    """
    on_day = frame_date(rules)
    day = f"{on_day.day} {on_day:%B %Y}"
    known = register["grade"].isin(rules.frame.grades)
    why = pd.Series("", index=register.index, dtype=object)
    reasons: list[tuple[pd.Series[bool], str | pd.Series[str]]] = [
        (register["deceased"].astype(bool), "has died"),
        (_before(register["left_on"], on_day, if_missing=False), f"had left by {day}"),
        (~_before(register["joined_on"], on_day, if_missing=True), f"joined after {day}"),
        (~known, "grade " + register["grade"].astype(str) + " is not in the frame's rules"),
        (register["do_not_contact"].astype(bool), "must not be contacted"),
    ]
    if rules.frame.opted_in_only:
        reasons.append(
            (
                ~_before(register["opted_in_on"], on_day, if_missing=False),
                f"had not opted in by {day}",
            )
        )
    for applies, reason in reasons:
        new = applies & (why == "")
        why[new] = reason if isinstance(reason, str) else reason[new]
    return why


def frame_date(rules: Rules) -> date:
    """Return the day of the CPD year on which membership is considered."""
    month, day = (int(part) for part in rules.frame.frame_month_day.split("-"))
    return date(rules.cpd_year, month, day)


def _before(days: pd.Series[date], limit: date, *, if_missing: bool) -> pd.Series[bool]:
    """Whether each day is on or before the limit; `if_missing` where there is no day."""
    return days.map(lambda day: if_missing if pd.isna(day) else day <= limit).astype(bool)
