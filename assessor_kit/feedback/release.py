"""Approve, release and recall feedback.

Staff read and approve a document, then release it. After that it can be recalled, but never
changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pandas as pd

from assessor_kit import tables
from assessor_kit.errors import InvalidRequest, NotFound, SampleWorkspace
from assessor_kit.feedback.document.manifest import file_digest
from assessor_kit.feedback.document.words import showable
from assessor_kit.feedback.mail.round_letters import write_for_more
from assessor_kit.store import (
    Workspace,
    log_length,
    mask_members,
    read_table,
    replace_rows,
    reviewed_return,
    reviewed_returns,
)
from assessor_kit.store.database.connections import (
    Transaction,
    read_transaction,
    write_transaction,
)
from assessor_kit.store.moderated import feedback_held
from assessor_kit.store.rounds.information_rounds import (
    NewRoundEvent,
    add_round_events,
    rounds_in,
    rounds_of_year,
)
from assessor_kit.store.rounds.staff_notes import NewStaffNote, add_staff_notes, returned_in
from assessor_kit.store.rounds.standing import standing_events
from assessor_kit.store.rows.typed_rows import append
from assessor_kit.vocabulary import RoundEvent, StaffNote

APPROVED = "approved"
RETURNED = "returned"
HELD = "held"
AS_IT_IS = "The text was approved as it is: nothing is to be done."


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

    The last decision counts, whoever made it; that a text was returned counts until it is mended.

    Columns: document_id, kind, version, member_no, return_id, file, decision (approved, returned,
    held or empty), reason.
    """
    documents = _unreleased(workspace, cpd_year).sort_values(
        ["member_no", "document_id"], key=lambda column: column.replace("", "\uffff")
    )
    decisions = standing_decisions(workspace, list(documents["document_id"]))
    mended = mended_returns(workspace, list(documents["return_id"]))
    standing = [
        decisions.get(_content(document), {})
        if document["return_id"] not in mended
        or decisions.get(_content(document), {}).get("decision") != RETURNED
        else {}
        for document in _records(documents)
    ]
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


def mended_returns(workspace: Workspace, return_ids: list[str]) -> dict[str, datetime]:
    """Return which of these returns' texts were returned and mended, and when last."""
    with read_transaction(workspace.engine) as connection:
        texts = returned_in(connection, return_ids=[name for name in return_ids if name])
    last = texts.drop_duplicates("return_id", keep="last")
    return {
        str(row["return_id"]): row["mended_at"]
        for row in last.to_dict("records")
        if row["mended_version"] > row["judgement_version"]
    }


def _unreleased(workspace: Workspace, cpd_year: int) -> pd.DataFrame:
    """Return what may still be released: nothing of a version that another took the place of."""
    documents = read_table(workspace, tables.DOCUMENTS, cpd_year=cpd_year)
    documents = documents[documents["released_at"].isna() & documents["recalled_at"].isna()]
    returns = read_table(workspace, tables.RETURNS, return_id=list(documents["return_id"]))
    parked = set(returns.loc[returns["parked"] != "", "return_id"])
    return documents[~documents["return_id"].isin(parked)]


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
    decisions = pd.DataFrame(
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
    )
    step = _Decision(workspace, documents, decided_by)
    if decision == APPROVED:
        step.require_current()
    elif decision == RETURNED:
        step.require_no_agreed()
    asked: list[str] = []
    with write_transaction(workspace.engine) as connection:
        append(connection, tables.APPROVALS, decisions)
        if decision == RETURNED:
            step.return_texts(connection, reason)
        elif decision == APPROVED:
            step.approve_as_it_is(connection)
            asked = step.open_rounds(connection, today=now.date())
    step.write_to_members(asked)
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


class _Decision:
    """What a decision about documents brings with it, for their assessors and their members."""

    def __init__(self, workspace: Workspace, documents: pd.DataFrame, decided_by: str) -> None:
        self.workspace = workspace
        self.documents = documents[documents["return_id"] != ""]
        self.decided_by = decided_by
        self.names = [str(name) for name in self.documents["return_id"]]
        self.held: set[str] = set()
        for year, theirs in self.documents.groupby("cpd_year"):
            rules = workspace.rules(int(str(year)))
            self.held |= set(feedback_held(workspace, list(theirs["return_id"]), rules))
        # those whose words the documents show
        self.judged = standing_events(workspace, self.names).to_dict("records")

    def require_current(self) -> None:
        """Raise InvalidRequest where a text was mended after its document was made."""
        mended = mended_returns(self.workspace, self.names)
        for row in self.documents.to_dict("records"):
            at = mended.get(row["return_id"])
            if at is not None and row["rendered_at"] < at:
                raise InvalidRequest(
                    "The assessor has mended the text since this document was made",
                    where=str(row["document_id"]),
                    advice="Nothing was approved. Run `assessor-kit feedback render`, and read it"
                    " again.",
                )

    def require_no_agreed(self) -> None:
        """Raise InvalidRequest where a moderator agreed the words: no assessor can mend those."""
        for event in self.judged:
            if event["agreed_version"]:
                raise InvalidRequest(
                    "A moderator agreed these words, so that no assessor can mend them",
                    where=str(event["return_id"]),
                    expected="a text of an assessor",
                    advice="Nothing was returned. Agree it anew: `assessor-kit moderate take`.",
                )

    def return_texts(self, connection: Transaction, reason: str) -> None:
        """Put the texts back on their assessors' desks, with staff's reason."""
        add_staff_notes(
            connection,
            [
                NewStaffNote(
                    return_id=str(event["return_id"]),
                    assessor_id=str(event["assessor_id"]),
                    kind=StaffNote.RETURNED,
                    words=reason.strip(),
                    written_by=self.decided_by,
                    judgement_version=int(event["version"]),
                )
                for event in self.judged
            ],
        )

    def approve_as_it_is(self, connection: Transaction) -> None:
        """Take texts that were returned, and are approved all the same, off the desks again."""
        texts = returned_in(connection, return_ids=self.names)
        add_staff_notes(
            connection,
            [
                NewStaffNote(
                    return_id=str(row["return_id"]),
                    assessor_id=str(row["assessor_id"]),
                    kind=StaffNote.ANSWER,
                    words=AS_IT_IS,
                    written_by=self.decided_by,
                    answers=str(row["note_id"]),
                )
                for row in texts[texts["mended_version"] == 0].to_dict("records")
            ],
        )

    def open_rounds(self, connection: Transaction, *, today: date) -> list[str]:
        """Open a round for each member whose approved judgement asks for more.

        What moderation holds is not asked for yet: `release_feedback` opens it once nothing does.
        Returns those judgements' returns.
        """
        known = rounds_in(connection, self.names)
        year_of = dict(zip(self.documents["return_id"], self.documents["cpd_year"], strict=True))
        events = []
        for judged in self.judged:
            name = str(judged["return_id"])
            rules = self.workspace.rules(int(year_of[name]))
            asks = rules.asks_for_more(json.loads(judged["payload"])["outcome"])
            if name in known or name in self.held or not asks:
                continue
            events.append(
                NewRoundEvent(
                    return_id=name,
                    kind=RoundEvent.OPENED,
                    who=self.decided_by,
                    due_on=today + timedelta(days=rules.rounds.more_due),
                )
            )
        add_round_events(connection, events)
        return [event.return_id for event in events]

    def write_to_members(self, return_ids: list[str]) -> None:
        """Queue the letter to each member who is asked; nothing goes to invented members."""
        if self.workspace.is_sample or not return_ids:
            return
        rows = self.documents[self.documents["return_id"].isin(return_ids)]
        for cpd_year, theirs in rows.groupby("cpd_year"):
            rounds = rounds_of_year(self.workspace, int(str(cpd_year)))
            members = zip(theirs["member_no"], theirs["return_id"], strict=True)
            write_for_more(
                self.workspace,
                [(str(number), rounds[str(name)]) for number, name in members],
                cpd_year=int(str(cpd_year)),
                who=self.decided_by,
            )


def release_feedback(workspace: Workspace, *, cpd_year: int) -> tuple[int, int]:
    """Release the year's approved documents, and return (released, held).

    The others, any whose file is not what was approved, those that `held_by_moderation` names, and
    those whose members are asked for a little more, are left as they are.
    """
    if workspace.is_sample:
        raise SampleWorkspace(
            "Feedback on invented members is never released",
            advice="Use a workspace of your own for real members.",
        )
    waiting = _unreleased(workspace, cpd_year)
    decisions = standing_decisions(workspace, list(waiting["document_id"]))
    held = {one.document_id for one in held_by_moderation(workspace, cpd_year=cpd_year)}
    _open_what_was_held(workspace, waiting, decisions)
    asked = {name for name, one in rounds_of_year(workspace, cpd_year).items() if one.is_open}
    ready = [
        decisions.get(_content(row), {}).get("decision") == APPROVED
        and row["document_id"] not in held
        and row["return_id"] not in asked
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


def _open_what_was_held(
    workspace: Workspace,
    waiting: pd.DataFrame,
    decisions: dict[tuple[str, str], dict[str, str]],
) -> None:
    """Ask for a little more where moderation held an approved document that asks for it."""
    decided_by: dict[str, list[str]] = {}
    for row in _records(waiting):
        decision = decisions.get(_content(row), {})
        if decision.get("decision") == APPROVED and row["return_id"]:
            decided_by.setdefault(str(decision["decided_by"]), []).append(str(row["document_id"]))
    for who, names in decided_by.items():
        step = _Decision(workspace, waiting[waiting["document_id"].isin(names)], who)
        with write_transaction(workspace.engine) as connection:
            asked = step.open_rounds(connection, today=datetime.now(UTC).date())
        step.write_to_members(asked)


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
