"""Compare assessors with the register: their own numbers, conflicts, addresses and fields of work.

An assessor whose number a spreadsheet has shortened would otherwise be given their own return, and
one whose field nobody has would be given everybody's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from assessor_kit.allocation import field_key, listed, number_key
from assessor_kit.journey.intake.nearest_numbers import NearestNumbers
from assessor_kit.vocabulary import Problem, visible

MOST_NAMED = 12  # fields of work that one question lists


def still_dismissed(assessor_id: str, file: str) -> Problem:
    """Return the flag for an assessor who was dismissed and is in the file again."""
    return Problem(
        file=file,
        column="assessor_id",
        found=f"{assessor_id} was dismissed, and still is",
        advice=f"If they assess again: `assessor-kit dismiss {assessor_id} --undo`.",
    )


class AssessorCheck:
    """Checks the rows of a file of assessors against the register; an empty one checks nothing."""

    def __init__(self, register: Mapping[str, Mapping[str, Any]], *, file: str) -> None:
        self.file = file
        self.register = register
        self.by_key: defaultdict[str, list[str]] = defaultdict(list)
        for number in register:
            self.by_key[number_key(number)].append(number)
        self.nearest = NearestNumbers(register)
        self.owner_of: defaultdict[str, list[str]] = defaultdict(list)
        for number, member in register.items():
            if str(member["email"]).strip():
                self.owner_of[str(member["email"]).strip().casefold()].append(number)
        spelt = Counter(
            " ".join(str(member["discipline"]).split())
            for member in register.values()
            if str(member["discipline"]).strip()
        )
        self.fields = {field_key(field): field for field, _ in reversed(spelt.most_common())}

    def of(self, row: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
        """Return an assessor with the register's numbers, and what a person should look at."""
        if not self.register:
            return dict(row), []
        flags: list[Problem] = []
        own = self._number(row, "member_no", str(row["member_no"] or ""), flags)
        conflicts = [
            self._number(row, "conflicts", number, flags) for number in listed(row["conflicts"])
        ]
        flags += self._address(row, own)
        flags += self._fields(row)
        return {**row, "member_no": own, "conflicts": "; ".join(conflicts)}, flags

    def _number(
        self, row: Mapping[str, Any], column: str, number: str, flags: list[Problem]
    ) -> str:
        """Return a number as the register has it, or as it was written, with a flag."""
        if not number or number in self.register:
            return number
        alike = self.by_key.get(number_key(number), [])
        if len(alike) == 1:
            flags.append(
                self._flag(
                    row,
                    column,
                    f"{visible(number)} is {alike[0]} in the register",
                    f"It was taken as {alike[0]}; spreadsheets lose leading zeros. Please check.",
                )
            )
            return alike[0]
        near = alike[0] if alike else self.nearest.of(number)
        meant = f" Did you mean {near}?" if near else ""
        flags.append(
            self._flag(
                row,
                column,
                f"{visible(number)} is not in the register",
                f"A conflict with this number keeps nobody's return away.{meant} Correct the file"
                " and import it again, or leave it if it is of another body.",
                expected="a membership number of the register",
            )
        )
        return number

    def _address(self, row: Mapping[str, Any], own: str) -> list[Problem]:
        """Flag an e-mail address that the register knows as that of somebody else."""
        address = str(row["email"] or "").strip()
        owners = self.owner_of.get(address.casefold(), [])
        if not owners or own in owners:
            return []
        if own:
            return [
                self._flag(
                    row,
                    "email",
                    f"the address is that of {owners[0]} in the register, and the number is {own}",
                    "One of the two is wrong: the assessor could be given their own return.",
                )
            ]
        return [
            self._flag(
                row,
                "member_no",
                f"no number, and the register knows the address as that of {owners[0]}",
                f"If the assessor is {owners[0]}, put that into member_no: they could otherwise be"
                " given their own return.",
            )
        ]

    def _fields(self, row: Mapping[str, Any]) -> list[Problem]:
        """Ask about fields of work that no member of the register has."""
        if not self.fields:
            return []
        strange = [one for one in listed(row["disciplines"]) if field_key(one) not in self.fields]
        if not strange:
            return []
        known = sorted(self.fields.values(), key=str.casefold)
        more = "" if len(known) <= MOST_NAMED else f" and {len(known) - MOST_NAMED} more"
        meant = [
            f"{self.fields[near[0]]!r} for {visible(one)!r}"
            for one in strange
            if (near := get_close_matches(field_key(one), list(self.fields), n=1, cutoff=0.6))
        ]
        perhaps = f" Did you mean {', '.join(meant)}?" if meant else ""
        return [
            self._flag(
                row,
                "disciplines",
                f"no member's field is {', '.join(repr(visible(one)) for one in strange)}",
                f"Returns of no field go to {row['assessor_id']} for that.{perhaps} Correct the"
                " file and import it again.",
                expected=f"fields separated by ; such as {', '.join(known[:MOST_NAMED])}{more}",
            )
        ]

    def _flag(
        self,
        row: Mapping[str, Any],
        column: str,
        found: str,
        advice: str,
        *,
        expected: str | None = None,
    ) -> Problem:
        return Problem(
            file=self.file,
            column=column,
            found=f"{row['assessor_id']}: {found}",
            expected=expected,
            advice=advice,
        )
