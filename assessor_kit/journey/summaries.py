"""The season as small tables: what staff look at between two steps."""

from __future__ import annotations

from dataclasses import asdict

import pandas as pd

from assessor_kit import tables
from assessor_kit.journey.figures import agreement
from assessor_kit.moderation import differences, double_marked
from assessor_kit.store import Workspace, judgements_of_year, read_table


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


def differences_table(workspace: Workspace, *, cpd_year: int) -> pd.DataFrame:
    """Where two markings of a return differ, widest first: pseudonym, criterion, first, second, steps (levels apart)."""
    rules = workspace.rules(cpd_year)
    found = differences(double_marked(judgements_of_year(workspace, cpd_year), rules), rules)
    returns = read_table(workspace, tables.RETURNS, return_id=list(set(found["return_id"]))).set_index("return_id")["pseudonym"]
    labels = {level.code: level.label for level in rules.levels} | {criterion.code: criterion.label for criterion in rules.criteria}
    shown = found.assign(pseudonym=found["return_id"].map(returns), **{name: found[name].map(labels) for name in ("criterion", "first", "second")})
    return shown.sort_values(["steps", "criterion", "first", "second", "pseudonym"], ascending=[False, True, True, True, True], ignore_index=True)[
        ["pseudonym", "criterion", "first", "second", "steps"]]
