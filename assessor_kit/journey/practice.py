"""Practice returns for a first evening: invented members in a workspace of their own, with the judgements of experienced assessors."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from assessor_kit import tables
from assessor_kit.journey.imports import import_returns
from assessor_kit.journey.scoring import score
from assessor_kit.journey.selection import allocate
from assessor_kit.journey.staff_imports import import_assessors, import_register
from assessor_kit.store import Workspace, read_table, shipped
from assessor_kit.store.practice import REFERENCE_FILE

CPD_YEAR = 2016


def make_practice(folder: Path) -> Workspace:
    """A sample workspace with the practice returns, all allocated to one assessor; opened as it is where it exists.

    It keeps its database and keys in `folder`, whatever the environment names, so that nothing real is touched.
    """
    season = Workspace.create(folder, sample=True, environment={})
    if (season.folder / REFERENCE_FILE).is_file():
        return season
    source = shipped("sample_data") / "practice"
    import_register(season, [source / "register.csv"])
    import_assessors(season, [source / "assessors.csv"])
    import_returns(season, [source / "returns.csv"], cpd_year=CPD_YEAR)
    score(season, cpd_year=CPD_YEAR)
    allocate(season, cpd_year=CPD_YEAR, seed="practice")
    reference = tomllib.loads((source / "reference.toml").read_text(encoding="utf-8"))
    returns = dict(
        read_table(season, tables.RETURNS)[["member_no", "return_id"]].itertuples(
            index=False, name=None
        )
    )
    told = {
        returns[number]: judged for number, judged in reference.items()
    }  # in the order in which they are met
    (season.folder / REFERENCE_FILE).write_text(
        json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8"
    )
    return season
