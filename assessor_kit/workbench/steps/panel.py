"""One step in a notebook: how things stand, and a button for what changes them.

Showing a panel reads the workspace and changes nothing, so Run All is always safe. An act takes
two presses: the first says what would happen (how many, from what, with which seed), the second
does it. Once anything has changed, what the first press said lapses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Protocol

import ipywidgets

from assessor_kit.charts import ReadableTable
from assessor_kit.errors import AssessorKitError
from assessor_kit.workbench.markup import linked_text, safe_html
from assessor_kit.workbench.steps.scene import Missing, NotYet, Scene, scene_of_today

MOST_ROWS = 200
LABELS = {"description_width": "13rem"}
WIDTH = {"width": "44rem", "max_width": "100%"}
Saying = str | ReadableTable  # a sentence, or a table


@dataclass(frozen=True, kw_only=True)
class Intent:
    """What an act would do. `carry_out` does it; None where nothing can be done."""

    says: tuple[Saying, ...]
    button: str = ""
    carry_out: Callable[[], tuple[Saying, ...]] | None = None


@dataclass(frozen=True, kw_only=True)
class Act:
    """What a panel can do: its fields, what it would do with their values, and the first button."""

    look: Callable[[Scene, dict[str, str]], Intent]
    look_label: str
    fields: Callable[[Scene], dict[str, Any]] = lambda _scene: {}  # name -> widget
    folded: Missing = lambda _scene: ""  # under which words its fields are folded away
    needless: Missing = lambda _scene: ""  # why there is nothing to do just now


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of the season as a notebook shows it.

    `name` finds its panel, `told` says how things stand, without anybody's name where `saved` is
    true: only then may a saved notebook hold the tables too.
    """

    name: str
    heading: str
    told: Callable[[Scene], tuple[Saying, ...]]
    missing: tuple[Missing, ...] = ()
    act: Act | None = None
    saved: bool = False
    beside: Callable[[Scene], list[Any]] = lambda _scene: []  # further widgets


class Refreshed(Protocol):
    """What shows how things stand, and can be asked to look again."""

    def refresh(self) -> None:
        """Say how things stand now."""


open_panels: dict[str, Refreshed] = {}


def show(step: Step) -> StepPanel:
    """Show a step; a panel of the same step that was open before lapses."""
    panel = StepPanel(step)
    open_panels[step.name] = panel
    return panel


def show_all_again() -> None:
    """Have every open panel say how things stand now."""
    for panel in list(open_panels.values()):
        panel.refresh()


class StepPanel(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """The heading of a step, how things stand, its fields and buttons, and what was said last."""

    def __init__(self, step: Step) -> None:
        self.step = step
        self.fields: dict[str, Any] = {}
        self.plan: Intent | None = None
        self.texts: tuple[str, ...] = ()
        self.look = ipywidgets.Button(layout={"width": "auto"})
        self.look.on_click(lambda _button: self._look())
        self.do = ipywidgets.Button(button_style="primary", layout={"width": "auto"})
        self.do.on_click(lambda _button: self._do())
        self._head = ipywidgets.VBox()
        self._ask = ipywidgets.VBox()
        self._said = ipywidgets.VBox()
        self._more = ipywidgets.VBox()
        super().__init__([self._head, self._ask, self._said, self._more])
        self.refresh()

    def __repr__(self) -> str:
        """Return what a saved notebook may show: sentences, and tables that name nobody."""
        return "\n".join([self.step.heading, *self.texts])

    def _repr_mimebundle_(self, **asked: Any) -> dict[str, Any]:  # noqa: ANN401  (as ipywidgets')
        """Return what a notebook shows; ipywidgets would cut the text off after a line."""
        return {**super()._repr_mimebundle_(**asked), "text/plain": repr(self)}

    @property
    def said(self) -> str:
        """What the last button said, as HTML."""
        return "".join(str(one.value) for one in self._said.children)

    @property
    def is_open(self) -> bool:
        """Whether there is something to press."""
        return bool(self._ask.children)

    def refresh(self) -> None:
        """Say how things stand now; what a first press said lapses."""
        self._lapse()
        try:
            scene = scene_of_today()
            why_not = next((text for one in self.step.missing if (text := one(scene))), "")
            self._stand(scene, why_not)
        # A step that cannot be shown says why, and the notebook goes on.
        except Exception as problem:  # noqa: BLE001
            self._hold_back(_reason(problem))

    def _stand(self, scene: Scene, why_not: str) -> None:
        if why_not:
            self._hold_back(why_not)
            return
        told = self.step.told(scene)
        self.texts = tuple(str(one) for one in told if isinstance(one, str) or self.step.saved)
        self._head.children = (self._page(_markup(told)),)
        self._more.children = tuple(self.step.beside(scene))
        act = self.step.act
        if act is None:
            return
        if needless := act.needless(scene):
            self.texts = (*self.texts, needless)
            self._ask.children = (safe_html(f"<p>{escape(needless)}</p>"),)
            self.fields = {}
            return
        self._offer(scene, act)

    def _offer(self, scene: Scene, act: Act) -> None:
        """Show the fields, with what was typed into them before, and the first button."""
        before = {name: field.value for name, field in self.fields.items()}
        self.fields = act.fields(scene)
        for name, field in self.fields.items():
            _put_back(field, before.get(name, ""))
            field.observe(lambda _change: self._lapse(), names="value")
        self.look.description = act.look_label
        asked = (*self.fields.values(), ipywidgets.HBox([self.look, self.do]))
        self._ask.children = asked
        if title := act.folded(scene):
            folded = ipywidgets.Accordion([ipywidgets.VBox(asked)], titles=(title,))
            self._ask.children = (folded,)

    def _hold_back(self, sentence: str) -> None:
        self.texts = (sentence,)
        self._head.children = (self._page(f"<p class='ak-not-yet'>{linked_text(sentence)}</p>"),)
        self._ask.children = ()
        self._more.children = ()
        self.fields = {}

    def _page(self, content: str) -> ipywidgets.HTML:
        return safe_html(
            f"<style>{stylesheet()}</style><h3>{escape(self.step.heading)}</h3>{content}"
        )

    def _lapse(self) -> None:
        """Forget what a first press said; what was done stays to be read."""
        if self.plan is not None:
            self._said.children = ()
        self.plan = None
        self.do.layout.display = "none"

    def _look(self) -> None:
        act = self.step.act
        if act is None or not self.is_open:
            return
        self._lapse()
        self._say("Reading…", tone="busy")
        try:
            scene = scene_of_today()
            self._list_again(act.fields(scene))
            answers = {name: str(field.value or "").strip() for name, field in self.fields.items()}
            plan = act.look(scene, answers)
        # A traceback would go to a log that nobody opens, so whatever went wrong is said here.
        except Exception as problem:  # noqa: BLE001
            self._say(_reason(problem), tone="bad")
            return
        self._say(*plan.says, tone="plain" if plan.carry_out else "bad")
        if plan.carry_out:
            self.plan = plan
            self.do.description = plan.button
            self.do.disabled = False
            self.do.layout.display = ""

    def _list_again(self, fresh: dict[str, Any]) -> None:
        """Offer in each list what there is now; a file may have been put there meanwhile."""
        for name, field in self.fields.items():
            if hasattr(field, "options") and field.options != fresh[name].options:
                chosen = field.value
                field.options = fresh[name].options
                field.value = fresh[name].value
                _put_back(field, chosen)

    def _do(self) -> None:
        plan, self.plan = self.plan, None
        if plan is None or plan.carry_out is None:
            return
        self.do.disabled = True
        self._say("Working…", tone="busy")
        try:
            said = plan.carry_out()
        except Exception as problem:  # noqa: BLE001  (as above)
            self._lapse()
            self._say(_reason(problem), tone="bad")
            return
        for field in self.fields.values():
            if isinstance(field, ipywidgets.Text):
                field.value = ""
        show_all_again()
        self._say(*said, tone="good")

    def _say(self, *said: Saying, tone: str) -> None:
        first, *rest = said
        self._said.children = (
            safe_html(
                f"<p class='ak-status' role='status' data-tone='{tone}'>{escape(str(first))}</p>"
                + _markup(tuple(rest))
            ),
        )


def _reason(problem: Exception) -> str:
    """Return in a sentence what stopped a step."""
    if isinstance(problem, NotYet):
        return str(problem)
    if isinstance(problem, AssessorKitError):
        return problem.sentence()
    return f"This did not work, and nothing is known to have changed: {problem!r}."


def _put_back(field: Any, value: object) -> None:  # noqa: ANN401  (a widget)
    if not value:
        return
    if not hasattr(field, "options") or value in [one[1] for one in field.options]:
        field.value = value


def _markup(said: tuple[Saying, ...]) -> str:
    return "".join(
        f"<p>{escape(one)}</p>"
        if isinstance(one, str)
        else f"<div class='ak-table-of-step'>{one.html()}</div>"
        for one in said
    )


def text_field(label: str, *, example: str) -> ipywidgets.Text:
    """Return an empty field; nothing is filled in for whoever presses the button."""
    return ipywidgets.Text(
        description=label, placeholder=example, style=LABELS, layout=WIDTH, continuous_update=True
    )


def choice_field(
    label: str, options: list[tuple[str, str]], *, value: str = ""
) -> ipywidgets.Dropdown:
    """Return a list to choose from."""
    return ipywidgets.Dropdown(
        description=label, options=options, value=value, style=LABELS, layout=WIDTH
    )


def how_many(number: int, one: str, many: str) -> str:
    """Return a number, with commas, and the word that agrees with it."""
    return f"{number:,} {one if number == 1 else many}"


@cache
def stylesheet() -> str:
    """Return the style sheets of the screens and of the steps."""
    here = Path(__file__).resolve().parent
    sheets = (here.parent / "screen.css", here / "steps.css")
    return "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
