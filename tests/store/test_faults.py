"""What becomes of saves when things go wrong?

A writer is killed, a server is killed, the power is cut, many write at once, a disk is full. These
are the short forms; the benchmarks that they call have the full ones.
"""

import resource

import pytest
from seasons import save, small_season
from store_kills import kill_servers, kill_writers
from store_power_cuts import cut_power, weaker_setting
from store_writers import database, write_together

from assessor_kit.errors import InvalidRequest
from assessor_kit.store import current_judgement
from assessor_kit.store.database import connections as engine
from assessor_kit.store.database.connections import (
    has_wal_fix,
    make_engine,
    read_transaction,
    safe_settings,
    write_transaction,
)
from assessor_kit.store.log.chain import check_log
from assessor_kit.workbench.messages import judgement_state
from assessor_kit.workbench.screen import Sitting

NOTHING_WRONG = {
    "lost": 0,
    "duplicates": 0,
    "unexpected": 0,
    "version gaps": 0,
    "chain verified": True,
}


def test_no_acknowledged_save_is_lost_or_doubled_when_writers_are_killed(tmp_path):
    found = kill_writers(tmp_path, kills=40)
    assert {name: found[name] for name in NOTHING_WRONG} == NOTHING_WRONG
    assert found["acknowledged"] > 40
    assert found["retried"] > 0


def test_no_acknowledged_save_is_lost_or_doubled_when_the_server_is_killed(tmp_path):
    found = kill_servers(tmp_path, kills=3)
    assert {name: found[name] for name in NOTHING_WRONG} == NOTHING_WRONG
    assert found["acknowledged"] > 10


def test_no_acknowledged_save_is_lost_in_a_power_cut(tmp_path):
    found = cut_power(tmp_path, cuts=60)
    assert (found["lost"], found["corrupt"]) == (0, 0)
    assert found["acknowledged"] > 500


def test_the_same_power_cuts_do_lose_saves_under_a_weaker_setting(tmp_path):
    with weaker_setting():
        assert cut_power(tmp_path, cuts=60)["lost"] > 0


def test_where_sqlite_has_the_write_ahead_bug_the_slower_setting_loses_nothing_either(
    tmp_path, monkeypatch
):
    assert [
        safe_settings(version)
        for version in ((3, 40, 1), (3, 51, 2), (3, 51, 3), (3, 50, 7), (3, 53, 4))
    ] == [
        ("DELETE", "EXTRA"),
        ("DELETE", "EXTRA"),
        ("WAL", "FULL"),
        ("WAL", "FULL"),
        ("WAL", "FULL"),
    ]
    monkeypatch.setattr(engine, "has_wal_fix", lambda _version: False)
    found = cut_power(tmp_path, cuts=60)
    assert (found["lost"], found["corrupt"]) == (0, 0)
    assert found["acknowledged"] > 500


@pytest.mark.parametrize(("kind", "writers"), [("SQLite", 10), ("PostgreSQL", 10)])
def test_no_update_is_lost_when_many_write_at_once(tmp_path, kind, writers):
    with database(kind):
        found = write_together(tmp_path, writers=writers, saves=200)
    assert (found["lost"], found["events"], found["chain verified"]) == (0, 200, True)
    assert found["conflicts"] > 0


def test_readers_neither_wait_for_a_writer_nor_hold_one_up(tmp_path):
    season = small_season(tmp_path / "w")
    assert has_wal_fix(engine.sqlite_version())
    with write_transaction(season.engine) as writer, read_transaction(season.engine) as reader:
        writer.exec_driver_sql("UPDATE settings SET value = 'changed' WHERE name = 'created'")
        assert (
            reader.exec_driver_sql("SELECT value FROM settings WHERE name = 'created'").scalar()
            != "changed"
        )
        save_while_read = reader.exec_driver_sql("SELECT count(*) FROM judgement_events").scalar()
    assert save_while_read == 0


def test_on_a_full_disk_the_assessor_is_told_and_nothing_earlier_is_harmed(tmp_path):
    """The disk is full when no file may grow further; then there is room again."""
    season = small_season(tmp_path / "w")
    screen, said = Sitting(season, "A1"), []

    def hear(message):  # what the browser's message calls
        said.append(screen.answer(message).as_dict())

    state = {**judgement_state(0, None), "levels": {"reflection": "sound"}, "advice": "before"}
    save_it = {"kind": "save", "return_id": "r1", "continues": False}
    hear({**save_it, "event_id": "e1", "base": 0, "state": state})
    largest = max(path.stat().st_size for path in season.folder.glob("assessor.db*"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
    try:
        hear({**save_it, "event_id": "e2", "base": 1, "state": {**state, "advice": "x" * largest}})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert said[0] == {"kind": "saved", "to": "e1", "version": 1}
    assert said[1]["kind"] == "refused"
    assert said[1]["text"].startswith("NOT SAVED")
    assert current_judgement(season, "r1", assessor_id="A1")[1].advice == "before"
    hear({**save_it, "event_id": "e2", "base": 1, "state": {**state, "advice": "x" * largest}})
    assert said[2] == {"kind": "saved", "to": "e2", "version": 2}
    with read_transaction(season.engine) as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert check_log(connection).verified
    assert save(season, 2, event="e3") == 3


@pytest.mark.parametrize("url", ["", "assessor.db", "postgresql://user:secret@host:port/name"])
def test_a_malformed_database_address_is_a_sentence_without_its_password(url):
    with pytest.raises(InvalidRequest, match="address cannot be read") as refused:
        make_engine(url, keys=None)
    assert "secret" not in str(refused.value)
