"""drand: recorded rounds are genuine, anything else is refused, and rounds have their moments."""

import builtins
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assessor_kit.errors import DrawRefused, InvalidRequest, NotInstalled
from assessor_kit.sampling.beacon import (
    moment_of_round,
    random_number,
    require_genuine,
    round_at,
)
from assessor_kit.sampling.seed_sources import read_seed, read_seed_source

# drand's own recorded rounds, from the documentation of drand-verify
RECORDED = json.loads(
    (Path(__file__).parent.parent / "reference" / "drand_vectors.json").read_text(encoding="utf-8")
)
QUICKNET, MAINNET = RECORDED["quicknet"], RECORDED["mainnet"]


def test_recorded_rounds_are_genuine():
    pytest.importorskip("py_ecc")
    require_genuine("quicknet", QUICKNET["round"], signature=QUICKNET["signature"])
    require_genuine(
        "mainnet",
        MAINNET["round"],
        signature=MAINNET["signature"],
        before=MAINNET["previous_signature"],
    )


def test_the_random_number_is_the_recorded_one():
    for recorded in (QUICKNET, MAINNET):
        assert random_number(recorded["signature"]) == recorded["randomness"]


@pytest.mark.parametrize(
    "change",
    [
        {"round": QUICKNET["round"] + 1},
        {"signature": "b7" * 48},
        {"signature": QUICKNET["signature"][:-2] + "7c"},
        {"signature": QUICKNET["signature"][:60]},
        {"signature": ""},
        {"signature": MAINNET["signature"]},
        {"signature": "c0" + "00" * 47},  # the point at infinity
    ],
)
def test_what_is_not_the_rounds_signature_is_refused(change):
    pytest.importorskip("py_ecc")
    made = {**QUICKNET, **change}
    with pytest.raises(DrawRefused, match=f"not that of round {made['round']}"):
        require_genuine("quicknet", made["round"], signature=made["signature"])


def test_a_signature_that_is_no_hexadecimal_number_is_named():
    with pytest.raises(InvalidRequest, match="hexadecimal"):
        random_number("seed")


def test_rounds_have_their_moments():
    # drand's documentation: quicknet's round 27946612 is that of 20 April 2026
    moment = datetime(2026, 4, 20, tzinfo=UTC)
    assert round_at("quicknet", moment) == 27946612
    assert moment_of_round("quicknet", 27946612) == moment
    for later in range(1, 4):
        at = moment.replace(second=later)
        assert moment_of_round("quicknet", round_at("quicknet", at)) >= at


def test_a_source_named_by_its_moment_names_the_round():
    source = read_seed_source("drand quicknet at 2026-04-20 00:00")
    assert source.in_words() == "drand quicknet round 27946612"
    assert read_seed_source(source.in_words()) == source


def test_the_seed_of_a_round_is_its_random_number():
    pytest.importorskip("py_ecc")
    source = read_seed_source(f"drand quicknet round {QUICKNET['round']}")
    found = read_seed(source, QUICKNET["signature"].upper() + " ")
    assert found.text == QUICKNET["randomness"]
    assert found.signature == QUICKNET["signature"]


def test_without_the_library_a_round_is_never_taken_as_checked(monkeypatch):
    found = builtins.__import__

    def without(name, *rest, **options):
        if name.startswith("py_ecc"):
            raise ImportError(name)
        return found(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(NotInstalled, match=r"assessor-kit\[drand\]"):
        require_genuine("quicknet", QUICKNET["round"], signature=QUICKNET["signature"])
