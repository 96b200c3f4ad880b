"""Commands for feedback: to one member, to everyone and to the board."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import click

from assessor_kit.cli.argument_types import (
    COUNT,
    DOCUMENT,
    FILE,
    RETURN,
    Day,
    Formats,
    NameOfPerson,
)
from assessor_kit.cli.command import (
    Answer,
    Group,
    exactly_one,
    is_dry_run,
    open_workspace,
    progress,
    would,
    year_of,
)
from assessor_kit.cli.mail.options import text_of
from assessor_kit.cli.mail.outbox import (
    BOUNCE_KEYS,
    BOUNCE_WOULD,
    SEND_KEYS,
    SEND_WOULD,
    SETTLED,
    bounce_files,
    bounces_taken,
    send_options,
    sent,
)
from assessor_kit.cli.season import only_year
from assessor_kit.vocabulary import counted_text


@click.group("feedback", cls=Group, short_help="Render, approve, release and recall feedback.")
def feedback() -> None:
    """Render, approve, release and recall feedback; `outbox send` sends it."""


@feedback.command(
    "render",
    keys=("rendered", "failed", "unchanged", "folder", "manifest"),
    dry_run="copy",
    would="render {rendered:document}; {unchanged:document} would stay as they are",
    example="assessor-kit feedback render --cpd-year 2016 --format html,pdf --jobs 4",
)
@only_year
@click.option(
    "--format",
    "formats",
    type=Formats(),
    default=("html",),
    metavar="html,pdf,docx",
    help="Which files are made of each document. Default: html.",
)
@click.option(
    "--jobs",
    type=COUNT,
    default=min(4, os.cpu_count() or 1),
    metavar="N",
    help="How many documents are made at a time.",
)
@click.option(
    "--scheduler", default="", metavar="ADDRESS", help="Make them on a Dask cluster: tcp://…"
)
def render(*, cpd_year: int | None, formats: tuple[str, ...], jobs: int, scheduler: str) -> Answer:
    """Make a report for each judged return, and one for everyone."""
    from assessor_kit.cli.lookups.before import require_judgements  # noqa: PLC0415

    season = open_workspace()
    year = year_of(season, cpd_year)
    require_judgements(season, year)
    if is_dry_run():
        from assessor_kit.feedback.batch.render import plan_feedback  # noqa: PLC0415  (charts)

        done = plan_feedback(season, cpd_year=year, formats=formats)
    else:
        from assessor_kit.feedback import render_feedback  # noqa: PLC0415  (loads charts)

        done = render_feedback(
            season,
            cpd_year=year,
            jobs=jobs,
            formats=formats,
            scheduler=scheduler,
            progress=progress(),
        )
    return {
        "rendered": done.rendered,
        "failed": done.failed,
        "unchanged": done.unchanged,
        "folder": str(done.folder),
        "manifest": str(done.manifest),
    }


@feedback.command(
    "approve",
    keys=("decided", "waiting"),
    dry_run="copy",
    example="assessor-kit feedback approve --cpd-year 2016 --by 'Ada Byron'",
)
@click.argument(
    "documents",
    nargs=-1,
    type=DOCUMENT,
    metavar="[DOCUMENT or RETURN...]",
    help="Documents by name or by their return: R-code, return id or membership number. Default:"
    " all that wait for a decision.",
)
@only_year
@click.option("--by", type=NameOfPerson(), required=True, metavar="NAME", help="Who has read them.")
@click.option(
    "--decision",
    type=click.Choice(("approved", "returned", "held")),
    default="approved",
    help="What was decided. Default: approved.",
)
@click.option("--reason", default="", metavar="TEXT", help="Why advice goes back to its assessor.")
def approve(
    *, documents: tuple[str, ...], cpd_year: int | None, by: str, decision: str, reason: str
) -> Answer:
    """Record that somebody has read documents, and what they decided."""
    from assessor_kit.cli.lookups.named import document_named  # noqa: PLC0415
    from assessor_kit.feedback.release import approval_list, decide  # noqa: PLC0415

    season = open_workspace()
    year = year_of(season, cpd_year)
    waiting = approval_list(season, cpd_year=year)
    named = [document_named(season, one, cpd_year=cpd_year) for one in documents]
    wanted = named or list(waiting.loc[waiting["decision"] == "", "document_id"])
    decided = decide(season, wanted, decision=decision, decided_by=by, reason=reason)
    left = approval_list(season, cpd_year=year)
    would(f"note {counted_text(decided, 'document', 'documents')} as {decision}")
    return {"decided": decided, "waiting": int((left["decision"] == "").sum())}


@feedback.command(
    "release",
    keys=("released", "held", "held_because"),
    table="held_because",
    dry_run="copy",
    would="release {released:document} and hold back {held:document}",
    example="assessor-kit feedback release --cpd-year 2016",
)
@only_year
def release(*, cpd_year: int | None) -> Answer:
    """Make approved feedback visible to its members.

    What has still to be settled or answered in moderation is held, and listed with the reason;
    `assessor-kit moderate list` says what is to be done.
    """
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)
    from assessor_kit.feedback import release_feedback  # noqa: PLC0415  (loads charts)
    from assessor_kit.feedback.release import held_by_moderation  # noqa: PLC0415

    season = open_workspace()
    year = year_of(season, cpd_year)
    released, held = release_feedback(season, cpd_year=year)
    found = held_by_moderation(season, cpd_year=year)
    codes = journey.by_pseudonym(season, [one.return_id for one in found])["return"]
    return {
        "released": released,
        "held": held,
        "held_because": [
            {"return": code, "document": one.document_id, "reason": one.reason}
            for code, one in zip(codes, found, strict=True)
        ],
    }


@feedback.command(
    "recall",
    keys=("released", "held", "candidates"),
    table="candidates",
    show="candidates",
    dry_run="copy",
    example="assessor-kit feedback recall\n"
    "assessor-kit feedback recall DOCUMENT\n"
    "assessor-kit feedback recall R-7K2M --dry-run",
)
@click.argument(
    "document",
    required=False,
    type=DOCUMENT,
    metavar="[DOCUMENT or RETURN]",
    help="The document's name, or its return: by R-code, return id or membership number. Without"
    " it the command lists what can be recalled.",
)
@only_year
def recall(*, document: str | None, cpd_year: int | None) -> Answer:
    """Recall a released document, or list those that can be recalled."""
    from assessor_kit.cli.lookups.candidates import documents_to_recall  # noqa: PLC0415
    from assessor_kit.cli.lookups.named import document_named  # noqa: PLC0415

    season = open_workspace()
    if document is None:
        held, candidates = documents_to_recall(season, cpd_year)
        return {"released": len(candidates), "held": held, "candidates": candidates}
    name = document_named(season, document, cpd_year=cpd_year)
    from assessor_kit.feedback import recall_document  # noqa: PLC0415  (loads charts)

    released, held = recall_document(season, name)
    would(f"take back the document {name}")
    return {"released": released, "held": held, "candidates": []}


@feedback.command(
    "send",
    keys=SEND_KEYS,
    table="left_out",
    dry_run="copy",
    would=SEND_WOULD,
    hidden=True,
    instead="outbox send",
    example="assessor-kit outbox send --cpd-year 2016 --dry-run",
)
@send_options
def send_as_before(**given: Any) -> Answer:  # noqa: ANN401  (as the options say)
    """Send what is in the outbox (the old name of `outbox send`)."""
    return sent(**given)


@feedback.command(
    "outbox",
    keys=("messages", "unknown", "candidates"),
    table="candidates",
    show="candidates",
    dry_run="copy",
    hidden=True,
    instead="outbox list",
    example="assessor-kit outbox list --cpd-year 2016\n"
    "assessor-kit outbox settle MESSAGE sent --by 'Ada Byron'",
)
@only_year
@click.option(
    "--settle",
    type=(str, click.Choice(SETTLED)),
    metavar="MESSAGE STATE",
    help="What became of a message: sent, bounced, or queued to send it again. Without it the"
    " command lists what can be settled.",
)
def outbox_as_before(*, cpd_year: int | None, settle: tuple[str, str] | None) -> Answer:
    """Show and settle what became of messages (the old name of `outbox list` and `settle`)."""
    from assessor_kit.cli.lookups.candidates import messages_to_settle  # noqa: PLC0415
    from assessor_kit.feedback.mail import outbox as box  # noqa: PLC0415  (loads charts)

    season = open_workspace()
    year = year_of(season, cpd_year)
    if settle:
        box.settle(season, settle[0], state=settle[1])
        would(f"set the message {settle[0]} to {settle[1]}")
    unknown = box.find_unknown(season)
    counts, candidates = messages_to_settle(season, year)
    return {
        "messages": counts,
        "unknown": list(unknown["message_id"]),
        "candidates": candidates,
    }


@feedback.command(
    "bounces",
    keys=BOUNCE_KEYS,
    table="rejected",
    dry_run="copy",
    would=BOUNCE_WOULD,
    hidden=True,
    instead="outbox bounces",
    example="assessor-kit outbox bounces bounced/*.eml",
)
@bounce_files
def bounces_as_before(*, files: tuple[Path, ...]) -> Answer:
    """Import what mail systems sent back (the old name of `outbox bounces`)."""
    return bounces_taken(files)


@feedback.command(
    "example",
    keys=("examples", "candidates"),
    table="candidates",
    show="candidates",
    dry_run="copy",
    example="assessor-kit feedback example --cpd-year 2016\n"
    "assessor-kit feedback example --member 1234567 --text example.txt"
    " --consented-on 2017-03-01 --by 'Ada Byron'\n"
    "assessor-kit feedback example --member R-7K2M --withdraw",
)
@only_year
@click.option(
    "--member",
    type=RETURN,
    metavar="MEMBER or RETURN",
    help="Who has allowed it: by membership number, R-code or return id. Without it the command"
    " lists the returns an example can be from.",
)
@click.option(
    "--text",
    type=FILE,
    metavar="FILE.txt",
    help="The example, without a word that says who it is.",
)
@click.option("--withdraw", is_flag=True, help="The member has withdrawn the consent.")
@click.option("--consented-on", type=Day(), metavar="DAY", help="Such as 2017-03-01.")
@click.option("--by", default="", metavar="NAME", help="Who notes it.")
def example(
    *,
    cpd_year: int | None,
    member: str | None,
    text: Path | None,
    withdraw: bool,
    consented_on: date | None,
    by: str,
) -> Answer:
    """Add an example that a member has allowed to the report for everyone, or remove it."""
    from assessor_kit.cli.lookups.candidates import returns_for_examples  # noqa: PLC0415
    from assessor_kit.feedback.report import examples  # noqa: PLC0415  (loads charts)

    if member is None:
        if text or withdraw:
            raise click.UsageError("Whose example? Give --member MEMBER.")
        season = open_workspace()
        year = year_of(season, cpd_year)
        kept = len(examples.examples_of(season, year))
        return {"examples": kept, "candidates": returns_for_examples(season, year)}
    exactly_one(text=text, withdraw=withdraw)
    if text and (consented_on is None or not by.strip()):
        raise click.UsageError(
            "An example needs the day of the member's consent and who notes it. Give"
            " --consented-on DAY and --by NAME."
        )
    from assessor_kit.cli.lookups.named import return_named  # noqa: PLC0415

    season = open_workspace()
    of = return_named(season, member, cpd_year=cpd_year)
    if text and consented_on:
        examples.record_example(
            season,
            member_no=of.member_no,
            cpd_year=of.cpd_year,
            text=text_of(text),
            consented_on=consented_on,
            recorded_by=by,
        )
        would(f"keep an example from the return {of.pseudonym}")
    else:
        examples.withdraw_example(season, member_no=of.member_no, cpd_year=of.cpd_year)
        would(f"take out the example from the return {of.pseudonym}")
    return {"examples": len(examples.examples_of(season, of.cpd_year)), "candidates": []}


@feedback.command(
    "board",
    keys=("files",),
    dry_run="copy",
    would="write {files:file}",
    example="assessor-kit feedback board --cpd-year 2016",
)
@only_year
def board(*, cpd_year: int | None) -> Answer:
    """Make one A4 page for the board, as HTML and PDF."""
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)

    season = open_workspace()
    made = journey.write_board_summary(season, cpd_year=year_of(season, cpd_year))
    return {"files": [str(path) for path in made]}


COMMANDS = (feedback,)
