"""How far has the season come? And the sample's judgements, for the demonstration."""

from __future__ import annotations

import csv
from pathlib import Path

from assessor_kit import tables
from assessor_kit.errors import NotFound, SampleWorkspace
from assessor_kit.journey.first_charts import draw_first_charts
from assessor_kit.store import (
    Workspace,
    current_judgement,
    read_table,
    record_judgement,
    reviewed_returns,
)
from assessor_kit.store.judgement_log import latest_events
from assessor_kit.vocabulary import Judgement, JudgementState, ResponseState


def status(workspace: Workspace, *, cpd_year: int) -> dict[str, int]:
    """How many members, returns and judgements stand in each state of the year."""
    draws = read_table(workspace, tables.DRAWS, cpd_year=cpd_year)
    selections = read_table(workspace, tables.SELECTIONS, draw_id=list(draws["draw_id"]))
    selected = set(selections.loc[~selections["is_reserve"].astype(bool), "member_no"])
    returns = read_table(workspace, tables.RETURNS, cpd_year=cpd_year)
    current = returns[returns["parked"] == ""]
    replied = read_table(workspace, tables.RESPONSES, cpd_year=cpd_year).set_index("member_no")[
        "state"
    ]
    allocations = read_table(workspace, tables.ALLOCATIONS, return_id=list(current["return_id"]))
    events = latest_events(workspace, cpd_year)
    documents = read_table(workspace, tables.DOCUMENTS, cpd_year=cpd_year)
    silent = selected - set(current["member_no"])
    states = {
        state.value.replace(" ", "_"): sum(
            replied.get(number, ResponseState.AWAITING) == state for number in silent
        )
        for state in ResponseState
        if state is not ResponseState.RECEIVED
    }
    return {
        "frame": int(draws["frame_size"].iloc[-1]) if len(draws) else 0,
        "selected": len(selected),
        "received": len(current),
        **states,
        "parked": int((returns["parked"] == "not selected").sum()),
        "superseded": int((returns["parked"] == "superseded").sum()),
        "allocated": len(set(allocations["return_id"])),
        "unallocated": len(current) - len(set(allocations["return_id"])),
        "markings": len(allocations),
        "drafts": int((events["state"] == JudgementState.DRAFT.value).sum()),
        "submitted": int((events["state"] == JudgementState.SUBMITTED.value).sum()),
        "judged": len(reviewed_returns(workspace, cpd_year)),
        "individual_feedback": documents.loc[
            documents["kind"] == "individual", "return_id"
        ].nunique(),
        "generic_feedback": int((documents["kind"] == "generic").sum()),
        "released": int(documents["released_at"].notna().sum()),
    }


def record_sample_judgements(workspace: Workspace, path: Path, *, cpd_year: int) -> int:
    """Record the sample's judgements in the name of whoever each marking was allocated to; what stands already stays."""
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
                raise NotFound(
                    "A sample judgement names a member without a return",
                    advice="Make the sample data anew with its script.",
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
    draw_first_charts(workspace)
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
