"""Commands for assessors: their screen, packs for a laptop, and who may sign in."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assessor_kit.cli.argument_types import FILE, PORT
from assessor_kit.cli.command import (
    Answer,
    Command,
    folder_for_workspace,
    is_dry_run,
    open_workspace,
    place_for,
    say,
    would,
)
from assessor_kit.cli.dry_runs import nothing_elsewhere

if TYPE_CHECKING:
    from assessor_kit.cli.servers import Server

PASSPHRASE_VARIABLE = "ASSESSOR_KIT_PASSPHRASE"  # noqa: S105  (where it stands, not what it is)
APP_PORT = 8866
assessor_argument = click.argument(
    "assessor", metavar="ASSESSOR", help="The assessor's id, such as A07."
)


@click.command(
    "lab",
    cls=Command,
    keys=("workspace",),
    waits_for_people=True,
    example="assessor-kit lab --workspace season-2016",
)
def lab() -> Answer:
    """Start JupyterLab on the assessor's screen."""
    from assessor_kit.cli.servers import lab_server  # noqa: PLC0415  (loads charts)

    season = open_workspace()
    server = lab_server(season)
    for sentence in server.told:
        say(sentence)
    server.run()
    return {"workspace": str(season.folder)}


@click.command(
    "app",
    cls=Command,
    keys=("workspace", "address"),
    waits_for_people=True,
    example="assessor-kit app --assessor A07\nassessor-kit app --tour",
)
@click.option(
    "--assessor",
    metavar="ID",
    help="Whose returns; left out where the Hub or this laptop's pack says so.",
)
@click.option(
    "--tour",
    is_flag=True,
    help="The guided tour on practice returns; needs no workspace and touches none.",
)
@click.option(
    "--port",
    type=PORT,
    default=APP_PORT,
    metavar="N",
    help=f"Default: {APP_PORT}, on this machine.",
)
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def app(*, assessor: str | None, tour: bool, port: int, no_browser: bool) -> Answer:
    """Start the assessor's screen as an app."""
    from tempfile import TemporaryDirectory  # noqa: PLC0415

    from assessor_kit.cli.servers import app_server, tour_server  # noqa: PLC0415  (loads charts)

    if tour:
        with TemporaryDirectory(prefix="assessor-kit-tour-") as folder:
            return _run(tour_server(Path(folder), port=port, open_browser=not no_browser), "")
    season = open_workspace()
    server = app_server(season, assessor_id=assessor, port=port, open_browser=not no_browser)
    return _run(server, str(season.folder))


def _run(server: Server, folder: str) -> Answer:
    say(
        f"The screen opens at {server.address}\nKeep the address to yourself; Ctrl-C ends it.",
    )
    server.run()
    return {"workspace": folder, "address": server.address}


@click.command(
    "pack",
    cls=Command,
    keys=("pack_id", "returns", "passphrase", "fingerprint", "file"),
    dry_run="copy",
    would="pack {returns:return} into {file}",
    example="assessor-kit pack A07 a07.pack",
)
@assessor_argument
@click.argument("file", type=FILE, metavar="FILE", help="The pack to write.")
def pack(*, assessor: str, file: Path) -> Answer:
    """Write an assessor's returns into a file for a laptop.

    A dry run shows neither a name nor a passphrase, because every pack gets new ones.
    """
    import os  # noqa: PLC0415

    from assessor_kit.store.exchange.packs import make_pack  # noqa: PLC0415  (loads the database)

    made = make_pack(
        open_workspace(),
        assessor,
        place_for(file),
        passphrase=os.environ.get(PASSPHRASE_VARIABLE, ""),
    )
    if is_dry_run():
        made |= {"pack_id": None, "passphrase": None}
    return {**made, "file": str(file)}


@click.command(
    "open-pack",
    cls=Command,
    keys=("workspace", "assessor_id"),
    dry_run="own",
    would="make the workspace {workspace} for assessor {assessor_id}",
    example="assessor-kit open-pack a07.pack --workspace my-returns",
)
@click.argument("file", type=FILE, metavar="FILE", help="The pack that staff sent.")
@click.option(
    "--fingerprint", default="", metavar="F", help="Who must have signed it, as staff told you."
)
def open_pack(*, file: Path, fingerprint: str) -> Answer:
    """Make a laptop's workspace from a pack."""
    from assessor_kit.store.exchange import packs  # noqa: PLC0415  (loads the database)

    folder = place_for(folder_for_workspace())
    passphrase = _passphrase(file)
    with nothing_elsewhere() if is_dry_run() else nullcontext():
        made = packs.open_pack(file, folder, passphrase=passphrase, fingerprint=fingerprint)
    return {"workspace": str(made.folder), "assessor_id": made.acting_as}


def _passphrase(file: Path) -> str:
    """Return the passphrase from the environment, or ask for it.

    It is never an argument, which other programs and the shell's history can see.
    """
    import getpass  # noqa: PLC0415
    import os  # noqa: PLC0415
    import sys  # noqa: PLC0415

    from assessor_kit.store.exchange.sealed_files import read_label  # noqa: PLC0415  (loads cryptography)

    read_label(file)  # a wrong file is named before anybody types
    known = os.environ.get(PASSPHRASE_VARIABLE, "")
    if known or not sys.stdin.isatty():
        return known
    return getpass.getpass("Passphrase of the pack, as staff told you: ")


@click.command(
    "hand-in",
    cls=Command,
    keys=("events", "file"),
    dry_run="copy",
    would="write {events:event} of the judgement log into {file}",
    example="assessor-kit hand-in a07.handin",
)
@click.argument("file", type=FILE, metavar="FILE", help="The file to write and send to staff.")
def hand_in(*, file: Path) -> Answer:
    """Write what was judged on this laptop to a file."""
    from assessor_kit.store.exchange import packs  # noqa: PLC0415  (loads the database)

    return {"events": packs.hand_in(open_workspace(), place_for(file)), "file": str(file)}


@click.command(
    "merge",
    cls=Command,
    keys=("added", "known", "of_erased_members", "conflicts"),
    dry_run="copy",
    would="add {added:event} to the judgement log; {known:event} would be there already",
    example="assessor-kit merge a07.handin a12.handin",
)
@click.argument(
    "files", nargs=-1, required=True, type=FILE, metavar="FILE...", help="What assessors sent back."
)
def merge(*, files: tuple[Path, ...]) -> Answer:
    """Import what came back from laptops."""
    from assessor_kit.store.exchange.hand_ins import merge_hand_in  # noqa: PLC0415  (loads the database)

    season = open_workspace()
    made = [merge_hand_in(season, path) for path in files]
    return {
        "added": sum(one.added for one in made),
        "known": sum(one.known for one in made),
        "of_erased_members": sum(one.of_erased_members for one in made),
        "conflicts": [conflict for one in made for conflict in one.conflicts],
    }


@click.command(
    "token",
    cls=Command,
    keys=("token",),
    dry_run="copy",
    example="assessor-kit token A07",
)
@assessor_argument
def new_token(*, assessor: str) -> Answer:
    """Make a new token for an assessor's app and withdraw the previous one."""
    from assessor_kit.store import make_token  # noqa: PLC0415  (loads the database)

    token = make_token(open_workspace(), assessor)
    would(f"make a new token for {assessor} and end the one before")
    return {"token": None if is_dry_run() else token}


@click.command(
    "admit",
    cls=Command,
    keys=("database",),
    dry_run="own",
    example="assessor-kit admit A07",
)
@assessor_argument
def admit(*, assessor: str) -> Answer:
    """Create a database role for an assessor (PostgreSQL only)."""
    from assessor_kit.store.access.server_roles import admit_assessor  # noqa: PLC0415  (loads the database)

    url = admit_assessor(open_workspace(), assessor, dry_run=is_dry_run())
    would(f"make a database role for {assessor}, or give the role a new password")
    return {"database": None if url is None else url.render_as_string(hide_password=False)}


@click.command(
    "raised", cls=Command, keys=("raised",), table="raised", example="assessor-kit raised"
)
def raised() -> Answer:
    """List the returns handed back or raised in confidence."""
    return {"raised": _raised()}


@click.command(
    "told",
    cls=Command,
    keys=("told",),
    table="told",
    hidden=True,
    instead="raised",
    example="assessor-kit raised",
)
def told() -> Answer:
    """List the returns handed back or raised in confidence (the old name of `raised`)."""
    return {"told": _raised()}


def _raised() -> list[dict[str, Any]]:
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)

    return journey.handed_back_and_raised(open_workspace())


COMMANDS = (lab, app, pack, open_pack, hand_in, merge, new_token, admit, raised, told)
