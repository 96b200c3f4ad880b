"""Where a step starts from: the workspace, the CPD year, the folder, and what is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assessor_kit import tables
from assessor_kit.errors import NoSuchWorkspace
from assessor_kit.journey.choices import season_choices
from assessor_kit.store import Workspace, read_table, reviewed_returns
from assessor_kit.store.access.permissions import require_staff
from assessor_kit.store.season_counts import years_held

ASK_ABOVE = "Fill in the form at the top of this notebook first"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The workspace as a step finds it."""

    workspace: Workspace
    cpd_year: int
    folder: Path | None


Missing = Callable[[Scene], str]  # a sentence with the next step; empty where nothing is missing


class NotYet(Exception):
    """Something has to be done before; the message says what."""


def scene_of_today() -> Scene:
    """Open the workspace and read what has been said about the season.

    Raises NotYet where there is no workspace, or its year is not known.
    """
    try:
        workspace = Workspace.open()
    except NoSuchWorkspace as problem:
        raise NotYet(problem.sentence()) from None
    require_staff(workspace)
    said = season_choices(workspace)
    if said.cpd_year is None:
        raise NotYet(f"Which CPD year is this about? {ASK_ABOVE}.")
    return Scene(workspace=workspace, cpd_year=said.cpd_year, folder=said.folder)


def likely_year(workspace: Workspace) -> int | None:
    """Return the latest year that the workspace holds something of; None where it is empty."""
    return max(years_held(workspace), default=None)


def no_folder(scene: Scene) -> str:
    """Whether it is unknown where staff's files are."""
    if scene.folder is None:
        return f"Where are your files? {ASK_ABOVE}."
    if not scene.folder.is_dir():
        return f"The folder {scene.folder} is not there any more. {ASK_ABOVE}: press “Change”."
    return ""


def no_register(scene: Scene) -> str:
    """Whether nobody is in the register."""
    if read_table(scene.workspace, tables.REGISTER).empty:
        return "Nobody is in the register yet. Import it first, in notebook 01."
    return ""


def no_draw(scene: Scene) -> str:
    """Whether no sample of the year is drawn."""
    if read_table(scene.workspace, tables.DRAWS, cpd_year=scene.cpd_year).empty:
        return f"No sample is drawn for CPD of {scene.cpd_year} yet. Draw it first, in notebook 02."
    return ""


def no_returns(scene: Scene) -> str:
    """Whether no return of the year is there."""
    if read_table(scene.workspace, tables.RETURNS, cpd_year=scene.cpd_year, parked="").empty:
        return (
            f"No return for CPD of {scene.cpd_year} is here yet. Import the returns first, in"
            " notebook 03."
        )
    return ""


def no_findings(scene: Scene) -> str:
    """Whether no return of the year has been scored."""
    if scored_returns(scene) == 0:
        return "No return is scored yet. Score the returns first, in notebook 03."
    return ""


def scored_returns(scene: Scene) -> int:
    """How many of the year's returns have findings."""
    returns = read_table(scene.workspace, tables.RETURNS, cpd_year=scene.cpd_year, parked="")
    names = list(returns["return_id"])
    return int(read_table(scene.workspace, tables.FINDINGS, return_id=names)["return_id"].nunique())


def no_assessors(scene: Scene) -> str:
    """Whether there is no assessor."""
    if read_table(scene.workspace, tables.ASSESSORS).empty:
        return "There is no assessor yet. Import the assessors first, in notebook 04."
    return ""


def no_allocation(scene: Scene) -> str:
    """Whether no return of the year is with an assessor."""
    returns = read_table(scene.workspace, tables.RETURNS, cpd_year=scene.cpd_year, parked="")
    held = read_table(scene.workspace, tables.ALLOCATIONS, return_id=list(returns["return_id"]))
    if held.empty:
        return "No return is allocated to an assessor yet. Allocate the returns in notebook 04."
    return ""


def no_judgement(scene: Scene) -> str:
    """Whether no judgement of the year is submitted."""
    if not reviewed_returns(scene.workspace, scene.cpd_year):
        return (
            f"No return for CPD of {scene.cpd_year} is judged yet. Assessors judge them in notebook"
            " 05, or in the app."
        )
    return ""


def no_documents(scene: Scene) -> str:
    """Whether no feedback of the year has been rendered."""
    if read_table(scene.workspace, tables.DOCUMENTS, cpd_year=scene.cpd_year).empty:
        return "No feedback is rendered yet. Render it first, above."
    return ""


def invented_members(scene: Scene) -> str:
    """Whether the members are invented, so that nothing is sent or released."""
    if scene.workspace.is_sample:
        return "These members are invented: nothing is ever sent or released to them."
    return ""
