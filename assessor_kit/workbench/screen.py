"""What does the store say to what one assessor does? Every message of the screen is answered here, whatever goes wrong."""

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
    raise_in_confidence,
    record_judgement,
    record_reading,
    undo_judgement,
)
from assessor_kit.store.practice import PRACTICE_ASSESSOR
from assessor_kit.vocabulary import (
    Counting,
    HandBackReason,
    Judgement,
    JudgementState,
    Planned,
    Reading,
)
from assessor_kit.workbench.comparison import sits_among
from assessor_kit.workbench.desk import Desk
from assessor_kit.workbench.messages import EMPTY, Answer, judgement_from, judgement_state, setup_of
from assessor_kit.workbench.practice import comparison_with, practice_workspace

NOT_SAVED, CHANGES = "NOT SAVED", {"save", "undo", "reading", "hand_back", "worry"}
NOTHING = -1  # a version that no judgement has


class Sitting:
    """One assessor's work at the screen. Every change goes to the store before it is acknowledged; the store's answer is what the screen shows.

    `setup` (what the rules choose), `returns` (a page of the table) and `page` (the return that is open) are what the screen shows, as JSON.
    """

    def __init__(self, workspace: Workspace, assessor_id: str) -> None:
        self.own = self.desk = Desk(workspace, assessor_id)
        self.open_id = ""
        self.recorded: dict[
            str, int
        ] = {}  # message -> the version it made: what the next message may build on before it is told
        self.heard: dict[str, Callable[[dict[str, Any]], Answer]] = {
            "save": self._save,
            "undo": self._undo,
            "next": self._next,
            "open": self._open,
            "list": self._list,
            "reading": self._reading,
            "hand_back": self._hand_back,
            "worry": self._worry,
            "preview": self._preview,
            "unmask": self._unmask,
            "standing": self._standing,
            "tour": self._tour,
            "leave_tour": self._leave_tour,
            "again": self._again,
            "begin": self._begin,
            "company": self._company,
        }
        self.setup, self.page, self.returns = "{}", "{}", self._listing()
        self.desk.prepare_next("")

    def answer(self, message: dict[str, Any]) -> Answer:
        """Answer every message, whatever goes wrong: silence would leave the assessor guessing."""
        changes = message["kind"] in CHANGES
        try:
            answer = self.heard[message["kind"]](message)
        except Conflict:
            answer = Answer(
                kind="conflict",
                text=f"{NOT_SAVED}: this judgement was changed in another window.",
                state=self._what_stands(message["return_id"]),
            )
        except AssessorKitError as problem:
            answer = Answer(
                kind="refused",
                text=f"{NOT_SAVED}: {problem.sentence()}" if changes else problem.sentence(),
            )
        except Exception as problem:  # noqa: BLE001  (a full disk, a locked file: whatever it is, the assessor must know at once)
            said = f"the store answered {type(problem).__name__}. Your words are still here; try again."
            answer = Answer(
                kind="refused",
                text=f"{NOT_SAVED}: {said}" if changes else f"That did not work: {said}",
            )
        return replace(answer, to=str(message.get("event_id", "")))

    def _listing(self, **asked: Any) -> str:  # noqa: ANN401  (as `Desk.listing`)
        """The table of returns; `own` where the tour can be left for a desk of one's own."""
        return json.dumps(self.desk.listing(**asked) | {"own": self.desk is not self.own})

    def _seat(self, return_id: str) -> dict[str, Any]:
        """Whose marking of which return: what every step of the store asks for. What was typed before the tour was entered belongs to one's own desk."""
        desk = self.desk if return_id in self.desk.names else self.own
        return {
            "workspace": desk.workspace,
            "return_id": return_id,
            "assessor_id": desk.assessor_id,
        }

    def _what_stands(self, return_id: str) -> dict[str, Any]:
        return judgement_state(*current_judgement(**self._seat(return_id)))

    def _built_on(self, message: dict[str, Any]) -> int:
        """The version that a message builds on: a number, or what the message before it made; none where that one was refused."""
        return (
            self.recorded.get(message["after"], NOTHING)
            if "after" in message
            else int(message["base"])
        )

    def _save(self, message: dict[str, Any]) -> Answer:
        """Record one change."""
        return_id, judgement = message["return_id"], judgement_from(message["state"])
        version = record_judgement(
            **self._seat(return_id),
            judgement=judgement,
            event_id=message["event_id"],
            expected_version=self._built_on(message),
            continues=bool(message["continues"]),
        )
        self._note(message, version, judgement)
        if judgement.state is not JudgementState.SUBMITTED:
            return Answer(kind="saved", version=version)
        reference = self.desk.reference.get(return_id)
        return Answer(
            kind="saved",
            version=version,
            reference=comparison_with(reference, judgement, self.desk.rules_of(return_id))
            if reference
            else None,
        )

    def _company(self, message: dict[str, Any]) -> Answer:
        """How a submitted return sits among others: asked for once the store has acknowledged it, and answered beside other work (`opening.LATER`)."""
        return Answer(
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

    def _undo(self, message: dict[str, Any]) -> Answer:
        try:
            version, standing = undo_judgement(
                **self._seat(message["return_id"]),
                event_id=message["event_id"],
                expected_version=self._built_on(message),
            )
        except Conflict as clash:
            if clash.theirs != EMPTY.as_dict():
                raise
            return Answer(kind="told", text="There is nothing left to undo.")
        self._note(message, version, standing)
        return Answer(kind="undone", state=judgement_state(version, standing))

    def _standing(self, message: dict[str, Any]) -> Answer:
        return Answer(kind="told", state=self._what_stands(message["return_id"]))

    def _begin(self, _message: dict[str, Any]) -> Answer:
        """What a screen asks when it is drawn: the return that is open, else the first that waits."""
        self._show(self.open_id or self.desk.next_after(""))
        return Answer(kind="told")

    def _next(self, _message: dict[str, Any]) -> Answer:
        self._show(self.desk.next_after(self.open_id))
        return Answer(kind="told")

    def _open(self, message: dict[str, Any]) -> Answer:
        self._show(message["return_id"])
        return Answer(kind="told")

    def _list(self, message: dict[str, Any]) -> Answer:
        self.returns = self._listing(
            **{
                name: message[name]
                for name in ("search", "order", "only", "start")
                if name in message
            }
        )
        return Answer(kind="told")

    def _show(self, return_id: str | None) -> None:
        """Put a return on the screen with the judgement that stands; None: everything is judged."""
        if return_id is None:
            self.open_id, self.page = (
                "",
                json.dumps(
                    {
                        "return_id": "",
                        "done": True,
                        "desk": self.desk.assessor_id,
                        "is_sample": self.desk.workspace.is_sample,
                    }
                ),
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
            }
        )

    def _reading(self, message: dict[str, Any]) -> Answer:
        fields = message["reading"]
        one = Reading(
            activity_no=int(fields["activity_no"]),
            area=fields["area"] or None,
            planned=Planned(fields["planned"]) if fields["planned"] else None,
            activity_type=fields["activity_type"] or None,
            counting=Counting(fields["counting"]) if fields["counting"] else None,
            part_minutes=int(fields["part_minutes"])
            if fields["part_minutes"] not in (None, "")
            else None,
            reason=fields["reason"],
        )
        record_reading(
            **self._seat(message["return_id"]), reading_of=one, event_id=message["event_id"]
        )
        self.desk.forget(message["return_id"])
        self._show(message["return_id"])
        return Answer(kind="told", text="Reading saved.")

    def _unmask(self, message: dict[str, Any]) -> Answer:
        self.desk.show_as_written(message["return_id"])
        self._show(message["return_id"])
        return Answer(kind="told", text="Shown as written; that you looked is noted.")

    def _hand_back(self, message: dict[str, Any]) -> Answer:
        hand_back(
            **self._seat(message["return_id"]),
            reason=HandBackReason(message["reason"]),
            words=message["words"],
            event_id=message["event_id"],
        )
        self.desk.refresh()
        self.returns = self._listing()
        self._show(self.desk.next_after(""))
        return Answer(kind="told", text="Handed back to staff.")

    def _tour(self, _message: dict[str, Any]) -> Answer:
        self._sit_at(Desk(practice_workspace(), PRACTICE_ASSESSOR))
        return Answer(
            kind="told", text="Practice returns. Nothing here is real, and nothing reaches staff."
        )

    def _leave_tour(self, _message: dict[str, Any]) -> Answer:
        self.own.refresh()
        self._sit_at(self.own)
        return Answer(kind="told", text="You are back at your own returns.")

    def _sit_at(self, desk: Desk) -> None:
        self.desk = desk
        self.returns = self._listing()
        self._show(desk.next_after(""))

    def _again(self, message: dict[str, Any]) -> Answer:
        """Judge practice returns again from the beginning: the one named, or all."""
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
        return Answer(
            kind="told",
            text="Once more, from the beginning.",
            state=self._what_stands(self.open_id),
        )

    def _worry(self, message: dict[str, Any]) -> Answer:
        raise_in_confidence(
            **self._seat(message["return_id"]), words=message["words"], event_id=message["event_id"]
        )
        return Answer(kind="told", text="Sent to staff. Nobody else can read it.")

    def _preview(self, message: dict[str, Any]) -> Answer:
        from assessor_kit.workbench.preview import preview_of  # noqa: PLC0415  (papermill and nbconvert cost a second that no start should pay)

        return Answer(
            kind="preview",
            html=preview_of(
                self.desk.opened(message["return_id"]), judgement_from(message["state"])
            ),
        )
