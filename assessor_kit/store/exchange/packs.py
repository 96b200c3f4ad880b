"""Take allocated returns to an assessor's laptop, and bring the judgements back.

A pack is a signed and encrypted file that holds the returns without identities. The laptop opens
it, offline, as a workspace of its own.

    staff's workspace --make_pack--> pack --open_pack--> laptop's workspace
    laptop's workspace --hand_in--> sealed file --merge_hand_in--> staff's workspace
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection, insert, select

from assessor_kit import tables
from assessor_kit.errors import InvalidRequest, NotFound, PackRefused
from assessor_kit.files import write_private
from assessor_kit.store.access.permissions import require_staff
from assessor_kit.store.blind.earlier_advice import (
    EarlierAdvice,
    earlier_advice,
    put_earlier_advice,
)
from assessor_kit.store.blind.masked_copies import make_missing_rows
from assessor_kit.store.database.connections import read_transaction, write_transaction
from assessor_kit.store.database.schema import (
    CURRENT_JUDGEMENTS,
    RETURNS_TO_ASSESS,
    sql_table,
)
from assessor_kit.store.exchange.sealed_files import (
    make_passphrase,
    read_signed,
    signed_pack,
    signer_fingerprint,
    write_encrypted,
)
from assessor_kit.store.keys import KEY_BYTES
from assessor_kit.store.log.access_log import note_access
from assessor_kit.store.log.assessor_events import events_of_kind
from assessor_kit.store.log.chain import NewEvent, append_event
from assessor_kit.store.log.opened_events import opened_events
from assessor_kit.store.rounds.staff_notes import put_staff_notes, told_staff_notes
from assessor_kit.store.rounds.version_changes import (
    put_versions,
    told_versions,
    versions_before,
)
from assessor_kit.store.rows.shown_rows import (
    SHOWN,
    keep_shown_rows,
    plain_rows,
    shown_rows,
    typed_rows,
)
from assessor_kit.store.rows.typed_rows import append, read_columns, read_rows
from assessor_kit.store.workspace import Workspace
from assessor_kit.vocabulary import EventKind, JudgementState

FORMAT = 3  # 3 has staff's notes and the versions that returns took the place of
OPENED_FORMATS = {2, FORMAT}  # what this program opens and merges
BY_RETURN = (tables.REQUIREMENTS, tables.FINDINGS)
# What a laptop's tables hold in place of an identity.
LEFT_OUT: dict[tables.Table, dict[str, Any]] = {tables.PROBLEMS: {"digest": "", "file": None}}


def make_pack(
    workspace: Workspace, assessor_id: str, path: Path, *, passphrase: str = ""
) -> dict[str, Any]:
    """Write an assessor's pack.

    Returns its `pack_id`, how many `returns` it has, its `passphrase` and the signer's
    `fingerprint`. Staff must give the assessor the last two by another route than the file. The
    passphrase is kept nowhere; where none is given, one is made.

    Raises NotFound where the assessor has no returns, and PackRefused for a passphrase that is too
    short.
    """
    require_staff(workspace)
    passphrase = passphrase or make_passphrase()
    with write_transaction(workspace.engine) as connection:
        content = _content(workspace, connection, assessor_id)
    names = [row["return_id"] for row in content["returns"]]
    if not names:
        raise NotFound(f"Assessor {assessor_id} has no returns", advice="Allocate returns first.")
    label = {
        "pack_id": content["pack_id"],
        "assessor_id": assessor_id,
        "made_on": datetime.now(UTC).date().isoformat(),
    }
    pack = signed_pack(
        path, content, signer=workspace.keys.signer(), passphrase=passphrase, label=label
    )
    with write_transaction(workspace.engine) as connection:
        wrapped = workspace.keys.wrap(
            bytes.fromhex(content["reply_key"]), subject=content["pack_id"], under="staff"
        )
        file = (
            path.resolve().relative_to(workspace.folder).as_posix()
            if path.resolve().is_relative_to(workspace.folder)
            else str(path.resolve())
        )
        connection.execute(
            insert(sql_table(tables.PACKS)),
            [
                {
                    "pack_id": content["pack_id"],
                    "assessor_id": assessor_id,
                    "return_ids": json.dumps(names),
                    "reply_key": wrapped,
                    "file": file,
                    "made_at": datetime.now(UTC).replace(tzinfo=None),
                    "merged_at": None,
                }
            ],
        )
        for name in names:
            note_access(connection, name, who=assessor_id, what="packed")
    # only once it is recorded here, so that what comes back can be merged
    write_private(path, pack)
    return {
        "pack_id": content["pack_id"],
        "returns": len(names),
        "passphrase": passphrase,
        "fingerprint": signer_fingerprint(workspace.keys.signer()),
    }


def _content(workspace: Workspace, connection: Connection, assessor_id: str) -> dict[str, Any]:
    """Return everything that the laptop needs, without a name, number, file name or reason."""
    allocations = _theirs(connection, assessor_id)
    shown = RETURNS_TO_ASSESS.c
    rows = connection.execute(
        select(RETURNS_TO_ASSESS).where(
            shown.return_id.in_(list(allocations["return_id"])), shown.parked == ""
        )
    ).all()
    returns = [{**row._asdict(), "received_at": None} for row in rows]
    names = [row["return_id"] for row in returns]
    for name in names:
        make_missing_rows(connection, name)
    # a laptop never gets the words behind a mask
    found = {table.name: plain_rows(shown_rows(connection, table, names)) for table in SHOWN}
    found |= {
        table.name: plain_rows(read_rows(connection, table, return_id=names)) for table in BY_RETURN
    }
    earlier = {
        name: asdict(told)
        for name in names
        if (told := earlier_advice(connection, name)) is not None
    }
    words = {
        path.name: path.read_text(encoding="utf-8")
        for path in sorted((workspace.folder / "rules").glob("*.toml"))
    }
    return {
        "format": FORMAT,
        "pack_id": secrets.token_hex(16),
        "reply_key": os.urandom(KEY_BYTES).hex(),
        "assessor_id": assessor_id,
        "scheme": workspace.scheme,
        "is_sample": workspace.is_sample,
        "returns": returns,
        "words": words,
        "earlier": earlier,
        "staff_notes": told_staff_notes(connection, names, assessor_id=assessor_id),
        "version_changes": told_versions(connection, names),
        **found,
        "allocations": plain_rows(allocations[allocations["return_id"].isin(names)]),
        "events": _theirs_to_read(
            opened_events(connection, [*names, *_before(connection, names)]), assessor_id
        ),
    }


def _theirs_to_read(events: list[dict[str, Any]], assessor_id: str) -> list[dict[str, Any]]:
    """Return an assessor's events, and what was agreed after them.

    An answer to the assessor is theirs too.
    """
    last = {
        event["return_id"]: place
        for place, event in enumerate(events)
        if event["assessor_id"] == assessor_id and event["kind"] == EventKind.JUDGEMENT.value
    }
    return [
        event
        for place, event in enumerate(events)
        if event["assessor_id"] == assessor_id
        or (
            event["kind"] == EventKind.AGREED.value
            and place > last.get(event["return_id"], len(events))
        )
    ]


def _before(connection: Connection, names: list[str]) -> list[str]:
    """Return the versions whose place these returns took, for the judgements of them."""
    return [one.before_id for one in versions_before(connection, names).values()]


def _theirs(connection: Connection, assessor_id: str) -> pd.DataFrame:
    """Return an assessor's allocations without what they handed back before submitting it.

    Raises InvalidRequest for an assessor who was dismissed.
    """
    person = read_rows(connection, tables.ASSESSORS, assessor_id=assessor_id)
    if person["dismissed_on"].notna().any():
        raise InvalidRequest(
            f"Assessor {assessor_id} no longer assesses",
            expected="an assessor who was not dismissed",
            advice=f"`assessor-kit dismiss {assessor_id} --undo` takes them back.",
        )
    mine = read_rows(connection, tables.ALLOCATIONS, assessor_id=assessor_id)
    back = events_of_kind(connection, EventKind.HAND_BACK, assessor_id=assessor_id)
    current = CURRENT_JUDGEMENTS.c
    submitted = connection.execute(
        select(current.return_id).where(
            current.assessor_id == assessor_id,
            current.state == JudgementState.SUBMITTED.value,
        )
    ).scalars()
    gone = {str(one["return_id"]) for one in back} - set(submitted)
    return mine[~mine["return_id"].isin(gone)]


def open_pack(path: Path, folder: Path, *, passphrase: str, fingerprint: str = "") -> Workspace:
    """Create a laptop's workspace from a pack and open it.

    Raises PackRefused for a wrong passphrase, for a file that is damaged, altered or not a pack,
    for a folder that already holds a workspace, and where `fingerprint` is given and is not the
    signer's.
    """
    content, signed_by = read_signed(path, passphrase=passphrase)
    if content.get("format") not in OPENED_FORMATS or (fingerprint and fingerprint != signed_by):
        raise PackRefused(
            f"it has format {content.get('format')} and was signed by {signed_by}",
            where=path.name,
            expected=f"format {FORMAT}" + (f", signed by {fingerprint}" if fingerprint else ""),
            advice="Compare the fingerprint with staff, and ask for a new pack.",
        )
    if (folder / "assessor.db").exists():
        raise InvalidRequest(
            "there is already a workspace here",
            where=str(folder),
            expected="a new folder",
            advice="Hand in what is in it, then name another folder.",
        )
    made = Workspace.create(folder, scheme=content["scheme"], sample=content["is_sample"])
    for name, text in content["words"].items():
        write_private(made.folder / "rules" / Path(name).name, text)
    with write_transaction(made.engine) as connection:
        _fill(connection, content)
        settings = {
            "assessor_id": content["assessor_id"],
            "origin": content["pack_id"],
            "reply_key": made.keys.wrap(
                bytes.fromhex(content["reply_key"]), subject=content["pack_id"], under="staff"
            ),
        }
        connection.execute(
            insert(sql_table(tables.SETTINGS)),
            [{"name": name, "value": value} for name, value in settings.items()],
        )
    return Workspace.open(folder)


def _fill(connection: Connection, content: dict[str, Any]) -> None:
    """Write the pack's rows into the laptop's tables.

    A pseudonym takes the place of each membership number.
    """
    for row in content["returns"]:
        sent = {
            **row,
            "member_no": row["pseudonym"],
            "version": 1,
            "source_digest": "",
            "received_at": datetime.now(UTC).replace(tzinfo=None),
        }
        append(connection, tables.RETURNS, pd.DataFrame([sent]))
        known = {column.name: "" for column in tables.REGISTER.columns if column.kind == "text"}
        append(
            connection,
            tables.REGISTER,
            pd.DataFrame(
                [
                    {
                        **known,
                        "member_no": row["pseudonym"],
                        "discipline": row["discipline"],
                        "joined_on": None,
                        "left_on": None,
                        "do_not_contact": True,
                        "opted_in_on": None,
                    }
                ]
            ),
        )
    for table in (*SHOWN, *BY_RETURN, tables.ALLOCATIONS):
        # the laptop's database numbers its own
        names = [name for name in SHOWN.get(table, table.column_names) if name != "problem_no"]
        append(
            connection,
            table,
            typed_rows(content[table.name], table, names).assign(**LEFT_OUT.get(table, {})),
        )
    for table, columns in SHOWN.items():
        keep_shown_rows(connection, table, read_columns(connection, table, columns))
    for name, told in content["earlier"].items():
        put_earlier_advice(connection, name, EarlierAdvice(**told), of="")
    person = {column.name: "" for column in tables.ASSESSORS.columns}
    append(
        connection,
        tables.ASSESSORS,
        pd.DataFrame(
            [
                {
                    **person,
                    "dismissed_on": None,
                    "assessor_id": content["assessor_id"],
                    "capacity": len(content["returns"]),
                }
            ]
        ),
    )
    for event in content["events"]:
        append_event(connection, event_from(event))
    put_staff_notes(connection, content.get("staff_notes", ()))
    put_versions(connection, content.get("version_changes", ()))


def event_from(told: dict[str, Any]) -> NewEvent:
    """Return an event as it is described in a pack or a hand-in."""
    return NewEvent(
        event_id=told["event_id"],
        return_id=told["return_id"],
        assessor_id=told["assessor_id"],
        kind=EventKind(told["kind"]),
        version=int(told["version"]),
        chosen=told["chosen"],
        written=told["written"],
        state=told["state"],
        restores_version=told["restores_version"],
        origin=told["origin"],
        made_at=datetime.fromisoformat(told["made_at"]),
    )


def hand_in(laptop: Workspace, path: Path) -> int:
    """Write what was judged on this laptop to a file and return how many events it holds.

    Only staff can open the file. It may be written any number of times.
    """
    if not laptop.origin:
        raise InvalidRequest(
            "this workspace was not made from a pack",
            where=str(laptop.folder),
            advice="Nothing needs handing in: staff see at once what is saved on the screen.",
        )
    settings = sql_table(tables.SETTINGS)
    with read_transaction(laptop.engine) as connection:
        wrapped = connection.execute(
            select(settings.c.value).where(settings.c.name == "reply_key")
        ).scalar_one()
        events = [event for event in opened_events(connection) if event["origin"] == laptop.origin]
    key = laptop.keys.unwrap(str(wrapped), subject=laptop.origin, under="staff")
    write_encrypted(path, {"format": FORMAT, "events": events}, name=laptop.origin, key=key)
    return len(events)
