"""Allocation: specialism, conflict, capacity and double marking."""

import pandas as pd
import pytest
from allocation import differences, missed_joint
from made_allocations import made_case

from assessor_kit.allocation import allocate_returns, candidates, employer_key, shortlisted
from assessor_kit.allocation.conflicts import Why


def returns(number, discipline="power", employer=""):
    return pd.DataFrame(
        {
            "return_id": [f"r{place:03d}" for place in range(number)],
            "member_no": [f"X{place:05d}" for place in range(number)],
            "discipline": discipline,
            "employer": employer,
        }
    )


def assessors(*rows):
    names = ["assessor_id", "disciplines", "capacity", "conflicts", "employer", "member_no"]
    return pd.DataFrame(
        [dict(zip(names, (*row, *[""] * (6 - len(row))), strict=True)) for row in rows]
    )


def test_a_return_goes_to_an_assessor_of_its_field():
    made = allocate_returns(
        returns(6), assessors(("A1", "software", 9), ("A2", "power; rail", 9)), seed="s"
    )
    assert set(made.allocated["assessor_id"]) == {"A2"}


def test_conflicts_and_shared_employers_are_never_used():
    sent = returns(3, employer="Brightwater Grid")
    helpers = assessors(
        ("A1", "power", 9, "", "brightwater grid "), ("A2", "power", 9, "X00001"), ("A3", "rail", 9)
    )
    made = allocate_returns(sent, helpers, seed="s").allocated.set_index("return_id")["assessor_id"]
    assert made["r001"] == "A3"
    assert set(made) <= {"A2", "A3"}


def test_nobody_marks_a_return_twice_and_the_share_is_kept():
    made = allocate_returns(
        returns(100),
        assessors(*[(f"A{n}", "power", 30) for n in range(5)]),
        seed="s",
        double_mark_percent=20,
    )
    assert len(made.double_marked) == 20
    assert len(made.allocated) == 120
    assert not made.allocated.duplicated(["return_id", "assessor_id"]).any()


def test_capacities_that_sum_to_the_demand_are_filled_exactly():
    made = allocate_returns(
        returns(30), assessors(("A1", "power", 12), ("A2", "rail", 18)), seed="s"
    )
    assert made.allocated.groupby("assessor_id").size().to_dict() == {"A1": 12, "A2": 18}


def test_too_few_places_name_the_returns_left_over():
    made = allocate_returns(returns(5), assessors(("A1", "power", 3)), seed="s")
    assert len(made.allocated) == 3
    assert set(made.unallocated["reason"]) == {"every assessor's caseload is full"}


def test_one_seed_gives_one_answer_whatever_the_order_of_rows():
    helpers = assessors(*[(f"A{n}", "power", 9) for n in range(5)])
    first = allocate_returns(returns(40), helpers, seed="s", double_mark_percent=10)
    again = allocate_returns(
        returns(40).sample(frac=1, random_state=1),
        helpers.iloc[::-1],
        seed="s",
        double_mark_percent=10,
    )
    other = allocate_returns(returns(40), helpers, seed="t", double_mark_percent=10)
    pd.testing.assert_frame_equal(first.allocated, again.allocated)
    assert not first.allocated.equals(other.allocated)


def test_a_standing_allocation_keeps_its_assessor_and_uses_capacity():
    taken = pd.DataFrame({"return_id": ["r000"], "assessor_id": ["A1"], "marking": ["first"]})
    made = allocate_returns(
        returns(3), assessors(("A1", "power", 2), ("A2", "power", 2)), seed="s", taken=taken
    )
    assert "r000" not in set(made.allocated["return_id"])
    assert made.allocated["assessor_id"].value_counts()["A1"] <= 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Brightwater Grid Ltd", "BRIGHTWATER GRID LIMITED"),
        ("Brightwater Grid plc", "brightwater grid, P.L.C."),
        ("Acme Inc.", "The Acme Corporation"),
        ("Marks & Co", "Marks and Company"),
        ("O'Neill Rail", "O\u2019Neill Rail Ltd."),
    ],
)
def test_one_employer_is_known_in_every_spelling_of_its_company_form(one, other):
    assert employer_key(one) == employer_key(other) != ""
    made = allocate_returns(
        returns(2, employer=one), assessors(("A1", "power", 9, "", other)), seed="s"
    )
    assert made.allocated.empty


@pytest.mark.parametrize("word", ["", "Self-employed", "retired", "N/A", "none", "Freelance"])
def test_people_without_an_employer_are_not_colleagues(word):
    made = allocate_returns(
        returns(2, employer=word), assessors(("A1", "power", 9, "", word)), seed="s"
    )
    assert len(made.allocated) == 2


def test_companies_that_differ_in_more_than_their_form_are_two():
    assert employer_key("Grid North Ltd") != employer_key("Grid South Ltd")
    assert employer_key("The Limited Company") != ""


@pytest.mark.parametrize("number", ["00110339", "110339", " 110339 ", "0110339"])
@pytest.mark.parametrize("column", ["own", "named"])
def test_a_number_that_lost_its_zeros_is_still_a_conflict(number, column):
    sent = returns(1).assign(member_no="00110339")
    helper = ("A1", "power", 9, "", "", number) if column == "own" else ("A1", "power", 9, number)
    made = allocate_returns(sent, assessors(helper), seed="s")
    assert made.allocated.empty
    assert "conflict of interest" in made.unallocated["reason"][0]


def test_the_case_of_letters_hides_nobodys_own_return():
    sent = returns(1).assign(member_no="X00A01")
    made = allocate_returns(sent, assessors(("A1", "power", 9, "", "", "x00a01")), seed="s")
    assert made.allocated.empty


def test_a_barred_pair_never_meets():
    barred = pd.DataFrame(
        {"return_id": ["r000"], "assessor_id": ["A1"], "why": [Why.LAST_YEAR.value]}
    )
    made = allocate_returns(returns(1), assessors(("A1", "power", 9)), seed="s", barred=barred)
    assert made.allocated.empty
    assert "last year" in made.unallocated["reason"][0]


def test_with_too_few_places_each_return_gets_one_marking_before_any_gets_two():
    made = allocate_returns(
        returns(10),
        assessors(("A1", "power", 5), ("A2", "power", 5)),
        seed="s",
        double_mark_percent=100,
    )
    assert made.allocated["return_id"].nunique() == 10
    assert set(made.unallocated["marking"]) == {"second"}


def test_load_follows_each_assessors_own_capacity_and_noise_never_widens_it():
    helpers = assessors(*((f"A{n}", "power", 4 + 3 * n) for n in range(6)))
    spreads = set()
    for seed in map(str, range(20)):
        loads = (
            allocate_returns(returns(31), helpers, seed=seed)
            .allocated.groupby("assessor_id")
            .size()
        )
        share = loads / helpers.set_index("assessor_id")["capacity"]
        spreads.add(round(float(share.max() - share.min()), 12))
    assert len(spreads) == 1
    assert spreads.pop() < 0.2


@pytest.mark.parametrize("number", range(40))
def test_both_solvers_find_the_same_allocation(number):
    """The long form, with 500 cases: `python tests/benchmarks/allocation.py --same 500`."""
    assert differences(number) == []


@pytest.mark.parametrize("number", range(24))
def test_the_marking_graph_is_in_one_piece_wherever_that_is_possible(number):
    """The long form: `python tests/benchmarks/allocation.py --graphs 300`."""
    assert missed_joint(number) == ""


def test_too_few_returns_marked_twice_are_said():
    made = allocate_returns(
        returns(40),
        assessors(*((f"A{n}", "power", 9) for n in range(6))),
        seed="s",
        double_mark_percent=5,
    )
    assert made.pieces == 4
    assert "at least 5 returns marked twice" in made.advice


def test_the_remedy_named_for_a_shortage_helps():
    sent = returns(4).assign(employer=["Acme", "Acme", "Other", "Other"])
    helpers = assessors(("A1", "power", 3, "", "Acme Ltd"), ("A2", "power", 1))
    made = allocate_returns(sent, helpers, seed="s")
    (reason,), (remedy,) = (made.unallocated[name].tolist() for name in ("reason", "remedy"))
    assert reason.endswith("are full: A2")
    assert "Raise the capacity of one of them" in remedy
    eased = helpers.assign(capacity=[3, 2])
    assert allocate_returns(sent, eased, seed="s").unallocated.empty
    useless = helpers.assign(capacity=[4, 1])
    assert len(allocate_returns(sent, useless, seed="s").unallocated) == 1


def test_a_second_marking_without_anybody_left_says_so():
    made = allocate_returns(
        returns(1), assessors(("A1", "power", 9)), seed="s", double_mark_percent=100
    )
    assert "nobody marks a return twice" in made.unallocated["reason"][0]


def test_a_shortlist_leaves_no_more_short_than_all_pairs(monkeypatch):
    for number in range(12):
        sent, people = made_case(60, 12, seed=number, employers=6, spare=0.9 + 0.03 * number)
        whole = allocate_returns(sent, people, seed="s", double_mark_percent=20)
        monkeypatch.setattr(candidates, "ALL_PAIRS", 0)
        monkeypatch.setattr(shortlisted, "IN_FIELD", 1)
        monkeypatch.setattr(shortlisted, "ELSEWHERE", 1)
        short = allocate_returns(sent, people, seed="s", double_mark_percent=20)
        monkeypatch.undo()
        assert len(short.unallocated) == len(whole.unallocated)


def test_a_standing_marking_moves_only_where_something_would_be_short_otherwise():
    sent = returns(2).assign(employer=["Acme", "Other"])
    helpers = assessors(("A1", "power", 1), ("A2", "power", 1, "", "Other Ltd"))
    stands = pd.DataFrame({"return_id": ["r000"], "assessor_id": ["A1"], "marking": ["first"]})
    made = allocate_returns(sent, helpers, seed="s", movable=stands)
    assert made.unallocated.empty
    assert made.moved.to_dict("records") == [
        {"return_id": "r000", "marking": "first", "from_assessor": "A1", "assessor_id": "A2"}
    ]
    fixed = allocate_returns(sent, helpers, seed="s", taken=stands)
    assert len(fixed.unallocated) == 1
    assert fixed.moved.empty
