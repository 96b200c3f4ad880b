"""Where a seed will come from: named before it exists, and exact enough to leave no choice.

Three sources are known, written as people say them:

    drand quicknet round 27946612          drand quicknet at 2027-01-15 12:00
    lottery UK Lotto, 6 numbers, on 2027-01-16 20:30
    dice, 12 rolls, on 2027-01-15 12:00 before Ann Lee and Bo Day

Times are UTC. A day without a time is over at its end. The numbers of a lottery are given in
ascending order and rolls in the order in which they fell, so that nobody can try orders.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from assessor_kit.errors import DrawRefused, InvalidRequest
from assessor_kit.sampling.beacon import (
    CHAINS,
    moment_of_round,
    random_number,
    require_genuine,
    round_at,
)

DRAND, BALLS, DICE = "drand", "lottery", "dice"  # kinds of source
FEWEST = {BALLS: 5, DICE: 10}  # fewer could be repeated until a draw pleases
FACES = 6
WHEN = r"(?P<day>\d{4}-\d\d-\d\d)(?:[ T](?P<time>\d\d:\d\d))?"
FORMS = {
    DRAND: re.compile(
        rf"drand (?P<name>{'|'.join(CHAINS)}) (?:round (?P<number>[1-9]\d{{0,12}})|at {WHEN})"
    ),
    BALLS: re.compile(rf"lottery (?P<name>[^,]+), (?P<number>\d{{1,2}}) numbers, on {WHEN}"),
    DICE: re.compile(rf"dice, (?P<number>\d{{1,3}}) rolls, on {WHEN} before (?P<name>.+ and .+)"),
}
EXPECTED = (
    "such as 'drand quicknet at 2027-01-15 12:00', 'lottery UK Lotto, 6 numbers, on 2027-01-16"
    " 20:30' or 'dice, 12 rolls, on 2027-01-15 12:00 before Ann Lee and Bo Day'"
)


@dataclass(frozen=True, kw_only=True)
class SeedSource:
    """A source of seeds: its kind, what names it, how many numbers, and when they will be known.

    `number` is drand's round, or how many numbers there are.
    """

    kind: str
    name: str
    number: int
    moment: datetime

    def in_words(self) -> str:
        """Return the source as it is written, from which it can be read again."""
        when = f"{self.moment:%Y-%m-%d %H:%M}"
        if self.kind == DRAND:
            return f"drand {self.name} round {self.number}"
        if self.kind == BALLS:
            return f"lottery {self.name}, {self.number} numbers, on {when}"
        return f"dice, {self.number} rolls, on {when} before {self.name}"


@dataclass(frozen=True, kw_only=True)
class Seed:
    """A seed as the tickets use it, and the signatures that prove a drand round."""

    text: str
    signature: str = ""
    before: str = ""


def read_seed_source(text: str) -> SeedSource:
    """Return the source that a text names; raises InvalidRequest for anything inexact."""
    said = " ".join(text.split())
    kind = said.partition(" ")[0].rstrip(",")
    found = FORMS[kind].fullmatch(said) if kind in FORMS else None
    if found is None:
        raise InvalidRequest(
            f"No source of seeds can be read from {said!r}",
            expected=EXPECTED,
            advice="Name a source that nobody can know or bend, at a moment that is still to come.",
        )
    moment = _moment(found["day"], found["time"])
    if kind == DRAND:
        number = int(found["number"]) if found["number"] else 0
        if moment is not None:
            number = round_at(found["name"], moment)
        return SeedSource(
            kind=kind,
            name=found["name"],
            number=number,
            moment=moment_of_round(found["name"], number),
        )
    number = int(found["number"])
    if number < FEWEST[kind]:
        raise InvalidRequest(
            f"{number} numbers are too few for a seed",
            expected=f"at least {FEWEST[kind]} from a {kind}"
            if kind == BALLS
            else f"at least {FEWEST[kind]} rolls of dice",
            advice="Fewer could be repeated until a draw pleases.",
        )
    assert moment is not None  # noqa: S101  (both forms have a day)
    return SeedSource(kind=kind, name=found["name"], number=number, moment=moment)


def _moment(day: str | None, hour: str | None) -> datetime | None:
    if day is None:
        return None
    try:
        on = date.fromisoformat(day)
        at = time.fromisoformat(hour) if hour else None
    except ValueError:
        raise InvalidRequest(
            f"{day} {hour or ''}".strip() + " is no date and time",
            expected="such as 2027-01-15 12:00",
        ) from None
    if at is None:
        return datetime.combine(on + timedelta(days=1), time(), UTC)
    return datetime.combine(on, at, UTC)


def read_seed(source: SeedSource, given: str, *, signature: str = "", before: str = "") -> Seed:
    """Return the seed that a source gave; raises DrawRefused for what cannot have come from it.

    For drand `given` is the signature of the round; mainnet needs that of the round before it, too.
    """
    if source.kind == DRAND:
        signed = signature or given.strip().lower()
        require_genuine(source.name, source.number, signature=signed, before=before)
        return Seed(text=random_number(signed), signature=signed, before=before)
    said = given.split()
    if not all(re.fullmatch(r"[1-9]\d?", one) for one in said) or len(said) != source.number:
        raise DrawRefused(
            f"The seed {given!r} cannot have come from: {source.in_words()}",
            expected=f"{source.number} numbers with spaces between them",
            advice="Give exactly what the source gave.",
        )
    numbers = [int(one) for one in said]
    if source.kind == BALLS and numbers != sorted(set(numbers)):
        raise DrawRefused(
            f"The numbers of the lottery are {given!r}",
            expected="different numbers in ascending order",
            advice="Any other order would be a choice.",
        )
    if source.kind == DICE and max(numbers) > FACES:
        raise DrawRefused(
            f"The rolls of dice are {given!r}", expected="numbers from 1 to 6, in the order rolled"
        )
    return Seed(text=" ".join(said))
