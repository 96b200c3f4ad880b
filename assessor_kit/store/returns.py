"""Returns as an assessor may see them (no identity), and as feedback needs them (with it)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import Connection, select

from assessor_kit.errors import NotFound
from assessor_kit.rules.schema import Rules
from assessor_kit.store.access import require_allocated, require_self, require_unblinded
from assessor_kit.store.access_log import note_access
from assessor_kit.store.engine import reading, writing
from assessor_kit.store.hand_backs import handed_back
from assessor_kit.store.judgement_log import judgement_of, latest_events_of, standing_judgements
from assessor_kit.store.masks import overlaid
from assessor_kit.store.reading import read_columns, read_rows, read_table
from assessor_kit.store.readings import readings_in
from assessor_kit.store.schema import CURRENT_JUDGEMENTS, RETURNS_TO_ASSESS
from assessor_kit.store.workspace import Workspace
from assessor_kit.tables import ACTIVITIES, ALLOCATIONS, FINDINGS, GOALS, PROBLEMS, REGISTER, REQUIREMENTS, RETURNS, Table
from assessor_kit.vocabulary import Judgement, JudgementState, Marking, Requirement, TargetBasis, visible

# A file's name and content carry the member's identity.
SHOWN_PROBLEMS = [name for name in PROBLEMS.column_names if name not in {"file", "digest"}]


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
    readings: pd.DataFrame


@dataclass(frozen=True, kw_only=True)
class ReviewedReturn(OpenedReturn):
    """One return with the judgement that stands and whose it is: for staff and feedback only."""

    member_no: str
    member_name: str
    judgement: Judgement


def caseload(workspace: Workspace, assessor_id: str, *, cpd_year: int | None = None) -> pd.DataFrame:
    """What one assessor has to do, in a seeded random order of their own; what was handed back is no longer in it.

    Columns: return_id, pseudonym, discipline, cpd_year, marking, due_on, state (a word of JudgementState).
    """
    require_self(workspace, assessor_id)
    back = handed_back(workspace, assessor_id=assessor_id)
    with reading(workspace.engine) as connection:
        mine = read_rows(connection, ALLOCATIONS, assessor_id=assessor_id)
        shown, current = RETURNS_TO_ASSESS.c, CURRENT_JUDGEMENTS.c
        wanted = [shown.parked == "", shown.return_id.in_(list(mine["return_id"])), *([] if cpd_year is None else [shown.cpd_year == cpd_year])]
        returns = connection.execute(select(shown.return_id, shown.pseudonym, shown.discipline, shown.cpd_year).where(*wanted)).all()
        states = dict(connection.execute(select(current.return_id, current.state).where(current.assessor_id == assessor_id)).all())
    rows = pd.DataFrame(returns, columns=["return_id", "pseudonym", "discipline", "cpd_year"])
    rows = rows[~rows["return_id"].isin(back)].merge(mine, on="return_id")
    rows["state"] = [states.get(name, JudgementState.NOT_STARTED.value) for name in rows["return_id"]]
    order = [hashlib.sha256(f"{assessor_id}|{name}".encode()).hexdigest() for name in rows["return_id"]]
    rows = rows.assign(order=order).sort_values(["cpd_year", "order"], ascending=[False, True], ignore_index=True)
    return rows[["return_id", "pseudonym", "discipline", "cpd_year", "marking", "due_on", "state"]]


def open_return(workspace: Workspace, return_id: str, *, assessor_id: str) -> OpenedReturn:
    """One return of the assessor's caseload, and a line in the access log; NotAllocated for any other."""
    require_self(workspace, assessor_id)
    with reading(workspace.engine) as connection:
        require_allocated(connection, return_id, assessor_id=assessor_id)
    with writing(workspace.engine) as connection:
        note_access(connection, return_id, who=assessor_id)
    with reading(workspace.engine) as connection:
        return OpenedReturn(**_parts(workspace, connection, return_id, assessor_id=assessor_id))  # type: ignore[arg-type]


def other_judgements(workspace: Workspace, return_id: str, *, assessor_id: str) -> dict[str, Judgement]:
    """What the others who mark this return judged, by assessor. Raises NotVisibleYet until every marking is submitted."""
    require_self(workspace, assessor_id)
    with reading(workspace.engine) as connection:
        require_allocated(connection, return_id, assessor_id=assessor_id)
        require_unblinded(connection, return_id)
        current = CURRENT_JUDGEMENTS.c
        others = (current.return_id == return_id) & (current.assessor_id != assessor_id) & (current.state == JudgementState.SUBMITTED.value)
        rows = connection.execute(select(CURRENT_JUDGEMENTS).where(others)).all()
        return {str(row.assessor_id): judgement_of(connection, row) for row in rows}


def _parts(workspace: Workspace, connection: Connection, return_id: str, *, assessor_id: str | None) -> dict[str, object]:
    sent = connection.execute(select(RETURNS_TO_ASSESS).where(RETURNS_TO_ASSESS.c.return_id == return_id)).first()
    if sent is None:
        raise NotFound(f"There is no return {return_id}", advice="List the year's returns with `assessor-kit status`.")
    allocations = read_rows(connection, ALLOCATIONS, return_id=return_id)
    mine = allocations[allocations["assessor_id"] == assessor_id] if assessor_id else allocations
    rules = workspace.rules(int(sent.cpd_year))
    order = {criterion.code: place for place, criterion in enumerate(rules.criteria)}
    findings = read_rows(connection, FINDINGS, return_id=return_id)
    marker = assessor_id or (str(mine.iloc[0]["assessor_id"]) if len(mine) else "")
    read = {
        "activities": read_rows(connection, ACTIVITIES, return_id=return_id), "goals": read_rows(connection, GOALS, return_id=return_id),
        "problems": read_columns(connection, PROBLEMS, SHOWN_PROBLEMS, return_id=return_id),
    }
    if assessor_id:
        read = {part: overlaid(connection, frame, part) for part, frame in read.items()}
    return {
        "return_id": return_id, "pseudonym": sent.pseudonym, "discipline": sent.discipline, "cpd_year": int(sent.cpd_year),
        "marking": mine.iloc[0]["marking"] if len(mine) else Marking.FIRST.value, "due_on": mine.iloc[0]["due_on"] if len(mine) else None,
        "declared_minutes": _optional(sent.declared_minutes), "requirement": _requirement(return_id, read_rows(connection, REQUIREMENTS, return_id=return_id)),
        "rules": rules, "activities": shown(read["activities"], ACTIVITIES),
        "goals": shown(read["goals"], GOALS), "problems": read["problems"],
        "findings": findings.sort_values("criterion", key=lambda codes: codes.map(order), ignore_index=True),
        "readings": readings_in(connection, [return_id], assessor_id=marker),
    }


def shown(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Members' own words as people are shown them: what cannot be seen in them as an escape. The store itself keeps them exactly."""
    own = [column.name for column in table.columns if column.personal and column.kind == "text" and column.name in frame.columns]
    return frame.assign(**{name: [visible(text) for text in frame[name]] for name in own})


def _optional(value: object) -> int | None:
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]


def requirement_of(workspace: Workspace, return_id: str) -> Requirement:
    """What the rules ask of a return, as it was last scored; the target is unclear where it was not. For staff."""
    return _requirement(return_id, read_table(workspace, REQUIREMENTS, return_id=return_id))


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
    return _judged_among(workspace, list(returns.loc[returns["pseudonym"] != "", "return_id"]))


def _judged_among(workspace: Workspace, return_ids: list[str]) -> list[str]:
    markings = read_table(workspace, ALLOCATIONS, return_id=return_ids).groupby("return_id").size()
    events = latest_events_of(workspace, return_ids)
    submitted = events[events["state"] == JudgementState.SUBMITTED.value].groupby("return_id").size()
    done = set(markings.index[submitted.reindex(markings.index, fill_value=0) >= markings])
    return [name for name in return_ids if name in done]


def reviewed_return(workspace: Workspace, return_id: str) -> ReviewedReturn:
    """One fully judged return with the judgement that stands: the first marking's. NotFound while a marking is missing."""
    with reading(workspace.engine) as connection:
        parts = _parts(workspace, connection, return_id, assessor_id=None)
    if not _judged_among(workspace, [return_id]):
        raise NotFound(f"Return {return_id} has not been judged by everyone it was allocated to", advice="Wait for the judgement, or reallocate it.")
    events = latest_events_of(workspace, [return_id])
    first = standing_judgements(workspace, events[events["marking"] == Marking.FIRST.value])[0]
    member_no = read_table(workspace, RETURNS, return_id=return_id).iloc[0]["member_no"]
    member = read_table(workspace, REGISTER, member_no=member_no)
    name = "" if member.empty else member.iloc[0]["name"]
    return ReviewedReturn(**parts, member_no=member_no, member_name=name, judgement=first)  # type: ignore[arg-type]
