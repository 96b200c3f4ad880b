"""Sources of seeds: exact enough to leave no choice, and nothing else passes for them."""

from datetime import UTC, datetime

import pytest

from assessor_kit.errors import DrawRefused, InvalidRequest
from assessor_kit.sampling.seed_sources import read_seed, read_seed_source

DICE = "dice, 10 rolls, on 2027-01-15 12:00 before Ann Lee and Bo Day"
LOTTERY = "lottery UK Lotto, 6 numbers, on 2027-01-16 20:30"


def test_a_source_is_read_as_it_is_written():
    for text in (DICE, LOTTERY, "drand mainnet round 9000000"):
        assert read_seed_source(text).in_words() == text
    assert read_seed_source(DICE).moment == datetime(2027, 1, 15, 12, tzinfo=UTC)


def test_a_day_without_a_time_must_be_over():
    source = read_seed_source("lottery UK Lotto, 6 numbers, on 2027-01-16")
    assert source.moment == datetime(2027, 1, 17, tzinfo=UTC)
    assert read_seed_source(source.in_words()) == source


@pytest.mark.parametrize(
    "text",
    [
        "",
        "my favourite number",
        "dice on Friday",
        "dice, 10 rolls, on 2027-01-15 12:00 before Ann Lee",  # one witness
        "dice, 10 rolls, on 2027-02-30 12:00 before Ann and Bo",
        "dice, 3 rolls, on 2027-01-15 12:00 before Ann and Bo",
        "lottery UK Lotto, 2 numbers, on 2027-01-16",
        "lottery UK Lotto on 2027-01-16",
        "drand othernet round 5",
        "drand quicknet round 0",
        "drand quicknet at 2027-01-15 25:00",
    ],
)
def test_an_inexact_source_is_refused(text):
    with pytest.raises(InvalidRequest):
        read_seed_source(text)


@pytest.mark.parametrize(
    ("text", "seed"),
    [
        (DICE, "1 2 3"),
        (DICE, "1 2 3 4 5 6 1 2 3 7"),
        (DICE, "1 2 3 4 5 6 1 2 3 0"),
        (DICE, "1 2 3 4 5 6 1 2 3 four"),
        (LOTTERY, "4 17 23 31 40 49 50"),
        (LOTTERY, "17 4 23 31 40 49"),  # an order is a choice
        (LOTTERY, "4 4 23 31 40 49"),
        (LOTTERY, "04 17 23 31 40 49"),
    ],
)
def test_what_a_source_cannot_have_given_is_refused(text, seed):
    with pytest.raises(DrawRefused):
        read_seed(read_seed_source(text), seed)


def test_a_seed_has_one_spelling():
    assert read_seed(read_seed_source(LOTTERY), " 4  17 23 31 40 49\n").text == "4 17 23 31 40 49"
