"""Approve, release and recall feedback.

Staff read and approve a document, then release it. After that it can be recalled, but never
changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd

from assessor_kit import tables
from assessor_kit.errors import InvalidRequest, NotFound, SampleWorkspace
from assessor_kit.feedback.document.manifest import file_digest
from assessor_kit.feedback.document.words import showable
from assessor_kit.store import (
    Workspace,
    append_rows,
    log_length,
    mask_members,
    read_table,
    replace_rows,
    reviewed_return,
    reviewed_returns,
)
from assessor_kit.store.moderated import feedback_held

APPROVED = "approved"
RETURNED = "returned"
HELD = "held"


@dataclass(frozen=True, kw_only=True)
class HeldFeedback:
    """One document that is not released, although it is approved, and why."""

    document_id: str
    return_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class DocumentTexts:
    """What an assessor says in one document.

    `points`: the label, level and comment of each criterion.
    """

    outcome: str
    liked: str
    advice: str
    points: tuple[dict[str, str], ...]


def waiting_documents(workspace: Workspace, *, cpd_year: int) -> pd.DataFrame:
    """Return the documents neither released nor recalled, with their last decision.

    The last decision counts, whoever made it.

    Columns: document_id, kind, version, member_no, return_id, file, decision (approved, returned,
    held or empty), reason.
    """
    documents = _unreleased(workspace, cpd_year).sort_values(
        ["member_no", "document_id"], key=lambda column: column.replace("", "\uffff")
    )
    decisions = standing_decisions(workspace, list(documents["document_id"]))
    standing = [decisions.get(_content(document), {}) for document in _records(documents)]
    shown = documents[
        ["document_id", "kind", "version", "member_no", "return_id", "file"]
    ].reset_index(drop=True)
    return shown.assign(
        **{
            name: pd.Series([one.get(name, "") for one in standing], dtype=object)
            for name in ("decision", "reason")
        }
    )


def document_texts(workspace: Workspace, return_id: str) -> DocumentTexts:
    """Return what the assessor of a reviewed return says, without saying who that is.

    The words are those that the document shows.
    """
    said = reviewed_return(workspace, return_id)
    judgement = said.judgement
    rules = said.rules
    points = tuple(
        {
            "label": criterion.label,
            "level": rules.label(judgement.levels.get(criterion.code, "")),
            "comment": showable(judgement.comments.get(criterion.code, "")),
        }
        for criterion in rules.judged_criteria
    )
    return DocumentTexts(
        outcome=rules.label(judgement.outcome or ""),
        liked=showable(judgement.liked),
        advice=showable(judgement.advice),
        points=points,
    )


def approval_list(workspace: Workspace, *, cpd_year: int) -> pd.DataFrame:
    """Return, as a table, what staff read before release.

    It is `waiting_documents` with the outcome, what was liked, the advice and the comments.
    """
    waiting = waiting_documents(workspace, cpd_year=cpd_year)
    said = [document_texts(workspace, str(name)) if name else None for name in waiting["return_id"]]
    texts = {
        name: [getattr(one, name) if one else "" for one in said]
        for name in ("outcome", "liked", "advice")
    }
    comments = [
        "\n".join(point["comment"] for point in one.points if point["comment"]) if one else ""
        for one in said
    ]
    return waiting.drop(columns=["return_id", "file"]).assign(**texts, comments=comments)


def _unreleased(workspace: Workspace, cpd_year: int) -> pd.DataFrame:
    documents = read_table(workspace, tables.DOCUMENTS, cpd_year=cpd_year)
    return documents[documents["released_at"].isna() & documents["recalled_at"].isna()]


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _content(document: dict[str, object]) -> tuple[str, str]:
    """Return what a decision is about: the document and its exact bytes.

    A decision made on other words lapses.
    """
    return str(document["document_id"]), str(document["sha256"])


def standing_decisions(
    workspace: Workspace, document_ids: list[str]
) -> dict[tuple[str, str], dict[str, str]]:
    """Return the latest decision about each (document, SHA-256)."""
    decided = read_table(workspace, tables.APPROVALS, document_id=document_ids).sort_values(
        "decided_at", kind="stable"
    )
    return {
        _content(row): {name: str(value) for name, value in row.items()}
        for row in _records(decided)
    }


def decide(
    workspace: Workspace,
    document_ids: Iterable[str],
    *,
    decision: str,
    decided_by: str,
    reason: str = "",
) -> int:
    """Record a decision of staff about documents as they now are, and return how many.

    Returning an assessor's advice needs a reason.
    """
    wanted = list(document_ids)
    documents = read_table(workspace, tables.DOCUMENTS, document_id=wanted)
    if missing := sorted(set(wanted) - set(documents["document_id"])):
        raise NotFound(
            f"There is no document {missing[0]}",
            advice="The documents' names are in the year's manifest.jsonl.",
        )
    if decision == RETURNED and not reason.strip():
        raise InvalidRequest(
            "Advice cannot be returned without a reason",
            advice="Say what the assessor should look at again.",
        )
    now = datetime.now(UTC).replace(tzinfo=None)
    append_rows(
        workspace,
        tables.APPROVALS,
        pd.DataFrame(
            [
                {
                    "document_id": row["document_id"],
                    "sha256": row["sha256"],
                    "decision": decision,
                    "decided_by": decided_by,
                    "reason": reason,
                    "decided_at": now,
                }
                for row in documents.to_dict("records")
            ]
        ),
    )
    return len(documents)


def held_by_moderation(workspace: Workspace, *, cpd_year: int) -> list[HeldFeedback]:
    """Return the unreleased documents whose returns have something to be settled first.

    They are held whether or not they are approved; `moderate list` names what is to be done.
    """
    waiting = _unreleased(workspace, cpd_year)
    waiting = waiting[waiting["return_id"] != ""].sort_values("document_id")
    why = feedback_held(workspace, sorted(set(waiting["return_id"])), workspace.rules(cpd_year))
    return [
        HeldFeedback(
            document_id=str(row["document_id"]),
            return_id=str(row["return_id"]),
            reason=why[str(row["return_id"])],
        )
        for row in _records(waiting)
        if row["return_id"] in why
    ]


def release_feedback(workspace: Workspace, *, cpd_year: int) -> tuple[int, int]:
    """Release the year's approved documents, and return (released, held).

    The others, any whose file is not what was approved, and those that `held_by_moderation` names
    are left as they are.
    """
    if workspace.is_sample:
        raise SampleWorkspace(
            "Feedback on invented members is never released",
            advice="Use a workspace of your own for real members.",
        )
    waiting = _unreleased(workspace, cpd_year)
    decisions = standing_decisions(workspace, list(waiting["document_id"]))
    held = {one.document_id for one in held_by_moderation(workspace, cpd_year=cpd_year)}
    ready = [
        decisions.get(_content(row), {}).get("decision") == APPROVED
        and row["document_id"] not in held
        and file_digest(workspace.folder / str(row["file"])) == row["sha256"]
        for row in _records(waiting)
    ]
    released = waiting[pd.Series(ready, index=waiting.index, dtype=bool)]
    replace_rows(
        workspace,
        tables.DOCUMENTS,
        released.assign(
            released_at=datetime.now(UTC).replace(tzinfo=None),
            released_position=log_length(workspace),
        ),
    )
    # the advice is now released, so whoever assesses these members next may read it
    mask_members(workspace, sorted({str(number) for number in released["member_no"]} - {""}))
    return len(released), len(waiting) - len(released) + int(
        read_table(workspace, tables.DOCUMENTS, cpd_year=cpd_year)["recalled_at"].notna().sum()
    )


def released_returns(workspace: Workspace, cpd_year: int) -> list[str]:
    """Return the returns whose members have had their feedback.

    Generic feedback is drawn from these alone. In a sample workspace, all reviewed returns count.
    """
    if workspace.is_sample:
        return reviewed_returns(workspace, cpd_year)
    documents = read_table(workspace, tables.DOCUMENTS, cpd_year=cpd_year, kind="individual")
    return sorted(set(documents.loc[documents["released_at"].notna(), "return_id"]))


def recall_document(workspace: Workspace, document_id: str) -> tuple[int, int]:
    """Recall one document, and return (released, held) of its year afterwards.

    The document's file stays as it was.
    """
    found = read_table(workspace, tables.DOCUMENTS, document_id=document_id)
    if found.empty:
        raise NotFound(
            f"There is no document {document_id}",
            advice="The documents' names are in the year's manifest.jsonl.",
        )
    replace_rows(
        workspace,
        tables.DOCUMENTS,
        found.assign(recalled_at=datetime.now(UTC).replace(tzinfo=None), released_at=None),
    )
    mask_members(workspace, sorted({str(number) for number in found["member_no"]} - {""}))
    documents = read_table(workspace, tables.DOCUMENTS, cpd_year=int(found.iloc[0]["cpd_year"]))
    return int(documents["released_at"].notna().sum()), int(documents["released_at"].isna().sum())
