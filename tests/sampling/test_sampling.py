"""The draw: published ticket values, and what repeating the draw must show."""

from fractions import Fraction

import consistent_sampler
import pandas as pd
import pytest

from assessor_kit.errors import DrawRefused, InvalidRequest
from assessor_kit.sampling import (
    draw_sample,
    joined_where_empty,
    proportional_sizes,
    ticket_number,
    verify_draw,
)

# consistent_sampler 1.0.10, README and docstrings (MIT)
PUBLISHED_ORDER = ["B-2", "B-3", "A-3", "A-2", "B-1", "A-1"]


def frame_of_ids(ids, stratum="all"):
    return pd.DataFrame({"member_no": list(ids), "stratum": stratum})


def test_a_ticket_is_the_published_one():
    assert (
        ticket_number("AB-130", seed="01382438112797316654")
        == "0.26299714122838008416507544297546663599715395525154425586041245287750224561854"
    )


def test_the_published_order_comes_out():
    draw = draw_sample(frame_of_ids(sorted(PUBLISHED_ORDER)), seed="314159", size=6)
    assert draw.selected == PUBLISHED_ORDER


def test_a_larger_frame_agrees_with_consistent_sampler():
    ids = [f"X{number:07d}" for number in range(2_000)]
    drawn = draw_sample(frame_of_ids(ids), seed="dice 6 2 4", size=120, reserve_percent=25)
    theirs = [ticket[1] for ticket in consistent_sampler.sampler(ids, seed="dice 6 2 4", take=150)]
    assert drawn.selected + drawn.reserves == theirs


def test_growing_a_sample_keeps_everybody_already_drawn():
    ids = [f"X{number:07d}" for number in range(300)]
    small, large = (
        draw_sample(frame_of_ids(ids), seed="s", size=size).selected for size in (20, 40)
    )
    assert large[:20] == small


def test_a_changed_selection_is_noticed():
    frame = frame_of_ids([f"X{number:07d}" for number in range(50)])
    draw = draw_sample(frame, seed="s", size=5, reserve_percent=20)
    known = {"seed": "s", "size": 5, "reserve_percent": 20, "digest": draw.frame_digest}
    assert verify_draw(frame, selections=draw.selections, **known)
    swapped = draw.selections.assign(
        member_no=draw.selections["member_no"].replace(draw.selected[0], "X9999999")
    )
    assert not verify_draw(frame, selections=swapped, **known)
    assert not verify_draw(frame.iloc[1:], selections=draw.selections, **known)


def test_strata_share_the_size_in_proportion():
    assert proportional_sizes({"a": 50, "b": 30, "c": 20}, size=11) == {"a": 6, "b": 3, "c": 2}
    frame = pd.concat(
        [
            frame_of_ids([f"A{n:03d}" for n in range(60)], "a"),
            frame_of_ids([f"B{n:03d}" for n in range(40)], "b"),
        ]
    )
    drawn = draw_sample(frame, seed="s", size=10).selections
    assert drawn.groupby("stratum").size().to_dict() == {"a": 6, "b": 4}
    assert set(drawn["inclusion_probability"]) == {0.1}


@pytest.mark.parametrize("size", [0, 4])
def test_an_impossible_draw_is_refused_in_words(size):
    with pytest.raises(DrawRefused, match="frame holds 3"):
        draw_sample(frame_of_ids(["A1", "A2", "A3"]), seed="s", size=size)


def test_a_draw_without_a_seed_is_a_request_that_lacks_something():
    with pytest.raises(InvalidRequest, match="The seed is empty"):
        draw_sample(frame_of_ids(["A1", "A2", "A3"]), seed="  ", size=2)


def test_a_combined_stratum_without_returns_joins_its_own_stratum_before_a_nearer_chance():
    chances = {
        "MIET / -": Fraction(1, 10),
        "MIET / MIET": Fraction(3, 10),
        "FIET / FIET": Fraction(1, 10),
    }
    population = {"MIET / -": 1, "MIET / MIET": 119, "FIET / FIET": 30}
    counted = joined_where_empty(population, {"MIET / MIET", "FIET / FIET"}, chances)
    assert counted["MIET / -"] == "MIET / MIET"


def test_a_stratum_of_one_draw_without_returns_joins_the_nearest_chance():
    chances = {"a": Fraction(1, 10), "b": Fraction(3, 10), "c": Fraction(2, 10)}
    counted = joined_where_empty(dict.fromkeys(chances, 5), {"a", "c"}, chances)
    assert counted == {"a": "a", "b": "c", "c": "c"}
