"""Work out how far the season has come, who is waited for, and what comes next.

Every count comes with the names behind it, so it is for staff only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd

from assessor_kit import tables
from assessor_kit.feedback.mail.letters.kinds import LETTER_OF
from assessor_kit.feedback.mail.messages import kind_of
from assessor_kit.feedback.mail.objections import NO_ADDRESS, contact_objection, has_opted_in
from assessor_kit.feedback.release import APPROVED, waiting_documents
from assessor_kit.journey.answers import STILL_WAITING, answers
from assessor_kit.journey.draws.reserves import replaceable_members
from assessor_kit.journey.letters.plan import letters_due
from assessor_kit.journey.letters.recipients import Correspondence
from assessor_kit.journey.requesting import whom_to_write_to
from assessor_kit.sampling import is_asked
from assessor_kit.store import Workspace, read_table, reviewed_returns
from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.letter_counts import GONE
from assessor_kit.store.log.judgements import latest_events
from assessor_kit.store.season_counts import OpenCommitment, open_commitment
from assessor_kit.vocabulary import (
    JudgementState,
    LetterKind,
    MessageState,
    TargetBasis,
    counted_text,
)

# What happens to a report, and what to do about those that have not come so far.
STAGES = {
    "rendered": "Render the feedback.",
    "approved": "Read the reports and approve them.",
    "released": "Release what is approved.",
}


@dataclass(frozen=True, kw_only=True)
class SeasonStep:
    """One step of the season: those it is done for, and those still waited for.

    `done` and `waiting` are tables with headings for people.
    """

    label: str
    done: pd.DataFrame
    waiting: pd.DataFrame
    next_step: str  # what to do about those still waiting
    notebook: str

    @property
    def of(self) -> int:
        """How many there are in all, done and waiting."""
        return len(self.done) + len(self.waiting)


@dataclass(frozen=True, kw_only=True)
class Season:
    """The steps of one CPD year, in order, and what goes on beside them all year.

    What is in `beside` is never complete, so that it is no step: who is in the scheme, who has
    declared, and who has been written to.
    """

    cpd_year: int
    steps: tuple[SeasonStep, ...]
    beside: tuple[SeasonStep, ...] = ()

    @property
    def next_step(self) -> SeasonStep | None:
        """The first step that is not complete; None where the season is complete.

        A step is complete when there is somebody in it and nobody is waited for.
        """
        return next((step for step in self.steps if len(step.waiting) or not step.of), None)


def season_of(workspace: Workspace, *, cpd_year: int, today: date | None = None) -> Season:
    """Return the season of CPD done in `cpd_year`.

    Waiting is counted up to `today`, by default the current day.
    """
    facts = _Facts(workspace, cpd_year, today or datetime.now(UTC).date())
    return Season(
        cpd_year=cpd_year,
        steps=(
            facts.registration(),
            facts.selection(),
            facts.returns(),
            *facts.reserves(),
            facts.targets(),
            facts.allocation(),
            facts.markings(),
            *(facts.feedback(stage) for stage in STAGES),
        ),
        beside=(facts.scheme(), facts.declarations(), facts.letters()),
    )


class _Facts:
    """What the steps are worked out from, read once."""

    def __init__(self, workspace: Workspace, cpd_year: int, today: date) -> None:
        self.today = today
        self.cpd_year = cpd_year
        with read_transaction(workspace.engine) as connection:
            self.commitment = open_commitment(connection, cpd_year)
        draws = read_table(workspace, tables.DRAWS, cpd_year=cpd_year)
        drawn_on = {
            str(name): moment.date()
            for name, moment in zip(draws["draw_id"], draws["drawn_at"], strict=True)
        }
        selections = read_table(workspace, tables.SELECTIONS, draw_id=list(draws["draw_id"]))
        self.selected = selections[is_asked(selections)].drop_duplicates("member_no")
        self.called = selections[selections["called_at"].notna()]
        self.replaceable = replaceable_members(workspace, cpd_year=cpd_year, today=today)
        self.drawn_of = {
            str(number): drawn_on[str(draw)]
            for number, draw in zip(
                self.selected["member_no"], self.selected["draw_id"], strict=True
            )
        }
        self.current = read_table(workspace, tables.RETURNS, cpd_year=cpd_year, parked="")
        self.names_of = _looked_up(read_table(workspace, tables.REGISTER), "member_no", "name")
        self.replies = _looked_up(
            read_table(workspace, tables.RESPONSES, cpd_year=cpd_year), "member_no", "state"
        )
        self.known = Correspondence(workspace, cpd_year=cpd_year, today=today)
        self.due = sum(map(len, letters_due(workspace, cpd_year=cpd_year, today=today).values()))
        due = whom_to_write_to(workspace, cpd_year=cpd_year, today=today)
        self.letter_of = dict(zip(due["member_no"], due["letter"], strict=True))
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
        released = set(documents.loc[documents["released_at"].notna(), "return_id"])
        waiting = waiting_documents(workspace, cpd_year=cpd_year)
        approved = set(waiting.loc[waiting["decision"] == APPROVED, "return_id"])
        self.reached = {
            "rendered": set(documents["return_id"]),
            "approved": approved | released,
            "released": released,
        }

    def registration(self) -> SeasonStep:
        """Return the step of the register, which every other step needs."""
        people = self._people(list(self.names_of))
        return SeasonStep(
            label="Members in the register",
            done=people,
            waiting=people.head(0),
            next_step="Import the register.",
            notebook="01_register_and_declarations",
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
            next_step=_how_to_draw(self.commitment, self.cpd_year),
            notebook="02_draw_the_sample",
        )

    def reserves(self) -> list[SeasonStep]:
        """Return the step of reserves, in a season in which somebody drawn can be replaced.

        Where no reserve is left in a stratum, the sample is smaller, and nothing waits.
        """
        waiting = self.replaceable[self.replaceable["has_reserve"]]
        if self.called.empty and waiting.empty:
            return []
        why_of = _looked_up(waiting, "member_no", "why")
        left_of = _looked_up(waiting, "member_no", "reserves_left")
        return [
            SeasonStep(
                label="Reserves called",
                done=self._people(list(self.called["member_no"])),
                waiting=self._people(
                    list(waiting["member_no"]),
                    Why=why_of.__getitem__,
                    Reserves=left_of.__getitem__,
                ),
                next_step=(
                    "Call the next reserve for each: assessor-kit call-reserve MEMBER --because …"
                ),
                notebook="02_draw_the_sample",
            )
        ]

    def returns(self) -> SeasonStep:
        """Return the step of requests answered.

        Members who were excused, have left or keep a record elsewhere have answered too.
        """
        reply = answers(
            self.selected["member_no"], received=self.current["member_no"], replies=self.replies
        )
        silent = [number for number, state in reply.items() if state in STILL_WAITING]
        waiting = self._people(
            silent,
            Reply=reply.__getitem__,
            Days=lambda number: (self.today - self.drawn_of[number]).days,
            Letter=lambda number: self.letter_of.get(number, ""),
        )
        return SeasonStep(
            label="Requests answered",
            done=self._people(
                [number for number in reply if number not in set(silent)], Reply=reply.__getitem__
            ),
            waiting=waiting,
            notebook="03_load_and_score_returns",
            next_step=(
                "Import the returns that have come, and remind those who have not answered."
                + self._letters_due()
            ),
        )

    def _letters_due(self) -> str:
        """Say to how many a letter is due today; nothing is sent by itself."""
        number = self.due
        if not number:
            return ""
        letters = counted_text(number, "letter is", "letters are")
        return f" Today {letters} due: `assessor-kit letters due` puts them in the outbox."

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
            next_step=(
                "Agree each target with the member, import the circumstances and score again."
            ),
        )

    def allocation(self) -> SeasonStep:
        allocated = set(self.allocations["return_id"])
        names = list(self.current["return_id"])
        return SeasonStep(
            label="Returns allocated",
            done=self._returns([name for name in names if name in allocated]),
            waiting=self._returns([name for name in names if name not in allocated]),
            notebook="04_allocate_returns",
            next_step="Allocate the returns that have come in.",
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
            next_step="Assessors judge the returns that wait for them.",
        )

    def feedback(self, stage: str) -> SeasonStep:
        reached = self.reached[stage]
        return SeasonStep(
            label=f"Individual feedback {stage}",
            done=self._returns([name for name in self.judged if name in reached]),
            waiting=self._returns([name for name in self.judged if name not in reached]),
            notebook="07_feedback",
            next_step=STAGES[stage],
        )

    def scheme(self) -> SeasonStep:
        """Return who has opted in, and who was invited to and has not."""
        invited = [
            number
            for (kind, number), rows in self.known.written.items()
            if kind == LetterKind.JOIN and any(row["state"] in GONE for row in rows)
        ]
        joined = [number for number, row in self.known.members.items() if has_opted_in(row)]
        return SeasonStep(
            label="Members who opted in",
            done=self._people(joined),
            waiting=self._people([number for number in invited if number not in set(joined)]),
            next_step=(
                "They were invited to join and have not yet. Others: `assessor-kit letters join`."
            ),
            notebook="01_register_and_declarations",
        )

    def declarations(self) -> SeasonStep:
        """Return which scheme members have declared, and which have not."""
        members = [
            number
            for number, row in self.known.members.items()
            if self.known.facts.is_scheme_member(row)
            and contact_objection(row, today=self.today) in {"", NO_ADDRESS, "not to be contacted"}
        ]
        declared = self.known.facts.declared
        return SeasonStep(
            label="Declarations",
            done=self._people([number for number in members if number in declared]),
            waiting=self._people([number for number in members if number not in declared]),
            next_step=(
                "Import the declarations that have come; `assessor-kit letters declaration` asks"
                " for the others."
            ),
            notebook="01_register_and_declarations",
        )

    def letters(self) -> SeasonStep:
        """Return who has been written to by which letter, and which letters wait to be sent."""
        rows = sorted(
            (row for those in self.known.written.values() for row in those),
            key=lambda row: row["changed_at"],
        )
        waiting = {MessageState.QUEUED, MessageState.AT_THE_POST, MessageState.UNKNOWN}
        return SeasonStep(
            label="Letters",
            done=self._letter_table([row for row in rows if row["state"] in GONE[:2]]),
            waiting=self._letter_table([row for row in rows if row["state"] in waiting]),
            next_step=(
                "`assessor-kit outbox send` sends what waits; `assessor-kit letters plan` says who"
                " gets what when."
            ),
            notebook="02_draw_the_sample",
        )

    def _letter_table(self, rows: list[dict[str, Any]]) -> pd.DataFrame:
        whose = [str(row["member_no"] or row["assessor_id"]) for row in rows]
        return self._people(whose).assign(
            Letter=[
                LETTER_OF[kind_of(row)].label if kind_of(row) in LETTER_OF else "a test"
                for row in rows
            ],
            State=[row["state"] for row in rows],
            Since=[f"{row['changed_at']:%d %B %Y}" for row in rows],
        )

    def _people(self, numbers: list[str], **more: Callable[[str], object]) -> pd.DataFrame:
        columns = {"Member": numbers, "Name": [self.names_of.get(number, "") for number in numbers]}
        return pd.DataFrame(
            columns
            | {
                heading: [value_of(number) for number in numbers]
                for heading, value_of in more.items()
            },
            dtype=object,
        )

    def _returns(self, return_ids: list[str]) -> pd.DataFrame:
        return self._people([self.number_of[name] for name in return_ids]).assign(
            Return=[self.pseudonym_of[name] for name in return_ids]
        )


def _how_to_draw(commitment: OpenCommitment | None, cpd_year: int) -> str:
    """Say what comes next before a draw: commit, publish, draw."""
    if commitment is None:
        return (
            f"Commit to the draw first: `assessor-kit commit-draw --cpd-year {cpd_year}`. A draw"
            " without a commitment is possible, and not verifiable."
        )
    if not commitment.is_published:
        return (
            f"Publish the commitment {commitment.draw_id} before its seed is known, and record it:"
            f" `assessor-kit record-publishing {commitment.draw_id} --by NAME --where PLACE`."
        )
    return (
        f"Draw under the commitment {commitment.draw_id}, once its seed is known:"
        f" `assessor-kit draw --cpd-year {cpd_year} --seed S`."
    )


def _looked_up(frame: pd.DataFrame, key: str, value: str) -> Mapping[str, str]:
    return dict(zip(frame[key].astype(str), frame[value].astype(str), strict=True))
