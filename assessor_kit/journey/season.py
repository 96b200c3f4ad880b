"""Where does the season stand, who is waited for, and what comes next? Every count with the names behind it; for staff only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pandas as pd

from assessor_kit import tables
from assessor_kit.store import Workspace, read_table, reviewed_returns
from assessor_kit.store.judgement_log import latest_events
from assessor_kit.vocabulary import JudgementState, ResponseState, TargetBasis

STILL_WAITING = {ResponseState.AWAITING.value, ResponseState.NO_REPLY.value}


@dataclass(frozen=True, kw_only=True)
class SeasonStep:
    """One step of the season: whom it is done for and who is still waited for, as tables with headings for people."""

    label: str
    done: pd.DataFrame
    waiting: pd.DataFrame
    next_step: str  # what to do about those who wait
    notebook: str

    @property
    def of(self) -> int:
        """How many there are in all."""
        return len(self.done) + len(self.waiting)


@dataclass(frozen=True, kw_only=True)
class Season:
    """The steps of one CPD year in their order."""

    cpd_year: int
    steps: tuple[SeasonStep, ...]

    @property
    def next_step(self) -> SeasonStep | None:
        """The first step that somebody still waits for; None where the season is complete."""
        return next((step for step in self.steps if len(step.waiting) or not step.of), None)


def season_of(workspace: Workspace, *, cpd_year: int, today: date | None = None) -> Season:
    """The season of CPD done in `cpd_year`. `today` (default: the clock's day) is the day up to which waiting is counted."""
    facts = _Facts(workspace, cpd_year, today or datetime.now(UTC).date())
    return Season(
        cpd_year=cpd_year,
        steps=(
            facts.selection(),
            facts.returns(),
            facts.targets(),
            facts.allocation(),
            facts.markings(),
            *(facts.feedback(kind) for kind in ("rendered", "released")),
        ),
    )


class _Facts:
    """What the steps are told from, read once."""

    def __init__(self, workspace: Workspace, cpd_year: int, today: date) -> None:
        self.today = today
        draws = read_table(workspace, tables.DRAWS, cpd_year=cpd_year)
        drawn_on = {
            str(name): moment.date()
            for name, moment in zip(draws["draw_id"], draws["drawn_at"], strict=True)
        }
        selections = read_table(workspace, tables.SELECTIONS, draw_id=list(draws["draw_id"]))
        self.selected = selections[~selections["is_reserve"].astype(bool)].drop_duplicates(
            "member_no"
        )
        self.drawn_of = {
            str(number): drawn_on[str(draw)]
            for number, draw in zip(
                self.selected["member_no"], self.selected["draw_id"], strict=True
            )
        }
        self.current = read_table(workspace, tables.RETURNS, cpd_year=cpd_year, parked="")
        self.names_of = _looked_up(
            read_table(
                workspace,
                tables.REGISTER,
                member_no=[*self.selected["member_no"], *self.current["member_no"]],
            ),
            "member_no",
            "name",
        )
        self.replies = _looked_up(
            read_table(workspace, tables.RESPONSES, cpd_year=cpd_year), "member_no", "state"
        )
        self.number_of = _looked_up(self.current, "return_id", "member_no")
        self.pseudonym_of = _looked_up(self.current, "return_id", "pseudonym")
        self.allocations = read_table(
            workspace, tables.ALLOCATIONS, return_id=list(self.current["return_id"])
        )
        self.basis_of = _looked_up(
            read_table(workspace, tables.REQUIREMENTS, return_id=list(self.current["return_id"])),
            "return_id",
            "target_basis",
        )
        self.events = latest_events(workspace, cpd_year)
        self.judged = reviewed_returns(workspace, cpd_year)
        documents = read_table(workspace, tables.DOCUMENTS, cpd_year=cpd_year, kind="individual")
        self.rendered, self.released = (
            set(documents["return_id"]),
            set(documents.loc[documents["released_at"].notna(), "return_id"]),
        )

    def selection(self) -> SeasonStep:
        people = self._people(
            list(self.selected["member_no"]),
            Drawn=lambda number: f"{self.drawn_of[number]:%d %B %Y}",
        )
        return SeasonStep(
            label="Members selected",
            done=people,
            waiting=people.head(0),
            next_step="Draw the sample.",
            notebook="02_draw_the_sample",
        )

    def returns(self) -> SeasonStep:
        """Who was excused, has left or keeps a record elsewhere has answered too."""
        received = set(self.current["member_no"])
        reply = {
            number: ResponseState.RECEIVED.value
            if number in received
            else self.replies.get(number, ResponseState.AWAITING.value)
            for number in [
                *self.selected["member_no"],
                *sorted(received - set(self.selected["member_no"])),
            ]
        }
        silent = [number for number, state in reply.items() if state in STILL_WAITING]
        waiting = self._people(
            silent,
            Reply=reply.__getitem__,
            Days=lambda number: (self.today - self.drawn_of[number]).days,
        )
        return SeasonStep(
            label="Requests answered",
            done=self._people(
                [number for number in reply if number not in set(silent)], Reply=reply.__getitem__
            ),
            waiting=waiting,
            notebook="04_load_and_score_returns",
            next_step="Import what has come, and remind those who have not answered.",
        )

    def targets(self) -> SeasonStep:
        unclear = [
            name
            for name in self.current["return_id"]
            if self.basis_of.get(name, TargetBasis.UNCLEAR.value) == TargetBasis.UNCLEAR.value
        ]
        known = [name for name in self.current["return_id"] if name not in set(unclear)]
        return SeasonStep(
            label="Targets settled",
            done=self._returns(known),
            waiting=self._returns(unclear),
            notebook="01_register_and_declarations",
            next_step="Agree each target with the member, import the circumstances and score again.",
        )

    def allocation(self) -> SeasonStep:
        allocated = set(self.allocations["return_id"])
        names = list(self.current["return_id"])
        return SeasonStep(
            label="Returns allocated",
            done=self._returns([name for name in names if name in allocated]),
            waiting=self._returns([name for name in names if name not in allocated]),
            notebook="03_allocate_returns",
            next_step="Allocate what has come in.",
        )

    def markings(self) -> SeasonStep:
        rows = self.allocations.merge(
            self.events[["return_id", "assessor_id", "state"]],
            on=["return_id", "assessor_id"],
            how="left",
        )
        rows["state"] = rows["state"].fillna(JudgementState.NOT_STARTED.value)
        shown = pd.DataFrame(
            {
                "Return": rows["return_id"].map(self.pseudonym_of),
                "Assessor": rows["assessor_id"],
                "Marking": rows["marking"],
                "State": rows["state"],
                "Due": [f"{day:%d %B %Y}" for day in rows["due_on"]],
                "Days": [(self.today - day).days for day in rows["allocated_on"]],
            }
        ).sort_values(
            ["Days", "Assessor", "Return"], ascending=[False, True, True], ignore_index=True
        )
        submitted = shown["State"] == JudgementState.SUBMITTED.value
        return SeasonStep(
            label="Markings submitted",
            done=shown[submitted].drop(columns="Days"),
            waiting=shown[~submitted],
            notebook="05_assess",
            next_step="Assessors judge what waits for them.",
        )

    def feedback(self, stage: str) -> SeasonStep:
        reached = self.rendered if stage == "rendered" else self.released
        waiting = [name for name in self.judged if name not in reached]
        return SeasonStep(
            label=f"Individual feedback {stage}",
            done=self._returns([name for name in self.judged if name in reached]),
            waiting=self._returns(waiting),
            notebook="07_feedback",
            next_step="Render the feedback."
            if stage == "rendered"
            else "Read some reports, then release the feedback.",
        )

    def _people(self, numbers: list[str], **more: Callable[[str], object]) -> pd.DataFrame:
        columns = {"Member": numbers, "Name": [self.names_of.get(number, "") for number in numbers]}
        return pd.DataFrame(
            columns
            | {heading: [told(number) for number in numbers] for heading, told in more.items()},
            dtype=object,
        )

    def _returns(self, return_ids: list[str]) -> pd.DataFrame:
        return self._people([self.number_of[name] for name in return_ids]).assign(
            Return=[self.pseudonym_of[name] for name in return_ids]
        )


def _looked_up(frame: pd.DataFrame, key: str, value: str) -> Mapping[str, str]:
    return dict(zip(frame[key].astype(str), frame[value].astype(str), strict=True))
