"""The assessor's screen in a notebook: whose returns, and what has to come first."""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets

from assessor_kit import tables
from assessor_kit.errors import AssessorKitError, InvalidRequest
from assessor_kit.journey.choices import keep_choices, season_choices
from assessor_kit.store import Workspace, read_table, sign_in
from assessor_kit.workbench.markup import linked_text, safe_html, sample_banner
from assessor_kit.workbench.opening import open_workbench
from assessor_kit.workbench.steps.panel import choice_field, stylesheet

NO_ASSESSOR = "There is no assessor yet. Import the assessors first, in notebook 04."
NO_ALLOCATION = "No return is allocated to an assessor yet. Allocate the returns in notebook 04."


def judging() -> Any:  # noqa: ANN401  (a widget)
    """Open the assessor's screen; ask whose returns where nothing says so."""
    try:
        workspace = Workspace.open()
        assessor_id = known_assessor(workspace)
    except AssessorKitError as problem:
        return Notice(problem.sentence())
    if assessor_id:
        return open_workbench(assessor_id, workspace=workspace)
    return _question(workspace)


def whose_returns() -> Any:  # noqa: ANN401  (a widget)
    """Let staff open another assessor's returns; shows nothing to an assessor."""
    try:
        workspace = Workspace.open()
        if _signed_in(workspace) or len(read_table(workspace, tables.ASSESSORS)) <= 1:
            return None
    except AssessorKitError:
        return None  # the cell above says what is wrong
    return Question(workspace, opens=False)


def known_assessor(workspace: Workspace) -> str:
    """Return whose returns to open: who is signed in, or whom staff chose; empty if unknown."""
    if signed_in := _signed_in(workspace):
        return signed_in
    names = list(read_table(workspace, tables.ASSESSORS)["assessor_id"])
    chosen = season_choices(workspace).assessor_id
    if chosen in names:
        return chosen
    return str(names[0]) if len(names) == 1 else ""


def _signed_in(workspace: Workspace) -> str:
    try:
        return sign_in(workspace).acting_as
    except InvalidRequest:
        return ""  # nobody is named: staff have opened their own workspace


def _question(workspace: Workspace) -> Any:  # noqa: ANN401  (a widget)
    if read_table(workspace, tables.ASSESSORS).empty:
        return Notice(NO_ASSESSOR)
    if read_table(workspace, tables.ALLOCATIONS).empty:
        return Notice(NO_ALLOCATION)
    return Question(workspace, opens=True)


class Notice(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """A sentence in place of a screen."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(
            [
                safe_html(
                    f"<style>{stylesheet()}</style><p class='ak-not-yet'>{linked_text(text)}</p>"
                )
            ]
        )

    def __repr__(self) -> str:
        """Return the sentence."""
        return self.text


class Question(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """Whose returns? The answer is kept in the workspace."""

    children: tuple[Any, ...]

    def __init__(self, workspace: Workspace, *, opens: bool) -> None:
        self.workspace = workspace
        self.opens = opens
        people = read_table(workspace, tables.ASSESSORS)
        options = [
            (f"{row['assessor_id']} {row['name']}".strip(), str(row["assessor_id"]))
            for row in people.to_dict("records")
        ]
        self.who = choice_field("Whose returns?", [("(choose one)", ""), *options])
        self.show_returns = ipywidgets.Button(
            description="Open these returns", button_style="primary", layout={"width": "auto"}
        )
        self.show_returns.on_click(lambda _button: self._open())
        banner = sample_banner(is_sample=workspace.is_sample) if opens else ""
        self._head = safe_html(f"<style>{stylesheet()}</style>{banner}")
        super().__init__([self._head, ipywidgets.HBox([self.who, self.show_returns])])

    def __repr__(self) -> str:
        """Return the question."""
        return "Whose returns?"

    def _open(self) -> None:
        if not self.who.value:
            return
        keep_choices(self.workspace, assessor_id=self.who.value)
        if self.opens:
            self._put(open_workbench(self.who.value, workspace=self.workspace))
            return
        self._put(
            *self.children[:2],
            safe_html(
                f"<p class='ak-status' role='status'>From now on this notebook opens the returns of"
                f" {escape(self.who.value)}: choose Run, then Run All Cells.</p>"
            ),
        )

    def _put(self, *widgets: Any) -> None:  # noqa: ANN401  (ipywidgets ships no types)
        self.children = widgets
