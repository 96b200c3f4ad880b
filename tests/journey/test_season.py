"""The season's page: every count with its names, who is awaited, and what comes next."""

from datetime import timedelta

import pandas as pd
from commands import run_cli

from assessor_kit import journey, open_season, tables
from assessor_kit.store import Workspace, read_table


def test_the_demonstrations_season_counts_everybody_once(demonstration):
    season = journey.season_of(Workspace.open(demonstration[0]), cpd_year=2016)
    counts = {step.label: (len(step.done), len(step.waiting)) for step in season.steps}
    assert counts == {
        "Members in the register": (2000, 0),
        "Members selected": (120, 0),
        "Requests answered": (117, 3),
        "Reserves called": (0, 1),
        "Targets settled": (112, 0),
        "Returns allocated": (112, 0),
        "Markings submitted": (121, 12),
        "Individual feedback rendered": (100, 0),
        "Individual feedback approved": (0, 100),
        "Individual feedback released": (0, 100),
    }
    assert season.next_step.label == "Requests answered"


def test_days_waiting_are_counted_from_the_day_of_the_draw_and_of_the_allocation(demonstration):
    workspace = Workspace.open(demonstration[0])
    drawn = read_table(workspace, tables.DRAWS, cpd_year=2016).iloc[0]["drawn_at"].date()
    steps = {
        step.label: step
        for step in journey.season_of(
            workspace, cpd_year=2016, today=drawn + timedelta(days=40)
        ).steps
    }
    assert set(steps["Requests answered"].waiting["Days"]) == {40}
    assert set(steps["Markings submitted"].waiting["Days"]) == {40}


def test_the_page_shows_names_and_its_text_in_a_saved_notebook_does_not(demonstration):
    workspace = Workspace.open(demonstration[0])
    page = open_season(workspace, cpd_year=2016)
    shown = page.shown
    waiting = journey.season_of(workspace, cpd_year=2016).steps[2].waiting
    assert "Sample data: invented members" in shown
    assert all(name.replace("'", "&#x27;") in shown for name in waiting["Name"])
    assert (
        repr(page)
        == "SeasonPage 2016: 2000/2000, 120/120, 117/120, 0/1, 112/112, 112/112, 121/133,"
        " 100/100, 0/100, 0/100"
    )


def test_an_empty_workspace_says_that_the_register_comes_first(tmp_path):
    season = journey.season_of(Workspace.create(tmp_path / "w"), cpd_year=2016)
    assert season.next_step.notebook == "01_register_and_declarations"


def test_a_name_with_markup_is_shown_as_typed(tmp_path):
    season = Workspace.create(tmp_path / "w")
    (tmp_path / "register.csv").write_text(
        "member_no,grade,name\nX0001,MIET,<script>alert(1)</script>\n", encoding="utf-8"
    )
    assert run_cli("import", "register", tmp_path / "register.csv", workspace=season.folder)[0] == 0
    journey.draw(season, cpd_year=2016, seed="s", size=1)
    assert "<script>" not in open_season(season, cpd_year=2016).shown


def test_differences_between_markings_stand_widest_first(demonstration):
    shown = journey.differences_table(Workspace.open(demonstration[0]), cpd_year=2016)
    assert list(shown.columns) == ["pseudonym", "criterion", "first", "second", "steps"]
    assert shown["steps"].is_monotonic_decreasing
    assert (shown["first"] != shown["second"]).all()
    assert isinstance(shown, pd.DataFrame)
