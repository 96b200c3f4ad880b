"""Allocation: specialism, conflict, capacity and double marking."""

import pandas as pd

from assessor_kit.allocation import allocate_returns


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
