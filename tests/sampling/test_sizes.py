"""Sizes: exact, at least two of each stratum, and never smaller in a larger sample."""

import itertools
import json
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from growing_samples import check_frames

from assessor_kit.errors import DrawRefused
from assessor_kit.sampling import (
    DrawRequest,
    draw_sample,
    neyman_sizes,
    plan_design,
    proportional_sizes,
    size_of_rate,
)
from assessor_kit.sampling.sizes import merged_strata, reserve_sizes

# optimal by enumeration of every division (Wright 2017)
BY_ENUMERATION = json.loads(
    (Path(__file__).parent.parent / "reference" / "allocation_bruteforce.json").read_text(
        encoding="utf-8"
    )
)["cases"]
ISSUE = {"a": 42, "b": 39, "c": 13, "d": 28}  # largest remainders dropped c from 4 to 5


def frame_of(counts):
    return pd.DataFrame(
        [
            {"member_no": f"{name}{number:04d}", "stratum": name}
            for name, members in counts.items()
            for number in range(members)
        ]
    )


@pytest.mark.parametrize("case", BY_ENUMERATION)
def test_neyman_sizes_are_those_of_enumeration(case):
    spread = {name: Fraction(str(number)) for name, number in case["S"].items()}
    assert neyman_sizes(case["N"], size=case["n"], spread=spread) == case["expected"]


def test_nobody_is_dropped_and_sizes_are_exact_in_random_frames():
    found = check_frames(1_500)
    assert found["grown"] > 1_000
    assert (found["dropped"], found["inexact"]) == (0, 0)


def test_the_members_drawn_stay_drawn_as_the_sample_grows():
    before = set()
    for size in range(8, 60):
        now = set(draw_sample(frame_of(ISSUE), seed="6 2 4", size=size).selected)
        assert before < now
        before = now


def test_sizes_of_old_draws_dropped_somebody_and_these_do_not():
    groups = merged_strata(ISSUE, size=4)
    assert (
        groups == {"a": "a + c", "b": "b + d", "c": "a + c", "d": "b + d"}
        or len(set(groups.values())) == 2
    )
    sizes = [proportional_sizes(ISSUE, size=size) for size in range(8, 100)]
    for smaller, larger in itertools.pairwise(sizes):
        assert all(smaller[name] <= larger[name] for name in ISSUE)


def test_a_stratum_too_small_for_two_is_joined_and_said_to_be():
    frame = frame_of({"a": 40, "b": 1, "c": 9})
    planned, design = plan_design(frame, DrawRequest(size=10))
    assert [one.name for one in design.strata] == ["a", "b + c"]
    assert all(one.selected >= 2 for one in design.strata)
    assert design.merged == ("b + c are one stratum, as two of each could not be drawn.",)
    assert set(planned["stratum"]) == {"a", "b + c"}


def test_certain_members_are_all_drawn_and_recent_ones_at_their_rate():
    frame = frame_of({"a": 60, "b": 40})
    request = DrawRequest(
        size=20,
        reserve_percent=Fraction(25),
        certain=frozenset({"a0001", "b0002", "b0003"}),
        recent=frozenset(f"a{number:04d}" for number in range(20)),
        recent_rate=Fraction(10),
    )
    planned, design = plan_design(frame, request)
    found = {one.name: (one.kind, one.members, one.selected, one.reserves) for one in design.strata}
    assert found["targeted and carried over"] == ("certainty", 3, 3, 0)
    assert found["recently reviewed"] == ("low rate", 19, 2, 1)  # a0001 is drawn for certain
    assert sum(one.selected for one in design.strata) == 20
    assert len(planned) == 100  # nobody is left out
    assert all(one.inclusion_probability > 0 for one in design.strata)


def test_too_many_certain_members_are_refused_with_the_size_that_is_needed():
    request = DrawRequest(size=4, certain=frozenset(f"a{number:04d}" for number in range(4)))
    with pytest.raises(DrawRefused, match="at least 6"):
        plan_design(frame_of({"a": 60}), request)


def test_a_size_that_cannot_be_divided_is_refused():
    with pytest.raises(DrawRefused, match="a size from 8 to 122"):
        proportional_sizes(ISSUE, size=7)
    with pytest.raises(DrawRefused, match="No spread is given for d"):
        neyman_sizes(ISSUE, size=9, spread=dict.fromkeys("abc", Fraction(1)))


def test_rates_and_reserves_are_exact():
    assert size_of_rate(700, percent=0.07) == 0  # 0.49 of a member
    assert size_of_rate(1000, percent=5.5) == 55
    assert reserve_sizes({"a": 90}, {"a": 10}, percent=Fraction(10)) == {"a": 1}
    # as floats, 70 * 10.0 / 100 is 7.000000000000001 for some figures and one reserve too many
    assert reserve_sizes({"a": 900}, {"a": 70}, percent=Fraction("10.0")) == {"a": 7}
