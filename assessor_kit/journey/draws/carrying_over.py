"""Who was asked last year, deferred or was carried over, and is drawn for certain this year?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from assessor_kit import sampling, tables
from assessor_kit.store import Workspace, read_table
from assessor_kit.vocabulary import ResponseState

# What staff note of a member who is to be asked again. Whoever did not answer is not among them,
# until staff decide so and note it.
CARRIED_OVER = (ResponseState.DEFERRED.value, ResponseState.CARRIED_OVER.value)


@dataclass(frozen=True, kw_only=True)
class CarriedOver:
    """Members to be asked again: those drawn for certain, and those who cannot be drawn, and why.

    Both map a member to words: `drawn` to what was noted last year, `left_out` to a reason.
    """

    drawn: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


def carried_over(
    workspace: Workspace, *, cpd_year: int, states: Iterable[str] = CARRIED_OVER
) -> CarriedOver:
    """Return who comes into a year's draw from the year before.

    That is everybody with one of these responses then, unless their return came all the same.
    """
    noted = read_table(workspace, tables.RESPONSES, cpd_year=cpd_year - 1, state=list(states))
    sent = read_table(workspace, tables.RETURNS, cpd_year=cpd_year - 1, parked="")
    said = {
        str(number): str(state)
        for number, state in zip(noted["member_no"], noted["state"], strict=True)
        if number not in set(sent["member_no"])
    }
    register = read_table(workspace, tables.REGISTER, member_no=list(said))
    why = sampling.exclusions_of(register, rules=workspace.rules(cpd_year))
    why_of = dict(zip(register["member_no"], why, strict=True))
    left_out = {
        number: str(why_of.get(number, "is not in the register"))
        for number in said
        if why_of.get(number, "is not in the register")
    }
    return CarriedOver(
        drawn={number: state for number, state in said.items() if number not in left_out},
        left_out=left_out,
    )
