"""Commands for members' rights over their data, and for how long it is kept."""

from __future__ import annotations

from pathlib import Path

import click

from assessor_kit.cli.argument_types import FILE, PERSON
from assessor_kit.cli.command import Answer, Command, is_dry_run, open_workspace, place_for

member_argument = click.argument(
    "member",
    type=PERSON,
    metavar="MEMBER",
    help="The membership number; or the R-code or id of one of the member's returns.",
)


@click.command(
    "erase",
    cls=Command,
    keys=("erased", "rows", "files", "cannot_reach"),
    dry_run="own",
    would="erase {rows:row} and {files:file}",
    example="assessor-kit erase 1234567 --dry-run",
)
@member_argument
def erase(*, member: str) -> Answer:
    """Erase a member from everything."""
    from assessor_kit.cli.lookups.named import member_named  # noqa: PLC0415  (loads the database)
    from assessor_kit.store.rights.erasure import erase_member  # noqa: PLC0415  (loads the database)

    season = open_workspace()
    done = erase_member(season, member_named(season, member), dry_run=is_dry_run())
    return {
        "erased": done.erasure_id or None,
        "rows": done.rows,
        "files": list(done.files),
        "cannot_reach": list(done.cannot_reach),
    }


@click.command(
    "subject-access",
    cls=Command,
    keys=("files",),
    dry_run="copy",
    would="write {files:file}",
    example="assessor-kit subject-access 1234567 answer-to-1234567",
)
@member_argument
@click.argument("out", type=FILE, metavar="OUT", help="The folder to write.")
def subject_access(*, member: str, out: Path) -> Answer:
    """Write everything that is held about a member to a folder."""
    from assessor_kit.cli.lookups.named import member_named  # noqa: PLC0415  (loads the database)
    from assessor_kit.store.rights.subject_access import (  # noqa: PLC0415  (loads the database)
        write_subject_access,
    )

    season = open_workspace()
    written = write_subject_access(season, member_named(season, member), place_for(out))
    return {"files": [str(path) for path in written]}


@click.command(
    "retention",
    cls=Command,
    keys=("due", "applied"),
    table="due",
    dry_run="own",
    would="let go of what this table counts",
    example="assessor-kit retention\nassessor-kit retention --apply",
)
@click.option("--apply", is_flag=True, help="Let it go; without this it is only named.")
def retention(*, apply: bool) -> Answer:
    """List what has been kept long enough, and delete it."""
    from dataclasses import asdict  # noqa: PLC0415

    from assessor_kit.store.rights.retention import (  # noqa: PLC0415  (loads the database)
        apply_retention,
        today_here,
    )

    applied = apply and not is_dry_run()
    due = apply_retention(open_workspace(), today=today_here(), dry_run=not applied)
    return {"due": [asdict(one) for one in due], "applied": applied}


@click.command(
    "verify-log",
    cls=Command,
    keys=("verified", "events", "head", "problems"),
    example="assessor-kit verify-log --head 5f2c…",
)
@click.option(
    "--head", default="", metavar="HASH", help="A head noted earlier, which must still be there."
)
def verify_log(*, head: str) -> Answer:
    """Check that no judgement was altered or removed."""
    from assessor_kit.store.database.connections import read_transaction  # noqa: PLC0415
    from assessor_kit.store.log.chain import check_log  # noqa: PLC0415  (loads the database)

    with read_transaction(open_workspace().engine) as connection:
        found = check_log(connection, expected_head=head)
    return {
        "verified": found.verified,
        "events": found.events,
        "head": found.head,
        "problems": list(found.problems),
    }


COMMANDS = (erase, subject_access, retention, verify_log)
