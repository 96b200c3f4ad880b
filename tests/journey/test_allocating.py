"""Allocation as staff live with it: late returns, hand-backs, illness, second thoughts."""

import json

import pandas as pd
import pytest
from histories import fault_of
from seasons import add_return, put, save, small_season

from assessor_kit import journey, tables
from assessor_kit.cli import main
from assessor_kit.errors import Conflict, InvalidRequest, NotAllocated, NotFound
from assessor_kit.feedback.mail.building import build_message
from assessor_kit.feedback.mail.outbox import outbox_row
from assessor_kit.store import (
    Workspace,
    hand_back,
    make_token,
    read_table,
    replace_rows,
    sign_in,
)
from assessor_kit.store.database.connections import write_transaction
from assessor_kit.store.exchange.packs import make_pack
from assessor_kit.store.log.allocation_changes import (
    Change,
    allocation_changes,
    change_allocations,
)
from assessor_kit.store.returns import caseload
from assessor_kit.vocabulary import HandBackReason


@pytest.fixture
def season(tmp_path, database):
    """Returns r1 (A1 and A2), r2 (A1) and r3 (A2), and an assessor A3 with nothing to do."""
    made = small_season(tmp_path / "w")
    put(made, tables.ASSESSORS, assessor("A3"))
    return made


def assessor(name, **more):
    return {
        "assessor_id": name,
        "member_no": "",
        "name": f"Assessor {name}",
        "email": f"{name.lower()}@example.org",
        "disciplines": "power",
        "employer": "",
        "capacity": 9,
        "conflicts": "",
        "dismissed_on": None,
        "dismissed_because": "",
        **more,
    }


def change(season, name, **values):
    rows = read_table(season, tables.ASSESSORS, assessor_id=name)
    replace_rows(season, tables.ASSESSORS, rows.assign(**values))


def holders(season):
    rows = read_table(season, tables.ALLOCATIONS)
    return {
        (row["return_id"], row["marking"]): row["assessor_id"] for row in rows.to_dict("records")
    }


def give_back(season, return_id, assessor_id, reason=HandBackReason.NO_TIME):
    hand_back(
        season,
        return_id,
        assessor_id=assessor_id,
        reason=reason,
        words="",
        event_id=f"back-{return_id}-{assessor_id}",
    )


def allocate(season, **more):
    return journey.allocate(season, cpd_year=2016, seed="s", **more)[0]


def test_what_was_handed_back_goes_to_somebody_else_and_the_log_says_why(season):
    give_back(season, "r2", "A1")
    allocate(season)
    assert holders(season)["r2", "first"] in {"A2", "A3"}
    (row,) = allocation_changes(season).to_dict("records")
    assert (row["return_id"], row["from_assessor"]) == ("r2", "A1")
    assert row["reason"] == "A1 handed it back: no time"
    assert list(caseload(season, "A1")["return_id"]) == ["r1"]


def test_what_nobody_can_take_stays_where_it_was_handed_back_and_is_named(season):
    for name in ("A2", "A3"):
        change(season, name, capacity=0 if name == "A3" else 9, conflicts="X0002")
    give_back(season, "r2", "A1")
    made = allocate(season)
    assert made.unallocated["return_id"].tolist() == ["r2"]
    assert "Import another assessor without a conflict" in made.unallocated["remedy"][0]
    assert holders(season)["r2", "first"] == "A1"
    change(season, "A3", capacity=1, conflicts="")
    allocate(season)
    assert holders(season)["r2", "first"] == "A3"


def test_a_dismissed_assessors_returns_go_to_others_except_what_was_started(season):
    save(season, event="e1", return_id="r1", assessor_id="A1")
    left = journey.dismiss(season, "A1", reason="is ill")
    assert [(one["return_id"], one["state"]) for one in left] == [
        ("r1", "draft"),
        ("r2", "not started"),
    ]
    made = allocate(season)
    assert made.unallocated.empty
    now = holders(season)
    assert now["r1", "first"] == "A1"
    assert now["r2", "first"] in {"A2", "A3"}
    moved = journey.reallocate(season, cpd_year=2016, assessor_id="A1")
    assert moved.moved == []
    assert "has started it" in moved.left[0]["reason"]
    moved = journey.reallocate(season, cpd_year=2016, assessor_id="A1", started=True)
    assert moved.moved[0]["assessor_id"] == "A3"


def test_a_dismissed_assessor_gets_no_pack_no_token_and_no_return(season, tmp_path, monkeypatch):
    token = make_token(season, "A1")
    journey.dismiss(season, "A1", reason="")
    with pytest.raises(InvalidRequest, match="no longer assesses"):
        make_pack(season, "A1", tmp_path / "a1.pack")
    monkeypatch.setenv("ASSESSOR_KIT_TOKEN", token)
    with pytest.raises(NotAllocated):
        sign_in(season)
    monkeypatch.delenv("ASSESSOR_KIT_TOKEN")
    monkeypatch.setenv("JUPYTERHUB_USER", "A1")
    with pytest.raises(NotAllocated, match="no longer assesses"):
        sign_in(season)
    monkeypatch.delenv("JUPYTERHUB_USER")
    done = journey.reallocate(season, cpd_year=2016, return_id="r3", to="A1")
    assert "no longer assesses" in done.left[0]["reason"]
    journey.readmit(season, "A1")
    assert make_pack(season, "A1", tmp_path / "a1.pack")["returns"] == 2


def test_a_pack_holds_only_what_is_still_its_assessors(season, tmp_path):
    give_back(season, "r1", "A1")
    assert make_pack(season, "A1", tmp_path / "a1.pack")["returns"] == 1
    journey.reallocate(season, cpd_year=2016, return_id="r2", to="A3")
    with pytest.raises(NotFound, match="has no returns"):
        make_pack(season, "A1", tmp_path / "again.pack")


def test_a_lowered_capacity_moves_no_more_than_it_must(season):
    change(season, "A1", capacity=1)
    made = allocate(season)
    assert len(made.moved) == 1
    assert sum(name == "A1" for name in holders(season).values()) == 1
    log = allocation_changes(season)
    assert log["reason"].tolist() == ["A1 has 2 markings and a capacity of 1"]


def test_a_second_marking_that_was_short_is_given_once_somebody_has_room(tmp_path, database):
    season = small_season(tmp_path / "w")
    with write_transaction(season.engine) as connection:
        connection.exec_driver_sql("DELETE FROM allocations")
    change(season, "A2", capacity=0)
    made = allocate(season, double_mark_percent=100)
    assert set(made.unallocated["marking"]) == {"second"}
    change(season, "A2", capacity=9)
    made = allocate(season)
    assert made.unallocated.empty
    assert len(holders(season)) == 6


def test_a_late_return_is_given_out_and_nothing_else_changes(season):
    before = holders(season)
    put(season, tables.REGISTER, member("X0004"))
    add_return(season, "r4", "X0004")
    made = allocate(season)
    assert made.allocated["return_id"].tolist() == ["r4"]
    after = holders(season)
    assert {key: after[key] for key in before} == before
    assert after["r4", "first"] == "A3"  # the one with nothing to do


def member(number, **more):
    return {
        "member_no": number,
        "joined_on": None,
        "left_on": None,
        "do_not_contact": False,
        "name": "Di Sample",
        "email": "di@example.org",
        "grade": "MIET",
        "registration": "",
        "discipline": "power",
        "employer": "",
        "opted_in_on": None,
        **more,
    }


def test_last_years_assessor_and_whoever_recognised_the_member_get_nobody_again(season):
    add_return(season, "next1", "X0001", cpd_year=2017)
    add_return(season, "next2", "X0002", cpd_year=2017)
    give_back(season, "r2", "A1", HandBackReason.RECOGNISED)
    journey.reallocate(season, cpd_year=2016, return_id="r2", to="A2")
    journey.allocate(season, cpd_year=2017, seed="s")
    now = holders(season)
    assert now["next1", "first"] == "A3"  # A1 and A2 marked X0001 the year before
    assert now["next2", "first"] == "A3"  # A2 did, and A1 knows the member


def test_one_return_is_moved_to_somebody_and_back_again(season):
    done = journey.reallocate(
        season, cpd_year=2016, return_id="r2", to="A3", reason="knows the field"
    )
    assert done.moved == [
        {"return_id": "r2", "marking": "first", "from_assessor": "A1", "assessor_id": "A3"}
    ]
    back = journey.undo_reallocation(season, return_id="r2")
    assert back.moved[0]["assessor_id"] == "A1"
    assert allocation_changes(season)["reason"].tolist() == [
        "knows the field",
        "undo of: knows the field",
    ]
    with pytest.raises(NotFound):
        journey.undo_reallocation(season, return_id="r3")


def test_a_return_that_two_assessors_mark_needs_a_word_which_is_meant(season):
    with pytest.raises(InvalidRequest, match="--assessor A1 or A2"):
        journey.reallocate(season, cpd_year=2016, return_id="r1", to="A3")
    done = journey.reallocate(season, cpd_year=2016, return_id="r1", assessor_id="A2", to="A3")
    assert done.moved[0]["marking"] == "second"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"conflicts": "x0002"}, "a conflict with the member is named"),
        ({"employer": "LARKFIELD RAIL LTD"}, "same employer"),
        ({"capacity": 0}, "no place left"),
    ],
)
def test_staffs_word_breaks_no_conflict_and_fills_no_full_caseload(season, values, said):
    change(season, "A3", **values)
    done = journey.reallocate(season, cpd_year=2016, return_id="r2", to="A3")
    assert done.moved == []
    assert said in done.left[0]["reason"]
    assert done.left[0]["remedy"]
    assert holders(season)["r2", "first"] == "A1"


def test_whoever_marks_a_return_cannot_take_its_other_marking(season):
    done = journey.reallocate(season, cpd_year=2016, return_id="r1", assessor_id="A1", to="A2")
    assert "marks it already" in done.left[0]["reason"]


def test_what_is_submitted_never_moves(season):
    save(season, event="e1", return_id="r2", assessor_id="A1", submitted=True)
    done = journey.reallocate(season, cpd_year=2016, return_id="r2", to="A3", started=True)
    assert "submitted" in done.left[0]["reason"]
    assert holders(season)["r2", "first"] == "A1"


def test_a_return_that_is_started_meanwhile_is_not_taken_away(season):
    save(season, event="e1", return_id="r2", assessor_id="A1")
    late = Change(return_id="r2", marking="first", from_assessor="A1", to_assessor="A3", reason="r")
    due = read_table(season, tables.ALLOCATIONS)["due_on"][0]
    with pytest.raises(Conflict, match="started a return meanwhile"):
        change_allocations(season, [late], due_on=due)
    stale = Change(
        return_id="r2", marking="first", from_assessor="A2", to_assessor="A3", reason="r"
    )
    with pytest.raises(Conflict, match="changed these allocations meanwhile"):
        change_allocations(season, [stale], due_on=due)
    assert holders(season)["r2", "first"] == "A1"
    assert allocation_changes(season).empty


def test_the_log_of_allocations_is_never_changed(season):
    journey.reallocate(season, cpd_year=2016, return_id="r2", to="A3")
    for statement in (
        "UPDATE allocation_changes SET reason = ''",
        "DELETE FROM allocation_changes",
    ):
        with (
            pytest.raises(Exception, match="append-only"),
            write_transaction(season.engine) as connection,
        ):
            connection.exec_driver_sql(statement)


def test_assessors_are_told_what_came_to_their_desk_and_what_left_it(season):
    change(season, "A1", email="a1@example.org")
    journey.reallocate(season, cpd_year=2016, return_id="r2", to="A3")
    outbox = read_table(season, tables.OUTBOX)
    assert sorted(outbox["assessor_id"]) == ["A1", "A3"]
    letter = {
        one["assessor_id"]: build_message(
            season, outbox_row(season, one["message_id"]), sender="cpd@example.org"
        )
        for one in outbox.to_dict("records")
    }
    assert letter["A1"]["To"] == "Assessor A1 <a1@example.org>"
    taken = letter["A1"].get_content()
    added = letter["A3"].get_content()
    assert "Taken from your desk" in taken
    assert "- R-r2\n" in taken
    assert "Added to your desk" in added
    assert "- R-r2, due on" in added
    for words in (taken, added):
        assert "Zoë" not in words
        assert "X0002" not in words


def test_nothing_is_written_to_assessors_of_a_sample(tmp_path):
    season = small_season(tmp_path / "w", sample=True)
    journey.reallocate(season, cpd_year=2016, return_id="r2", to="A2")
    assert read_table(season, tables.OUTBOX).empty


def test_what_waits_for_an_assessor_includes_what_lost_one(season):
    assert journey.waiting_for_assessors(season, cpd_year=2016) == set()
    give_back(season, "r2", "A1")
    journey.dismiss(season, "A2", reason="")
    assert journey.waiting_for_assessors(season, cpd_year=2016) == {"r1", "r2", "r3"}


def test_a_what_if_changes_nothing(season):
    before = holders(season)
    made, loads = journey.what_if(
        season,
        cpd_year=2016,
        seed="s",
        double_mark_percent=100,
        capacity_percent=50,
        without=["A1"],
    )
    assert made.moved["from_assessor"].tolist() == ["A1", "A1"]
    assert loads.set_index("assessor_id").loc["A1"].tolist() == [0, 0]
    assert holders(season) == before
    assert allocation_changes(season).empty


def run_cli(capsys, *words):
    capsys.readouterr()
    status = main([*words, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_the_commands_move_dismiss_and_undo(tmp_path, capsys):
    season = small_season(tmp_path / "w")
    put(season, tables.ASSESSORS, assessor("A3"))
    where = ("--workspace", str(season.folder))
    status, answer = run_cli(capsys, "reallocate", "R-r2", "--to", "A3", "--dry-run", *where)
    assert (status, answer["moved"][0]["return"], answer["dry_run"]) == (0, "R-r2", True)
    assert holders(season)["r2", "first"] == "A1"
    status, answer = run_cli(capsys, "reallocate", "R-r2", "--to", "A3", *where)
    assert answer["moved"][0]["assessor_id"] == "A3"
    status, answer = run_cli(capsys, "reallocate", "R-r2", "--undo", *where)
    assert answer["moved"][0]["assessor_id"] == "A1"
    status, answer = run_cli(capsys, "dismiss", "A1", "--reason", "is ill", *where)
    assert [one["return"] for one in answer["left_behind"]] == ["R-r1", "R-r2"]
    status, answer = run_cli(capsys, "allocate", "--cpd-year", "2016", "--seed", "s", *where)
    assert (answer["unallocated"], answer["pieces"]) == ([], 1)
    assert not {"A1"} & set(holders(season).values())
    status, answer = run_cli(capsys, "dismiss", "A1", "--undo", *where)
    assert (status, answer["left_behind"]) == (0, [])
    season = Workspace.open(season.folder)
    assert pd.isna(read_table(season, tables.ASSESSORS, assessor_id="A1")["dismissed_on"][0])


@pytest.mark.parametrize("number", range(6))
def test_whatever_happens_all_is_allocated_that_can_be_with_fewest_moves(tmp_path, number):
    """The long form: `python tests/benchmarks/histories.py 200`."""
    assert fault_of(tmp_path / "w", number) == ""
