"""Commands on what the store keeps: the log, members' rights, backups, packs, and who may sign in."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assessor_kit.store import Workspace, make_token, told_to_staff
from assessor_kit.store.backup import back_up, back_up_keys, restore, restore_keys
from assessor_kit.store.chain import check_log
from assessor_kit.store.engine import reading
from assessor_kit.store.erasure import erase_member
from assessor_kit.store.merging import merge_hand_in
from assessor_kit.store.packs import hand_in, make_pack, open_pack
from assessor_kit.store.retention import apply_retention, today_here
from assessor_kit.store.sealed_files import read_label
from assessor_kit.store.server import admit_assessor, dismiss_assessor
from assessor_kit.store.subject_access import write_subject_access

Answer = dict[str, Any]
TOLD_VARIABLE = "ASSESSOR_KIT_PASSPHRASE"
STORE_KEYS: dict[str, tuple[str, ...]] = {
    "upgrade": ("revision",),
    "verify-log": ("verified", "events", "head", "problems"),
    "told": ("told",),
    "erase": ("erased", "rows", "files", "cannot_reach"),
    "subject-access": ("files",),
    "retention": ("due", "applied"),
    "backup": ("file", "files", "events", "head"),
    "backup-keys": ("file", "fingerprint"),
    "restore": ("workspace", "files", "events", "head"),
    "restore-keys": ("fingerprint",),
    "pack": ("pack_id", "returns", "passphrase", "fingerprint", "file"),
    "open-pack": ("workspace", "assessor_id"),
    "hand-in": ("events", "file"),
    "merge": ("added", "known", "of_erased_members", "conflicts"),
    "token": ("token",),
    "admit": ("database",),
    "dismiss": ("dismissed",),
}


def add_store_commands(
    commands: argparse._SubParsersAction[Any], common: argparse.ArgumentParser
) -> None:
    """What each of these commands takes."""
    said: dict[str, tuple[str, tuple[str, ...]]] = {
        "upgrade": ("bring the database to this version of the kit", ()),
        "verify-log": ("check that no judgement was altered or removed", ()),
        "told": ("returns handed back or raised in confidence", ()),
        "erase": ("take a member out of everything", ("member",)),
        "subject-access": ("everything held about a member, into a folder", ("member", "out")),
        "retention": ("what has been kept long enough", ()),
        "backup": ("save the workspace, also while others write", ("file",)),
        "backup-keys": ("save the keys, for another place", ("file",)),
        "restore": ("put a backup into a new folder", ("file",)),
        "restore-keys": ("put the keys back", ("file",)),
        "pack": ("an assessor's returns for a laptop", ("assessor", "file")),
        "open-pack": ("make a laptop's workspace from a pack", ("file",)),
        "hand-in": ("write what was judged on this laptop into a file", ("file",)),
        "merge": ("take in what came back from laptops", ("files",)),
        "token": ("a new token for an assessor's app", ("assessor",)),
        "admit": ("a database role for an assessor", ("assessor",)),
        "dismiss": ("take an assessor's database role away", ("assessor",)),
    }
    for name, (words, places) in said.items():
        one = commands.add_parser(name, parents=[common], help=words)
        for place in places:
            one.add_argument(
                place,
                **(
                    {"type": Path}
                    if place in {"file", "out"}
                    else {"type": Path, "nargs": "+"}
                    if place == "files"
                    else {}
                ),
            )
        if name == "verify-log":
            one.add_argument(
                "--head",
                default="",
                metavar="HASH",
                help="a head noted earlier, which must still be in the log",
            )
        if name == "erase":
            one.add_argument("--dry-run", action="store_true", help="only say what would be erased")
        if name == "retention":
            one.add_argument(
                "--apply", action="store_true", help="let it go; without this it is only named"
            )
        if name == "open-pack":
            one.add_argument(
                "--fingerprint",
                default="",
                metavar="F",
                help="who must have signed it, as staff told you",
            )


def _upgrade(_arguments: argparse.Namespace) -> Answer:
    return {"revision": Workspace.upgrade()}


def _verify_log(arguments: argparse.Namespace) -> Answer:
    with reading(Workspace.open().engine) as connection:
        found = check_log(connection, expected_head=arguments.head)
    return {
        "verified": found.verified,
        "events": found.events,
        "head": found.head,
        "problems": list(found.problems),
    }


def _told(_arguments: argparse.Namespace) -> Answer:
    return {"told": told_to_staff(Workspace.open()).to_dict("records")}


def _erase(arguments: argparse.Namespace) -> Answer:
    done = erase_member(Workspace.open(), arguments.member, dry_run=arguments.dry_run)
    return {
        "erased": done.erasure_id or None,
        "rows": done.rows,
        "files": list(done.files),
        "cannot_reach": list(done.cannot_reach),
    }


def _subject_access(arguments: argparse.Namespace) -> Answer:
    return {
        "files": [
            str(path)
            for path in write_subject_access(Workspace.open(), arguments.member, arguments.out)
        ]
    }


def _retention(arguments: argparse.Namespace) -> Answer:
    due = apply_retention(Workspace.open(), today=today_here(), dry_run=not arguments.apply)
    return {"due": [asdict(one) for one in due], "applied": arguments.apply}


def _backup(arguments: argparse.Namespace) -> Answer:
    return {"file": str(arguments.file), **asdict(back_up(Workspace.open(), arguments.file))}


def _backup_keys(arguments: argparse.Namespace) -> Answer:
    return {
        "file": str(arguments.file),
        "fingerprint": back_up_keys(Workspace.open(), arguments.file),
    }


def _restore(arguments: argparse.Namespace) -> Answer:
    folder = _folder(arguments)
    return {"workspace": str(folder), **asdict(restore(arguments.file, folder))}


def _restore_keys(arguments: argparse.Namespace) -> Answer:
    return {"fingerprint": restore_keys(arguments.file, _folder(arguments))}


def _pack(arguments: argparse.Namespace) -> Answer:
    return {
        **make_pack(
            Workspace.open(),
            arguments.assessor,
            arguments.file,
            passphrase=os.environ.get(TOLD_VARIABLE, ""),
        ),
        "file": str(arguments.file),
    }


def _open_pack(arguments: argparse.Namespace) -> Answer:
    made = open_pack(
        arguments.file,
        _folder(arguments),
        passphrase=_passphrase(arguments.file),
        fingerprint=arguments.fingerprint,
    )
    return {"workspace": str(made.folder), "assessor_id": made.acting_as}


def _passphrase(file: Path) -> str:
    """As staff told it: from the environment, else asked for; never an argument, which other programs and the shell's history can see."""
    read_label(file)  # a wrong file is named before anybody types
    known = os.environ.get(TOLD_VARIABLE, "")
    if known or not sys.stdin.isatty():
        return known
    return getpass.getpass("Passphrase of the pack, as staff told you: ")


def _hand_in(arguments: argparse.Namespace) -> Answer:
    return {"events": hand_in(Workspace.open(), arguments.file), "file": str(arguments.file)}


def _merge(arguments: argparse.Namespace) -> Answer:
    season = Workspace.open()
    made = [merge_hand_in(season, path) for path in arguments.files]
    return {
        "added": sum(one.added for one in made),
        "known": sum(one.known for one in made),
        "of_erased_members": sum(one.of_erased_members for one in made),
        "conflicts": [conflict for one in made for conflict in one.conflicts],
    }


def _token(arguments: argparse.Namespace) -> Answer:
    return {"token": make_token(Workspace.open(), arguments.assessor)}


def _admit(arguments: argparse.Namespace) -> Answer:
    return {
        "database": admit_assessor(Workspace.open(), arguments.assessor).render_as_string(
            hide_password=False
        )
    }


def _dismiss(arguments: argparse.Namespace) -> Answer:
    dismiss_assessor(Workspace.open(), arguments.assessor)
    return {"dismissed": arguments.assessor}


def _folder(arguments: argparse.Namespace) -> Path:
    return Path(arguments.workspace or "workspace").resolve()


STORE_RUN: dict[str, Callable[[argparse.Namespace], Answer]] = {
    "upgrade": _upgrade,
    "verify-log": _verify_log,
    "told": _told,
    "erase": _erase,
    "subject-access": _subject_access,
    "retention": _retention,
    "backup": _backup,
    "backup-keys": _backup_keys,
    "restore": _restore,
    "restore-keys": _restore_keys,
    "pack": _pack,
    "open-pack": _open_pack,
    "hand-in": _hand_in,
    "merge": _merge,
    "token": _token,
    "admit": _admit,
    "dismiss": _dismiss,
}
