"""How does a return sit among those with the same target? Told after its judgement is submitted, never before."""

from __future__ import annotations

from assessor_kit.store import OpenedReturn, Workspace, minutes_in_company
from assessor_kit.vocabulary import hours_text

FEWEST = 10  # with fewer others the sentence would speak of people, not of a group


def sits_among(workspace: Workspace, opened: OpenedReturn, *, assessor_id: str) -> str:
    """One sentence, or nothing where the target is unclear or fewer than ten returns share it. Errors as `store.minutes_in_company`."""
    target = opened.requirement.target_minutes
    criterion = next((one.code for one in opened.rules.criteria if one.scorer == "total_hours"), None)
    if target is None or criterion is None:
        return ""
    mine, others = minutes_in_company(workspace, opened.return_id, assessor_id=assessor_id, criterion=criterion)
    if len(others) < FEWEST:
        return ""
    fewer, more = sum(minutes < mine for minutes in others), sum(minutes > mine for minutes in others)
    return (f"Of the {len(others)} other returns with a target of {hours_text(target)}, {fewer} record fewer hours, "
            f"{more} more and {len(others) - fewer - more} the same.")
