"""Allocate the returns that have come in, and take up what has changed since.

What was handed back, what has lost its assessor, second markings that were short and returns that
came late are given to somebody; whatever an assessor has started stays theirs unless staff say
otherwise. Every change is in the log with its reason, and assessors are told what they gained and
lost.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pandas as pd

from assessor_kit import tables
from assessor_kit.allocation import Allocation, Why, allocate_returns, number_key, why_not
from assessor_kit.errors import InvalidRequest, NotFound
from assessor_kit.feedback.mail.desk_letters import prepare_desk_letters
from assessor_kit.store import Workspace, mask_returns, read_table
from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.log.allocation_changes import (
    Change,
    allocation_changes,
    change_allocations,
    set_dismissed,
    started_markings,
)
from assessor_kit.store.log.assessor_events import events_of_kind
from assessor_kit.store.log.judgements import latest_events_of
from assessor_kit.vocabulary import (
    EventKind,
    HandBackReason,
    JudgementState,
    Marking,
    TargetBasis,
)

PLACE = ["return_id", "assessor_id", "marking"]
KNEW_THE_MEMBER = {HandBackReason.RECOGNISED.value, HandBackReason.CONFLICT.value}
SEED = "reallocate"


@dataclass(kw_only=True)
class Reallocated:
    """What was moved (return_id, marking, from_assessor, assessor_id) and what was left, and why.

    `left` has return_id, marking, assessor_id, reason and remedy.
    """

    moved: list[dict[str, str]] = field(default_factory=list)
    left: list[dict[str, str]] = field(default_factory=list)


def allocate(
    workspace: Workspace, *, cpd_year: int, seed: str, double_mark_percent: float = 0.0
) -> tuple[Allocation, list[str]]:
    """Allocate every marking of the year that needs an assessor.

    Also returns the return_ids whose target staff have still to settle.

    Ties are settled by membership number, not by the workspace's own opaque identifiers, so that a
    seed gives the same answer in any workspace.
    """
    desk = _Year(workspace, cpd_year)
    made = desk.solved(seed=seed, double_mark_percent=double_mark_percent)
    changes = desk.changes(made)
    chosen = {*made.double_marked, *desk.doubles_of_old()}
    desk.carry_out(changes, doubles=chosen)
    unclear = read_table(
        workspace,
        tables.REQUIREMENTS,
        return_id=list(desk.number_of),
        target_basis=TargetBasis.UNCLEAR.value,
    )
    today = datetime.now(UTC).date()
    dated = made.allocated.assign(allocated_on=today, due_on=desk.due_on(today))
    return replace(made, allocated=dated), list(unclear["return_id"])


def waiting_for_assessors(workspace: Workspace, *, cpd_year: int) -> set[str]:
    """Return the return_ids of which a marking has no assessor, or one who cannot do it."""
    desk = _Year(workspace, cpd_year)
    there = {(one["return_id"], one["marking"]) for one in desk.standing}
    twice = desk.doubles()
    short = {
        name
        for name in desk.number_of
        for marking in (("first", "second") if name in twice else ("first",))
        if (name, marking) not in there
    }
    return short | {one["return_id"] for one in desk.lost}


def why_must_not(workspace: Workspace, return_id: str, *, assessor_id: str) -> str:
    """Return why an assessor must have nothing to do with a return; empty if nothing is known.

    These are the conflicts that an allocation respects, and whether they mark it already.
    """
    returns = read_table(workspace, tables.RETURNS, return_id=return_id)
    if returns.empty:
        return ""
    desk = _Year(workspace, int(returns.iloc[0]["cpd_year"]))
    if any(
        (one["return_id"], one["assessor_id"]) == (return_id, assessor_id) for one in desk.standing
    ):
        return Why.MARKS_IT.value
    person = desk.people[desk.people["assessor_id"] == assessor_id]
    found = why_not(desk.known, person, desk.barred()).get(return_id)
    return found.value if found else ""


def what_if(
    workspace: Workspace,
    *,
    cpd_year: int,
    seed: str,
    double_mark_percent: float = 0.0,
    capacity_percent: int = 100,
    without: Iterable[str] = (),
) -> tuple[Allocation, pd.DataFrame]:
    """Return the allocation as it would be, and each assessor's load; nothing is changed.

    `capacity_percent` scales everybody's capacity, and `without` leaves assessors out. The loads
    have assessor_id, capacity and allocated.
    """
    desk = _Year(workspace, cpd_year)
    people = desk.people.assign(
        capacity=[
            0 if name in set(without) else int(places) * capacity_percent // 100
            for name, places in zip(
                desk.people["assessor_id"], desk.people["capacity"], strict=True
            )
        ]
    )
    desk.people = people
    made = desk.solved(seed=seed, double_mark_percent=double_mark_percent)
    moved = set(zip(made.moved["return_id"], made.moved["marking"], strict=True))
    standing = desk.stay + [
        one for one in desk.movable if (one["return_id"], one["marking"]) not in moved
    ]
    load = pd.Series(
        [*(one["assessor_id"] for one in standing), *made.allocated["assessor_id"]], dtype=object
    ).value_counts()
    loads = people[["assessor_id", "capacity"]].assign(
        allocated=[int(load.get(name, 0)) for name in people["assessor_id"]]
    )
    return made, loads.reset_index(drop=True)


def reallocate(
    workspace: Workspace,
    *,
    cpd_year: int,
    return_id: str = "",
    assessor_id: str = "",
    to: str = "",
    reason: str = "",
    started: bool = False,
    seed: str = SEED,
) -> Reallocated:
    """Move a return, or all that one assessor has not submitted, to another assessor.

    With a return, `assessor_id` says whose marking of it is meant. Without `to`, the best assessors
    are found as `allocate` finds them. What an assessor has started is only moved with `started`;
    what is submitted never is. Raises NotFound where there is nothing to move.
    """
    desk = _Year(workspace, cpd_year)
    asked = [
        one
        for one in desk.standing
        if return_id in {"", one["return_id"]} and assessor_id in {"", one["assessor_id"]}
    ]
    _require_something(desk, asked, return_id, assessor_id, to)
    if not return_id:  # all of one assessor means all that they have still to do
        asked = [
            one for one in asked if (one["return_id"], one["assessor_id"]) not in desk.submitted
        ]
        if not asked:
            raise NotFound(
                f"Assessor {assessor_id} has submitted everything",
                advice="Nothing is left to move, and nothing was changed.",
            )
    done = Reallocated()
    going = []
    for one in asked:
        objection = desk.objection_to_moving(one, started=started)
        if objection:
            done.left.append({**one, "reason": objection[0], "remedy": objection[1]})
        else:
            going.append(one)
    why = reason.strip() or "staff moved it"
    changes = (
        desk.given_to(to, going, done, why) if to else desk.given_to_best(going, done, why, seed)
    )
    desk.carry_out(changes, may_be_started=started)
    done.moved += [_as_moved(change) for change in changes]
    return done


def undo_reallocation(
    workspace: Workspace, *, return_id: str, started: bool = False
) -> Reallocated:
    """Give a return back to whom it was taken from last, as the log says.

    Raises NotFound where the log holds nothing to undo.
    """
    log = allocation_changes(workspace, return_id=return_id)
    log = log[(log["from_assessor"] != "") & (log["to_assessor"] != "")]
    if log.empty:
        raise NotFound(
            "This return has not been moved from one assessor to another",
            advice="`assessor-kit status --names unallocated` lists what waits for an assessor.",
        )
    last = log.iloc[-1]
    returns = read_table(workspace, tables.RETURNS, return_id=return_id)
    desk = _Year(workspace, int(returns.iloc[0]["cpd_year"]))
    mark = {"return_id": return_id, "marking": str(last["marking"])}
    now = {**mark, "assessor_id": str(last["to_assessor"])}
    done = Reallocated()
    objection = (
        desk.objection_to_moving(now, started=started)
        if now in desk.standing
        else ("it has been moved again since", "Name the assessor: `reallocate RETURN --to ID`.")
    )
    if objection:
        done.left.append({**now, "reason": objection[0], "remedy": objection[1]})
        return done
    why = f"undo of: {last['reason']}"
    changes = desk.given_to(str(last["from_assessor"]), [now], done, why)
    desk.carry_out(changes, may_be_started=started)
    done.moved += [_as_moved(change) for change in changes]
    return done


def dismiss(workspace: Workspace, assessor_id: str, *, reason: str) -> list[dict[str, str]]:
    """Note that an assessor has stopped; return what they leave behind.

    Nothing is moved yet: `allocate` gives what they had not started to others, and `reallocate` the
    rest. The rows have return_id, marking, state and cpd_year.
    """
    set_dismissed(workspace, assessor_id, on=datetime.now(UTC).date(), reason=reason)
    return left_behind(workspace, assessor_id)


def readmit(workspace: Workspace, assessor_id: str) -> None:
    """Note that an assessor assesses again."""
    set_dismissed(workspace, assessor_id, on=None)


def left_behind(workspace: Workspace, assessor_id: str) -> list[dict[str, str]]:
    """Return an assessor's markings that are not submitted, with how far each has come."""
    mine = read_table(workspace, tables.ALLOCATIONS, assessor_id=assessor_id)
    names = list(mine["return_id"])
    returns = read_table(workspace, tables.RETURNS, return_id=names, parked="")
    year_of = dict(zip(returns["return_id"], returns["cpd_year"], strict=True))
    events = latest_events_of(workspace, names)
    events = events[events["assessor_id"] == assessor_id]
    state_of = dict(zip(events["return_id"], events["state"], strict=True))
    rows = [
        {
            "return_id": str(one["return_id"]),
            "marking": str(one["marking"]),
            "state": str(state_of.get(one["return_id"], JudgementState.NOT_STARTED.value)),
            "cpd_year": str(year_of[one["return_id"]]),
        }
        for one in mine.to_dict("records")
        if one["return_id"] in year_of
    ]
    return [one for one in rows if one["state"] != JudgementState.SUBMITTED.value]


HeldMarking = dict[str, str]


class _Year:
    """The allocations of one year: what stands, what may move, and what has lost its assessor."""

    def __init__(self, workspace: Workspace, cpd_year: int) -> None:
        self.workspace = workspace
        self.cpd_year = cpd_year
        returns = read_table(workspace, tables.RETURNS, cpd_year=cpd_year, parked="")
        register = read_table(workspace, tables.REGISTER)[["member_no", "discipline", "employer"]]
        self.known = (
            returns[["return_id", "member_no"]]
            .merge(register, on="member_no", how="left")
            .fillna("")
        )
        self.number_of = dict(zip(self.known["return_id"], self.known["member_no"], strict=True))
        self.name_of = {number: name for name, number in self.number_of.items()}
        people = read_table(workspace, tables.ASSESSORS)
        stopped = people["dismissed_on"].notna()
        self.stopped = set(people.loc[stopped, "assessor_id"])
        self.people = people.assign(capacity=people["capacity"].where(~stopped, 0))
        self._read_standing()
        self._sort_standing()

    def _read_standing(self) -> None:
        names = list(self.number_of)
        rows = read_table(self.workspace, tables.ALLOCATIONS, return_id=names)
        self.standing: list[HeldMarking] = [
            {name: str(one[name]) for name in PLACE} for one in rows[PLACE].to_dict("records")
        ]
        self.load_of = Counter(one["assessor_id"] for one in self.standing)
        self.capacity_of = dict(
            zip(self.people["assessor_id"], map(int, self.people["capacity"]), strict=True)
        )
        with read_transaction(self.workspace.engine) as connection:
            self.started = started_markings(connection, names)
            back = events_of_kind(connection, EventKind.HAND_BACK)
        self.back = {
            (str(one["return_id"]), str(one["assessor_id"])): str(one["chosen"].get("reason", ""))
            for one in back
        }
        events = latest_events_of(self.workspace, names)
        done = events[events["state"] == JudgementState.SUBMITTED.value]
        self.submitted = set(zip(done["return_id"], done["assessor_id"], strict=True))

    def _sort_standing(self) -> None:
        """Sort what stands: what stays, what may move, and what needs somebody else."""
        people = set(self.people["assessor_id"])
        self.stay: list[HeldMarking] = []
        self.movable: list[HeldMarking] = []
        self.lost: list[HeldMarking] = []
        for one in self.standing:
            pair = (one["return_id"], one["assessor_id"])
            # nobody but staff gives a fresh marking to somebody else
            if pair in self.submitted or one["marking"] == Marking.FRESH.value:
                self.stay.append(one)
            elif pair in self.back:
                self.lost.append(one)
            elif pair in self.started:
                self.stay.append(one)
            elif one["assessor_id"] in self.stopped or one["assessor_id"] not in people:
                self.lost.append(one)
            else:
                self.movable.append(one)

    def doubles(self) -> set[str]:
        """The returns that were chosen to be marked twice."""
        chosen = read_table(self.workspace, tables.DOUBLE_MARKINGS, return_id=list(self.number_of))
        return {*chosen["return_id"], *self.seconds()}

    def seconds(self) -> set[str]:
        """The returns whose second marking somebody has or had."""
        return {one["return_id"] for one in self.standing if one["marking"] == "second"}

    def doubles_of_old(self) -> set[str]:
        """Returns marked twice since before the choice was kept."""
        chosen = read_table(self.workspace, tables.DOUBLE_MARKINGS, return_id=list(self.number_of))
        return self.seconds() - set(chosen["return_id"])

    def barred(self) -> pd.DataFrame:
        """The pairs that must not meet, besides conflicts: return_id, assessor_id, why."""
        rows = [
            (name, assessor, Why.HANDED_BACK)
            for name, assessor in self.back
            if name in self.number_of
        ]
        former = self._former_returns()
        rows += [
            (former[name], assessor, Why.RECOGNISED)
            for (name, assessor), reason in self.back.items()
            if reason in KNEW_THE_MEMBER and name in former
        ]
        last = {name for name, year in self.years.items() if year == self.cpd_year - 1}
        for one in read_table(
            self.workspace, tables.ALLOCATIONS, return_id=list(last)
        ).itertuples():
            if (one.return_id, one.assessor_id) not in self.back and one.return_id in former:
                rows.append((former[str(one.return_id)], str(one.assessor_id), Why.LAST_YEAR))
        return pd.DataFrame(rows, columns=["return_id", "assessor_id", "why"]).drop_duplicates(
            ["return_id", "assessor_id"]
        )

    def _former_returns(self) -> dict[str, str]:
        """Every other return of this year's members -> the return of this year."""
        key_of = {name: number_key(number) for name, number in self.number_of.items()}
        mine = {key: name for name, key in key_of.items()}
        others = read_table(self.workspace, tables.RETURNS)[["return_id", "member_no", "cpd_year"]]
        self.years = dict(zip(others["return_id"], others["cpd_year"], strict=True))
        found = {}
        for name, number in zip(others["return_id"], others["member_no"], strict=True):
            key = key_of.get(name) or (number_key(number) if number else "")
            if key in mine:
                found[str(name)] = mine[key]
        return found

    def solved(
        self,
        *,
        seed: str,
        double_mark_percent: float = 0.0,
        only: Sequence[HeldMarking] | None = None,
        also_barred: Sequence[tuple[str, str, Why]] = (),
    ) -> Allocation:
        """Return the best allocation of what needs somebody; return_ids are the workspace's own.

        `only`: just these markings are taken from their assessors, and everything else stays.
        """
        barred = pd.concat(
            [
                self.barred(),
                pd.DataFrame(also_barred, columns=["return_id", "assessor_id", "why"]),
            ],
            ignore_index=True,
        )
        known = self.known
        stay, movable, doubles = self.stay, self.movable, self.doubles()
        if only is not None:
            going = {(one["return_id"], one["marking"]) for one in only}
            stay = [one for one in self.standing if (one["return_id"], one["marking"]) not in going]
            movable = []
            names = {one["return_id"] for one in only}
            known = known[known["return_id"].isin(names)]
            doubles = {one["return_id"] for one in only if one["marking"] == "second"}
        made = allocate_returns(
            known.assign(return_id=known["member_no"]),
            self.people,
            seed=seed,
            double_mark_percent=double_mark_percent,
            taken=self._by_number(stay),
            movable=self._by_number(movable),
            doubles={self.number_of[name] for name in doubles},
            barred=barred.assign(return_id=[self.number_of[one] for one in barred["return_id"]]),
        )
        return self._by_name(made)

    def _by_number(self, markings: Sequence[HeldMarking]) -> pd.DataFrame:
        rows = [{**one, "return_id": self.number_of[one["return_id"]]} for one in markings]
        return pd.DataFrame(rows, columns=PLACE)

    def _by_name(self, made: Allocation) -> Allocation:
        allocated, unallocated, moved = (
            table.assign(return_id=table["return_id"].map(self.name_of))
            for table in (made.allocated, made.unallocated, made.moved)
        )
        return replace(
            made,
            allocated=allocated,
            unallocated=unallocated,
            moved=moved,
            double_marked=tuple(sorted(self.name_of[number] for number in made.double_marked)),
        )

    def changes(self, made: Allocation) -> list[Change]:
        """Return what an allocation changes, each with its reason."""
        lost = {(one["return_id"], one["marking"]): one["assessor_id"] for one in self.lost}
        moved = {
            (str(one.return_id), str(one.marking)): str(one.from_assessor)
            for one in made.moved.itertuples()
        }
        given = {
            (str(one.return_id), str(one.marking)): str(one.assessor_id)
            for one in made.allocated.itertuples()
        }
        places = {**lost, **moved}
        gone = [one for one in places if one not in given and not self._was_handed_back(one, lost)]
        return [
            Change(
                return_id=name,
                marking=marking,
                from_assessor=places.get((name, marking), ""),
                to_assessor=given.get((name, marking), ""),
                reason=self._reason(name, marking, places.get((name, marking), "")),
            )
            for name, marking in [*given, *gone]
        ]

    def _was_handed_back(self, place: tuple[str, str], lost: dict[tuple[str, str], str]) -> bool:
        """Whether a marking waits where its assessor handed it back, until somebody has room."""
        return place in lost and (place[0], lost[place]) in self.back

    def _reason(self, name: str, marking: str, before: str) -> str:
        if not before:
            return f"{marking} marking"
        if (name, before) in self.back:
            return f"{before} handed it back: {self.back[name, before] or 'no reason given'}"
        if before in self.stopped:
            return f"{before} no longer assesses"
        if before not in self.capacity_of:
            return f"{before} is no longer in the list of assessors"
        load, capacity = self.load_of[before], self.capacity_of[before]
        if load > capacity:
            return f"{before} has {load} markings and a capacity of {capacity}"
        return "moved so that another return has an assessor"

    def objection_to_moving(self, one: HeldMarking, *, started: bool) -> tuple[str, str] | None:
        """Return why a marking must stay, and what to do; None where it may go."""
        pair = (one["return_id"], one["assessor_id"])
        if pair in self.submitted:
            return "it is submitted", "Nothing is to be done."
        if pair in self.started and pair not in self.back and not started:
            return (
                f"{one['assessor_id']} has started it",
                "Ask them; --started moves it, and what they wrote stays in the log.",
            )
        return None

    def given_to(
        self, to: str, going: Sequence[HeldMarking], done: Reallocated, why: str
    ) -> list[Change]:
        """Return the changes that give markings to one assessor, as far as that is possible."""
        person = self.people[self.people["assessor_id"] == to]
        load = self.load_of[to]
        room = self.capacity_of[to] - load
        barred = self.barred()
        objection = why_not(self.known, person, barred)
        holders_of: defaultdict[str, set[str]] = defaultdict(set)
        for other in self.standing:
            holders_of[other["return_id"]].add(other["assessor_id"])
        changes = []
        for one in going:
            said, remedy = "", "Name somebody else, or leave --to out."
            if to in self.stopped:
                said = f"{to} no longer assesses"
                remedy = f"Name somebody else, or take {to} back: `dismiss {to} --undo`."
            elif to in holders_of[one["return_id"]]:
                said = f"{to} marks it already"
            elif one["return_id"] in objection:
                said = f"{to} must not: {objection[one['return_id']].value}"
            elif room <= 0:
                said = f"{to} has {load} markings, and no place left"
                remedy = "Raise the capacity in the file of assessors and import it, or name"
                remedy += " somebody else."
            if said:
                done.left.append({**one, "reason": said, "remedy": remedy})
                continue
            room -= 1
            load += 1
            changes.append(
                Change(
                    return_id=one["return_id"],
                    marking=one["marking"],
                    from_assessor=one["assessor_id"],
                    to_assessor=to,
                    reason=why,
                )
            )
        return changes

    def given_to_best(
        self, going: Sequence[HeldMarking], done: Reallocated, why: str, seed: str
    ) -> list[Change]:
        """Return the changes that give markings to the best assessors, as far as possible."""
        if not going:
            return []
        made = self.solved(
            seed=seed,
            only=going,
            also_barred=[(one["return_id"], one["assessor_id"], Why.TAKEN_FROM) for one in going],
        )
        holder = {(one["return_id"], one["marking"]): one for one in going}
        for one in made.unallocated.to_dict("records"):
            place = (str(one["return_id"]), str(one["marking"]))
            if place in holder:
                done.left.append(
                    {
                        **holder[place],
                        "reason": str(one["reason"]),
                        "remedy": str(one["remedy"]),
                    }
                )
        return [
            Change(
                return_id=str(one["return_id"]),
                marking=str(one["marking"]),
                from_assessor=holder[str(one["return_id"]), str(one["marking"])]["assessor_id"],
                to_assessor=str(one["assessor_id"]),
                reason=why,
            )
            for one in made.allocated.to_dict("records")
            if (str(one["return_id"]), str(one["marking"])) in holder
        ]

    def carry_out(
        self,
        changes: Sequence[Change],
        *,
        doubles: Iterable[str] = (),
        may_be_started: bool = False,
    ) -> None:
        """Make the changes, mask what is new to an assessor, and tell the assessors."""
        kept = set(
            read_table(self.workspace, tables.DOUBLE_MARKINGS, return_id=list(self.number_of))[
                "return_id"
            ]
        )
        new = set(doubles) - kept
        if not changes and not new:
            return
        today = datetime.now(UTC).date()
        step = change_allocations(
            self.workspace,
            changes,
            due_on=self.due_on(today),
            doubles=new,
            may_be_started=may_be_started,
        )
        # before an assessor can open them
        mask_returns(self.workspace, sorted({one.return_id for one in changes if one.to_assessor}))
        if not self.workspace.is_sample:
            prepare_desk_letters(
                self.workspace,
                cpd_year=self.cpd_year,
                step=step,
                assessors={
                    name for one in changes for name in (one.from_assessor, one.to_assessor)
                },
            )

    def due_on(self, today: date) -> date:
        """The day on which a marking that is given today is due."""
        return today + timedelta(days=self.workspace.rules(self.cpd_year).marking_days)


def _as_moved(change: Change) -> dict[str, str]:
    return {
        "return_id": change.return_id,
        "marking": change.marking,
        "from_assessor": change.from_assessor,
        "assessor_id": change.to_assessor,
    }


def _require_something(
    desk: _Year, asked: Sequence[HeldMarking], return_id: str, assessor_id: str, to: str
) -> None:
    names = set(desk.people["assessor_id"])
    for name in filter(None, (assessor_id, to)):
        if name not in names:
            raise NotFound(
                f"There is no assessor {name!r}",
                expected=", ".join(sorted(names)) or "there are none yet",
                advice="Check the id; nothing was changed.",
            )
    if not asked:
        whose = f"Assessor {assessor_id} has" if assessor_id else "Nobody has"
        raise NotFound(
            f"{whose} {'this return' if return_id else 'no return of this year'}",
            advice="`assessor-kit allocate` gives what has no assessor to somebody.",
        )
    if return_id and len(asked) > 1:
        both = " and ".join(one["assessor_id"] for one in asked)
        raise InvalidRequest(
            f"The return is marked twice, by {both}",
            expected="which of the two markings should move",
            advice=f"Add --assessor {asked[0]['assessor_id']} or {asked[1]['assessor_id']}.",
        )
