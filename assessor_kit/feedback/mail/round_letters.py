"""Write the letters of rounds in which more is asked for, in the words of the advice."""

from __future__ import annotations

from collections.abc import Iterable

from assessor_kit.feedback.mail.preparing import prepare_more, prepare_more_reminder
from assessor_kit.store import Workspace, reviewed_return
from assessor_kit.store.rounds.information_rounds import InformationRound


def write_for_more(
    workspace: Workspace,
    asked: Iterable[tuple[str, InformationRound]],
    *,
    cpd_year: int,
    who: str,
    is_reminder: bool = False,
) -> int:
    """Queue the letter of each (member, round), or its reminder; return how many are new.

    Raises SampleWorkspace where members are invented.
    """
    prepare = prepare_more_reminder if is_reminder else prepare_more
    return sum(
        prepare(
            workspace,
            cpd_year=cpd_year,
            member_no=number,
            return_id=one.return_id,
            missing=reviewed_return(workspace, one.return_id).judgement.advice,
            due_on=one.due_on,
            who=who,
        ).number
        for number, one in asked
    )
