"""Read returns: without identities for assessors, and with them for feedback."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, select

from assessor_kit.errors import InvalidRequest, NotFound, ReadOnly
from assessor_kit.rules.schema import Rules
from assessor_kit.store.access.permissions import (
    require_allocated,
    require_self,
    require_staff,
    require_unblinded,
)
from assessor_kit.store.blind.earlier_advice import EarlierAdvice, earlier_advice
from assessor_kit.store.blind.masked_copies import make_missing_rows
from assessor_kit.store.database.connections import read_transaction, write_transaction
from assessor_kit.store.database.schema import CURRENT_JUDGEMENTS, RETURNS_TO_ASSESS, sql_table
from assessor_kit.store.keys import KEY_BYTES, seal, unseal
from assessor_kit.store.log.access_log import STAFF, note_access
from assessor_kit.store.log.activity_readings import readings_in
from assessor_kit.store.log.hand_backs import handed_back
from assessor_kit.store.log.judgements import judgement_of, latest_events_of, markings_of
from assessor_kit.store.rounds.information_rounds import ended_without_answer
from assessor_kit.store.rounds.queries import judged_afresh
from assessor_kit.store.rounds.staff_notes import notes_in, returned_in, waiting_for_assessor
from assessor_kit.store.rounds.standing import agreed_standing
from assessor_kit.store.rounds.version_changes import VersionBefore, versions_before
from assessor_kit.store.rows.shown_rows import SHOWN, shown_rows
from assessor_kit.store.rows.typed_rows import read_columns, read_rows
from assessor_kit.store.rows.whole_tables import read_table
from assessor_kit.store.workspace import Workspace
from assessor_kit.tables import (
    ACTIVITIES,
    ALLOCATIONS,
    FINDINGS,
    GOALS,
    PROBLEMS,
    REGISTER,
    REQUIREMENTS,
    RETURNS,
    Table,
)
from assessor_kit.vocabulary import (
    Judgement,
    JudgementState,
    Marking,
    Requirement,
    TargetBasis,
    visible,
)

CASELOAD = [
    "return_id",
    "pseudonym",
    "discipline",
    "cpd_year",
    "marking",
    "due_on",
    "state",
    "is_returned",
    "has_note",
    "is_newer",
]
SENT, PEOPLE, ALLOCATED, NEEDED = (
    sql_table(one) for one in (RETURNS, REGISTER, ALLOCATIONS, REQUIREMENTS)
)


@dataclass(frozen=True, kw_only=True)
class OpenedReturn:
    """One return as its assessor sees it.

    It holds no name, number or employer, and no reason for a target. The tables have the columns in
    `tables`.
    """

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
    earlier: EarlierAdvice | None = None
    before: VersionBefore | None = None
    # what this assessor and staff wrote to each other about it, and the texts that staff returned
    notes: pd.DataFrame = field(default_factory=pd.DataFrame)
    returned: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass(frozen=True, kw_only=True)
class ReviewedReturn(OpenedReturn):
    """One return with its member's identity and the current judgement.

    Only for staff and for feedback.
    """

    member_no: str
    member_name: str
    judgement: Judgement
    nothing_came: bool = False  # whether a little more was asked for, and nothing came


def caseload(
    workspace: Workspace, assessor_id: str, *, cpd_year: int | None = None
) -> pd.DataFrame:
    """Return what one assessor has to do, in a seeded random order of their own.

    Returns that the assessor handed back are left out.

    Columns: return_id, pseudonym, discipline, cpd_year, marking, due_on, state (a value of
    JudgementState), and three truth values: is_returned (staff returned the text, and it is not
    mended), has_note (a note of staff waits for an answer), is_newer (it took the place of an
    earlier version and is not submitted).
    """
    require_self(workspace, assessor_id)
    back = handed_back(workspace, assessor_id=assessor_id)
    with read_transaction(workspace.engine) as connection:
        mine = read_rows(connection, ALLOCATIONS, assessor_id=assessor_id)
        shown = RETURNS_TO_ASSESS.c
        current = CURRENT_JUDGEMENTS.c
        wanted = [
            shown.parked == "",
            shown.return_id.in_(list(mine["return_id"])),
            *([] if cpd_year is None else [shown.cpd_year == cpd_year]),
        ]
        returns = connection.execute(
            select(shown.return_id, shown.pseudonym, shown.discipline, shown.cpd_year).where(
                *wanted
            )
        ).all()
        states = dict(
            connection.execute(
                select(current.return_id, current.state).where(current.assessor_id == assessor_id)
            ).all()
        )
        names = [str(row.return_id) for row in returns]
        texts = returned_in(connection, return_ids=names, assessor_id=assessor_id)
        notes = notes_in(connection, return_ids=names, assessor_id=assessor_id)
        newer = set(versions_before(connection, names))
    rows = pd.DataFrame(returns, columns=["return_id", "pseudonym", "discipline", "cpd_year"])
    rows = rows[~rows["return_id"].isin(back)].merge(mine, on="return_id")
    rows["state"] = [
        states.get(name, JudgementState.NOT_STARTED.value) for name in rows["return_id"]
    ]
    done = rows["state"] == JudgementState.SUBMITTED.value
    rows = rows.assign(
        is_returned=rows["return_id"].isin(texts.loc[texts["mended_version"] == 0, "return_id"]),
        has_note=rows["return_id"].isin(waiting_for_assessor(notes)["return_id"]),
        is_newer=rows["return_id"].isin(newer) & ~done,
    )
    order = [
        hashlib.sha256(f"{assessor_id}|{name}".encode()).hexdigest() for name in rows["return_id"]
    ]
    rows = rows.assign(order=order).sort_values(
        ["cpd_year", "order"], ascending=[False, True], ignore_index=True
    )
    return rows[CASELOAD]


def titles_read(
    workspace: Workspace, return_ids: list[str], *, assessor_id: str
) -> dict[str, list[str]]:
    """Return the titles of the activities of returns that an assessor has judged, by return.

    They are as the assessor reads them, with masks.
    """
    require_self(workspace, assessor_id)
    with read_transaction(workspace.engine) as connection:
        for return_id in return_ids:
            require_allocated(connection, return_id, assessor_id=assessor_id)
        lines = shown_rows(connection, ACTIVITIES, return_ids)
    titles: dict[str, list[str]] = {return_id: [] for return_id in return_ids}
    for return_id, title in zip(lines["return_id"], lines["title"], strict=True):
        titles[str(return_id)].append(str(title))
    return titles


def open_return(workspace: Workspace, return_id: str, *, assessor_id: str) -> OpenedReturn:
    """Return one return of the assessor's caseload and record the access in the access log.

    Where the database may only be read the return is shown all the same, and nothing can be
    recorded. Raises NotAllocated for any other return.
    """
    require_self(workspace, assessor_id)
    with read_transaction(workspace.engine) as connection:
        require_allocated(connection, return_id, assessor_id=assessor_id)
    with suppress(ReadOnly), write_transaction(workspace.engine) as connection:
        note_access(connection, return_id, who=assessor_id)
        make_missing_rows(connection, return_id)
    with read_transaction(workspace.engine) as connection:
        parts = _parts(workspace, connection, return_id, assessor_id=assessor_id)
        return OpenedReturn(**parts)  # type: ignore[arg-type]


def other_judgements(
    workspace: Workspace, return_id: str, *, assessor_id: str
) -> dict[str, Judgement]:
    """Return what the other markers of this return judged, by assessor.

    Raises NotVisibleYet until every marking is submitted.
    """
    require_self(workspace, assessor_id)
    with read_transaction(workspace.engine) as connection:
        require_allocated(connection, return_id, assessor_id=assessor_id)
        hidden = require_unblinded(connection, return_id, assessor_id=assessor_id)
        current = CURRENT_JUDGEMENTS.c
        others = (
            (current.return_id == return_id)
            & (current.assessor_id != assessor_id)
            & (current.assessor_id != hidden)
            & (current.state == JudgementState.SUBMITTED.value)
        )
        rows = connection.execute(select(CURRENT_JUDGEMENTS).where(others)).all()
        return {str(row.assessor_id): judgement_of(connection, row) for row in rows}


def open_to_moderate(workspace: Workspace, return_id: str) -> OpenedReturn:
    """Return one return as its assessors see it, for a moderator; only for staff.

    The access is recorded in the access log.
    """
    require_staff(workspace)
    with suppress(ReadOnly), write_transaction(workspace.engine) as connection:
        note_access(connection, return_id, who=STAFF, what="moderated")
        make_missing_rows(connection, return_id)
    with read_transaction(workspace.engine) as connection:
        parts = _parts(workspace, connection, return_id, assessor_id=None, is_masked=True)
        return OpenedReturn(**parts)  # type: ignore[arg-type]


def _parts(
    workspace: Workspace,
    connection: Connection,
    return_id: str,
    *,
    assessor_id: str | None,
    is_masked: bool = False,
) -> dict[str, object]:
    sent = connection.execute(
        select(RETURNS_TO_ASSESS).where(RETURNS_TO_ASSESS.c.return_id == return_id)
    ).first()
    allocations = connection.execute(
        select(ALLOCATED).where(ALLOCATED.c.return_id == return_id).order_by(ALLOCATED.c.marking)
    ).all()
    mine = next((one for one in allocations if assessor_id in {None, one.assessor_id}), None)
    needed = connection.execute(select(NEEDED).where(NEEDED.c.return_id == return_id)).first()
    findings = read_rows(connection, FINDINGS, return_id=return_id)
    marker = assessor_id or (mine.assessor_id if mine else "")
    read = {
        table: (
            shown_rows(connection, table, [return_id])
            if assessor_id or is_masked
            else read_columns(connection, table, SHOWN[table], return_id=return_id)
        )
        for table in (ACTIVITIES, GOALS, PROBLEMS)
    }
    # a moderator sees the record as it is, and each marker's readings beside it
    readings = readings_in(connection, [return_id], assessor_id="" if is_masked else marker)
    exchanged = _exchanged(connection, return_id, assessor_id) if assessor_id else {}
    if sent is None:
        raise NotFound(
            f"There is no return {return_id}",
            advice="Check the name against the table of allocations.",
        )
    rules = workspace.rules(int(sent.cpd_year))
    order = {criterion.code: place for place, criterion in enumerate(rules.criteria)}
    return {
        "return_id": return_id,
        "pseudonym": sent.pseudonym,
        "discipline": sent.discipline,
        "cpd_year": int(sent.cpd_year),
        "marking": mine.marking if mine else Marking.FIRST.value,
        "due_on": mine.due_on if mine else None,
        "declared_minutes": sent.declared_minutes,
        "requirement": _requirement(return_id, needed),
        "rules": rules,
        "activities": with_unseen_escaped(read[ACTIVITIES], ACTIVITIES),
        "goals": with_unseen_escaped(read[GOALS], GOALS),
        "problems": read[PROBLEMS],
        "findings": (
            findings.take(
                sorted(
                    range(len(findings)),
                    key=[order.get(code, len(order)) for code in findings["criterion"]].__getitem__,
                )
            ).reset_index(drop=True)
        ),
        "readings": readings,
        "earlier": earlier_advice(connection, return_id) if assessor_id else None,
        **exchanged,
    }


def _exchanged(connection: Connection, return_id: str, assessor_id: str) -> dict[str, object]:
    """Return what an assessor and staff told each other about a return, and what it replaced."""
    return {
        "before": versions_before(connection, [return_id]).get(return_id),
        "notes": notes_in(connection, return_ids=[return_id], assessor_id=assessor_id),
        "returned": returned_in(connection, return_ids=[return_id], assessor_id=assessor_id),
    }


def with_unseen_escaped(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return a table with invisible characters in members' own words shown as escapes.

    This is for people to read; the store itself keeps the words exactly.
    """
    own = [
        column.name
        for column in table.columns
        if column.personal and column.kind == "text" and column.name in frame.columns
    ]
    return frame.assign(**{name: [visible(text) for text in frame[name]] for name in own})


def requirement_of(workspace: Workspace, return_id: str) -> Requirement:
    """Return what the rules require of a return, as it was last scored.

    The target is unclear if the return has not been scored. Only for staff.
    """
    require_staff(workspace)
    with read_transaction(workspace.engine) as connection:
        return _requirement(
            return_id,
            connection.execute(select(NEEDED).where(NEEDED.c.return_id == return_id)).first(),
        )


def _requirement(return_id: str, found: Row[Any] | None) -> Requirement:
    if found is None:  # not scored yet
        return Requirement(
            return_id=return_id,
            target_basis=TargetBasis.UNCLEAR,
            target_minutes=None,
            planned_minutes_needed=None,
            areas_apply=False,
        )
    return Requirement(
        return_id=return_id,
        target_basis=TargetBasis(found.target_basis),
        target_minutes=found.target_minutes,
        planned_minutes_needed=found.planned_minutes_needed,
        areas_apply=bool(found.areas_apply),
    )


def reviewed_returns(workspace: Workspace, cpd_year: int) -> list[str]:
    """Return the returns of a year whose every marking is submitted, by membership number."""
    returns = read_table(workspace, RETURNS, cpd_year=cpd_year, parked="").sort_values("member_no")
    return _judged_among(workspace, list(returns.loc[returns["pseudonym"] != "", "return_id"]))


def _judged_among(workspace: Workspace, return_ids: list[str]) -> list[str]:
    allocated = read_table(workspace, ALLOCATIONS, return_id=return_ids)
    # a fresh review follows the feedback, and does not undo what was reviewed before
    markings = allocated[allocated["marking"] != Marking.FRESH.value].groupby("return_id").size()
    events = latest_events_of(workspace, return_ids)
    events = events[events["marking"] != Marking.FRESH.value]
    submitted = (
        events[events["state"] == JudgementState.SUBMITTED.value].groupby("return_id").size()
    )
    done = set(markings.index[submitted.reindex(markings.index, fill_value=0) >= markings])
    return [name for name in return_ids if name in done]


def reviewed_return(workspace: Workspace, return_id: str) -> ReviewedReturn:
    """Return one fully judged return with the judgement that stands.

    That is what was agreed about it, else the first marking's, or the fresh one's where an appeal
    changed the outcome. Where a
    member was asked for a little more and nothing came, the outcome is the one that the rules name.
    All of it is read as it was at one moment.

    Raises NotFound while a marking is missing, and StaffOnly for an assessor.
    """
    require_staff(workspace)
    with read_transaction(workspace.engine) as connection:
        member = connection.execute(
            select(SENT.c.member_no, PEOPLE.c.name)
            .select_from(SENT.outerjoin(PEOPLE, PEOPLE.c.member_no == SENT.c.member_no))
            .where(SENT.c.return_id == return_id)
        ).first()
        markings = markings_of(connection, return_id)
        agreed = agreed_standing(connection, [return_id]).get(return_id)
        is_afresh = bool(judged_afresh(connection, [return_id]))
        nothing_came = bool(ended_without_answer(connection, [return_id]))
        parts = _parts(workspace, connection, return_id, assessor_id=None)
    fresh = markings.pop(Marking.FRESH.value, None)
    first = fresh if is_afresh else markings.get(Marking.FIRST.value)
    if (
        member is None
        or first is None
        or any(
            one is None or one.state is not JudgementState.SUBMITTED for one in markings.values()
        )
    ):
        raise InvalidRequest(
            f"Return {return_id} has not been judged by everyone it was allocated to",
            advice="Wait for the missing judgement, or reallocate the return.",
        )
    rules = workspace.rules(int(str(parts["cpd_year"])))
    standing = agreed.judgement if agreed else first
    if nothing_came and rules.asks_for_more(standing.outcome):
        standing = replace(standing, outcome=rules.rounds.ends_as)
    return ReviewedReturn(
        **parts,  # type: ignore[arg-type]
        member_no=str(member.member_no),
        member_name=str(member.name or ""),
        judgement=standing,
        nothing_came=nothing_came,
    )


def rehearse_reading(folder: Path | None = None) -> None:
    """Ask a workspace for a return that does not exist, to warm this process up.

    Processes forked from this one then find everything loaded that a first reading prepares. A text
    is also sealed and opened with a throwaway key, because the library takes a while to start. No
    row of the workspace and no connection to it is kept. Errors are suppressed: whoever needs the
    workspace will meet them.
    """
    passing = os.urandom(KEY_BYTES)
    unseal(seal("", key=passing, place=""), key=passing, place="")
    with suppress(Exception):
        workspace = Workspace.open(folder)
        try:
            reviewed_return(workspace, "")
        finally:
            workspace.engine.dispose()
