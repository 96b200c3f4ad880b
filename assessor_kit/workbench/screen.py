"""Carry out what one assessor does at the screen, and return the store's answers.

Every message of the screen is answered here, whatever goes wrong.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from assessor_kit.errors import AssessorKitError, Conflict
from assessor_kit.store import (
    Workspace,
    current_judgement,
    hand_back,
    note_to_staff,
    own_hand_backs,
    raise_in_confidence,
    record_judgement,
    record_reading,
    undo_judgement,
)
from assessor_kit.store.practice import PRACTICE_ASSESSOR
from assessor_kit.store.rounds.version_changes import version_before
from assessor_kit.vocabulary import (
    Counting,
    HandBackReason,
    Judgement,
    JudgementState,
    Planned,
    Reading,
)
from assessor_kit.workbench.afterwards import told_afterwards
from assessor_kit.workbench.comparison import sits_among
from assessor_kit.workbench.desk import Desk
from assessor_kit.workbench.messages import (
    EMPTY,
    HAND_BACK_REASONS,
    ScreenAnswer,
    judgement_from,
    judgement_state,
    setup_of,
)
from assessor_kit.workbench.practice import comparison_with, practice_workspace

NOT_SAVED = "NOT SAVED"
CHANGES = {"save", "undo", "reading", "hand_back", "worry", "note", "carry_over"}
NOTHING = -1  # a version that no judgement has


class Sitting:
    """One assessor's work at the screen.

    Every change goes to the store before it is acknowledged, and the screen shows the store's
    answer.

    `setup` (what the rules offer), `returns` (a page of the table) and `page` (the return that is
    open) are what the screen shows, as JSON.
    """

    def __init__(self, workspace: Workspace, assessor_id: str) -> None:
        self.own = self.desk = Desk(workspace, assessor_id)
        self.open_id = ""
        # message -> the version it made, which the next message may build on before it is known
        self.recorded: dict[str, int] = {}
        self.heard: dict[str, Callable[[dict[str, Any]], ScreenAnswer]] = {
            "save": self._save,
            "undo": self._undo,
            "next": self._next,
            "open": self._open,
            "list": self._list,
            "reading": self._reading,
            "hand_back": self._hand_back,
            "handed_back": self._handed_back,
            "worry": self._worry,
            "note": self._note_to_staff,
            "carry_over": self._carry_over,
            "preview": self._preview,
            "unmask": self._unmask,
            "standing": self._standing,
            "tour": self._tour,
            "leave_tour": self._leave_tour,
            "again": self._again,
            "begin": self._begin,
            "company": self._company,
        }
        self.setup = "{}"
        self.page = "{}"
        self.returns = self._listing()
        self.desk.prepare_next("")

    def answer(self, message: dict[str, Any]) -> ScreenAnswer:
        """Answer a message, whatever goes wrong.

        Silence would leave the assessor guessing.
        """
        changes = message["kind"] in CHANGES
        try:
            answer = self.heard[message["kind"]](message)
        except Conflict:
            answer = ScreenAnswer(
                kind="conflict",
                text=f"{NOT_SAVED}: this judgement was changed in another window.",
                state=self._what_stands(message["return_id"]),
            )
        except AssessorKitError as problem:
            answer = ScreenAnswer(
                kind="refused",
                text=f"{NOT_SAVED}: {problem.sentence()}" if changes else problem.sentence(),
            )
        # A full disk, a locked file: whatever it is, the assessor must be told at once.
        except Exception as problem:  # noqa: BLE001
            said = (
                f"the store answered {type(problem).__name__}. Your words are still here; try"
                " again."
            )
            answer = ScreenAnswer(
                kind="refused",
                text=f"{NOT_SAVED}: {said}" if changes else f"That did not work: {said}",
            )
        return replace(answer, to=str(message.get("event_id", "")))

    def _listing(self, **asked: Any) -> str:  # noqa: ANN401  (as `Desk.listing`)
        """Return the table of returns as JSON.

        `own` is true where the tour can be left for the assessor's own desk.
        """
        return json.dumps(self.desk.listing(**asked) | {"own": self.desk is not self.own})

    def _seat(self, return_id: str) -> dict[str, Any]:
        """Return whose marking of which return it is, for the calls of the store.

        What was typed before the tour was entered belongs to the assessor's own desk.
        """
        desk = self.desk if return_id in self.desk.names else self.own
        return {
            "workspace": desk.workspace,
            "return_id": return_id,
            "assessor_id": desk.assessor_id,
        }

    def _what_stands(self, return_id: str) -> dict[str, Any]:
        return judgement_state(*current_judgement(**self._seat(return_id)))

    def _built_on(self, message: dict[str, Any]) -> int:
        """Return the version on which a message builds.

        The message says it as a number, or names the message before, whose version it then is;
        NOTHING if that one was refused.
        """
        return (
            self.recorded.get(message["after"], NOTHING)
            if "after" in message
            else int(message["base"])
        )

    def _save(self, message: dict[str, Any]) -> ScreenAnswer:
        """Record one change."""
        return_id = message["return_id"]
        judgement = judgement_from(message["state"])
        version = record_judgement(
            **self._seat(return_id),
            judgement=judgement,
            event_id=message["event_id"],
            expected_version=self._built_on(message),
            continues=bool(message["continues"]),
        )
        self._note(message, version, judgement)
        if judgement.state is not JudgementState.SUBMITTED:
            return ScreenAnswer(kind="saved", version=version)
        reference = self.desk.reference.get(return_id)
        return ScreenAnswer(
            kind="saved",
            version=version,
            reference=(
                comparison_with(reference, judgement, self.desk.rules_of(return_id))
                if reference
                else None
            ),
        )

    def _company(self, message: dict[str, Any]) -> ScreenAnswer:
        """Return how a submitted return compares with others.

        This is asked for once the store has acknowledged the submission, and answered while other
        work goes on (`opening.LATER`).
        """
        return ScreenAnswer(
            kind="told",
            text=sits_among(
                self.own.workspace,
                self.own.opened(message["return_id"]),
                assessor_id=self.own.assessor_id,
            ),
        )

    def _note(self, message: dict[str, Any], version: int, judgement: Judgement) -> None:
        self.recorded[message["event_id"]] = version
        desk = self.desk if message["return_id"] in self.desk.names else self.own
        if desk.note(message["return_id"], judgement):
            self.returns = self._listing()

    def _undo(self, message: dict[str, Any]) -> ScreenAnswer:
        try:
            version, standing = undo_judgement(
                **self._seat(message["return_id"]),
                event_id=message["event_id"],
                expected_version=self._built_on(message),
            )
        except Conflict as clash:
            if clash.theirs != EMPTY.as_dict():
                raise
            return ScreenAnswer(kind="told", text="There is nothing left to undo.")
        self._note(message, version, standing)
        return ScreenAnswer(kind="undone", state=judgement_state(version, standing))

    def _standing(self, message: dict[str, Any]) -> ScreenAnswer:
        return ScreenAnswer(kind="told", state=self._what_stands(message["return_id"]))

    def _begin(self, _message: dict[str, Any]) -> ScreenAnswer:
        """Show the open return, or else the first to do, as a newly drawn screen asks."""
        self._show(self.open_id or self.desk.next_after(""))
        return ScreenAnswer(kind="told")

    def _next(self, _message: dict[str, Any]) -> ScreenAnswer:
        following = self.desk.next_after(self.open_id)
        if following is not None and following == self.open_id:
            return ScreenAnswer(
                kind="told",
                text="This is the last return still to do. Submit it when you are ready.",
            )
        self._show(following)
        return ScreenAnswer(kind="told")

    def _open(self, message: dict[str, Any]) -> ScreenAnswer:
        self._show(message["return_id"])
        return ScreenAnswer(kind="told")

    def _list(self, message: dict[str, Any]) -> ScreenAnswer:
        self.returns = self._listing(
            **{
                name: message[name]
                for name in ("search", "order", "only", "start")
                if name in message
            }
        )
        return ScreenAnswer(kind="told")

    def _show(self, return_id: str | None) -> None:
        """Put a return on the screen, with the judgement that the store holds.

        None means that everything is judged.
        """
        if return_id is None:
            self.open_id = ""
            self.page = json.dumps(
                {
                    "return_id": "",
                    "done": True,
                    "desk": self.desk.assessor_id,
                    "is_sample": self.desk.workspace.is_sample,
                }
            )
            return
        page = self.desk.page(return_id)
        rules = self.desk.rules_of(return_id)
        self.setup = json.dumps(setup_of(rules))
        self.open_id = return_id
        self.page = json.dumps(
            page
            | {
                "judgement": self._what_stands(return_id),
                "desk": self.desk.assessor_id,
                "example": self.desk.example(return_id),
                "afterwards": told_afterwards(
                    self.desk.workspace,
                    return_id,
                    assessor_id=self.desk.assessor_id,
                    rules=rules,
                ),
            }
        )

    def _reading(self, message: dict[str, Any]) -> ScreenAnswer:
        fields = message["reading"]
        one = Reading(
            activity_no=int(fields["activity_no"]),
            area=fields["area"] or None,
            planned=Planned(fields["planned"]) if fields["planned"] else None,
            activity_type=fields["activity_type"] or None,
            counting=Counting(fields["counting"]) if fields["counting"] else None,
            part_minutes=(
                int(fields["part_minutes"]) if fields["part_minutes"] not in (None, "") else None
            ),
            reason=fields["reason"],
        )
        record_reading(
            **self._seat(message["return_id"]), reading_of=one, event_id=message["event_id"]
        )
        self.desk.forget(message["return_id"])
        self._show(message["return_id"])
        return ScreenAnswer(kind="told", text="Reading saved.")

    def _unmask(self, message: dict[str, Any]) -> ScreenAnswer:
        self.desk.show_as_written(message["return_id"])
        self._show(message["return_id"])
        return ScreenAnswer(kind="told", text="Shown as written. It is recorded that you looked.")

    def _hand_back(self, message: dict[str, Any]) -> ScreenAnswer:
        hand_back(
            **self._seat(message["return_id"]),
            reason=HandBackReason(message["reason"]),
            words=message["words"],
            event_id=message["event_id"],
        )
        self.desk.refresh()
        self.returns = self._listing()
        self._show(self.desk.next_after(""))
        return ScreenAnswer(kind="told", text="Handed back to staff.")

    def _handed_back(self, _message: dict[str, Any]) -> ScreenAnswer:
        """Return what the assessor has handed back, with the reason and the words."""
        own = own_hand_backs(self.own.workspace, assessor_id=self.own.assessor_id)
        return ScreenAnswer(
            kind="told",
            handed_back=[
                {
                    "return": str(row["pseudonym"]),
                    "reason": HAND_BACK_REASONS.get(str(row["reason"]), str(row["reason"])),
                    "words": str(row["words"]),
                    "when": f"{row['recorded_at']:%d %B %Y}".lstrip("0"),
                }
                for row in own.to_dict("records")
            ],
        )

    def _tour(self, _message: dict[str, Any]) -> ScreenAnswer:
        self._sit_at(Desk(practice_workspace(), PRACTICE_ASSESSOR))
        return ScreenAnswer(
            kind="told", text="Practice returns. Nothing here is real, and nothing reaches staff."
        )

    def _leave_tour(self, _message: dict[str, Any]) -> ScreenAnswer:
        self.own.refresh()
        self._sit_at(self.own)
        return ScreenAnswer(kind="told", text="You are back at your own returns.")

    def _sit_at(self, desk: Desk) -> None:
        self.desk = desk
        self.returns = self._listing()
        self._show(desk.next_after(""))

    def _again(self, message: dict[str, Any]) -> ScreenAnswer:
        """Start practice returns again from the beginning: the one named, or all."""
        for return_id in (
            [message["return_id"]] if message["return_id"] else list(self.desk.reference)
        ):
            version, standing = current_judgement(**self._seat(return_id))
            if standing is not None:
                record_judgement(
                    **self._seat(return_id),
                    judgement=EMPTY,
                    event_id=f"{message['event_id']}-{return_id}",
                    expected_version=version,
                )
        self.desk.refresh()
        self.returns = self._listing()
        self._show(message["return_id"] or self.desk.next_after(""))
        return ScreenAnswer(
            kind="told",
            text="Once more, from the beginning.",
            state=self._what_stands(self.open_id),
        )

    def _worry(self, message: dict[str, Any]) -> ScreenAnswer:
        raise_in_confidence(
            **self._seat(message["return_id"]), words=message["words"], event_id=message["event_id"]
        )
        return ScreenAnswer(kind="told", text="Sent to staff. Nobody else can read it.")

    def _note_to_staff(self, message: dict[str, Any]) -> ScreenAnswer:
        """Write a note to staff, or answer theirs."""
        note_to_staff(
            **self._seat(message["return_id"]),
            words=message["words"],
            answers=message["answers"],
            event_id=message["event_id"],
        )
        self.desk.refresh()
        self.returns = self._listing()
        self._show(message["return_id"])
        return ScreenAnswer(kind="told", text="Sent to staff.")

    def _carry_over(self, message: dict[str, Any]) -> ScreenAnswer:
        """Begin the judgement of a newer version with what was judged of the one before."""
        seat = self._seat(message["return_id"])
        before = version_before(seat["workspace"], message["return_id"])
        _, standing = (
            current_judgement(**{**seat, "return_id": before.before_id}) if before else (0, None)
        )
        if standing is None:
            return ScreenAnswer(kind="told", text="There is no earlier judgement to begin with.")
        judgement = replace(standing, state=JudgementState.DRAFT)
        version = record_judgement(
            **seat, judgement=judgement, event_id=message["event_id"], expected_version=0
        )
        self._note(message, version, judgement)
        self._show(message["return_id"])
        return ScreenAnswer(
            kind="told",
            text="Your earlier judgement is here as a draft.",
            state=self._what_stands(message["return_id"]),
        )

    def _preview(self, message: dict[str, Any]) -> ScreenAnswer:
        # Imported late: papermill and nbconvert take a second, which would delay every start.
        from assessor_kit.workbench.preview import preview_of  # noqa: PLC0415

        return ScreenAnswer(
            kind="preview",
            html=preview_of(
                self.desk.opened(message["return_id"]), judgement_from(message["state"])
            ),
        )
