"""Commands for the outbox: listed, looked into, changed, sent, and what came back."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assessor_kit.cli.argument_types import FILE, PERSON, Day
from assessor_kit.cli.command import (
    Answer,
    Group,
    at_most_one,
    exactly_one,
    is_dry_run,
    open_workspace,
    place_for,
    say,
    would,
    year_of,
)
from assessor_kit.cli.mail.options import by_option, sending_over, server_options
from assessor_kit.cli.season import only_year
from assessor_kit.vocabulary import LetterKind, MessageState, counted_text

if TYPE_CHECKING:
    from assessor_kit.store import Workspace

KINDS = tuple(kind.value for kind in LetterKind if kind is not LetterKind.TEST)
LISTED_KINDS = tuple(kind.value for kind in LetterKind)
STATES = tuple(state.value for state in MessageState)
SETTLED = ("sent", "bounced", "queued")
NO_FOLDER = "-"  # what `send --dry-run` holds where no folder is named
SEND_KEYS = (
    "queued",
    "sent",
    "left_out",
    "folder",
    "would_send",
    "refused",
    "later",
    "for_post",
    "stopped",
)
SEND_WOULD = "send {would_send:message} and leave out {left_out:message}"
CHANGED_KEYS = ("changed", "messages", "left")


@click.group("outbox", cls=Group, short_help="Look at what is to be sent, change it, send it.")
def outbox() -> None:
    """Look at what is to be sent, cancel, postpone or reorder it, send it, note what came back."""


@outbox.command(
    "list",
    keys=("messages", "unknown", "letters"),
    table="letters",
    show="outbox",
    example="assessor-kit outbox list --cpd-year 2016\n"
    "assessor-kit outbox list --cpd-year 2016 --kind reminder --state queued",
)
@only_year
@click.option(
    "--kind", multiple=True, type=click.Choice(LISTED_KINDS), help="Only letters of this kind."
)
@click.option("--state", multiple=True, type=click.Choice(STATES), help="Only in this state.")
@click.option(
    "--member",
    type=PERSON,
    metavar="MEMBER",
    help="Only to this member, by membership number, R-code or return id.",
)
def list_outbox(
    *, cpd_year: int | None, kind: tuple[str, ...], state: tuple[str, ...], member: str | None
) -> Answer:
    """List the messages in the order in which they are sent."""
    from assessor_kit.cli.lookups.named import member_named  # noqa: PLC0415
    from assessor_kit.feedback.mail import acts  # noqa: PLC0415  (loads pandas)

    season = open_workspace()
    found = acts.listed_messages(
        season,
        cpd_year=year_of(season, cpd_year),
        kinds=kind,
        states=state,
        member_no=member_named(season, member) if member else "",
    )
    return {
        "messages": dict(Counter(str(row["state"]) for row in found)),
        "unknown": [row["message_id"] for row in found if row["state"] == MessageState.UNKNOWN],
        "letters": [acts.described(row) for row in found],
    }


@outbox.command(
    "show",
    keys=("message", "to", "way", "state", "objection", "subject", "text", "events"),
    show="letter",
    example="assessor-kit outbox show 4f2a81c3",
)
@click.argument(
    "message", metavar="MESSAGE", help="The message's name, or its first 6 characters or more."
)
def show_outbox(*, message: str) -> Answer:
    """Show one message as it will go, and all that was done about it."""
    from assessor_kit.feedback.mail.acts import shown_message  # noqa: PLC0415  (loads pandas)

    found = shown_message(open_workspace(), message)
    return {
        "message": found.row["message_id"],
        "to": found.row["member_no"] or found.row["assessor_id"],
        "way": found.way,
        "state": found.row["state"],
        "objection": found.objection,
        "subject": found.letter.subject,
        "text": found.letter.text,
        "events": [
            {
                "when": one["happened_at"],
                "what": one["kind"],
                "who": one["who"],
                "why": one["reason"],
            }
            for one in found.events
        ],
    }


def _note_dry_run(ctx: click.Context, _option: click.Parameter, folder: str | None) -> str | None:
    ctx.find_root().obj.dry_run = folder is not None
    return folder


def send_options(function: Any) -> Any:  # noqa: ANN401  (a decorator)
    """Add the options of sending."""
    for decorate in reversed(
        (
            only_year,
            server_options,
            click.option(
                "--dry-run",
                is_flag=False,
                flag_value=NO_FOLDER,
                callback=_note_dry_run,
                metavar="[DIR]",
                help="Say what would be sent, and change nothing; with DIR write .eml files there"
                " to look at.",
            ),
            click.option(
                "--mail-merge",
                type=FILE,
                metavar="DIR",
                help="Write mail_merge.csv and the documents, for an office's own mail merge and"
                " for the post.",
            ),
            click.option(
                "--only-post",
                is_flag=True,
                help="With --mail-merge: only members who have no e-mail address.",
            ),
            click.option(
                "--only",
                type=click.Choice(KINDS),
                metavar="KIND",
                help="Default: released feedback and all letters.",
            ),
            click.option(
                "--attach",
                type=click.Choice(("html", "pdf")),
                default="html",
                help="Feedback as a page (the default), or as the PDF that `render --format` made"
                " of it.",
            ),
            click.option(
                "--pause",
                type=click.FloatRange(min=0),
                default=0.2,
                metavar="SECONDS",
                help="Between two messages. Default: 0.2.",
            ),
        )
    ):
        function = decorate(function)
    return function


@outbox.command(
    "send",
    keys=SEND_KEYS,
    table="left_out",
    dry_run="copy",
    would=SEND_WOULD,
    example="assessor-kit outbox send --cpd-year 2016 --dry-run\n"
    "assessor-kit outbox send --smtp mail.example.org:587 --sender cpd@example.org\n"
    "assessor-kit outbox send --mail-merge for_the_post --only-post",
)
@send_options
def send_messages(**given: Any) -> Answer:  # noqa: ANN401  (as the options say)
    """Send what is in the outbox, or write it to a folder: for a mail merge, or to look at."""
    return sent(**given)


def sent(
    *,
    cpd_year: int | None,
    smtp: tuple[str, int] | None,
    sender: str,
    login: str,
    dry_run: str | None,
    mail_merge: Path | None,
    only_post: bool,
    only: str | None,
    attach: str,
    pause: float,
) -> Answer:
    """Send, and return the answer of the command."""
    if is_dry_run():
        at_most_one(smtp=smtp, mail_merge=mail_merge)
    else:
        exactly_one(smtp=smtp, dry_run=None, mail_merge=mail_merge)
    if only_post and not mail_merge:
        raise click.UsageError("--only-post is for the post: give --mail-merge DIR with it.")
    from assessor_kit.feedback.mail import building, delivery  # noqa: PLC0415  (loads pandas)
    from assessor_kit.feedback.mail import outbox as box  # noqa: PLC0415
    from assessor_kit.feedback.mail.preparing import prepare_feedback  # noqa: PLC0415

    season = open_workspace()
    year = year_of(season, cpd_year)
    if smtp:
        building.require_sender(season, cpd_year=year, sender=sender)
    kinds = (only,) if only else KINDS
    queued = prepare_feedback(season, cpd_year=year) if "feedback" in kinds else 0
    folder = None if dry_run in {None, NO_FOLDER} else Path(str(dry_run))
    if mail_merge:
        done = delivery.mail_merge(
            season,
            place_for(mail_merge),
            cpd_year=year,
            kinds=kinds,
            form=attach,
            only_post=only_post,
        )
    elif is_dry_run():
        done = box.send_outbox(
            season,
            cpd_year=year,
            deliver=delivery.eml_files(folder or place_for(season.folder / "outbox")),
            sender=sender,
            kinds=kinds,
            form=attach,
            keep_queued=True,
        )
    elif smtp:
        with sending_over(smtp, login) as deliver:
            done = box.send_outbox(
                season,
                cpd_year=year,
                deliver=deliver,
                sender=sender,
                kinds=kinds,
                pause_seconds=pause,
                form=attach,
            )
    _tell(done, folder, mail_merge)
    return {
        "queued": queued,
        "sent": 0 if is_dry_run() else done.sent,
        "left_out": done.left_out,
        "folder": str(mail_merge or folder or ""),
        "would_send": done.sent if is_dry_run() else 0,
        "refused": done.refused,
        "later": done.later,
        "for_post": done.for_post,
        "stopped": done.stopped,
    }


def _tell(done: Any, folder: Path | None, mail_merge: Path | None) -> None:  # noqa: ANN401
    """Say what staff have to do next about what could not simply be sent."""
    if folder:
        say(f"{counted_text(done.sent, 'message lies', 'messages lie')} in {folder} to look at.")
    if done.for_post and not mail_merge:
        members = counted_text(done.for_post, "letter is", "letters are")
        say(
            f"{members} to members without an e-mail address: `assessor-kit outbox send"
            " --mail-merge DIR --only-post` writes them for the post."
        )
    elif done.for_post:
        letters = counted_text(done.for_post, "letter is", "letters are")
        say(
            f"{letters} for the post. Once posted: `assessor-kit outbox posted"
            f" {mail_merge}/mail_merge.csv --by NAME`."
        )
    if done.stopped:
        say(f"Stopped: {done.stopped}. Run the command again to go on with the rest.")


def _which(function: Any) -> Any:  # noqa: ANN401  (a decorator)
    """Add the ways to say which messages are meant."""
    for decorate in reversed(
        (
            click.argument(
                "messages",
                nargs=-1,
                metavar="[MESSAGE...]",
                help="Messages by name, or by its first 6 characters or more.",
            ),
            only_year,
            click.option(
                "--kind",
                type=click.Choice(KINDS),
                metavar="KIND",
                help="All letters of this kind, instead of single messages.",
            ),
            click.option(
                "--all", "every", is_flag=True, help="All of them, instead of single messages."
            ),
            by_option("Who does it: the name is kept.", is_needed=True),
        )
    ):
        function = decorate(function)
    return function


def _named(
    season: Workspace,
    messages: tuple[str, ...],
    cpd_year: int | None,
    kind: str | None,
    states: tuple[str, ...],
    *,
    every: bool,
) -> list[str]:
    """Return the names of the messages that are meant; exactly one way to say it is allowed."""
    from assessor_kit.feedback.mail import acts  # noqa: PLC0415  (loads pandas)

    if sum((bool(messages), kind is not None, every)) != 1:
        raise click.UsageError(
            "Which messages? Name them, or give --kind KIND, or --all. Nothing was changed."
        )
    if messages:
        return [str(acts.message_called(season, one)["message_id"]) for one in messages]
    found = acts.listed_messages(
        season,
        cpd_year=year_of(season, cpd_year),
        kinds=[kind] if kind else (),
        states=states,
    )
    return [str(row["message_id"]) for row in found]


def _changed(season: Workspace, named: list[str], changed: list[str], what: str) -> Answer:
    """Return how many were changed, and those that were not, with the state that kept them."""
    from assessor_kit.feedback.mail.messages import messages_of  # noqa: PLC0415  (loads pandas)

    would(f"{what} {counted_text(len(changed), 'message', 'messages')}")
    left = [name for name in named if name not in set(changed)]
    rows = messages_of(season, message_id=left) if left else []
    return {
        "changed": len(changed),
        "messages": changed,
        "left": [{"message": row["message_id"], "reason": f"it is {row['state']}"} for row in rows],
    }


@outbox.command(
    "cancel",
    keys=CHANGED_KEYS,
    table="left",
    dry_run="copy",
    example="assessor-kit outbox cancel 4f2a81c3 --by 'Ada Byron' --reason 'sent by hand'\n"
    "assessor-kit outbox cancel --kind reminder --by 'Ada Byron' --reason 'queued too early'",
)
@_which
@click.option(
    "--reason", required=True, metavar="TEXT", help="Why, in words that name nobody; it is kept."
)
def cancel_messages(
    *,
    messages: tuple[str, ...],
    cpd_year: int | None,
    kind: str | None,
    every: bool,
    by: str,
    reason: str,
) -> Answer:
    """Take messages out that wait or came back; they stay out until you put them back."""
    from assessor_kit.feedback.mail import acts  # noqa: PLC0415  (loads pandas)

    season = open_workspace()
    named = _named(season, messages, cpd_year, kind, ("queued",), every=every)
    changed = acts.cancel(season, named, who=by, reason=reason)
    return _changed(season, named, changed, "cancel")


@outbox.command(
    "put-back",
    keys=CHANGED_KEYS,
    table="left",
    dry_run="copy",
    example="assessor-kit outbox put-back --kind reminder --by 'Ada Byron'",
)
@_which
def put_messages_back(
    *, messages: tuple[str, ...], cpd_year: int | None, kind: str | None, every: bool, by: str
) -> Answer:
    """Put messages back that were cancelled or refused; each is checked before it is sent."""
    from assessor_kit.feedback.mail import acts  # noqa: PLC0415  (loads pandas)

    season = open_workspace()
    states = ("cancelled", "refused")
    named = _named(season, messages, cpd_year, kind, states, every=every)
    return _changed(season, named, acts.put_back(season, named, who=by), "queue again")


@outbox.command(
    "postpone",
    keys=CHANGED_KEYS,
    table="left",
    dry_run="copy",
    example="assessor-kit outbox postpone --kind generic --not-before 2017-09-01 --by 'Ada Byron'",
)
@_which
@click.option(
    "--not-before",
    type=Day(),
    metavar="DAY",
    help="The first day on which they may go, such as 2017-03-01. Without it they wait no longer.",
)
def postpone_messages(
    *,
    messages: tuple[str, ...],
    cpd_year: int | None,
    kind: str | None,
    every: bool,
    by: str,
    not_before: date | None,
) -> Answer:
    """Have messages wait until a day, or no longer."""
    from assessor_kit.feedback.mail import acts  # noqa: PLC0415  (loads pandas)

    season = open_workspace()
    named = _named(season, messages, cpd_year, kind, ("queued",), every=every)
    changed = acts.postpone(season, named, not_before=not_before, who=by)
    return _changed(season, named, changed, "postpone")


@outbox.command(
    "first",
    keys=CHANGED_KEYS,
    table="left",
    dry_run="copy",
    example="assessor-kit outbox first --kind more --by 'Ada Byron'",
)
@_which
def send_first(
    *, messages: tuple[str, ...], cpd_year: int | None, kind: str | None, every: bool, by: str
) -> Answer:
    """Have messages sent before all others that wait."""
    from assessor_kit.feedback.mail import acts  # noqa: PLC0415  (loads pandas)

    season = open_workspace()
    named = _named(season, messages, cpd_year, kind, ("queued",), every=every)
    return _changed(season, named, acts.move_first(season, named, who=by), "move to the front")


@outbox.command(
    "settle",
    keys=("message", "state"),
    dry_run="copy",
    would="set the message {message} to {state}",
    example="assessor-kit outbox settle 4f2a81c3 sent --by 'Ada Byron'",
)
@click.argument(
    "message", metavar="MESSAGE", help="The message's name, or its first 6 characters or more."
)
@click.argument(
    "state",
    type=click.Choice(SETTLED),
    help="What became of it: sent, bounced, or queued to send it again.",
)
@by_option("Who has found it out: the name is kept.", is_needed=True)
def settle_message(*, message: str, state: str, by: str) -> Answer:
    """Note what you have found out about a message whose fate is unknown, or that came back."""
    from assessor_kit.feedback.mail.acts import message_called  # noqa: PLC0415  (loads pandas)
    from assessor_kit.feedback.mail.outbox import find_unknown, settle  # noqa: PLC0415

    season = open_workspace()
    find_unknown(season)
    name = str(message_called(season, message)["message_id"])
    settle(season, name, state=state, who=by)
    return {"message": name, "state": state}


@outbox.command(
    "posted",
    keys=("posted", "known", "rejected"),
    table="rejected",
    dry_run="copy",
    would="note {posted:letter} as posted",
    example="assessor-kit outbox posted for_the_post/mail_merge.csv --by 'Ada Byron'",
)
@click.argument(
    "file", type=FILE, metavar="FILE", help="The mail_merge.csv that the letters were made from."
)
@by_option("Who has posted them: the name is kept.", is_needed=True)
def confirm_posting(*, file: Path, by: str) -> Answer:
    """Confirm that the letters of a mail merge are in the post; only then do they count."""
    from assessor_kit.feedback.mail.acts import confirm_posted  # noqa: PLC0415  (loads pandas)

    done = confirm_posted(open_workspace(), file, who=by)
    return {
        "posted": done.posted,
        "known": done.known,
        "rejected": [problem.as_dict() for problem in done.rejected],
    }


def bounce_files(function: Any) -> Any:  # noqa: ANN401  (a decorator)
    """Add the argument that names what mail systems sent back."""
    return click.argument(
        "files",
        nargs=-1,
        required=True,
        type=FILE,
        metavar="FILE...",
        help=".eml or mbox: what mail systems sent back.",
    )(function)


def bounces_taken(files: tuple[Path, ...]) -> Answer:
    """Import what mail systems sent back, and return the answer of the command."""
    from assessor_kit.feedback.mail.bounces import take_bounces  # noqa: PLC0415

    done = take_bounces(open_workspace(), list(files))
    return {
        "bounced": done.bounced,
        "delayed": done.delayed,
        "known": done.known,
        "rejected": [problem.as_dict() for problem in done.rejected],
    }


BOUNCE_KEYS = ("bounced", "delayed", "known", "rejected")
BOUNCE_WOULD = "note {bounced:message} as bounced and {delayed:message} as delayed"


@outbox.command(
    "bounces",
    keys=BOUNCE_KEYS,
    table="rejected",
    dry_run="copy",
    would=BOUNCE_WOULD,
    example="assessor-kit outbox bounces bounced/*.eml",
)
@bounce_files
def import_bounces(*, files: tuple[Path, ...]) -> Answer:
    """Import what mail systems sent back."""
    return bounces_taken(files)


COMMANDS = (outbox,)
