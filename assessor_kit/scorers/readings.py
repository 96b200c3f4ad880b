"""As recorded, and as read: what becomes of the findings where an assessor has corrected how a line was read?"""

from __future__ import annotations

import pandas as pd

from assessor_kit.errors import NotFound

FIELDS = ("area", "planned", "activity_type", "counts")
COUNTS = ("yes", "no", "part")


def apply_readings(activities: pd.DataFrame, readings: pd.DataFrame) -> pd.DataFrame:
    """The activities as an assessor read them; what was recorded stays as it is, in the table that was given.

    `activities` as in `tables.ACTIVITIES`. `readings`, in the order in which they were made, the last of each activity and field
    standing: return_id; activity_no; field, one of area, planned, activity_type, counts; value. The value is a code of the rules for
    area and activity type, a word of `Planned` for planned, and for counts `yes` (all of its minutes, beyond doubt), `no` (it does not
    count), or `part MINUTES`, such as `part 90` (so many of its minutes, beyond doubt). Raises NotFound for an activity that is not
    there, a field or a value that is none of these.
    """
    read = activities.copy()
    place = {key: at for at, key in enumerate(zip(activities["return_id"], activities["activity_no"], strict=True))}
    standing = readings.drop_duplicates(["return_id", "activity_no", "field"], keep="last")
    for return_id, activity_no, field, value in standing[["return_id", "activity_no", "field", "value"]].itertuples(index=False, name=None):
        if (return_id, activity_no) not in place:
            raise NotFound(f"A reading of activity {activity_no}, which return {return_id} does not have", advice="Read the return again, then correct it.")
        if field not in FIELDS:
            raise NotFound(f"A reading of {field!r}", expected=f"one of {', '.join(FIELDS)}", advice="Correct one of these.")
        _apply(read, place[return_id, activity_no], field, str(value))
    return read


def _apply(read: pd.DataFrame, at: int, field: str, value: str) -> None:
    line = read.index[at]
    if field != "counts":
        read.loc[line, field] = value
        return
    word, _, minutes = value.partition(" ")
    if word not in COUNTS or (word == "part") != minutes.isdigit():
        raise NotFound(f"counts reads {value!r}", expected="yes, no, or part with minutes, such as 'part 90'", advice="Say which of its minutes count.")
    if minutes:
        read.loc[line, "minutes"] = int(minutes)
    read.loc[line, ["counts", "doubtful"]] = [word != "no", False]


def changed_findings(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """What differs between two tables of findings (`tables.FINDINGS`): as recorded and as read, or under an edition and its successor.

    One row per return and criterion whose standing, numbers or thresholds differ, or that stands on one side only. Columns: return_id,
    criterion, was, becomes (standings, empty where there is none), why (`standing`, `numbers` or `thresholds`: the first that differs).
    In the order of `after`.
    """
    keys, said = ["return_id", "criterion"], ["standing", "numbers", "thresholds"]
    both = after[[*keys, *said]].merge(before[[*keys, *said]], on=keys, how="outer", suffixes=("", "_before"), sort=False).fillna("")
    why = pd.Series("", index=both.index, dtype=object)
    for name in reversed(said):
        why[both[name] != both[f"{name}_before"]] = name
    differing = both[why != ""]
    order = {key: at for at, key in enumerate(zip(after["return_id"], after["criterion"], strict=True))}
    found = differing[keys].assign(was=differing["standing_before"], becomes=differing["standing"], why=why[why != ""])
    places = [order.get(key, len(order)) for key in zip(found["return_id"], found["criterion"], strict=True)]
    return found.assign(place=places).sort_values("place", kind="stable").drop(columns="place").reset_index(drop=True)
