"""Taking files in, from the command line; and the blank workbook that comes back filled in."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assessor_kit import journey
from assessor_kit.errors import NoSuchWorkspace
from assessor_kit.journey import Imported
from assessor_kit.loaders.exports import Exported, export_table
from assessor_kit.loaders.template import write_template
from assessor_kit.rules import load_rules
from assessor_kit.store import Workspace

Answer = dict[str, Any]
SAID = ("rejected", "flags", "notes", "unchanged", "files", "unusable", "dry_run", "problems_file")
IMPORT_KEYS = ("accepted", *SAID)
RETURN_KEYS = ("returns", "activities", "minutes", *SAID)


def import_files(arguments: argparse.Namespace) -> Answer:
    """Import files of one kind, each on its own; what was not taken is named."""
    season, kind = Workspace.open(), arguments.command.removeprefix("import ")
    step: Callable[..., Imported] = getattr(journey, f"import_{kind.replace('-', '_')}")
    options: dict[str, Any] = {"columns": dict(arguments.columns), "dry_run": arguments.dry_run}
    if "cpd_year" in arguments:
        options["cpd_year"] = arguments.cpd_year
    if kind == "returns":
        options |= {
            "progress": sys.stderr.isatty(),
            "add": arguments.add,
            "processes": arguments.jobs,
        }
    done = step(season, arguments.files, **options)
    report = write_problems(arguments.problems, done) if arguments.problems else None
    if report:
        print(report.sentence(), file=sys.stderr)  # noqa: T201  (a command line speaks by printing)
    counts = (
        {"returns": done.returns, "activities": done.activities, "minutes": done.minutes}
        if kind == "returns"
        else {"accepted": done.accepted}
    )
    lists = {
        name: [problem.as_dict() for problem in getattr(done, name)]
        for name in ("rejected", "flags", "notes")
    }
    return {
        **counts,
        **lists,
        "unchanged": done.unchanged,
        "files": done.files,
        "unusable": done.unusable,
        "dry_run": done.dry_run,
        "problems_file": str(report.path) if report else None,
    }


def write_problems(path: Path, done: Imported) -> Exported:
    """What an import rejected or flagged, as a table that staff can send back to a member."""
    table = done.problem_table()
    return export_table(
        path, columns=list(table.columns), rows=table.itertuples(index=False, name=None)
    )


def write_blank_workbook(arguments: argparse.Namespace) -> Answer:
    """A blank workbook with the words of the workspace's scheme, or of the one named."""
    if arguments.scheme:
        rules = load_rules(arguments.scheme, arguments.cpd_year)
    else:
        try:
            rules = Workspace.open().rules(arguments.cpd_year)
        except NoSuchWorkspace:
            rules = load_rules("iet", arguments.cpd_year)
    return {"file": str(write_template(arguments.file, rules=rules))}
