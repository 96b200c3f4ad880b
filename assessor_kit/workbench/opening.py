"""The assessor's screen in one call.

The widget is there at once, and the first return is made ready while the browser draws the frame.
"""

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
SHOWN = ("setup", "returns", "page")
# messages that change nothing but may take a moment, so the next one does not wait for them
LATER = {"company"}


def open_workbench(
    assessor_id: str | None = None, *, workspace: Workspace | Path | None = None
) -> Workbench:
    """Open the assessor's screen.

    The database role, the app's token, the Hub or the laptop's own profile says who the assessor
    is. Where none of these does, the argument says so; where they name somebody else, it is
    refused.
    """
    known: Future[Sitting] = Future()
    known.set_result(_sit_down(assessor_id, workspace))
    return Workbench(known)


def open_tour() -> Workbench:
    """Open the assessor's screen on practice returns, for a first evening.

    It needs no workspace and touches none.
    """
    from assessor_kit.store.practice import PRACTICE_ASSESSOR  # noqa: PLC0415  (as in `_sit_down`)
    from assessor_kit.workbench.practice import practice_workspace  # noqa: PLC0415  (as in `_sit_down`)
    from assessor_kit.workbench.screen import Sitting  # noqa: PLC0415  (as in `_sit_down`)

    known: Future[Sitting] = Future()
    known.set_result(Sitting(practice_workspace(), PRACTICE_ASSESSOR))
    return Workbench(known)


def show_workbench() -> Workbench:
    """Open the app's screen, where no cell and no traceback is seen.

    It is shown at once, and if it cannot open, it says why.
    """
    return Workbench(
        ThreadPoolExecutor(1, thread_name_prefix="assessor-kit-opening").submit(_sit_down)
    )


def _sit_down(assessor_id: str | None = None, workspace: Workspace | Path | None = None) -> Sitting:
    # Imported late: showing the frame needs a tenth of what it takes to fill it.
    from assessor_kit.store import Workspace, sign_in  # noqa: PLC0415

    season = sign_in(
        workspace if isinstance(workspace, Workspace) else Workspace.open(workspace),
        claimed=assessor_id,
    )
    # no chart was ever drawn here, so the drawing engine starts while the return is read
    if not season.drawings.is_dir():
        from assessor_kit.charts.vega import wake  # noqa: PLC0415  (only if it is needed)

        wake()
    from assessor_kit.workbench.screen import Sitting  # noqa: PLC0415  (late, too)

    return Sitting(season, season.acting_as)


class Workbench(anywidget.AnyWidget):  # type: ignore[misc]  # anywidget ships no types
    """One assessor's screen.

    It asks for its first return when it is drawn, and shows what the sitting holds after every
    message.
    """

    _esm = HERE / "screen.js"  # made from the modules in js/ by `make bundle`
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
        """The assessor whose own desk it is, even while the tour is on the screen."""
        return self.sitting.result().own.assessor_id

    def __repr__(self) -> str:
        """Return only the counts, because a saved notebook shows this."""
        # One that cannot open says so on the screen: the cell that shows it must not fail.
        if not self.sitting.done() or self.sitting.exception():
            return "Workbench"
        desk = self.sitting.result().desk
        return f"Workbench of {desk.assessor_id}: {desk.waiting} of {desk.allocated} markings to do"

    def _hear(self, _widget: object, message: dict[str, Any], _buffers: object) -> None:
        try:
            sitting = self.sitting.result()
        # Nobody sees a traceback here, so whatever keeps the screen shut, it must say why.
        except Exception as problem:  # noqa: BLE001
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
