"""Decide which version of a return is current when a member sends a second file.

Pure: rows in, rows out.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from assessor_kit.loaders import LoadedReturn
from assessor_kit.loaders.records.activities import sameness
from assessor_kit.vocabulary import Parked, Problem, ProblemKind

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no letter or digit that looks like another
SUPERSEDED = Parked.SUPERSEDED.value
NOT_SELECTED = Parked.NOT_SELECTED.value
NEWER = Parked.NEWER.value
ReturnRows = list[dict[str, Any]]


@dataclass(kw_only=True)
class Version:
    """One version of a return with everything that belongs to it.

    Its parts are rows of `tables.RETURNS`, GOALS, ACTIVITIES and PROBLEMS.
    """

    row: dict[str, Any]
    goals: ReturnRows = field(default_factory=list)
    activities: ReturnRows = field(default_factory=list)
    problems: ReturnRows = field(default_factory=list)
    originals: set[str] = field(default_factory=set)
    begun: bool = False
    is_new: bool = False


@dataclass(kw_only=True)
class Versions:
    """All versions of one member's return of one year, oldest first."""

    known: list[Version]

    @property
    def latest(self) -> Version | None:
        """The newest version; None where there is none."""
        return self.known[-1] if self.known else None

    def same_as_latest(self, sent: LoadedReturn) -> bool:
        """Whether a file says only what the newest version already says."""
        latest = self.latest
        if latest is None or latest.row["declared_minutes"] != sent.declared_minutes:
            return False
        unread = sorted(
            row["found"] for row in latest.problems if row["kind"] == ProblemKind.REJECTED.value
        )
        return (
            _content(latest.activities) == _content(list(sent.activities))
            and _content(latest.goals) == _content(list(sent.goals))
            and unread == sorted(problem.found for problem in sent.rejected)
        )

    def take(
        self,
        sent: LoadedReturn,
        *,
        cpd_year: int,
        secret: str,
        digest: str,
        parked: str,
        received_at: datetime,
    ) -> Version:
        """Add a version that supersedes the earlier ones.

        A version whose judgement has begun is not superseded: the judgement stays on it, and the
        new version waits.
        """
        latest = self.latest
        number = 1 + max((int(version.row["version"]) for version in self.known), default=0)
        waits = (
            latest is not None
            and latest.row["parked"] in {"", NEWER}
            and any(version.begun and not version.row["parked"] for version in self.known)
        )
        for version in self.known:
            if not (version.begun and not version.row["parked"]):
                version.row["parked"] = SUPERSEDED
        code = hmac.new(
            bytes.fromhex(secret),
            f"return|{sent.member_no}|{cpd_year}|{number}".encode(),
            hashlib.sha256,
        ).digest()
        return_id = code.hex()[:16]
        row = {
            "return_id": return_id,
            "member_no": sent.member_no,
            "cpd_year": cpd_year,
            "version": number,
            "pseudonym": f"R-{''.join(ALPHABET[byte % len(ALPHABET)] for byte in code[8:13])}",
            "declared_minutes": sent.declared_minutes,
            "source_digest": digest,
            "received_at": received_at,
            "parked": NEWER if waits and not parked else parked,
        }
        made = Version(
            row=row,
            goals=[{"return_id": return_id, **goal} for goal in sent.goals],
            activities=[{"return_id": return_id, **activity} for activity in sent.activities],
            is_new=True,
        )
        self.known.append(made)
        return made


def _content(rows: ReturnRows) -> list[dict[str, Any]]:
    """Return rows without the columns that say where they came from."""
    return [
        {
            name: value
            for name, value in row.items()
            if name not in {"return_id", "source_row", "raw"}
        }
        for row in rows
    ]


def added(sent: LoadedReturn, to: Version) -> LoadedReturn:
    """Return the previous version and a further file as one return.

    The file's lines are numbered on from the last, its goals get references of their own, and a
    line that is in both is flagged.
    """
    last_row = max(
        [int(row["source_row"]) for row in to.activities]
        + [int(row["row"] or 0) for row in to.problems],
        default=0,
    )
    names = {str(goal["goal_id"]): _free_name(goal, to.goals) for goal in sent.goals}
    goals = [_without_id(goal) for goal in to.goals]
    goals += [
        {**goal, "goal_id": names[str(goal["goal_id"])]}
        for goal in sent.goals
        if names[str(goal["goal_id"])] not in {one["goal_id"] for one in goals}
    ]
    seen = {sameness(activity) for activity in to.activities}
    activities = [_without_id(activity) for activity in to.activities]
    flags = [_numbered_on(flag, last_row) for flag in sent.flags]
    for activity in sent.activities:
        row = int(str(activity["source_row"])) + last_row
        twice = sameness(activity) in seen and activity["started_on"] is not None
        if twice:
            flags.append(
                Problem(
                    row=row,
                    column="title",
                    found="the same activity is also in the earlier file",
                    advice="Please check.",
                )
            )
        activities.append(
            {
                **activity,
                "activity_no": len(activities) + 1,
                "source_row": row,
                "doubtful": bool(activity["doubtful"]) or twice,
                "goal_id": names.get(str(activity["goal_id"]), activity["goal_id"]),
            }
        )
    declared = (
        sent.declared_minutes if sent.declared_minutes is not None else to.row["declared_minutes"]
    )
    return replace(
        sent,
        declared_minutes=declared,
        goals=tuple(goals),
        activities=tuple(activities),
        flags=tuple(flags),
        rejected=tuple(_numbered_on(one, last_row) for one in sent.rejected),
        notes=tuple(_numbered_on(one, last_row) for one in sent.notes),
    )


def _free_name(goal: dict[str, Any], taken: ReturnRows) -> str:
    """Return a reference for an added goal: its own, unless another goal has it."""
    name = str(goal["goal_id"])
    other = next((one for one in taken if one["goal_id"] == goal["goal_id"]), None)
    return name if other is None or other["goal"] == goal["goal"] else f"{name} (added)"


def _without_id(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "return_id"}


def _numbered_on(problem: Problem, last_row: int) -> Problem:
    return problem if problem.row is None else replace(problem, row=problem.row + last_row)
