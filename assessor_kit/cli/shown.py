"""How an answer is shown to people: in plain words, and in tables where there are many.

In a terminal the tables are in colour; elsewhere, and under NO_COLOR, they are not.
"""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from assessor_kit.cli.command import Answer, Answered
from assessor_kit.cli.lookups.next_step import NAMED

FIRST = 10
SHORT_NAME = 8  # characters of a message's name that are shown
MOST_NAMED = 5  # assessors named in the funnel
WIDTH_ELSEWHERE = 100
LIVE = ("=", "+", "-", "@", "\t", "\r")  # what an office program takes for a formula
TICK = "✓"
WARNING = "!"
CROSS = "✗"


def answer_for_people(done: Answered, *, form: str) -> str:
    """Return the answer as text, or its table as CSV if that is asked for."""
    if form == "csv":
        return as_csv(done.answer[done.command.table])
    if done.would:
        return _tried(done)
    return DISPLAYS[done.command.show](done.answer)


def _tried(done: Answered) -> str:
    """Return what a dry run found: its sentence, and the command's table below it."""
    rows = done.answer.get(done.command.table) or []
    parts: list[object] = [done.would]
    if rows:
        parts.append(_first_ten(rows, f"`--json` lists all {len(rows)}."))
    return set_out(*parts)


def as_csv(rows: list[dict[str, Any]]) -> str:
    """Return rows as CSV, with an apostrophe before text that an office program would run."""
    written = io.StringIO()
    if rows:
        writer = csv.DictWriter(written, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({name: _inert(value) for name, value in row.items()})
    return written.getvalue()


def _inert(value: object) -> object:
    if isinstance(value, str) and value.startswith(LIVE):
        return f"'{value}"
    return value


def set_out(*parts: object) -> str:
    """Return texts and tables as this output can show them."""
    written = io.StringIO()
    at_terminal = sys.stdout.isatty()
    console = Console(
        file=written,
        force_terminal=at_terminal,
        width=None if at_terminal else WIDTH_ELSEWHERE,
        highlight=False,
    )
    for part in parts:
        console.print(part, soft_wrap=isinstance(part, str), markup=False)
    return "\n".join(line.rstrip() for line in written.getvalue().splitlines())


def table_of(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """Return a table without lines, with columns of figures aligned to the right."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for heading in headings:
        made.add_column(Text(heading), overflow="fold")
    for row in rows:
        made.add_row(*(Text("" if value is None else str(value)) for value in row))
    return made


def no_display(_answer: Answer) -> str:
    """Show nothing, for a command that has said everything while it ran."""
    return ""


def plain_display(answer: Answer) -> str:
    """Show every key on a line of its own, with lists below it."""
    parts: list[object] = []
    for key, value in answer.items():
        if key == "dry_run":
            continue  # what a dry run says is worded as one
        name = key.replace("_", " ").capitalize()
        if isinstance(value, list) and value and isinstance(value[0], dict):
            parts.append(f"{name}: {len(value)}")
            parts.append(_first_ten(value, f"`--json` lists all {len(value)}."))
        elif isinstance(value, dict):
            parts.append(f"{name}:")
            parts += [f"  {part}: {said}" for part, said in value.items()]
        elif isinstance(value, list):
            parts.append(f"{name}: {', '.join(str(one) for one in value) or 'none'}")
        elif isinstance(value, bool):
            parts.append(f"{name}: {'yes' if value else 'no'}")
        else:
            parts.append(f"{name}: {'none' if value is None else value}")
    return set_out(*parts)


def candidates_display(answer: Answer) -> str:
    """Show the counts, a table of what the command accepts, and the command to run next."""
    rows = answer["candidates"]
    counts = {key: value for key, value in answer.items() if key not in {"candidates", "dry_run"}}
    if not rows:
        return plain_display(counts)
    table = _first_ten(
        [{key: value for key, value in row.items() if key != "next"} for row in rows],
        f"`--json` lists all {len(rows)}.",
    )
    return set_out(plain_display(counts), table, f"Next: {rows[0]['next']}")


def _first_ten(rows: list[dict[str, Any]], rest: str) -> Table:
    columns = [name for name in rows[0] if any(row.get(name) not in {None, ""} for row in rows)]
    made = table_of(
        [name.replace("_", " ").capitalize() for name in columns],
        [[_in_words(row.get(name)) for name in columns] for row in rows[:FIRST]],
    )
    if len(rows) > FIRST:
        made.caption = Text(f"{len(rows) - FIRST} more: {rest}")
        made.caption_justify = "left"
    return made


def _problem_table(rows: list[dict[str, Any]], rest: str) -> Table:
    """Return a table of problems: where, what was found, what was expected, and what to do.

    A column in which nothing stands is left out. What is to be done about every one of several
    problems is said once, below them.
    """
    advice = {row.get("advice") or "" for row in rows}
    said_once = advice.pop() if len(rows) > 1 and len(advice) == 1 else ""
    columns: dict[str, list[str]] = {
        "Where": [_where(row) for row in rows[:FIRST]],
        "Found": [row["found"] for row in rows[:FIRST]],
        "Expected": [row.get("expected") or "" for row in rows[:FIRST]],
        "What to do": ["" if said_once else row.get("advice") or "" for row in rows[:FIRST]],
    }
    filled = {name: cells for name, cells in columns.items() if any(cells)}
    made = table_of(list(filled), list(zip(*filled.values(), strict=True)))
    more = f"{len(rows) - FIRST} more: {rest}" if len(rows) > FIRST else ""
    below = " ".join(part for part in (said_once, more) if part)
    if below:
        made.caption = Text(below)
        made.caption_justify = "left"
    return made


def _where(row: dict[str, Any]) -> str:
    place = [Path(row["file"]).name if row.get("file") else "", row.get("sheet") or ""]
    if row.get("row") is not None:
        place.append(f"row {row['row']}")
    return " ".join(part for part in place if part)


def _counted(number: int, one: str, many: str = "") -> str:
    word = one if number == 1 else many or f"{one}s"
    return f"{number:,} {word}"


def _in_words(value: object) -> object:
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    return value


def status_display(answer: Answer) -> str:
    """Show the season as a funnel, what needs staff and the next command, or names."""
    if answer["names"]:
        return set_out(_first_ten(answer["names"], f"`--json` lists all {len(answer['names'])}."))
    year = answer["cpd_year"]
    count = {name: int(value) for name, value in answer["counts"].items()}
    excused = sum(
        count.get(state, 0)
        for state in ("deferred", "record_held_elsewhere", "left", "withdrawn", "carried_over")
    )
    awaited = count["awaiting"] + count["no_reply"]
    lines = [
        (
            f"CPD {year} · reviewed {year + 1} · {count['selected']:,} selected of"
            f" {count['frame']:,}"
        ),
        f"Scheme      {_in_the_scheme(count)}",
        f"Letters     {_letters(count)}",
        f"Returns     {count['received']:,} in · {awaited:,} awaited · {excused:,} excused",
        f"Judgements  {_judgements(count, answer['overdue_by_assessor'])}",
        (
            f"Feedback    {count['individual_feedback']:,} of {count['judged']:,} reports ·"
            f" {count['generic_feedback']} for everyone · {count['released']:,} released"
        ),
        f"Needs you   {_needs(count, year)}",
        f"Next: {answer['next']}{_where_the_names_are(count, awaited)}",
    ]
    if answer["not_verifiable"]:
        lines.append(f"Or, not verifiable: {answer['not_verifiable']}")
    return set_out(*lines)


def _in_the_scheme(count: dict[str, int]) -> str:
    """Return who is in the scheme, was invited to it, and has declared."""
    parts = [_counted(count["scheme_members"], "member")]
    if count["opted_in"] != count["scheme_members"]:
        parts.append(f"{count['opted_in']:,} opted in")
    if count["invited_to_join"]:
        parts.append(f"{count['invited_to_join']:,} invited to join")
    parts.append(f"{count['declared']:,} declared, {count['not_declared']:,} not yet")
    return " · ".join(parts)


def _letters(count: dict[str, int]) -> str:
    """Return how far the letters have come; what nobody knows of is named last."""
    parts = [f"{count['letters_sent']:,} sent", f"{count['letters_waiting']:,} in the outbox"]
    for name, word in (
        ("letters_at_the_post", "at the post"),
        ("letters_bounced", "came back"),
        ("letters_unknown", "unknown"),
    ):
        if count[name]:
            parts.append(f"{count[name]:,} {word}")
    return " · ".join(parts)


def _judgements(count: dict[str, int], overdue: dict[str, int]) -> str:
    """Return every marking once, by its state, and who is late."""
    parts = [f"{count['submitted']:,} of {count['markings']:,} submitted"]
    for name, word in (
        ("drafts", "in draft"),
        ("not_started", "not started"),
        ("handed_back", "handed back"),
    ):
        if count[name]:
            parts.append(f"{count[name]:,} {word}")
    if overdue:
        late = [f"{assessor} ({number})" for assessor, number in overdue.items()]
        more = len(late) - MOST_NAMED
        rest = f" and {_counted(more, 'more assessor')}" if more > 0 else ""
        parts.append(f"overdue: {', '.join(late[:MOST_NAMED])}{rest}")
    return " · ".join(parts)


def _needs(count: dict[str, int], year: int) -> str:
    call = f"can be replaced: assessor-kit call-reserve MEMBER --because WHY --cpd-year {year}"
    found = (
        (count["unallocated"], "return without an assessor", "returns without an assessor"),
        (count["handed_back"], "handed back", "handed back"),
        (count["newer_versions"], "newer version", "newer versions"),
        (count["differing"], "double marking differs", "double markings differ"),
        (count["second_looks"], "second look asked for", "second looks asked for"),
        (count["parked"], "return of a member not selected", "returns of members not selected"),
        (count["replaceable"], call, call),
        (count["letters_unknown"], "letter of unknown fate", "letters of unknown fate"),
        (count["letters_bounced"], "letter that came back", "letters that came back"),
    )
    said = [_counted(number, one, many) for number, one, many in found if number]
    return " · ".join(said) or "nothing"


def _where_the_names_are(count: dict[str, int], awaited: int) -> str:
    numbers = {**count, "awaited": awaited}
    for name in NAMED:
        if numbers[name.replace("-", "_")]:
            return f"   (names: --names {name})"
    return ""


def trends_display(answer: Answer) -> str:
    """Show each figure with its interval and the number of returns behind it."""
    import pandas as pd  # noqa: PLC0415  (loaded already where there are estimates)

    from assessor_kit.journey.summaries import estimates_table  # noqa: PLC0415

    parts: list[object] = []
    if answer["estimates"]:
        words = estimates_table(pd.DataFrame(answer["estimates"]))
        shown = table_of(
            ("", "CPD", "Estimate", "95 % interval", "Returns"),
            words.itertuples(index=False, name=None),
        )
        for column in shown.columns[1:]:
            column.justify = "right"
        parts.append(shown)
    held = answer["suppressed"]
    if held:
        parts.append(
            f"Held back, as too few returns lie behind it: {_counted(len(held), 'figure')}."
        )
    return set_out(*parts)


def doctor_display(answer: Answer) -> str:
    """Show what passed in one line, and everything that is wrong with its remedy."""
    checks = answer["checks"]
    passed = sum(check["ok"] for check in checks)
    parts: list[object] = [f"{TICK} {passed} of {len(checks)} checks passed (`--json` lists them)"]
    for check in checks:
        if not check["ok"]:
            sign = CROSS if check["needed"] else WARNING
            parts.append(f"{sign} {check['name'][:1].upper()}{check['name'][1:]}")
            parts.append(Padding(Text(check["advice"]), (0, 0, 0, 4)))
    return set_out(*parts)


def draw_display(answer: Answer) -> str:
    """Show how many were drawn; who was drawn is in the workspace and in `--json`."""
    if answer["verifiable"]:
        standing = [
            f"Drawn under the commitment {answer['commitment']}.",
            f"Publish the draw file: {answer['draw_file']}",
            f"Publish the page for members: {answer['page']}",
        ]
    else:
        standing = ["Not verifiable: nothing was committed to before its seed was known."]
    return set_out(
        (
            f"Draw {answer['draw_id']}: {len(answer['selected']):,} of"
            f" {answer['frame_size']:,} members, {len(answer['reserves']):,} reserves."
        ),
        *_for_certain(len(answer["for_certain"]), answer["not_carried_over"]),
        f"Fingerprint of the frame: {answer['frame_digest']}",
        *standing,
        f"`assessor-kit verify-draw {answer['draw_id']}` repeats it; `--json` lists the members.",
    )


def _for_certain(number: int, left_out: list[dict[str, str]]) -> list[str]:
    drawn = [f"{_counted(number, 'of them', 'of them')} for certain, as targeted or carried over."]
    return [*(drawn if number else []), *_not_carried_over(left_out)]


def _carried_over(rows: list[dict[str, str]]) -> list[str]:
    if not rows:
        return []
    states = Counter(row["state"] for row in rows)
    said = ", ".join(f"{number:,} {state}" for state, number in sorted(states.items()))
    return [f"From last year, drawn for certain: {said}."]


def _not_carried_over(rows: list[dict[str, str]]) -> list[str]:
    if not rows:
        return []
    reasons = Counter(row["why"] for row in rows)
    said = ", ".join(f"{number:,} {why}" for why, number in sorted(reasons.items()))
    return [f"From last year, but outside the frame: {said} (`--json` lists them)."]


def commitment_display(answer: Answer) -> str:
    """Show what was committed to, and what to do with it before the seed's moment."""
    rows = [
        [one[name] for name in ("stratum", "kind", "members", "selected", "reserves")]
        for one in answer["strata"]
    ]
    return set_out(
        f"Commitment {answer['draw_id']}: {answer['frame_size']:,} members can be drawn.",
        table_of(("Stratum", "Kind", "Members", "Selected", "Reserves"), rows),
        *answer["joined"],
        *_carried_over(answer["carried_over"]),
        *_not_carried_over(answer["not_carried_over"]),
        f"The seed comes from: {answer['seed_from']} (known at {answer['seed_known_at']}).",
        f"Digest: {answer['digest']}",
        f"Publish {answer['commitment']} before then, print its digest where many see it, and",
        f"record it: assessor-kit record-publishing {answer['draw_id']} --by NAME --where PLACE",
    )


def verification_display(answer: Answer) -> str:
    """Show in one line whether a draw comes out the same, and every reason against it."""
    if not answer["verified"]:
        said = f"{CROSS} REFUSED: this is not the draw that it claims to be."
    elif answer["verifiable"]:
        said = f"{TICK} Verified: this is the draw that was committed to."
    else:
        said = f"{WARNING} It comes out the same, but it is not verifiable."
    digest = answer["digest"]
    compare = (
        [f"Compare the commitment's digest with the published one: {digest}"] if digest else []
    )
    return set_out(said, *(f"  {reason}" for reason in answer["reasons"]), *compare)


def import_display(answer: Answer) -> str:
    """Show what was imported, and the first problems as a table."""
    if "returns" in answer:
        taken = (
            f"{_counted(answer['returns'], 'return')},"
            f" {_counted(answer['activities'], 'activity', 'activities')},"
            f" {answer['minutes'] / 60:,.1f} hours"
        )
    else:
        taken = _counted(answer["accepted"], "row")
    verb = "Would take in" if answer["dry_run"] else "Taken in"
    parts: list[object] = [f"{verb}: {taken}."]
    if answer["unchanged"]:
        parts.append(f"Read before, unchanged: {_counted(answer['unchanged'], 'file')}.")
    rest = answer["problems_file"] or "give `--problems FILE.csv` for all of them."
    for key, heading in (("rejected", "Rejected"), ("flags", "Please check"), ("notes", "Notes")):
        rows = answer[key]
        if rows:
            parts += [f"{heading}: {len(rows):,}", _problem_table(rows, str(rest))]
    return set_out(*parts)


def plan_display(answer: Answer) -> str:
    """Show who gets which letter when, what to look at first, or the names behind one letter.

    Letters about which there is nothing to say are left to `--json`.
    """
    if answer["names"]:
        return set_out(_first_ten(answer["names"], f"`--json` lists all {len(answer['names'])}."))
    rows = [
        (
            one["letter"],
            f"{one['planned']:,}",
            _days(one["from"], one["until"]) if one["planned"] else "",
            f"{one['waiting']:,}",
            f"{one['gone']:,}",
            "; ".join(f"{number:,} {reason}" for reason, number in one["left_out"].items()),
        )
        for one in answer["plan"]
        if one["planned"] or one["waiting"] or one["gone"] or one["left_out"]
    ]
    made = table_of(("Letter", "To write", "When", "In the outbox", "Sent", "Left out"), rows)
    for place in (1, 3, 4):
        made.columns[place].justify = "right"
    return set_out(made, *(f"{WARNING} {one}" for one in answer["warnings"]))


def _days(first: date | None, last: date | None) -> str:
    if first is None or last is None:
        return "when you say so"
    if first == last:
        return str(_in_words(first))
    return f"{_in_words(first)} to {_in_words(last)}"


def letter_display(answer: Answer) -> str:
    """Show a letter as it is read, and what was done about it."""
    given = [
        f"{name.replace('_', ' ').capitalize()}: {answer[name]}"
        for name in ("kind", "template", "message", "to", "way", "state", "from", "subject")
        if answer.get(name)
    ]
    if answer.get("objection"):
        given.append(f"{WARNING} It would not be sent now: {answer['objection']}.")
    done = [
        f"{one['when']:%d %B %Y %H:%M} UTC  {one['what']} by {one['who']}"
        + (f": {one['why']}" if one["why"] else "")
        for one in answer.get("events", ())
    ]
    return set_out(*given, "", answer["text"], *done)


def outbox_display(answer: Answer) -> str:
    """Show how many messages are in each state, and the first of them in their order."""
    counts = " · ".join(f"{number:,} {state}" for state, number in answer["messages"].items())
    parts: list[object] = [f"Outbox: {counts or 'nothing'}"]
    if answer["letters"]:
        rows = [
            {**row, "message": str(row["message"])[:SHORT_NAME], "kind": ""}
            for row in answer["letters"]
        ]
        parts.append(_first_ten(rows, f"`--json` lists all {len(rows)}."))
    return set_out(*parts)


# What a command says in its `show`.
DISPLAYS: dict[str, Callable[[Answer], str]] = {
    "": plain_display,
    "nothing": no_display,
    "candidates": candidates_display,
    "commitment": commitment_display,
    "draw": draw_display,
    "doctor": doctor_display,
    "import": import_display,
    "letter": letter_display,
    "outbox": outbox_display,
    "plan": plan_display,
    "status": status_display,
    "trends": trends_display,
    "verification": verification_display,
}
