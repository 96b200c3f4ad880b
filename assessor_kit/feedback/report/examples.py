"""Examples of good records, which members have allowed to be shown to everyone.

Each is worded as staff wrote it down, and is shown only while the member's consent stands.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pandas as pd

from assessor_kit import tables
from assessor_kit.errors import InvalidRequest, NotFound, UnusableFile
from assessor_kit.store import Workspace, read_table, replace_rows

WHAT_GOOD_LOOKED_LIKE = "what_good_looked_like.md"  # staff's own text, in the workspace
LONGEST = 600  # characters
SHORTEST_NAME = 3  # letters; shorter parts of a name are not looked for


def own_words(workspace: Workspace) -> str:
    """Return staff's own text about good records; empty if there is none.

    Raises UnusableFile where it is not UTF-8.
    """
    path = workspace.folder / WHAT_GOOD_LOOKED_LIKE
    if not path.is_file():
        return ""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as problem:
        raise UnusableFile(
            f"byte {problem.start + 1} is not UTF-8",
            where=WHAT_GOOD_LOOKED_LIKE,
            expected="plain text saved as UTF-8",
            advice="Open it in an editor and save it as UTF-8.",
        ) from None


def record_example(
    workspace: Workspace,
    *,
    member_no: str,
    cpd_year: int,
    text: str,
    consented_on: date,
    recorded_by: str,
) -> None:
    """Record an example from a member's return, and the day of the member's consent.

    A second example for the same year replaces the first.

    Raises NotFound if there is no such return, and InvalidRequest for a text that says who the
    member is, is empty or is too long.
    """
    returns = read_table(
        workspace, tables.RETURNS, member_no=member_no, cpd_year=cpd_year, parked=""
    )
    if returns.empty:
        raise NotFound(
            f"That member has no return for {cpd_year}",
            advice="Check the membership number and the year.",
        )
    said = " ".join(text.split())
    if not 0 < len(said) <= LONGEST:
        raise InvalidRequest(
            f"The example has {len(said)} characters",
            expected=f"1 to {LONGEST}",
            advice="Keep the part that others can learn from.",
        )
    if _names(workspace, member_no, said):
        raise InvalidRequest(
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
    """Record that the member has withdrawn consent, and erase the example's words.

    Documents made from now on do without the example.
    """
    names = list(
        read_table(workspace, tables.RETURNS, member_no=member_no, cpd_year=cpd_year)["return_id"]
    )
    found = read_table(workspace, tables.EXAMPLES, return_id=names)
    if found.empty:
        raise NotFound(
            "There is no example from that member",
            advice="Check the membership number and the year.",
        )
    replace_rows(
        workspace, tables.EXAMPLES, found.assign(text="", withdrawn_on=datetime.now(UTC).date())
    )


def examples_of(workspace: Workspace, cpd_year: int) -> list[str]:
    """Return the texts that may be shown for a year."""
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
