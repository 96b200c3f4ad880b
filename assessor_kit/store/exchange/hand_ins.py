"""Merge judgements that come back from a laptop.

Files may be merged in any order and any number of times, always with the same result.

Events are a set: each is added once, whichever file brings it. Versions continue from those in the
pack, and the later version becomes the current one. Where two branches reach the same version, the
one whose origin sorts later does. Both remain in the log, and the merge names every return where
two branches met.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import IntegrityError

from assessor_kit import tables
from assessor_kit.errors import PackRefused
from assessor_kit.store.access.permissions import require_staff
from assessor_kit.store.database.connections import read_transaction, write_transaction
from assessor_kit.store.database.schema import CURRENT_JUDGEMENTS, sql_table
from assessor_kit.store.exchange.packs import event_from
from assessor_kit.store.exchange.sealed_files import name_on, read_encrypted
from assessor_kit.store.log.chain import LOG, append_event
from assessor_kit.store.log.judgements import known_version
from assessor_kit.store.log.opened_events import TOLD
from assessor_kit.store.workspace import Workspace
from assessor_kit.vocabulary import EventKind

PACKS = sql_table(tables.PACKS)
RETURNS = sql_table(tables.RETURNS)
# What staff agree and answer goes out in packs, and never comes in.
OF_AN_ASSESSOR = {
    kind.value for kind in EventKind if kind not in {EventKind.AGREED, EventKind.ANSWER}
}


@dataclass(frozen=True, kw_only=True)
class Merged:
    """The result of a merge.

    It counts the events that were added, those already known and those on returns of members since
    erased, and lists the returns where two branches met.
    """

    added: int
    known: int
    of_erased_members: int
    conflicts: tuple[dict[str, Any], ...]


def merge_hand_in(workspace: Workspace, path: Path) -> Merged:
    """Merge a file that came back from a pack.

    Raises PackRefused for a file that no pack of this workspace can have produced.
    """
    require_staff(workspace)
    name = name_on(path)
    with read_transaction(workspace.engine) as connection:
        pack = connection.execute(select(PACKS).where(PACKS.c.pack_id == name)).first()
    if pack is None:
        raise PackRefused(
            "it does not come from a pack of this workspace",
            where=path.name,
            advice="Find out which workspace made the pack, and merge the file there.",
        )
    key = workspace.keys.unwrap(pack.reply_key, subject=pack.pack_id, under="staff")
    events = read_encrypted(path, key=key)["events"]
    allowed = set(json.loads(pack.return_ids))
    if any(
        (one["assessor_id"], one["origin"]) != (pack.assessor_id, pack.pack_id)
        or one["return_id"] not in allowed
        or one["kind"] not in OF_AN_ASSESSOR
        for one in events
    ):
        raise PackRefused(
            "it mentions returns or assessors that were not in the pack, or what only staff record",
            where=path.name,
            advice="Ask the assessor how the file was made.",
        )
    return _merge(workspace, pack.pack_id, events)


def _merge(workspace: Workspace, pack_id: str, events: list[dict[str, Any]]) -> Merged:
    added = known = erased = 0
    with write_transaction(workspace.engine) as connection:
        gone = set(
            connection.execute(
                select(RETURNS.c.return_id).where(RETURNS.c.pseudonym == "")
            ).scalars()
        )
        for one in events:
            if one["return_id"] in gone:
                erased += 1
            elif known_version(connection, one["event_id"]) is not None or not _append(
                connection, one
            ):
                known += 1
            else:
                added += 1
        connection.execute(
            update(PACKS).where(PACKS.c.pack_id == pack_id),
            {"merged_at": datetime.now(UTC).replace(tzinfo=None)},
        )
        conflicts = tuple(
            conflict
            for name in sorted({one["return_id"] for one in events} - gone)
            for conflict in _conflicts(connection, name, pack_id)
        )
    return Merged(added=added, known=known, of_erased_members=erased, conflicts=conflicts)


def _append(connection: Connection, told: dict[str, Any]) -> bool:
    """Add an event and return True, or False where another connection has just added it."""
    try:
        with connection.begin_nested():
            append_event(connection, event_from(told))
    except IntegrityError:
        return False
    return True


def _conflicts(connection: Connection, return_id: str, pack_id: str) -> list[dict[str, Any]]:
    """Return where a judgement was changed in two places since the pack was made.

    Each conflict names the version that is now the current one.
    """
    mine = (LOG.c.return_id == return_id) & (LOG.c.kind == EventKind.JUDGEMENT.value)
    found: dict[str, dict[str, set[int]]] = {}
    for row in connection.execute(
        select(LOG.c.assessor_id, LOG.c.origin, LOG.c.version).where(mine)
    ):
        found.setdefault(row.assessor_id, {}).setdefault(row.origin, set()).add(row.version)
    met = [
        (assessor, origin)
        for assessor, branches in found.items()
        if pack_id in branches
        for origin, versions in branches.items()
        if origin != pack_id and max(versions) >= min(branches[pack_id])
    ]
    standing = {
        row.assessor_id: row
        for row in connection.execute(
            select(CURRENT_JUDGEMENTS).where(CURRENT_JUDGEMENTS.c.return_id == return_id)
        )
    }
    return [
        {
            "return_id": return_id,
            "assessor_id": assessor,
            "also_changed_in": origin or "this workspace",
            "stands": standing[assessor].origin or "this workspace",
            "version": standing[assessor].version,
        }
        for assessor, origin in met
    ]


def state_digest(workspace: Workspace) -> str:
    """Return one hash of all events and current judgements, whatever order they came in."""
    with read_transaction(workspace.engine) as connection:
        said = sorted(
            json.dumps(
                [*(row._asdict()[name] for name in TOLD), row.payload, row.made_at.isoformat()]
            )
            for row in connection.execute(select(LOG))
        )
        stands = sorted(
            row.event_id for row in connection.execute(select(CURRENT_JUDGEMENTS.c.event_id))
        )
    return hashlib.sha256("\n".join([*said, "", *stands]).encode()).hexdigest()
