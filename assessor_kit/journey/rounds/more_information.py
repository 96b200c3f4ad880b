"""Follow the rounds in which a member is asked for a little more.

A round opens when staff approve a judgement that asks for something. What the member then sends
goes back to the same assessor; where nothing comes, staff end the round, and the outcome is advice
for next year, never a failure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from assessor_kit import tables
from assessor_kit.errors import InvalidRequest, NotFound
from assessor_kit.feedback.mail.objections import objection_to_member, require_fresh_register
from assessor_kit.feedback.mail.round_letters import write_for_more
from assessor_kit.rules.schema import RoundDays
from assessor_kit.store import Workspace, read_table
from assessor_kit.store.rounds.information_rounds import (
    InformationRound,
    NewRoundEvent,
    record_rounds,
    rounds_of_year,
)
from assessor_kit.vocabulary import RoundEvent, RoundState


@dataclass(kw_only=True)
class RoundLetters:
    """How many reminders were queued, and who was left out and why."""

    queued: int = 0
    left_out: list[dict[str, str]] = field(default_factory=list)


def information_rounds(
    workspace: Workspace, *, cpd_year: int, today: date | None = None
) -> list[dict[str, Any]]:
    """Return the year's rounds, the earliest day first, for staff.

    Keys: return, member, state (a value of RoundState), opened, due, reminded, closed, answer (the
    R-code of the version that came), why and next.
    """
    day = today or datetime.now(UTC).date()
    days = workspace.rules(cpd_year).rounds
    rounds = rounds_of_year(workspace, cpd_year)
    answers = [one.answer_id for one in rounds.values() if one.answer_id]
    returns = read_table(workspace, tables.RETURNS, return_id=[*rounds, *answers])
    code_of = dict(zip(returns["return_id"], returns["pseudonym"], strict=True))
    number_of = dict(zip(returns["return_id"], returns["member_no"], strict=True))
    rows = []
    for name, asked in sorted(rounds.items(), key=lambda one: (one[1].due_on, one[0])):
        code = str(code_of.get(name, ""))
        if not code:
            continue  # erased since
        state = asked.state_on(day, end_after=days.more_end)
        rows.append(
            {
                "return": code,
                "member": str(number_of[name]),
                "state": state.value,
                "opened": asked.opened_on,
                "due": asked.due_on,
                "reminded": asked.reminded_on,
                "closed": asked.closed_on,
                "answer": str(code_of.get(asked.answer_id, "")),
                "why": asked.why,
                "next": _next(code, asked, days, state, today=day, cpd_year=cpd_year),
            }
        )
    return rows


def _next(
    code: str,
    asked: InformationRound,
    days: RoundDays,
    state: RoundState,
    *,
    today: date,
    cpd_year: int,
) -> str:
    if state is RoundState.NOTHING_CAME:
        return f"assessor-kit rounds end {code} --by NAME"
    if _is_reminder_due(asked, days, today=today):
        return f"assessor-kit rounds remind --cpd-year {cpd_year} --by NAME"
    if state in {RoundState.OPEN, RoundState.LATE}:
        return f"assessor-kit import returns FILE --cpd-year {cpd_year} --add"
    return ""


def _is_reminder_due(asked: InformationRound, days: RoundDays, *, today: date) -> bool:
    due = asked.due_on + timedelta(days=days.more_reminder)
    was_reminded = asked.reminded_on is not None and asked.reminded_on > asked.due_on
    return asked.is_open and today >= due and not was_reminded


def remind_of_rounds(
    workspace: Workspace, *, cpd_year: int, by: str, today: date | None = None
) -> RoundLetters:
    """Queue a reminder for each member whose round is late by as many days as the rules say.

    Each is reminded once of each day. Raises SendingRefused where the register is older than seven
    days, and SampleWorkspace where members are invented.
    """
    require_fresh_register(workspace)
    day = today or datetime.now(UTC).date()
    days = workspace.rules(cpd_year).rounds
    rounds = rounds_of_year(workspace, cpd_year)
    returns = read_table(workspace, tables.RETURNS, return_id=list(rounds), parked="")
    number_of = dict(zip(returns["return_id"], returns["member_no"], strict=True))
    done = RoundLetters()
    late = [
        (str(number_of[name]), one)
        for name, one in rounds.items()
        if name in number_of and _is_reminder_due(one, days, today=day)
    ]
    wanted = []
    for number, asked in late:
        reason = objection_to_member(workspace, number)
        if reason:
            done.left_out.append({"member": number, "reason": reason})
        else:
            wanted.append((number, asked))
    done.queued = write_for_more(workspace, wanted, cpd_year=cpd_year, who=by, is_reminder=True)
    record_rounds(
        workspace,
        [
            NewRoundEvent(return_id=asked.return_id, kind=RoundEvent.REMINDED, who=by)
            for _, asked in wanted
        ],
    )
    return done


def extend_round(workspace: Workspace, return_id: str, *, until: date, by: str, why: str) -> None:
    """Give a member until another day; raises the errors of `end_round`."""
    asked = _open_round(workspace, return_id)
    if until <= asked.due_on:
        raise InvalidRequest(
            f"{until} is not after the day that the member has, {asked.due_on}",
            expected="a later day",
            advice="Nothing was changed.",
        )
    record_rounds(
        workspace,
        [
            NewRoundEvent(
                return_id=return_id, kind=RoundEvent.EXTENDED, who=by, due_on=until, why=why
            )
        ],
    )


def end_round(workspace: Workspace, return_id: str, *, by: str, why: str) -> None:
    """End a round in which nothing came: the outcome becomes advice for next year.

    Raises NotFound where the return has no round, and InvalidRequest where it is over.
    """
    _open_round(workspace, return_id)
    record_rounds(
        workspace,
        [NewRoundEvent(return_id=return_id, kind=RoundEvent.ENDED, who=by, why=why)],
    )


def _open_round(workspace: Workspace, return_id: str) -> InformationRound:
    returns = read_table(workspace, tables.RETURNS, return_id=return_id)
    year = int(returns.iloc[0]["cpd_year"]) if len(returns) else 0
    asked = rounds_of_year(workspace, year).get(return_id)
    if asked is None:
        raise NotFound(
            "Nothing more is asked for on this return",
            expected="a return whose approved judgement asks for a little more",
            advice="`assessor-kit rounds list` names them; nothing was changed.",
        )
    if asked.closed_as is not None:
        raise InvalidRequest(
            f"The round is over: {asked.closed_as.value}",
            advice="Nothing was changed. `assessor-kit rounds list` names those that are open.",
        )
    return asked
