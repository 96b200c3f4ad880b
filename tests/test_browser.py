"""The assessor's screen in a real JupyterLab and a real browser: a judgement by keyboard ends in the database."""

import json
import shutil
import time

import pandas as pd
import pytest
from lab import chromium, jupyterlab, opened_page

from assessor_kit import journey, tables
from assessor_kit.store import Workspace, append_rows, current_judgement, read_table, shipped
from assessor_kit.vocabulary import JudgementState

REGISTER = "member_no,grade,name,discipline\nX0001,MIET,Ada Example,power\n"
RETURNS = ("member_no,title,activity_type,area,planned,started_on,hours,reflection\n"
           "X0001,<b>Course</b> for $5 then $6,course,soft,yes,2016-03-01,7,<img src=x onerror=window.hit=1>\n"
           "X0001,Talk,event,technical,,2016-05-01,2,\n")


@pytest.fixture
def season(tmp_path):
    made = Workspace.create(tmp_path / "w")
    (tmp_path / "register.csv").write_text(REGISTER, encoding="utf-8")
    (tmp_path / "returns.csv").write_text(RETURNS, encoding="utf-8")
    journey.import_register(made, [tmp_path / "register.csv"])
    append_rows(made, tables.ASSESSORS, pd.DataFrame([{"assessor_id": "A07", "member_no": "", "name": "", "email": "", "disciplines": "power", "employer": "",
                                                       "capacity": 9, "conflicts": ""}]))
    journey.import_returns(made, [tmp_path / "returns.csv"], cpd_year=2016)
    journey.score(made, cpd_year=2016)
    journey.allocate(made, cpd_year=2016, seed="s")
    return made


def saved(season, return_id, wanted):
    until = time.monotonic() + 10
    while time.monotonic() < until:
        judgement = current_judgement(season, return_id, assessor_id="A07")[1]
        if judgement and wanted(judgement):
            return judgement
        time.sleep(0.1)
    pytest.fail(f"Not in the store after ten seconds: {judgement}")


def test_a_judgement_made_by_keyboard_is_found_in_the_database(season, tmp_path):
    chromium()
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    shutil.copy(shipped("notebooks") / "05_assess.ipynb", notebooks)
    return_id = read_table(season, tables.RETURNS).iloc[0]["return_id"]
    with jupyterlab(tmp_path / "home", workspace=season.folder, notebooks=notebooks) as address, opened_page(address) as (page, left):
        cells = page.locator(".jp-Cell").count()
        assert page.get_by_text("<b>Course</b> for $5 then $6").first.is_visible()
        page.locator(".ak-form input[type=radio]").first.focus()
        for key in ["d", "d", "x", "b", "a", "y", "m", "0", "0", "z", "Shift+Enter"]:
            page.keyboard.press(key)
        page.keyboard.press("1")
        page.keyboard.press("j")
        page.keyboard.press("3")
        page.keyboard.press("c")
        page.keyboard.type("jk123 dd xx: mark the planned ones")
        page.keyboard.press("Escape")
        page.keyboard.press("Enter")
        page.wait_for_function("() => document.querySelector('.ak-status').textContent === 'Saved'", timeout=10_000)
        judgement = saved(season, return_id, lambda made: made.comments)
        assert judgement.levels == {"total_hours": "strong", "planned_hours": "could_develop"}
        assert judgement.comments == {"planned_hours": "jk123 dd xx: mark the planned ones"}
        assert judgement.state is JudgementState.DRAFT
        assert page.locator(".jp-Cell").count() == cells
        assert page.evaluate("() => window.hit === undefined")
        assert not left, json.dumps(left)
