"""What the notebooks ask once: the CPD year, and the folder of the files."""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets

from assessor_kit.errors import AssessorKitError, InvalidRequest
from assessor_kit.journey.choices import SeasonChoices, keep_choices, season_choices
from assessor_kit.store import Workspace, shipped
from assessor_kit.store.access.permissions import require_staff
from assessor_kit.workbench.markup import safe_html, sample_banner
from assessor_kit.workbench.steps.panel import open_panels, show_all_again, stylesheet, text_field
from assessor_kit.workbench.steps.scene import likely_year


def year_and_folder() -> SeasonForm:
    """Show which season this is; ask where the workspace does not know it yet."""
    form = SeasonForm()
    open_panels["form"] = form
    return form


class SeasonForm(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """Two fields until they are answered, then a line that says what was answered."""

    children: tuple[Any, ...]

    def __init__(self) -> None:
        self.year = text_field("CPD year", example="when the CPD was done, such as 2016")
        self.folder = text_field("Folder of your files", example="such as /home/ada/cpd or C:\\cpd")
        self.keep = ipywidgets.Button(description="Keep", button_style="primary")
        self.keep.on_click(lambda _button: self._keep())
        self.change = ipywidgets.Button(description="Change", layout={"width": "auto"})
        self.change.on_click(lambda _button: self._show(asking=True))
        self.text = ""
        super().__init__()
        self._show()

    def __repr__(self) -> str:
        """Return the line that says which season this is."""
        return self.text

    def refresh(self) -> None:
        """Say which season it is now, unless somebody is filling in the fields."""
        if self.keep not in self.children:
            self._show()

    def _show(self, *, asking: bool = False, problem: str = "") -> None:
        try:
            workspace = Workspace.open()
            require_staff(workspace)
            said = season_choices(workspace)
        except AssessorKitError as trouble:
            self.text = trouble.sentence()
            self._put(
                self._page(f"<p class='ak-not-yet'>{escape(self.text)}</p>"),
            )
            return
        banner = sample_banner(is_sample=workspace.is_sample)
        if said.cpd_year is None or asking:
            self._ask(workspace, said, banner, problem)
            return
        self.text = _season_in_words(said)
        self._put(
            self._page(banner),
            ipywidgets.HBox([self._page(f"<p>{escape(self.text)}</p>"), self.change]),
        )

    def _ask(self, workspace: Workspace, said: SeasonChoices, banner: str, problem: str) -> None:
        year = said.cpd_year or likely_year(workspace)
        if not self.year.value and year:
            self.year.value = str(year)
        if not self.folder.value:
            self.folder.value = str(said.folder or _folder_of_sample(workspace))
        self.text = "Which CPD year is this about, and where are your files?"
        wrong = f"<p class='ak-status' data-tone='bad' role='alert'>{escape(problem)}</p>"
        self._put(
            self._page(f"{banner}<p><strong>{escape(self.text)}</strong></p>"),
            self.year,
            self.folder,
            self.keep,
            self._page(wrong if problem else ""),
        )

    def _keep(self) -> None:
        try:
            keep_choices(
                Workspace.open(), cpd_year=_year(self.year.value), folder=self.folder.value
            )
        except AssessorKitError as problem:
            self._show(asking=True, problem=problem.sentence())
            return
        self._show()
        show_all_again()

    def _put(self, *widgets: Any) -> None:  # noqa: ANN401  (ipywidgets ships no types)
        self.children = widgets

    def _page(self, content: str) -> ipywidgets.HTML:
        return safe_html(f"<style>{stylesheet()}</style>{content}")


def _year(typed: str) -> int:
    if not typed.strip().isdecimal():
        raise InvalidRequest(
            f"{typed.strip() or 'Nothing'} is no CPD year",
            expected="the year in which the CPD was done, such as 2016",
            advice="Write it with four digits.",
        )
    return int(typed)


def _folder_of_sample(workspace: Workspace) -> str:
    """Return the sample's folder where the members are invented; real files are asked for."""
    return str(shipped("sample_data")) if workspace.is_sample else ""


def _season_in_words(said: SeasonChoices) -> str:
    year = said.cpd_year or 0
    place = f"Your files are in {said.folder}." if said.folder else "No folder of files is known."
    return f"CPD of {year}, reviewed in {year + 1}. {place}"
