"""Commands on what is sent to members: letters, the outbox, what came back."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assessor_kit import journey, tables
from assessor_kit.store import Workspace, read_table

Answer = dict[str, Any]
KINDS = ("feedback", "invitation", "reminder")
MAIL_KEYS: dict[str, tuple[str, ...]] = {
    "letters": ("queued", "left_out"),
    "feedback send": ("queued", "sent", "left_out", "folder"),
    "feedback outbox": ("messages", "unknown"),
    "feedback bounces": ("bounced", "delayed", "known", "rejected"),
}


def add_letters(
    commands: argparse._SubParsersAction[Any],
    common: argparse.ArgumentParser,
    year: argparse.ArgumentParser,
) -> None:
    """The command that writes to those who have not answered."""
    letters = commands.add_parser(
        "letters",
        parents=[common, year],
        help="put invitations or reminders in the outbox, for `feedback send`",
    )
    letters.add_argument("kind", choices=("invitation", "reminder"))
    letters.add_argument(
        "--member",
        action="append",
        metavar="NUMBER",
        help="only to this member; may be given again",
    )
    letters.add_argument(
        "--after",
        type=int,
        default=14,
        metavar="DAYS",
        help="remind nobody sooner after the last letter; default: 14",
    )


def add_mail_steps(
    steps: argparse._SubParsersAction[Any],
    common: argparse.ArgumentParser,
    year: argparse.ArgumentParser,
) -> None:
    """The steps of `feedback` that send, and that hear what became of it."""
    send = steps.add_parser("send", parents=[common, year])
    send.set_defaults(command="feedback send")
    way = send.add_mutually_exclusive_group(required=True)
    way.add_argument(
        "--smtp",
        metavar="HOST:PORT",
        help="over TLS; the password is read from $ASSESSOR_KIT_SMTP_PASSWORD",
    )
    way.add_argument(
        "--dry-run", type=Path, metavar="DIR", help="write .eml files to look at; nothing is sent"
    )
    way.add_argument(
        "--mail-merge",
        type=Path,
        metavar="DIR",
        help="write mail_merge.csv and the documents, for an office's own mail merge",
    )
    send.add_argument("--only", choices=KINDS, help="default: released feedback and all letters")
    send.add_argument(
        "--attach",
        choices=("html", "pdf"),
        default="html",
        help="feedback as a page (the default), or as the PDF that `render --format` made of it",
    )
    send.add_argument("--sender", default="", metavar="ADDRESS")
    send.add_argument(
        "--login", default="", metavar="NAME", help="where the mail server asks for one"
    )
    send.add_argument(
        "--pause", type=float, default=0.2, metavar="SECONDS", help="between two messages"
    )
    outbox = steps.add_parser("outbox", parents=[common, year])
    outbox.set_defaults(command="feedback outbox")
    outbox.add_argument(
        "--settle",
        nargs=2,
        metavar=("MESSAGE", "STATE"),
        help="what became of a message: sent, bounced, or queued to send it again",
    )
    bounces = steps.add_parser("bounces", parents=[common])
    bounces.set_defaults(command="feedback bounces")
    bounces.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help=".eml or mbox: what mail systems sent back",
    )


def _letters(arguments: argparse.Namespace) -> Answer:
    done = journey.write_letters(
        Workspace.open(),
        cpd_year=arguments.cpd_year,
        kind=arguments.kind,
        member_nos=arguments.member,
        after_days=arguments.after,
    )
    return {"queued": done.queued, "left_out": done.left_out}


def _send(arguments: argparse.Namespace) -> Answer:
    from assessor_kit.feedback import mail, outbox  # noqa: PLC0415  (altair and papermill take a second to load)

    season, year = Workspace.open(), arguments.cpd_year
    kinds = (arguments.only,) if arguments.only else KINDS
    queued = outbox.prepare_feedback(season, cpd_year=year) if "feedback" in kinds else 0
    folder, form = arguments.mail_merge or arguments.dry_run, arguments.attach
    if arguments.mail_merge:
        done = mail.mail_merge(season, arguments.mail_merge, cpd_year=year, kinds=kinds, form=form)
    elif arguments.dry_run:
        done = outbox.send_outbox(
            season,
            cpd_year=year,
            deliver=mail.eml_files(arguments.dry_run),
            sender=arguments.sender,
            kinds=kinds,
            form=form,
            keep_queued=True,
        )
    else:
        host, _, port = arguments.smtp.rpartition(":")
        password = os.environ.get("ASSESSOR_KIT_SMTP_PASSWORD", "")
        with mail.mail_server(
            host or arguments.smtp, int(port), login=arguments.login, password=password
        ) as deliver:
            done = outbox.send_outbox(
                season,
                cpd_year=year,
                deliver=deliver,
                sender=arguments.sender,
                kinds=kinds,
                pause_seconds=arguments.pause,
                form=form,
            )
    return {
        "queued": queued,
        "sent": done.sent,
        "left_out": done.left_out,
        "folder": str(folder or ""),
    }


def _outbox(arguments: argparse.Namespace) -> Answer:
    from assessor_kit.feedback import outbox  # noqa: PLC0415  (as above)

    season = Workspace.open()
    if arguments.settle:
        outbox.settle(season, arguments.settle[0], state=arguments.settle[1])
    unknown = outbox.find_unknown(season)
    messages = read_table(season, tables.OUTBOX, cpd_year=arguments.cpd_year)
    return {
        "messages": messages["state"].value_counts().to_dict(),
        "unknown": list(unknown["message_id"]),
    }


def _bounces(arguments: argparse.Namespace) -> Answer:
    from assessor_kit.feedback.bounces import take_bounces  # noqa: PLC0415  (as above)

    done = take_bounces(Workspace.open(), arguments.files)
    return {
        "bounced": done.bounced,
        "delayed": done.delayed,
        "known": done.known,
        "rejected": [problem.as_dict() for problem in done.rejected],
    }


MAIL_RUN: dict[str, Callable[[argparse.Namespace], Answer]] = {
    "letters": _letters,
    "feedback send": _send,
    "feedback outbox": _outbox,
    "feedback bounces": _bounces,
}
