"""The screens, each from one call: the assessor's (a return with its charts and findings, and the judgement), and the season's page."""

from assessor_kit.workbench.screen import Workbench, open_workbench, show_workbench
from assessor_kit.workbench.season_page import SeasonPage, open_season

__all__ = ["SeasonPage", "Workbench", "open_season", "open_workbench", "show_workbench"]
