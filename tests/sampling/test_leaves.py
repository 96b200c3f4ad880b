"""Leaves are what HMAC makes of them, and a root stands for one list of leaves only."""

import hashlib
import hmac
import random

import pytest

from assessor_kit.sampling.leaves import (
    AT_ONCE,
    BRANCHES,
    SALT_BYTES,
    blinded_leaves,
    leaf_text,
    merkle_root,
    root_of_strata,
    sorted_leaves,
)


def some_leaves(number, seed=1):
    return [random.Random(f"{seed} {place}").randbytes(32) for place in range(number)]


@pytest.mark.parametrize("members", [1, 2, 300, AT_ONCE + 1])
def test_a_leaf_is_the_standard_librarys_hmac(members):
    numbers = [f"É-{number:06d}" for number in range(members)]
    salts = random.Random(members).randbytes(SALT_BYTES * members)
    text = leaf_text(draw_id="2016-1", stratum="Zürich + other").encode()
    assert blinded_leaves(numbers, salts=salts, draw_id="2016-1", stratum="Zürich + other") == [
        hmac.digest(salts[place * 16 : place * 16 + 16], text + number.encode(), "sha256")
        for place, number in enumerate(numbers)
    ]


def test_leaves_are_sorted_also_where_they_begin_alike():
    leaves = some_leaves(500)
    alike = [b"\0" * 8 + leaf[8:] for leaf in leaves]
    for these in (leaves, alike, [*leaves, *leaves]):
        assert sorted_leaves(these) == sorted(these)


def test_the_root_of_a_small_list_is_one_hash():
    leaves = some_leaves(3)
    assert merkle_root(leaves) == hashlib.sha256(b"\0" + b"".join(leaves)).digest()


@pytest.mark.parametrize("number", [1, 2, BRANCHES, BRANCHES + 1, 3 * BRANCHES, BRANCHES**2 + 1])
def test_every_change_changes_the_root(number):
    leaves = some_leaves(number)
    root = merkle_root(leaves)
    place = number // 2
    assert merkle_root([*leaves[:place], b"\1" * 32, *leaves[place + 1 :]]) != root
    assert merkle_root([*leaves, leaves[-1]]) != root
    assert number == 1 or merkle_root(leaves[:-1]) != root


def test_a_node_never_passes_for_leaves():
    leaves = some_leaves(2 * BRANCHES)
    nodes = [
        hashlib.sha256(b"\0" + b"".join(leaves[start : start + BRANCHES])).digest()
        for start in (0, BRANCHES)
    ]
    assert merkle_root(nodes) != merkle_root(leaves)
    assert merkle_root(leaves) == hashlib.sha256(b"\1" + b"".join(nodes)).digest()


def test_the_root_of_strata_binds_names_and_sizes():
    rows = [("a", 40, 4, 1, "00" * 32), ("b", 60, 6, 2, "11" * 32)]
    root = root_of_strata(rows)
    for changed in (
        [("c", *rows[0][1:]), rows[1]],
        [("a", 40, 5, 1, "00" * 32), rows[1]],
        [("a", 41, 4, 1, "00" * 32), rows[1]],
        rows[::-1],
        rows[:1],
    ):
        assert root_of_strata(changed) != root
