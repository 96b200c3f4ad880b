"""Which judgements do experienced assessors give on practice returns? Kept beside the database of a practice workspace."""

from __future__ import annotations

import json
from typing import Any

from assessor_kit.store.workspace import Workspace

REFERENCE_FILE, PRACTICE_ASSESSOR = "reference_judgements.json", "P01"


def reference_judgements(workspace: Workspace) -> dict[str, dict[str, Any]]:
    """Return -> outcome, advice, and per criterion `level` and `why`, in the order in which the returns are met; empty but for practice."""
    path = workspace.folder / REFERENCE_FILE
    if not (workspace.is_sample and path.is_file()):
        return {}
    found: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found
