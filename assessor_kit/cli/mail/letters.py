"""Commands for letters: who gets what when, how each reads, and putting them in the outbox."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from assessor_kit.cli.argument_types import DAYS, FILE, PERSON, NameOfPerson
from assessor_kit.cli.command import Answer, Group, is_dry_run, open_workspace, say, would, year_of
from assessor_kit.cli.mail.options import by_option, server_options
from assessor_kit.cli.season import only_year
from assessor_kit.vocabulary import LetterKind

WOULD = "put {queued:letter} in the outbox and leave out {left_out:member}"
READABLE = [kind.value for kind in LetterKind if kind is not LetterKind.TEST]
# The letters that staff put in the outbox by their name, with a text for the help.
TO_MEMBERS = {
    "join": "Invite members who have not opted in to join the scheme.",
    "recording": "Tell every scheme member how to record CPD and send it.",
    "declaration": "Ask scheme members who have not declared for their declaration.",
    "declaration-reminder": "Remind those who were asked to declare and have not.",
    "invitation": "Invite selected members to send their record.",
    "reminder": "Remind invited members who have not answered.",
    "thanks": "Thank members whose record has come.",
    "generic": "Send every scheme member the released feedback for everyone.",
}
REMINDERS = ("declaration-reminder", "reminder")


@click.group("letters", cls=Group, short_help="Plan, read, test and queue letters.")
def letters() -> None:
    """Plan, read, test and queue letters; `outbox send` sends what is queued."""


@letters.command(
    "plan",
    keys=("plan", "warnings", "names"),
    show="plan",
    table="plan",
    example="assessor-kit letters plan --cpd-year 2016\n"
    "assessor-kit letters plan --cpd-year 2016 --names reminder",
)
@only_year
@click.option(
    "--names",
    type=click.Choice(READABLE),
    metavar="KIND",
    help="List who gets letters of one kind, and who does not and why.",
)
def show_plan(*, cpd_year: int | None, names: str | None) -> Answer:
    """Show who gets which letter when, before anything is queued."""
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)

    season = open_workspace()
    found = journey.plan_letters(season, cpd_year=year_of(season, cpd_year))
    lines = [line for line in found.lines if line.kind == names]
    return {
        "plan": [line.as_dict() for line in found.lines],
        "warnings": list(found.warnings),
        "names": [
            *(
                {"letter": line.label, "member": one.member_no, "on": one.on, "reason": ""}
                for line in lines
                for one in line.letters
            ),
            *(
                {"letter": line.label, "member": one.member_no, "on": None, "reason": one.reason}
                for line in lines
                for one in line.left_out
            ),
        ],
    }


@letters.command(
    "due",
    keys=("queued", "left_out"),
    table="left_out",
    dry_run="copy",
    would=WOULD,
    example="assessor-kit letters due --cpd-year 2016",
)
@only_year
def put_due(*, cpd_year: int | None) -> Answer:
    """Put in the outbox every letter that is due by the days in the rules."""
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)

    season = open_workspace()
    due = journey.write_due_letters(season, cpd_year=year_of(season, cpd_year))
    return {"queued": due.queued, "left_out": due.left_out}


def _add_letter(kind: str, text: str) -> None:
    def put(
        *, cpd_year: int | None, member: tuple[str, ...], by: str | None, after: int = 14
    ) -> Answer:
        from assessor_kit import journey  # noqa: PLC0415  (loads pandas)
        from assessor_kit.cli.lookups.named import member_named  # noqa: PLC0415
        from assessor_kit.store.log.outbox_log import PROGRAM  # noqa: PLC0415

        season = open_workspace()
        done = journey.write_letters(
            season,
            cpd_year=year_of(season, cpd_year),
            kind=kind,
            member_nos=[member_named(season, one) for one in member] or None,
            after_days=after,
            who=by or PROGRAM,
        )
        return {"queued": done.queued, "left_out": done.left_out}

    function: Any = put
    if kind in REMINDERS:
        function = click.option(
            "--after",
            type=DAYS,
            default=14,
            metavar="DAYS",
            help="Remind nobody sooner after the last letter. Default: 14.",
        )(function)
    function = click.option(
        "--member",
        multiple=True,
        type=PERSON,
        metavar="MEMBER",
        help="Only to this member, by membership number, R-code or return id; may be given again.",
    )(by_option("Who queues them.")(function))
    letters.command(
        kind,
        help=text,
        keys=("queued", "left_out"),
        table="left_out",
        dry_run="copy",
        would=WOULD,
        example=f"assessor-kit letters {kind} --cpd-year 2016 --dry-run",
    )(only_year(function))


for _kind, _text in TO_MEMBERS.items():
    _add_letter(_kind, _text)


@letters.command(
    "feedback",
    keys=("queued",),
    dry_run="copy",
    would="put {queued:report} in the outbox",
    example="assessor-kit letters feedback --cpd-year 2016",
)
@only_year
def put_feedback(*, cpd_year: int | None) -> Answer:
    """Put released individual feedback in the outbox, as `outbox send` does too."""
    from assessor_kit.feedback.mail.preparing import prepare_feedback  # noqa: PLC0415

    season = open_workspace()
    return {"queued": prepare_feedback(season, cpd_year=year_of(season, cpd_year))}


@letters.command(
    "note",
    keys=("queued", "left_out"),
    table="left_out",
    dry_run="copy",
    would="put {queued:note} in the outbox and leave out {left_out:assessor}",
    example="assessor-kit letters note --subject 'Our meeting' --text note.txt --by 'Ada Byron'",
)
@only_year
@click.option("--subject", required=True, metavar="TEXT", help="What the note is about.")
@click.option(
    "--text",
    "text_file",
    type=FILE,
    required=True,
    metavar="FILE.txt",
    help="The note, naming returns by their R-codes and no member.",
)
@click.option(
    "--assessor",
    multiple=True,
    metavar="ID",
    help="Only to this assessor, such as A07; may be given again. Default: to all who assess.",
)
@click.option("--by", type=NameOfPerson(), required=True, metavar="NAME", help="Who writes.")
def put_note(
    *, cpd_year: int | None, subject: str, text_file: Path, assessor: tuple[str, ...], by: str
) -> Answer:
    """Put a note to your assessors in the outbox."""
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)
    from assessor_kit.cli.mail.options import text_of  # noqa: PLC0415

    season = open_workspace()
    done = journey.write_note(
        season,
        cpd_year=year_of(season, cpd_year),
        subject=subject,
        text=text_of(text_file),
        who=by,
        assessor_ids=assessor,
    )
    return {"queued": done.queued, "left_out": done.left_out}


@letters.command(
    "preview",
    keys=("kind", "template", "from", "subject", "text"),
    show="letter",
    example="assessor-kit letters preview reminder --cpd-year 2016",
)
@click.argument(
    "kind", type=click.Choice(READABLE), metavar="KIND", help="Which letter: " + ", ".join(READABLE)
)
@only_year
def preview_letter(*, kind: str, cpd_year: int | None) -> Answer:
    """Show a letter as an invented member would read it."""
    from assessor_kit.feedback.mail import building  # noqa: PLC0415  (loads pandas)
    from assessor_kit.feedback.mail.letters.templates import template_file  # noqa: PLC0415

    season = open_workspace()
    year = year_of(season, cpd_year)
    read = building.example_letter(season, LetterKind(kind), cpd_year=year)
    head = building.letterhead(season, cpd_year=year, sender="")
    return {
        "kind": kind,
        "template": template_file(season, LetterKind(kind)).where,
        "from": f"{head.name} <{head.address}>" if head.address else head.name,
        "subject": read.subject,
        "text": read.text,
    }


@letters.command(
    "test",
    keys=("message", "to"),
    dry_run="copy",
    would="send a test of a letter to {to}",
    example="assessor-kit letters test reminder --to me@example.org --smtp mail.example.org:587"
    " --sender cpd@example.org --by 'Ada Byron'",
)
@click.argument(
    "kind", type=click.Choice(READABLE), metavar="KIND", help="Which letter: " + ", ".join(READABLE)
)
@only_year
@click.option("--to", required=True, metavar="ADDRESS", help="An address of your own.")
@server_options
@click.option("--by", type=NameOfPerson(), required=True, metavar="NAME", help="Who tests.")
def test_letter(
    *,
    kind: str,
    cpd_year: int | None,
    to: str,
    smtp: tuple[str, int] | None,
    sender: str,
    login: str,
    by: str,
) -> Answer:
    """Send a letter to an invented member to your own address, marked as a test."""
    from assessor_kit.cli.mail.options import sending_over  # noqa: PLC0415
    from assessor_kit.feedback.mail import building  # noqa: PLC0415  (loads pandas)
    from assessor_kit.feedback.mail.acts import send_test  # noqa: PLC0415

    season = open_workspace()
    year = year_of(season, cpd_year)
    building.example_letter(season, LetterKind(kind), cpd_year=year)
    if is_dry_run():
        would(f"send a test of the letter {kind} to {to}")
        return {"message": None, "to": to}
    if smtp is None:
        raise click.UsageError("Over which mail server? Give --smtp HOST:PORT. Nothing was sent.")
    building.require_sender(season, cpd_year=year, sender=sender)
    with sending_over(smtp, login) as deliver:
        name = send_test(
            season,
            LetterKind(kind),
            cpd_year=year,
            to=to,
            sender=sender,
            deliver=deliver,
            who=by,
        )
    return {"message": name, "to": to}


@letters.command(
    "templates",
    keys=("templates", "copied"),
    table="templates",
    dry_run="copy",
    example="assessor-kit letters templates\nassessor-kit letters templates --copy reminder",
)
@click.option(
    "--copy",
    "copied_kind",
    type=click.Choice(READABLE),
    metavar="KIND",
    help="Copy the shipped template into the workspace, to be edited there.",
)
def list_templates(*, copied_kind: str | None) -> Answer:
    """List the letters and their templates, or copy one to edit it."""
    from assessor_kit.feedback.mail.letters import templates  # noqa: PLC0415  (loads pandas)
    from assessor_kit.feedback.mail.letters.kinds import LETTERS  # noqa: PLC0415

    season = open_workspace()
    copied = templates.copy_template(season, LetterKind(copied_kind)) if copied_kind else None
    if copied_kind and copied is None:
        path = templates.own_template_path(season, LetterKind(copied_kind))
        say(f"{path} is there already and stays as it is.")
    would(f"copy the template of {copied_kind}" if copied else "copy nothing")
    rows = [
        {
            "kind": letter.kind.value,
            "letter": letter.label,
            "to": letter.to,
            "template": templates.template_file(season, letter.kind).where,
            "names": ", ".join(letter.all_names),
        }
        for letter in LETTERS
    ]
    return {"templates": rows, "copied": str(copied) if copied else None}


COMMANDS = (letters,)
