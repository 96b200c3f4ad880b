"""Draw the charts that each assessor will see first, before anybody waits for them."""

from __future__ import annotations

from collections.abc import Iterable

from assessor_kit import charts, tables
from assessor_kit.charts.kept import MOST
from assessor_kit.store import Workspace, caseload, read_table
from assessor_kit.store.returns import requirement_of
from assessor_kit.vocabulary import JudgementState

CHARTS = 4  # at most, per return


def draw_first_charts(workspace: Workspace, desks: Iterable[str] | None = None) -> int:
    """Draw and keep the charts of the first return that waits on each assessor's desk.

    Returns the number of returns whose charts were drawn. The screen draws the others ahead.

    `desks` limits it to these assessors. No more charts are drawn than are kept; any that are
    missing are drawn when the screen starts.
    """
    drawn = 0
    known = set(read_table(workspace, tables.ALLOCATIONS)["assessor_id"])
    for assessor_id in sorted(known if desks is None else known & set(desks))[: MOST // CHARTS]:
        rows = caseload(workspace, assessor_id)
        for one in rows[rows["state"] != JudgementState.SUBMITTED.value].head(1).to_dict("records"):
            activities = read_table(workspace, tables.ACTIVITIES, return_id=one["return_id"])
            figures = charts.figures_of_return(
                activities,
                rules=workspace.rules(one["cpd_year"]),
                cpd_year=one["cpd_year"],
                requirement=requirement_of(workspace, one["return_id"]),
            )
            drawn += bool(
                [charts.kept_drawing(figure, workspace.drawings) for _, figure in figures]
            )
    return drawn
