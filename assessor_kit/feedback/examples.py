"""Examples of what good looked like: what a member allowed to be shown to everyone, as staff wrote it down, and only while the consent stands."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pandas as pd

from assessor_kit import tables
from assessor_kit.errors import NotFound, RenderingFailed
from assessor_kit.store import Workspace, read_table, replace_rows

WHAT_GOOD_LOOKED_LIKE = "what_good_looked_like.md"  # staff's own text, in the workspace
LONGEST = 600  # characters
SHORTEST_NAME = 3  # letters of a part of a name that is looked for


def record_example(
    workspace: Workspace,
    *,
    member_no: str,
    cpd_year: int,
    text: str,
    consented_on: date,
    recorded_by: str,
) -> None:
    """Note an example from a member's return of a year and the day of the member's consent; a second one takes the place of the first.

    Raises NotFound without such a return, and RenderingFailed for a text that says who the member is, is empty or too long.
    """
    returns = read_table(
        workspace, tables.RETURNS, member_no=member_no, cpd_year=cpd_year, parked=""
    )
    if returns.empty:
        raise NotFound(
            f"There is no return of that member for {cpd_year}",
            advice="Check the membership number and the year.",
        )
    said = " ".join(text.split())
    if not 0 < len(said) <= LONGEST:
        raise RenderingFailed(
            f"The example has {len(said)} characters",
            expected=f"1 to {LONGEST}",
            advice="Keep the part that others can learn from.",
        )
    if _names(workspace, member_no, said):
        raise RenderingFailed(
            "The example says who the member is",
            advice="Leave out name, number, address and employer.",
        )
    replace_rows(
        workspace,
        tables.EXAMPLES,
        pd.DataFrame(
            [
                {
                    "return_id": returns.iloc[0]["return_id"],
                    "cpd_year": cpd_year,
                    "text": said,
                    "consented_on": consented_on,
                    "recorded_by": recorded_by,
                    "recorded_at": datetime.now(UTC).replace(tzinfo=None),
                    "withdrawn_on": None,
                }
            ]
        ),
    )


def withdraw_example(workspace: Workspace, *, member_no: str, cpd_year: int) -> None:
    """Note that the member's consent is withdrawn: what is made from now on does without the example. Its words are let go at once."""
    names = list(
        read_table(workspace, tables.RETURNS, member_no=member_no, cpd_year=cpd_year)["return_id"]
    )
    found = read_table(workspace, tables.EXAMPLES, return_id=names)
    if found.empty:
        raise NotFound(
            "There is no example of that member", advice="Check the membership number and the year."
        )
    replace_rows(
        workspace, tables.EXAMPLES, found.assign(text="", withdrawn_on=datetime.now(UTC).date())
    )


def examples_of(workspace: Workspace, cpd_year: int) -> list[str]:
    """The texts that may be shown."""
    found = read_table(workspace, tables.EXAMPLES, cpd_year=cpd_year)
    return [str(text) for text in found.loc[found["withdrawn_on"].isna(), "text"]]


def _names(workspace: Workspace, member_no: str, text: str) -> bool:
    people = read_table(workspace, tables.REGISTER, member_no=member_no)
    known = [
        member_no,
        *(
            []
            if people.empty
            else [
                people.iloc[0]["email"],
                people.iloc[0]["employer"],
                *str(people.iloc[0]["name"]).split(),
            ]
        ),
    ]
    return any(
        re.search(rf"\b{re.escape(str(word))}\b", text, re.IGNORECASE)
        for word in known
        if len(str(word)) >= SHORTEST_NAME
    )
