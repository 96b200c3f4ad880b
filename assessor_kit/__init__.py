"""The assessor's workbench for CPD returns, in the order of the scheme's year.

    register -> declarations -> draw -> allocation -> returns -> findings -> judgements ->
    moderation -> feedback -> trends

>>> from assessor_kit import Workspace, journey, open_workbench
>>> season = Workspace.open()                                      # doctest: +SKIP
>>> journey.import_returns(season, ["returns"], cpd_year=2016)     # doctest: +SKIP
>>> open_workbench(assessor_id="A07")                              # doctest: +SKIP

The words are explained in GLOSSARY.md, the tables in `tables`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assessor_kit.lazy_names import lazy_names

if TYPE_CHECKING:
    from assessor_kit import journey
    from assessor_kit.charts import readable
    from assessor_kit.feedback import render_feedback
    from assessor_kit.rules import load_rules
    from assessor_kit.store import Workspace
    from assessor_kit.workbench import open_workbench
    from assessor_kit.workbench.approvals import open_approvals
    from assessor_kit.workbench.moderating.moderation_page import open_moderation
    from assessor_kit.workbench.season_page import open_season

__all__ = [
    "Workspace",
    "journey",
    "load_rules",
    "open_approvals",
    "open_moderation",
    "open_season",
    "open_workbench",
    "readable",
    "render_feedback",
]

_HOMES = {
    "charts": ("readable",),
    "feedback": ("render_feedback",),
    "journey": (),
    "rules": ("load_rules",),
    "store": ("Workspace",),
    "workbench": ("open_workbench",),
    "workbench.approvals": ("open_approvals",),
    "workbench.moderating.moderation_page": ("open_moderation",),
    "workbench.season_page": ("open_season",),
}
# Imported on first use: a command that only imports a file does not need the charts.
__getattr__, __dir__ = lazy_names(__name__, _HOMES, __all__)
