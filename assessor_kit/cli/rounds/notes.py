"""Commands for notes between staff and assessors, and for all that waits for staff."""

from __future__ import annotations

import click

from assessor_kit.cli.argument_types import RETURN
from assessor_kit.cli.command import Answer, Command, Group, open_workspace, would, year_of
from assessor_kit.cli.rounds.shared import by_whom, what_words
from assessor_kit.cli.season import only_year


@click.group("notes", cls=Group, short_help="Notes between staff and an assessor about a return.")
def notes() -> None:
    """Write to an assessor about one return, and answer what assessors write."""


@notes.command(
    "list",
    keys=("notes",),
    table="notes",
    example="assessor-kit notes list --cpd-year 2016 --waiting",
)
@only_year
@click.option("--waiting", is_flag=True, help="Only those without an answer.")
def list_notes(*, cpd_year: int | None, waiting: bool) -> Answer:
    """List the notes of a year, with the next step for those that wait."""
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)

    season = open_workspace()
    rows = journey.note_list(season, cpd_year=year_of(season, cpd_year))
    return {"notes": [row for row in rows if row["state"] or not waiting]}


@notes.command(
    "write",
    keys=("note", "return", "assessor"),
    dry_run="copy",
    example="assessor-kit notes write R-7K2M --what 'Which of the two courses do you mean?'"
    " --by 'Ada Byron'",
)
@click.argument(
    "name", type=RETURN, metavar="RETURN", help="R-code, return id or membership number."
)
@click.option(
    "--to", metavar="ID", default="", help="To whom. Default: to the only assessor who has it."
)
@what_words
@by_whom
@only_year
def write_to_assessor(*, name: str, to: str, what: str, by: str, cpd_year: int | None) -> Answer:
    """Write a note to the assessor of a return, who sees it on the screen."""
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)
    from assessor_kit.cli.lookups.named import return_named  # noqa: PLC0415

    season = open_workspace()
    of = return_named(season, name, cpd_year=cpd_year)
    note, assessor = journey.write_to_assessor(season, of.return_id, to=to, words=what, by=by)
    would(f"write a note to {assessor} about the return {of.pseudonym}")
    return {"note": note, "return": of.pseudonym, "assessor": assessor}


@notes.command(
    "answer",
    keys=("answer",),
    dry_run="copy",
    example="assessor-kit notes answer NOTE --what 'Count it in full.' --by 'Ada Byron'",
)
@click.argument("note", metavar="NOTE", help="The note's name, as `notes list` says it.")
@what_words
@by_whom
def answer_note(*, note: str, what: str, by: str) -> Answer:
    """Answer a note of an assessor, or what one raised in confidence."""
    from assessor_kit.store.rounds import staff_notes  # noqa: PLC0415  (loads pandas)

    answer = staff_notes.answer_note(open_workspace(), note, words=what, written_by=by)
    would(f"answer the note {note}")
    return {"answer": answer}


@click.command(
    "waiting",
    cls=Command,
    keys=("waiting",),
    table="waiting",
    example="assessor-kit waiting --cpd-year 2016",
)
@only_year
def rounds_waiting(*, cpd_year: int | None) -> Answer:
    """List what waits for staff after judgements, oldest first, each with its next step."""
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)

    season = open_workspace()
    found = journey.rounds_waiting(season, year_of(season, cpd_year))
    return {"waiting": [one.as_dict() for one in found]}
