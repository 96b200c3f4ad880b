"""Check whether this machine and this workspace are ready for work."""

from __future__ import annotations

import importlib.metadata
import sys

from assessor_kit.cli.command import open_workspace
from assessor_kit.errors import AssessorKitError
from assessor_kit.feedback.document.pdf_file import pdf_problem
from assessor_kit.store.upkeep.health_checks import store_checks

NEEDED = (
    "alembic",
    "altair",
    "anywidget",
    "cryptography",
    "ipywidgets",
    "jupyterlab",
    "pandas",
    "papermill",
    "sqlalchemy",
    "vl-convert-python",
)


def run_checks() -> list[dict[str, object]]:
    """Run every check and return its name, whether it passed, and advice."""
    missing = [name for name in NEEDED if not _installed(name)]
    return [
        _check(
            "Python 3.11 or newer", ok=sys.version_info >= (3, 11), advice="Install a newer Python."
        ),
        _check(
            "packages",
            ok=not missing,
            advice=f"Missing: {', '.join(missing)}. Run `make run` again.",
        ),
        # A machine without the extra can do all else, and is told how to get it; one with the
        # extra but without Pango is not well.
        {
            "name": "PDF, an extra",
            "ok": not pdf_problem(),
            "advice": pdf_problem(),
            "needed": _installed("weasyprint"),
        },
        *_workspace(),
    ]


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _check(name: str, *, ok: bool, advice: str) -> dict[str, object]:
    return {"name": name, "ok": ok, "advice": "" if ok else advice, "needed": True}


def _workspace() -> list[dict[str, object]]:
    try:
        found = store_checks(open_workspace())
    except AssessorKitError as problem:
        return [_check("workspace", ok=False, advice=problem.sentence())]
    return [
        _check("workspace", ok=True, advice=""),
        *(_check(name, ok=ok, advice=advice) for name, ok, advice in found),
    ]
