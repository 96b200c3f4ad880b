"""The season's page for staff: every count opens its names, the days waiting and the next step."""

from __future__ import annotations

from html import escape
from pathlib import Path

import ipywidgets
import pandas as pd

from assessor_kit.journey import Season, SeasonStep, season_of
from assessor_kit.store import Workspace
from assessor_kit.workbench.markup import safe_html, sample_banner

MOST_SHOWN = 200  # names under one count; a longer list is for the command line
STYLE = (Path(__file__).resolve().parent / "screen.css").read_text(encoding="utf-8")


def open_season(workspace: Workspace | None = None, *, cpd_year: int) -> SeasonPage:
    """The page of one season. The names live in the widget only: a saved notebook holds none of them."""
    return SeasonPage(workspace or Workspace.open(), cpd_year)


class SeasonPage(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """One fold per step, and what to do next."""

    def __init__(self, workspace: Workspace, cpd_year: int) -> None:
        self.season = season_of(workspace, cpd_year=cpd_year)
        steps = "".join(_step(step) for step in self.season.steps)
        super().__init__(
            [
                safe_html(
                    f"<style>{STYLE}</style>{sample_banner(is_sample=workspace.is_sample)}<h2>CPD of {cpd_year}, reviewed in "
                    f"{cpd_year + 1}</h2>{_next(self.season)}{steps}"
                )
            ]
        )

    def __repr__(self) -> str:
        """The counts alone, as a saved notebook may show them."""
        counts = ", ".join(f"{len(step.done)}/{step.of}" for step in self.season.steps)
        return f"SeasonPage {self.season.cpd_year}: {counts}"


def _next(season: Season) -> str:
    step = season.next_step
    if step is None:
        return "<p class='ak-next-step'>This season is complete.</p>"
    return f"<p class='ak-next-step'><strong>Next:</strong> {escape(step.next_step)} Open <code>{escape(step.notebook)}</code>.</p>"


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
        f"<p>{escape(step.next_step)} Open <code>{escape(step.notebook)}</code>.</p>"
        if len(step.waiting)
        else ""
    )
    return (
        f"<details class='ak-step'><summary><span>{escape(step.label)}</span> <strong>{count}</strong> {waiting}</summary>{hint}"
        f"{''.join(parts)}</details>"
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
    return f"<h4>{escape(heading)}</h4><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}"
