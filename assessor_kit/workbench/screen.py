"""What does the store say to what one assessor does? Every message of the screen is answered here, whatever goes wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from assessor_kit.errors import AssessorKitError, Conflict
from assessor_kit.rules.schema import Rules
from assessor_kit.store import Workspace, current_judgement, hand_back, raise_in_confidence, record_judgement, record_reading, undo_judgement
from assessor_kit.vocabulary import Counting, HandBackReason, Judgement, JudgementState, Planned, Reading
from assessor_kit.workbench.comparison import sits_among
from assessor_kit.workbench.desk import Desk
from assessor_kit.workbench.page import EMPTY, judgement_state

NOT_SAVED = "NOT SAVED"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the screen is told after a message: the number of the message, and what it needs to go on."""

    kind: str
    serial: int
    text: str = ""
    state: dict[str, Any] | None = None
    theirs: dict[str, Any] | None = None
    html: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The answer as JSON can hold it."""
        return {name: value for name, value in self.__dict__.items() if value not in (None, "")}


class Sitting:
    """One assessor's work at the screen. Every change goes to the store before it is acknowledged; the store's answer is what the screen shows.

    `setup` (what the rules choose), `returns` (a page of the table) and `page` (the return that is open) are what the screen shows, as JSON.
    """

    def __init__(self, workspace: Workspace, assessor_id: str) -> None:
        self.workspace, self.assessor_id = workspace, assessor_id
        self.desk = Desk(workspace, assessor_id)
        self.versions: dict[str, int] = {}
        self.open_id = ""
        self.setup, self.page, self.returns = "{}", "{}", json.dumps(self.desk.listing())
        self.heard: dict[str, Callable[[dict[str, Any]], Answer]] = {
            "save": self._save, "undo": self._undo, "next": self._next, "open": self._open, "list": self._list, "reading": self._reading,
            "hand_back": self._hand_back, "worry": self._worry, "preview": self._preview, "unmask": self._unmask,
            "begin": self._begin,
        }
        self.desk.prepare_next("")

    def answer(self, message: dict[str, Any]) -> Answer:
        """Answer every message, whatever goes wrong: silence would leave the assessor guessing."""
        serial = int(message.get("serial", 0))
        try:
            return self.heard[message["kind"]](message)
        except Conflict as clash:
            return Answer(kind="conflict", serial=serial, text=f"{NOT_SAVED}: this judgement was changed in another window.",
                          theirs=clash.theirs | {"version": self._version_that_stands(message["return_id"])})
        except AssessorKitError as problem:
            return Answer(kind="refused", serial=serial, text=f"{NOT_SAVED}: {problem.sentence()}")
        except Exception as problem:  # noqa: BLE001  (a full disk, a locked file: whatever it is, the assessor must know at once)
            return Answer(kind="refused", serial=serial,
                          text=f"{NOT_SAVED}: the store answered {type(problem).__name__}. Your words are still here; try again.")

    def _version_that_stands(self, return_id: str) -> int:
        return current_judgement(self.workspace, return_id, assessor_id=self.assessor_id)[0]

    def _save(self, message: dict[str, Any]) -> Answer:
        """Record one change. `over` names the version that a person has chosen to save over, after both were shown."""
        return_id = message["return_id"]
        judgement = _judgement(message["state"])
        self.versions[return_id] = record_judgement(self.workspace, return_id, assessor_id=self.assessor_id, judgement=judgement, event_id=message["event_id"],
                                                    expected_version=int(message.get("over", self.versions.get(return_id, 0))))
        if self.desk.note(return_id, judgement):
            self.returns = json.dumps(self.desk.listing())
        company = ""
        if judgement.state is JudgementState.SUBMITTED:
            company = sits_among(self.workspace, self.desk.opened(return_id), assessor_id=self.assessor_id)
        return Answer(kind="saved", serial=message["serial"], text=company)

    def _undo(self, message: dict[str, Any]) -> Answer:
        return_id = message["return_id"]
        try:
            version, standing = undo_judgement(self.workspace, return_id, assessor_id=self.assessor_id, event_id=message["event_id"],
                                               expected_version=self.versions.get(return_id, 0))
        except Conflict as clash:
            if clash.theirs != EMPTY.as_dict():
                raise
            return Answer(kind="told", serial=message["serial"], text="There is nothing left to undo.")
        self.versions[return_id] = version
        if self.desk.note(return_id, standing):
            self.returns = json.dumps(self.desk.listing())
        return Answer(kind="undone", serial=message["serial"], state=judgement_state(version, standing))

    def _begin(self, message: dict[str, Any]) -> Answer:
        """What a screen asks when it is drawn: the return that is open, else the first that waits."""
        self._show(self.open_id or self.desk.next_after(""))
        return Answer(kind="told", serial=message["serial"])

    def _next(self, message: dict[str, Any]) -> Answer:
        self._show(self.desk.next_after(self.open_id))
        return Answer(kind="told", serial=message["serial"])

    def _open(self, message: dict[str, Any]) -> Answer:
        self._show(message["return_id"])
        return Answer(kind="told", serial=message["serial"])

    def _list(self, message: dict[str, Any]) -> Answer:
        self.returns = json.dumps(self.desk.listing(**{name: message[name] for name in ("search", "order", "only", "start") if name in message}))
        return Answer(kind="told", serial=message["serial"])

    def _show(self, return_id: str | None) -> None:
        """Put a return on the screen with the judgement that stands; None: everything is judged."""
        if return_id is None:
            self.open_id, self.page = "", json.dumps({"return_id": "", "done": True})
            return
        page = self.desk.page(return_id)
        rules = self.desk.rules_of(return_id)
        if self.setup == "{}" or json.loads(self.setup)["edition"] != rules.edition:
            self.setup = json.dumps(_setup(rules))
        version, standing = current_judgement(self.workspace, return_id, assessor_id=self.assessor_id)
        self.open_id, self.versions[return_id] = return_id, version
        self.page = json.dumps(page | {"judgement": judgement_state(version, standing), "shown": datetime.now(UTC).isoformat()})

    def _reading(self, message: dict[str, Any]) -> Answer:
        fields = message["reading"]
        one = Reading(activity_no=int(fields["activity_no"]), area=fields["area"] or None, planned=Planned(fields["planned"]) if fields["planned"] else None,
                      activity_type=fields["activity_type"] or None, counting=Counting(fields["counting"]) if fields["counting"] else None,
                      part_minutes=int(fields["part_minutes"]) if fields["part_minutes"] not in (None, "") else None, reason=fields["reason"])
        record_reading(self.workspace, message["return_id"], assessor_id=self.assessor_id, reading_of=one, event_id=message["event_id"])
        self.desk.forget(message["return_id"])
        self._show(message["return_id"])
        return Answer(kind="told", serial=message["serial"], text="Reading saved.")

    def _unmask(self, message: dict[str, Any]) -> Answer:
        self.desk.show_as_written(message["return_id"])
        self._show(message["return_id"])
        return Answer(kind="told", serial=message["serial"], text="Shown as written; that you looked is noted.")

    def _hand_back(self, message: dict[str, Any]) -> Answer:
        hand_back(self.workspace, message["return_id"], assessor_id=self.assessor_id, reason=HandBackReason(message["reason"]), words=message["words"],
                  event_id=message["event_id"])
        self.desk.refresh()
        self.returns = json.dumps(self.desk.listing())
        self._show(self.desk.next_after(""))
        return Answer(kind="told", serial=message["serial"], text="Handed back to staff.")

    def _worry(self, message: dict[str, Any]) -> Answer:
        raise_in_confidence(self.workspace, message["return_id"], assessor_id=self.assessor_id, words=message["words"], event_id=message["event_id"])
        return Answer(kind="told", serial=message["serial"], text="Sent to staff. Nobody else can read it.")

    def _preview(self, message: dict[str, Any]) -> Answer:
        from assessor_kit.workbench.preview import preview_of  # noqa: PLC0415  (papermill and nbconvert cost a second that no start should pay)

        return Answer(kind="preview", serial=message["serial"], html=preview_of(self.desk.opened(message["return_id"]), _judgement(message["state"])))


def _judgement(state: dict[str, Any]) -> Judgement:
    """The judgement that the form holds."""
    done = JudgementState.SUBMITTED if state["submitted"] else JudgementState.DRAFT
    fields = {name: value for name, value in state.items() if name in EMPTY.as_dict() and name not in {"state", "themes"}}
    return Judgement(**fields, themes=tuple(state["themes"]), state=done)


def _setup(rules: Rules) -> dict[str, Any]:
    """What the rules choose: criteria, levels, outcomes, and the words of a reading."""
    def choices(*lists: Any) -> list[dict[str, str]]:  # noqa: ANN401  (tuples of Choice)
        return [{"code": one.code, "label": one.label} for many in lists for one in many]
    return {
        "edition": rules.edition, "levels": choices(rules.levels), "outcomes": choices(rules.outcomes),
        "areas": choices(rules.areas, rules.partly_stated_areas),
        "activity_types": [*choices(rules.activity_types), {"code": "other", "label": "Another kind"}],
        "criteria": [{"code": one.code, "label": one.label, "question": one.question, "prompt": one.prompt} for one in rules.judged_criteria],
        "hand_back_reasons": [{"code": HandBackReason.RECOGNISED.value, "label": "I recognise this person"}, {"code": HandBackReason.CONFLICT.value,
                              "label": "I have a conflict of interest"}, {"code": HandBackReason.OUTSIDE_MY_FIELD.value, "label": "It is outside my field"},
                              {"code": HandBackReason.NO_TIME.value, "label": "I have no time"}],
    }
