"""Keep what each member sent, byte for byte, for staff and moderators only.

Each content is kept once. An assessor sees the raw cells of each line (`tables.ACTIVITIES.raw`) but
never the file, whose name and sheet Member say who the member is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from sqlalchemy import Connection, insert, select

from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.rows.typed_rows import BATCH
from assessor_kit.store.workspace import Workspace
from assessor_kit.tables import ORIGINALS, RETURN_ORIGINALS


@dataclass(frozen=True, kw_only=True)
class Original:
    """One member's file, or that member's lines of a flat file as CSV."""

    member_no: str
    file: str
    content: bytes = field(repr=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content."""
        return hashlib.sha256(self.content).hexdigest()


def keep_originals(
    connection: Connection, originals: Iterable[Original], *, read_from: Iterable[tuple[str, str]]
) -> None:
    """Keep the files that versions of returns were read from.

    Content that is already kept stays as it is. `read_from` holds pairs of return_id and digest.
    """
    table = sql_table(ORIGINALS)
    links = sql_table(RETURN_ORIGINALS)
    moment = datetime.now(UTC).replace(tzinfo=None)
    rows = {
        original.digest: {
            "digest": original.digest,
            "member_no": original.member_no,
            "file": original.file,
            "content": original.content,
            "kept_at": moment,
        }
        for original in originals
    }
    digests = list(rows)
    for start in range(0, len(digests), BATCH):
        for there in connection.scalars(
            select(table.c.digest).where(table.c.digest.in_(digests[start : start + BATCH]))
        ):
            del rows[there]
    pairs = [{"return_id": return_id, "digest": digest} for return_id, digest in read_from]
    for into, new in ((table, list(rows.values())), (links, pairs)):
        if new:
            connection.execute(insert(into), new)


def originals_of(workspace: Workspace, return_id: str) -> list[Original]:
    """Return what a version of a return was read from, for staff and moderators.

    Never show it to an assessor.
    """
    table = sql_table(ORIGINALS)
    links = sql_table(RETURN_ORIGINALS)
    found = (
        select(table)
        .join(links, links.c.digest == table.c.digest)
        .where(links.c.return_id == return_id)
        .order_by(table.c.digest)
    )
    with read_transaction(workspace.engine) as connection:
        return [
            Original(member_no=row.member_no, file=row.file, content=row.content)
            for row in connection.execute(found)
        ]
