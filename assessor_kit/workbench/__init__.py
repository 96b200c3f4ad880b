"""The screens, each from one call: the assessor's here, the season's page in `season_page`.

The season's page is not imported with the assessor's screen: what it needs would cost every assessor a second at the start.
"""

from assessor_kit.workbench.opening import Workbench, open_tour, open_workbench, show_workbench

__all__ = ["Workbench", "open_tour", "open_workbench", "show_workbench"]
