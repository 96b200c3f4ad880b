"""The scheme's whole year on the sample data: what `make run` shows."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from assessor_kit import journey
from assessor_kit.cli.command import progress, say
from assessor_kit.cli.servers import lab_server
from assessor_kit.errors import SampleWorkspace
from assessor_kit.journey.choices import keep_choices
from assessor_kit.store import Workspace, caseload, shipped
from assessor_kit.store.workspace import DATABASE_VARIABLE
from assessor_kit.vocabulary import JudgementState

DEMONSTRATION_ASSESSOR = "A07"
FOLDER = "workspace-sample"


def run_demo(folder: Path | None, *, lab: bool) -> dict[str, Any]:
    """Import, draw, allocate, score, judge, give feedback, show trends.

    Run again, it changes nothing and says so.
    """
    # Altair and papermill take a second to load.
    from assessor_kit.feedback import render_feedback  # noqa: PLC0415

    season = _own_workspace(folder or Path(FOLDER))
    sample = shipped("sample_data")
    plan = tomllib.loads((sample / "plan.toml").read_text(encoding="utf-8"))["year"]
    say("Register, opt-ins, assessors and agreed circumstances")
    news = 0
    for step, name in (
        (journey.import_register, "register"),
        (journey.import_opt_ins, "opt_ins"),
        (journey.import_assessors, "assessors"),
        (journey.import_circumstances, "circumstances"),
    ):
        news += _say_import(name, step(season, [sample / f"{name}.csv"]))
    news += sum(_run_year(season, sample, year) for year in plan)
    latest = max(year["cpd_year"] for year in plan)
    say(f"Feedback on CPD of {latest}: one report per judged return, and one for everybody")
    done = render_feedback(
        season, cpd_year=latest, jobs=min(4, os.cpu_count() or 1), progress=progress()
    )
    state = journey.status(season, cpd_year=latest)
    say(f"  {done.rendered} rendered, {done.unchanged} unchanged, {len(done.failed)} failed")
    say(
        f"  {state['individual_feedback']} of {state['judged']} individual reports,"
        f" {state['generic_feedback']} generic report"
    )
    keep_choices(season, cpd_year=latest, folder=sample, assessor_id=DEMONSTRATION_ASSESSOR)
    estimates, suppressed = journey.trends(season, cpd_years=[year["cpd_year"] for year in plan])
    say(f"Trends: {len(estimates)} estimates, {len(suppressed)} held back as too small")
    mine = caseload(season, DEMONSTRATION_ASSESSOR, cpd_year=latest)
    waiting = int((mine["state"] != JudgementState.SUBMITTED.value).sum())
    say(f"{waiting} returns wait for assessor {DEMONSTRATION_ASSESSOR}")
    if not news and not done.rendered:
        say("Nothing has changed since the last run.")
    say(f"Workspace: {season.folder}\nFeedback:  {done.folder}\nDatabase:  {season.database}")
    if lab:
        server = lab_server(season)
        for sentence in server.told:
            say(sentence)
        server.run()
    return {
        "workspace": str(season.folder),
        "rendered": done.rendered,
        "failed": done.failed,
        "unchanged": done.unchanged,
        "waiting": waiting,
        "individual": state["individual_feedback"],
        "generic": state["generic_feedback"],
        "folder": str(done.folder),
    }


def _own_workspace(folder: Path) -> Workspace:
    """Return the demonstration's own workspace; no other workspace or database is touched."""
    if os.environ.pop(DATABASE_VARIABLE, None):
        say(f"${DATABASE_VARIABLE} is set aside: the demonstration keeps to its own folder.")
    if (folder / "assessor.db").is_file() and not Workspace.open(folder).is_sample:
        raise SampleWorkspace(
            f"{folder} is a workspace of real members",
            advice="Give the demonstration a folder of its own.",
        )
    return Workspace.create(folder, sample=True)


def _run_year(season: Workspace, sample: Path, plan: dict[str, Any]) -> int:
    """Run one CPD year, from declarations to judgements, and return how much was new."""
    year = plan["cpd_year"]
    say(f"CPD of {year}, reviewed in {year + 1}")
    news = _say_import(
        "declarations",
        journey.import_declarations(season, [sample / f"declarations_{year}.csv"], cpd_year=year),
    )
    draw_id, made = journey.draw(
        season,
        cpd_year=year,
        seed=plan["seed"],
        size=plan["size"],
        reserve_percent=plan["reserve_percent"],
    )
    say(
        f"  draw {draw_id}: {made.size} of {made.frame_size} members, {made.reserve} reserves, seed"
        f" {made.seed!r}; without a commitment, and so not verifiable"
    )
    news += _say_import(
        "responses",
        journey.import_responses(season, [sample / f"responses_{year}.csv"], cpd_year=year),
    )
    folder = sample / f"returns_{year}"
    taken = journey.import_returns(
        season,
        [folder if folder.is_dir() else sample / f"returns_{year}.csv"],
        cpd_year=year,
        progress=progress(),
    )
    news += _say_import("returns", taken)
    scored = journey.score(season, cpd_year=year)
    say(f"  {scored.returns} returns scored: {scored.findings} findings in {scored.seconds:.1f} s")
    allocation, unclear = journey.allocate(
        season,
        cpd_year=year,
        seed=plan["allocation_seed"],
        double_mark_percent=plan["double_mark_percent"],
    )
    say(
        f"  {len(allocation.allocated)} markings allocated, {len(allocation.double_marked)} returns"
        f" to be marked twice, {len(unclear)} waiting for a target"
    )
    recorded = journey.record_sample_judgements(
        season, sample / f"judgements_{year}.csv", cpd_year=year
    )
    say(f"  {recorded} sample judgements recorded")
    journey.draw_first_charts(season)
    return news + len(allocation.allocated) + recorded


def _say_import(name: str, taken: journey.Imported) -> int:
    say(f"  {name}: {taken.summary()}")
    return taken.accepted
