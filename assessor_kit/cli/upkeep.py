"""Commands for upkeep: checks, backups, new versions, and the demonstration."""

from __future__ import annotations

from pathlib import Path

import click

from assessor_kit.cli.argument_types import FILE
from assessor_kit.cli.command import (
    Answer,
    Command,
    folder_for_workspace,
    folder_of_workspace,
    is_dry_run,
    open_workspace,
    place_for,
    say,
)
from assessor_kit.cli.dry_runs import copy_keys, nothing_elsewhere
from assessor_kit.vocabulary import counted_text

replace_option = click.option("--replace", is_flag=True, help="Write over a file that is there.")


def _free_to_write(file: Path, *, replace: bool) -> Path:
    if file.exists() and not replace:
        raise click.UsageError(
            f"{file} is there already, and may be the only backup. Name another file, or give"
            " --replace."
        )
    return file


@click.command(
    "doctor",
    cls=Command,
    keys=("checks",),
    show="doctor",
    table="checks",
    example="assessor-kit doctor",
)
def doctor() -> Answer:
    """Check this machine and this workspace, and say what to mend."""
    from assessor_kit.cli.doctor import run_checks  # noqa: PLC0415  (loads the database)

    return {"checks": run_checks()}


@click.command(
    "upgrade",
    cls=Command,
    keys=("revision",),
    dry_run="own",
    would="bring the database to revision {revision}",
    example="assessor-kit upgrade",
)
def upgrade() -> Answer:
    """Bring the database to this version of the kit."""
    from assessor_kit.store import Workspace  # noqa: PLC0415  (loads the database)

    return {"revision": Workspace.upgrade(folder_of_workspace(), dry_run=is_dry_run())}


@click.command(
    "backup",
    cls=Command,
    keys=("file", "files", "events", "head"),
    dry_run="copy",
    would="save {files:file} and {events:event} of the judgement log into {file}",
    example="assessor-kit backup season-2016.zip",
)
@click.argument("file", type=FILE, metavar="FILE.zip", help="The backup to write.")
@replace_option
def backup(*, file: Path, replace: bool) -> Answer:
    """Back up the workspace, even while others write to it."""
    from dataclasses import asdict  # noqa: PLC0415

    from assessor_kit.store.upkeep.backup import back_up  # noqa: PLC0415  (loads the database)

    _free_to_write(file, replace=replace)
    return {"file": str(file), **asdict(back_up(open_workspace(), place_for(file)))}


@click.command(
    "backup-keys",
    cls=Command,
    keys=("file", "fingerprint"),
    dry_run="copy",
    would="save the keys with the fingerprint {fingerprint} into {file}",
    example="assessor-kit backup-keys /media/safe/keys.json",
)
@click.argument("file", type=FILE, metavar="FILE", help="Elsewhere than the backups.")
@replace_option
def backup_keys(*, file: Path, replace: bool) -> Answer:
    """Back up the keys, to be kept in another place."""
    from assessor_kit.store.upkeep.backup import back_up_keys  # noqa: PLC0415  (loads the database)

    _free_to_write(file, replace=replace)
    return {"file": str(file), "fingerprint": back_up_keys(open_workspace(), place_for(file))}


@click.command(
    "restore",
    cls=Command,
    keys=("workspace", "files", "events", "head", "erased_again", "files_erased"),
    dry_run="own",
    would="put back {files:file} and {events:event} of the judgement log into {workspace}",
    example="assessor-kit restore-keys keys.json --workspace again\n"
    "assessor-kit restore season-2016.zip --workspace again",
)
@click.argument("file", type=FILE, metavar="FILE.zip", help="The backup.")
def restore(*, file: Path) -> Answer:
    """Restore a backup to a new folder, after its keys (`restore-keys`)."""
    from dataclasses import asdict  # noqa: PLC0415

    from assessor_kit.store.upkeep import backup as kept  # noqa: PLC0415  (loads the database)

    folder = folder_for_workspace()
    if not is_dry_run():
        done = kept.restore(file, folder)
        if done.erased_again:
            members = counted_text(done.erased_again, "member", "members")
            files = counted_text(done.files_erased, "file", "files")
            say(
                f"Erased again: {members}, with {files}. Back the workspace and its keys up anew"
                " (`assessor-kit backup`, `assessor-kit backup-keys`), and destroy the older"
                " backups, which still hold them."
            )
        return {"workspace": str(folder), **asdict(done)}
    from assessor_kit.store.workspace import keys_folder  # noqa: PLC0415  (loads the database)

    tried = place_for(folder)
    copy_keys(keys_folder(folder), tried)
    with nothing_elsewhere():
        return {"workspace": str(folder), **asdict(kept.restore(file, tried))}


@click.command(
    "restore-keys",
    cls=Command,
    keys=("fingerprint",),
    dry_run="own",
    would="put back the keys with the fingerprint {fingerprint}",
    example="assessor-kit restore-keys keys.json --workspace again",
)
@click.argument("file", type=FILE, metavar="FILE", help="The backup of the keys.")
def restore_keys(*, file: Path) -> Answer:
    """Restore the keys from their backup."""
    from assessor_kit.store.upkeep import backup as kept  # noqa: PLC0415  (loads the database)

    if not is_dry_run():
        return {"fingerprint": kept.restore_keys(file, folder_for_workspace())}
    from assessor_kit.store.workspace import keys_folder  # noqa: PLC0415  (loads the database)

    tried = place_for(keys_folder(folder_for_workspace()))
    with nothing_elsewhere(ASSESSOR_KIT_KEYS=str(tried)):
        return {"fingerprint": kept.restore_keys(file, tried.parent)}


@click.command(
    "demo",
    cls=Command,
    keys=(
        "workspace",
        "rendered",
        "failed",
        "unchanged",
        "waiting",
        "individual",
        "generic",
        "folder",
    ),
    show="nothing",
    waits_for_people=True,
    example="assessor-kit demo --no-lab",
)
@click.option("--no-lab", is_flag=True, help="Stop before JupyterLab starts.")
def demo(*, no_lab: bool) -> Answer:
    """Run the whole journey on the sample data."""
    from assessor_kit.cli.demo import run_demo  # noqa: PLC0415  (loads charts)

    settings = click.get_current_context().find_root().obj
    return run_demo(settings.workspace, lab=not no_lab)


COMMANDS = (doctor, upgrade, backup, backup_keys, restore, restore_keys, demo)
