"""What a member sent, byte for byte: kept once by its content, for staff and moderators only.

An assessor sees the raw cells of each line (`tables.ACTIVITIES.raw`), never the file: its name and its sheet Member carry the identity.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from sqlalchemy import Connection, insert, select

from assessor_kit.store.engine import reading
from assessor_kit.store.reading import BATCH
from assessor_kit.store.schema import sql_table
from assessor_kit.store.workspace import Workspace
from assessor_kit.tables import ORIGINALS, RETURN_ORIGINALS

__all__ = [
    "Connection",
    "Original",
    "keep_originals",
    "originals_of",
]  # a step that writes several tables names the connection it writes through


@dataclass(frozen=True, kw_only=True)
class Original:
    """One member's file, or their lines of a flat file as CSV."""

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
    """Keep what versions of returns were read from; content that is there already stays as it is. `read_from` pairs return_id and digest."""
    table, links = sql_table(ORIGINALS), sql_table(RETURN_ORIGINALS)
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
    """What a version of a return was read from, for staff and moderators; never hand it to an assessor's screen."""
    table, links = sql_table(ORIGINALS), sql_table(RETURN_ORIGINALS)
    found = (
        select(table)
        .join(links, links.c.digest == table.c.digest)
        .where(links.c.return_id == return_id)
        .order_by(table.c.digest)
    )
    with reading(workspace.engine) as connection:
        return [
            Original(member_no=row.member_no, file=row.file, content=row.content)
            for row in connection.execute(found)
        ]
