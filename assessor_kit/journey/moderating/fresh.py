"""Give a return to a fresh reviewer after an appeal, who sees neither judgement before theirs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from assessor_kit import tables
from assessor_kit.errors import Conflict, InvalidRequest, NotFound
from assessor_kit.feedback.mail.desk_letters import prepare_desk_letters
from assessor_kit.journey.allocating import why_must_not
from assessor_kit.journey.moderating.settling import assessor_named
from assessor_kit.store import Workspace, mask_returns, read_table
from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.log.agreed_judgements import agreed_in, markings_in
from assessor_kit.store.log.second_markings import give_fresh_marking, require_name
from assessor_kit.vocabulary import Marking


def assign_fresh_reviewer(
    workspace: Workspace, return_id: str, assessor_id: str, *, reason: str, by: str
) -> None:
    """Give a return to an assessor who marks it afresh, blind to everything judged before.

    The earlier markings close; nobody reads the fresh one, and the reviewer none of the others,
    until a moderator has agreed what stands. A reviewer who has submitted nothing, or has handed
    the return back, is replaced by naming another. A reviewer's capacity is not counted: an appeal
    is asked of somebody in person.

    Raises NotFound for an unknown return or assessor, InvalidRequest for somebody who marks it,
    has a conflict or no longer assesses, and where nothing is judged yet, and Conflict where a
    fresh review has been done.
    """
    require_name(by)
    if not reason.strip():
        raise InvalidRequest(
            "A fresh review needs a reason", advice="Say what the member appealed against."
        )
    cpd_year = _year_of(workspace, return_id)
    _require_able(workspace, assessor_id)
    with read_transaction(workspace.engine) as connection:
        markings = markings_in(connection, [return_id])
        agreements = agreed_in(connection, [return_id]).get(return_id, [])
    fresh = next((one for one in markings if one.marking == Marking.FRESH.value), None)
    before = [one for one in markings if one.marking != Marking.FRESH.value]
    if not before or not all(one.is_submitted for one in before):
        raise InvalidRequest(
            "This return has not been judged by everyone it was allocated to",
            expected="a return with a judgement to appeal against",
            advice="Wait for the missing judgement, or move it: `assessor-kit reallocate RETURN`.",
        )
    if fresh is not None and fresh.is_submitted:
        raise Conflict(
            f"Assessor {fresh.assessor_id} has marked this return afresh",
            mine={"assessor": assessor_id},
            theirs={"assessor": fresh.assessor_id},
            advice="Nothing was changed. A moderator settles what stands: `assessor-kit moderate"
            " list`.",
        )
    why = why_must_not(workspace, return_id, assessor_id=assessor_id)
    if not why and any(assessor_named(workspace, one.by) == assessor_id for one in agreements):
        why = "they agreed the judgement that stands"
    if why:
        raise InvalidRequest(
            f"Assessor {assessor_id} must not review this return: {why}",
            expected="somebody who has had nothing to do with it",
            advice="Name another assessor.",
        )
    today = datetime.now(UTC).date()
    step = give_fresh_marking(
        workspace,
        return_id,
        assessor_id=assessor_id,
        before=fresh.assessor_id if fresh else "",
        due_on=today + timedelta(days=workspace.rules(cpd_year).marking_days),
        reason=reason,
        by=by,
    )
    # before the reviewer can open it
    mask_returns(workspace, [return_id])
    if not workspace.is_sample:
        prepare_desk_letters(
            workspace,
            cpd_year=cpd_year,
            step=step,
            assessors={assessor_id, fresh.assessor_id if fresh else ""},
        )


def _year_of(workspace: Workspace, return_id: str) -> int:
    returns = read_table(workspace, tables.RETURNS, return_id=return_id)
    if returns.empty or not returns.iloc[0]["pseudonym"]:
        raise NotFound(f"There is no return {return_id}", advice="Check its name.")
    return int(returns.iloc[0]["cpd_year"])


def _require_able(workspace: Workspace, assessor_id: str) -> None:
    people = read_table(workspace, tables.ASSESSORS)
    person = people[people["assessor_id"] == assessor_id]
    if person.empty:
        raise NotFound(
            f"There is no assessor {assessor_id!r}",
            expected=", ".join(sorted(people["assessor_id"])) or "there are none yet",
            advice="Check the id; nothing was changed.",
        )
    if person["dismissed_on"].notna().any():
        raise InvalidRequest(
            f"Assessor {assessor_id} no longer assesses",
            advice=f"Name somebody else, or take them back: `assessor-kit dismiss {assessor_id}"
            " --undo`.",
        )
