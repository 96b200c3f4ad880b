"""List what a command accepts, for when it is called without it."""

from __future__ import annotations

from typing import Any

from assessor_kit import tables
from assessor_kit.feedback.mail.outbox import BOUNCED, REFUSED, UNKNOWN
from assessor_kit.store import Workspace, read_table, reviewed_returns

Candidates = list[dict[str, Any]]
TO_SETTLE = (UNKNOWN, REFUSED, BOUNCED)  # messages that staff may know more of


def documents_to_recall(season: Workspace, cpd_year: int | None) -> tuple[int, Candidates]:
    """Return how many documents are unreleased, and the released ones, newest first."""
    of_year = {} if cpd_year is None else {"cpd_year": cpd_year}
    documents = read_table(season, tables.DOCUMENTS, **of_year)
    released = documents[documents["released_at"].notna()].sort_values(
        ["released_at", "document_id"], ascending=[False, True]
    )
    pseudonym_of = _pseudonyms(season, list(released["return_id"]))
    rows = [
        {
            "document": row["document_id"],
            "return": pseudonym_of.get(row["return_id"], ""),
            "kind": row["kind"],
            "cpd_year": int(row["cpd_year"]),
            "version": int(row["version"]),
            "released": row["released_at"].date(),
            "next": f"assessor-kit feedback recall {row['document_id']}",
        }
        for row in released.to_dict("records")
    ]
    return len(documents) - len(released), rows


def messages_to_settle(season: Workspace, cpd_year: int) -> tuple[dict[str, int], Candidates]:
    """Return how many messages are in each state, and those that staff may settle."""
    messages = read_table(season, tables.OUTBOX, cpd_year=cpd_year)
    counts = {str(state): int(n) for state, n in messages["state"].value_counts().items()}
    rows = [
        {
            "message": row["message_id"],
            "kind": row["kind"],
            "state": row["state"],
            "why": row["detail"],
            "since": row["changed_at"].date(),
            "next": f"assessor-kit feedback outbox --settle {row['message_id']} sent",
        }
        for row in messages[messages["state"].isin(TO_SETTLE)].to_dict("records")
    ]
    return counts, rows


def returns_for_examples(season: Workspace, cpd_year: int) -> Candidates:
    """Return the reviewed returns of a year, and whether there is an example from each."""
    judged = reviewed_returns(season, cpd_year)
    pseudonym_of = _pseudonyms(season, judged)
    examples = read_table(season, tables.EXAMPLES, return_id=judged)
    withdrawn = {
        str(row["return_id"]): bool(row["withdrawn_on"]) for row in examples.to_dict("records")
    }
    words = {None: "none", True: "withdrawn", False: "kept"}
    return [
        {
            "return": pseudonym_of[name],
            "example": words[withdrawn.get(name)],
            "next": f"assessor-kit feedback example --member {pseudonym_of[name]}"
            f" --cpd-year {cpd_year} --text FILE.txt --consented-on DAY --by NAME",
        }
        for name in judged
    ]


def _pseudonyms(season: Workspace, return_ids: list[str]) -> dict[str, str]:
    returns = read_table(season, tables.RETURNS, return_id=return_ids)
    return dict(zip(returns["return_id"], returns["pseudonym"], strict=True))
