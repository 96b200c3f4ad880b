"""What each command does: arguments in, the answer's keys out."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assessor_kit import journey
from assessor_kit.cli.demo import run_demo
from assessor_kit.cli.doctor import run_checks
from assessor_kit.cli.everyone_commands import EVERYONE_KEYS, EVERYONE_RUN
from assessor_kit.cli.import_commands import (
    IMPORT_KEYS,
    RETURN_KEYS,
    import_files,
    write_blank_workbook,
)
from assessor_kit.cli.mail_commands import MAIL_KEYS, MAIL_RUN
from assessor_kit.cli.servers import Server, app_server, lab_server, tour_server
from assessor_kit.cli.store_commands import STORE_KEYS, STORE_RUN
from assessor_kit.errors import NotFound, NotInstalled
from assessor_kit.store import Workspace

Answer = dict[str, Any]
KEYS: dict[str, tuple[str, ...]] = {
    "init": ("workspace", "database", "scheme"),
    **{
        f"import {kind}": IMPORT_KEYS
        for kind in (
            "register",
            "opt-ins",
            "declarations",
            "assessors",
            "circumstances",
            "responses",
        )
    },
    "import returns": RETURN_KEYS,
    "template": ("file",),
    "draw": ("draw_id", "frame_size", "frame_digest", "selected", "reserves"),
    "verify-draw": ("verified", "recomputed"),
    "allocate": ("allocated", "unallocated", "double_marked"),
    "score": ("returns", "findings", "seconds", "changes"),
    "similar": ("pairs",),
    "status": ("cpd_year", "counts"),
    "feedback render": ("rendered", "failed", "unchanged", "folder", "manifest"),
    "feedback release": ("released", "held"),
    "feedback recall": ("released", "held"),
    "feedback approve": ("decided", "waiting"),
    "trends": ("estimates", "suppressed"),
    "doctor": ("checks",),
    "lab": ("workspace",),
    "app": ("workspace", "address"),
    "demo": (
        "workspace",
        "rendered",
        "failed",
        "unchanged",
        "waiting",
        "individual",
        "generic",
        "folder",
    ),
    **EVERYONE_KEYS,
    **MAIL_KEYS,
    **STORE_KEYS,
}


def _init(arguments: argparse.Namespace) -> Answer:
    made = Workspace.create(
        Path(arguments.workspace or "workspace"), scheme=arguments.scheme, sample=arguments.sample
    )
    return {"workspace": str(made.folder), "database": made.database, "scheme": made.scheme}


def _draw(arguments: argparse.Namespace) -> Answer:
    draw_id, made = journey.draw(
        Workspace.open(),
        cpd_year=arguments.cpd_year,
        seed=arguments.seed,
        size=arguments.size,
        rate_percent=arguments.rate,
        reserve_percent=arguments.reserve,
        reason=arguments.reason,
    )
    return {
        "draw_id": draw_id,
        "frame_size": made.frame_size,
        "frame_digest": made.frame_digest,
        "selected": made.selected,
        "reserves": made.reserves,
    }


def _verify(arguments: argparse.Namespace) -> Answer:
    same, again = journey.verify(Workspace.open(), arguments.draw_id)
    return {
        "verified": same,
        "recomputed": {
            "frame_digest": again.frame_digest,
            "selected": again.selected,
            "reserves": again.reserves,
        },
    }


def _allocate(arguments: argparse.Namespace) -> Answer:
    made, unclear = journey.allocate(
        Workspace.open(),
        cpd_year=arguments.cpd_year,
        seed=arguments.seed,
        double_mark_percent=arguments.double_mark,
    )
    return {
        "allocated": len(made.allocated),
        "unallocated": made.unallocated.to_dict("records"),
        "double_marked": list(made.double_marked),
        "waiting_for_a_target": unclear,
    }


def _score(arguments: argparse.Namespace) -> Answer:
    if arguments.parquet:
        source, target = arguments.parquet
        done = journey.score_files(
            source,
            target,
            engine=arguments.engine,
            scheduler=arguments.scheduler,
            scheme=arguments.scheme,
            cpd_year=arguments.cpd_year,
        )
    elif arguments.cpd_year is None:
        raise NotFound(
            "It is not said what to score",
            expected="--cpd-year Y, or --parquet IN OUT",
            advice="See assessor-kit score --help.",
        )
    elif arguments.export:
        returns = journey.export_for_scoring(
            Workspace.open(), arguments.export, cpd_year=arguments.cpd_year
        )
        return {"returns": returns, "findings": 0, "seconds": 0.0, "changes": []}
    else:
        step = journey.preview_scores if arguments.dry_run else journey.score
        done = step(Workspace.open(), cpd_year=arguments.cpd_year)
    return {
        "returns": done.returns,
        "findings": done.findings,
        "seconds": done.seconds,
        "changes": done.changes.to_dict("records"),
    }


def _similar(arguments: argparse.Namespace) -> Answer:
    """Which pairs, and how alike; the texts themselves stay in the notebook, away from terminals and their logs."""
    found = journey.similar_reflections(
        Workspace.open(), cpd_year=arguments.cpd_year, at_least=arguments.at_least / 100
    )
    if "note" in found:
        raise NotInstalled(found["note"].iloc[0])
    return {"pairs": found.drop(columns=["excerpt_a", "excerpt_b"]).to_dict("records")}


def _status(arguments: argparse.Namespace) -> Answer:
    counts = journey.status(Workspace.open(), cpd_year=arguments.cpd_year)
    return {"cpd_year": arguments.cpd_year, "counts": counts, **counts}


def _render(arguments: argparse.Namespace) -> Answer:
    from assessor_kit.feedback import render_feedback  # noqa: PLC0415  (altair and papermill take a second to load)

    done = render_feedback(
        Workspace.open(),
        cpd_year=arguments.cpd_year,
        jobs=arguments.jobs,
        formats=arguments.format,
        scheduler=arguments.scheduler,
        progress=sys.stderr.isatty(),
    )
    return {
        "rendered": done.rendered,
        "failed": done.failed,
        "unchanged": done.unchanged,
        "folder": str(done.folder),
        "manifest": str(done.manifest),
    }


def _release(arguments: argparse.Namespace) -> Answer:
    from assessor_kit.feedback import release_feedback  # noqa: PLC0415  (as above)

    released, held = release_feedback(Workspace.open(), cpd_year=arguments.cpd_year)
    return {"released": released, "held": held}


def _recall(arguments: argparse.Namespace) -> Answer:
    from assessor_kit.feedback import recall_document  # noqa: PLC0415  (as above)

    released, held = recall_document(Workspace.open(), arguments.document)
    return {"released": released, "held": held}


def _approve(arguments: argparse.Namespace) -> Answer:
    from assessor_kit.feedback.release import approval_list, decide  # noqa: PLC0415  (as above)

    season = Workspace.open()
    waiting = approval_list(season, cpd_year=arguments.cpd_year)
    wanted = arguments.documents or list(waiting.loc[waiting["decision"] == "", "document_id"])
    decided = decide(
        season,
        wanted,
        decision=arguments.decision,
        decided_by=arguments.by,
        reason=arguments.reason,
    )
    return {
        "decided": decided,
        "waiting": int(
            (approval_list(season, cpd_year=arguments.cpd_year)["decision"] == "").sum()
        ),
    }


def _trends(arguments: argparse.Namespace) -> Answer:
    estimates, suppressed = journey.trends(Workspace.open(), cpd_years=arguments.cpd_year)
    return {"estimates": estimates.to_dict("records"), "suppressed": suppressed.to_dict("records")}


def _doctor(_arguments: argparse.Namespace) -> Answer:
    return {"checks": run_checks()}


def _lab(_arguments: argparse.Namespace) -> Answer:
    season = Workspace.open()
    lab_server(season).run()
    return {"workspace": str(season.folder)}


def _app(arguments: argparse.Namespace) -> Answer:
    if arguments.tour:
        with tempfile.TemporaryDirectory(prefix="assessor-kit-tour-") as folder:
            return _run_app(
                tour_server(
                    Path(folder), port=arguments.port, open_browser=not arguments.no_browser
                ),
                "",
            )
    season = Workspace.open()
    server = app_server(
        season,
        assessor_id=arguments.assessor,
        port=arguments.port,
        open_browser=not arguments.no_browser,
    )
    return _run_app(server, str(season.folder))


def _run_app(server: Server, folder: str) -> Answer:
    print(
        f"The screen opens at {server.address}\nKeep the address to yourself; Ctrl-C ends it.",
        file=sys.stderr,
    )  # noqa: T201  (a command line speaks by printing)
    server.run()
    return {"workspace": folder, "address": server.address}


def _demo(arguments: argparse.Namespace) -> Answer:
    return run_demo(arguments.workspace, lab=not arguments.no_lab)


RUN: dict[str, Callable[[argparse.Namespace], Answer]] = {
    "init": _init,
    **{name: import_files for name in KEYS if name.startswith("import ")},
    "template": write_blank_workbook,
    "draw": _draw,
    "verify-draw": _verify,
    "allocate": _allocate,
    "score": _score,
    "similar": _similar,
    "status": _status,
    "feedback render": _render,
    "feedback release": _release,
    "feedback recall": _recall,
    "feedback approve": _approve,
    "trends": _trends,
    "doctor": _doctor,
    "lab": _lab,
    "app": _app,
    "demo": _demo,
    **EVERYONE_RUN,
    **MAIL_RUN,
    **STORE_RUN,
}
