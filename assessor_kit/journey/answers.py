"""Who of those selected for a year has answered, and with what?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assessor_kit import tables
from assessor_kit.sampling import is_asked
from assessor_kit.store import Workspace, read_table
from assessor_kit.vocabulary import ResponseState

STILL_WAITING = {ResponseState.AWAITING.value, ResponseState.NO_REPLY.value}


def answers(
    selected: Iterable[str], *, received: Iterable[str], replies: Mapping[str, str]
) -> dict[str, str]:
    """Member -> a word of ResponseState: those selected, then others who sent a return.

    `received`: who sent a return; `replies`: what is noted of the others.
    """
    sent = set(received)
    chosen = list(dict.fromkeys(selected))
    return {
        number: (
            ResponseState.RECEIVED.value
            if number in sent
            else replies.get(number, ResponseState.AWAITING.value)
        )
        for number in [*chosen, *sorted(sent - set(chosen))]
    }


def silent_members(workspace: Workspace, *, cpd_year: int) -> list[str]:
    """The members selected for a year from whom nothing has come, in the order of the draw."""
    draws = read_table(workspace, tables.DRAWS, cpd_year=cpd_year)
    drawn = read_table(workspace, tables.SELECTIONS, draw_id=list(draws["draw_id"]))
    returns = read_table(workspace, tables.RETURNS, cpd_year=cpd_year, parked="")
    noted = read_table(workspace, tables.RESPONSES, cpd_year=cpd_year)
    states = answers(
        drawn.loc[is_asked(drawn), "member_no"],
        received=returns["member_no"],
        replies=dict(zip(noted["member_no"], noted["state"], strict=True)),
    )
    return [str(number) for number, state in states.items() if state in STILL_WAITING]
