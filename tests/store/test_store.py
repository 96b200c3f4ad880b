"""The store: nothing lost, nothing replaced in silence, no identity shown to an assessor."""

import pytest
from seasons import judgement, save, small_season

from assessor_kit import tables
from assessor_kit.errors import (
    Conflict,
    KeyMissing,
    NoSuchWorkspace,
    NotAllocated,
    OtherRevision,
    StaffOnly,
)
from assessor_kit.store import (
    Workspace,
    caseload,
    current_judgement,
    judgement_history,
    open_return,
    read_table,
    record_judgement,
)
from assessor_kit.store.database.connections import read_transaction, write_transaction
from assessor_kit.store.log.access_log import access_log


@pytest.fixture
def season(tmp_path, database):
    return small_season(tmp_path / "w")


def test_what_was_saved_is_what_is_read(season):
    assert save(season, event="e1", advice="Zoë said: <b>“$5”</b> 🎓 100 % %s") == 1
    assert current_judgement(season, "r1", assessor_id="A1") == (
        1,
        judgement("Zoë said: <b>“$5”</b> 🎓 100 % %s"),
    )


def test_the_same_save_again_is_harmless(season):
    assert save(season, event="e1") == save(season, event="e1") == 1
    assert len(judgement_history(season, "r1", assessor_id="A1")) == 1


def test_two_saves_that_meet_show_both_and_lose_neither(season):
    save(season, event="e1", advice="theirs")
    with pytest.raises(Conflict) as clash:
        save(season, event="e2", advice="mine")
    assert (clash.value.mine["advice"], clash.value.theirs["advice"]) == ("mine", "theirs")
    assert save(season, 1, event="e3", advice="mine") == 2
    assert list(judgement_history(season, "r1", assessor_id="A1")["version"]) == [1, 2]


def test_another_assessors_return_is_refused(season):
    with pytest.raises(NotAllocated):
        open_return(season, "r3", assessor_id="A1")
    with pytest.raises(NotAllocated):
        record_judgement(
            season, "r3", assessor_id="A1", judgement=judgement(), event_id="e9", expected_version=0
        )


def test_an_opened_return_names_nobody(season):
    opened = open_return(season, "r1", assessor_id="A1")
    shown = " ".join(
        [
            repr(opened),
            *(
                table.to_csv()
                for table in (opened.activities, opened.goals, opened.problems, opened.findings)
            ),
        ]
    )
    assert not any(
        word in shown for word in ("Ada", "X0001", "example.org", "Brightwater", "long illness")
    )
    assert opened.discipline == "power"
    assert list(caseload(season, "A1")["state"]) == ["not started", "not started"]


def test_who_opened_which_return_is_written_down(season):
    open_return(season, "r1", assessor_id="A2")
    open_return(season, "r1", assessor_id="A1")
    assert list(access_log(season, return_id="r1")["who"]) == ["A2", "A1"]


def test_a_workspace_opened_by_an_assessor_gives_nothing_that_is_not_theirs(season):
    mine = season.as_assessor("A1")
    assert set(read_table(mine, tables.ACTIVITIES)["return_id"]) == {"r1", "r2"}
    assert len(read_table(mine, tables.ACTIVITIES, return_id="r3")) == 0
    for table in (
        tables.REGISTER,
        tables.CIRCUMSTANCES,
        tables.JUDGEMENT_EVENTS,
        tables.RETURNS,
        tables.SETTINGS,
    ):
        with pytest.raises(StaffOnly):
            read_table(mine, table)
    for look in (
        caseload,
        lambda one, name: current_judgement(one, "r3", assessor_id=name),
        lambda one, name: open_return(one, "r3", assessor_id=name),
    ):
        with pytest.raises(NotAllocated):
            look(mine, "A2")


def test_circumstances_are_read_as_they_were_and_kept_encrypted(season):
    kept = read_table(season, tables.CIRCUMSTANCES).iloc[0]
    assert (kept["kind"], str(kept["from_on"]), kept["to_on"], kept["agreed_target_minutes"]) == (
        "long illness",
        "2017-02-01",
        None,
        600,
    )
    with read_transaction(season.engine) as connection:
        stored = connection.exec_driver_sql("SELECT * FROM circumstances").one()
    assert "long illness" not in str(stored)
    assert "staff one" not in str(stored)


def test_circumstances_do_not_open_without_the_staff_key(season):
    (season.keys.folder / "staff.key").rename(season.folder / "elsewhere")
    with pytest.raises(KeyMissing, match="backup"):
        read_table(season, tables.CIRCUMSTANCES)


def test_a_table_comes_back_in_the_kinds_it_declares(season):
    returns = read_table(season, tables.RETURNS)
    assert str(returns["declared_minutes"].dtype) == "Int64"
    assert str(returns["version"].dtype) == "int64"
    assert read_table(season, tables.REGISTER)["do_not_contact"].dtype == bool


def test_a_list_longer_than_a_query_takes_is_asked_for_in_parts(season):
    assert (
        len(
            read_table(
                season,
                tables.RETURNS,
                return_id=[*(f"none{number}" for number in range(70_000)), "r2"],
            )
        )
        == 1
    )


def test_a_folder_without_a_workspace_says_what_to_do(tmp_path):
    with pytest.raises(NoSuchWorkspace, match="assessor-kit init"):
        Workspace.open(tmp_path)


def test_a_database_of_another_revision_is_not_touched(season):
    with write_transaction(season.engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'later'")
    with pytest.raises(OtherRevision, match="newer than this program"):
        Workspace.open(season.folder)
