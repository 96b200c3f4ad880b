"""When does feedback become visible? Staff read and approve it, then release it; afterwards it can be recalled, never changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import pandas as pd

from assessor_kit import tables
from assessor_kit.errors import NotFound, RenderingFailed, SampleWorkspace
from assessor_kit.feedback.manifest import digest_of
from assessor_kit.store import Workspace, append_rows, log_length, mask_members, read_table, replace_rows, reviewed_return, reviewed_returns

APPROVED, RETURNED, HELD = "approved", "returned", "held"


def approval_list(workspace: Workspace, *, cpd_year: int) -> pd.DataFrame:
    """What staff read before release: one row per document that is neither released nor recalled, with the decision that stands for it.

    Columns: document_id, kind, version, member_no, outcome, liked, advice, comments, decision (approved, returned, held or empty), reason. Who
    assessed is nowhere in it.
    """
    rows = []
    documents = _unreleased(workspace, cpd_year).sort_values(["member_no", "document_id"])
    decisions = standing_decisions(workspace, list(documents["document_id"]))
    for document in _records(documents):
        said = reviewed_return(workspace, str(document["return_id"])) if document["return_id"] else None
        judgement, decision = said.judgement if said else None, decisions.get(_content(document), {})
        rows.append({
            **{name: document[name] for name in ("document_id", "kind", "version", "member_no")},
            "outcome": said.rules.label(judgement.outcome or "") if said and judgement else "", "liked": judgement.liked if judgement else "",
            "advice": judgement.advice if judgement else "", "comments": "\n".join(judgement.comments.values()) if judgement else "",
            "decision": decision.get("decision", ""), "reason": decision.get("reason", "")})
    return pd.DataFrame(rows, columns=["document_id", "kind", "version", "member_no", "outcome", "liked", "advice", "comments", "decision", "reason"])


def _unreleased(workspace: Workspace, cpd_year: int) -> pd.DataFrame:
    documents = read_table(workspace, tables.DOCUMENTS, cpd_year=cpd_year)
    return documents[documents["released_at"].isna() & documents["recalled_at"].isna()]


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _content(document: dict[str, object]) -> tuple[str, str]:
    """A decision is about these bytes: one made on other words lapses."""
    return str(document["document_id"]), str(document["sha256"])


def standing_decisions(workspace: Workspace, document_ids: list[str]) -> dict[tuple[str, str], dict[str, str]]:
    """(document, SHA-256) -> the latest decision about it."""
    decided = read_table(workspace, tables.APPROVALS, document_id=document_ids).sort_values("decided_at", kind="stable")
    return {_content(row): {name: str(value) for name, value in row.items()} for row in _records(decided)}


def decide(workspace: Workspace, document_ids: Iterable[str], *, decision: str, decided_by: str, reason: str = "") -> int:
    """Note a decision of staff about documents as they now are; gives how many. The assessor's advice is returned with a reason."""
    wanted = list(document_ids)
    documents = read_table(workspace, tables.DOCUMENTS, document_id=wanted)
    if missing := sorted(set(wanted) - set(documents["document_id"])):
        raise NotFound(f"There is no document {missing[0]}", advice="Its name stands in the year's manifest.jsonl.")
    if decision == RETURNED and not reason.strip():
        raise RenderingFailed("Advice is returned without a reason", advice="Say what the assessor should look at again.")
    now = datetime.now(UTC).replace(tzinfo=None)
    append_rows(workspace, tables.APPROVALS, pd.DataFrame([
        {"document_id": row["document_id"], "sha256": row["sha256"], "decision": decision, "decided_by": decided_by, "reason": reason, "decided_at": now}
        for row in documents.to_dict("records")]))
    return len(documents)


def release_feedback(workspace: Workspace, *, cpd_year: int) -> tuple[int, int]:
    """Release the year's approved documents: (released, held). The others, and any whose file is not what was approved, stay where they are."""
    if workspace.is_sample:
        raise SampleWorkspace("Feedback on invented members is never released", advice="Use a workspace of your own for real members.")
    waiting = _unreleased(workspace, cpd_year)
    decisions = standing_decisions(workspace, list(waiting["document_id"]))
    ready = [decisions.get(_content(row), {}).get("decision") == APPROVED and digest_of(workspace.folder / str(row["file"])) == row["sha256"]
             for row in _records(waiting)]
    released = waiting[pd.Series(ready, index=waiting.index, dtype=bool)]
    replace_rows(workspace, tables.DOCUMENTS, released.assign(released_at=datetime.now(UTC).replace(tzinfo=None), released_position=log_length(workspace)))
    mask_members(workspace, sorted({str(number) for number in released["member_no"]} - {""}))  # who assesses them next may read the advice now
    return len(released), len(waiting) - len(released) + int(read_table(workspace, tables.DOCUMENTS, cpd_year=cpd_year)["recalled_at"].notna().sum())


def released_returns(workspace: Workspace, cpd_year: int) -> list[str]:
    """The returns whose feedback its member has: what everybody may be told rests on these. Of invented members, all that were reviewed."""
    if workspace.is_sample:
        return reviewed_returns(workspace, cpd_year)
    documents = read_table(workspace, tables.DOCUMENTS, cpd_year=cpd_year, kind="individual")
    return sorted(set(documents.loc[documents["released_at"].notna(), "return_id"]))


def recall_document(workspace: Workspace, document_id: str) -> tuple[int, int]:
    """Recall one document: (released, held) of its year afterwards. Its bytes stay as they were."""
    found = read_table(workspace, tables.DOCUMENTS, document_id=document_id)
    if found.empty:
        raise NotFound(f"There is no document {document_id}", advice="Its name stands in the year's manifest.jsonl.")
    replace_rows(workspace, tables.DOCUMENTS, found.assign(recalled_at=datetime.now(UTC).replace(tzinfo=None), released_at=None))
    mask_members(workspace, sorted({str(number) for number in found["member_no"]} - {""}))
    documents = read_table(workspace, tables.DOCUMENTS, cpd_year=int(found.iloc[0]["cpd_year"]))
    return int(documents["released_at"].notna().sum()), int(documents["released_at"].isna().sum())
