"""The judgement log: versions, undo, readings, hand-backs, and blind marking.

It also shows what was said when, and its chain shows any alteration.
"""

import random
import signal
import subprocess
import sys
from datetime import UTC, datetime

import pytest
import seasons
from seasons import judgement, save, small_season
from sqlalchemy.exc import DBAPIError

from assessor_kit import tables
from assessor_kit.errors import (
    Conflict,
    InvalidRequest,
    MarkingClosed,
    NotAllocated,
    NotFound,
    NotVisibleYet,
)
from assessor_kit.scorers import apply_readings
from assessor_kit.store import (
    caseload,
    current_judgement,
    hand_back,
    judgement_as_of,
    judgement_history,
    log_length,
    open_return,
    other_judgements,
    raise_in_confidence,
    readings_of,
    record_judgement,
    record_reading,
    reviewed_return,
    told_to_staff,
    undo_judgement,
)
from assessor_kit.store.database.connections import read_transaction, write_transaction
from assessor_kit.store.log.chain import LOG_NAME, check_log
from assessor_kit.store.log.judgements import EMPTY, position_at
from assessor_kit.vocabulary import Counting, HandBackReason, Planned, Reading

CHANGES = {  # what somebody with the database's password might do, column by column
    "advice": "UPDATE judgement_events SET sealed = 'AAAA' || substr(sealed, 5) WHERE seq = {seq}",
    "level": (
        "UPDATE judgement_events SET payload = replace(payload, 'sound', 'strong') WHERE seq ="
        " {seq}"
    ),
    "assessor": "UPDATE judgement_events SET assessor_id = 'A9' WHERE seq = {seq}",
    "state": "UPDATE judgement_events SET state = 'submitted' WHERE seq = {seq}",
    "time": (
        "UPDATE judgement_events SET recorded_at = '2001-01-01 00:00:00.000000' WHERE seq = {seq}"
    ),
    "removed": "DELETE FROM judgement_events WHERE seq = {seq}",
    "removed, places closed up": (
        "DELETE FROM judgement_events WHERE seq = {seq}; UPDATE judgement_events SET seq = seq - 1"
        " WHERE seq > {seq}"
    ),
}


@pytest.fixture
def season(tmp_path, database):
    return small_season(tmp_path / "w")


def checked(season, **options):
    with read_transaction(season.engine) as connection:
        return check_log(connection, **options)


def undo(season, version, *, event):
    return undo_judgement(season, "r1", assessor_id="A1", event_id=event, expected_version=version)


def test_undo_goes_back_step_by_step_to_the_empty_judgement_and_removes_nothing(season):
    for version, words in enumerate(("one", "two", "three")):
        save(season, version, event=words, advice=words)
    assert undo(season, 3, event="u1") == (4, judgement("two"))
    assert save(season, 4, event="four", advice="four") == 5
    assert [undo(season, version, event=f"u{version}")[1].advice for version in (5, 6, 7)] == [
        "two",
        "one",
        "",
    ]
    assert current_judgement(season, "r1", assessor_id="A1") == (8, EMPTY)
    with pytest.raises(Conflict, match="nothing left"):
        undo(season, 8, event="u8")
    history = judgement_history(season, "r1", assessor_id="A1")
    assert [one.advice for one in history["judgement"]] == [
        "one",
        "two",
        "three",
        "two",
        "four",
        "two",
        "one",
        "",
    ]
    assert checked(season).verified


def test_an_undo_takes_back_a_whole_change_and_never_submits(season):
    record = {"assessor_id": "A1", "return_id": "r1"}
    save(season, 0, event="rating")
    for version, words in enumerate(("He", "Hell", "Hello"), 1):
        record_judgement(
            season,
            **record,
            judgement=judgement(words),
            event_id=words,
            expected_version=version,
            continues=version > 1,
        )
    record_judgement(
        season,
        **record,
        judgement=judgement("Hello", submitted=True),
        event_id="submit",
        expected_version=4,
        continues=True,
    )
    record_judgement(
        season,
        **record,
        judgement=judgement("Hello"),
        event_id="reopen",
        expected_version=5,
        continues=True,
    )
    assert undo(season, 6, event="u1") == (7, judgement("Keep going."))
    record_judgement(
        season,
        **record,
        judgement=judgement("Keep going.", submitted=True),
        event_id="again",
        expected_version=7,
        continues=True,
    )
    # what follows an undo is a change of its own
    assert undo(season, 8, event="u2") == (9, judgement("Keep going."))
    assert undo(season, 9, event="u3") == (10, EMPTY)
    assert len(judgement_history(season, "r1", assessor_id="A1")) == 10
    assert checked(season).verified


def test_the_same_undo_again_is_harmless(season):
    save(season, event="e1")
    assert undo(season, 1, event="u1")[0] == undo(season, 1, event="u1")[0] == 2


def test_what_the_record_said_at_a_place_in_the_log_can_be_read_later(season):
    save(season, event="e1", advice="before release")
    released = log_length(season)
    save(season, 1, event="e2", advice="after release")
    assert (
        judgement_as_of(season, "r1", assessor_id="A1", position=released)[1].advice
        == "before release"
    )
    assert judgement_as_of(season, "r1", assessor_id="A1", position=0) == (0, None)
    assert position_at(season, datetime.now(UTC).replace(tzinfo=None)) == 2


@pytest.mark.parametrize(
    "statement", ["UPDATE judgement_events SET payload = '{}'", "DELETE FROM judgement_events"]
)
def test_the_database_itself_refuses_to_change_the_log(season, statement):
    save(season, event="e1")
    with (
        pytest.raises(DBAPIError, match="append-only"),
        write_transaction(season.engine) as connection,
    ):
        connection.exec_driver_sql(statement)


def test_a_log_that_nobody_touched_verifies_and_its_head_can_be_noted(season):
    assert checked(season).verified
    save(season, event="e1")
    noted = checked(season).head
    save(season, 1, event="e2")
    assert checked(season, expected_head=noted).verified
    assert not checked(season, expected_head="f" * 64).verified


def without_guards(connection):
    """Remove the guards, as an attacker who owns the database would do first."""
    if connection.dialect.name == "sqlite":
        for name in ("changed", "removed"):
            connection.exec_driver_sql(f"DROP TRIGGER judgement_events_are_not_{name}")
    else:
        connection.exec_driver_sql(
            "DROP TRIGGER judgement_events_are_not_changed ON judgement_events"
        )


def test_a_hundred_of_a_hundred_altered_or_removed_events_are_found(season):
    for number in range(12):
        save(season, number, event=f"e{number}", advice=f"advice {number}")
    chance, found = random.Random(5), 0
    for _ in range(100):
        change, seq = chance.choice(sorted(CHANGES)), chance.randint(1, 12)
        with season.engine.connect() as connection:
            without_guards(connection)
            for statement in CHANGES[change].format(seq=seq).split("; "):
                connection.exec_driver_sql(statement)
            found += not check_log(connection).verified
            connection.rollback()
    assert found == 100
    assert checked(season).verified


def test_the_end_of_the_log_cannot_be_cut_off_unseen(season):
    for number in range(3):
        save(season, number, event=f"e{number}")
    with season.engine.connect() as connection:
        without_guards(connection)
        connection.exec_driver_sql("DELETE FROM judgement_events WHERE seq = 3")
        assert check_log(connection).problems == (
            "the log ends at event 2 but should end at event 3",
        )
        connection.rollback()


def test_one_assessor_cannot_read_the_other_before_both_have_submitted(season):
    save(season, event="e1", advice="first's words", submitted=True)
    for state in (False, True):
        with pytest.raises(NotVisibleYet):
            other_judgements(season, "r1", assessor_id="A2")
        with pytest.raises(NotVisibleYet):
            other_judgements(season, "r1", assessor_id="A1")
        save(
            season,
            int(state),
            event=f"s{state}",
            assessor_id="A2",
            advice="second's words",
            submitted=state,
        )
    assert other_judgements(season, "r1", assessor_id="A2") == {
        "A1": judgement("first's words", submitted=True)
    }
    assert other_judgements(season, "r1", assessor_id="A1") == {
        "A2": judgement("second's words", submitted=True)
    }
    with pytest.raises(NotAllocated):
        other_judgements(season, "r3", assessor_id="A1")


def test_once_both_are_submitted_neither_marking_can_change(season):
    save(season, event="e1", submitted=True)
    save(season, 1, event="e2", advice="a later thought", submitted=True)
    save(season, event="s1", assessor_id="A2", submitted=True)
    for change in (
        lambda: save(season, 2, event="e3"),
        lambda: undo(season, 2, event="u1"),
        lambda: save(season, 1, event="s2", assessor_id="A2"),
    ):
        with pytest.raises(MarkingClosed):
            change()


def test_a_return_marked_once_stays_open_and_has_no_other(season):
    save(season, event="e1", return_id="r2", submitted=True)
    assert save(season, 1, event="e2", return_id="r2", submitted=True) == 2
    with pytest.raises(NotVisibleYet):
        other_judgements(season, "r2", assessor_id="A1")
    assert reviewed_return(season, "r2").judgement.advice == "Keep going."


def test_readings_stand_beside_the_original_and_the_latest_counts(season):
    codes = [choice.code for choice in season.rules(2016).areas]
    for number, one in enumerate(
        (
            Reading(activity_no=1, area=codes[0]),
            Reading(activity_no=1, area=codes[1], planned=Planned.YES, reason="it says so"),
            Reading(activity_no=2, counting=Counting.PART, part_minutes=45),
        )
    ):
        assert (
            record_reading(season, "r2", assessor_id="A1", reading_of=one, event_id=f"e{number}")
            == number + 1
        )
    opened = open_return(season, "r2", assessor_id="A1")
    assert list(opened.activities["area"]) == ["", ""]
    read = apply_readings(opened.activities, opened.readings)
    assert (read.iloc[0]["area"], read.iloc[0]["planned"]) == (codes[1], "yes")
    assert (
        int(read.iloc[1]["minutes"]),
        bool(read.iloc[1]["doubtful"]),
        bool(read.iloc[1]["counts"]),
    ) == (45, False, True)
    record_reading(
        season,
        "r2",
        assessor_id="A1",
        reading_of=Reading(activity_no=2, counting=Counting.NONE),
        event_id="e4",
    )
    record_reading(season, "r2", assessor_id="A1", reading_of=Reading(activity_no=1), event_id="e5")
    left = readings_of(season, "r2", assessor_id="A1")
    assert list(left["activity_no"]) == [2]
    assert not apply_readings(opened.activities, left).iloc[1]["counts"]
    assert current_judgement(season, "r2", assessor_id="A1") == (0, None)


@pytest.mark.parametrize(
    "wrong",
    [
        Reading(activity_no=9, area=None),
        Reading(activity_no=1, area="nowhere"),
        Reading(activity_no=1, activity_type="magic"),
        Reading(activity_no=1, counting=Counting.PART),
        Reading(activity_no=1, counting=Counting.PART, part_minutes=121),
        Reading(activity_no=1, part_minutes=5),
    ],
)
def test_a_reading_that_cannot_be_is_refused(season, wrong):
    with pytest.raises((InvalidRequest, NotFound)):
        record_reading(season, "r2", assessor_id="A1", reading_of=wrong, event_id="e")


def test_a_return_handed_back_leaves_the_caseload_and_reaches_staff(season):
    hand_back(
        season,
        "r2",
        assessor_id="A1",
        reason=HandBackReason.RECOGNISED,
        words="We worked together.",
        event_id="h1",
    )
    raise_in_confidence(
        season, "r1", assessor_id="A1", words="A reflection troubles me.", event_id="c1"
    )
    assert list(caseload(season, "A1")["return_id"]) == ["r1"]
    told = told_to_staff(season)
    assert list(
        zip(told["return_id"], told["kind"], told["reason"], told["words"], strict=True)
    ) == [
        ("r2", "hand back", "recognised", "We worked together."),
        ("r1", "in confidence", "", "A reflection troubles me."),
    ]


def test_a_draft_survives_a_killed_kernel(season):
    script = (
        "import os, signal, sys; sys.path.insert(0, os.path.dirname(sys.argv[2])); from seasons import save; from"
        " assessor_kit.store import Workspace\nsave(Workspace.open(sys.argv[1]), event='e1',"
        " advice='half a thought'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(season.folder), seasons.__file__], check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert current_judgement(season, "r1", assessor_id="A1")[1] == judgement("half a thought")


def test_nothing_written_stands_readable_in_the_log(season):
    record_judgement(
        season,
        "r2",
        assessor_id="A1",
        event_id="e1",
        expected_version=0,
        judgement=judgement(
            "secret advice",
            comments={"reflection": "secret comment"},
            liked="secret liking",
            private_note="secret note",
        ),
    )
    with read_transaction(season.engine) as connection:
        assert "secret" not in str(connection.exec_driver_sql(f"SELECT * FROM {LOG_NAME}").all())
    assert tables.JUDGEMENT_EVENTS.name == LOG_NAME
