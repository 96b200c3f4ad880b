"""Record who opened which return.

The line is written before the return is shown, and kept in case somebody must be told later.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
from sqlalchemy import Connection, insert

from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.rows.whole_tables import read_table
from assessor_kit.store.workspace import Workspace
from assessor_kit.tables import ACCESS_LOG

STAFF = "staff"


def note_access(connection: Connection, return_id: str, *, who: str, what: str = "opened") -> None:
    """Record that somebody opened a return, within a write transaction."""
    row = {
        "return_id": return_id,
        "who": who,
        "what": what,
        "accessed_at": datetime.now(UTC).replace(tzinfo=None),
    }
    # inline, so that the new key is not read back: an assessor's role may not read this table
    connection.execute(insert(sql_table(ACCESS_LOG)).inline(), row)


def access_log(workspace: Workspace, *, return_id: str | None = None) -> pd.DataFrame:
    """Return the access log, oldest first, with the columns of `tables.ACCESS_LOG`.

    Only for staff.
    """
    return read_table(
        workspace, ACCESS_LOG, **({} if return_id is None else {"return_id": return_id})
    )
