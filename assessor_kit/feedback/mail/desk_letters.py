"""Tell assessors by e-mail what was added to their desk and what was taken from it.

A letter names returns by their pseudonyms only. It goes through the outbox like any other message.
"""

from __future__ import annotations

from assessor_kit import tables
from assessor_kit.feedback.mail.messages import new_message
from assessor_kit.feedback.mail.preparing import put_in_outbox
from assessor_kit.store import Workspace, read_table
from assessor_kit.vocabulary import LetterKind


def prepare_desk_letters(workspace: Workspace, *, cpd_year: int, step: str) -> int:
    """Put one message in the outbox for each assessor whose desk a step has changed.

    Returns how many were added; repeating the call adds nothing.
    """
    changes = read_table(workspace, tables.ALLOCATION_CHANGES, step=step)
    people = sorted({*changes["from_assessor"], *changes["to_assessor"]} - {""})
    rows = [
        new_message(
            workspace,
            cpd_year=cpd_year,
            kind=LetterKind.DESK,
            about=step,
            assessor_id=str(assessor_id),
        )
        for assessor_id in people
    ]
    return put_in_outbox(workspace, rows).number
