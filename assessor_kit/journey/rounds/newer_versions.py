"""List the versions of returns that wait outside the review, and take one into it.

A version waits where a judgement had begun on the one before when it came.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from assessor_kit import tables
from assessor_kit.errors import InvalidRequest, NotFound
from assessor_kit.feedback.mail.desk_letters import prepare_desk_letters
from assessor_kit.journey.scoring import score
from assessor_kit.store import Workspace, read_table
from assessor_kit.store.rounds.version_changes import change_version
from assessor_kit.vocabulary import Parked

# what makes two lines the same, whatever their place in the file
CONTENT = (
    "title",
    "activity_type",
    "area",
    "planned",
    "started_on",
    "ended_on",
    "minutes",
    "competences",
    "learning",
    "reflection",
    "evidence",
)


@dataclass(frozen=True, kw_only=True)
class VersionTaken:
    """A version that was taken into the review, and what is new in it."""

    return_id: str
    before_id: str
    cpd_year: int
    new_lines: tuple[int, ...]
    lines_gone: int
    cause: str


def waiting_versions(workspace: Workspace, *, cpd_year: int) -> list[dict[str, Any]]:
    """Return the versions that wait, oldest first, beside the version that is reviewed.

    Keys: return, before (their R-codes), member, version, received, new_lines and lines_gone.
    """
    returns = read_table(workspace, tables.RETURNS, cpd_year=cpd_year)
    reviewed = {
        str(row["member_no"]): row
        for row in returns[returns["parked"] == ""].to_dict("records")
        if row["pseudonym"]
    }
    waiting = returns[returns["parked"] == Parked.NEWER.value].sort_values("received_at")
    rows = []
    for row in waiting.to_dict("records"):
        before = reviewed.get(str(row["member_no"]))
        if before is None or not row["pseudonym"]:
            continue
        new, gone = _difference(workspace, str(row["return_id"]), str(before["return_id"]))
        rows.append(
            {
                "return": str(row["pseudonym"]),
                "before": str(before["pseudonym"]),
                "member": str(row["member_no"]),
                "version": int(row["version"]),
                "received": row["received_at"].date(),
                "new_lines": len(new),
                "lines_gone": gone,
                "next": f"assessor-kit returns use {row['pseudonym']} --by NAME",
            }
        )
    return rows


def _difference(workspace: Workspace, return_id: str, before_id: str) -> tuple[list[int], int]:
    """Return the numbers of the lines that are new, and how many of the earlier are gone."""
    now = read_table(workspace, tables.ACTIVITIES, return_id=return_id)
    before = read_table(workspace, tables.ACTIVITIES, return_id=before_id)
    left = Counter(_content(row) for row in before.to_dict("records"))
    new = []
    for row in now.to_dict("records"):
        content = _content(row)
        if left[content]:
            left[content] -= 1
        else:
            new.append(int(row["activity_no"]))
    return new, sum(left.values())


def _content(row: dict[Any, Any]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in CONTENT)


def use_version(workspace: Workspace, return_id: str, *, by: str) -> VersionTaken:
    """Take a waiting version into the review, in place of the version that is reviewed now.

    Its marking is reopened for the same assessor, who is told what is new; both versions and both
    judgements stay. Raises NotFound for an unknown version, and InvalidRequest for one that does
    not wait.
    """
    found = read_table(workspace, tables.RETURNS, return_id=return_id)
    if found.empty:
        raise NotFound(
            f"There is no return {return_id!r}",
            advice="`assessor-kit returns waiting` lists the versions that wait.",
        )
    row = found.iloc[0]
    cpd_year = int(row["cpd_year"])
    others = read_table(
        workspace, tables.RETURNS, member_no=str(row["member_no"]), cpd_year=cpd_year, parked=""
    )
    if row["parked"] != Parked.NEWER.value or others.empty:
        state = str(row["parked"]) or "under review"
        raise InvalidRequest(
            f"The version {row['pseudonym']} does not wait: it is {state}",
            expected="a version that waits because a judgement had begun on the one before",
            advice="`assessor-kit returns waiting` lists them; nothing was changed.",
        )
    before_id = str(others.iloc[0]["return_id"])
    new, gone = _difference(workspace, return_id, before_id)
    today = datetime.now(UTC).date()
    cause, step = change_version(
        workspace,
        return_id,
        before_id=before_id,
        new_lines=new,
        lines_gone=gone,
        who=by,
        due_on=today + timedelta(days=workspace.rules(cpd_year).marking_days),
    )
    score(workspace, cpd_year=cpd_year, only=[return_id])
    if not workspace.is_sample:
        moved = read_table(workspace, tables.ALLOCATION_CHANGES, step=step)
        prepare_desk_letters(
            workspace,
            cpd_year=cpd_year,
            step=step,
            assessors={*moved["from_assessor"], *moved["to_assessor"]},
        )
    return VersionTaken(
        return_id=return_id,
        before_id=before_id,
        cpd_year=cpd_year,
        new_lines=tuple(new),
        lines_gone=gone,
        cause=cause.value,
    )
