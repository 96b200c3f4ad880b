"""The files of a season: each is looked at first, then imported."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from assessor_kit import journey, tables
from assessor_kit.charts import ReadableTable, readable
from assessor_kit.journey import Imported
from assessor_kit.journey.answers import silent_members
from assessor_kit.journey.intake.import_files import LEFT_ALONE, READABLE
from assessor_kit.store import Workspace, read_table
from assessor_kit.vocabulary import Problem
from assessor_kit.workbench.steps.panel import (
    MOST_ROWS,
    Act,
    Intent,
    Saying,
    Step,
    StepPanel,
    choice_field,
    how_many,
    show,
)
from assessor_kit.workbench.steps.scene import Scene, no_draw, no_folder, no_register

LOOK = "Look at the file"
FILE = "file"
NONE_CHOSEN = "(choose one)"
YEARLY = {"declarations", "responses", "returns"}
# Parts of a name by which a file is likely to be the one.
LIKELY = {
    "register": ("register", "member"),
    "opt_ins": ("opt_in", "opt-in", "optin"),
    "circumstances": ("circumstance",),
    "declarations": ("declaration",),
    "responses": ("response", "repl"),
    "returns": ("return",),
    "assessors": ("assessor",),
}
Telling = Callable[[Scene], tuple[Saying, ...]]


def register_file() -> StepPanel:
    """Show who is in the register, and take in its file."""
    return _show("register", "The register", _members)


def opt_ins_file() -> StepPanel:
    """Show who has joined the scheme, and take in their file."""
    return _show("opt_ins", "Members who have joined the scheme", _opt_ins, no_register)


def circumstances_file() -> StepPanel:
    """Show the circumstances that staff have agreed, and take in their file."""
    return _show("circumstances", "Circumstances agreed with members", _circumstances)


def declarations_file() -> StepPanel:
    """Show how many declarations are in, and take in their file."""
    return _show("declarations", "The year's declarations", _declarations, no_register)


def responses_file() -> StepPanel:
    """Show what selected members answered, and take in the file that says so."""
    return _show("responses", "Answers of selected members", _responses, no_draw)


def return_files() -> StepPanel:
    """Show how many returns are in, and take in a file or a folder of them."""
    return _show("returns", "Returns of selected members", _returns, no_register)


def assessors_file() -> StepPanel:
    """Show the assessors with their fields and capacity, and take in their file."""
    return _show("assessors", "Assessors", _assessors)


def _show(kind: str, heading: str, told: Telling, *missing: Callable[[Scene], str]) -> StepPanel:
    return show(
        Step(
            name=kind,
            heading=heading,
            told=told,
            missing=missing,
            act=Act(
                look=partial(_look, kind),
                look_label="Look at the files" if kind == "returns" else LOOK,
                fields=partial(_fields, kind),
                needless=no_folder,
            ),
        )
    )


def _members(scene: Scene) -> tuple[Saying, ...]:
    number = len(read_table(scene.workspace, tables.REGISTER))
    return (f"{how_many(number, 'member is', 'members are')} in the register.",)


def _opt_ins(scene: Scene) -> tuple[Saying, ...]:
    number = int(read_table(scene.workspace, tables.REGISTER)["opted_in_on"].notna().sum())
    said = f"{how_many(number, 'member has', 'members have')} joined."
    if scene.workspace.rules(scene.cpd_year).frame.opted_in_only:
        return (f"{said} Only they can be drawn.",)
    return (f"{said} Your scheme draws from all members, so this file is not needed.",)


def _circumstances(scene: Scene) -> tuple[Saying, ...]:
    found = read_table(scene.workspace, tables.CIRCUMSTANCES, cpd_year=scene.cpd_year)
    number = found["member_no"].nunique()
    return (
        (
            f"{how_many(number, 'member has', 'members have')} something agreed for"
            f" {scene.cpd_year}. Leave this out where you have no such file."
        ),
    )


def _declarations(scene: Scene) -> tuple[Saying, ...]:
    found = read_table(scene.workspace, tables.DECLARATIONS, cpd_year=scene.cpd_year)
    return (f"{how_many(len(found), 'declaration', 'declarations')} for CPD of {scene.cpd_year}.",)


def _responses(scene: Scene) -> tuple[Saying, ...]:
    noted = read_table(scene.workspace, tables.RESPONSES, cpd_year=scene.cpd_year)
    silent = len(silent_members(scene.workspace, cpd_year=scene.cpd_year))
    return (
        (
            f"{how_many(len(noted), 'answer is', 'answers are')} noted;"
            f" {how_many(silent, 'selected member has', 'selected members have')} not answered."
        ),
    )


def _returns(scene: Scene) -> tuple[Saying, ...]:
    found = read_table(scene.workspace, tables.RETURNS, cpd_year=scene.cpd_year)
    current = found[found["parked"] == ""]
    said = f"{how_many(len(current), 'return is', 'returns are')} in the review."
    apart = found.loc[found["parked"] != "", "parked"].value_counts().sort_index()
    reasons = "; ".join(f"{number:,} {reason}" for reason, number in apart.items())
    return (said, f"Set apart: {reasons}.") if reasons else (said,)


def _assessors(scene: Scene) -> tuple[Saying, ...]:
    found = read_table(scene.workspace, tables.ASSESSORS)
    said = (
        f"{how_many(len(found), 'assessor', 'assessors')} with room for"
        f" {how_many(int(found['capacity'].sum()), 'marking', 'markings')}."
    )
    if found.empty:
        return ("There is no assessor yet.",)
    loads = journey.caseloads(scene.workspace, cpd_year=scene.cpd_year)
    return (said, *_fields_nobody_has(scene, found), readable(loads, "Assessors and their load"))


def _fields_nobody_has(scene: Scene, assessors: pd.DataFrame) -> tuple[str, ...]:
    """Name the disciplines of the year's returns in which no assessor works."""
    returns = read_table(scene.workspace, tables.RETURNS, cpd_year=scene.cpd_year, parked="")
    members = read_table(scene.workspace, tables.REGISTER, member_no=list(returns["member_no"]))
    known = {
        word.strip().casefold()
        for text in assessors["disciplines"]
        for word in str(text).split(";")
    }
    waiting = members.loc[
        ~members["discipline"].str.strip().str.casefold().isin(known), "discipline"
    ]
    counts = waiting[waiting != ""].value_counts().sort_index()
    if counts.empty:
        return ()
    fields = ", ".join(f"{name} ({number:,})" for name, number in counts.items())
    return (f"No assessor works in: {fields}. Assessors of other fields will get these returns.",)


def _fields(kind: str, scene: Scene) -> dict[str, Any]:
    """Return the list of files that it can be; the likely one is chosen."""
    found = _candidates(kind, scene.folder) if scene.folder else []
    options = [(NONE_CHOSEN, ""), *((name, str(path)) for name, path in found)]
    likely = [
        str(path)
        for name, path in found
        if any(part in name.casefold() for part in LIKELY[kind])
        and (kind not in YEARLY or str(scene.cpd_year) in name)
    ]
    label = "File or folder" if kind == "returns" else "File"
    return {FILE: choice_field(label, options, value=likely[0] if len(likely) == 1 else "")}


def _candidates(kind: str, folder: Path) -> list[tuple[str, Path]]:
    inside = sorted(one for one in folder.iterdir() if not one.name.startswith(LEFT_ALONE))
    files = [one for one in inside if one.is_file() and one.suffix.lower() in READABLE]
    folders = [one for one in inside if one.is_dir()] if kind == "returns" else []
    return [
        *((f"{one.name} (folder)", one) for one in folders),
        *((one.name, one) for one in files),
    ]


def _take(kind: str, workspace: Workspace, path: Path, *, cpd_year: int, dry_run: bool) -> Imported:
    more = {"cpd_year": cpd_year} if kind in YEARLY else {}
    done: Imported = getattr(journey, f"import_{kind}")(workspace, [path], dry_run=dry_run, **more)
    return done


def _look(kind: str, scene: Scene, answers: dict[str, str]) -> Intent:
    if not answers[FILE]:
        return Intent(
            says=(
                (
                    f"Which one is it? Choose it in the list. If it is not there, put it into"
                    f" {scene.folder} and look again."
                ),
            )
        )
    path = Path(answers[FILE])
    found = _take(kind, scene.workspace, path, cpd_year=scene.cpd_year, dry_run=True)
    problems = problem_tables(found)
    if found.files and found.unchanged == found.files:
        return Intent(says=("Nothing new: this was imported before.", *problems))
    if not found.accepted and not found.returns:
        return Intent(says=("Nothing in it can be imported. See why below.", *problems))
    amount = (
        how_many(found.returns, "return", "returns")
        if kind == "returns"
        else how_many(found.accepted, "row", "rows")
    )
    return Intent(
        says=(
            (
                f"{amount} would be imported from {path.name},"
                f" {len(found.rejected):,} rejected, {len(found.flags):,} to check."
                " Nothing is imported yet."
            ),
            *problems,
        ),
        button=f"Import {amount} from {path.name}",
        carry_out=lambda: _import(kind, scene, path),
    )


def _import(kind: str, scene: Scene, path: Path) -> tuple[Saying, ...]:
    done = _take(kind, scene.workspace, path, cpd_year=scene.cpd_year, dry_run=False)
    return (f"{path.name}: {done.summary()}", *problem_tables(done))


def problem_tables(done: Imported) -> tuple[Saying, ...]:
    """Return what was rejected as a table by itself, then what should be checked."""
    return (
        *_problems(done.rejected, "Rejected rows"),
        *_problems(done.flags, "Please check"),
    )


def _problems(problems: list[Problem], title: str) -> tuple[ReadableTable | str, ...]:
    if not problems:
        return ()
    table = pd.DataFrame([one.as_dict() for one in problems[:MOST_ROWS]], dtype=object)
    table = table.dropna(axis="columns", how="all").fillna("")
    left = len(problems) - MOST_ROWS
    more = (f"And {left:,} more, which the next look shows once these are put right.",)
    return (readable(table, title), *(more if left > 0 else ()))
