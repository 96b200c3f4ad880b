"""Read the judgements that experienced assessors gave on practice returns.

They are kept in a file beside the database of a practice workspace.
"""

from __future__ import annotations

import json
from typing import Any

from assessor_kit.store.workspace import Workspace

REFERENCE_FILE = "reference_judgements.json"
PRACTICE_ASSESSOR = "P01"


def reference_judgements(workspace: Workspace) -> dict[str, dict[str, Any]]:
    """Return each practice return's outcome and advice, with level and reason per criterion.

    They are in the order in which the returns are met; a workspace that is not for practice has
    none.
    """
    path = workspace.folder / REFERENCE_FILE
    if not (workspace.is_sample and path.is_file()):
        return {}
    found: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found
