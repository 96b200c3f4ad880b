"""Find the person, return or document that a name stands for, alike in every command.

A return is named by its R-code, by its id, or by the membership number with its year; a person by
the membership number or by any of their returns; a document by its name or by its return.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from assessor_kit import tables
from assessor_kit.errors import InvalidRequest, NotFound
from assessor_kit.store import Workspace, read_table
from assessor_kit.store.rights.member_rows import number_is_known
from assessor_kit.vocabulary import Parked

NAMES = "a membership number, an R-code such as R-7K2M or a return id"


@dataclass(frozen=True, kw_only=True)
class NamedReturn:
    """A return that was named on the command line."""

    return_id: str
    member_no: str
    cpd_year: int
    pseudonym: str


def member_named(season: Workspace, name: str) -> str:
    """Return the membership number of the person that a name stands for.

    Raises NotFound if it stands for nobody, and InvalidRequest if it stands for several people.
    """
    people = set(_returns_called(season, name)["member_no"])
    people |= {number for number in _spellings(name) if number_is_known(season, number)}
    if not people:
        raise NotFound(
            f"Nothing in this workspace is about a member {name!r}",
            expected=NAMES,
            advice="Check the spelling and --workspace.",
        )
    if len(people) > 1:
        raise InvalidRequest(
            f"{name!r} stands for {len(people)} people",
            expected="a name that only one person has",
            advice="Give the membership number, or the id of a return.",
        )
    return str(people.pop())


def return_named(season: Workspace, name: str, *, cpd_year: int | None = None) -> NamedReturn:
    """Return the return that a name stands for; of a member, the one under review.

    Raises NotFound if it stands for none, and InvalidRequest if it stands for several, or for one
    of another year.
    """
    found = _returns_called(season, name)
    if found.empty:
        found = read_table(season, tables.RETURNS, member_no=_spellings(name), parked="")
    if found.empty:
        raise NotFound(
            f"There is no return {name!r}",
            expected=NAMES,
            advice="Check the spelling and --workspace.",
        )
    years = sorted({int(year) for year in found["cpd_year"]})
    if cpd_year is not None:
        found = found[found["cpd_year"] == cpd_year]
    if found.empty:
        raise InvalidRequest(
            f"{name!r} has no return for CPD of {cpd_year}",
            expected=f"--cpd-year {_either(years)}",
            advice="Name another year, or another return.",
        )
    if len(found) > 1:
        raise InvalidRequest(
            f"{name!r} stands for {len(found)} returns, of CPD of {_either(years)}",
            expected="a name of one return",
            advice="Give --cpd-year, or the id of the return.",
        )
    row = found.iloc[0]
    return NamedReturn(
        return_id=str(row["return_id"]),
        member_no=str(row["member_no"]),
        cpd_year=int(row["cpd_year"]),
        pseudonym=str(row["pseudonym"]),
    )


def waiting_version_named(
    season: Workspace, name: str, *, cpd_year: int | None = None
) -> NamedReturn:
    """Return the version that a name stands for; of a member, the one that waits.

    Raises the errors of `return_named`.
    """
    waiting = read_table(
        season, tables.RETURNS, member_no=_spellings(name), parked=Parked.NEWER.value
    )
    if cpd_year is not None:
        waiting = waiting[waiting["cpd_year"] == cpd_year]
    only = str(waiting.iloc[0]["return_id"]) if len(waiting) == 1 else name
    return return_named(season, only, cpd_year=cpd_year)


def document_named(season: Workspace, name: str, *, cpd_year: int | None = None) -> str:
    """Return the document that a name stands for; of a return, the newest not recalled.

    Raises the errors of `return_named`.
    """
    if not read_table(season, tables.DOCUMENTS, document_id=name).empty:
        return name
    try:
        of = return_named(season, name, cpd_year=cpd_year)
    except NotFound:
        raise NotFound(
            f"There is no document {name!r}, and no return of that name",
            expected=f"the name of a document, {NAMES}",
            advice="`assessor-kit feedback recall` lists the documents that are released.",
        ) from None
    documents = read_table(season, tables.DOCUMENTS, return_id=of.return_id)
    standing = documents[documents["recalled_at"].isna()].sort_values("version")
    if standing.empty:
        raise NotFound(
            f"The return {of.pseudonym} has no feedback",
            expected="a return whose feedback is rendered and not recalled",
            advice="`assessor-kit feedback render` makes it.",
        )
    return str(standing.iloc[-1]["document_id"])


def _returns_called(season: Workspace, name: str) -> pd.DataFrame:
    """Return the returns with this R-code or id, without those of erased members."""
    by_code = read_table(season, tables.RETURNS, pseudonym=_spellings(name))
    found = by_code if len(by_code) else read_table(season, tables.RETURNS, return_id=name.lower())
    return found[found["pseudonym"] != ""]


def _spellings(name: str) -> list[str]:
    """Return the name as typed and in capitals, as numbers and R-codes are written."""
    return sorted({name, name.upper()})


def _either(years: list[int]) -> str:
    return " or ".join(str(year) for year in years)
