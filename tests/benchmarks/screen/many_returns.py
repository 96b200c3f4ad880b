"""How fast is the assessor's screen with many returns in the store?

    python tests/benchmarks/screen/many_returns.py [--returns 100000] [--place app] [--kept FOLDER]

Measured in the page: from pressing the key until the next return is drawn with its charts, and from
the key to the store's acknowledgement. The same page's time to draw a frame with nothing to do is
measured too, as a probe of the machine. Making the returns takes minutes, so the store is copied
from FOLDER if one with as many returns and the same tables was made there before.
"""

import argparse
import hashlib
import json
import shutil
import signal
import statistics
import sys
import tempfile
import time
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))

from screens import in_app, in_lab, kernels_under

from assessor_kit import journey, tables
from assessor_kit.store import Workspace, append_rows, mask_returns
from assessor_kit.store.database.revision import MIGRATIONS

CPD_YEAR, ALLOCATED, LINES = 2016, 40, 12
TEXT = (
    "I learnt how the protection scheme is set, and used it on site within a month; next time I"
    " would ask for the drawings first."
)

NEXT = """() => new Promise((done) => {
  const heading = () => { const one = document.querySelector('.ak-return h2'); return one ? one.textContent : ''; };
  const before = heading(), started = performance.now();
  const seen = new MutationObserver(() => { if (heading() !== before && document.querySelectorAll('.ak-chart svg').length === 4) { seen.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - started))); } });
  seen.observe(document.querySelector('.ak-return'), { childList: true, subtree: true });
  document.querySelector('.ak-next').dispatchEvent(new KeyboardEvent('keydown', { key: 'n', bubbles: true }));
  setTimeout(() => done(-1), 10000); })"""
SAVED = """(key) => new Promise((done) => {
  const status = document.querySelector('.ak-status'), started = performance.now();
  let sent = false;
  const seen = new MutationObserver(() => { if (status.textContent === 'Saving…') sent = performance.now(); if (sent && status.textContent === 'Saved') { seen.disconnect(); done(performance.now() - sent); } });
  seen.observe(status, { childList: true, characterData: true, subtree: true });
  document.querySelector('.ak-form input[type=radio]').dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  setTimeout(() => done(-1), 10000); })"""
TYPED = """(letter) => new Promise((done) => {
  const box = document.querySelector('.ak-form textarea'), started = performance.now();
  box.focus(); document.execCommand('insertText', false, letter);
  requestAnimationFrame(() => requestAnimationFrame(() => done([performance.now() - started, box.value.length]))); })"""
FRAME = """() => new Promise((done) => { const started = performance.now(); requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - started))); })"""


def fill(season, number):
    """Add `number` scored returns of twelve activities each; A07 gets the first forty."""
    names = [f"{place:016x}" for place in range(number)]
    numbers = [f"X{place:07d}" for place in range(number)]
    moment = datetime(2017, 2, 1)  # noqa: DTZ001  (the store keeps UTC without saying so)
    append_rows(
        season,
        tables.REGISTER,
        pd.DataFrame(
            {
                "member_no": numbers,
                "joined_on": None,
                "left_on": None,
                "do_not_contact": False,
                "name": "Ada Example",
                "email": "",
                "grade": "MIET",
                "registration": "CEng",
                "discipline": "power",
                "employer": "",
                "opted_in_on": None,
            }
        ),
    )
    append_rows(
        season,
        tables.RETURNS,
        pd.DataFrame(
            {
                "return_id": names,
                "member_no": numbers,
                "cpd_year": CPD_YEAR,
                "version": 1,
                "pseudonym": [f"R-{place:06d}" for place in range(number)],
                "declared_minutes": None,
                "source_digest": "",
                "received_at": moment,
                "parked": "",
            }
        ),
    )
    rules, chance = season.rules(CPD_YEAR), np.random.default_rng(1)
    for start in range(0, number, 5_000):
        part = names[start : start + 5_000]
        lines = len(part) * LINES
        append_rows(
            season,
            tables.ACTIVITIES,
            pd.DataFrame(
                {
                    "return_id": np.repeat(part, LINES),
                    "activity_no": np.tile(np.arange(1, LINES + 1), len(part)),
                    "source_row": np.tile(np.arange(2, LINES + 2), len(part)),
                    "title": "Course on protection relays",
                    "activity_type": chance.choice(
                        [one.code for one in rules.activity_types], lines
                    ),
                    "area": chance.choice([one.code for one in rules.areas], lines),
                    "planned": chance.choice(["yes", "no", "unmarked"], lines),
                    "goal_id": "",
                    "started_on": date(CPD_YEAR, 5, 3),
                    "ended_on": date(CPD_YEAR, 5, 3),
                    "minutes": chance.integers(30, 450, lines),
                    "counts": True,
                    "doubtful": False,
                    "competences": "A",
                    "learning": "",
                    "reflection": TEXT,
                    "evidence": "",
                    "raw": "{}",
                }
            ),
        )
    append_rows(
        season,
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
                    "capacity": ALLOCATED,
                    "conflicts": "",
                }
            ]
        ),
    )
    append_rows(
        season,
        tables.ALLOCATIONS,
        pd.DataFrame(
            {
                "return_id": names[:ALLOCATED],
                "assessor_id": "A07",
                "marking": "first",
                "allocated_on": date(2017, 2, 1),
                "due_on": date(2017, 3, 15),
            }
        ),
    )
    journey.score(season, cpd_year=CPD_YEAR)
    mask_returns(season, names[:ALLOCATED])  # as an allocation does


def made_before(folder, number):
    """Return a workspace of that many returns, made now unless one fits today's tables."""
    tables_now = hashlib.sha256(
        (MIGRATIONS / "versions" / "r0001_first.py").read_bytes()
    ).hexdigest()[:12]
    place = folder / f"{number}-{tables_now}"
    if not (place / "whole").exists():
        shutil.rmtree(place, ignore_errors=True)
        fill(Workspace.create(place), number)
        (place / "whole").touch()
    return place


def kernels():
    return kernels_under(psutil.Process())


def told(name, times):
    ordered = sorted(times)
    return (
        f"{name}: median {statistics.median(times):.0f} ms, p95"
        f" {ordered[int(len(ordered) * 0.95)]:.0f} ms, n {len(times)}"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--returns", type=int, default=100_000)
    parser.add_argument(
        "--kept", type=Path, default=Path(tempfile.gettempdir()) / "assessor-kit-benchmark"
    )
    parser.add_argument("--place", choices=["app", "lab"], default="app")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        started = time.monotonic()
        shutil.copytree(made_before(options.kept, options.returns), Path(name) / "w")
        season = Workspace.open(Path(name) / "w")
        print(f"{options.returns} returns in the store after {time.monotonic() - started:.0f} s")
        place = in_app if options.place == "app" else in_lab
        started = time.monotonic()
        with place(Path(name) / "home", season) as (page, left):
            page.wait_for_function("() => document.querySelectorAll('.ak-chart svg').length === 4")
            print(
                "cold start to a usable first return with charts, browser and server included:"
                f" {time.monotonic() - started:.1f} s"
            )
            nexts, saves, frames = [], [], []
            for _ in range(ALLOCATED - 1):
                # a person reads for a second at the least; the next return is made ready meanwhile
                page.wait_for_timeout(1000)
                frames.append(page.evaluate(FRAME))
                nexts.append(page.evaluate(NEXT))
            for press in range(100):
                page.wait_for_timeout(60)
                saves.append(page.evaluate(SAVED, str(press % 4 + 1)))
            for one in kernels():  # busy for two seconds, and answers nothing
                one.send_signal(signal.SIGSTOP)
            typed = [page.evaluate(TYPED, "e") for _ in range(100)]
            for one in kernels():
                one.send_signal(signal.SIGCONT)
            assert min(nexts + saves) > 0, "a return or a save took over ten seconds"
            assert [length for _, length in typed] == list(range(1, 101)), "a letter is missing"
        for line in (
            told(
                "a letter on the page while the kernel is stopped",
                [seconds for seconds, _ in typed],
            ),
            told("next return drawn with charts", nexts),
            told("a change acknowledged by the store", saves),
            told("probe: two empty frames", frames),
        ):
            print(line)
        print(
            json.dumps(
                {"place": options.place, "returns": options.returns, "requests_that_left": left}
            )
        )


if __name__ == "__main__":
    main()
