"""The judgement log: append-only, one line per save, the latest line per assessor and return is the current state."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pandas as pd
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from assessor_kit.errors import Conflict, NotAllocated
from assessor_kit.store.reading import read_table
from assessor_kit.store.schema import sql_table
from assessor_kit.store.workspace import Workspace
from assessor_kit.tables import ALLOCATIONS, JUDGEMENT_EVENTS, REGISTER, RETURNS
from assessor_kit.vocabulary import Judgement, JudgementState

LOG = sql_table(JUDGEMENT_EVENTS)


def record_judgement(
    workspace: Workspace, return_id: str, *, assessor_id: str, judgement: Judgement, event_id: str, expected_version: int,
) -> int:
    """Add one save to the log and give its version, after the commit.

    The same `event_id` again gives the version it got before. Raises Conflict with both sides where another save came between,
    NotAllocated where the return is not in this assessor's caseload.
    """
    row = {
        "event_id": event_id, "return_id": return_id, "assessor_id": assessor_id, "version": expected_version + 1,
        "state": judgement.state.value, "payload": json.dumps(judgement.as_dict(), ensure_ascii=False),
        "recorded_at": datetime.now(UTC).replace(tzinfo=None),
    }
    try:
        with workspace.engine.begin() as connection:
            known = connection.execute(select(LOG.c.version).where(LOG.c.event_id == event_id)).scalar()
            if known is not None:
                return int(known)
            require_allocated(connection, return_id, assessor_id=assessor_id)
            version, standing = _latest(connection, return_id, assessor_id)
            if version != expected_version:
                raise _conflict(judgement, standing)
            connection.execute(insert(LOG), row)
    except IntegrityError:  # a writer on another connection took the version first: UNIQUE is the guarantee, the check above a courtesy
        with workspace.engine.connect() as connection:
            raise _conflict(judgement, _latest(connection, return_id, assessor_id)[1]) from None
    return expected_version + 1


def _conflict(mine: Judgement, standing: Judgement | None) -> Conflict:
    return Conflict("This judgement was changed elsewhere since it was opened here", mine=mine.as_dict(),
                    theirs=standing.as_dict() if standing else {}, advice="Compare both and save the one that should stand.")


def require_allocated(connection: Connection, return_id: str, *, assessor_id: str) -> None:
    """Raise NotAllocated unless the return is in the assessor's caseload."""
    table = sql_table(ALLOCATIONS)
    mine = select(table.c.marking).where(table.c.return_id == return_id, table.c.assessor_id == assessor_id)
    if connection.execute(mine).first() is None:
        raise NotAllocated(f"This return is not in the caseload of assessor {assessor_id}",
                           advice="Open one from your own list, or ask staff to allocate it to you.")


def current_judgement(workspace: Workspace, return_id: str, *, assessor_id: str) -> tuple[int, Judgement | None]:
    """The version and judgement that stand for one assessor; 0 and None before the first save."""
    with workspace.engine.connect() as connection:
        return _latest(connection, return_id, assessor_id)


def _latest(connection: Connection, return_id: str, assessor_id: str) -> tuple[int, Judgement | None]:
    mine = (LOG.c.return_id == return_id) & (LOG.c.assessor_id == assessor_id)
    row = connection.execute(select(LOG.c.version, LOG.c.payload).where(mine).order_by(LOG.c.version.desc()).limit(1)).first()
    return (int(row.version), judgement_of(row.payload)) if row else (0, None)


def judgement_of(payload: str) -> Judgement:
    """The judgement that a line of the log holds."""
    fields = json.loads(payload)
    return Judgement(**{**fields, "themes": tuple(fields["themes"]), "state": JudgementState(fields["state"])})


def judgement_history(workspace: Workspace, return_id: str, *, assessor_id: str) -> pd.DataFrame:
    """Every save of one assessor on one return, oldest first: columns of `tables.JUDGEMENT_EVENTS`."""
    return read_table(workspace, JUDGEMENT_EVENTS, return_id=return_id, assessor_id=assessor_id)


def latest_events(workspace: Workspace, cpd_year: int) -> pd.DataFrame:
    """The latest event of each assessor on each return of a year, with `marking`: columns of the log and `marking`."""
    return latest_events_of(workspace, list(read_table(workspace, RETURNS, cpd_year=cpd_year)["return_id"]))


def latest_events_of(workspace: Workspace, return_ids: list[str]) -> pd.DataFrame:
    """As `latest_events`, for the returns named."""
    allocations = read_table(workspace, ALLOCATIONS, return_id=return_ids)
    events = read_table(workspace, JUDGEMENT_EVENTS, return_id=return_ids)
    latest = events.sort_values("version").drop_duplicates(["return_id", "assessor_id"], keep="last")
    return allocations[["return_id", "assessor_id", "marking"]].merge(latest, on=["return_id", "assessor_id"]).sort_values("seq", ignore_index=True)


def judgements_of_year(workspace: Workspace, cpd_year: int) -> pd.DataFrame:
    """One row per submitted judgement of a year.

    Columns: return_id, assessor_id, marking, discipline, levels (dict criterion -> level), outcome, themes (list).
    """
    events = latest_events(workspace, cpd_year)
    events = events[events["state"] == JudgementState.SUBMITTED.value]
    fields = read_table(workspace, RETURNS, cpd_year=cpd_year).merge(read_table(workspace, REGISTER), on="member_no", how="left")
    discipline = fields.set_index("return_id")["discipline"].fillna("")
    payloads = [json.loads(payload) for payload in events["payload"]]
    return pd.DataFrame({
        "return_id": list(events["return_id"]), "assessor_id": list(events["assessor_id"]), "marking": list(events["marking"]),
        "discipline": [discipline.get(name, "") for name in events["return_id"]],
        "levels": [payload["levels"] for payload in payloads], "outcome": [payload["outcome"] for payload in payloads],
        "themes": [payload["themes"] for payload in payloads],
    })
