"""The moderator's page in one call: what waits, the return that is open, and what is recorded."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from assessor_kit import tables
from assessor_kit.errors import AssessorKitError, NotFound
from assessor_kit.journey import Waiting, agree, answer_assessor, moderation_waiting
from assessor_kit.journey.choices import season_choices
from assessor_kit.journey.moderating.waiting import KINDS
from assessor_kit.moderation import compared
from assessor_kit.rules.schema import Rules
from assessor_kit.store import Workspace, read_table
from assessor_kit.store.moderated import ModeratedReturn, moderated_of_year, moderated_return
from assessor_kit.vocabulary import Raised, StaffAnswer
from assessor_kit.workbench.moderating.views import ANSWER_LABELS, day_of, page_to_moderate

HERE = Path(__file__).resolve().parent
ROWS_SHOWN = 50
DONE = "settled or answered"
CLOSE = "differ by less than has to be settled"
NOT_RECORDED = "NOT RECORDED"
CHANGES = {"agree", "answer"}
OpenedYear = tuple[Workspace, int]


def open_moderation(
    workspace: Workspace | None = None, *, cpd_year: int | None = None, by: str = ""
) -> ModerationPage:
    """Open the moderation of one year: of the year given, or of the one that the workspace keeps.

    What assessors wrote is held in the widget only: a saved notebook contains none of it.
    """

    def find() -> OpenedYear | str:
        season = workspace or Workspace.open()
        year = cpd_year or season_choices(season).cpd_year
        if year is None:
            return "Which CPD year is this about? Fill in the form above first."
        return season, year

    return ModerationPage(find, by)


class ModerationPage(anywidget.AnyWidget):  # type: ignore[misc]  # anywidget ships no types
    """What waits for a moderator, and the return that is open with its judgements side by side.

    `find` returns the workspace and its year, or a sentence where there is none. Every message of
    the page is answered, whatever goes wrong; nothing is said to be recorded before it is.
    """

    _esm = HERE / "moderation.js"  # made from the modules in js/moderating by `make bundle`
    _css = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (HERE.parent / "screen.css", HERE / "moderation.css")
    )
    listing = traitlets.Unicode("{}").tag(sync=True)
    page = traitlets.Unicode("{}").tag(sync=True)

    def __init__(self, find: Callable[[], OpenedYear | str], by: str = "") -> None:
        self._find = find
        self.by = by
        self.asked: dict[str, Any] = {"only": "", "search": "", "start": 0}
        self.waiting = 0
        self.heard: dict[str, Callable[[dict[str, Any]], str]] = {
            "list": self._list,
            "open": self._open,
            "close": self._close,
            "agree": self._agree,
            "answer": self._answer,
        }
        super().__init__()
        self.on_msg(self._hear)
        self.refresh()

    def __repr__(self) -> str:
        """Return only the count, or what is missing, because a saved notebook shows this."""
        return self.sentence or f"ModerationPage: {self.waiting} waiting"

    @property
    def sentence(self) -> str:
        """Why nothing can be shown yet; empty where something can."""
        return str(json.loads(self.listing).get("sentence", ""))

    def refresh(self) -> None:
        """Look again at what waits; what cannot be shown is said in a sentence."""
        try:
            self.listing = json.dumps(self._listed())
        # A page that cannot be shown says why, and the notebook goes on.
        except Exception as problem:  # noqa: BLE001
            self.listing = json.dumps({"sentence": _reason(problem)})

    def _place(self) -> OpenedYear:
        found = self._find()
        if isinstance(found, str):
            raise NotFound(found, advice="Then open this page again.")
        return found

    def _listed(self) -> dict[str, Any]:
        found = self._find()
        if isinstance(found, str):
            return {"sentence": found}
        workspace, cpd_year = found
        waiting = moderation_waiting(workspace, cpd_year)
        self.waiting = len(waiting)
        counts = Counter(one.kind for one in waiting)
        moderated = moderated_of_year(workspace, cpd_year)
        others = {
            DONE: _done(moderated, waiting),
            CLOSE: _close(moderated, waiting, workspace.rules(cpd_year)),
        }
        rows = [_row(one) for one in waiting]
        if self.asked["only"] in others:
            found_there = others[self.asked["only"]]
            codes = _codes(workspace, list(found_there))
            rows = [
                {
                    "return_id": name,
                    "return": codes[name],
                    "kind": self.asked["only"],
                    "since": day,
                    "sentence": f"{codes[name]}: {said}.",
                }
                for name, (day, said) in found_there.items()
            ]
        elif self.asked["only"]:
            rows = [row for row in rows if row["kind"] == self.asked["only"]]
        search = str(self.asked["search"]).strip().casefold()
        rows = [row for row in rows if search in f"{row['return']} {row['sentence']}".casefold()]
        start = max(0, min(int(self.asked["start"]), max(0, len(rows) - 1)))
        return {
            "sentence": "",
            "is_sample": workspace.is_sample,
            "cpd_year": str(cpd_year),
            "by": self.by,
            "waiting": len(waiting),
            "kinds": [
                {"code": "", "label": f"Everything that waits ({len(waiting)})"},
                *(
                    {"code": kind, "label": f"{kind.capitalize()} ({counts[kind]})"}
                    for kind in KINDS
                    if counts[kind]
                ),
                *(
                    {"code": kind, "label": f"{kind.capitalize()} ({len(there)})"}
                    for kind, there in others.items()
                ),
            ],
            "answers": [{"code": one.value, "label": ANSWER_LABELS[one]} for one in StaffAnswer],
            "rows": rows[start : start + ROWS_SHOWN],
            "found": len(rows),
            "start": start,
            "shown": ROWS_SHOWN,
            "asked": self.asked,
        }

    def _hear(self, _widget: object, message: dict[str, Any], _buffers: object) -> None:
        kind = str(message.get("kind", ""))
        said = {"kind": "told", "to": str(message.get("event_id", "")), "text": ""}
        try:
            with self.hold_sync():
                said["text"] = self.heard[kind](message)
        # Nobody sees a traceback here, so whatever stops the page, it must say why.
        except Exception as problem:  # noqa: BLE001
            before = f"{NOT_RECORDED}: " if kind in CHANGES else ""
            said |= {"kind": "refused", "text": f"{before}{_reason(problem)}"}
        self.send(said)

    def _list(self, message: dict[str, Any]) -> str:
        self.asked |= {
            name: message[name] for name in ("only", "search", "start") if name in message
        }
        self.refresh()
        return ""

    def _open(self, message: dict[str, Any]) -> str:
        workspace, _ = self._place()
        self._show(workspace, str(message["return_id"]))
        return ""

    def _close(self, _message: dict[str, Any]) -> str:
        self.page = "{}"
        self.refresh()
        return ""

    def _show(self, workspace: Workspace, return_id: str) -> None:
        moderated = moderated_return(workspace, return_id)
        self.page = json.dumps(page_to_moderate(workspace, moderated))

    def _agree(self, message: dict[str, Any]) -> str:
        workspace, _ = self._place()
        taken = {str(code): str(side) for code, side in message["taken"].items()}
        self.by = str(message["by"])
        return_id = str(message["return_id"])
        agree(
            workspace,
            return_id,
            side=next(iter(taken.values())),
            points=taken,
            words={str(code): str(text) for code, text in message["words"].items()},
            why=str(message["why"]),
            by=self.by,
            event_id=str(message["event_id"]),
            settles={str(name): str(event) for name, event in message["settles"].items()},
        )
        self._show(workspace, return_id)
        self.refresh()
        return "Agreed and recorded. Both assessors can read it now."

    def _answer(self, message: dict[str, Any]) -> str:
        workspace, _ = self._place()
        self.by = str(message["by"])
        return_id = str(message["return_id"])
        answer_assessor(
            workspace,
            return_id,
            assessor_id=str(message["assessor_id"]),
            about=Raised(message["about"]),
            criterion=str(message["criterion"]),
            answer=StaffAnswer(message["answer"]),
            words=str(message["words"]),
            by=self.by,
            event_id=str(message["event_id"]),
        )
        self._show(workspace, return_id)
        self.refresh()
        return "Answered and recorded. The assessor reads it on their screen."


def _row(one: Waiting) -> dict[str, str]:
    return {
        "return_id": one.return_id,
        "return": one.pseudonym,
        "kind": one.kind,
        "since": day_of(one.since),
        "sentence": one.sentence,
    }


def _done(
    moderated: dict[str, ModeratedReturn], waiting: list[Waiting]
) -> dict[str, tuple[str, str]]:
    """Return what was settled or answered and does not wait: return_id -> (day, what)."""
    still = {one.return_id for one in waiting}
    found: dict[str, tuple[str, str]] = {}
    for name, one in moderated.items():
        if name in still:
            continue
        if one.agreed:
            found[name] = (day_of(one.agreed.recorded_at), f"agreed by {one.agreed.by}")
        elif one.answers:
            last = one.answers[-1]
            found[name] = (day_of(last.recorded_at), f"answered by {last.by}")
    return found


def _close(
    moderated: dict[str, ModeratedReturn], waiting: list[Waiting], rules: Rules
) -> dict[str, tuple[str, str]]:
    """Return the returns whose markings differ, but in nothing that has to be settled."""
    still = {one.return_id for one in waiting}
    found: dict[str, tuple[str, str]] = {}
    for name, one in moderated.items():
        if name in still or one.is_settled or not all(each.is_submitted for each in one.markings):
            continue
        apart = [point.label for point in compared(one.sides, rules) if point.differs]
        if apart:
            last = max(each.recorded_at for each in one.markings if each.recorded_at)
            found[name] = (day_of(last), f"the markings differ in {', '.join(apart)}")
    return found


def _codes(workspace: Workspace, return_ids: list[str]) -> dict[str, str]:
    returns = read_table(workspace, tables.RETURNS, return_id=return_ids)
    return dict(zip(returns["return_id"], returns["pseudonym"], strict=True))


def _reason(problem: Exception) -> str:
    if isinstance(problem, AssessorKitError):
        return problem.sentence()
    return f"the store answered {type(problem).__name__}. What you wrote is still here; try again."
