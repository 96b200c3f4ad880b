"""What becomes of the findings when an assessor has corrected how a line was read?"""

from __future__ import annotations

import pandas as pd

from assessor_kit.vocabulary import Counting


def apply_readings(activities: pd.DataFrame, readings: pd.DataFrame) -> pd.DataFrame:
    """Return a copy of the activities as one assessor read them.

    `activities` has the columns of `tables.ACTIVITIES`. `readings` has one row per activity, as
    `store.readings_of` returns them: return_id, activity_no, area, planned, activity_type, counting
    (words of `Counting`), part_minutes; a missing value leaves what the member wrote. `do not
    count` clears `counts`, a part replaces the minutes, and an activity whose counting an assessor
    has decided is no longer doubtful.
    """
    read = activities.copy()
    place = {
        key: line
        for line, key in zip(
            read.index, zip(read["return_id"], read["activity_no"], strict=True), strict=True
        )
    }
    for one in readings.to_dict("records"):
        line = place.get((one["return_id"], one["activity_no"]))
        if line is None:
            continue
        for name in ("area", "activity_type", "planned"):
            if not pd.isna(one[name]):
                read.loc[line, name] = str(one[name])
        if not pd.isna(one["counting"]):
            read.loc[line, ["counts", "doubtful"]] = [one["counting"] != Counting.NONE, False]
        if one["counting"] == Counting.PART:
            read.loc[line, "minutes"] = int(one["part_minutes"])
    return read


def changed_findings(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return what differs between two tables of findings (`tables.FINDINGS`).

    The two may be the findings as recorded and as read, or under one edition of the rules and the
    next. There is one row for each return and criterion whose standing, numbers or thresholds
    differ, or that only one table has, in the order of `after`. Columns: return_id, criterion, was,
    becomes (standings, empty where there is none), why (`standing`, `numbers` or `thresholds`: the
    first that differs).
    """
    keys = ["return_id", "criterion"]
    compared = ["standing", "numbers", "thresholds"]
    both = (
        after[[*keys, *compared]]
        .merge(
            before[[*keys, *compared]], on=keys, how="outer", suffixes=("", "_before"), sort=False
        )
        .fillna("")
    )
    why = pd.Series("", index=both.index, dtype=object)
    for name in reversed(compared):
        why[both[name] != both[f"{name}_before"]] = name
    differing = both[why != ""]
    order = {
        key: at for at, key in enumerate(zip(after["return_id"], after["criterion"], strict=True))
    }
    found = differing[keys].assign(
        was=differing["standing_before"], becomes=differing["standing"], why=why[why != ""]
    )
    places = [
        order.get(key, len(order))
        for key in zip(found["return_id"], found["criterion"], strict=True)
    ]
    return (
        found.assign(place=places)
        .sort_values("place", kind="stable")
        .drop(columns="place")
        .reset_index(drop=True)
    )
