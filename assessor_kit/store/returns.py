"""Returns as an assessor may see them (no identity), and as feedback needs them (with it)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

import pandas as pd

from assessor_kit.errors import NotFound
from assessor_kit.rules.schema import Rules
from assessor_kit.store.judgements import judgement_of, latest_events_of, require_allocated
from assessor_kit.store.reading import read_rows, read_table
from assessor_kit.store.workspace import Workspace
from assessor_kit.tables import ACTIVITIES, ALLOCATIONS, FINDINGS, GOALS, PROBLEMS, REGISTER, REQUIREMENTS, RETURNS, Table
from assessor_kit.vocabulary import Judgement, JudgementState, Marking, Requirement, TargetBasis, visible

HIDDEN_FROM_ASSESSORS = ["file", "digest"]  # a file's name and content carry the member's identity


@dataclass(frozen=True, kw_only=True)
class OpenedReturn:
    """One return as its assessor sees it: no name, number, employer or reason for a target. Tables as in `tables.py`."""

    return_id: str
    pseudonym: str
    discipline: str
    cpd_year: int
    marking: str
    due_on: date | None
    declared_minutes: int | None
    requirement: Requirement
    rules: Rules
    activities: pd.DataFrame
    goals: pd.DataFrame
    findings: pd.DataFrame
    problems: pd.DataFrame


@dataclass(frozen=True, kw_only=True)
class ReviewedReturn(OpenedReturn):
    """One return with the judgement that stands and whose it is: for staff and feedback only."""

    member_no: str
    member_name: str
    judgement: Judgement


def caseload(workspace: Workspace, assessor_id: str, *, cpd_year: int | None = None) -> pd.DataFrame:
    """What one assessor has to do, in a seeded random order of their own.

    Columns: return_id, pseudonym, discipline, cpd_year, marking, due_on, state (a word of JudgementState).
    """
    mine = read_table(workspace, ALLOCATIONS, assessor_id=assessor_id)
    returns = read_table(workspace, RETURNS, return_id=list(mine["return_id"]), parked="")
    if cpd_year is not None:
        returns = returns[returns["cpd_year"] == cpd_year]
    disciplines = read_table(workspace, REGISTER, member_no=list(returns["member_no"]))[["member_no", "discipline"]]
    rows = returns.merge(mine, on="return_id").merge(disciplines, on="member_no", how="left")
    events = latest_events_of(workspace, list(returns["return_id"]))
    events = events[events["assessor_id"] == assessor_id]
    states = dict(zip(events["return_id"], events["state"], strict=True))
    rows["state"] = [states.get(name, JudgementState.NOT_STARTED.value) for name in rows["return_id"]]
    rows["discipline"] = rows["discipline"].fillna("")
    order = [hashlib.sha256(f"{assessor_id}|{name}".encode()).hexdigest() for name in rows["return_id"]]
    rows = rows.assign(order=order).sort_values(["cpd_year", "order"], ascending=[False, True], ignore_index=True)
    return rows[["return_id", "pseudonym", "discipline", "cpd_year", "marking", "due_on", "state"]]


def open_return(workspace: Workspace, return_id: str, *, assessor_id: str) -> OpenedReturn:
    """One return of the assessor's caseload; NotAllocated for any other."""
    with workspace.engine.connect() as connection:
        require_allocated(connection, return_id, assessor_id=assessor_id)
    return OpenedReturn(**_parts(workspace, return_id, assessor_id=assessor_id))  # type: ignore[arg-type]


def _parts(workspace: Workspace, return_id: str, *, assessor_id: str | None) -> dict[str, object]:
    with workspace.engine.connect() as connection:
        found = read_rows(connection, RETURNS, return_id=return_id)
        if found.empty:
            raise NotFound(f"There is no return {return_id}", advice="List the year's returns with `assessor-kit status`.")
        sent = found.iloc[0]
        member = read_rows(connection, REGISTER, member_no=sent["member_no"])
        allocations = read_rows(connection, ALLOCATIONS, return_id=return_id)
        mine = allocations[allocations["assessor_id"] == assessor_id] if assessor_id else allocations
        tables = {
            "activities": shown(read_rows(connection, ACTIVITIES, return_id=return_id), ACTIVITIES),
            "goals": shown(read_rows(connection, GOALS, return_id=return_id), GOALS),
            "findings": read_rows(connection, FINDINGS, return_id=return_id),
            "problems": read_rows(connection, PROBLEMS, return_id=return_id).drop(columns=HIDDEN_FROM_ASSESSORS),
        }
        needed = read_rows(connection, REQUIREMENTS, return_id=return_id)
    rules = workspace.rules(int(sent["cpd_year"]))
    order = {criterion.code: place for place, criterion in enumerate(rules.criteria)}
    tables["findings"] = tables["findings"].sort_values("criterion", key=lambda codes: codes.map(order), ignore_index=True)
    return {
        "return_id": return_id, "pseudonym": sent["pseudonym"], "discipline": "" if member.empty else member.iloc[0]["discipline"],
        "cpd_year": int(sent["cpd_year"]), "marking": mine.iloc[0]["marking"] if len(mine) else Marking.FIRST.value,
        "due_on": mine.iloc[0]["due_on"] if len(mine) else None, "declared_minutes": _optional(sent["declared_minutes"]),
        "requirement": _requirement(return_id, needed), "rules": rules, **tables,
    }


def shown(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Members' own words as people are shown them: what cannot be seen in them as an escape. The store itself keeps them exactly."""
    own = [column.name for column in table.columns if column.personal and column.kind == "text"]
    return frame.assign(**{name: [visible(text) for text in frame[name]] for name in own})


def _optional(value: object) -> int | None:
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]


def _requirement(return_id: str, found: pd.DataFrame) -> Requirement:
    if found.empty:  # not scored yet
        return Requirement(return_id=return_id, target_basis=TargetBasis.UNCLEAR, target_minutes=None, planned_minutes_needed=None,
                           areas_apply=False)
    row = found.iloc[0]
    return Requirement(return_id=return_id, target_basis=TargetBasis(row["target_basis"]), target_minutes=_optional(row["target_minutes"]),
                       planned_minutes_needed=_optional(row["planned_minutes_needed"]), areas_apply=bool(row["areas_apply"]))


def reviewed_returns(workspace: Workspace, cpd_year: int) -> list[str]:
    """The returns of a year whose every marking is submitted, in order of member number."""
    returns = read_table(workspace, RETURNS, cpd_year=cpd_year, parked="").sort_values("member_no")
    return _judged_among(workspace, list(returns["return_id"]))


def _judged_among(workspace: Workspace, return_ids: list[str]) -> list[str]:
    markings = read_table(workspace, ALLOCATIONS, return_id=return_ids).groupby("return_id").size()
    events = latest_events_of(workspace, return_ids)
    submitted = events[events["state"] == JudgementState.SUBMITTED.value].groupby("return_id").size()
    done = set(markings.index[submitted.reindex(markings.index, fill_value=0) >= markings])
    return [name for name in return_ids if name in done]


def reviewed_return(workspace: Workspace, return_id: str) -> ReviewedReturn:
    """One fully judged return with the judgement that stands: the first marking's. NotFound while a marking is missing."""
    parts = _parts(workspace, return_id, assessor_id=None)
    if not _judged_among(workspace, [return_id]):
        raise NotFound(f"Return {return_id} has not been judged by everyone it was allocated to", advice="Wait for the judgement, or reallocate it.")
    events = latest_events_of(workspace, [return_id])
    first = events[(events["return_id"] == return_id) & (events["marking"] == Marking.FIRST.value)].iloc[0]
    member_no = read_table(workspace, RETURNS, return_id=return_id).iloc[0]["member_no"]
    member = read_table(workspace, REGISTER, member_no=member_no)
    name = "" if member.empty else member.iloc[0]["name"]
    return ReviewedReturn(**parts, member_no=member_no, member_name=name, judgement=judgement_of(first["payload"]))  # type: ignore[arg-type]
