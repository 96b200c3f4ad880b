"""Design-based estimates compared with those of R's survey package (4.1-1, R 4.2.2).

The data are the package's own stratified example, `apistrat`.
"""

from pathlib import Path

import pandas as pd
import pytest

from assessor_kit.rules import load_rules
from assessor_kit.trends import (
    SMALLEST_GROUP,
    counted_themes,
    stratified_mean,
    stratified_proportion,
    yearly_estimates,
)

API = pd.read_csv(Path(__file__).parents[1] / "reference" / "apistrat.csv")
POPULATION = {"E": 4421, "H": 755, "M": 1018}


def test_a_stratified_mean_is_that_of_r():
    made = stratified_mean(API["api00"].astype(float), API["stype"], population=POPULATION)
    assert made.value == pytest.approx(662.287363, abs=1e-6)
    assert made.standard_error == pytest.approx(9.408941, abs=1e-6)
    assert (made.low, made.high) == pytest.approx((643.732188, 680.842538), abs=1e-5)


def test_a_stratified_share_is_that_of_r():
    made = stratified_proportion(API["sch_wide"] == "Yes", API["stype"], population=POPULATION)
    assert made.value == pytest.approx(0.827948, abs=1e-6)
    assert made.standard_error == pytest.approx(0.024345, abs=1e-6)
    assert 0.76 < made.low < 0.775  # Korn-Graubard is a little wider than R's logit interval
    assert 0.87 < made.high < 0.885


@pytest.mark.parametrize("answer", [True, False])
def test_a_unanimous_sample_still_has_an_interval(answer):
    made = stratified_proportion(
        pd.Series([answer] * 40), pd.Series(["all"] * 40), population={"all": 400}
    )
    assert made.low < made.high
    assert made.value in {made.low, made.high}


def test_a_group_of_fewer_than_ten_is_held_back():
    rules = load_rules("iet", 2016)
    names = [f"r{number}" for number in range(SMALLEST_GROUP - 1)]
    findings = pd.DataFrame({"return_id": names, "criterion": "total_hours", "standing": "met"})
    made, held = yearly_estimates(
        findings,
        pd.Series(1800, index=names),
        pd.Series("all", index=names),
        population={"all": 90},
        cpd_year=2016,
        rules=rules,
    )
    assert made.empty
    assert set(held["measure"]) == {"Mean hours recorded", "Hours: at or above the aim"}


def test_a_theme_counts_once_per_return():
    judgements = pd.DataFrame(
        {
            "return_id": ["a", "a", "b"],
            "themes": [["widen_mix", "widen_mix"], ["widen_mix"], ["widen_mix", "mark_planned"]],
        }
    )
    counted = counted_themes(judgements, load_rules("iet", 2016)).set_index("theme")["returns"]
    assert counted.to_dict() == {"widen_mix": 2, "mark_planned": 1}
