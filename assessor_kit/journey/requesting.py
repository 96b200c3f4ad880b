"""How far has the request to each selected member come, and whom do staff write to today?

The days are in the rules. Nothing here writes, excuses or removes anybody: it says what is due, and
staff decide.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd

from assessor_kit import tables
from assessor_kit.feedback.mail.messages import messages_of
from assessor_kit.feedback.mail.objections import NO_RECORD_COMES
from assessor_kit.feedback.mail.outbox import INVITATION, REMINDER
from assessor_kit.feedback.mail.preparing import NEVER_WRITTEN
from assessor_kit.rules.schema import RequestDays
from assessor_kit.store import Workspace, read_table
from assessor_kit.vocabulary import RequestState, ResponseState

COLUMNS = [
    "member_no",
    "state",
    "statement",
    "invited_on",
    "due_on",
    "reminders",
    "next_letter",
    "next_on",
]
LAST_REMINDER = "last reminder"  # what an older version called the last of a ladder
# what staff have noted decides, whatever has been sent or not
NOTED = {
    ResponseState.WITHDRAWN.value: RequestState.WITHDRAWN,
    ResponseState.LEFT.value: RequestState.WITHDRAWN,
    ResponseState.DEFERRED.value: RequestState.DEFERRED,
    ResponseState.CARRIED_OVER.value: RequestState.CARRIED_OVER,
    ResponseState.HELD_ELSEWHERE.value: RequestState.EXCUSED,
}
ASKED_AGAIN_NEXT_YEAR = {
    RequestState.DEFERRED: "deferred",
    RequestState.CARRIED_OVER: "carried over",
    RequestState.NO_RESPONSE: "no response",
}


def response_cycle(
    workspace: Workspace, *, cpd_year: int, today: date | None = None
) -> pd.DataFrame:
    """Return how far the request to each selected member has come, in the order of the draw.

    Columns: member_no, state (a value of RequestState), statement (of ResponseStatement),
    invited_on, due_on, reminders (how many), next_letter (invitation, reminder or empty) and
    next_on. For staff.
    """
    day = today or datetime.now(UTC).date()
    days = workspace.rules(cpd_year).requests
    draws = read_table(workspace, tables.DRAWS, cpd_year=cpd_year)
    drawn = read_table(workspace, tables.SELECTIONS, draw_id=list(draws["draw_id"]))
    chosen = list(dict.fromkeys(drawn.loc[~drawn["is_reserve"].astype(bool), "member_no"]))
    returns = read_table(workspace, tables.RETURNS, cpd_year=cpd_year, parked="")
    received = {
        str(number): moment.date()
        for number, moment in zip(returns["member_no"], returns["received_at"], strict=True)
    }
    noted = read_table(workspace, tables.RESPONSES, cpd_year=cpd_year)
    replies = {str(row["member_no"]): row for row in noted.to_dict("records")}
    sent = _letters(workspace, cpd_year)
    rows = [
        _request(
            str(number),
            received=received.get(str(number)),
            reply=replies.get(str(number), {}),
            letters=sent.get(str(number), []),
            days=days,
            today=day,
        )
        for number in chosen
    ]
    return pd.DataFrame(rows, columns=COLUMNS, dtype=object)


def _letters(workspace: Workspace, cpd_year: int) -> dict[str, list[tuple[str, date]]]:
    """Return each member's letters that went or will go: kind and day, oldest first."""
    kinds = [INVITATION, REMINDER, LAST_REMINDER]
    rows = [
        row
        for row in messages_of(workspace, cpd_year=cpd_year, kind=kinds)
        if row["state"] not in NEVER_WRITTEN
    ]
    found: dict[str, list[tuple[str, date]]] = {}
    for row in sorted(rows, key=lambda one: one["changed_at"]):
        kind = INVITATION if row["kind"] == INVITATION else REMINDER
        found.setdefault(str(row["member_no"]), []).append((kind, row["changed_at"].date()))
    return found


def _request(
    number: str,
    *,
    received: date | None,
    reply: dict[Any, Any],
    letters: list[tuple[str, date]],
    days: RequestDays,
    today: date,
) -> dict[str, object]:
    first = next((on for kind, on in letters if kind == INVITATION), None)
    # a reminder of before the kit kept invitations also shows that the member was asked
    invited_on = first or (letters[0][1] if letters else None)
    reminders = sum(kind == REMINDER for kind, _ in letters)
    due_on = invited_on + timedelta(days=days.record_due) if invited_on else None
    statement = str(reply.get("statement", ""))
    state = _state(
        received=received,
        noted=str(reply.get("state", "")),
        statement=statement,
        invited_on=invited_on,
        due_on=due_on,
        reminders=reminders,
        silent_on=invited_on + timedelta(days=days.no_response) if invited_on else None,
        today=today,
    )
    letter = ""
    on = None
    if invited_on is None and state is RequestState.TO_BE_INVITED:
        letter = INVITATION
        on = today
    waits = state in {RequestState.INVITED, RequestState.REMINDED}
    if invited_on is not None and waits and reminders < len(days.reminders):
        letter = REMINDER
        on = invited_on + timedelta(days=days.reminders[reminders])
    return {
        "member_no": number,
        "state": state.value,
        "statement": statement,
        "invited_on": invited_on,
        "due_on": due_on,
        "reminders": reminders,
        "next_letter": letter,
        "next_on": on,
    }


def _state(
    *,
    received: date | None,
    noted: str,
    statement: str,
    invited_on: date | None,
    due_on: date | None,
    reminders: int,
    silent_on: date | None,
    today: date,
) -> RequestState:
    if received is not None:
        is_late = due_on is not None and received > due_on
        return RequestState.LATE if is_late else RequestState.RESPONDED
    if noted in NOTED:
        return NOTED[noted]
    if statement in NO_RECORD_COMES:
        return RequestState.EXCUSED
    if invited_on is None or silent_on is None:
        return RequestState.TO_BE_INVITED
    if today >= silent_on and not statement:
        return RequestState.NO_RESPONSE
    return RequestState.REMINDED if reminders else RequestState.INVITED


def whom_to_write_to(
    workspace: Workspace, *, cpd_year: int, today: date | None = None
) -> pd.DataFrame:
    """Return the members to whom a letter is due by a day: member_no, letter, since, state."""
    day = today or datetime.now(UTC).date()
    cycle = response_cycle(workspace, cpd_year=cpd_year, today=day)
    is_due = [on is not None and on <= day for on in cycle["next_on"]]
    due = cycle[pd.Series(is_due, dtype=bool)]
    return (
        due[["member_no", "next_letter", "next_on", "state"]]
        .rename(columns={"next_letter": "letter", "next_on": "since"})
        .reset_index(drop=True)
    )


def asked_again(
    workspace: Workspace, *, cpd_year: int, today: date | None = None
) -> dict[str, str]:
    """Return who of a year's selected should be asked again the year after, and why.

    Those deferred or carried over come into that year's certainty stratum by themselves
    (`journey.carried_over`). Whoever did not respond does so once staff note them as carried over:
    nothing here decides it.
    """
    cycle = response_cycle(workspace, cpd_year=cpd_year, today=today)
    return {
        str(number): ASKED_AGAIN_NEXT_YEAR[RequestState(state)]
        for number, state in zip(cycle["member_no"], cycle["state"], strict=True)
        if RequestState(state) in ASKED_AGAIN_NEXT_YEAR
    }
