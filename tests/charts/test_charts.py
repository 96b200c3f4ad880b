"""Does filling in an earlier chart result in the chart that altair would build?"""

import json
import random
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest
import vl_convert

from assessor_kit import charts
from assessor_kit.charts.drawing import _BUILT
from assessor_kit.charts.vega import GRAMMAR, _translation, _with_ids_of_its_own, drawn_here
from assessor_kit.feedback.batch.rehearsal import WITH_AIM, WITHOUT_AIM
from assessor_kit.rules import load_rules

SCHEMES = [load_rules("iet", 2016), load_rules("iet", 2013), load_rules("imeche", 2016)]


def invented(chance, rules):
    """Return activities of any number, kind, area and day.

    Some have no date, and some do not count.
    """
    rows = [
        {
            "activity_type": chance.choice(
                [*(one.code for one in rules.activity_types), "other", ""]
            ),
            "counts": chance.random() < 0.9,
            "area": chance.choice(
                [*(one.code for one in (*rules.areas, *rules.partly_stated_areas)), ""]
            ),
            "planned": chance.choice(["yes", "no", "unmarked"]),
            "minutes": chance.randrange(0, 3000),
            "started_on": chance.choice(
                [None, date(2015, 11, 1) + timedelta(days=chance.randrange(500))]
            ),
        }
        for _ in range(chance.choice([0, 1, 2, 9, 40]))
    ]
    return pd.DataFrame(
        rows, columns=["activity_type", "counts", "area", "planned", "minutes", "started_on"]
    )


def invented_figures(chance):
    """Return every chart, drawn from invented numbers."""
    rules = chance.choice(SCHEMES)
    activities, width = invented(chance, rules), chance.choice([430, 520, 610])
    needed = replace(
        chance.choice([WITH_AIM, WITHOUT_AIM]),
        planned_minutes_needed=chance.choice([None, 600]),
        target_minutes=chance.choice([None, 600, 1800]),
    )
    estimates = pd.DataFrame(
        [
            {
                "measure": "m",
                "cpd_year": year,
                "value": chance.random(),
                "low": chance.random(),
                "high": chance.choice([0.9, 30.5]),
                "number": 12,
            }
            for year in range(2014, 2014 + chance.randrange(4))
        ],
        columns=["measure", "cpd_year", "value", "low", "high", "number"],
    )
    themes = pd.DataFrame(
        [
            {"text": "advice " * chance.randrange(1, 30), "returns": chance.randrange(90)}
            for _ in range(chance.randrange(5))
        ],
        columns=["text", "returns"],
    )
    yield charts.activities_by_type(activities, rules=rules, width=width)
    yield charts.hours_by_activity_type(activities, rules=rules, width=width)
    yield charts.hours_by_area(
        activities,
        rules=rules,
        requirement=replace(needed, areas_apply=needed.areas_apply and bool(rules.areas)),
        width=width,
    )
    yield charts.hours_planned(activities, requirement=needed, width=width)
    yield charts.hours_through_the_year(activities, requirement=needed, cpd_year=2016, width=width)
    yield charts.estimates_by_year(estimates, measure="m")
    yield charts.themes_by_returns(themes)


@pytest.mark.parametrize("seed", range(12))
def test_a_filled_in_chart_is_the_one_that_altair_builds_to_the_last_byte(seed):
    for figure in invented_figures(random.Random(seed)):
        plain = json.dumps(figure.chart.to_dict())
        assert json.dumps(figure.drawing.spec()) == plain
        assert json.dumps(figure.drawing.spec()) == plain, "filled in again"


@pytest.mark.parametrize("seed", range(4))
def test_a_kind_that_was_translated_once_is_drawn_as_if_translated_anew_to_the_last_byte(seed):
    for figure in invented_figures(random.Random(seed)):
        spec = figure.drawing.spec()
        anew = vl_convert.vegalite_to_svg(spec, vl_version=GRAMMAR, allowed_base_urls=[])
        assert drawn_here(spec) == _with_ids_of_its_own(anew)


def test_one_translation_serves_whatever_the_hours_are():
    first, again = (
        charts.hours_by_area(
            invented(random.Random(seed), SCHEMES[0]), rules=SCHEMES[0], requirement=WITH_AIM
        ).drawing.spec()
        for seed in (4, 5)
    )
    assert first["params"] != again["params"]
    before = _translation.cache_info().misses
    one, another = drawn_here(first), drawn_here(again)
    assert one != another
    assert _translation.cache_info().misses <= before + 1


def test_what_one_return_does_with_its_chart_reaches_no_other():
    first, again = (
        charts.hours_by_area(
            invented(random.Random(4), SCHEMES[0]), rules=SCHEMES[0], requirement=WITH_AIM
        )
        for _ in range(2)
    )
    plain = json.dumps(again.chart.to_dict())
    spoilt = first.drawing.spec()
    spoilt["config"]["view"]["stroke"] = "red"
    spoilt["layer"][0]["encoding"]["y"]["sort"].append("another")
    spoilt["datasets"]["bars"].clear()
    assert json.dumps(again.drawing.spec()) == plain


def test_kinds_of_charts_are_few_however_many_returns_are_drawn():
    for seed in range(60):
        for figure in invented_figures(random.Random(seed)):
            figure.drawing.spec()
    assert len(_BUILT) <= 16
