"""The assessor's screen in one call: my returns, the return that is open, and its judgement."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import traitlets

from assessor_kit.errors import AssessorKitError, Conflict
from assessor_kit.rules.schema import Rules
from assessor_kit.store import Workspace, current_judgement, hand_back, raise_in_confidence, record_judgement, record_reading, sign_in, undo_judgement
from assessor_kit.vocabulary import Counting, HandBackReason, Judgement, JudgementState, Planned, Reading
from assessor_kit.workbench.comparison import sits_among
from assessor_kit.workbench.desk import Desk
from assessor_kit.workbench.markup import safe_html
from assessor_kit.workbench.page import EMPTY, judgement_state

HERE = Path(__file__).resolve().parent
SCRIPTS = ("dom", "saving", "returns_table", "return_view", "reading_panel", "judgement_form", "screen")  # in the order in which they need each other
NOT_SAVED = "NOT SAVED"


def open_workbench(assessor_id: str | None = None, *, workspace: Workspace | Path | None = None) -> Workbench:
    """The assessor's screen.

    Who the assessor is comes from the database role, the app's token, the Hub or the laptop's own profile; the argument names whose desk it
    is where none of these speaks, and is refused where they name somebody else.
    """
    season = sign_in(workspace if isinstance(workspace, Workspace) else Workspace.open(workspace), claimed=assessor_id)
    return Workbench(season, season.acting_as)


def show_workbench() -> Workbench | ipywidgets.HTML:
    """The screen, or the sentence that says why there is none: what the app shows, where no cell and no traceback is seen."""
    try:
        return open_workbench()
    except AssessorKitError as problem:
        return safe_html(f"<main><h2>The screen cannot open</h2><p>{escape(problem.sentence())}</p></main>")


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


class Workbench(anywidget.AnyWidget):  # type: ignore[misc]  # anywidget ships no types
    """One assessor's screen. Every change goes to the store before it is acknowledged; the store's answer is what the screen shows."""

    _esm = "\n".join((HERE / "js" / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)
    _css = HERE / "screen.css"
    setup = traitlets.Unicode("{}").tag(sync=True)
    returns = traitlets.Unicode("{}").tag(sync=True)
    page = traitlets.Unicode("{}").tag(sync=True)

    def __init__(self, workspace: Workspace, assessor_id: str) -> None:
        self.workspace, self.assessor_id = workspace, assessor_id
        self.desk = Desk(workspace, assessor_id)
        self.versions: dict[str, int] = {}
        self.open_id = ""
        self.heard: dict[str, Callable[[dict[str, Any]], Answer]] = {
            "save": self._save, "undo": self._undo, "next": self._next, "open": self._open, "list": self._list, "reading": self._reading,
            "hand_back": self._hand_back, "worry": self._worry, "preview": self._preview, "unmask": self._unmask,
        }
        super().__init__(returns=json.dumps(self.desk.listing()))
        self.on_msg(self._hear)
        self._show(self.desk.next_after(""))

    def __repr__(self) -> str:
        """What a saved notebook may show: counts, nobody's words."""
        return f"Workbench of {self.assessor_id}: {self.desk.waiting} of {self.desk.allocated} markings wait"

    def _hear(self, _widget: object, message: dict[str, Any], _buffers: object) -> None:
        """Answer every message, whatever goes wrong: silence would leave the assessor guessing."""
        serial = int(message.get("serial", 0))
        try:
            answer = self.heard[message["kind"]](message)
        except Conflict as clash:
            answer = Answer(kind="conflict", serial=serial, text=f"{NOT_SAVED}: this judgement was changed in another window.",
                            theirs=clash.theirs | {"version": self._version_that_stands(message["return_id"])})
        except AssessorKitError as problem:
            answer = Answer(kind="refused", serial=serial, text=f"{NOT_SAVED}: {problem.sentence()}")
        except Exception as problem:  # noqa: BLE001  (a full disk, a locked file: whatever it is, the assessor must know at once)
            answer = Answer(kind="refused", serial=serial,
                            text=f"{NOT_SAVED}: the store answered {type(problem).__name__}. Your words are still here; try again.")
        self.send(answer.as_dict())
        self.desk.prepare_next(self.open_id)

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
