"""Can a stray key or click on the screen change the notebook, or a judgement unseen?

    python tests/benchmarks/screen/stray_keys.py [--strokes 2000] [--seed 1]

Keys, alone and with Shift, Ctrl and Alt, and clicks anywhere on the screen are made by chance in
JupyterLab. After each the notebook's cells are compared with what they were. Every choice that the
screen showed must be in the log, and once all is saved the screen shows what the store holds: no
change is hidden, and none is only on the screen. `make test` runs a short form.
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))

from places import Place, eventually, open_return_of
from playwright.sync_api import Error
from screens import browser

from assessor_kit.store import current_judgement, judgement_history

LETTERS = "abcdefghijklmnopqrstuvwxyz"
KEYS = [
    *LETTERS,
    *LETTERS.upper(),
    *"0123456789?/.,;-",
    *"1234jk" * 4,
    *["Enter", "Escape", "Tab", "Space", "Backspace", "Delete", "Home", "End", "PageUp"],
    *["PageDown", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "F1", "F2", "F8", "Insert"],
]
HELD = ["", "", "", "", "Shift+", "Control+", "Control+Shift+", "Alt+"]
CHECKED_EVERY = 25  # strokes
CELLS = """() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.toJSON().cells
    .map(({ cell_type, source }) => [cell_type, source])"""
# a place on the screen that is in sight: on a panel if one is open
ANYWHERE = """([across, down]) => {
    const shown = document.querySelector('dialog.ak-panel') ?? document.querySelector('.ak-screen');
    const box = shown.getBoundingClientRect();
    const left = Math.max(0, box.left), top = Math.max(0, box.top);
    const x = left + across * (Math.min(innerWidth, box.right) - left - 1);
    const y = top + down * (Math.min(innerHeight, box.bottom) - top - 1);
    return [x, y, Boolean(document.elementFromPoint(x, y)?.closest('.ak-screen'))]; }"""
IS_INSIDE = "() => Boolean(document.activeElement?.closest('.ak-screen'))"
CHOSEN = """() => {
    const form = document.querySelector('.ak-form');
    const chosen = [...form.querySelectorAll('.ak-point')].map((point) => {
        const radio = point.querySelector('input[type=radio]:checked');
        return radio && [radio.name.replace('ak-', ''), radio.value]; }).filter(Boolean);
    const outcome = form.querySelector('input[name=ak-outcome]:checked');
    return { levels: Object.fromEntries(chosen), outcome: outcome && outcome.value,
        submitted: form.querySelector('.ak-submit').textContent === 'Submitted' }; }"""
WRITTEN = """() => [...document.querySelectorAll('.ak-form textarea, .ak-finding input[type=text]')]
    .map((field) => field.value).filter(Boolean).sort()"""
IS_OPEN = "() => Boolean(document.querySelector('.ak-both:not([hidden]) .ak-form fieldset'))"
IS_PRACTICE = "() => Boolean(document.querySelector('.ak-tour:not([hidden])'))"
NOTHING_WAITS = """() => !document.querySelector('.ak-unsaved:not([hidden])') &&
    !Object.keys(sessionStorage).some((key) => key.startsWith('assessor-kit A07'))"""


class Strokes:
    """Keys and clicks by chance, and what the screen showed after each."""

    def __init__(self, place, seed):
        self.place, self.chance = place, random.Random(seed)
        self.exceptions = []
        self.done = []
        self.changes = 0
        self.start()

    def start(self):
        """Open the screen on the season as it was at first."""
        self.page, _ = self.place.open()
        self.page.on("pageerror", lambda error: self.exceptions.append(error.stack))
        self.page.on("dialog", lambda dialog: dialog.dismiss())
        self.cells = self.page.evaluate(CELLS)
        self.seen = {}  # return -> what it showed, one after another

    def make(self, number):
        """Make some strokes; raise AssertionError at the first that does what it must not."""
        for stroke in range(1, number + 1):
            self.one()
            cells = self.page.evaluate(CELLS)
            assert cells == self.cells, f"the notebook's cells have changed: {self.last()}"
            self.look()
            if stroke % CHECKED_EVERY == 0 or stroke == number:
                self.compare()
        assert not self.exceptions, self.exceptions

    def one(self):
        """Make one stroke somewhere on the screen."""
        if self.chance.random() < 0.25 or not self.page.evaluate(IS_INSIDE):
            x, y, is_inside = self.page.evaluate(
                ANYWHERE, [self.chance.random(), self.chance.random()]
            )
            if is_inside:
                self.done.append(f"click at {x:.0f}, {y:.0f}")
                self.page.mouse.click(x, y)
            return
        key = self.chance.choice(HELD) + self.chance.choice(KEYS)
        self.done.append(key)
        self.page.keyboard.press(key)

    def last(self):
        """Return the strokes before now, for the story of a failure."""
        return ", ".join(self.done[-12:])

    def look(self):
        """Note what the open return shows."""
        if self.page.evaluate(IS_PRACTICE) or not self.page.evaluate(IS_OPEN):
            return
        try:
            return_id = open_return_of(self.page, self.place.season)
        except KeyError:
            return  # a practice return
        shown = self.page.evaluate(CHOSEN)
        states = self.seen.setdefault(return_id, [])
        if not states or states[-1] != shown:
            states.append(shown)
            self.changes += len(states) > 1

    def compare(self):
        """Compare the log with what was shown, and the store with what is shown."""
        if self.page.locator("dialog.ak-panel").count():
            self.page.keyboard.press("Escape")
        if self.page.evaluate(IS_PRACTICE):
            self.page.locator(".ak-tour button", has_text="Leave the tour").click()
            self.page.wait_for_function(f"() => !({IS_PRACTICE})()", timeout=30_000)
        eventually(
            lambda: self.page.evaluate(NOTHING_WAITS),
            seconds=20,
            saying=f"something is not saved: {self.last()}",
        )
        for return_id, states in self.seen.items():
            logged = [
                shown_of(one)
                for one in judgement_history(self.place.season, return_id, assessor_id="A07")[
                    "judgement"
                ]
            ]
            for state in states:
                is_new = not state["levels"] and not state["outcome"] and not state["submitted"]
                assert is_new or state in logged, f"not in the log: {state}, {self.last()}"
        if not self.page.evaluate(IS_OPEN):
            self.place.fresh()  # all returns are judged or handed back
            self.start()
            return
        return_id = open_return_of(self.page, self.place.season)
        stored = current_judgement(self.place.season, return_id, assessor_id="A07")[1]
        shown = self.page.evaluate(CHOSEN)
        if stored is None:
            assert not shown["levels"], f"only on the screen: {shown}, {self.last()}"
            return
        assert shown == shown_of(stored), f"not what the store holds: {self.last()}"
        assert self.page.evaluate(WRITTEN) == written_in(stored), f"other words: {self.last()}"


def shown_of(judgement):
    """Return a judgement's choices as the screen shows them."""
    fields = judgement.as_dict()
    return {
        "levels": fields["levels"],
        "outcome": fields["outcome"],
        "submitted": fields["state"] == "submitted",
    }


def written_in(judgement):
    """Return a judgement's texts as the screen shows them."""
    fields = judgement.as_dict()
    texts = [*fields["comments"].values(), *fields["disagreements"].values()]
    texts += [fields["liked"], fields["advice"], fields["private_note"]]
    return sorted(text for text in texts if text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--strokes", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, browser() as started:
        place = Place("lab", Path(folder), started).fresh()
        try:
            strokes = Strokes(place, options.seed)
            strokes.make(options.strokes)
        except (AssertionError, Error) as problem:
            print(f"seed {options.seed}, stroke {len(strokes.done)}: {problem}")
            return 1
        finally:
            place.server.stop()
    print(
        f"{options.strokes} keys and clicks: the cells are unchanged, {strokes.changes} changes of"
        " choices are in the log and shown"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
