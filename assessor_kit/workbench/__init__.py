"""The screens: the assessor's opens from here, the season's page from `season_page`.

The season's page is not imported with the assessor's screen, because what it needs would cost every
assessor a second at the start.
"""

from assessor_kit.workbench.opening import Workbench, open_tour, open_workbench, show_workbench

__all__ = ["Workbench", "open_tour", "open_workbench", "show_workbench"]
