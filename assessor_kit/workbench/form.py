"""The judgement form as a widget: it shows, it tells what was chosen, and it says saved only after the store has said so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from assessor_kit.errors import AssessorKitError, Conflict
from assessor_kit.store import OpenedReturn, Workspace, current_judgement, record_judgement
from assessor_kit.vocabulary import Judgement, JudgementState
from assessor_kit.workbench.markup import as_json, finding_rows

HERE = Path(__file__).resolve().parent
EMPTY: dict[str, Any] = {"levels": {}, "comments": {}, "outcome": None, "advice": "", "liked": "", "private_note": "", "themes": [], "second_look": False,
                         "submitted": False}


class JudgementForm(anywidget.AnyWidget):  # type: ignore[misc]  # anywidget ships no types
    """`show` gives it a return; every save goes to the store before it is acknowledged."""

    _esm = HERE / "form.js"
    _css = HERE / "screen.css"
    setup = traitlets.Unicode(as_json({"return_id": "", "state": EMPTY})).tag(sync=True)

    def __init__(self, workspace: Workspace, *, assessor_id: str) -> None:
        super().__init__()
        self.workspace, self.assessor_id = workspace, assessor_id
        self.versions: dict[str, int] = {}
        self.after_save: Any = lambda: None
        self.ask_next: Any = lambda: None
        self.on_msg(self._hear)

    def show(self, opened: OpenedReturn) -> None:
        """Show a return with the judgement that stands."""
        version, standing = current_judgement(self.workspace, opened.return_id, assessor_id=self.assessor_id)
        self.versions[opened.return_id] = version
        findings, rules = finding_rows(opened), opened.rules
        criteria = [{"code": one.code, "label": one.label, "question": one.question, "finding": findings.get(one.code),
                     "phrases": [{"theme": phrase.theme, "text": phrase.text.replace("{activity}", "…").replace("{area}", "…")}
                                 for phrase in rules.phrases if phrase.criterion == one.code]} for one in rules.judged_criteria]
        self.setup = as_json({
            "return_id": opened.return_id, "version": version, "criteria": criteria, "levels": [{"code": one.code, "label": one.label} for one in rules.levels],
            "outcomes": [{"code": one.code, "label": one.label} for one in rules.outcomes], "state": _state(standing)})

    def _hear(self, _widget: object, message: dict[str, Any], _buffers: object) -> None:
        if message.get("kind") == "next":
            self.ask_next()
        if message.get("kind") == "save":
            self._save(message)

    def _save(self, message: dict[str, Any]) -> None:
        """Record one change; the answer carries its number, or the words of what went wrong."""
        return_id = message["return_id"]
        try:
            self.versions[return_id] = record_judgement(
                self.workspace, return_id, assessor_id=self.assessor_id, judgement=_judgement(message["state"]), event_id=message["event_id"],
                expected_version=self.versions.get(return_id, 0))
        except Conflict as clash:
            self.send({"kind": "refused", "text": f"NOT SAVED: {clash.sentence()} The other says: {clash.theirs.get('advice') or 'no advice yet'}"})
        except AssessorKitError as problem:
            self.send({"kind": "refused", "text": f"NOT SAVED: {problem.sentence()}"})
        except Exception as problem:  # noqa: BLE001  (a full disk, a locked file: whatever it is, the assessor must know at once)
            self.send({"kind": "refused", "text": f"NOT SAVED: the store answered {type(problem).__name__}. Your words are still here; try again."})
        else:
            self.send({"kind": "saved", "serial": message["serial"]})
            self.after_save()


def _state(standing: Judgement | None) -> dict[str, Any]:
    if standing is None:
        return EMPTY
    known = standing.as_dict()
    return {**{name: known[name] for name in EMPTY if name != "submitted"}, "submitted": standing.state is JudgementState.SUBMITTED}


def _judgement(state: dict[str, Any]) -> Judgement:
    done = JudgementState.SUBMITTED if state["submitted"] else JudgementState.DRAFT
    fields = {name: state[name] for name in EMPTY if name not in {"submitted", "themes"}}
    return Judgement(**fields, themes=tuple(state["themes"]), state=done)
