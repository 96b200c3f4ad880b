"""An erasure also holds when an older backup is restored, and asks for a new backup of the keys."""

import pytest
from planted import plant
from seasons import small_season
from server import server

from assessor_kit import journey, tables
from assessor_kit.store import Workspace, note_to_staff, read_table
from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.rights.erasure import erase_member
from assessor_kit.store.rights.subject_access import write_subject_access
from assessor_kit.store.rights.traces import files_holding
from assessor_kit.store.rounds.queries import queries_in
from assessor_kit.store.upkeep.backup import back_up, back_up_keys, restore, restore_keys
from assessor_kit.store.upkeep.health_checks import store_checks

WORDS = [f"planted-{place:04}" for place in range(74)]


@pytest.fixture
def season(tmp_path, database):
    return small_season(tmp_path / "w")


def keys_check(season):
    return next(one for one in store_checks(season) if one[0] == "keys have a backup")


def test_a_restored_older_backup_loses_the_files_of_members_erased_since(
    season, tmp_path, database, monkeypatch
):
    plant(season, "P0001", WORDS)
    back_up(season, tmp_path / "older.zip")
    back_up_keys(season, tmp_path / "keys.json")
    assert keys_check(season)[1]
    erase_member(season, "P0001")
    _, is_well, advice = keys_check(season)
    assert not is_well
    assert "erased since the keys were backed up" in advice
    back_up_keys(season, tmp_path / "keys.json")
    assert keys_check(season)[1]
    if database == "postgresql":
        monkeypatch.setenv("ASSESSOR_KIT_DATABASE", server().new_database())
    again = tmp_path / "again"
    restore_keys(tmp_path / "keys.json", again)
    done = restore(tmp_path / "older.zip", again)
    assert done.erased_again == 1
    assert done.files_erased >= 5
    assert files_holding(again, ["planted-", "P0001"]) == []
    restored = Workspace.open(again)
    assert read_table(restored, tables.REGISTER, member_no="P0001").empty
    assert not keys_check(restored)[1]  # the backup of before knew of no erasure


def test_queries_and_notes_are_given_to_the_member_and_end_with_an_erasure(season, tmp_path):
    note_to_staff(season, "r2", assessor_id="A1", words="Is it May?", event_id="n1")
    journey.write_to_assessor(season, "r2", to="", words="It is June.", by="Ada")
    asked = journey.ask_query(
        season, member_no="X0002", cpd_year=2016, what="Why was I drawn?", by="Ada"
    )
    files = write_subject_access(season, "X0002", tmp_path / "answer")
    told = " ".join(path.read_text(encoding="utf-8") for path in files if path.suffix == ".json")
    assert all(words in told for words in ("Is it May?", "It is June.", "Why was I drawn?"))
    assert "A1" not in told
    erase_member(season, "X0002")
    with read_transaction(season.engine) as connection:
        (kept,) = queries_in(connection, query_id=asked.query_id)
    assert (kept.what, kept.member_no.startswith("ERASED-")) == ("", True)
    assert journey.note_list(season, cpd_year=2016) == []
