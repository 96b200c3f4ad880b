"""What would an allocation look like with other capacities, or more returns marked twice?

Sliders for staff: each change shows the loads, what would be short and what would move. Nothing is
allocated.
"""

from __future__ import annotations

from collections import Counter
from html import escape

import ipywidgets

from assessor_kit import journey
from assessor_kit.charts import loads_of_assessors
from assessor_kit.store import Workspace
from assessor_kit.vocabulary import counted_text
from assessor_kit.workbench.markup import safe_html

MOST_REASONS = 8  # kinds of shortage that are listed; `allocate --dry-run` lists all


class WhatIf(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """Two sliders, and what the allocation would be with them.

    The names are in the widget only, as everywhere on the staff's pages.
    """

    def __init__(self, workspace: Workspace, *, cpd_year: int, seed: str) -> None:
        self.workspace = workspace
        self.cpd_year = cpd_year
        self.seed = seed
        # a slider that is still being dragged asks for nothing
        self.capacity = ipywidgets.IntSlider(
            value=100,
            min=50,
            max=150,
            step=5,
            description="Capacity, % of today's",
            style={"description_width": "initial"},
            continuous_update=False,
        )
        self.twice = ipywidgets.IntSlider(
            value=10,
            min=0,
            max=100,
            step=5,
            description="Marked twice, %",
            style={"description_width": "initial"},
            continuous_update=False,
        )
        self.shown = safe_html("")
        for slider in (self.capacity, self.twice):
            slider.observe(lambda _change: self.show(), names="value")
        super().__init__([self.capacity, self.twice, self.shown])
        self.show()

    def __repr__(self) -> str:
        """Return no name, because a saved notebook shows this."""
        return f"WhatIf {self.cpd_year}: {self.capacity.value} %, {self.twice.value} % marked twice"

    def show(self) -> None:
        """Work the allocation out anew and show it."""
        made, loads = journey.what_if(
            self.workspace,
            cpd_year=self.cpd_year,
            seed=self.seed,
            double_mark_percent=self.twice.value,
            capacity_percent=self.capacity.value,
        )
        short = Counter(zip(made.unallocated["reason"], made.unallocated["remedy"], strict=True))
        said = [
            (
                f"{counted_text(len(made.allocated), 'marking', 'markings')} would be given out,"
                f" {counted_text(len(made.moved), 'would move', 'would move')}, and"
                f" {counted_text(len(made.unallocated), 'would be short', 'would be short')}."
                " Nothing is changed."
            )
        ]
        said += [
            f"{number} short: {reason}. {remedy}"
            for (reason, remedy), number in short.most_common(MOST_REASONS)
        ]
        said += [made.advice] if made.advice else []
        words = "".join(f"<p>{escape(one)}</p>" for one in said)
        self.shown.value = f'<div class="ak">{words}{loads_of_assessors(loads).html()}</div>'


def open_what_if(
    workspace: Workspace | None = None, *, cpd_year: int, seed: str = "what if"
) -> WhatIf:
    """Open the sliders on one year's allocation."""
    return WhatIf(workspace or Workspace.open(), cpd_year=cpd_year, seed=seed)
