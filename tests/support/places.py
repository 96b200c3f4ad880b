"""A season on the assessor's screen, in JupyterLab and in the app, for tests in a real browser."""

import shutil
import time

import pandas as pd
import pytest
from hostile_texts import RUNS, TEXTS
from screens import app_at, lab_at, page_in

from assessor_kit import journey, tables
from assessor_kit.store import Workspace, append_rows, current_judgement, read_table
from assessor_kit.workbench.desk import Desk

LINE = "activity with every hostile text"
TYPED = 40  # milliseconds between keys


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


def make_season(folder):
    """Make three returns for one assessor, whose members wrote anything in every field."""
    made = Workspace.create(folder / "w")
    numbers = [f"X000{place}" for place in range(1, 4)]
    (folder / "register.csv").write_text(
        "member_no,grade,name,discipline\n"
        + "".join(f"{number},MIET,Ada Example,power\n" for number in numbers),
        encoding="utf-8",
    )
    lines = "".join(
        f"{number},{text},{text},soft,yes,2016-03-{place + 1:02d},3,{text},{text},{text}\n"
        for number in numbers
        for place, text in enumerate(map(quoted, TEXTS))
    )
    lines += "".join(
        f"{number},Talk by Ada"
        f" Example,event,soft,no,2016-06-01,1,,,\n{number},{quoted(RUNS[0])},event,soft,no,2016-06-01,{quoted(RUNS[0])},,,\n{number},A"
        f" long text,event,soft,no,2016-07-01,1,{quoted(RUNS[0] + ' and so on' * 40)},,\n"
        for number in numbers
    )
    (folder / "returns.csv").write_text(
        "member_no,title,activity_type,area,planned,started_on,hours,reflection,evidence,provider\n"
        + lines,
        encoding="utf-8",
    )
    journey.import_register(made, [folder / "register.csv"])
    append_rows(
        made,
        tables.ASSESSORS,
        pd.DataFrame(
            [
                {
                    "assessor_id": "A07",
                    "member_no": "",
                    "name": "",
                    "email": "",
                    "disciplines": "power",
                    "employer": "",
                    "capacity": 9,
                    "conflicts": "",
                }
            ]
        ),
    )
    journey.import_returns(made, [folder / "returns.csv"], cpd_year=2016)
    for return_id in returns_of(made):
        append_rows(
            made,
            tables.GOALS,
            pd.DataFrame(
                [
                    {
                        "return_id": return_id,
                        "goal_id": RUNS[0] if place == 0 else str(place),
                        "goal": text,
                        "area": "",
                        "target_date": None,
                        "planned_minutes": 60,
                    }
                    for place, text in enumerate(RUNS)
                ]
            ),
        )
    journey.score(made, cpd_year=2016)
    journey.allocate(made, cpd_year=2016, seed="s")
    # drawn once here, as the steps before and the screen itself do, and not anew for every test
    desk = Desk(made, "A07")
    for return_id in returns_of(made):
        desk.page(return_id)
    desk.maker.shutdown()
    return made


class Place:
    """One way to the screen: a server, and the season as it was when the server was started."""

    def __init__(self, name, folder, started, *, breakable=False):
        self.name, self.folder, self.started = name, folder, started
        self.season, self.copies = make_season(folder), 0
        self.server, self.show = (
            lab_at(folder / "lab", self.season.folder, breakable=breakable)
            if name == "lab"
            else app_at(folder / "app", self.season, breakable=breakable)
        )
        shutil.copytree(self.season.folder, folder / "as it was")
        self.pages = []

    def fresh(self):
        for page in self.pages:
            page.context.close()
        self.pages = []
        self.server.end_kernels()  # of the test before
        shutil.rmtree(self.season.folder)
        shutil.copytree(self.folder / "as it was", self.season.folder)
        self.season = Workspace.open(self.season.folder)
        self.copies += 1
        return self

    def open(self, **options):
        page, left = page_in(self.started, **options)
        self.pages.append(page)
        self.reopen(page)
        return page, left

    def reopen(self, page):
        """Open the screen (again): run the notebook in JupyterLab, or load the page of the app."""
        self.show(page, **({"copy": f"_{self.copies}"} if self.name == "lab" else {}))

    def save(self, page):
        """Save the notebook, and return its file once it contains what the notebook shows."""
        file = self.folder / "lab" / "notebooks" / f"05_assess_{self.copies}.ipynb"

        # again and again: what is saved before the kernel's answer has come holds no outputs
        def saved():
            page.evaluate(
                "() => window.jupyterapp.shell.currentWidget.context.save().then(() => true)"
            )
            return "widget-view+json" in file.read_text(encoding="utf-8")

        eventually(saved, saying="the notebook was not saved with its outputs")
        return file

    def second(self, page):
        """Open a second window on the same: another view of the notebook, or the app once more."""
        other = page.context.new_page()
        if self.name == "lab":
            self.save(page)  # an output that is not in the file is shown in no other window
            other.goto(page.url)
            other.wait_for_selector(".ak-form fieldset", timeout=60_000)
        else:
            self.reopen(other)
        return other


def returns_of(season):
    return list(read_table(season, tables.RETURNS)["return_id"])


def judged(season, return_id):
    return current_judgement(season, return_id, assessor_id="A07")[1]


def eventually(found, *, seconds=10, saying="never"):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if is_so(found):
            return
        time.sleep(0.05)
    pytest.fail(saying)


def is_so(found):
    """Return what is found; a judgement that is not stored yet, or a part of it, is not."""
    try:
        return found()
    except (AttributeError, KeyError):
        return False


def says(page, text, *, seconds=10):
    page.wait_for_function(
        "(text) => document.querySelector('.ak-status').textContent.includes(text)",
        arg=text,
        timeout=seconds * 1000,
    )


def hears(page, text, *, role="status"):
    """Wait until a screen reader is told a text, wherever its focus is."""
    page.wait_for_function(
        "([role, text]) =>"
        " document.querySelector(`.ak-heard[role=${role}]`).textContent.includes(text)",
        arg=[role, text],
        timeout=5000,
    )


def open_return_of(page, season):
    """Return the return_id of the return that is open, found by its pseudonym."""
    shown = page.locator(".ak-return h2").text_content().removeprefix("Return ")
    rows = read_table(season, tables.RETURNS)
    return rows.set_index("pseudonym")["return_id"][shown]


def focus_form(page):
    page.locator(".ak-form input[type=radio]").first.focus()


def comment_of(page):
    return page.locator(".ak-form textarea").first


def write_on(field, text):
    """Write on at the end of a field, at one go: a dialog of JupyterLab would take single keys."""
    field.fill(field.input_value() + text)
