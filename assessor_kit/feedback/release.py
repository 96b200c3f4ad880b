"""When does feedback become visible? At release; until then it is held, and afterwards it can be recalled."""

from __future__ import annotations

from datetime import UTC, datetime

from assessor_kit import tables
from assessor_kit.errors import NotFound, SampleWorkspace
from assessor_kit.store import Workspace, log_length, read_table, replace_rows


def release_feedback(workspace: Workspace, *, cpd_year: int) -> tuple[int, int]:
    """Release every rendered document of the year that is not released or recalled: (released, held)."""
    if workspace.is_sample:
        raise SampleWorkspace("Feedback on invented members is never released", advice="Use a workspace of your own for real members.")
    documents = read_table(workspace, tables.DOCUMENTS, cpd_year=cpd_year)
    waiting = documents[documents["released_at"].isna() & documents["recalled_at"].isna()]
    replace_rows(workspace, tables.DOCUMENTS, waiting.assign(released_at=datetime.now(UTC).replace(tzinfo=None), released_position=log_length(workspace)))
    return len(waiting), int(documents["recalled_at"].notna().sum())


def recall_document(workspace: Workspace, document_id: str) -> tuple[int, int]:
    """Recall one document: (released, held) of its year afterwards."""
    found = read_table(workspace, tables.DOCUMENTS, document_id=document_id)
    if found.empty:
        raise NotFound(f"There is no document {document_id}", advice="Its name stands in the year's manifest.jsonl.")
    replace_rows(workspace, tables.DOCUMENTS, found.assign(recalled_at=datetime.now(UTC).replace(tzinfo=None), released_at=None))
    documents = read_table(workspace, tables.DOCUMENTS, cpd_year=int(found.iloc[0]["cpd_year"]))
    return int(documents["released_at"].notna().sum()), int(documents["recalled_at"].notna().sum())
