"""Make practice returns for an assessor's first evening.

They belong to invented members, in a workspace of their own, and come with the judgements of
experienced assessors.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from assessor_kit import tables
from assessor_kit.files import write_private
from assessor_kit.journey.allocating import allocate
from assessor_kit.journey.first_charts import draw_first_charts
from assessor_kit.journey.intake.return_imports import import_returns
from assessor_kit.journey.intake.staff_imports import import_assessors, import_register
from assessor_kit.journey.scoring import score
from assessor_kit.store import Workspace, read_table, shipped
from assessor_kit.store.practice import REFERENCE_FILE

CPD_YEAR = 2016


def make_practice(folder: Path) -> Workspace:
    """Return a sample workspace with the practice returns, all allocated to one assessor.

    Where it exists already, it is opened as it is.

    It keeps its database and keys in `folder`, whatever the environment variables say, so that
    nothing real is touched.
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
    draw_first_charts(season)
    reference = tomllib.loads((source / "reference.toml").read_text(encoding="utf-8"))
    returns = dict(
        read_table(season, tables.RETURNS)[["member_no", "return_id"]].itertuples(
            index=False, name=None
        )
    )
    # in the order in which the assessor meets them
    references = {returns[number]: judged for number, judged in reference.items()}
    write_private(
        season.folder / REFERENCE_FILE, json.dumps(references, ensure_ascii=False, indent=1)
    )
    return season
