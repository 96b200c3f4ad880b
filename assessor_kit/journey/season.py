"""The season as tables: what staff look at between two steps."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

import pandas as pd

from assessor_kit import tables
from assessor_kit.journey.figures import agreement
from assessor_kit.journey.review import status
from assessor_kit.store import Workspace, read_table
from assessor_kit.store.judgement_log import latest_events
from assessor_kit.vocabulary import JudgementState

STEPS = (
    ("frame", "selected", "Sample drawn", "02_draw_the_sample"), ("selected", "received", "Returns received", "04_load_and_score_returns"),
    ("received", "allocated", "Returns allocated", "03_allocate_returns"), ("markings", "submitted", "Markings submitted", "05_assess"),
    ("judged", "individual_feedback", "Feedback rendered", "07_feedback"), ("individual_feedback", "released", "Feedback released", "07_feedback"),
)


def season_table(workspace: Workspace, *, cpd_year: int) -> pd.DataFrame:
    """Each step of the year: how many are done, of how many, and the notebook to open next."""
    counts = status(workspace, cpd_year=cpd_year)
    rows = [(label, counts[done], counts[of], notebook) for of, done, label, notebook in STEPS]
    return pd.DataFrame(rows, columns=["step", "done", "of", "notebook"])


def waiting_table(workspace: Workspace, *, cpd_year: int) -> pd.DataFrame:
    """Per assessor: markings not yet submitted, drafts among them, and days since the oldest was allocated."""
    returns = read_table(workspace, tables.RETURNS, cpd_year=cpd_year, parked="")
    allocations = read_table(workspace, tables.ALLOCATIONS, return_id=list(returns["return_id"]))
    events = latest_events(workspace, cpd_year)[["return_id", "assessor_id", "state"]]
    rows = allocations.merge(events, on=["return_id", "assessor_id"], how="left")
    waiting = rows[rows["state"] != JudgementState.SUBMITTED.value].assign(draft=lambda one: one["state"] == JudgementState.DRAFT.value)
    today = datetime.now(UTC).date()
    made = waiting.groupby("assessor_id").agg(waiting=("return_id", "size"), drafts=("draft", "sum"), oldest=("allocated_on", "min")).reset_index()
    return made.assign(days=[(today - day).days for day in made["oldest"]]).drop(columns="oldest")


def caseloads(workspace: Workspace, *, cpd_year: int) -> pd.DataFrame:
    """Per assessor: fields, capacity, and markings allocated this year."""
    returns = read_table(workspace, tables.RETURNS, cpd_year=cpd_year, parked="")
    load = read_table(workspace, tables.ALLOCATIONS, return_id=list(returns["return_id"])).groupby("assessor_id").size()
    assessors = read_table(workspace, tables.ASSESSORS)
    return assessors[["assessor_id", "disciplines", "capacity"]].assign(allocated=[int(load.get(name, 0)) for name in assessors["assessor_id"]])


def standings(workspace: Workspace, *, cpd_year: int) -> pd.DataFrame:
    """How many returns stand where on each criterion: criteria x standings."""
    returns = read_table(workspace, tables.RETURNS, cpd_year=cpd_year, parked="")
    findings = read_table(workspace, tables.FINDINGS, return_id=list(returns["return_id"]))
    order = [criterion.code for criterion in workspace.rules(cpd_year).criteria]
    return pd.crosstab(findings["criterion"], findings["standing"]).reindex(order).fillna(0).astype(int)


def agreement_table(workspace: Workspace, *, cpd_year: int) -> pd.DataFrame:
    """Agreement per criterion: returns, raw, AC1, alpha; two decimals are all that such numbers carry."""
    return pd.DataFrame([asdict(one) for one in agreement(workspace, cpd_year=cpd_year)]).round(2)
