"""Is a word ever lost, whatever an assessor does and whatever goes wrong meanwhile?

    python tests/benchmarks/screen/sequences.py [--sequences 200] [--lab 20] [--seed 1]

Each sequence opens the screen in a browser, on a real store, and does a dozen things that an
assessor does, chosen by chance: rates, writes, chooses an outcome, takes a phrase, disagrees with a
finding, reads an activity otherwise, undoes and redoes, goes to another return, submits, reopens,
closes a panel with Esc, tells staff something, hands back. In between things go wrong: the disk is
full, another program holds the database, it may only be read, the program is killed, the network is
cut, the page is loaded again, the tab is closed, the server is started again.

At the end every word that stood in a field is in the store, or closing the tab asked about it; no
exception was raised in the page, in the program or in the server. A sequence depends on its seed
alone, and a failing one is named: `--seed 17 --sequences 1` plays it again. `make test` runs a few.
"""

import argparse
import contextlib
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))

from faults import locked, no_room, read_only
from places import Place, returns_of
from playwright.sync_api import Error
from screens import browser

from assessor_kit.store import judgement_history
from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.log.assessor_events import events_of_kind
from assessor_kit.vocabulary import EventKind

ACTS_IN_A_SEQUENCE = 12
WARNING = ".ak-unsaved:visible"
SECONDS_TO_SETTLE = 120
SECONDS_BEFORE_RELOAD = 40  # a person waits no longer before the page is loaded again
KEPT = """() => Object.keys(sessionStorage).filter((key) => key.startsWith('assessor-kit'))"""
# what the tab alone holds: of judgements, and words for a panel that were not sent
HELD = (
    """() => Object.entries(sessionStorage).filter(([key]) => !key.includes('-draft')).join(' ')"""
)
DRAFTS = (
    """() => Object.entries(sessionStorage).filter(([key]) => key.includes('-draft')).join(' ')"""
)
# a part of our own program appears in the trace
OURS = ("blob:", "assessor_kit", "screen.js")
# what a browser notes by itself where a server does not answer
NETWORK = ("Failed to load resource", "WebSocket connection", "net::ERR_")
PATIENCE = 3000  # milliseconds for one step of an act


class Sequence:
    """One assessor's acts, with the words typed and what went wrong."""

    def __init__(self, place, seed):
        self.place, self.seed = place, seed
        self.chance = random.Random(seed)
        self.typed = {}  # word -> the return it was written on
        self.asked = {}  # word -> what the screen said when closing its tab was asked about
        self.handed_back = set()
        self.done = []  # for the story of a failure
        self.exceptions = []
        self.faults = contextlib.ExitStack()
        self.fault = ""
        self.log_start = place.server.log.stat().st_size

    # the page

    def open(self):
        """Open the screen in a new tab."""
        if not self.place.pages:
            page, _ = self.place.open()
            self.spare = page.context.new_page()  # so that the browser's context lives on
            page.bring_to_front()
        else:
            page = self.spare.context.new_page()
            self.place.reopen(page)
        self.page = page
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.exceptions.append(f"in the page: {error.stack}"))
        page.on("console", self.hear)
        page.on("dialog", self.agree)
        self.dialogs = []

    def hear(self, message):
        """Note an error that the page reports."""
        if message.type != "error" or any(one in message.text for one in NETWORK):
            return
        place = message.location.get("url", "")
        if self.place.name == "app" or any(one in f"{place} {message.text}" for one in OURS):
            self.exceptions.append(f"on the console: {message.text[:400]} ({place[:80]})")

    def agree(self, dialog):
        """Leave the page after all."""
        self.dialogs.append(dialog.type)
        with contextlib.suppress(Error):
            dialog.accept()

    def is_shown(self, selector):
        """Whether something is on the screen just now."""
        return self.page.locator(f"{selector}:visible").count() > 0

    def status(self):
        """Return what the screen says about saving, and in which tone."""
        box = self.page.locator(".ak-status")
        if not box.count():
            return "", ""
        return box.text_content(), box.get_attribute("data-tone")

    def open_return(self):
        """Return the name of the return that is open; empty if none is."""
        heading = self.page.locator(".ak-return h2:visible")
        return heading.first.text_content().removeprefix("Return ") if heading.count() else ""

    def clear(self):
        """Answer what the screen or JupyterLab asks before anything else can be done."""
        for _ in range(5):
            dialog = self.page.locator(".jp-Dialog")
            if dialog.count():
                with contextlib.suppress(Error):
                    dialog.last.locator(".jp-Dialog-footer button").last.click()
                continue
            panel = self.page.locator("dialog.ak-panel")
            if not panel.count():
                return
            choices = panel.locator(
                ".ak-theirs, .ak-mine-over, button:has-text('Stay and try again'),"
                " button:has-text('Go on and keep trying')"
            )
            if choices.count():
                with contextlib.suppress(Error):
                    choices.nth(self.chance.randrange(choices.count())).click()
            else:
                self.page.keyboard.press("Escape")

    # the acts: each returns whether there was anything to do it with

    def write(self, field):
        """Write a word that nothing else holds; it counts once it stands in the field."""
        if field is None:
            return False
        word = f"w{self.seed}n{len(self.typed)}e"
        if self.place.name == "app" and self.chance.random() < 0.5:
            field.focus()
            field.press("End")
            self.page.keyboard.type(f" {word}", delay=self.chance.choice([0, 20, 60]))
        else:
            # at one go: a dialog of JupyterLab would take single keys
            field.fill(f"{field.input_value()} {word}".strip())
        if word in field.input_value():
            self.typed[word] = self.open_return()
        return True

    def any_of(self, selector):
        """Return one of the elements that are shown, or None."""
        found = self.page.locator(f"{selector}:visible")
        number = found.count()
        return found.nth(self.chance.randrange(number)) if number else None

    def click(self, selector):
        """Click one of the elements that are shown."""
        one = self.any_of(selector)
        if one:
            one.click()
        return bool(one)

    def rate(self):
        """Rate points by key."""
        if not self.click(".ak-tick"):
            return False
        for _ in range(self.chance.randint(1, 4)):
            self.page.keyboard.press(self.chance.choice("1234"))
            self.page.keyboard.press(self.chance.choice("jjk"))
        return True

    def rate_by_mouse(self):
        """Rate a point by mouse."""
        return self.click(".ak-point .ak-level")

    def comment(self):
        """Write a comment."""
        return self.write(self.any_of(".ak-point textarea:not([readonly])"))

    def advise(self):
        """Write what was liked, advice or a note."""
        return self.write(self.any_of(".ak-writing textarea:not([readonly])"))

    def choose_outcome(self):
        """Choose an outcome."""
        return self.click(".ak-outcome .ak-level")

    def take_phrase(self):
        """Put a phrase into a comment."""
        return self.click(".ak-phrases") and self.click("dialog .ak-phrase")

    def disagree(self):
        """See a finding differently, and say why."""
        self.click(".ak-finding button[aria-expanded=false]")
        return self.write(self.any_of(".ak-finding input:not([readonly])"))

    def read_otherwise(self):
        """Read an activity differently from how the member wrote it; or leave it with Esc."""
        if not self.click(".ak-activity .ak-under > button"):
            return False
        self.page.locator("dialog select").nth(3).select_option("do not count")
        reason = self.page.locator("dialog input[type=text]")
        if reason.input_value():  # another reading would take the place of this one
            self.page.keyboard.press("Escape")
            return False
        self.write(reason)
        if self.chance.random() < 0.3:
            self.page.keyboard.press("Escape")
        else:
            self.page.get_by_role("button", name="Save this reading").click()
        return True

    def undo_and_redo(self):
        """Undo and redo by key, quickly."""
        heading = self.any_of(".ak-return h2")
        if heading:
            heading.focus()
            for _ in range(self.chance.randint(1, 4)):
                self.page.keyboard.press(self.chance.choice("uuU"))
        return bool(heading)

    def set_the_rest(self):
        """Set the rest to sound."""
        return self.click(".ak-rest")

    def submit(self):
        """Set what is missing, and submit."""
        return self.set_the_rest() and self.choose_outcome() and self.click(".ak-submit")

    def reopen(self):
        """Reopen a submitted judgement."""
        return self.click(".ak-reopen") and self.click(".ak-reopen-now")

    def go_on(self):
        """Go to the next return."""
        return self.click(".ak-next")

    def go_to_another(self):
        """Open another return from the list."""
        return self.click(".ak-mine") and self.click("dialog .ak-open")

    def tell_staff(self):
        """Write to staff in confidence, and send it or close the panel with Esc."""
        return self.write_to_staff("Tell staff in confidence", "Send to staff")

    def hand_back(self):
        """Hand the return back, or think better of it."""
        name = self.open_return()
        found = self.write_to_staff("Hand back", "Hand it back")
        if found and self.page.locator("dialog").count() == 0:
            self.handed_back.add(name)
        return found

    def write_to_staff(self, opened, sent):
        """Write in one of the panels to staff, and send it or close the panel with Esc."""
        if not self.click(f".ak-tools button:has-text('{opened}')"):
            return False
        self.write(self.page.locator("dialog textarea"))
        if self.chance.random() < 0.5:
            self.page.get_by_role("button", name=sent).click()
            self.page.wait_for_timeout(200)
        else:
            self.page.keyboard.press("Escape")
        return True

    def look_around(self):
        """Open a panel and close it with Esc."""
        panels = ("My returns", "Keys", "Preview", "Hand back", "Tell staff")
        if not self.click(f".ak-top button:has-text('{self.chance.choice(panels)}')"):
            return False
        self.page.keyboard.press("Escape")
        return True

    def try_now(self):
        """Press Try now where something is not saved."""
        return self.click(".ak-try-now")

    def wait(self):
        """Do nothing for a while."""
        self.page.wait_for_timeout(self.chance.choice([100, 500, 2500]))
        return True

    # the faults

    def reload(self):
        """Load the page again."""
        self.page.set_default_timeout(60_000)
        self.place.reopen(self.page)
        self.page.set_default_timeout(PATIENCE)

    def close_tab(self):
        """Close the tab; what it still holds alone must have been asked about."""
        held, drafts = self.page.evaluate(HELD), self.page.evaluate(DRAFTS)
        said, tone = self.status()
        self.dialogs.clear()
        self.page.close(run_before_unload=True)
        until = time.monotonic() + 20
        while not self.page.is_closed() and time.monotonic() < until:
            self.spare.wait_for_timeout(50)
        assert self.page.is_closed(), "the tab did not close"
        if "beforeunload" in self.dialogs:
            self.asked |= dict.fromkeys([word for word in self.typed if word in drafts], "")
            self.asked |= {word: f"{said} ({tone})" for word in self.typed if word in held}

    def new_tab(self):
        """Close the tab and open another."""
        self.close_tab()
        self.open()

    def kill(self):
        """Kill the program."""
        for kernel in self.place.server.kernels():
            with contextlib.suppress(Exception):
                kernel.kill()

    def restart_server(self):
        """Stop the server and start it again after a few acts."""
        self.place.server.stop()
        self.faults.callback(self.place.server.start)

    def fill_disk(self):
        """Leave no room on the disk."""
        kernels = self.place.server.kernels()
        if kernels:
            self.faults.enter_context(no_room(kernels[0]))

    def lock(self):
        """Have another program hold the database."""
        self.faults.enter_context(locked(self.place.season))

    def allow_reading_only(self):
        """Have the program find a database that it may only read."""
        self.faults.enter_context(read_only(self.place.season))
        self.reload()

    def cut(self):
        """Cut the network."""
        self.place.server.relay.cut()
        self.faults.callback(self.place.server.relay.mend)

    def mend(self):
        """End the fault that goes on."""
        self.faults.close()
        self.fault = ""

    # the sequence

    def play(self):
        """Play the sequence and return what was wrong with it."""
        self.open()
        faults = dict(
            zip(
                sorted(self.chance.sample(range(2, ACTS_IN_A_SEQUENCE), 2)),
                self.chance.sample(FAULTS, 2),
                strict=True,
            )
        )
        until = 0
        try:
            for number in range(ACTS_IN_A_SEQUENCE):
                # its own chance: what one act finds or not decides nothing about the others
                self.chance = random.Random(f"{self.seed} {number}")
                if self.fault and number >= until:
                    self.do(Sequence.mend)
                if number in faults and not self.fault:
                    until = number + self.chance.randint(1, 4)
                    self.fault = faults[number].__name__
                    self.do(faults[number])
                self.act()
            self.do(Sequence.mend)
            self.do(Sequence.settle)
            self.do(Sequence.close_tab)
        finally:
            self.faults.close()
        return self.wrongs()

    def act(self):
        """Do one of the things that an assessor can do now."""
        with contextlib.suppress(Error):
            self.clear()
        for act in self.chance.choices(list(ACTS), weights=list(ACTS.values()), k=8):
            try:
                if self.do(act):
                    return
            except Error as problem:
                # While the page is stopped, or an answer changes what is shown, a press finds
                # nothing.
                self.done[-1] += f" [{str(problem).splitlines()[0][:90]}]"
                return

    def do(self, step):
        """Do one step, and keep it for the story."""
        self.done.append(f"{step.__name__}{f' ({self.fault})' if self.fault else ''}")
        done = step(self)
        if done is False:
            self.done.pop()
        return done

    def settle(self):
        """Do what the screen advises until everything is saved."""
        started = loaded = time.monotonic()
        while time.monotonic() < started + SECONDS_TO_SETTLE:
            self.clear()
            said, _ = self.status()
            has_stopped = "has stopped" in said or not self.is_shown(".ak-screen")
            if has_stopped or time.monotonic() > loaded + SECONDS_BEFORE_RELOAD:
                self.reload()
                loaded = time.monotonic()
            waiting = [key for key in self.page.evaluate(KEPT) if "-draft" not in key]
            if not waiting and not self.page.locator(WARNING).count():
                return
            with contextlib.suppress(Error):  # it may be saved while the button is looked for
                self.try_now()
            self.page.wait_for_timeout(300)
            if self.handed_back and time.monotonic() > started + SECONDS_BEFORE_RELOAD:
                return  # nobody may write on it any more; it is named until the tab is closed
        raise AssertionError(f"not saved after {SECONDS_TO_SETTLE} s: {self.status()}, {waiting}")

    def wrongs(self):
        """Return each word that is lost, and each exception."""
        held = self.everything_stored()
        lost = [
            f"{word}, written on {name}, is lost"
            for word, name in self.typed.items()
            if word not in held and word not in self.asked
        ]
        unnamed = [
            f"{word} was asked about while the screen said {said}"
            for word, said in self.asked.items()
            if word not in held and "(good)" in said
        ]
        return [*lost, *unnamed, *self.exceptions, *self.traces()]

    def everything_stored(self):
        """Return all words that the store holds, of each save and each message to staff."""
        season = self.place.season
        names = returns_of(season)
        texts = []
        for return_id in names:
            history = judgement_history(season, return_id, assessor_id="A07")
            texts += [str(one.as_dict()) for one in history["judgement"]]
        with read_transaction(season.engine) as connection:
            for kind in (EventKind.READING, EventKind.HAND_BACK, EventKind.CONFIDENCE):
                events = events_of_kind(connection, kind, return_ids=names, assessor_id="A07")
                texts += [str(one["written"]) for one in events]
        return " ".join(texts)

    def traces(self):
        """Return the exceptions of our own that the server or the program printed."""
        with self.place.server.log.open(encoding="utf-8", errors="replace") as log:
            log.seek(self.log_start)
            printed = log.read()
        parts = printed.split("Traceback (most recent call last)")[1:]
        return [f"printed: {part[:1500]}" for part in parts if "assessor_kit" in part]


ACTS = {
    Sequence.rate: 4,
    Sequence.rate_by_mouse: 3,
    Sequence.comment: 8,
    Sequence.advise: 6,
    Sequence.choose_outcome: 2,
    Sequence.take_phrase: 2,
    Sequence.disagree: 3,
    Sequence.read_otherwise: 2,
    Sequence.undo_and_redo: 4,
    Sequence.set_the_rest: 1,
    Sequence.submit: 2,
    Sequence.reopen: 2,
    Sequence.go_on: 3,
    Sequence.go_to_another: 3,
    Sequence.tell_staff: 1,
    Sequence.hand_back: 1,
    Sequence.look_around: 2,
    Sequence.try_now: 2,
    Sequence.wait: 2,
}
FAULTS = [
    Sequence.reload,
    Sequence.new_tab,
    Sequence.kill,
    Sequence.restart_server,
    Sequence.fill_disk,
    Sequence.lock,
    Sequence.allow_reading_only,
    Sequence.cut,
]


def play(place, seed):
    """Play the sequence of a seed; raise AssertionError with its story where it went wrong."""
    sequence = Sequence(place, seed)
    try:
        wrongs = sequence.play()
    except (AssertionError, Error) as problem:
        wrongs = [f"{type(problem).__name__}: {problem}", *sequence.exceptions]
    if wrongs:
        story = "\n  ".join([*sequence.done, "", *wrongs])
        raise AssertionError(f"seed {seed} in {place.name}:\n  {story}")
    return len(sequence.typed), len(sequence.asked)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sequences", type=int, default=200, help="in the app")
    parser.add_argument("--lab", type=int, default=20, help="in JupyterLab, besides")
    parser.add_argument("--seed", type=int, default=1, help="of the first sequence")
    options = parser.parse_args()
    wrong = words = asked = 0
    with tempfile.TemporaryDirectory() as folder, browser() as started:
        for name, number in (("app", options.sequences), ("lab", options.lab)):
            if not number:
                continue
            (Path(folder) / name).mkdir()
            place = Place(name, Path(folder) / name, started, breakable=True)
            try:
                for seed in range(options.seed, options.seed + number):
                    try:
                        typed, named = play(place.fresh(), seed)
                    except AssertionError as problem:
                        wrong += 1
                        print(problem, flush=True)
                        continue
                    words, asked = words + typed, asked + named
                    if (seed - options.seed + 1) % 10 == 0:
                        print(f"until seed {seed} in {name}", file=sys.stderr, flush=True)
            finally:
                place.server.stop()
    print(
        f"{options.sequences + options.lab} sequences, {words} words typed, {asked} of them asked"
        f" about when a tab was closed, {wrong} sequences wrong"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
