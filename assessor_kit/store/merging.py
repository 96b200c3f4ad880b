"""Judgements brought back from a laptop: merged in any order, as often as one likes, to one and the same state.

Events are a set: each comes once, whoever brings it. Versions count on from the pack, so the later version stands; of two branches that
reach the same version, the one of the later name of origin. Both remain in the log, and the merge names every return where two met.
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
from assessor_kit.store.access import require_staff
from assessor_kit.store.chain import LOG, append_event
from assessor_kit.store.engine import reading, writing
from assessor_kit.store.judgement_log import known_version
from assessor_kit.store.opened_events import TOLD
from assessor_kit.store.packs import event_from
from assessor_kit.store.schema import CURRENT_JUDGEMENTS, sql_table
from assessor_kit.store.sealed_files import name_on, read_encrypted
from assessor_kit.store.workspace import Workspace
from assessor_kit.vocabulary import EventKind

PACKS, RETURNS = sql_table(tables.PACKS), sql_table(tables.RETURNS)


@dataclass(frozen=True, kw_only=True)
class Merged:
    """What a merge did: events added and known before, events on returns since erased, and the returns where two branches met."""

    added: int
    known: int
    of_erased_members: int
    conflicts: tuple[dict[str, Any], ...]


def merge_hand_in(workspace: Workspace, path: Path) -> Merged:
    """Take in what came back from a pack. Raises PackRefused for a file that no pack of this workspace can have made."""
    require_staff(workspace)
    name = name_on(path)
    with reading(workspace.engine) as connection:
        pack = connection.execute(select(PACKS).where(PACKS.c.pack_id == name)).first()
    if pack is None:
        raise PackRefused(
            "it comes from no pack of this workspace",
            where=path.name,
            advice="Ask which workspace made the pack.",
        )
    key = workspace.keys.unwrap(pack.reply_key, subject=pack.pack_id, under="staff")
    events = read_encrypted(path, key=key)["events"]
    allowed = set(json.loads(pack.return_ids))
    if any(
        (one["assessor_id"], one["origin"]) != (pack.assessor_id, pack.pack_id)
        or one["return_id"] not in allowed
        for one in events
    ):
        raise PackRefused(
            "it speaks of returns or assessors that the pack did not hold",
            where=path.name,
            advice="Ask the assessor how the file was made.",
        )
    return _merge(workspace, pack.pack_id, events)


def _merge(workspace: Workspace, pack_id: str, events: list[dict[str, Any]]) -> Merged:
    added = known = erased = 0
    with writing(workspace.engine) as connection:
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
    """Add an event; False where another connection has just added it."""
    try:
        with connection.begin_nested():
            append_event(connection, event_from(told))
    except IntegrityError:
        return False
    return True


def _conflicts(connection: Connection, return_id: str, pack_id: str) -> list[dict[str, Any]]:
    """Where judgements of one assessor on this return have gone on in two places since the pack was made: which version stands."""
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
    """One hash for everything that was said and for what stands, whatever the order in which it came."""
    with reading(workspace.engine) as connection:
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
