"""How a return compares with the others that have the same target.

The assessor is told after submitting the judgement, never before.
"""

from __future__ import annotations

from assessor_kit.store import OpenedReturn, Workspace, peer_position_of
from assessor_kit.vocabulary import hours_text

FEWEST = 10  # with fewer others, the sentence would be about people rather than a group


def sits_among(workspace: Workspace, opened: OpenedReturn, *, assessor_id: str) -> str:
    """Return a sentence on how the hours compare; empty if the group is too small.

    It is also empty where the target is unclear. Raises what `peer_position_of` raises.
    """
    target = opened.requirement.target_minutes
    criterion = next(
        (one.code for one in opened.rules.criteria if one.scorer == "total_hours"), None
    )
    if target is None or criterion is None:
        return ""
    position = peer_position_of(
        workspace, opened.return_id, assessor_id=assessor_id, criterion=criterion
    )
    if position.others < FEWEST:
        return ""
    return (
        f"Of the {position.others} other returns with a target of {hours_text(target)},"
        f" {position.fewer} record fewer hours, {position.more} more and"
        f" {position.others - position.fewer - position.more} the same."
    )
