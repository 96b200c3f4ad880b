"""What the import commands write: a table of problems, and members' blank workbook."""

from __future__ import annotations

from pathlib import Path

from assessor_kit.cli.command import open_workspace
from assessor_kit.errors import NoSuchWorkspace
from assessor_kit.journey import Imported
from assessor_kit.loaders.written.return_template import write_template
from assessor_kit.loaders.written.spreadsheet_exports import Exported, export_table
from assessor_kit.rules import load_rules


def write_problems(path: Path, done: Imported) -> Exported:
    """Write what an import rejected or flagged, as a table to send back to a member."""
    table = done.problem_table()
    return export_table(
        path, columns=list(table.columns), rows=table.itertuples(index=False, name=None)
    )


def write_blank_workbook(path: Path, *, cpd_year: int, scheme: str | None) -> str:
    """Write a blank workbook in the words of the workspace's scheme, or of another."""
    if scheme:
        rules = load_rules(scheme, cpd_year)
    else:
        try:
            rules = open_workspace().rules(cpd_year)
        except NoSuchWorkspace:
            rules = load_rules("iet", cpd_year)
    return str(write_template(path, rules=rules))
