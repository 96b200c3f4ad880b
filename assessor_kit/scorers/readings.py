"""As recorded, and as read: what becomes of the findings where an assessor has corrected how a line was read?"""

from __future__ import annotations

import pandas as pd

from assessor_kit.vocabulary import Counting


def apply_readings(activities: pd.DataFrame, readings: pd.DataFrame) -> pd.DataFrame:
    """The activities as one assessor read them; what was recorded stays as it is, in the table that was given.

    `activities` as in `tables.ACTIVITIES`; `readings` has one row per activity, as `store.readings_of` gives them: return_id,
    activity_no, area, planned, activity_type, counting (words of `Counting`), part_minutes; what is missing leaves what the member
    wrote. `do not count` clears `counts`, a part replaces the minutes, and whatever an assessor has counted is no longer doubtful.
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
    """What differs between two tables of findings (`tables.FINDINGS`): as recorded and as read, or under an edition and its successor.

    One row per return and criterion whose standing, numbers or thresholds differ, or that stands on one side only. Columns: return_id,
    criterion, was, becomes (standings, empty where there is none), why (`standing`, `numbers` or `thresholds`: the first that differs).
    In the order of `after`.
    """
    keys, said = ["return_id", "criterion"], ["standing", "numbers", "thresholds"]
    both = (
        after[[*keys, *said]]
        .merge(before[[*keys, *said]], on=keys, how="outer", suffixes=("", "_before"), sort=False)
        .fillna("")
    )
    why = pd.Series("", index=both.index, dtype=object)
    for name in reversed(said):
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
