"""Is this machine, and this workspace, fit for the work?"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import sys

from assessor_kit.errors import AssessorKitError
from assessor_kit.feedback.pdf import pdf_problem
from assessor_kit.store import Workspace
from assessor_kit.store.workspace import has_wal_fix, sqlite_version

LEAST_FREE = 1024**3
NEEDED = ("altair", "anywidget", "ipywidgets", "jupyterlab", "pandas", "papermill", "sqlalchemy", "vl-convert-python")


def run_checks() -> list[dict[str, object]]:
    """Each check: name, ok, advice."""
    missing = [name for name in NEEDED if not _installed(name)]
    version = sqlite_version()
    return [
        _check("Python 3.11 or newer", ok=sys.version_info >= (3, 11), advice="Install a newer Python."),
        _check("packages", ok=not missing, advice=f"Missing: {', '.join(missing)}. Run `make run` again."),
        _check("SQLite keeps every commit", ok=has_wal_fix(version), advice=f"SQLite {'.'.join(map(str, version))} is used in its slower safe mode."),
        _check("disk space", ok=shutil.disk_usage(".").free > LEAST_FREE, advice="Less than 1 GB is free."),
        # A machine without the extra is well, and told how to get it; one with the extra but without Pango is not.
        {"name": "PDF, an extra", "ok": not (_installed("weasyprint") and pdf_problem()), "advice": pdf_problem()},
        _workspace(),
    ]


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _check(name: str, *, ok: bool, advice: str) -> dict[str, object]:
    return {"name": name, "ok": ok, "advice": "" if ok else advice}


def _workspace() -> dict[str, object]:
    try:
        Workspace.open()
    except AssessorKitError as problem:
        return _check("workspace", ok=False, advice=problem.sentence())
    return _check("workspace", ok=True, advice="")
