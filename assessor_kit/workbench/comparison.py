"""How does a return sit among those with the same target? Told after its judgement is submitted, never before."""

from __future__ import annotations

from assessor_kit.store import OpenedReturn, Workspace, company_of
from assessor_kit.vocabulary import hours_text

FEWEST = 10  # with fewer others the sentence would speak of people, not of a group


def sits_among(workspace: Workspace, opened: OpenedReturn, *, assessor_id: str) -> str:
    """One sentence, or nothing where the target is unclear or fewer than ten returns share it. Errors as `store.company_of`."""
    target = opened.requirement.target_minutes
    criterion = next(
        (one.code for one in opened.rules.criteria if one.scorer == "total_hours"), None
    )
    if target is None or criterion is None:
        return ""
    company = company_of(workspace, opened.return_id, assessor_id=assessor_id, criterion=criterion)
    if company.others < FEWEST:
        return ""
    return (
        f"Of the {company.others} other returns with a target of {hours_text(target)}, {company.fewer} record fewer hours, "
        f"{company.more} more and {company.others - company.fewer - company.more} the same."
    )
