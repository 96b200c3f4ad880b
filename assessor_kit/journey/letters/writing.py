"""Queue letters to members: each once, to whom the register and the answers allow it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from assessor_kit import tables
from assessor_kit.errors import NotFound, SendingRefused
from assessor_kit.feedback.mail.letters.kinds import LETTER_OF
from assessor_kit.feedback.mail.objections import objection_to_assessor, require_fresh_register
from assessor_kit.feedback.mail.preparing import (
    prepare_letters,
    prepare_notes,
    require_real_members,
)
from assessor_kit.journey.letters.plan import LAST_DAY, due_by_days
from assessor_kit.journey.letters.recipients import TOO_EARLY, Correspondence, Recipient
from assessor_kit.store import Workspace, read_table
from assessor_kit.store.log.outbox_log import PROGRAM
from assessor_kit.vocabulary import LetterKind, counted_text

PATIENCE_DAYS = 14  # from one letter to the next for the same member


@dataclass(kw_only=True)
class Letters:
    """How many letters were queued, and who was left out and why (member or assessor, reason)."""

    queued: int = 0
    left_out: list[dict[str, str]] = field(default_factory=list)


def write_letters(
    workspace: Workspace,
    *,
    cpd_year: int,
    kind: str,
    member_nos: list[str] | None = None,
    after_days: int = PATIENCE_DAYS,
    today: date | None = None,
    dry_run: bool = False,
    who: str = PROGRAM,
) -> Letters:
    """Queue a letter to everybody whom it is for, or to some of them (`member_nos`).

    Nobody gets the same letter twice for a year, or a reminder within `after_days` of the last
    letter. With `dry_run` nothing is queued, and `queued` is how many would be. Raises
    SendingRefused where the register is older than seven days, and where nobody can be reminded
    because what the reminder is about has not gone.
    """
    require_real_members(workspace)
    require_fresh_register(workspace)
    day = today or datetime.now(UTC).date()
    letter = LetterKind(kind)
    known = Correspondence(workspace, cpd_year=cpd_year, today=day)
    found = known.recipients(letter, member_nos=member_nos, after_days=after_days)
    _require_order(letter, found)
    return _put(workspace, letter, found, cpd_year=cpd_year, on=day, dry_run=dry_run, who=who)


def _put(
    workspace: Workspace,
    kind: LetterKind,
    found: list[Recipient],
    *,
    cpd_year: int,
    on: date,
    dry_run: bool,
    who: str,
) -> Letters:
    done = Letters(
        left_out=[{"member": one.member_no, "reason": one.reason} for one in found if one.reason]
    )
    wanted = [one.member_no for one in found if not one.reason]
    done.queued = len(wanted)
    if not dry_run:
        done.queued = prepare_letters(
            workspace, cpd_year=cpd_year, kind=kind, member_nos=wanted, on=on, who=who
        )
    return done


def _require_order(kind: LetterKind, found: list[Recipient]) -> None:
    """Raise SendingRefused where a reminder would go to nobody, as its letter has not gone yet."""
    early = sum(one.reason == TOO_EARLY.get(kind) for one in found)
    after = LETTER_OF[kind].after
    if not early or after is None or any(not one.reason for one in found):
        return
    members = counted_text(early, "member", "members")
    raise SendingRefused(
        f"The {LETTER_OF[kind].label} comes after the {LETTER_OF[after].label}, which has not gone"
        f" to {members}",
        advice=(
            f"Nothing was queued. First `assessor-kit letters {after}`, then"
            " `assessor-kit outbox send`."
        ),
    )


def write_due_letters(
    workspace: Workspace,
    *,
    cpd_year: int,
    today: date | None = None,
    dry_run: bool = False,
    who: str = PROGRAM,
) -> Letters:
    """Queue for each member the letter that is due by the days in the rules; see `due_by_days`."""
    require_real_members(workspace)
    require_fresh_register(workspace)
    day = today or datetime.now(UTC).date()
    known = Correspondence(workspace, cpd_year=cpd_year, today=day)
    done = Letters()
    for kind, numbers in due_by_days(known).items():
        found = known.recipients(kind, member_nos=numbers, after_days=LAST_DAY)
        written = _put(workspace, kind, found, cpd_year=cpd_year, on=day, dry_run=dry_run, who=who)
        done.queued += written.queued
        done.left_out += written.left_out
    return done


def write_note(
    workspace: Workspace,
    *,
    cpd_year: int,
    subject: str,
    text: str,
    who: str,
    assessor_ids: Iterable[str] = (),
) -> Letters:
    """Queue a note of staff to assessors: to those named, else to all who have not stopped.

    Raises NotFound for an assessor who is not in the list, and InvalidRequest where the note is
    empty or names a member.
    """
    people = read_table(workspace, tables.ASSESSORS)
    active = people.loc[people["dismissed_on"].isna(), "assessor_id"]
    wanted = list(assessor_ids) or [str(name) for name in active]
    if unknown := sorted(set(wanted) - set(people["assessor_id"])):
        raise NotFound(
            f"There is no assessor {unknown[0]!r}",
            expected=f"one of {', '.join(map(str, people['assessor_id']))}",
            advice="Nothing was queued.",
        )
    done = Letters()
    free = []
    for name in wanted:
        if reason := objection_to_assessor(workspace, name):
            done.left_out.append({"assessor": name, "reason": reason})
        else:
            free.append(name)
    done.queued = prepare_notes(
        workspace, cpd_year=cpd_year, assessor_ids=free, subject=subject, text=text, who=who
    ).number
    return done
