"""Connections that are kept open, and the line in which writers wait."""

import multiprocessing
import shutil
import threading
import time

import pytest
from seasons import save, small_season

from assessor_kit import files
from assessor_kit.store import Workspace, current_judgement, log_length
from assessor_kit.store.database import write_lock as turns
from assessor_kit.store.database.connections import write_transaction

FORK = multiprocessing.get_context("fork")


@pytest.fixture
def season(tmp_path):
    return small_season(tmp_path / "w")


def test_what_is_saved_after_the_file_was_replaced_is_in_the_new_file(season, tmp_path):
    """As when a copy is put back while a notebook is open.

    A connection to the deleted file would accept saves and lose them.
    """
    save(season, event="e1", advice="before")
    shutil.copytree(season.folder, tmp_path / "copy")
    save(season, 1, event="e2", advice="since")
    shutil.rmtree(season.folder)
    shutil.copytree(tmp_path / "copy", season.folder)
    assert current_judgement(season, "r1", assessor_id="A1")[1].advice == "before"
    assert save(season, 1, event="e3", advice="again") == 2
    assert (
        current_judgement(Workspace.open(season.folder), "r1", assessor_id="A1")[1].advice
        == "again"
    )


def test_no_connection_to_the_file_goes_through_a_fork(season):
    save(season, event="e1")
    assert season.engine.pool.checkedin() == 1
    asked = FORK.Queue()
    child = FORK.Process(
        target=lambda: asked.put((season.engine.pool.checkedin(), save(season, 1, event="e2")))
    )
    child.start()
    assert asked.get(timeout=30) == (0, 2)
    child.join()
    assert save(season, 2, event="e3") == 3


def test_writers_wait_in_line_and_each_gets_a_turn(season):
    """Threads of one process wait in line just as processes do."""
    done = []
    with write_transaction(season.engine):
        waiting = [
            threading.Thread(
                target=lambda name=name: done.append(save(season, event=name, return_id=name))
            )
            for name in ("r1", "r2")
        ]
        for thread in waiting:
            thread.start()
        time.sleep(0.2)
        assert done == []
    for thread in waiting:
        thread.join()
    assert done == [1, 1]
    assert log_length(season) == 2


@pytest.mark.skipif(files.fcntl is None, reason="no file locks here, so no line")
def test_a_line_that_does_not_move_holds_nobody_up(season, monkeypatch):
    monkeypatch.setattr(turns, "IN_LINE", 0.05)
    stuck = turns.take_turn(season.folder / "assessor.db")
    assert save(season, event="e1") == 1
    stuck.leave()
    assert save(season, 1, event="e2") == 2
    assert not [
        thread
        for thread in threading.enumerate()
        if thread.name == "assessor-kit-turn" and (thread.join(5) or thread.is_alive())
    ]


def test_where_there_is_no_line_writers_ask_again(season, monkeypatch):
    monkeypatch.setattr(files, "fcntl", None)
    with write_transaction(season.engine):
        waiting = threading.Thread(target=lambda: save(season, event="e1"))
        waiting.start()
        time.sleep(0.05)
    waiting.join()
    assert save(season, 1, event="e2") == 2
