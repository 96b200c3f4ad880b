"""What stands of each return once its markings, and what was agreed about them, are put together.

Feedback and its figures read what stands; the markings themselves stay as they were made.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection, select

from assessor_kit import tables
from assessor_kit.moderation.adjudication import (
    AgreedBefore,
    Side,
    is_settled,
    sides_of,
    to_be_settled,
)
from assessor_kit.rules.schema import Rules
from assessor_kit.store.access.permissions import require_staff
from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.log.agreed_judgements import (
    AgreedJudgement,
    CurrentMarking,
    agreed_in,
    markings_in,
)
from assessor_kit.store.log.answers import (
    AnswerToAssessor,
    RaisedMatter,
    answers_in,
    raised_by,
)
from assessor_kit.store.log.judgements import judgements_of_year
from assessor_kit.store.rounds.queries import judged_afresh
from assessor_kit.store.rounds.standing import agreed_standing
from assessor_kit.store.rows.typed_rows import read_rows
from assessor_kit.store.workspace import Workspace
from assessor_kit.vocabulary import Judgement, Marking, Raised, StaffAnswer

FRESH_REVIEWS = sql_table(tables.FRESH_REVIEWS)


@dataclass(frozen=True, kw_only=True)
class ModeratedReturn:
    """The markings of one return, what was agreed about them, and what was asked and answered.

    `is_chosen` says that a second marking was chosen; `is_reviewed_afresh` that a fresh reviewer
    was assigned after an appeal.
    """

    return_id: str
    markings: tuple[CurrentMarking, ...] = ()
    agreements: tuple[AgreedJudgement, ...] = ()
    answers: tuple[AnswerToAssessor, ...] = ()
    is_chosen: bool = False
    is_reviewed_afresh: bool = False

    def marking(self, name: str) -> CurrentMarking | None:
        """Return one of the markings, by its word in Marking."""
        return next((one for one in self.markings if one.marking == name), None)

    @property
    def agreed(self) -> AgreedJudgement | None:
        """What was agreed last, whether or not it settles every marking."""
        return self.agreements[-1] if self.agreements else None

    @property
    def submitted(self) -> dict[str, tuple[str, Judgement]]:
        """The event and the judgement of each submitted marking."""
        return {
            one.marking: (one.event_id, one.judgement)
            for one in self.markings
            if one.is_submitted and one.judgement is not None
        }

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides that a moderator compares."""
        return sides_of(self.submitted, self._before)

    @property
    def is_settled(self) -> bool:
        """Whether what was agreed settles every marking as it now is."""
        return is_settled(self.submitted, self._before)

    @property
    def _before(self) -> AgreedBefore | None:
        return (
            AgreedBefore(judgement=self.agreed.judgement, settles=self.agreed.settles)
            if self.agreed
            else None
        )

    @property
    def raised(self) -> list[RaisedMatter]:
        """What the markers raise, with the answers that there are."""
        return raised_by(self.markings, self.answers)

    @property
    def sent_to_moderator(self) -> RaisedMatter | None:
        """What staff have sent to a moderator, until something is agreed after that."""
        return next(
            (
                one
                for one in self.raised
                if one.answer is not None
                and one.answer.answer is StaffAnswer.MODERATOR
                and not (self.agreed and self.agreed.seq > one.answer.seq)
            ),
            None,
        )

    def differing(self, rules: Rules) -> list[str]:
        """Return the labels of the points that have still to be settled."""
        return [] if self.is_settled else to_be_settled(self.sides, rules)

    def held_because(self, rules: Rules) -> str:
        """Return why the feedback is held, as the end of a sentence; empty if it is not."""
        fresh = self.marking(Marking.FRESH.value)
        if self.is_reviewed_afresh and (fresh is None or not fresh.is_submitted):
            return "a fresh review is under way"
        if self.is_chosen and self.marking(Marking.SECOND.value) is None:
            return "it was chosen for a second marking, which nobody has yet"
        if self.sent_to_moderator:
            return "it was sent to a moderator, and nothing is agreed yet"
        if any(one.about is Raised.SECOND_LOOK and not one.answer for one in self.raised):
            return "its assessor asks for a second look, which nobody has answered"
        differing = self.differing(rules)
        if differing:
            return f"its markings differ in {', '.join(differing)}, and nothing is agreed yet"
        return ""


def moderated_in(connection: Connection, return_ids: Sequence[str]) -> dict[str, ModeratedReturn]:
    """Return what was judged, agreed, asked and answered about these returns; for staff."""
    names = list(return_ids)
    markings: defaultdict[str, list[CurrentMarking]] = defaultdict(list)
    for one in markings_in(connection, names):
        markings[one.return_id].append(one)
    answers: defaultdict[str, list[AnswerToAssessor]] = defaultdict(list)
    for answer in answers_in(connection, names):
        answers[answer.return_id].append(answer)
    agreements = agreed_in(connection, names)
    chosen = chosen_for_second_marking(connection, names)
    afresh = set(connection.execute(select(FRESH_REVIEWS.c.return_id)).scalars())
    order = {one.value: place for place, one in enumerate(Marking)}
    return {
        name: ModeratedReturn(
            return_id=name,
            markings=tuple(sorted(markings[name], key=lambda one: order[one.marking])),
            agreements=tuple(agreements.get(name, ())),
            answers=tuple(answers[name]),
            is_chosen=name in chosen,
            is_reviewed_afresh=name in afresh,
        )
        for name in names
    }


def chosen_for_second_marking(
    connection: Connection, return_ids: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Return the returns that a choice stands for, each with the reasons of the latest choice."""
    rows = read_rows(
        connection, tables.SECOND_MARKING_CHOICES, return_id=list(return_ids)
    ).sort_values("choice_no")
    latest = {
        str(row["return_id"]): tuple(json.loads(str(row["reasons"])))
        for row in rows.to_dict("records")
    }
    return {name: reasons for name, reasons in latest.items() if reasons}


def moderated_return(workspace: Workspace, return_id: str) -> ModeratedReturn:
    """Return what was judged, agreed, asked and answered about one return; only for staff."""
    require_staff(workspace)
    with read_transaction(workspace.engine) as connection:
        return moderated_in(connection, [return_id])[return_id]


def moderated_of_year(workspace: Workspace, cpd_year: int) -> dict[str, ModeratedReturn]:
    """Return the same for every return under review in a year; only for staff."""
    require_staff(workspace)
    with read_transaction(workspace.engine) as connection:
        returns = read_rows(connection, tables.RETURNS, cpd_year=cpd_year, parked="")
        names = list(returns.loc[returns["pseudonym"] != "", "return_id"])
        return moderated_in(connection, names)


def feedback_held(
    workspace: Workspace, return_ids: Sequence[str], rules: Rules
) -> Mapping[str, str]:
    """Return why the feedback of these returns is held; those that nothing holds are left out."""
    require_staff(workspace)
    with read_transaction(workspace.engine) as connection:
        found = moderated_in(connection, return_ids)
    held = {name: one.held_because(rules) for name, one in found.items()}
    return {name: why for name, why in held.items() if why}


def standing_judgements_of_year(workspace: Workspace, cpd_year: int) -> pd.DataFrame:
    """Return what stands of each return of a year, as `standing_events` finds it.

    The columns are those of `judgements_of_year`, with one row for each return.
    """
    judged = judgements_of_year(workspace, cpd_year)
    names = sorted(set(judged["return_id"]))
    with read_transaction(workspace.engine) as connection:
        agreed = agreed_standing(connection, names)
        afresh = judged_afresh(connection, names)
    wanted = [
        marking == (Marking.FRESH.value if name in afresh else Marking.FIRST.value)
        for name, marking in zip(judged["return_id"], judged["marking"], strict=True)
    ]
    chosen = judged[pd.Series(wanted, index=judged.index, dtype=bool)].reset_index(drop=True)
    rows: list[dict[Hashable, object]] = chosen.to_dict("records")
    for row in rows:
        found = agreed.get(str(row["return_id"]))
        if found is not None:
            row["levels"] = found.judgement.levels
            row["outcome"] = found.judgement.outcome
            row["themes"] = list(found.judgement.themes)
    return pd.DataFrame(rows, columns=chosen.columns)
