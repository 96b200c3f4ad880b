"""Where everything is kept: a workspace folder with one database, and who may see what of it."""

from assessor_kit.store.company import Company, company_of
from assessor_kit.store.hand_backs import hand_back, raise_in_confidence, told_to_staff
from assessor_kit.store.identity import make_token, sign_in
from assessor_kit.store.judgement_log import (
    current_judgement,
    judgement_as_of,
    judgement_history,
    judgements_of_year,
    log_length,
    record_judgement,
    undo_judgement,
)
from assessor_kit.store.masks import mask_members, mask_returns, texts_as_written
from assessor_kit.store.readings import readings_of, record_reading
from assessor_kit.store.returns import (
    OpenedReturn,
    ReviewedReturn,
    caseload,
    open_return,
    other_judgements,
    rehearse_reading,
    reviewed_return,
    reviewed_returns,
)
from assessor_kit.store.whole_tables import append_rows, read_table, replace_rows
from assessor_kit.store.workspace import Workspace, shipped

__all__ = [
    "Company",
    "OpenedReturn",
    "ReviewedReturn",
    "Workspace",
    "append_rows",
    "caseload",
    "company_of",
    "current_judgement",
    "hand_back",
    "judgement_as_of",
    "judgement_history",
    "judgements_of_year",
    "log_length",
    "make_token",
    "mask_members",
    "mask_returns",
    "open_return",
    "other_judgements",
    "raise_in_confidence",
    "read_table",
    "readings_of",
    "record_judgement",
    "record_reading",
    "rehearse_reading",
    "replace_rows",
    "reviewed_return",
    "reviewed_returns",
    "shipped",
    "sign_in",
    "texts_as_written",
    "told_to_staff",
    "undo_judgement",
]
