"""The screen in one call: choose a return, see it, judge it."""

from __future__ import annotations

from pathlib import Path

import ipywidgets

from assessor_kit import charts
from assessor_kit.store import OpenedReturn, Workspace, caseload, open_return, sign_in
from assessor_kit.vocabulary import JudgementState
from assessor_kit.workbench.form import JudgementForm
from assessor_kit.workbench.markup import activity_table, goal_list, heading, record_note, safe_html


def open_workbench(assessor_id: str | None = None, *, workspace: Workspace | Path | None = None) -> Workbench:
    """The assessor's screen.

    Who the assessor is comes from the database role, the app's token, the Hub or the laptop's own profile; the argument names whose desk it
    is where none of these speaks, and is refused where they name somebody else.
    """
    season = sign_in(workspace if isinstance(workspace, Workspace) else Workspace.open(workspace), claimed=assessor_id)
    return Workbench(season, season.acting_as)


class Workbench(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """My returns on top, then the return beside its judgement."""

    def __init__(self, workspace: Workspace, assessor_id: str) -> None:
        self.workspace, self.assessor_id = workspace, assessor_id
        self.choice = ipywidgets.Dropdown(description="Return", layout={"width": "34rem"})
        self.choice.add_class("ak-choice")
        self.following = ipywidgets.Button(description="Next return", button_style="primary")
        self.following.add_class("ak-next")
        self.view = ipywidgets.VBox(layout={"flex": "3 1 34rem", "min_width": "28rem"})
        self.form = JudgementForm(workspace, assessor_id=assessor_id)
        self.form.after_save, self.form.ask_next = self._relabel, self.go_next
        self.form.layout = ipywidgets.Layout(width="100%", min_width="0")
        side = ipywidgets.VBox([self.form], layout={"flex": "2 1 26rem", "min_width": "24rem", "padding": "0 0.5rem 0 1.5rem"})
        both = ipywidgets.Box([self.view, side], layout={"display": "flex", "flex_flow": "row wrap", "gap": "2rem", "align_items": "flex-start"})
        self.choice.observe(lambda change: self.show(change["new"]), names="value")
        self.following.on_click(lambda _: self.go_next())
        super().__init__([ipywidgets.HBox([self.choice, self.following]), both])
        self._relabel()
        self.go_next()

    def __repr__(self) -> str:
        """What a saved notebook may show: counts, nobody's words."""
        mine = caseload(self.workspace, self.assessor_id)
        waiting = int((mine["state"] != JudgementState.SUBMITTED.value).sum())
        return f"Workbench of {self.assessor_id}: {waiting} of {len(mine)} markings wait"

    def _options(self) -> list[tuple[str, str]]:
        mine = caseload(self.workspace, self.assessor_id)
        return [(f"{one.pseudonym} · {one.discipline} · {one.marking} marking · {one.state}", str(one.return_id)) for one in mine.itertuples()]

    def _relabel(self) -> None:
        """The list with each return's state; what is chosen stays chosen."""
        chosen = self.choice.value
        with self.choice.hold_trait_notifications():
            self.choice.options = self._options()
            if chosen is not None:
                self.choice.value = chosen

    def go_next(self) -> None:
        """The next return that is not submitted, after the one that is open."""
        mine = caseload(self.workspace, self.assessor_id)
        names = list(mine["return_id"])
        place = names.index(self.choice.value) + 1 if self.choice.value in names and self.view.children else 0
        waiting = set(mine.loc[mine["state"] != JudgementState.SUBMITTED.value, "return_id"])
        target = next((name for name in [*names[place:], *names[:place]] if name in waiting), None)
        if target is None:
            self.view.children = [safe_html("<h2>All your returns are judged. Thank you.</h2>")]
        elif target == self.choice.value:
            self.show(target)
        else:
            self.choice.value = target

    def show(self, return_id: str | None) -> None:
        """Open one return of the caseload."""
        if return_id is None:
            return
        opened = open_return(self.workspace, return_id, assessor_id=self.assessor_id)
        drawn = "".join(figure.html() for figure in _figures(opened))
        self.view.children = [safe_html(heading(opened, is_sample=self.workspace.is_sample) + record_note(opened)),
                              safe_html(f"<h3>{'Hours' if opened.rules.guideline.counts_hours else 'Activities'} by category</h3>{drawn}"),
                              safe_html(goal_list(opened) + activity_table(opened))]
        self.form.show(opened)


def _figures(opened: OpenedReturn) -> list[charts.Figure]:
    rules, needed, lines = opened.rules, opened.requirement, opened.activities
    if not rules.guideline.counts_hours:
        return [charts.activities_by_type(lines, rules=rules)]
    return [charts.hours_by_activity_type(lines, rules=rules), charts.hours_by_area(lines, rules=rules, requirement=needed),
            charts.hours_planned(lines, requirement=needed),
            charts.hours_through_the_year(lines, requirement=needed, cpd_year=opened.cpd_year)]
