"""How many clicks, keys and turns of the wheel does a review take, and how long is each wait?

    python tests/benchmarks/screen/volunteer.py [--returns 5] [--against FOLDER]

Acts as a volunteer does on a laptop's screen: reads each return to its end, judges one point lower
than sound and says why, has the rest sound, chooses an outcome, writes advice, submits, and goes on
to the next return: first by mouse alone, then by keyboard alone. Words are typed and not counted. A
press with Shift is one key. What is not in sight is brought there by the wheel, by turns of 100 px,
which are counted; so are those, or the presses of PageDown, that the return itself takes to read.

With `--against`, the app of another checkout, on returns made by it, is used in turn with this one:
each wait of both is measured in the same minutes of the machine.
"""

import argparse
import contextlib
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve()
ROOT = HERE.parents[3]
sys.path.insert(0, str(HERE.parents[2] / "support"))
sys.path.insert(0, str(HERE.parent))

MOST_CLICKS, MOST_KEYS = 8, 20
TURN = 100  # pixels
LAPTOP = {"width": 1366, "height": 768}
COMMENT = "Please say what you would do differently next time."
ADVICE = "Keep a line on each activity while it is fresh, and say what it changed in your work."

# notes when something was pressed, when another return is drawn, and when a save is acknowledged
RECORDER = """() => {
    const times = (window.volunteer = { next: [], saved: [] });
    let pressed = 0, sent = 0, shown = '';
    for (const name of ['click', 'keydown']) {
        document.addEventListener(name, () => { pressed = performance.now(); }, true); }
    const heading = () => document.querySelector('.ak-return h2')?.textContent ?? '';
    shown = heading();
    new MutationObserver(() => {
        if (!heading() || heading() === shown) return;
        shown = heading();
        const from = pressed;
        requestAnimationFrame(() => requestAnimationFrame(() =>
            times.next.push(performance.now() - from)));
    }).observe(document.querySelector('.ak-return'), { childList: true, subtree: true });
    const status = document.querySelector('.ak-status');
    new MutationObserver(() => {
        if (status.textContent === 'Saving…') sent = performance.now();
        if (sent && /^(Saved|Submitted and saved)/.test(status.textContent)) {
            times.saved.push(performance.now() - sent); sent = 0; }
    }).observe(status, { childList: true, characterData: true, subtree: true }); }"""
# how far a pane can still be turned, and whether an element's middle is in sight
LEFT_TO_READ = """() => { const pane = document.querySelector('.ak-return');
    return pane.scrollHeight - pane.clientHeight - pane.scrollTop; }"""
IS_IN_SIGHT = """(one) => { const box = one.getBoundingClientRect();
    const shown = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return Boolean(shown) && (one.contains(shown) || shown.contains(one)); }"""
IS_BELOW = """(one) => { const box = one.getBoundingClientRect();
    const pane = one.closest('.ak-side, .ak-return')?.getBoundingClientRect();
    return box.top + box.height / 2 > (pane ? (pane.top + pane.bottom) / 2 : innerHeight / 2); }"""
FOCUSED = "() => document.activeElement.name || document.activeElement.ariaLabel || ''"


class Volunteer:
    """One person at one screen, who counts what each return takes."""

    def __init__(self, page):
        self.page = page
        self.count = Counter()
        self.reviews = []  # (way, what was counted)
        page.evaluate(RECORDER)

    # by mouse

    def click(self, target):
        """Turn the wheel until something is in sight, and click it."""
        one = target.element_handle()
        for _ in range(100):
            if one.evaluate(IS_IN_SIGHT):
                break
            step = TURN if one.evaluate(IS_BELOW) else -TURN
            self.page.locator(".ak-side").hover(position={"x": 20, "y": 300})
            self.turn(step)
            self.count["turns elsewhere"] += 1
        box = one.bounding_box()
        self.count["clicks"] += 1
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def turn(self, step):
        """Turn the wheel by one step, and wait until it has moved what is below it."""
        self.page.mouse.wheel(0, step)
        self.page.wait_for_timeout(80)

    def read_by_mouse(self):
        """Read the return to its end."""
        self.count["turns its reading needs"] = math.ceil(self.page.evaluate(LEFT_TO_READ) / TURN)
        self.page.locator(".ak-return").hover(position={"x": 300, "y": 300})
        while self.page.evaluate(LEFT_TO_READ) > 1:
            self.turn(TURN)
            self.count["turns to read"] += 1

    def review_by_mouse(self, place):
        """Review the open return without a key but for words."""
        page = self.page
        self.read_by_mouse()
        point = page.locator(".ak-point").nth(place)
        level = point.locator(".ak-level").nth(2)
        if page.locator(".ak-tick").count() and not level.element_handle().evaluate(IS_IN_SIGHT):
            self.click(page.locator(".ak-tick").nth(place))
        self.click(level)
        self.click(point.locator("textarea"))
        page.keyboard.type(COMMENT)
        if page.locator(".ak-rest").count():
            self.click(page.locator(".ak-rest"))
        else:
            for other in range(page.locator(".ak-point").count()):
                if other != place:
                    self.click(page.locator(".ak-point").nth(other).locator(".ak-level").nth(1))
        self.click(page.locator(".ak-outcome .ak-level").nth(1))
        self.click(page.locator(".ak-writing textarea").nth(1))
        page.keyboard.type(ADVICE)
        self.click(page.locator(".ak-submit"))
        self.submitted()
        self.go_on(lambda: self.click(page.locator(".ak-next")))

    # by keyboard

    def press(self, key, *, kind="keys"):
        """Press a key."""
        self.count[kind] += 1
        self.page.keyboard.press(key)

    def read_by_keyboard(self):
        """Read the return to its end."""
        before = None
        while before != (left := self.page.evaluate(LEFT_TO_READ)) and left > 1:
            before = left
            self.press("PageDown", kind="PageDown to read")
            self.page.wait_for_timeout(250)

    def review_by_keyboard(self, place, *, has_rest):
        """Review the open return without a mouse."""
        page = self.page
        self.read_by_keyboard()
        number = page.locator(".ak-point").count()
        for _ in range(place):
            if not has_rest:
                self.press("2")
            self.press("j")
        self.press("3")
        self.press("c")
        page.keyboard.type(COMMENT)
        self.press("Escape")
        if has_rest:
            self.press("0")
        else:
            for _ in range(place + 1, number):
                self.press("j")
                self.press("2")
            self.press("j")
        self.press("2")
        self.press("j")
        while page.evaluate(FOCUSED) != "" or "Advice" not in self.label_of_focused():
            self.press("Tab")
        page.keyboard.type(ADVICE)
        self.press("Escape")
        self.press("Shift+S")
        self.submitted()
        # a screen may lose the focus with what it locks, and in a field "n" is only a letter
        while self.page.evaluate("() => document.activeElement.matches('body, textarea')"):
            self.press("Tab")
        self.go_on(lambda: self.press("n"))

    def label_of_focused(self):
        """Return the label of the field that has the focus."""
        return self.page.evaluate(
            "() => document.activeElement.closest('label')?.textContent ?? ''"
        )

    # both

    def submitted(self):
        """Wait until the store has acknowledged the submission."""
        self.page.wait_for_function(
            "() => document.querySelector('.ak-status').textContent.startsWith('Submitted and sav')"
        )

    def go_on(self, step):
        """Go to the next return and wait until it is there; keep what this one took."""
        self.page.wait_for_timeout(300)  # a person looks up
        before = self.page.locator(".ak-return h2").text_content()
        step()
        self.page.wait_for_function(
            "(before) => document.querySelector('.ak-return h2').textContent !== before",
            arg=before,
        )
        self.page.wait_for_timeout(300)
        self.reviews.append(self.count)
        self.count = Counter()

    def has_key_for_the_rest(self):
        """Whether the screen explains a key that sets the rest to sound."""
        self.page.locator(".ak-top button", has_text="Keys").click()
        keys = self.page.locator("dialog dt").all_text_contents()
        self.page.keyboard.press("Escape")
        self.page.locator(".ak-return h2").focus()
        return "0" in keys


def serve(folder, number):
    """Make returns in a folder, and say how the app on them is started: called in each checkout."""
    from many_returns import fill

    from assessor_kit.cli.servers import app_server
    from assessor_kit.store import Workspace

    season = Workspace.create(folder / "w")
    fill(season, number)
    from screens import free_port

    made = app_server(season, assessor_id="A07", port=free_port(), open_browser=False)
    print(json.dumps([list(made.command), made.environment, made.address]))


def served(checkout, folder, number):
    """Return the started server of a checkout's app, and its address."""
    from screens import Server

    folder.mkdir()
    # its own kit, wherever this is called from
    environment = {**os.environ, "PYTHONPATH": str(checkout), "PYTHONSAFEPATH": "1"}
    said = subprocess.run(
        [sys.executable, str(HERE), "--serve", str(folder), "--returns", str(number)],
        env=environment,
        cwd=checkout,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    command, made, address = json.loads(said.splitlines()[-1])
    probe = address.replace("/?", "/no-such-page?")
    return Server(command, made, folder / "home", probe=probe), address


def act(checkouts, returns):
    """Review returns on each checkout's screen in turn; return the volunteers by name."""
    from screens import READY_FORM, browser, page_in

    volunteers = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        browser() as started,
        contextlib.ExitStack() as stack,
    ):
        for name, checkout in checkouts.items():
            server, address = served(checkout, Path(folder) / name, 2 * returns + 1)
            stack.callback(server.stop)
            page, _ = page_in(started, **LAPTOP)
            stack.callback(page.context.close)
            page.goto(address)
            page.wait_for_selector(READY_FORM, timeout=60_000)
            volunteers[name] = Volunteer(page)
        rests = {name: one.has_key_for_the_rest() for name, one in volunteers.items()}
        for place in range(returns):
            for one in volunteers.values():
                one.review_by_mouse(place % 7)
        for place in range(returns):
            for name, one in volunteers.items():
                one.review_by_keyboard(place % 7, has_rest=rests[name])
        for one in volunteers.values():
            one.times = one.page.evaluate("() => window.volunteer")
    return volunteers


def above_the_aim(reviews):
    """Return what is above the aim, in words."""
    wrong = []
    for number, one in enumerate(reviews, 1):
        if one["clicks"] > MOST_CLICKS:
            wrong.append(f"return {number}: {one['clicks']} clicks")
        if one["keys"] > MOST_KEYS:
            wrong.append(f"return {number}: {one['keys']} keys")
        turns = one["turns to read"] + one["turns elsewhere"]
        if turns > one["turns its reading needs"]:
            wrong.append(f"return {number}: {turns} turns of the wheel, its reading needs fewer")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--returns", type=int, default=5, help="by mouse, and as many by keyboard")
    parser.add_argument("--against", type=Path, help="the folder of another checkout")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, options.returns)
        return 0
    checkouts = {"here": ROOT}
    if options.against:
        checkouts["there"] = options.against.resolve()
    volunteers = act(checkouts, options.returns)
    for name, one in volunteers.items():
        for number, counted in enumerate(one.reviews, 1):
            print(f"{name}, return {number}: {dict(counted)}")
    for what in ("next", "saved"):
        medians = {name: statistics.median(one.times[what]) for name, one in volunteers.items()}
        said = ", ".join(f"{name} {median:.0f} ms" for name, median in medians.items())
        ratio = f", ratio {medians['here'] / medians['there']:.2f}" if options.against else ""
        meaning = {
            "next": "the next return is drawn after",
            "saved": "a change is acknowledged after",
        }
        print(f"{meaning[what]} {said}{ratio}")
    wrong = above_the_aim(volunteers["here"].reviews)
    print("\n".join(wrong) or f"at most {MOST_CLICKS} clicks or {MOST_KEYS} keys a return: holds")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
