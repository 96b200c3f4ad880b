"""Work out a year's findings, compare them with the previous ones, and keep them.

Returns can also be scored at scale, from files.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from assessor_kit import tables
from assessor_kit.engines import Engine, score_parquet
from assessor_kit.engines.extra import needs_extra
from assessor_kit.engines.similar_text import similar_texts
from assessor_kit.errors import InvalidRequest, NotInstalled
from assessor_kit.rules import load_rules
from assessor_kit.scorers import (
    activities_to_score,
    changed_findings,
    requirements_for,
    returns_to_score,
    score_returns,
)
from assessor_kit.store import Workspace, read_table
from assessor_kit.store.rows.typed_rows import append, replace


@dataclass(frozen=True, kw_only=True)
class ScoringRun:
    """How much was scored, how long it took, and which findings changed.

    `changes` has the columns of `scorers.changed_findings`.
    """

    returns: int
    findings: int
    seconds: float
    changes: pd.DataFrame


def score(workspace: Workspace, *, cpd_year: int, only: Sequence[str] | None = None) -> ScoringRun:
    """Work out each return's requirements and findings, and keep them.

    `only`: just these returns, by return_id; all others stay as they are. The findings that they
    replace move to `tables.EARLIER_FINDINGS`.
    """
    started = time.perf_counter()
    requirements, findings = rescore(workspace, cpd_year=cpd_year, only=only)
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
    return ScoringRun(
        returns=len(requirements),
        findings=len(findings),
        seconds=round(time.perf_counter() - started, 3),
        changes=_changes_only(changes),
    )


def preview_scores(workspace: Workspace, *, cpd_year: int) -> ScoringRun:
    """Return what `score` would change in the current findings, without keeping anything."""
    started = time.perf_counter()
    requirements, findings = rescore(workspace, cpd_year=cpd_year)
    standing = read_table(workspace, tables.FINDINGS, return_id=list(requirements["return_id"]))
    changes = _changes_only(changed_findings(standing, findings))
    return ScoringRun(
        returns=len(requirements),
        findings=len(findings),
        seconds=round(time.perf_counter() - started, 3),
        changes=changes,
    )


def _changes_only(changes: pd.DataFrame) -> pd.DataFrame:
    """Return the changes without first findings, which replaced nothing."""
    return changes[changes["was"] != ""].reset_index(drop=True)


def _replaced(standing: pd.DataFrame, findings: pd.DataFrame) -> pd.DataFrame:
    """Return the current findings that this scoring replaces.

    They come with the edition and digest of their rules.
    """
    same = standing.merge(
        findings, on=list(tables.FINDINGS.column_names), how="left", indicator=True
    )
    return standing[(same["_merge"] == "left_only").to_numpy()]


def rescore(
    workspace: Workspace, *, cpd_year: int, only: Sequence[str] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Work out a year's requirements and findings by the current rules; keep nothing.

    `only` is as in `score`.
    """
    rules = workspace.rules(cpd_year)
    returns, requirements, activities, goals = _to_score(workspace, cpd_year, only=only)
    return requirements, score_returns(activities, goals, requirements, returns, rules)


def _to_score(
    workspace: Workspace, cpd_year: int, *, only: Sequence[str] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Read what a year's scoring needs: returns, requirements, activities and goals.

    The returns include the declared minutes; a declaration takes precedence over the return's own
    total.
    """
    returns = read_table(workspace, tables.RETURNS, cpd_year=cpd_year, parked="")
    # findings on an erased member's return stay as they are
    returns = returns[returns["pseudonym"] != ""].reset_index(drop=True)
    if only is not None:
        returns = returns[returns["return_id"].isin(only)].reset_index(drop=True)
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
    """Write a year's returns as a folder that every engine can score; return how many.

    It contains neither the names nor the words of members.
    """
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
) -> ScoringRun:
    """Score a folder of Parquet files and write the findings into another.

    The scheme and year are those that the files name, unless they are given. Raises InvalidRequest
    where no year is known.
    """
    started = time.perf_counter()
    with needs_extra():
        named = importlib.import_module("assessor_kit.engines.parquet").written_for(source)
    if cpd_year is None and named is None:
        raise InvalidRequest(
            f"The files in {source} do not say which CPD year they are for",
            expected="--cpd-year",
            advice="Give the year in which the CPD was done.",
        )
    rules = load_rules(scheme or (named[0] if named else "iet"), cpd_year or named[1])
    done = score_parquet(source, target, rules=rules, engine=engine, scheduler=scheduler)
    return ScoringRun(
        returns=done.returns,
        findings=done.findings,
        seconds=round(time.perf_counter() - started, 3),
        changes=pd.DataFrame(),
    )


def similar_reflections(
    workspace: Workspace, *, cpd_year: int, at_least: float = 0.4
) -> pd.DataFrame:
    """Return reflections of different members that read alike, most alike first.

    For staff and moderators only, as each row quotes two members.

    Columns: similarity (0 to 1), return_a, activity_a, excerpt_a, return_b, activity_b, excerpt_b;
    returns are named by pseudonym. Without the extra `scale`, a single column `note` says how to
    install it. Alike does not mean copied: members who took the same course write alike.
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
