"""Prepares a return's activities and plan for scoring.

Works out the facts about a line that depend on its neighbours, and leaves the member's own words
behind.
"""

from __future__ import annotations

import pandas as pd

from assessor_kit.tables import ACTIVITIES_TO_SCORE, RETURNS_TO_SCORE


def activities_to_score(activities: pd.DataFrame, goals: pd.DataFrame) -> pd.DataFrame:
    """Return one row per activity, with the columns of `tables.ACTIVITIES_TO_SCORE`.

    `activities` and `goals` have the columns of `tables.ACTIVITIES` and `tables.GOALS`. They hold
    whole returns, in any order, and each return's lines in their own order.
    """
    names_goal = activities["goal_id"] != ""
    made = activities.assign(
        has_reflection=activities["reflection"] != "",
        names_goal=names_goal,
        newly_served=_newly_served(activities, goals),
        repeats=_repeats(activities),
        day_minutes=_day_minutes(activities),
    )
    return made[list(ACTIVITIES_TO_SCORE.column_names)]


def returns_to_score(
    returns: pd.DataFrame, requirements: pd.DataFrame, goals: pd.DataFrame
) -> pd.DataFrame:
    """Return one row per return, with the columns of `tables.RETURNS_TO_SCORE`.

    `returns` needs return_id and declared_minutes.
    """
    plans = goals["return_id"].value_counts()
    rows = requirements.set_index("return_id").loc[list(returns["return_id"])].reset_index()
    rows = rows.assign(
        declared_minutes=returns["declared_minutes"].array,
        goals=rows["return_id"].map(plans).fillna(0).astype("int64"),
    )
    optional = {column.name: "Int64" for column in RETURNS_TO_SCORE.columns if column.optional}
    return rows[list(RETURNS_TO_SCORE.column_names)].astype({**optional, "areas_apply": "bool"})


def _newly_served(activities: pd.DataFrame, goals: pd.DataFrame) -> pd.Series[bool]:
    """Mark the one activity through which each goal of the plan counts as served.

    An activity beyond doubt is preferred, if any serves the goal.
    """
    made = pd.Series(data=False, index=activities.index)
    if goals.empty or activities.empty:
        return made
    keys = ["return_id", "goal_id"]
    planned = pd.MultiIndex.from_frame(goals[keys])
    serving = activities.loc[
        activities["counts"] & pd.MultiIndex.from_frame(activities[keys]).isin(planned),
        [*keys, "doubtful"],
    ]
    first = serving.sort_values("doubtful", kind="stable").drop_duplicates(keys)
    made[first.index] = True
    return made


def _repeats(activities: pd.DataFrame) -> pd.Series[bool]:
    """Whether an earlier line has the same title, day and time.

    A line without a day is never taken for a repeat, since nobody can tell.
    """
    return (
        activities.duplicated(["return_id", "title", "started_on", "minutes"])
        & activities["started_on"].notna()
    )


def _day_minutes(activities: pd.DataFrame) -> pd.Series[int]:
    """Return all minutes stated for the single day of each activity; 0 if it spans several."""
    one_day = activities["started_on"].notna() & (
        activities["started_on"] == activities["ended_on"]
    )
    made = pd.Series(0, index=activities.index, dtype="int64")
    if one_day.any():
        stated = activities.loc[one_day, ["return_id", "started_on", "minutes"]]
        made[one_day] = stated.groupby(["return_id", "started_on"], sort=False)[
            "minutes"
        ].transform("sum")
    return made
