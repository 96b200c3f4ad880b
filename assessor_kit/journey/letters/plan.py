"""Who gets what when: the year's letters before anything is queued.

Nothing here writes to anybody. Dates come from the days in the rules; a letter without a date goes
when staff say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from assessor_kit import tables
from assessor_kit.errors import AssessorKitError, InvalidRequest, SendingRefused
from assessor_kit.feedback.mail.building import example_letter, letterhead
from assessor_kit.feedback.mail.facts import declaration_asked, declaration_due
from assessor_kit.feedback.mail.letters.kinds import LETTER_OF, LETTERS
from assessor_kit.feedback.mail.objections import NO_ADDRESS, register_problem
from assessor_kit.journey.letters.recipients import (
    TO_MEMBERS,
    TOO_EARLY,
    WAITS_ALREADY,
    WRITTEN_TO,
    Correspondence,
    Recipient,
    counted_reasons,
)
from assessor_kit.journey.requesting import response_cycle, whom_to_write_to
from assessor_kit.store import Workspace, read_table
from assessor_kit.store.letter_counts import GONE
from assessor_kit.vocabulary import (
    LetterKind,
    MessageState,
    RequestState,
    counted_text,
)

LAST_DAY = 1  # days that a letter that is due keeps from the last one
THANKED_WITHIN = 14  # days: who sent a record longer ago is thanked only if staff say so
STILL_ASKED = {RequestState.TO_BE_INVITED, RequestState.INVITED, RequestState.REMINDED}


@dataclass(frozen=True, kw_only=True)
class PlannedLetter:
    """A letter that a member gets, and the day from which it goes; None: when staff say so."""

    member_no: str
    on: date | None


@dataclass(frozen=True, kw_only=True)
class PlanLine:
    """One letter of the plan: who would get it when, who would not, and what is done already.

    `number` counts reminders, 0 for every other letter. `waiting` is how many wait in the outbox,
    `gone` how many have left.
    """

    kind: LetterKind
    number: int
    letters: tuple[PlannedLetter, ...]
    left_out: tuple[Recipient, ...] = ()
    waiting: int = 0
    gone: int = 0

    @property
    def label(self) -> str:
        """The letter as people call it."""
        label = LETTER_OF[self.kind].label
        return f"{label} {self.number}" if self.number else label

    def as_dict(self) -> dict[str, Any]:
        """Return the line as the command line prints it."""
        days = [one.on for one in self.letters if one.on is not None]
        return {
            "kind": self.kind.value,
            "letter": self.label,
            "to": LETTER_OF[self.kind].to,
            "planned": len(self.letters),
            "from": min(days, default=None),
            "until": max(days, default=None),
            "waiting": self.waiting,
            "gone": self.gone,
            "left_out": dict(counted_reasons(self.left_out)),
        }


@dataclass(frozen=True, kw_only=True)
class LetterPlan:
    """The year's letters in order, and what staff should look at before they queue any."""

    lines: tuple[PlanLine, ...]
    warnings: tuple[str, ...]


def letters_due(
    workspace: Workspace, *, cpd_year: int, today: date | None = None
) -> dict[LetterKind, tuple[str, ...]]:
    """Return to whom a letter is due by a day and may be written, by its kind.

    Kinds that are due to nobody are left out.
    """
    day = today or datetime.now(UTC).date()
    known = Correspondence(workspace, cpd_year=cpd_year, today=day)
    found = {
        kind: tuple(
            number for number in numbers if not known.reason(kind, number, after_days=LAST_DAY)
        )
        for kind, numbers in due_by_days(known).items()
    }
    return {kind: numbers for kind, numbers in found.items() if numbers}


def due_by_days(known: Correspondence) -> dict[LetterKind, tuple[str, ...]]:
    """Return to whom a letter is due, whether or not anything stands against it.

    Due by themselves are invitations, reminders and declarations, by the days in the rules, and
    thanks for a record that has come lately. The other letters go when staff say so.
    """
    asked = whom_to_write_to(known.workspace, cpd_year=known.cpd_year, today=known.today)
    due = {
        LetterKind(kind): tuple(map(str, asked.loc[asked["letter"] == kind, "member_no"]))
        for kind in (LetterKind.INVITATION, LetterKind.REMINDER)
    }
    due[LetterKind.THANKS] = _to_be_thanked(known)
    due |= _declarations_due(known)
    return {kind: numbers for kind, numbers in due.items() if numbers}


def _to_be_thanked(known: Correspondence) -> tuple[str, ...]:
    since = known.today - timedelta(days=THANKED_WITHIN)
    return tuple(
        one.member_no
        for one in known.recipients(LetterKind.THANKS)
        if not one.reason and known.facts.received[one.member_no].date() > since
    )


def _declarations_due(known: Correspondence) -> dict[LetterKind, tuple[str, ...]]:
    asked = declaration_asked(known.facts.rules)
    due = declaration_due(known.facts.rules)
    if asked is None or due is None:
        return {}
    reminders = known.recipients(LetterKind.DECLARATION_REMINDER)
    found = {
        LetterKind.DECLARATION_REMINDER: tuple(
            one.member_no
            for one in reminders
            if not one.reason and (on := _reminded_on(known, one.member_no)) and on <= known.today
        )
    }
    if asked <= known.today <= due:  # later it would name a day that has passed
        found[LetterKind.DECLARATION] = _free(known.recipients(LetterKind.DECLARATION))
    return found


def _free(recipients: list[Recipient]) -> tuple[str, ...]:
    return tuple(one.member_no for one in recipients if not one.reason)


def _reminded_on(known: Correspondence, number: str) -> date | None:
    """Return when the next reminder of the declaration is due; None where none is left."""
    asked = known.gone_on(LetterKind.DECLARATION, number)
    reminded = known.gone_on(LetterKind.DECLARATION_REMINDER, number)
    days = known.facts.rules.requests.declaration_reminders
    if not asked or len(reminded) >= len(days):
        return None
    return asked[0] + timedelta(days=days[len(reminded)])


def plan_letters(workspace: Workspace, *, cpd_year: int, today: date | None = None) -> LetterPlan:
    """Return who would get which letter of a year when, as things stand on a day."""
    day = today or datetime.now(UTC).date()
    known = Correspondence(workspace, cpd_year=cpd_year, today=day)
    planned = _Planned(workspace, known)
    lines = tuple(line for kind in (one.kind for one in LETTERS) for line in planned.lines(kind))
    return LetterPlan(lines=lines, warnings=tuple(_warnings(workspace, known, lines)))


class _Planned:
    """Works out the lines of a plan, one kind after another."""

    def __init__(self, workspace: Workspace, known: Correspondence) -> None:
        self.workspace = workspace
        self.known = known
        self.rules = known.facts.rules

    def lines(self, kind: LetterKind) -> list[PlanLine]:
        if kind is LetterKind.REMINDER:
            return self._reminders()
        if kind is LetterKind.DECLARATION_REMINDER:
            return self._declaration_reminders()
        if kind is LetterKind.FEEDBACK:
            return [self._feedback()]
        if kind in TO_MEMBERS:
            return [self._to_members(kind)]
        return [self._line(kind, ())]  # about one return or one assessor: nothing can be planned

    def _to_members(self, kind: LetterKind) -> PlanLine:
        try:
            found = self.known.recipients(kind)
        except (InvalidRequest, SendingRefused):  # there is no such letter, or not yet
            return self._line(kind, ())
        letters = [
            PlannedLetter(member_no=number, on=self._day_of(kind)) for number in _free(found)
        ]
        # those who have the letter, or whose letter waits, are counted as such
        left_out = [one for one in found if one.reason not in {"", WRITTEN_TO, WAITS_ALREADY}]
        return self._line(kind, letters, left_out)

    def _day_of(self, kind: LetterKind) -> date | None:
        if kind is LetterKind.DECLARATION:
            asked = declaration_asked(self.rules)
            due = declaration_due(self.rules)
            over = due is None or self.known.today > due  # it would name a day that has passed
            return None if asked is None or over else max(asked, self.known.today)
        return self.known.today if kind in {LetterKind.INVITATION, LetterKind.THANKS} else None

    def _reminders(self) -> list[PlanLine]:
        """Return a line for each reminder of the ladder, for whoever has not answered by now."""
        cycle = response_cycle(self.workspace, cpd_year=self.known.cpd_year, today=self.known.today)
        asked = [
            row
            for row in cycle.to_dict("records")
            if RequestState(row["state"]) in STILL_ASKED and self._may_be_asked(row["member_no"])
        ]
        lines = []
        for number, days in enumerate(self.rules.requests.reminders, 1):
            letters = [
                PlannedLetter(
                    member_no=str(row["member_no"]),
                    on=(row["invited_on"] or self.known.today) + timedelta(days=days),
                )
                for row in asked
                if number > int(row["reminders"])
            ]
            lines.append(self._line(LetterKind.REMINDER, letters, number=number))
        return lines

    def _may_be_asked(self, number: object) -> bool:
        reason = self.known.reason(LetterKind.REMINDER, str(number))
        return not reason or reason == TOO_EARLY[LetterKind.REMINDER]

    def _declaration_reminders(self) -> list[PlanLine]:
        days = self.rules.requests.declaration_reminders
        if not self.rules.requests.declaration_due:
            return []
        first = self._day_of(LetterKind.DECLARATION)
        found = self.known.recipients(LetterKind.DECLARATION_REMINDER)
        early = TOO_EARLY[LetterKind.DECLARATION_REMINDER]
        open_ones = [one.member_no for one in found if one.reason in {"", early}]
        lines = []
        for number, after in enumerate(days, 1):
            letters = []
            for one in open_ones:
                asked = self.known.gone_on(LetterKind.DECLARATION, one)
                reminded = self.known.gone_on(LetterKind.DECLARATION_REMINDER, one)
                since = asked[0] if asked else first
                if since is not None and number > len(reminded):
                    on = since + timedelta(days=after)
                    letters.append(PlannedLetter(member_no=one, on=on))
            lines.append(self._line(LetterKind.DECLARATION_REMINDER, letters, number=number))
        return lines

    def _feedback(self) -> PlanLine:
        documents = read_table(
            self.workspace, tables.DOCUMENTS, cpd_year=self.known.cpd_year, kind="individual"
        )
        released = documents[documents["released_at"].notna()]
        there = {
            str(row["document_id"])
            for (kind, _), rows in self.known.written.items()
            for row in rows
            if kind == LetterKind.FEEDBACK
        }
        letters = [
            PlannedLetter(member_no=str(row["member_no"]), on=self.known.today)
            for row in released.to_dict("records")
            if str(row["document_id"]) not in there
        ]
        return self._line(LetterKind.FEEDBACK, letters)

    def _line(
        self,
        kind: LetterKind,
        letters: list[PlannedLetter] | tuple[PlannedLetter, ...],
        left_out: list[Recipient] | None = None,
        *,
        number: int = 0,
    ) -> PlanLine:
        rows = [
            row
            for (found, _), those in self.known.written.items()
            for row in those
            if found == kind and number in {0, _reminder_number(row["about"])}
        ]
        return PlanLine(
            kind=kind,
            number=number,
            letters=tuple(letters),
            left_out=tuple(left_out or ()),
            waiting=sum(row["state"] == MessageState.QUEUED for row in rows),
            gone=sum(row["state"] in GONE for row in rows),
        )


def _reminder_number(about: str) -> int:
    """Return the number of a reminder; one that an older version queued counts as the first."""
    last = str(about).rpartition("-")[2] if "-" in str(about) else ""
    return int(last) if last.isdigit() else 1


def _warnings(
    workspace: Workspace, known: Correspondence, lines: tuple[PlanLine, ...]
) -> list[str]:
    """Return what staff should know before they queue or send anything."""
    said = []
    if problem := register_problem(workspace):
        said.append(f"{problem}: import today's before anything is queued or sent.")
    early = sum(
        row["state"] == MessageState.QUEUED and not known.gone_on(LetterKind.INVITATION, number)
        for (kind, number), rows in known.written.items()
        if kind == LetterKind.REMINDER
        for row in rows
    )
    if early:
        waits = counted_text(early, "reminder waits", "reminders wait")
        said.append(
            f"{waits} in the outbox whose invitation has not gone: none is sent before it, nor on"
            " the same day. `assessor-kit outbox cancel --kind reminder` takes them out."
        )
    unreachable = {
        one.member_no for line in lines for one in line.left_out if one.reason == NO_ADDRESS
    }
    if unreachable:
        members = counted_text(len(unreachable), "member has", "members have")
        said.append(f"{members} {NO_ADDRESS}: import a register that has one or the other.")
    head = letterhead(workspace, cpd_year=known.cpd_year, sender="")
    if not head.address:
        said.append(
            "Nobody is named as the sender yet: write `sender` and `contact` into"
            " templates/letters/sender.toml, or give --sender when you send."
        )
    return said + _faulty_templates(workspace, known.cpd_year)


def _faulty_templates(workspace: Workspace, cpd_year: int) -> list[str]:
    said = []
    for letter in LETTERS:
        try:
            example_letter(workspace, letter.kind, cpd_year=cpd_year)
        except AssessorKitError as problem:
            said.append(problem.sentence())
    return list(dict.fromkeys(said))
