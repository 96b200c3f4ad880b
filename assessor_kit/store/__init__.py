"""Keep everything in a workspace: a folder with one database.

The store also decides who may see which parts of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assessor_kit.lazy_names import lazy_names

if TYPE_CHECKING:
    from assessor_kit.store.access.identity import make_token, sign_in
    from assessor_kit.store.blind.masked_copies import mask_members, mask_returns, texts_as_written
    from assessor_kit.store.blind.peer_position import PeerPosition, peer_position_of
    from assessor_kit.store.log.activity_readings import readings_of, record_reading
    from assessor_kit.store.log.hand_backs import (
        hand_back,
        own_hand_backs,
        raise_in_confidence,
        told_to_staff,
    )
    from assessor_kit.store.log.judgements import (
        current_judgement,
        judgement_as_of,
        judgement_history,
        judgements_of_year,
        log_length,
        record_judgement,
        undo_judgement,
    )
    from assessor_kit.store.returns import (
        OpenedReturn,
        ReviewedReturn,
        caseload,
        open_return,
        other_judgements,
        rehearse_reading,
        reviewed_return,
        reviewed_returns,
        titles_read,
    )
    from assessor_kit.store.rounds.staff_notes import (
        note_to_staff,
        notes_of_assessor,
        returned_texts,
    )
    from assessor_kit.store.rows.whole_tables import (
        append_rows,
        read_records,
        read_table,
        replace_rows,
    )
    from assessor_kit.store.workspace import Workspace, shipped

# Loaded when first asked for: counting a season needs neither pandas nor masks.
_HOMES = {
    "access.identity": ["make_token", "sign_in"],
    "blind.masked_copies": ["mask_members", "mask_returns", "texts_as_written"],
    "blind.peer_position": ["PeerPosition", "peer_position_of"],
    "log.activity_readings": ["readings_of", "record_reading"],
    "log.hand_backs": ["hand_back", "own_hand_backs", "raise_in_confidence", "told_to_staff"],
    "log.judgements": [
        "current_judgement",
        "judgement_as_of",
        "judgement_history",
        "judgements_of_year",
        "log_length",
        "record_judgement",
        "undo_judgement",
    ],
    "returns": [
        "OpenedReturn",
        "ReviewedReturn",
        "caseload",
        "open_return",
        "other_judgements",
        "rehearse_reading",
        "reviewed_return",
        "reviewed_returns",
        "titles_read",
    ],
    "rounds.staff_notes": ["note_to_staff", "notes_of_assessor", "returned_texts"],
    "rows.whole_tables": ["append_rows", "read_records", "read_table", "replace_rows"],
    "workspace": ["Workspace", "shipped"],
}

__all__ = [
    "OpenedReturn",
    "PeerPosition",
    "ReviewedReturn",
    "Workspace",
    "append_rows",
    "caseload",
    "current_judgement",
    "hand_back",
    "judgement_as_of",
    "judgement_history",
    "judgements_of_year",
    "log_length",
    "make_token",
    "mask_members",
    "mask_returns",
    "note_to_staff",
    "notes_of_assessor",
    "open_return",
    "other_judgements",
    "own_hand_backs",
    "peer_position_of",
    "raise_in_confidence",
    "read_records",
    "read_table",
    "readings_of",
    "record_judgement",
    "record_reading",
    "rehearse_reading",
    "replace_rows",
    "returned_texts",
    "reviewed_return",
    "reviewed_returns",
    "shipped",
    "sign_in",
    "texts_as_written",
    "titles_read",
    "told_to_staff",
    "undo_judgement",
]

__getattr__, __dir__ = lazy_names(__name__, _HOMES, __all__)
