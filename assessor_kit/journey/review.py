"""Record the sample's judgements for the demo."""

from __future__ import annotations

import csv
from pathlib import Path

from assessor_kit import tables
from assessor_kit.errors import SampleWorkspace, UnusableFile
from assessor_kit.store import (
    Workspace,
    current_judgement,
    read_table,
    record_judgement,
)
from assessor_kit.vocabulary import Judgement, JudgementState


def record_sample_judgements(workspace: Workspace, path: Path, *, cpd_year: int) -> int:
    """Record the sample's judgements under the assessors to whom they were allocated.

    Returns how many were recorded; a judgement that is already there is kept.
    """
    if not workspace.is_sample:
        raise SampleWorkspace(
            "Sample judgements belong in a sample workspace",
            advice="Real judgements are recorded on the assessor's screen.",
        )
    returns = read_table(workspace, tables.RETURNS, cpd_year=cpd_year, parked="").set_index(
        "member_no"
    )["return_id"]
    allocations = read_table(workspace, tables.ALLOCATIONS).set_index(["return_id", "marking"])[
        "assessor_id"
    ]
    recorded = 0
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["member_no"] not in returns.index:
                raise UnusableFile(
                    "A sample judgement names a member without a return",
                    advice="Make the sample data again with its script.",
                )
            return_id = returns[row["member_no"]]
            assessor_id = allocations[(return_id, row["marking"])]
            if current_judgement(workspace, return_id, assessor_id=assessor_id)[0] == 0:
                record_judgement(
                    workspace,
                    return_id,
                    assessor_id=assessor_id,
                    judgement=_judgement(row),
                    expected_version=0,
                    event_id=f"sample-{cpd_year}-{return_id}-{row['marking']}",
                )
                recorded += 1
    return recorded


def _judgement(row: dict[str, str]) -> Judgement:
    return Judgement(
        levels={
            name.removeprefix("level_"): value
            for name, value in row.items()
            if name.startswith("level_") and value
        },
        comments={
            name.removeprefix("comment_"): value
            for name, value in row.items()
            if name.startswith("comment_") and value
        },
        outcome=row["outcome"] or None,
        advice=row["advice"],
        liked=row["liked"],
        private_note=row["private_note"],
        themes=tuple(theme for theme in row["themes"].split(";") if theme),
        second_look=row["second_look"] == "yes",
        state=JudgementState(row["state"]),
    )
