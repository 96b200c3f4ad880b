"""Tickets: published values, the order of a reference, and that they are uniform."""

import itertools
import json
from pathlib import Path

import consistent_sampler
import numpy as np
import pytest
from scipy import stats

from assessor_kit.sampling.tickets import first_by_ticket, ticket_number

# consistent_sampler 1.0.10, README, docstrings and tests (MIT)
PUBLISHED = json.loads(
    (Path(__file__).parent.parent / "reference" / "consistent_sampler_vectors.json").read_text(
        encoding="utf-8"
    )
)


def ordered(names, seed, take=None):
    first = first_by_ticket(names, seed=seed, take=take or len(names))
    return [names[place] for place in first.places]


def test_published_tickets_and_orders_come_out():
    one = PUBLISHED["first_fraction"]
    assert ticket_number(one["id"], seed=one["seed"]) == one["value"]
    ids = PUBLISHED["seed314159_ids"]
    assert ordered(ids, "314159") == PUBLISHED["order"]
    tickets = first_by_ticket(ids, seed="314159", take=6).tickets
    assert [
        ticket[: len(short)] for ticket, short in zip(tickets, PUBLISHED["tickets9"], strict=True)
    ] == PUBLISHED["tickets9"]
    assert ordered(["B-1", "B-2", "B-3"], "314159") == PUBLISHED["subset_B_order"]
    numbers = [str(number) for number in range(100)]
    expected = [str(number) for number in PUBLISHED["range100_seed41_take10"]]
    assert ordered(numbers, "41", 10) == expected


@pytest.mark.parametrize("take", [1, 7, 499, 3_000])
def test_the_order_is_that_of_consistent_sampler(take):
    names = [f"Ä{number:06d}" for number in range(3_000)]
    theirs = [ticket[1] for ticket in consistent_sampler.sampler(names, seed="dice 6 2", take=take)]
    assert ordered(names, "dice 6 2", take) == theirs


def test_every_member_has_the_same_chance_over_ten_thousand_draws():
    names = [f"X{number:03d}" for number in range(40)]
    counts = np.zeros(len(names))
    for draw in range(10_000):
        counts[first_by_ticket(names, seed=f"seed {draw}", take=8).places] += 1
    # 8 of 40 each time: counts vary less than independent ones by (1 - 8/40)
    expected = counts.sum() / len(names)
    statistic = ((counts - expected) ** 2 / expected).sum() / (1 - 8 / 40) * (39 / 40)
    assert stats.chi2.sf(statistic, len(names) - 1) > 0.001


def test_one_draw_says_nothing_about_the_next():
    names = [f"X{number:03d}" for number in range(4)]
    firsts = [first_by_ticket(names, seed=str(draw), take=1).places[0] for draw in range(10_001)]
    pairs = np.zeros((4, 4))
    for before, after in itertools.pairwise(firsts):
        pairs[before, after] += 1
    assert stats.chi2_contingency(pairs).pvalue > 0.001
