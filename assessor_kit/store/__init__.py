"""Where everything is kept: a workspace folder with one database, and who may see what of it."""

from assessor_kit.store.judgements import current_judgement, judgement_history, judgements_of_year, record_judgement
from assessor_kit.store.reading import append_rows, read_table, replace_rows
from assessor_kit.store.returns import OpenedReturn, ReviewedReturn, caseload, open_return, reviewed_return, reviewed_returns
from assessor_kit.store.workspace import Workspace, shipped

__all__ = [
    "OpenedReturn", "ReviewedReturn", "Workspace", "append_rows", "caseload", "current_judgement", "judgement_history",
    "judgements_of_year", "open_return", "read_table", "record_judgement", "replace_rows", "reviewed_return", "reviewed_returns",
    "shipped",
]
