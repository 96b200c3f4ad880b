"""Give a return to a fresh reviewer, who sees neither judgement of it."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import UTC, datetime, timedelta

from assessor_kit import tables
from assessor_kit.allocation import why_not
from assessor_kit.errors import InvalidRequest, NotFound
from assessor_kit.feedback.mail.desk_letters import prepare_desk_letters
from assessor_kit.store import Workspace, mask_returns, read_table
from assessor_kit.store.log.allocation_changes import Change, change_allocations
from assessor_kit.vocabulary import Marking


def assign_fresh_reviewer(
    workspace: Workspace, return_id: str, assessor_id: str, *, reason: str, by: str
) -> None:
    """Give a return to an assessor who has not marked it, and tell them.

    The marking is a third one: what the others judged is not shown to its assessor before theirs is
    submitted. Raises NotFound for an unknown return or assessor, and InvalidRequest for an assessor
    who has or had the return, has a conflict of interest with its member, or no longer assesses.
    """
    returns = read_table(workspace, tables.RETURNS, return_id=return_id, parked="")
    people = read_table(workspace, tables.ASSESSORS, assessor_id=assessor_id)
    if returns.empty or people.empty:
        what = f"assessor {assessor_id!r}" if people.empty else f"return {return_id!r} under review"
        raise NotFound(f"There is no {what}", advice="Check the name; nothing was changed.")
    row = returns.iloc[0]
    objection = _objection(workspace, row.to_dict(), assessor_id)
    if objection:
        raise InvalidRequest(
            f"{assessor_id} cannot review this return afresh: {objection}",
            expected="an assessor who has not had it",
            advice="Name somebody else; nothing was changed.",
        )
    cpd_year = int(row["cpd_year"])
    change = Change(
        return_id=return_id,
        marking=Marking.FRESH.value,
        from_assessor="",
        to_assessor=assessor_id,
        reason=f"{by}: {reason}",
    )
    today = datetime.now(UTC).date()
    due_on = today + timedelta(days=workspace.rules(cpd_year).marking_days)
    step = change_allocations(workspace, [change], due_on=due_on)
    mask_returns(workspace, [return_id])
    if not workspace.is_sample:
        prepare_desk_letters(workspace, cpd_year=cpd_year, step=step)


def _objection(workspace: Workspace, row: dict[Hashable, object], assessor_id: str) -> str:
    """Return why an assessor may not review a return afresh; empty if nothing is in the way."""
    returns = read_table(
        workspace, tables.RETURNS, member_no=row["member_no"], cpd_year=row["cpd_year"]
    )
    names = list(returns["return_id"])
    had = read_table(workspace, tables.ALLOCATION_CHANGES, return_id=names)
    has = read_table(workspace, tables.ALLOCATIONS, return_id=names)
    if assessor_id in {*had["from_assessor"], *had["to_assessor"], *has["assessor_id"]}:
        return "they have or had it"
    if Marking.FRESH.value in set(has.loc[has["return_id"] == row["return_id"], "marking"]):
        return "it has a fresh reviewer already"
    person = read_table(workspace, tables.ASSESSORS, assessor_id=assessor_id)
    if person["dismissed_on"].notna().any():
        return "they no longer assess"
    register = read_table(workspace, tables.REGISTER, member_no=row["member_no"])
    known = register[["member_no", "discipline", "employer"]].assign(
        return_id=str(row["return_id"])
    )
    why = why_not(known, person).get(str(row["return_id"]))
    return why.value if why else ""
