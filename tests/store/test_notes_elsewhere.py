"""Notes, returned texts and versions on an assessor's own connection, and on a laptop."""

import shutil
from datetime import UTC, datetime

import psycopg
import pytest
from judged_rounds import (
    assessor_of,
    document,
    judge,
    judged_rounds,
    line,
    return_of,
    send_in,
)
from server import server

from assessor_kit import journey
from assessor_kit.errors import MarkingClosed
from assessor_kit.feedback.release import decide
from assessor_kit.store import (
    Workspace,
    current_judgement,
    note_to_staff,
    open_return,
    returned_texts,
)
from assessor_kit.store.access.server_roles import admit_assessor
from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.exchange.hand_ins import merge_hand_in
from assessor_kit.store.exchange.packs import hand_in, make_pack, open_pack
from assessor_kit.store.log.allocation_changes import Change, change_allocations
from assessor_kit.store.log.chain import check_log
from assessor_kit.vocabulary import Parked

TOLD = "ABCDE-FGHJK-LMNPQ-RSTUV"


@pytest.fixture
def season(tmp_path, monkeypatch):
    monkeypatch.setenv("ASSESSOR_KIT_DATABASE", server().new_database())
    return judged_rounds(tmp_path)


def desk_of(season, assessor_id, folder, monkeypatch):
    """Return an assessor's own machine, with the one key that assessors need."""
    url = admit_assessor(season, assessor_id)
    (folder / "keys").mkdir(parents=True)
    shutil.copy(season.keys.path("subjects"), folder / "keys")
    monkeypatch.setenv("ASSESSOR_KIT_DATABASE", url.render_as_string(hide_password=False))
    opened = Workspace.open(folder)
    monkeypatch.setenv("ASSESSOR_KIT_DATABASE", season.database_url)
    return opened


def pair(season, name):
    """Have a return marked twice; return the first assessor and the second."""
    one = assessor_of(season, name)
    other = next(who for who in ("A1", "A2", "A3") if who != one)
    change = Change(
        return_id=name, marking="second", from_assessor="", to_assessor=other, reason="a pair"
    )
    change_allocations(season, [change], due_on=datetime.now(UTC).date(), doubles=[name])
    judge(season, name, advice="One.")
    judge(season, name, advice="Two.", assessor_id=other)
    return one, other


def test_the_server_shows_an_assessor_only_the_notes_to_them(season, tmp_path, monkeypatch):
    name = return_of(season, "X0001")
    one, other = pair(season, name)
    journey.write_to_assessor(season, name, to=one, words="For one.", by="Ada")
    journey.write_to_assessor(season, name, to=other, words="For the other.", by="Ada")
    desk = desk_of(season, one, tmp_path / "desk", monkeypatch)
    with psycopg.connect(desk.database_url) as connection:
        found = connection.execute("SELECT assessor_id FROM staff_notes").fetchall()
    assert found == [(one,)]
    assert list(open_return(desk, name, assessor_id=one).notes["words"]) == ["For one."]
    for statement in (
        "SELECT * FROM information_rounds",
        "SELECT * FROM queries",
        "DELETE FROM staff_notes",
        "UPDATE staff_notes SET written_by = 'me'",
    ):
        with (
            psycopg.connect(desk.database_url) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement)


def test_over_their_own_connection_an_assessor_mends_a_returned_text_and_no_other(
    season, tmp_path, monkeypatch
):
    name = return_of(season, "X0001")
    one, other = pair(season, name)
    desks = {
        who: desk_of(season, who, tmp_path / f"desk of {who}", monkeypatch) for who in (one, other)
    }
    with pytest.raises(MarkingClosed):
        judge(desks[one], name, advice="Late.", assessor_id=one)
    made = document(season, name)
    decide(season, [made], decision="returned", decided_by="Ada", reason="Say more.")
    with pytest.raises(MarkingClosed):
        judge(desks[other], name, advice="Late.", assessor_id=other)
    note_to_staff(desks[other], name, assessor_id=other, words="May I?", event_id="n1")
    (text,) = returned_texts(desks[one], assessor_id=one).to_dict("records")
    assert text["words"] == "Say more."
    judge(desks[one], name, advice="One, and more.", assessor_id=one)
    assert current_judgement(season, name, assessor_id=one)[1].advice == "One, and more."
    with pytest.raises(MarkingClosed):
        judge(desks[one], name, advice="Again.", assessor_id=one)
    with read_transaction(season.engine) as connection:
        assert check_log(connection).verified


def test_what_a_moderator_agreed_is_mended_by_nobody(season, tmp_path, monkeypatch):
    name = return_of(season, "X0001")
    one, _ = pair(season, name)
    made = document(season, name)
    decide(season, [made], decision="returned", decided_by="Ada", reason="Say more.")
    journey.agree(season, name, side="second", why="It is clearer.", by="Mo")
    desk = desk_of(season, one, tmp_path / "desk", monkeypatch)
    for place in (season, desk):
        with pytest.raises(MarkingClosed):
            judge(place, name, advice="Mine.", assessor_id=one)


def test_a_pack_brings_notes_texts_and_what_is_new_and_takes_the_answers_back(
    tmp_path, monkeypatch
):
    monkeypatch.delenv("ASSESSOR_KIT_DATABASE", raising=False)
    season = judged_rounds(tmp_path)
    name = return_of(season, "X0001")
    who = assessor_of(season, name)
    judge(season, name, advice="Do better.")
    made = document(season, name)
    decide(season, [made], decision="returned", decided_by="Ada", reason="Say what is good.")
    written, _ = journey.write_to_assessor(season, name, to=who, words="Look at May.", by="Ada")
    judge(season, old := return_of(season, "X0002"), advice="Begun.", submitted=False)
    marker = assessor_of(season, old)
    send_in(season, tmp_path / "second.csv", line("X0002", "Another talk", month=5))
    new = return_of(season, "X0002", parked=Parked.NEWER.value)
    journey.use_version(season, new, by="Ada")
    packed = make_pack(season, who, tmp_path / "p.pack", passphrase=TOLD)
    laptop = open_pack(
        tmp_path / "p.pack", tmp_path / "laptop", passphrase=TOLD, fingerprint=packed["fingerprint"]
    )
    opened = open_return(laptop, name, assessor_id=who)
    assert sorted(opened.notes["words"]) == ["Look at May.", "Say what is good."]
    (text,) = opened.returned.to_dict("records")
    assert (text["words"], text["mended_version"]) == ("Say what is good.", 0)
    theirs = make_pack(season, marker, tmp_path / "m.pack", passphrase=TOLD)
    other_laptop = open_pack(
        tmp_path / "m.pack", tmp_path / "other", passphrase=TOLD, fingerprint=theirs["fingerprint"]
    )
    before = open_return(other_laptop, new, assessor_id=marker).before
    assert (before.before_id, before.new_lines) == (old, (1,))
    note_to_staff(laptop, name, assessor_id=who, words="I have.", answers=written, event_id="n1")
    note_to_staff(laptop, name, assessor_id=who, words="And June?", event_id="n2")
    judge(laptop, name, advice="You plan well.", assessor_id=who)
    hand_in(laptop, tmp_path / "p.handin")
    merge_hand_in(season, tmp_path / "p.handin")
    assert returned_texts(season, assessor_id=who)["mended_version"].iloc[0] == 2
    states = {one["words"]: one["state"] for one in journey.note_list(season, cpd_year=2016)}
    assert states["And June?"] == "waits for staff"
    assert states["Look at May."] == ""
    assert current_judgement(season, name, assessor_id=who)[1].advice == "You plan well."
