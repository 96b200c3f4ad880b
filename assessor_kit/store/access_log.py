"""Who opened which return: written before the return is shown, kept for the day somebody must be told."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
from sqlalchemy import Connection, insert

from assessor_kit.store.schema import sql_table
from assessor_kit.store.whole_tables import read_table
from assessor_kit.store.workspace import Workspace
from assessor_kit.tables import ACCESS_LOG

STAFF = "staff"


def note_access(connection: Connection, return_id: str, *, who: str, what: str = "opened") -> None:
    """Write down that somebody saw a return, in a writing transaction."""
    row = {
        "return_id": return_id,
        "who": who,
        "what": what,
        "accessed_at": datetime.now(UTC).replace(tzinfo=None),
    }
    connection.execute(
        insert(sql_table(ACCESS_LOG)).inline(), row
    )  # inline: no key is asked back, which an assessor's role may not read


def access_log(workspace: Workspace, *, return_id: str | None = None) -> pd.DataFrame:
    """Columns of `tables.ACCESS_LOG`, oldest first; for staff."""
    return read_table(
        workspace, ACCESS_LOG, **({} if return_id is None else {"return_id": return_id})
    )
