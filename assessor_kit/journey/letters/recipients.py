"""Whom is a letter for, and why does somebody not get it?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from assessor_kit import tables
from assessor_kit.errors import InvalidRequest, SendingRefused
from assessor_kit.feedback.mail.letters.kinds import LETTER_OF
from assessor_kit.feedback.mail.messages import Message, messages_of
from assessor_kit.feedback.mail.objections import (
    YearFacts,
    contact_objection,
    has_opted_in,
    letter_objection,
    year_facts,
)
from assessor_kit.feedback.mail.preparing import NEVER_WRITTEN, NUMBERED, released_generic
from assessor_kit.journey.answers import silent_members
from assessor_kit.sampling import is_asked
from assessor_kit.store import Workspace, read_table
from assessor_kit.store.letter_counts import GONE
from assessor_kit.vocabulary import LetterKind, MessageState

# The letters that this module finds the members for; the others are about one return or document.
TO_MEMBERS = (
    LetterKind.JOIN,
    LetterKind.RECORDING,
    LetterKind.DECLARATION,
    LetterKind.DECLARATION_REMINDER,
    LetterKind.INVITATION,
    LetterKind.REMINDER,
    LetterKind.THANKS,
    LetterKind.GENERIC,
)
DECLARING = (LetterKind.DECLARATION, LetterKind.DECLARATION_REMINDER)
REQUESTING = (LetterKind.INVITATION, LetterKind.REMINDER)
TOO_EARLY = {
    LetterKind.REMINDER: "has not been invited yet",
    LetterKind.DECLARATION_REMINDER: "has not been asked to declare yet",
}
WAITS_ALREADY = "waits in the outbox already"
BY_STATE = {
    MessageState.QUEUED.value: WAITS_ALREADY,
    MessageState.CANCELLED.value: "was cancelled: `assessor-kit outbox put-back` puts it back",
    MessageState.BOUNCED.value: (
        "came back: `assessor-kit outbox settle` sends it again once the address is right"
    ),
}
WRITTEN_TO = "has already been written to"
RECENTLY = "was written to recently"


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """A member whom a letter is for; `reason` says why they do not get it, empty if they do."""

    member_no: str
    reason: str = ""


class Correspondence:
    """A year's register, answers and outbox, read once, and what follows from them."""

    def __init__(self, workspace: Workspace, *, cpd_year: int, today: date) -> None:
        self.workspace = workspace
        self.cpd_year = cpd_year
        self.today = today
        self.facts: YearFacts = year_facts(workspace, cpd_year, today=today)
        self.members: dict[str, dict[str, Any]] = {
            str(row["member_no"]): {str(name): value for name, value in row.items()}
            for row in read_table(workspace, tables.REGISTER).to_dict("records")
        }
        self.silent = silent_members(workspace, cpd_year=cpd_year)
        self.written: dict[tuple[str, str], list[Message]] = {}
        for row in messages_of(workspace, cpd_year=cpd_year):
            kind = "reminder" if row["kind"] == "last reminder" else str(row["kind"])
            self.written.setdefault((kind, str(row["member_no"])), []).append(row)

    def recipients(
        self,
        kind: LetterKind,
        *,
        member_nos: Iterable[str] | None = None,
        after_days: int = 0,
    ) -> list[Recipient]:
        """Return whom a letter is for, and those of them who do not get it, with the reason.

        `member_nos` limits it to some members, and then says of each why not. A reminder goes at
        the earliest `after_days` after the last letter. Raises InvalidRequest where the rules know
        no such letter, and SendingRefused where there is nothing to send.
        """
        self._require_sense(kind)
        named = self._meant(kind) if member_nos is None else list(member_nos)
        return [
            Recipient(member_no=number, reason=self.reason(kind, number, after_days=after_days))
            for number in named
        ]

    def reason(self, kind: LetterKind, number: str, *, after_days: int = 0) -> str:
        """Return why a member does not get a letter; empty if they do."""
        member = self.members.get(number)
        if kind in REQUESTING and number not in self.silent:
            return "has answered, or was not selected"
        return (
            self._already(kind, number)
            or contact_objection(member, today=self.today)
            or letter_objection(kind, member or {}, self.facts, queued_at=None)
            or self._too_early(kind, number, after_days)
        )

    def gone_on(self, kind: LetterKind, number: str) -> list[date]:
        """Return the days on which letters of a kind left for a member, in order."""
        rows = self.written.get((kind.value, number), [])
        return sorted(row["changed_at"].date() for row in rows if row["state"] in GONE)

    def _require_sense(self, kind: LetterKind) -> None:
        if kind in DECLARING and not self.facts.rules.requests.declaration_due:
            raise InvalidRequest(
                "The rules of this scheme ask for no declaration",
                expected="`declaration_due` under [requests] in the scheme's rules",
                advice="Nothing was queued.",
            )
        if kind is LetterKind.GENERIC and not released_generic(self.workspace, self.cpd_year):
            raise SendingRefused(
                f"No feedback for everyone on CPD of {self.cpd_year} is released",
                advice=(
                    "Render, approve and release it first: `assessor-kit feedback render`,"
                    " `assessor-kit feedback approve`, `assessor-kit feedback release`."
                ),
            )

    def _meant(self, kind: LetterKind) -> list[str]:
        """Return the members whom a letter is meant for, whether or not they may have it now."""
        if kind in REQUESTING:
            return self.silent
        if kind is LetterKind.THANKS:
            return [number for number in self._selected() if number in self.facts.received]
        if kind is LetterKind.JOIN:
            return [number for number, row in self.members.items() if not has_opted_in(row)]
        found = [number for number, row in self.members.items() if self.facts.is_scheme_member(row)]
        if kind in DECLARING:
            return [number for number in found if number not in self.facts.declared]
        return found

    def _selected(self) -> list[str]:
        draws = read_table(self.workspace, tables.DRAWS, cpd_year=self.cpd_year)
        drawn = read_table(self.workspace, tables.SELECTIONS, draw_id=list(draws["draw_id"]))
        return list(dict.fromkeys(map(str, drawn.loc[is_asked(drawn), "member_no"])))

    def _already(self, kind: LetterKind, number: str) -> str:
        """Return what an earlier letter of the kind says against another; empty if nothing does."""
        rows = self.written.get((kind.value, number), [])
        if kind in NUMBERED:
            # the next reminder has a number of its own, unless the last has yet to go
            rows = [row for row in rows if row["state"] not in GONE]
        elif kind is LetterKind.INVITATION and self.gone_on(LetterKind.REMINDER, number):
            return WRITTEN_TO  # before the kit kept invitations, a reminder showed that one went
        states = [str(row["state"]) for row in rows if row["state"] != MessageState.REFUSED]
        if not states:
            return ""
        return BY_STATE.get(states[-1], WRITTEN_TO)

    def _too_early(self, kind: LetterKind, number: str, after_days: int) -> str:
        """Return why a reminder would come too early; empty where it would not."""
        letter = LETTER_OF[kind]
        if letter.after is None:
            return ""
        first = self.gone_on(letter.after, number)
        later = self.gone_on(kind, number)
        if not first and not later:
            return TOO_EARLY[kind]
        since = self.today - timedelta(days=after_days)
        return RECENTLY if max([*first, *later]) > since else ""


def counted_reasons(recipients: Iterable[Recipient]) -> Mapping[str, int]:
    """Return how many do not get a letter for each reason, most frequent first."""
    found: dict[str, int] = {}
    for one in recipients:
        if one.reason:
            found[one.reason] = found.get(one.reason, 0) + 1
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def is_written(row: Message) -> bool:
    """Whether a message counts as written to its member: it went, or it will go."""
    return row["state"] not in NEVER_WRITTEN
