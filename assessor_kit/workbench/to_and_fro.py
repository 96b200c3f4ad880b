"""What the screen shows of what goes to and fro: returned texts, notes, and newer versions.

It is read whenever a return is opened, because staff may have written since its page was made.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from assessor_kit.store import (
    Workspace,
    current_judgement,
    judgement_history,
    notes_of_assessor,
    returned_texts,
)
from assessor_kit.store.rounds.staff_notes import waiting_for_assessor
from assessor_kit.store.rounds.version_changes import version_before
from assessor_kit.vocabulary import EventKind, Judgement, StaffNote, counted_text

CALLS = (
    ("is_returned", "returned by staff"),
    ("has_note", "note from staff"),
    ("is_newer", "newer version"),
)


def to_and_fro(workspace: Workspace, return_id: str, *, assessor_id: str) -> dict[str, Any]:
    """Return the returned text, the notes and the version before, as JSON values.

    `returned` and `before` are None where there is nothing of the kind.
    """
    return {
        "returned": _returned(workspace, return_id, assessor_id),
        "staff_notes": _notes(workspace, return_id, assessor_id),
        "before": _before(workspace, return_id, assessor_id),
    }


def called(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a caseload with what staff wait for first, and the word for it as `call`."""
    calls = [
        next((place for place, (name, _) in enumerate(CALLS) if row[name]), len(CALLS))
        for row in rows.to_dict("records")
    ]
    words = [CALLS[place][1] if place < len(CALLS) else "" for place in calls]
    return (
        rows.assign(call=pd.Series(words, index=rows.index, dtype=object), calls=calls)
        .sort_values("calls", kind="stable", ignore_index=True)
        .drop(columns="calls")
    )


def _returned(workspace: Workspace, return_id: str, assessor_id: str) -> dict[str, Any] | None:
    texts = returned_texts(workspace, assessor_id=assessor_id)
    texts = texts[(texts["return_id"] == return_id) & (texts["mended_version"] == 0)]
    if texts.empty:
        return None
    text = texts.iloc[-1]
    saves = judgement_history(workspace, return_id, assessor_id=assessor_id)
    read = saves[saves["version"] == int(text["judgement_version"])]
    judgement = read.iloc[-1]["judgement"] if len(read) else None
    return {
        "reason": str(text["words"]),
        "when": _day(text["written_at"]),
        "was": _words(judgement) if judgement is not None else {},
    }


def _words(judgement: Judgement) -> dict[str, Any]:
    """Return the words of a judgement that its member reads."""
    return {
        "liked": judgement.liked,
        "advice": judgement.advice,
        "comments": judgement.comments,
    }


def _notes(workspace: Workspace, return_id: str, assessor_id: str) -> list[dict[str, Any]]:
    notes = notes_of_assessor(workspace, assessor_id=assessor_id)
    notes = notes[
        (notes["return_id"] == return_id) & (notes["kind"] != StaffNote.RETURNED.value)
    ].reset_index(drop=True)
    waiting = set(waiting_for_assessor(notes)["note_id"])
    return [
        {
            "note_id": str(row["note_id"]),
            "from_staff": bool(row["from_staff"]),
            "in_confidence": row["kind"] == EventKind.CONFIDENCE.value,
            "words": str(row["words"]),
            "when": _day(row["written_at"]),
            "waits": row["note_id"] in waiting,
        }
        for row in notes.to_dict("records")
    ]


def _before(workspace: Workspace, return_id: str, assessor_id: str) -> dict[str, Any] | None:
    before = version_before(workspace, return_id)
    if before is None:
        return None
    version, standing = current_judgement(workspace, before.before_id, assessor_id=assessor_id)
    begun, _ = current_judgement(workspace, return_id, assessor_id=assessor_id)
    return {
        "sentence": _what_is_new(before.cause, len(before.new_lines), before.lines_gone),
        "new_lines": list(before.new_lines),
        "can_start_from": bool(version and standing is not None and not begun),
    }


def _what_is_new(cause: str, new: int, gone: int) -> str:
    lines = counted_text(new, "activity is new", "activities are new")
    missing = counted_text(gone, "earlier activity is", "earlier activities are")
    left_out = f" and {missing} no longer there" if gone else ""
    return (
        f"This is a newer version of a return that you have judged ({cause}). In it {lines}"
        f"{left_out}. Your judgement of the earlier version is kept."
    )


def _day(moment: Any) -> str:  # noqa: ANN401  (a moment of a table)
    return f"{moment:%d %B %Y}".lstrip("0")
