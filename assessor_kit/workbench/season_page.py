"""The season's page for staff.

Every count opens to show its names, the days they have waited and the next step.
"""

from __future__ import annotations

from datetime import datetime
from html import escape
from pathlib import Path

import ipywidgets
import pandas as pd

from assessor_kit.errors import AssessorKitError
from assessor_kit.journey import Season, SeasonStep, season_of
from assessor_kit.journey.choices import season_choices
from assessor_kit.store import Workspace
from assessor_kit.workbench.markup import notebook_link, safe_html, sample_banner

MOST_SHOWN = 200  # names under one count; a longer list is for the command line
STYLE = (Path(__file__).resolve().parent / "screen.css").read_text(encoding="utf-8")


def open_season(workspace: Workspace | None = None, *, cpd_year: int | None = None) -> SeasonPage:
    """Open the page of one season: of the year given, or of the one that the workspace keeps.

    The names are held in the widget only: a saved notebook contains none of them.
    """
    return SeasonPage(workspace, cpd_year)


class SeasonPage(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """One foldable section for each step, what to do next, and a button that counts again."""

    def __init__(self, workspace: Workspace | None, cpd_year: int | None) -> None:
        self._workspace = workspace
        self._cpd_year = cpd_year
        self.text = ""
        self.count_again = ipywidgets.Button(
            description="Count again", icon="refresh", layout={"width": "auto"}
        )
        self.count_again.on_click(lambda _button: self.refresh())
        self._shown = ipywidgets.VBox()
        self._counted = ipywidgets.VBox()
        super().__init__([self._shown, ipywidgets.HBox([self.count_again, self._counted])])
        self.refresh()

    def __repr__(self) -> str:
        """Return only the counts, because a saved notebook shows this."""
        return f"SeasonPage {self.text}"

    @property
    def shown(self) -> str:
        """The page that is shown, as HTML."""
        return str(self._shown.children[0].value)

    def refresh(self) -> None:
        """Count again, and show the page anew."""
        try:
            content = self._content()
        except AssessorKitError as problem:
            self.text = problem.sentence()
            content = f"<p class='ak-next-step'>{escape(self.text)}</p>"
        self._shown.children = (safe_html(f"<style>{STYLE}</style>{content}"),)
        now = datetime.now().astimezone()
        self._counted.children = (safe_html(f"<p role='status'>Counted at {now:%H:%M:%S}.</p>"),)

    def _content(self) -> str:
        workspace = self._workspace or Workspace.open()
        banner = sample_banner(is_sample=workspace.is_sample)
        cpd_year = self._cpd_year or season_choices(workspace).cpd_year
        if cpd_year is None:
            self.text = "Which CPD year is this about? Fill in the form above first."
            return f"{banner}<p class='ak-next-step'>{self.text}</p>"
        season = season_of(workspace, cpd_year=cpd_year)
        counts = ", ".join(f"{len(step.done)}/{step.of}" for step in season.steps)
        self.text = f"{cpd_year}: {counts}"
        steps = "".join(_step(step) for step in season.steps)
        heading = f"<h2>CPD of {cpd_year}, reviewed in {cpd_year + 1}</h2>"
        beside = "".join(_step(step) for step in season.beside)
        all_year = f"<h3>All through the year</h3>{beside}" if beside else ""
        return f"{banner}{heading}{_next(season)}{steps}{all_year}"


def _next(season: Season) -> str:
    step = season.next_step
    if step is None:
        return "<p class='ak-next-step'>This season is complete.</p>"
    return (
        f"<p class='ak-next-step'><strong>Next:</strong> {escape(step.next_step)} Open"
        f" {notebook_link(step.notebook)}.</p>"
    )


def _step(step: SeasonStep) -> str:
    count = f"{len(step.done)} of {step.of}" if len(step.waiting) else str(len(step.done))
    waiting = (
        f"<span class='ak-waiting'>{len(step.waiting)} waiting</span>" if len(step.waiting) else ""
    )
    parts = [
        _names(f"Waiting: {len(step.waiting)}", step.waiting),
        _names(f"Done: {len(step.done)}", step.done),
    ]
    hint = (
        f"<p>{escape(step.next_step)} Open {notebook_link(step.notebook)}.</p>"
        if len(step.waiting)
        else f"<p>See {notebook_link(step.notebook)}.</p>"
    )
    return (
        f"<details class='ak-step'><summary><span>{escape(step.label)}</span>"
        f" <strong>{count}</strong> {waiting}</summary>{hint}{''.join(parts)}</details>"
    )


def _names(heading: str, names: pd.DataFrame) -> str:
    if names.empty:
        return ""
    head = "".join(f"<th scope='col'>{escape(str(name))}</th>" for name in names.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(str(value))}</td>" for value in row) + "</tr>"
        for row in names.head(MOST_SHOWN).itertuples(index=False)
    )
    more = f"<p>And {len(names) - MOST_SHOWN} more.</p>" if len(names) > MOST_SHOWN else ""
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f"<h4>{escape(heading)}</h4>{table}{more}"
