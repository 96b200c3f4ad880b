"""The assessor's screen in one call: the widget is there at once, and while the browser draws its frame the first return is made ready."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from assessor_kit.errors import AssessorKitError

if TYPE_CHECKING:
    from assessor_kit.store import Workspace
    from assessor_kit.workbench.screen import Sitting

HERE = Path(__file__).resolve().parent
# In the order in which they need each other.
SCRIPTS = (
    "dom",
    "panels",
    "saving",
    "keeping",
    "record",
    "conflict",
    "returns_table",
    "return_view",
    "reading_panel",
    "judgement_form",
    "tour",
    "screen",
)
SHOWN = ("setup", "returns", "page")
LATER = {
    "company"
}  # messages that change nothing and may take a moment: the next one does not wait for them


def open_workbench(
    assessor_id: str | None = None, *, workspace: Workspace | Path | None = None
) -> Workbench:
    """The assessor's screen.

    Who the assessor is comes from the database role, the app's token, the Hub or the laptop's own profile; the argument names whose desk it
    is where none of these speaks, and is refused where they name somebody else.
    """
    known: Future[Sitting] = Future()
    known.set_result(_sit_down(assessor_id, workspace))
    return Workbench(known)


def open_tour() -> Workbench:
    """The assessor's screen on practice returns, for a first evening; it needs no workspace and touches none."""
    from assessor_kit.store.practice import PRACTICE_ASSESSOR  # noqa: PLC0415  (as below)
    from assessor_kit.workbench.practice import practice_workspace  # noqa: PLC0415  (as below)
    from assessor_kit.workbench.screen import Sitting  # noqa: PLC0415  (as below)

    known: Future[Sitting] = Future()
    known.set_result(Sitting(practice_workspace(), PRACTICE_ASSESSOR))
    return Workbench(known)


def show_workbench() -> Workbench:
    """The screen of the app, where no cell and no traceback is seen: it is shown at once, and says itself why it cannot open."""
    return Workbench(
        ThreadPoolExecutor(1, thread_name_prefix="assessor-kit-opening").submit(_sit_down)
    )


def _sit_down(assessor_id: str | None = None, workspace: Workspace | Path | None = None) -> Sitting:
    from assessor_kit.store import Workspace, sign_in  # noqa: PLC0415  (what a screen needs to show its frame is a tenth of what it needs to fill it)

    season = sign_in(
        workspace if isinstance(workspace, Workspace) else Workspace.open(workspace),
        claimed=assessor_id,
    )
    if (
        not season.drawings.is_dir()
    ):  # nothing was ever drawn here: the engine starts while the return is read
        from assessor_kit.charts.vega import wake  # noqa: PLC0415  (as above)

        wake()
    from assessor_kit.workbench.screen import Sitting  # noqa: PLC0415  (as above)

    return Sitting(season, season.acting_as)


class Workbench(anywidget.AnyWidget):  # type: ignore[misc]  # anywidget ships no types
    """One assessor's screen. It asks for its first return when it is drawn, and shows what the sitting says after every message."""

    _esm = "\n".join((HERE / "js" / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)
    _css = HERE / "screen.css"
    setup = traitlets.Unicode("{}").tag(sync=True)
    returns = traitlets.Unicode("{}").tag(sync=True)
    page = traitlets.Unicode("{}").tag(sync=True)

    def __init__(self, sitting: Future[Sitting]) -> None:
        self.sitting = sitting
        super().__init__()
        self.on_msg(self._hear)

    @property
    def assessor_id(self) -> str:
        """Whose own desk it is, also while the tour is on the screen."""
        return self.sitting.result().own.assessor_id

    def __repr__(self) -> str:
        """What a saved notebook may show: counts, nobody's words."""
        if not self.sitting.done():
            return "Workbench"
        desk = self.sitting.result().desk
        return f"Workbench of {desk.assessor_id}: {desk.waiting} of {desk.allocated} markings wait"

    def _hear(self, _widget: object, message: dict[str, Any], _buffers: object) -> None:
        try:
            sitting = self.sitting.result()
        except Exception as problem:  # noqa: BLE001  (nobody sees a traceback here: whatever keeps the screen shut, it must say so)
            why = (
                problem.sentence()
                if isinstance(problem, AssessorKitError)
                else f"The store answered {type(problem).__name__}."
            )
            self.send(
                {
                    "kind": "shut",
                    "to": message.get("event_id", ""),
                    "text": f"The screen cannot open. {why}",
                }
            )
            return
        if message["kind"] in LATER:
            sitting.desk.maker.submit(lambda: self.send(sitting.answer(message).as_dict()))
            return
        answer = sitting.answer(message)
        with self.hold_sync():
            for name in SHOWN:
                setattr(self, name, getattr(sitting, name))
        self.send(answer.as_dict())
        sitting.desk.prepare_next(sitting.open_id)
