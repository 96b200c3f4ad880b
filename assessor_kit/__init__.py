"""The assessor's workbench for CPD returns, in the order of the scheme's year.

    register -> declarations -> draw -> allocation -> returns -> findings -> judgements -> moderation -> feedback -> trends

>>> from assessor_kit import Workspace, journey, open_workbench
>>> season = Workspace.open()                                      # doctest: +SKIP
>>> journey.import_returns(season, ["returns"], cpd_year=2016)     # doctest: +SKIP
>>> open_workbench(assessor_id="A07")                              # doctest: +SKIP

The words are explained in GLOSSARY.md, the tables in `tables.py`.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assessor_kit import journey
    from assessor_kit.charts import readable
    from assessor_kit.feedback import render_feedback
    from assessor_kit.rules import load_rules
    from assessor_kit.store import Workspace
    from assessor_kit.workbench import open_workbench
    from assessor_kit.workbench.approvals import open_approvals
    from assessor_kit.workbench.season_page import open_season

# An optional format of jsonschema builds a grammar at import: 1.4 s of every kernel's start, and nothing here uses it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None makes the import fail, which jsonschema expects

__all__ = [
    "Workspace",
    "journey",
    "load_rules",
    "open_approvals",
    "open_season",
    "open_workbench",
    "readable",
    "render_feedback",
]
WHERE = {
    "Workspace": "store",
    "load_rules": "rules",
    "open_approvals": "workbench.approvals",
    "open_season": "workbench.season_page",
    "open_workbench": "workbench",
    "readable": "charts",
    "render_feedback": "feedback",
}


def __getattr__(name: str) -> object:
    """Public names are loaded when first used: a command that only imports a file draws no chart."""
    if name == "journey":
        return import_module("assessor_kit.journey")
    if name in WHERE:
        return getattr(import_module(f"assessor_kit.{WHERE[name]}"), name)
    raise AttributeError(f"assessor_kit has no {name!r}; it has {', '.join(__all__)}")
