"""Tell assessors by e-mail what was added to their desk and what was taken from it.

A letter names returns by their pseudonyms only. It goes through the outbox like any other message.
"""

from __future__ import annotations

from collections.abc import Iterable

from assessor_kit.feedback.mail.messages import new_message
from assessor_kit.feedback.mail.preparing import put_in_outbox
from assessor_kit.store import Workspace
from assessor_kit.vocabulary import LetterKind


def prepare_desk_letters(
    workspace: Workspace, *, cpd_year: int, step: str, assessors: Iterable[str]
) -> int:
    """Put one message in the outbox for each of the assessors whose desk a step has changed.

    Returns how many were added; repeating the call adds nothing.
    """
    people = sorted(set(assessors) - {""})
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
