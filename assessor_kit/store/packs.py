"""An assessor's laptop: the allocated returns without identities in a signed and encrypted file, opened offline as a workspace of its own.

staff's workspace --make_pack--> pack --open_pack--> laptop's workspace --hand_in--> sealed file --merge_hand_in--> staff's workspace
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
from assessor_kit.errors import NotFound, PackRefused
from assessor_kit.store.access import require_staff
from assessor_kit.store.access_log import note_access
from assessor_kit.store.chain import NewEvent, append_event
from assessor_kit.store.earlier_advice import EarlierAdvice, earlier_advice, put_earlier_advice
from assessor_kit.store.engine import reading, writing
from assessor_kit.store.keys import KEY_BYTES
from assessor_kit.store.masks import make_missing_rows
from assessor_kit.store.opened_events import opened_events
from assessor_kit.store.reading import append, read_columns, read_rows
from assessor_kit.store.schema import RETURNS_TO_ASSESS, sql_table
from assessor_kit.store.sealed_files import (
    make_passphrase,
    read_signed,
    signed_pack,
    signer_fingerprint,
    write_encrypted,
    write_private,
)
from assessor_kit.store.shown_rows import SHOWN, keep_shown_rows, plain_rows, shown_rows, typed_rows
from assessor_kit.store.workspace import Workspace
from assessor_kit.vocabulary import EventKind

FORMAT = 2
BY_RETURN = (tables.REQUIREMENTS, tables.FINDINGS)
# What a laptop's tables hold where an identity would stand.
LEFT_OUT: dict[tables.Table, dict[str, Any]] = {tables.PROBLEMS: {"digest": "", "file": None}}


def make_pack(
    workspace: Workspace, assessor_id: str, path: Path, *, passphrase: str = ""
) -> dict[str, Any]:
    """Write an assessor's pack: its `pack_id`, `returns` (how many), `passphrase` and `fingerprint`.

    Staff tell the assessor the last two by another way than they send the file. The passphrase is told once and kept nowhere; where none is given,
    one is made. Raises PackRefused for one that is too short.
    """
    require_staff(workspace)
    passphrase = passphrase or make_passphrase()
    with writing(workspace.engine) as connection:
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
    with writing(workspace.engine) as connection:
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
    write_private(path, pack)  # after it is known here, so that what comes back can be merged
    return {
        "pack_id": content["pack_id"],
        "returns": len(names),
        "passphrase": passphrase,
        "fingerprint": signer_fingerprint(workspace.keys.signer()),
    }


def _content(workspace: Workspace, connection: Connection, assessor_id: str) -> dict[str, Any]:
    """Everything that the laptop needs, and no name, number, file or reason."""
    allocations = read_rows(connection, tables.ALLOCATIONS, assessor_id=assessor_id)
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
    found = {
        table.name: plain_rows(shown_rows(connection, table, names)) for table in SHOWN
    }  # a laptop never gets the words that a mask stands for
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
        **found,
        "allocations": plain_rows(allocations[allocations["return_id"].isin(names)]),
        "events": [
            event
            for event in opened_events(connection, names)
            if event["assessor_id"] == assessor_id
        ],
    }


def open_pack(path: Path, folder: Path, *, passphrase: str, fingerprint: str = "") -> Workspace:
    """Make a laptop's workspace from a pack.

    Raises PackRefused for a wrong passphrase, another file, a damaged or altered one, or one that others signed than `fingerprint` says.
    """
    content, signed_by = read_signed(path, passphrase=passphrase)
    if content.get("format") != FORMAT or (fingerprint and fingerprint != signed_by):
        raise PackRefused(
            f"it is of format {content.get('format')}, signed by {signed_by}",
            where=path.name,
            expected=f"format {FORMAT}" + (f", signed by {fingerprint}" if fingerprint else ""),
            advice="Compare the fingerprint with staff, and ask for a new pack.",
        )
    if (folder / "assessor.db").exists():
        raise PackRefused(
            "there is a workspace already",
            where=str(folder),
            expected="a new folder",
            advice="Hand in what is in it, then name another.",
        )
    made = Workspace.create(folder, scheme=content["scheme"], sample=content["is_sample"])
    for name, text in content["words"].items():
        (made.folder / "rules" / Path(name).name).write_text(text, encoding="utf-8")
    with writing(made.engine) as connection:
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
    """The pack's rows into the laptop's tables; a pseudonym stands where a membership number would."""
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
        names = [
            name for name in SHOWN.get(table, table.column_names) if name != "problem_no"
        ]  # the laptop counts its own
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
            [{**person, "assessor_id": content["assessor_id"], "capacity": len(content["returns"])}]
        ),
    )
    for event in content["events"]:
        append_event(connection, event_from(event))


def event_from(told: dict[str, Any]) -> NewEvent:
    """An event as a pack or a hand-in tells it."""
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
    """Write everything that was said on this laptop into a file for staff, which only they can open: how many events. As often as one likes."""
    if not laptop.origin:
        raise PackRefused(
            "this workspace was not made from a pack",
            where=str(laptop.folder),
            advice="Save on the screen: staff see it at once.",
        )
    settings = sql_table(tables.SETTINGS)
    with reading(laptop.engine) as connection:
        wrapped = connection.execute(
            select(settings.c.value).where(settings.c.name == "reply_key")
        ).scalar_one()
        events = [event for event in opened_events(connection) if event["origin"] == laptop.origin]
    key = laptop.keys.unwrap(str(wrapped), subject=laptop.origin, under="staff")
    write_encrypted(path, {"format": FORMAT, "events": events}, name=laptop.origin, key=key)
    return len(events)
