"""Findings for a year's returns: worked out, compared with those that stand, and kept; and the same at scale, from files."""

from __future__ import annotations

import importlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from assessor_kit import tables
from assessor_kit.engines import Engine, score_parquet
from assessor_kit.engines.extra import needs_extra
from assessor_kit.engines.similar_text import similar_texts
from assessor_kit.errors import NotFound, NotInstalled
from assessor_kit.journey.first_charts import draw_first_charts
from assessor_kit.rules import load_rules
from assessor_kit.scorers import (
    activities_to_score,
    changed_findings,
    requirements_for,
    returns_to_score,
    score_returns,
)
from assessor_kit.store import Workspace, read_table
from assessor_kit.store.reading import append, replace


@dataclass(frozen=True, kw_only=True)
class Scored:
    """How much was scored, how long it took, and what became different: columns of `scorers.changed_findings`."""

    returns: int
    findings: int
    seconds: float
    changes: pd.DataFrame


def score(workspace: Workspace, *, cpd_year: int) -> Scored:
    """Work out each return's requirements and findings, and keep them; what they replace moves to `tables.EARLIER_FINDINGS`."""
    started = time.perf_counter()
    requirements, findings = rescore(workspace, cpd_year=cpd_year)
    standing = read_table(workspace, tables.FINDINGS, return_id=list(requirements["return_id"]))
    changes = changed_findings(standing, findings)
    with workspace.engine.begin() as connection:
        append(
            connection,
            tables.EARLIER_FINDINGS,
            _replaced(standing, findings).assign(
                replaced_at=datetime.now(UTC).replace(tzinfo=None)
            ),
        )
        replace(connection, tables.REQUIREMENTS, requirements)
        replace(connection, tables.FINDINGS, findings)
    draw_first_charts(workspace)
    return Scored(
        returns=len(requirements),
        findings=len(findings),
        seconds=round(time.perf_counter() - started, 3),
        changes=_changes_only(changes),
    )


def preview_scores(workspace: Workspace, *, cpd_year: int) -> Scored:
    """What `score` would change in the findings that stand, without keeping anything."""
    started = time.perf_counter()
    requirements, findings = rescore(workspace, cpd_year=cpd_year)
    standing = read_table(workspace, tables.FINDINGS, return_id=list(requirements["return_id"]))
    changes = _changes_only(changed_findings(standing, findings))
    return Scored(
        returns=len(requirements),
        findings=len(findings),
        seconds=round(time.perf_counter() - started, 3),
        changes=changes,
    )


def _changes_only(changes: pd.DataFrame) -> pd.DataFrame:
    """Without first findings: nothing stood there that could change."""
    return changes[changes["was"] != ""].reset_index(drop=True)


def _replaced(standing: pd.DataFrame, findings: pd.DataFrame) -> pd.DataFrame:
    """The findings that stand and will not stand as they are, the edition and digest of their rules included."""
    same = standing.merge(
        findings, on=list(tables.FINDINGS.column_names), how="left", indicator=True
    )
    return standing[(same["_merge"] == "left_only").to_numpy()]


def rescore(workspace: Workspace, *, cpd_year: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Requirements and findings of a year's returns as the rules stand now, without keeping them."""
    rules = workspace.rules(cpd_year)
    returns, requirements, activities, goals = _to_score(workspace, cpd_year)
    return requirements, score_returns(activities, goals, requirements, returns, rules)


def _to_score(
    workspace: Workspace, cpd_year: int
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Returns with what was declared (the declaration wins over the return's own total), requirements, activities, goals."""
    returns = read_table(workspace, tables.RETURNS, cpd_year=cpd_year, parked="")
    returns = returns[returns["pseudonym"] != ""].reset_index(
        drop=True
    )  # findings on an erased member's return stay as they are
    names = list(returns["return_id"])
    requirements = requirements_for(
        returns,
        read_table(workspace, tables.STATUSES),
        read_table(workspace, tables.CIRCUMSTANCES),
        workspace.rules(cpd_year),
    )
    declared = read_table(workspace, tables.DECLARATIONS, cpd_year=cpd_year).set_index("member_no")[
        "declared_minutes"
    ]
    stated = returns["member_no"].map(declared).astype("Int64").fillna(returns["declared_minutes"])
    return (
        returns.assign(declared_minutes=stated),
        requirements,
        read_table(workspace, tables.ACTIVITIES, return_id=names),
        read_table(workspace, tables.GOALS, return_id=names),
    )


def export_for_scoring(workspace: Workspace, folder: Path, *, cpd_year: int) -> int:
    """Write a year's returns as a folder that every engine can score, without names or words of members; gives how many."""
    returns, requirements, activities, goals = _to_score(workspace, cpd_year)
    with needs_extra():
        parquet = importlib.import_module("assessor_kit.engines.parquet")
    parquet.write_inputs(
        folder,
        activities=activities_to_score(activities, goals),
        returns=returns_to_score(returns, requirements, goals),
        rules=workspace.rules(cpd_year),
    )
    return len(returns)


def score_files(
    source: Path,
    target: Path,
    *,
    engine: Engine = "duckdb",
    scheduler: str | None = None,
    scheme: str | None = None,
    cpd_year: int | None = None,
) -> Scored:
    """Score a folder of Parquet files into another. Scheme and year are those the files name, unless they are given."""
    started = time.perf_counter()
    with needs_extra():
        named = importlib.import_module("assessor_kit.engines.parquet").written_for(source)
    if cpd_year is None and named is None:
        raise NotFound(
            f"The files in {source} do not say for which CPD year they are",
            expected="--cpd-year",
            advice="Give the year in which the CPD was done.",
        )
    rules = load_rules(scheme or (named[0] if named else "iet"), cpd_year or named[1])
    done = score_parquet(source, target, rules=rules, engine=engine, scheduler=scheduler)
    return Scored(
        returns=done.returns,
        findings=done.findings,
        seconds=round(time.perf_counter() - started, 3),
        changes=pd.DataFrame(),
    )


def similar_reflections(
    workspace: Workspace, *, cpd_year: int, at_least: float = 0.4
) -> pd.DataFrame:
    """Reflections of different members that read alike, most alike first. For staff and moderators only: they quote two members.

    Columns: similarity (0 to 1), return_a, activity_a, excerpt_a, return_b, activity_b, excerpt_b; returns by pseudonym. Without the
    extra `scale` a single column `note` says how to install it. Alike is not copied: members of one course write alike.
    """
    returns = read_table(workspace, tables.RETURNS, cpd_year=cpd_year, parked="")
    activities = read_table(workspace, tables.ACTIVITIES, return_id=list(returns["return_id"]))
    texts = activities[activities["reflection"] != ""].merge(
        returns[["return_id", "member_no", "pseudonym"]], on="return_id"
    )
    texts = texts.sort_values(["member_no", "activity_no"], ignore_index=True)
    try:
        pairs = similar_texts(
            pd.DataFrame(
                {
                    "text_id": texts.index,
                    "member_no": texts["member_no"],
                    "text": texts["reflection"],
                }
            ),
            at_least=at_least,
        )
    except NotInstalled as problem:
        return pd.DataFrame({"note": [problem.sentence()]})
    named = {"return": texts["pseudonym"], "activity": texts["activity_no"]}
    sides = {
        f"{name}_{side}": values.loc[list(pairs[f"text_{side}"])].to_numpy()
        for side in ("a", "b")
        for name, values in named.items()
    }
    made = pd.DataFrame(
        {
            "similarity": pairs["similarity"],
            **sides,
            "excerpt_a": pairs["excerpt_a"],
            "excerpt_b": pairs["excerpt_b"],
        }
    )
    return made[
        ["similarity", "return_a", "activity_a", "excerpt_a", "return_b", "activity_b", "excerpt_b"]
    ]
