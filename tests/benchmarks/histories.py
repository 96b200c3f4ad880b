"""Seasons in which things keep changing: is everything allocated that can be, with fewest moves?

    python tests/benchmarks/histories.py 200    # 200 histories, on SQLite

Each history makes a small season and then hands back, dismisses, starts, submits, changes
capacities and brings late returns in by chance, allocating in between. After each allocation an
integer program that knows only what the history did says how few markings may be short and how few
may have moved.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

SUPPORT = Path(__file__).resolve().parent.parent / "support"
STEPS = 5
FIELDS = ("power", "rail")
EMPLOYERS = ("", "Acme Ltd", "Brightwater Grid", "Umber Works plc")


def fault_of(folder, number):
    """Return what was wrong in one history; empty if nothing was."""
    return _History(folder, number).fault()


class _History:
    """One season, what has happened in it, and what must hold after each allocation."""

    def __init__(self, folder, number):
        from seasons import put

        from assessor_kit import tables
        from assessor_kit.store import Workspace

        self.put, self.tables = put, tables
        self.chance = random.Random(number)
        self.season = Workspace.create(folder)
        self.returns = {}
        self.people = {}
        self.started, self.submitted, self.back, self.dismissed = set(), set(), set(), set()
        self.doubles = set()
        for place in range(self.chance.randint(3, 5)):
            self.people[f"A{place}"] = {
                "assessor_id": f"A{place}",
                "member_no": "",
                "name": "",
                "email": "",
                "disciplines": self.chance.choice(FIELDS),
                "employer": self.chance.choice(EMPLOYERS),
                "capacity": self.chance.randint(1, 5),
                "conflicts": "",
                "dismissed_on": None,
                "dismissed_because": "",
            }
            put(self.season, tables.ASSESSORS, self.people[f"A{place}"])
        for _ in range(self.chance.randint(4, 9)):
            self.late_return()

    def fault(self):
        """Live through the history."""
        from assessor_kit import journey

        for step in range(STEPS):
            before = self.holders()
            percent = 30 if step == 0 else 0
            made, _ = journey.allocate(
                self.season, cpd_year=2016, seed=str(step), double_mark_percent=percent
            )
            self.doubles |= set(made.double_marked)
            said = self.wrong(before, self.holders())
            if said:
                return f"step {step}: {said}"
            for _ in range(self.chance.randint(1, 4)):
                happening = self.chance.choice(
                    (
                        self.hand_back,
                        self.hand_back,
                        self.dismiss,
                        self.start,
                        self.start,
                        self.submit,
                        self.change_capacity,
                        self.late_return,
                    )
                )
                happening()
        return ""

    def late_return(self):
        from seasons import MOMENT

        number = len(self.returns)
        employer = self.chance.choice(EMPLOYERS)
        self.returns[f"r{number:02d}"] = employer
        self.put(
            self.season,
            self.tables.REGISTER,
            {
                "member_no": f"X{number:05d}",
                "joined_on": None,
                "left_on": None,
                "do_not_contact": False,
                "name": "Ada Example",
                "email": "",
                "grade": "MIET",
                "registration": "",
                "discipline": self.chance.choice(FIELDS),
                "employer": employer,
                "opted_in_on": None,
            },
        )
        self.put(
            self.season,
            self.tables.RETURNS,
            {
                "return_id": f"r{number:02d}",
                "member_no": f"X{number:05d}",
                "cpd_year": 2016,
                "version": 1,
                "pseudonym": f"R-{number:02d}",
                "declared_minutes": None,
                "source_digest": "d",
                "received_at": MOMENT,
                "parked": "",
            },
        )

    def holders(self):
        from assessor_kit.store import read_table

        rows = read_table(self.season, self.tables.ALLOCATIONS)
        return {
            (row["return_id"], row["marking"]): row["assessor_id"]
            for row in rows.to_dict("records")
        }

    def pick(self, *, not_in):
        """Return somebody's marking that is in none of these sets."""
        pairs = sorted({(name, who) for (name, _), who in self.holders().items()} - not_in)
        return self.chance.choice(pairs) if pairs else None

    def hand_back(self):
        from assessor_kit.store import hand_back
        from assessor_kit.vocabulary import HandBackReason

        pair = self.pick(not_in=self.back | self.submitted)
        if pair is None:
            return
        hand_back(
            self.season,
            pair[0],
            assessor_id=pair[1],
            reason=self.chance.choice(list(HandBackReason)),
            words="",
            event_id=f"back {pair}",
        )
        self.back.add(pair)

    def start(self):
        self._save(submitted=False, not_in=self.back | self.started | self.submitted)

    def submit(self):
        self._save(submitted=True, not_in=self.back | self.submitted)

    def _save(self, *, submitted, not_in):
        from seasons import save

        pair = self.pick(not_in=not_in)
        if pair is None:
            return
        save(
            self.season,
            int(pair in self.started),
            event=f"{submitted} {pair}",
            return_id=pair[0],
            assessor_id=pair[1],
            submitted=submitted,
        )
        (self.submitted if submitted else self.started).add(pair)

    def dismiss(self):
        from assessor_kit import journey

        left = sorted(set(self.people) - self.dismissed)
        if len(left) > 1:
            name = self.chance.choice(left)
            journey.dismiss(self.season, name, reason="")
            self.dismissed.add(name)

    def change_capacity(self):
        from assessor_kit.store import read_table, replace_rows

        name = self.chance.choice(sorted(self.people))
        rows = read_table(self.season, self.tables.ASSESSORS, assessor_id=name)
        capacity = self.chance.randint(0, 6)
        replace_rows(self.season, self.tables.ASSESSORS, rows.assign(capacity=capacity))
        self.people[name]["capacity"] = capacity

    def wrong(self, before, after):
        """Return what an allocation did that it should not have; empty if nothing."""
        kept = {
            key: who
            for key, who in before.items()
            if (key[0], who) in self.submitted
            or ((key[0], who) in self.started and (key[0], who) not in self.back)
        }
        for key, who in kept.items():
            if after.get(key) != who:
                return f"{key} was begun by {who} and is now with {after.get(key)}"
        real = {key: who for key, who in after.items() if key in kept or self.may(key[0], who)}
        loads = pd.Series(list(real.values()), dtype=object).value_counts()
        for name, load in loads.items():
            begun = sum(who == name for who in kept.values())
            room = 0 if name in self.dismissed else self.people[name]["capacity"]
            if load > max(room, begun):
                return f"{name} has {load} markings and {room} places"
        for key, who in after.items():
            waits = (key[0], who) in self.back
            if key not in kept and not waits and not self.may(key[0], who):
                return f"{key} went to {who}, which must not be"
        movable = {
            key: who
            for key, who in before.items()
            if key not in kept and self.may(key[0], who) and who not in self.dismissed
        }
        moves = sum(real.get(key) != who for key, who in movable.items())
        fewest = self.exact(kept, movable)
        wanted = sum(2 if name in self.doubles else 1 for name in self.returns)
        if (wanted - len(real), moves) != fewest:
            return f"short and moved: {(wanted - len(real), moves)}, and {fewest} is possible"
        return ""

    def may(self, name, who):
        from assessor_kit.allocation import employer_key

        colleague = employer_key(self.returns[name]) == employer_key(self.people[who]["employer"])
        same = colleague and employer_key(self.returns[name]) != ""
        return not same and (name, who) not in self.back

    def exact(self, kept, movable):
        """Return how few can be short, and of those how few can have moved."""
        people = sorted(self.people)
        names = sorted(self.returns)
        pairs = [
            (name, who)
            for name in names
            for who in people
            if self.may(name, who)
            and who not in self.dismissed
            and who not in {other for (row, _), other in kept.items() if row == name}
        ]
        wanted = {name: 2 if name in self.doubles else 1 for name in names}
        lines, highs = [], []
        for name in names:
            lines.append([float(row == name) for row, _ in pairs])
            highs.append(wanted[name] - sum(row == name for row, _ in kept))
        for who in people:
            lines.append([float(other == who) for _, other in pairs])
            load = sum(other == who for other in kept.values())
            highs.append(max(0, self.people[who]["capacity"] - load))
        held = {(key[0], who) for key, who in movable.items()}
        stays = np.array([float(pair in held) for pair in pairs])
        if not pairs:
            return sum(wanted.values()) - len(kept), len(movable)
        # one marking more outweighs all moves
        cost = -(1.0 + len(pairs)) - stays
        found = milp(
            cost,
            constraints=LinearConstraint(np.array(lines), -np.inf, highs),
            bounds=Bounds(0, 1),
            integrality=np.ones(len(pairs)),
        )
        chosen = np.round(found.x).astype(bool)
        return (
            sum(wanted.values()) - len(kept) - int(chosen.sum()),
            len(movable) - int(stays[chosen].sum()),
        )


def main():
    """Live through as many histories as the command line says."""
    sys.path.insert(0, str(SUPPORT))
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    faults = 0
    for one in range(number):
        with tempfile.TemporaryDirectory() as folder:
            said = fault_of(Path(folder) / "w", one)
        if said:
            faults += 1
            print(f"history {one}: {said}")
    print(f"{number} histories of {STEPS} allocations, {faults} faults")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
