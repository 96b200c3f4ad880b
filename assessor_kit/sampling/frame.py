"""Who could be drawn: the scheme members whom the rules let into the frame."""

from __future__ import annotations

from datetime import date

import pandas as pd

from assessor_kit.rules.schema import Rules


def frame_of(register: pd.DataFrame, *, rules: Rules) -> pd.DataFrame:
    """The frame for the rules' CPD year: `member_no` and `stratum`, sorted by `member_no`.

    A member is in it when they live, hold a grade of the frame on the frame date, joined on or before it, had not left by then, may be
    written to and, where the scheme is opt-in, had opted in. Whoever has not declared stays in. `register` has the columns of
    `tables.REGISTER`.
    """
    on_day = frame_date(rules)
    stays = (
        register["grade"].isin(rules.frame.grades)
        & ~register["do_not_contact"].astype(bool)
        & ~register["deceased"].astype(bool)
    )
    stays &= _before(register["joined_on"], on_day, if_missing=True)
    stays &= ~_before(register["left_on"], on_day, if_missing=False)
    if rules.frame.opted_in_only:
        stays &= _before(register["opted_in_on"], on_day, if_missing=False)
    members = register[stays]
    column = rules.frame.stratify_by
    stratum = members[column].astype(str) if column else pd.Series("all", index=members.index)
    frame = pd.DataFrame({"member_no": members["member_no"].astype(str), "stratum": stratum})
    return frame.sort_values("member_no", ignore_index=True)


def frame_date(rules: Rules) -> date:
    """The day of the CPD year on which membership is looked at."""
    month, day = (int(part) for part in rules.frame.frame_month_day.split("-"))
    return date(rules.cpd_year, month, day)


def _before(days: pd.Series[date], limit: date, *, if_missing: bool) -> pd.Series[bool]:
    """Whether each day is on or before the limit; `if_missing` where there is no day."""
    return days.map(lambda day: if_missing if pd.isna(day) else day <= limit).astype(bool)
