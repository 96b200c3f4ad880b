"""What staff say once about their season, so that no notebook has to ask again.

The CPD year, the folder that holds their files, and whose returns the assessor's screen opens on
staff's own machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from assessor_kit import tables
from assessor_kit.errors import InvalidRequest
from assessor_kit.store import Workspace, read_table, replace_rows

FIRST_YEAR, LAST_YEAR = 1990, 2100
YEAR = "season_cpd_year"
FOLDER = "season_folder"
ASSESSOR = "season_assessor"


@dataclass(frozen=True, kw_only=True)
class SeasonChoices:
    """What has been said so far; None or empty where nothing has."""

    cpd_year: int | None = None
    folder: Path | None = None
    assessor_id: str = ""


def season_choices(workspace: Workspace) -> SeasonChoices:
    """Return what staff have said about their season."""
    kept = read_table(workspace, tables.SETTINGS, name=[YEAR, FOLDER, ASSESSOR])
    said = dict(zip(kept["name"], kept["value"], strict=True))
    return SeasonChoices(
        cpd_year=int(said[YEAR]) if YEAR in said else None,
        folder=Path(said[FOLDER]) if FOLDER in said else None,
        assessor_id=str(said.get(ASSESSOR, "")),
    )


def keep_choices(
    workspace: Workspace,
    *,
    cpd_year: int | None = None,
    folder: str | Path | None = None,
    assessor_id: str | None = None,
) -> SeasonChoices:
    """Keep what is given, and return all that has been said.

    Raises InvalidRequest where the year is none, the folder is not there, or nobody among the
    assessors has that name.
    """
    said: dict[str, str] = {}
    if cpd_year is not None:
        said[YEAR] = str(_year(cpd_year))
    if folder is not None:
        said[FOLDER] = str(_folder(folder))
    if assessor_id is not None:
        said[ASSESSOR] = _assessor(workspace, assessor_id)
    rows = [{"name": name, "value": value} for name, value in said.items()]
    if rows:
        replace_rows(workspace, tables.SETTINGS, pd.DataFrame(rows))
    return season_choices(workspace)


def _year(cpd_year: int) -> int:
    if not FIRST_YEAR <= cpd_year <= LAST_YEAR:
        raise InvalidRequest(
            f"{cpd_year} is no CPD year",
            expected="the year in which the CPD was done, such as 2016",
            advice="Write it with four digits.",
        )
    return cpd_year


def _folder(folder: str | Path) -> Path:
    place = Path(str(folder).strip().strip("\"'")).expanduser()
    if not place.is_absolute() or not place.is_dir():
        raise InvalidRequest(
            "there is no such folder",
            where=str(folder),
            expected="a folder with its whole path, such as /home/ada/cpd or C:\\cpd",
            advice="Copy the path from your file manager.",
        )
    return place.resolve()


def _assessor(workspace: Workspace, assessor_id: str) -> str:
    known = sorted(read_table(workspace, tables.ASSESSORS)["assessor_id"])
    if assessor_id not in known:
        raise InvalidRequest(
            f"There is no assessor {assessor_id!r}",
            expected=", ".join(known) or "an assessor, and none has been imported yet",
            advice="Import the assessors first.",
        )
    return assessor_id
