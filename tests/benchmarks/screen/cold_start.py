"""How long until the first return can be judged, beside a notebook with a single button?

    python tests/benchmarks/screen/cold_start.py [--times 5]

Both notebooks are opened in turn, each with a newly started kernel of its own, by the same server
and the same browser, whose cache is warm from the second opening on. The time is measured from
requesting the page to the button, and to the first return with its four charts and its judgement
form. No kernel is started or warmed up beforehand for either. The charts of the return that an
assessor sees first are kept in the workspace: the steps before (allocation, scoring) draw them, and
each return draws the next. The third figure is for the same return with that folder emptied before
every opening, as in a workspace where those steps were not run: then altair and the drawing engine
are loaded first.
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))

from commands import run_cli
from screens import READY, browser_page, free_port, running

from assessor_kit.cli.servers import HOME, app_server
from assessor_kit.store import Workspace

ONE_BUTTON = {
    "cells": [
        {
            "cell_type": "code",
            "id": "one",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": (
                "import ipywidgets\n\nbutton ="
                " ipywidgets.Button(description='one')\nbutton.add_class('one-button')\nbutton"
            ),
        }
    ],
    "metadata": {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
    },
    "nbformat": 4,
    "nbformat_minor": 5,
}
FIRST_RETURN = (
    "() => document.querySelectorAll('.ak-chart svg').length === 4 &&"
    " document.querySelector('.ak-form fieldset')"
)
OPENED = {
    "one button": ("one", "() => document.querySelector('.one-button')"),
    "first return": ("assess", FIRST_RETURN),
    "nothing drawn yet": ("assess", FIRST_RETURN),
}


def notebooks_in(folder):
    folder.mkdir()
    shutil.copy(HOME / "assess.ipynb", folder)
    (folder / "one.ipynb").write_text(json.dumps(ONE_BUTTON), encoding="utf-8")
    return folder


def in_turn(page, address_of, *, times, lab, drawings):
    """Return the seconds that each notebook took, opened in turn."""
    seconds = {name: [] for name in OPENED}
    for _ in range(times):
        for name, (notebook, shown) in OPENED.items():
            page.goto("about:blank")
            # the kernel before has ended, and what it still drew ahead is drawn
            page.wait_for_timeout(1500)
            if name == "nothing drawn yet":
                shutil.rmtree(drawings, ignore_errors=True)
            started = time.monotonic()
            page.goto(address_of(notebook))
            if lab:
                page.wait_for_function(READY, timeout=90_000)
                page.evaluate(
                    "() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }"
                )
            page.wait_for_function(shown, timeout=90_000)
            seconds[name].append(time.monotonic() - started)
            if lab:
                page.evaluate(
                    "() => { window.jupyterapp.commands.execute('kernelmenu:shutdown'); }"
                )
                page.wait_for_timeout(1500)
    return seconds


def told(place, seconds):
    one, *ours = (statistics.median(seconds[name]) for name in OPENED)
    print(
        f"{place}:"
        f" {', '.join(f'{name} {statistics.median(those):.2f} s' for name, those in seconds.items())};"
        f" ratios {' and '.join(f'{each / one:.2f}' for each in ours)} (medians of"
        f" {len(seconds['one button'])})"
    )
    print(
        json.dumps(
            {place: {name: [round(one, 2) for one in those] for name, those in seconds.items()}}
        )
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument(
        "--workspace",
        type=Path,
        help="a sample workspace that `assessor-kit demo` made; without it one is made",
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        if options.workspace is None:
            run_cli("demo", "--no-lab", workspace=home / "w")
        season = Workspace.open(options.workspace or home / "w")
        notebooks = notebooks_in(home / "notebooks")
        server = app_server(
            season, assessor_id="A07", port=(port := free_port()), open_browser=False
        )
        token = server.address.partition("token=")[2]
        server = replace(server, command=(*server.command[:3], str(notebooks), *server.command[4:]))
        with (
            running(
                server.command,
                server.environment,
                home / "app",
                probe=f"http://127.0.0.1:{port}/no-such-page",
            ),
            browser_page() as (page, _),
        ):
            told(
                "app",
                in_turn(
                    page,
                    lambda one: f"http://127.0.0.1:{port}/voila/render/{one}.ipynb?token={token}",
                    times=options.times,
                    lab=False,
                    drawings=season.drawings,
                ),
            )
        port = free_port()
        command = [
            *server.command[:1],
            "-c",
            "import sys, assessor_kit; from jupyterlab.labapp import main; main()",
            "--no-browser",
            f"--port={port}",
            "--ip=127.0.0.1",
            f"--ServerApp.root_dir={notebooks}",
            "--allow-root",
            "--IdentityProvider.token=test",
            "--LabApp.expose_app_in_browser=True",
            "--LabApp.news_url=None",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ]
        with (
            running(
                command,
                {**os.environ, **server.environment},
                home / "lab",
                probe=f"http://127.0.0.1:{port}/api",
            ),
            browser_page() as (page, _),
        ):
            told(
                "lab",
                in_turn(
                    page,
                    lambda one: f"http://127.0.0.1:{port}/doc/tree/{one}.ipynb?token=test",
                    times=options.times,
                    lab=True,
                    drawings=season.drawings,
                ),
            )


if __name__ == "__main__":
    main()
