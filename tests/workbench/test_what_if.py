"""The sliders that try an allocation out."""

import pytest
from seasons import add_return, put, small_season

from assessor_kit import tables
from assessor_kit.store import read_table
from assessor_kit.workbench import what_if
from assessor_kit.workbench.what_if import open_what_if


@pytest.fixture
def season(tmp_path):
    made = small_season(tmp_path / "w")
    member = read_table(made, tables.REGISTER, member_no="X0001").iloc[0].to_dict()
    put(made, tables.REGISTER, {**member, "member_no": "X0004", "name": "Di Secret"})
    add_return(made, "r4", "X0004")
    return made


def test_a_slider_shows_other_loads_and_changes_nothing(season):
    before = read_table(season, tables.ALLOCATIONS)
    page = open_what_if(season, cpd_year=2016)
    assert "given out" not in page.shown.value
    page.ask.click()
    assert "Nothing is changed" in page.shown.value
    page.twice.value = 0
    assert "1 marking would be given out" in page.shown.value
    page.twice.value = 100
    assert "4 markings would be given out" in page.shown.value
    page.capacity.value = 50
    assert "<svg" in page.shown.value or "A1" in page.shown.value
    assert read_table(season, tables.ALLOCATIONS).equals(before)


def test_a_saved_notebook_holds_nobodys_name(season):
    page = open_what_if(season, cpd_year=2016)
    page.ask.click()
    assert repr(page) == "WhatIf 2016: 100 %, 10 % marked twice"
    assert "Di Secret" not in page.shown.value


def test_of_many_assessors_the_fullest_are_shown(season, monkeypatch):
    monkeypatch.setattr(what_if, "MOST_BARS", 1)
    page = open_what_if(season, cpd_year=2016)
    page.ask.click()
    assert "The chart shows the 1 fullest of 2 assessors." in page.shown.value
