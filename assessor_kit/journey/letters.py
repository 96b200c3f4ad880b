"""Queue invitations and reminders for selected members who have not answered.

The register says to whom nobody may write.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from assessor_kit import tables
from assessor_kit.feedback.mail.outbox import (
    BOUNCED,
    INVITATION,
    REFUSED,
    REMINDER,
    objection_to_member,
    prepare_letters,
    require_fresh_register,
)
from assessor_kit.journey.answers import silent_members
from assessor_kit.store import Workspace, read_table

PATIENCE_DAYS = 14  # from one letter to the next for the same member


@dataclass(kw_only=True)
class Letters:
    """How many letters were queued, and who was left out and why (member, reason)."""

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
) -> Letters:
    """Queue an invitation or a reminder for selected members who have not answered.

    `member_nos` limits it to some of them.

    Nobody is invited twice for a year, or reminded within `after_days` of the last letter. With
    `dry_run` nothing is queued, and `queued` is how many would be. Raises SendingRefused where the
    register is older than seven days.
    """
    require_fresh_register(workspace)
    day = today or datetime.now(UTC).date()
    silent = silent_members(workspace, cpd_year=cpd_year)
    done = Letters()
    wanted = []
    recent = _written_to(workspace, cpd_year, kind, since=day - timedelta(days=after_days))
    for number in silent if member_nos is None else member_nos:
        reason = (
            "has answered, or was not selected"
            if number not in silent
            else recent.get(number, "") or objection_to_member(workspace, number)
        )
        if reason:
            done.left_out.append({"member": number, "reason": reason})
        else:
            wanted.append(number)
    if dry_run:
        done.queued = len(wanted)
        return done
    done.queued = prepare_letters(
        workspace, cpd_year=cpd_year, kind=kind, member_nos=wanted, on=day
    )
    return done


def _written_to(workspace: Workspace, cpd_year: int, kind: str, *, since: date) -> dict[str, str]:
    """Return, for each member to whom no letter is due yet, the reason."""
    letters = read_table(workspace, tables.OUTBOX, cpd_year=cpd_year, kind=[INVITATION, REMINDER])
    letters = letters[~letters["state"].isin([REFUSED, BOUNCED])]
    if kind == INVITATION:
        return dict.fromkeys(letters["member_no"], "has already been written to")
    late = [moment.date() > since for moment in letters["changed_at"]]
    return dict.fromkeys(letters["member_no"][late], "was written to recently")
