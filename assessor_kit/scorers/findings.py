"""From activities to findings: sums once per return, then every criterion the rules configure."""

from __future__ import annotations

import json
from collections.abc import Mapping

import narwhals as nw
import pandas as pd

from assessor_kit.rules.schema import Rules
from assessor_kit.scorers import (
    activity_mix,
    area_split,
    competence_mix,
    plan_link,
    planned_hours,
    record_flags,
    reflection,
    soft_technical_mix,
    total_hours,
)
from assessor_kit.scorers.criterion import Scored
from assessor_kit.scorers.measures import sums_per_return
from assessor_kit.tables import FINDINGS

SCORERS = (
    total_hours.SCORER, planned_hours.SCORER, area_split.SCORER, activity_mix.SCORER, soft_technical_mix.SCORER, competence_mix.SCORER,
    plan_link.SCORER, reflection.SCORER, record_flags.SCORER,
)
BY_NAME = {scorer.name: scorer for scorer in SCORERS}


def score_returns(
    activities: pd.DataFrame, goals: pd.DataFrame, requirements: pd.DataFrame, returns: pd.DataFrame, rules: Rules,
) -> pd.DataFrame:
    """One row per return and criterion, columns of `tables.FINDINGS`, in the order of the rules.

    `activities`, `goals` and `requirements` as in `tables.py`; `returns` needs return_id and declared_minutes. A return without
    activities is scored too: everything in it is zero.
    """
    criteria = [(criterion, BY_NAME[criterion.scorer].score(criterion, rules)) for criterion in rules.criteria if criterion.scorer]
    rows = rows_to_score(activities, goals, requirements, returns, rules=rules)
    columns = [column.alias(f"{criterion.code}/{name}") for criterion, scored in criteria for name, column in _columns(scored).items()]
    wide = rows.select("return_id", *columns).to_pandas()
    parts = [_long(wide, criterion.code, scored, rules) for criterion, scored in criteria]
    if not parts:
        return pd.DataFrame(columns=list(FINDINGS.column_names))
    order = {name: place for place, name in enumerate(returns["return_id"])}
    findings = pd.concat(parts, ignore_index=True)
    return findings.sort_values("return_id", key=lambda names: names.map(order), kind="stable", ignore_index=True)


def _columns(scored: Scored) -> dict[str, nw.Expr]:
    return {"standing": scored.standing, **{f"numbers/{name}": column for name, column in scored.numbers.items()}}


def rows_to_score(
    activities: pd.DataFrame, goals: pd.DataFrame, requirements: pd.DataFrame, returns: pd.DataFrame, *, rules: Rules,
) -> nw.DataFrame[pd.DataFrame]:
    """One row per return: all sums, the plan's goals and how many are served, the fullest day, repeats, and the requirements."""
    lines = nw.from_native(activities, eager_only=True)
    sums = sums_per_return(lines, rules=rules).to_pandas()
    served = activities[activities["counts"] & (activities["goal_id"] != "")][["return_id", "goal_id"]].drop_duplicates()
    served = served.merge(goals[["return_id", "goal_id"]], on=["return_id", "goal_id"])
    rows = returns[["return_id", "declared_minutes"]].merge(requirements, on="return_id").merge(sums, on="return_id", how="left")
    rows["goals"] = rows["return_id"].map(goals.groupby("return_id").size())
    rows["goals_served"] = rows["return_id"].map(served.groupby("return_id").size())
    rows["repeated"] = rows["return_id"].map(_repeats(activities))
    rows["fullest_day"] = rows["return_id"].map(_fullest_day(activities))
    counted = [name for name in rows.columns if name not in {"return_id", "target_basis", "areas_apply", "declared_minutes",
                                                             "target_minutes", "planned_minutes_needed"}]
    rows[counted] = rows[counted].fillna(0).astype("int64")
    optional = ["declared_minutes", "target_minutes", "planned_minutes_needed"]
    rows[optional] = rows[optional].astype("Int64")
    return nw.from_native(rows, eager_only=True)


def _repeats(activities: pd.DataFrame) -> pd.Series[int]:
    """Per return, how many activities repeat an earlier one: same title, day and time."""
    again = activities.duplicated(["return_id", "title", "started_on", "minutes"])
    return activities[again].groupby("return_id").size()


def _fullest_day(activities: pd.DataFrame) -> pd.Series[int]:
    """Per return, the minutes of the fullest day among activities that state a single day."""
    one_day = activities[activities["started_on"].notna() & (activities["started_on"] == activities["ended_on"])]
    return one_day.groupby(["return_id", "started_on"])["minutes"].sum().groupby("return_id").max()


def _long(wide: pd.DataFrame, code: str, scored: Scored, rules: Rules) -> pd.DataFrame:
    names = list(scored.numbers)
    values = [[None if pd.isna(value) else int(value) for value in wide[f"{code}/numbers/{name}"]] for name in names]
    numbers = [json.dumps(dict(zip(names, row, strict=True))) for row in zip(*values, strict=True)] if names else ["{}"] * len(wide)
    return pd.DataFrame({
        "return_id": wide["return_id"], "criterion": code, "standing": wide[f"{code}/standing"], "numbers": numbers,
        "thresholds": json.dumps(dict(scored.thresholds)), "rules_edition": rules.edition, "rules_digest": rules.digest,
    })[list(FINDINGS.column_names)]


def finding_sentence(finding: Mapping[str, object], rules: Rules) -> str:
    """One finding in plain English, for assessor and member alike. `finding` is a row of `tables.FINDINGS`."""
    scorer = BY_NAME[rules.criterion(str(finding["criterion"])).scorer]
    numbers, thresholds = json.loads(str(finding["numbers"])), json.loads(str(finding["thresholds"]))
    return scorer.sentence(str(finding["standing"]), numbers, thresholds, rules)
