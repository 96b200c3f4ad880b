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
from assessor_kit.errors import AssessorKitError
from assessor_kit.store import Workspace
from assessor_kit.vocabulary import counted_text
from assessor_kit.workbench.markup import safe_html

MOST_REASONS = 8  # kinds of shortage that are listed; `allocate --dry-run` lists all
CAPACITY, MARKED_TWICE = 100, 10  # where the sliders begin, in per cent
SEED_TO_TRY = "what if"
MOST_BARS = 60  # assessors in the chart; of more, the fullest


class WhatIf(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """Two sliders, and what the allocation would be with them.

    Nothing is worked out before somebody asks, as a large season takes seconds. The names are in
    the widget only, as everywhere on the staff's pages.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        cpd_year: int,
        seed: str,
        capacity_percent: int = CAPACITY,
        double_mark_percent: int = MARKED_TWICE,
    ) -> None:
        self.workspace = workspace
        self.cpd_year = cpd_year
        self.seed = seed
        # a slider that is still being dragged asks for nothing
        self.capacity = ipywidgets.IntSlider(
            value=capacity_percent,
            min=50,
            max=150,
            step=5,
            description="Capacity, % of today's",
            style={"description_width": "initial"},
            continuous_update=False,
        )
        self.twice = ipywidgets.IntSlider(
            value=double_mark_percent,
            min=0,
            max=100,
            step=5,
            description="Marked twice, %",
            style={"description_width": "initial"},
            continuous_update=False,
        )
        self.ask = ipywidgets.Button(
            description="What would be allocated?", layout={"width": "auto"}
        )
        self.ask.on_click(lambda _button: self.show())
        self.shown = safe_html("")
        for slider in (self.capacity, self.twice):
            slider.observe(lambda _change: self.show(), names="value")
        super().__init__([self.capacity, self.twice, self.ask, self.shown])

    def __repr__(self) -> str:
        """Return no name, because a saved notebook shows this."""
        return f"WhatIf {self.cpd_year}: {self.capacity.value} %, {self.twice.value} % marked twice"

    def show(self) -> None:
        """Work the allocation out anew and show it."""
        self._say("<p role='status'>Working…</p>")
        try:
            self._say(self._worked_out())
        except AssessorKitError as problem:
            self._say(f"<p role='status'>{escape(problem.sentence())}</p>")

    def _say(self, content: str) -> None:
        self.shown.value = safe_html(content).value

    def _worked_out(self) -> str:
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
                f" {len(made.moved)} would move, and {len(made.unallocated)} would be short."
                " Nothing is changed."
            )
        ]
        said += [
            f"{number} short: {reason}. {remedy}"
            for (reason, remedy), number in short.most_common(MOST_REASONS)
        ]
        said += [made.advice] if made.advice else []
        if len(loads) > MOST_BARS:
            said.append(f"The chart shows the {MOST_BARS} fullest of {len(loads):,} assessors.")
            share = loads["allocated"] / loads["capacity"].clip(lower=1)
            loads = loads.loc[share.sort_values(ascending=False, kind="stable").index[:MOST_BARS]]
        words = "".join(f"<p role='status'>{escape(one)}</p>" for one in said)
        return f"{words}{loads_of_assessors(loads).html()}"


def open_what_if(
    workspace: Workspace | None = None, *, cpd_year: int, seed: str = SEED_TO_TRY
) -> WhatIf:
    """Open the sliders on one year's allocation."""
    return WhatIf(workspace or Workspace.open(), cpd_year=cpd_year, seed=seed)
