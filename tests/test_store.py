"""The store: nothing lost, nothing replaced in silence, no identity shown to an assessor."""

import pandas as pd
import pytest

from assessor_kit import tables
from assessor_kit.errors import Conflict, NoSuchWorkspace, NotAllocated
from assessor_kit.store import Workspace, append_rows, caseload, current_judgement, judgement_history, open_return, read_table, record_judgement
from assessor_kit.vocabulary import Judgement, JudgementState


@pytest.fixture
def season(tmp_path):
    made = Workspace.create(tmp_path / "w")
    append_rows(made, tables.REGISTER, pd.DataFrame([{
        "member_no": "X0001", "joined_on": None, "left_on": None, "do_not_contact": False, "name": "Ada Example", "email": "ada@example.org", "grade": "MIET",
        "registration": "CEng", "discipline": "power", "employer": "Brightwater Grid", "opted_in_on": None}]))
    append_rows(made, tables.RETURNS, pd.DataFrame([{
        "return_id": "r1", "member_no": "X0001", "cpd_year": 2016, "version": 1, "pseudonym": "R-1", "declared_minutes": None, "source_digest": "d",
        "received_at": pd.Timestamp("2017-02-01").to_pydatetime(), "parked": ""}]))
    append_rows(made, tables.ALLOCATIONS, pd.DataFrame([{
        "return_id": "r1", "assessor_id": "A1", "marking": "first", "allocated_on": pd.Timestamp("2017-02-01").date(), "due_on": pd.Timestamp("2017-03-01").date()}]))
    return made


def judgement(advice="Keep going.", state=JudgementState.DRAFT):
    return Judgement(levels={"reflection": "sound"}, comments={}, outcome="advice", advice=advice, themes=("widen_mix",), state=state)


def save(season, version, *, event, advice="Keep going."):
    return record_judgement(season, "r1", assessor_id="A1", judgement=judgement(advice), event_id=event, expected_version=version)


def test_what_was_saved_is_what_is_read(season):
    assert save(season, 0, event="e1", advice="Zoë said: <b>“$5”</b> 🎓") == 1
    assert current_judgement(season, "r1", assessor_id="A1") == (1, judgement("Zoë said: <b>“$5”</b> 🎓"))


def test_the_same_save_again_is_harmless(season):
    assert save(season, 0, event="e1") == save(season, 0, event="e1") == 1
    assert len(judgement_history(season, "r1", assessor_id="A1")) == 1


def test_two_saves_that_meet_show_both_and_lose_neither(season):
    save(season, 0, event="e1", advice="theirs")
    with pytest.raises(Conflict) as clash:
        save(season, 0, event="e2", advice="mine")
    assert (clash.value.mine["advice"], clash.value.theirs["advice"]) == ("mine", "theirs")
    assert save(season, 1, event="e3", advice="mine") == 2
    assert list(judgement_history(season, "r1", assessor_id="A1")["version"]) == [1, 2]


def test_another_assessors_return_is_refused(season):
    with pytest.raises(NotAllocated):
        open_return(season, "r1", assessor_id="A2")
    with pytest.raises(NotAllocated):
        record_judgement(season, "r1", assessor_id="A2", judgement=judgement(), event_id="e9", expected_version=0)


def test_an_opened_return_names_nobody(season):
    opened = open_return(season, "r1", assessor_id="A1")
    assert not any(word in repr(opened) for word in ("Ada", "X0001", "example.org", "Brightwater"))
    assert list(caseload(season, "A1")["state"]) == ["not started"]


def test_a_table_comes_back_in_the_kinds_it_declares(season):
    returns = read_table(season, tables.RETURNS)
    assert str(returns["declared_minutes"].dtype) == "Int64"
    assert str(returns["version"].dtype) == "int64"
    assert read_table(season, tables.REGISTER)["do_not_contact"].dtype == bool


def test_a_folder_without_a_workspace_says_what_to_do(tmp_path):
    with pytest.raises(NoSuchWorkspace, match="assessor-kit init"):
        Workspace.open(tmp_path)
