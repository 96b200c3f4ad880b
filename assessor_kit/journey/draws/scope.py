"""Who can be drawn for a year, and for each reason how many cannot."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from assessor_kit import sampling, tables
from assessor_kit.store import Workspace, read_table


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Who can be drawn for a year, and why the others cannot."""

    frame_size: int
    strata: dict[str, int]
    excluded: dict[str, int]  # reason -> members, the most frequent first


def scope_of(workspace: Workspace, *, cpd_year: int, stratify_by: str | None = None) -> Scope:
    """Return how many members can be drawn for a year, and how many are out for each reason.

    `stratify_by` is a column of the register, by default the rules' one.
    """
    rules = workspace.rules(cpd_year)
    register = read_table(workspace, tables.REGISTER)
    why = sampling.exclusions_of(register, rules=rules)
    frame = sampling.frame_of(register, rules=rules, stratify_by=stratify_by)
    return Scope(
        frame_size=len(frame),
        strata=_counted(frame["stratum"]),
        excluded=_counted(why[why != ""]),
    )


def _counted(words: pd.Series[str]) -> dict[str, int]:
    counts = words.value_counts()
    found = sorted(
        ((str(word), int(number)) for word, number in counts.items()),
        key=lambda one: (-one[1], one[0]),
    )
    return dict(found)
