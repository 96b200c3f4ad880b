"""The season as small tables for staff to look at between two steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

import pandas as pd

from assessor_kit import tables
from assessor_kit.feedback.report.figures import estimates_in_words
from assessor_kit.journey.figures import agreement
from assessor_kit.moderation import differences, double_marked
from assessor_kit.store import Workspace, judgements_of_year, read_table
from assessor_kit.vocabulary import Standing


def caseloads(workspace: Workspace, *, cpd_year: int) -> pd.DataFrame:
    """Return each assessor's fields, capacity and number of markings allocated this year."""
    returns = read_table(workspace, tables.RETURNS, cpd_year=cpd_year, parked="")
    load = (
        read_table(workspace, tables.ALLOCATIONS, return_id=list(returns["return_id"]))
        .groupby("assessor_id")
        .size()
    )
    assessors = read_table(workspace, tables.ASSESSORS)
    return assessors[["assessor_id", "disciplines", "capacity"]].assign(
        allocated=[int(load.get(name, 0)) for name in assessors["assessor_id"]]
    )


def draw_table(workspace: Workspace, draw_id: str) -> pd.DataFrame:
    """Return the size of each stratum of a draw, and how many of its members were drawn.

    Columns: stratum, members (who could be drawn), selected, reserves, chance (of being selected,
    as a percentage).
    """
    members = (
        read_table(workspace, tables.FRAMES, draw_id=draw_id)
        .groupby("stratum")
        .size()
        .rename("members")
        .reset_index()
    )
    drawn = read_table(workspace, tables.SELECTIONS, draw_id=draw_id)
    reserves = drawn["is_reserve"].astype(bool)
    shown = members.assign(
        selected=members["stratum"]
        .map(drawn[~reserves].groupby("stratum").size())
        .fillna(0)
        .astype(int),
        reserves=members["stratum"]
        .map(drawn[reserves].groupby("stratum").size())
        .fillna(0)
        .astype(int),
    )
    return shown.assign(
        chance=[
            f"{selected / number:.1%}"
            for selected, number in zip(shown["selected"], shown["members"], strict=True)
        ]
    )


def by_pseudonym(workspace: Workspace, rows: pd.DataFrame | Iterable[str]) -> pd.DataFrame:
    """Return rows with each return under its pseudonym, as on the screens.

    Takes a table with return_id, or return_ids alone; `return` comes first, then the other columns.
    """
    frame = (
        rows
        if isinstance(rows, pd.DataFrame)
        else pd.DataFrame({"return_id": list(rows)}, dtype=object)
    )
    names = read_table(
        workspace, tables.RETURNS, return_id=list(set(frame["return_id"]))
    ).set_index("return_id")["pseudonym"]
    shown = frame.drop(columns="return_id")
    shown.insert(0, "return", frame["return_id"].map(names))
    return shown


def standings(workspace: Workspace, *, cpd_year: int) -> pd.DataFrame:
    """Return how many returns have each standing on each criterion.

    One row per criterion (by its label), one column per standing in the order of the vocabulary.
    """
    returns = read_table(workspace, tables.RETURNS, cpd_year=cpd_year, parked="")
    findings = read_table(workspace, tables.FINDINGS, return_id=list(returns["return_id"]))
    labels = {criterion.code: criterion.label for criterion in workspace.rules(cpd_year).criteria}
    counted = (
        pd.crosstab(findings["criterion"], findings["standing"])
        .reindex(list(labels))
        .fillna(0)
        .astype(int)
    )
    in_order = [one.value for one in Standing if one.value in counted.columns]
    return counted[in_order].rename(index=labels).rename_axis(index="criterion", columns=None)


def agreement_table(workspace: Workspace, *, cpd_year: int) -> pd.DataFrame:
    """Return the agreement on each criterion (by its label): returns, raw, ac1, alpha.

    They are rounded to two decimals, as more would be false precision.
    """
    labels = {criterion.code: criterion.label for criterion in workspace.rules(cpd_year).criteria}
    found = pd.DataFrame([asdict(one) for one in agreement(workspace, cpd_year=cpd_year)]).round(2)
    return found.assign(criterion=found["criterion"].map(labels)) if len(found) else found


def estimates_table(estimates: pd.DataFrame) -> pd.DataFrame:
    """Return estimates as people read them, measure by measure through the years.

    Columns: measure, cpd_year, value, range (the 95 % interval), records.

    `estimates` are as `trends` returns them.
    """
    place = {measure: number for number, measure in enumerate(dict.fromkeys(estimates["measure"]))}
    by_measure = estimates.sort_values(
        ["measure", "cpd_year"],
        key=lambda column: column.map(place) if column.name == "measure" else column,
    )
    words = pd.DataFrame(
        estimates_in_words(by_measure),
        columns=["measure", "value", "range", "records"],
        dtype=object,
    )
    words.insert(1, "cpd_year", by_measure["cpd_year"].astype(str).to_numpy())
    return words


def differences_table(workspace: Workspace, *, cpd_year: int) -> pd.DataFrame:
    """Return where two markings of a return differ, widest difference first.

    Columns: pseudonym, criterion, first, second, steps (levels apart).
    """
    rules = workspace.rules(cpd_year)
    found = differences(double_marked(judgements_of_year(workspace, cpd_year), rules), rules)
    returns = read_table(
        workspace, tables.RETURNS, return_id=list(set(found["return_id"]))
    ).set_index("return_id")["pseudonym"]
    labels = {level.code: level.label for level in rules.levels} | {
        criterion.code: criterion.label for criterion in rules.criteria
    }
    shown = found.assign(
        pseudonym=found["return_id"].map(returns),
        **{name: found[name].map(labels) for name in ("criterion", "first", "second")},
    )
    return shown.sort_values(
        ["steps", "criterion", "first", "second", "pseudonym"],
        ascending=[False, True, True, True, True],
        ignore_index=True,
    )[["pseudonym", "criterion", "first", "second", "steps"]]
