"""`assessor-kit lab` as its owner meets it: what opens, and what a saved notebook shows again."""

import pytest
from places import make_season
from screens import READY, READY_FORM, browser_page, free_port, running

from assessor_kit.cli.servers import lab_server

pytestmark = pytest.mark.needs("chromium")
TABS = """() => [...document.querySelectorAll('#jp-main-dock-panel .lm-TabBar-tabLabel')]
    .map((one) => one.textContent)"""
RUN_ALL = "() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }"
SAVE = "() => window.jupyterapp.shell.currentWidget.context.save().then(() => true)"
END = "() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown().then(() => true)"
WAY_IN = "text=Nothing runs in this notebook yet."


def test_lab_opens_the_notebook_alone_and_a_saved_one_shows_its_way_in(tmp_path):
    made = lab_server(make_season(tmp_path))
    port = free_port()
    more = (
        "--no-browser",
        f"--port={port}",
        "--IdentityProvider.token=test",
        "--LabApp.expose_app_in_browser=True",
    )
    command = (*made.command[:3], *more, *made.command[3:])
    place = f"http://127.0.0.1:{port}"
    with (
        running(command, made.environment, tmp_path / "home", probe=f"{place}/api?token=test"),
        browser_page() as (page, _),
    ):
        page.goto(f"{place}/lab/tree/05_assess.ipynb?token=test")
        page.wait_for_function(READY, timeout=90_000)
        assert page.evaluate(TABS) == ["05_assess.ipynb"]
        page.evaluate(RUN_ALL)
        page.wait_for_selector(READY_FORM, timeout=60_000)
        page.evaluate(SAVE)
        page.reload()
        page.wait_for_selector(READY_FORM, timeout=90_000)
        assert page.locator(WAY_IN).count() == 0
        page.evaluate(END)
        page.reload()
        page.wait_for_selector(WAY_IN, timeout=90_000)
        assert page.locator("text=model not found").count() == 0
        assert page.locator("text=Workbench of A07: 3 of 3 markings to do").count() == 1
        page.get_by_role("button", name="Run all steps").click()
        page.wait_for_selector(READY_FORM, timeout=60_000)
        assert page.evaluate(TABS) == ["05_assess.ipynb"]
