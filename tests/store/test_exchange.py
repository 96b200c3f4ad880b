"""Packs for laptops and what is handed in; backups, and restoring them."""

import hashlib
import json
import zipfile
from dataclasses import asdict

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from seasons import MEMBERS, judgement, save, small_season
from server import server
from store_shuffles import merge_in_every_order
from store_writers import FORK, shared_season, write

from assessor_kit import tables
from assessor_kit.errors import (
    InvalidRequest,
    KeyMissing,
    NotAllocated,
    PackRefused,
    RestoreRefused,
    StaffOnly,
)
from assessor_kit.store import (
    Workspace,
    caseload,
    current_judgement,
    log_length,
    open_return,
    read_table,
    record_reading,
    sign_in,
    told_to_staff,
    undo_judgement,
)
from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.exchange.hand_ins import merge_hand_in, state_digest
from assessor_kit.store.exchange.packs import hand_in, make_pack, open_pack
from assessor_kit.store.exchange.sealed_files import read_label, read_signed, signed_pack
from assessor_kit.store.log.chain import check_log
from assessor_kit.store.rights.erasure import erase_member
from assessor_kit.store.upkeep.backup import back_up, back_up_keys, restore, restore_keys
from assessor_kit.vocabulary import Planned, Reading


@pytest.fixture
def season(tmp_path, database):
    return small_season(tmp_path / "w")


@pytest.fixture
def no_server(monkeypatch):
    """Return a function that makes the server unknown, as it is on a laptop."""
    return lambda: monkeypatch.delenv("ASSESSOR_KIT_DATABASE", raising=False)


TOLD = "WXYZ-2345-WXYZ-2345"


def laptop_of(season, assessor_id, folder, no_server):
    made = make_pack(
        season, assessor_id, season.folder / "packs" / f"{assessor_id}.pack", passphrase=TOLD
    )
    no_server()
    return open_pack(
        season.folder / "packs" / f"{assessor_id}.pack",
        folder,
        passphrase=TOLD,
        fingerprint=made["fingerprint"],
    )


def verified(season):
    with read_transaction(season.engine) as connection:
        return check_log(connection).verified


def test_a_pack_holds_the_caseload_and_no_identity(season, tmp_path, no_server):
    laptop = laptop_of(season, "A1", tmp_path / "laptop", no_server)
    content, _ = read_signed(season.folder / "packs" / "A1.pack", passphrase=TOLD)
    words = [
        *MEMBERS,
        *(word for person in MEMBERS.values() for word in person),
        "long illness",
        "r3",
        season.secret,
    ]
    assert [word for word in words if word in json.dumps(content, ensure_ascii=False)] == []
    assert sorted(caseload(laptop, "A1")["return_id"]) == ["r1", "r2"]
    here, there = (
        open_return(season, "r2", assessor_id="A1"),
        open_return(laptop, "r2", assessor_id="A1"),
    )
    assert (here.requirement, here.discipline, here.due_on) == (
        there.requirement,
        there.discipline,
        there.due_on,
    )
    assert here.activities.to_dict() == there.activities.to_dict()


def test_without_its_passphrase_a_pack_shows_whose_it_is_and_nothing_else(season):
    save(season, event="e1", return_id="r2", advice="advice so far")
    first, second = (
        make_pack(season, "A1", season.folder / "packs" / f"{number}.pack") for number in (1, 2)
    )
    assert first["passphrase"] != second["passphrase"]
    assert len(first["passphrase"]) == 24
    data = (season.folder / "packs" / "1.pack").read_bytes()
    assert set(read_label(season.folder / "packs" / "1.pack")) == {
        "pack_id",
        "assessor_id",
        "made_on",
        "bytes",
    }
    assert not any(
        word in data
        for word in (
            b'"r2"',
            b"R-r2",
            b"Activity",
            b"advice so far",
            b"signature",
            b"PK\x03\x04",
            first["passphrase"].encode(),
        )
    )
    with read_transaction(season.engine) as connection:
        assert first["passphrase"] not in str(
            connection.exec_driver_sql("SELECT * FROM packs").all()
        )


@pytest.mark.parametrize(
    "typed", [TOLD.lower(), TOLD.replace("-", " "), f" {TOLD}\n", TOLD.replace("-", "")]
)
def test_a_passphrase_counts_by_its_letters_and_digits(season, tmp_path, no_server, typed):
    laptop_of(season, "A1", tmp_path / "laptop", no_server)
    assert (
        open_pack(
            season.folder / "packs" / "A1.pack", tmp_path / "again", passphrase=typed
        ).acting_as
        == "A1"
    )


def test_a_laptop_belongs_to_its_assessor(season, tmp_path, no_server):
    laptop = laptop_of(season, "A1", tmp_path / "laptop", no_server)
    assert sign_in(laptop).acting_as == "A1"
    with pytest.raises(NotAllocated):
        sign_in(laptop, claimed="A2")


def test_what_was_said_on_a_laptop_comes_back_and_stands(season, tmp_path, no_server):
    save(season, event="e1", return_id="r2", advice="begun here")
    laptop = laptop_of(season, "A1", tmp_path / "laptop", no_server)
    assert current_judgement(laptop, "r2", assessor_id="A1") == (1, judgement("begun here"))
    assert save(laptop, 1, event="e2", return_id="r2", advice="gone on offline") == 2
    undo_judgement(laptop, "r2", assessor_id="A1", event_id="u1", expected_version=2)
    save(laptop, 3, event="e3", return_id="r2", advice="done offline", submitted=True)
    record_reading(
        laptop,
        "r2",
        assessor_id="A1",
        reading_of=Reading(activity_no=1, planned=Planned.YES, reason="offline"),
        event_id="e4",
    )
    assert hand_in(laptop, tmp_path / "back") == 4
    assert b"offline" not in (tmp_path / "back").read_bytes()
    merged = merge_hand_in(season, tmp_path / "back")
    assert (merged.added, merged.known, merged.conflicts) == (4, 0, ())
    assert merge_hand_in(season, tmp_path / "back").added == 0
    assert current_judgement(season, "r2", assessor_id="A1") == (
        4,
        judgement("done offline", submitted=True),
    )
    assert open_return(season, "r2", assessor_id="A1").readings.iloc[0]["reason"] == "offline"
    assert save(season, 4, event="e5", return_id="r2", advice="and on here") == 5
    assert verified(season)


def test_where_work_went_on_in_two_places_both_stay_and_the_merge_names_it(
    season, tmp_path, no_server
):
    laptop = laptop_of(season, "A1", tmp_path / "laptop", no_server)
    save(laptop, event="l1", return_id="r2", advice="laptop")
    save(season, event="h1", return_id="r2", advice="here")
    hand_in(laptop, tmp_path / "back")
    conflict = merge_hand_in(season, tmp_path / "back").conflicts[0]
    assert (conflict["return_id"], conflict["assessor_id"], conflict["also_changed_in"]) == (
        "r2",
        "A1",
        "this workspace",
    )
    assert len(told_to_staff(season)) == 0
    with read_transaction(season.engine) as connection:
        assert check_log(connection).events == 2
    assert save(season, 1, event="h2", return_id="r2", advice="settled") == 2
    assert current_judgement(season, "r2", assessor_id="A1")[1].advice == "settled"


def test_packs_merged_in_any_order_end_in_one_state(tmp_path):
    found = merge_in_every_order(tmp_path, packs=5, shuffles=10)
    assert (found["states"], found["chains verified"]) == (1, True)
    assert found["files"] > 5


def changed(path, change):
    data = bytearray(path.read_bytes())
    change(data)
    other = path.with_suffix(f".changed{len(list(path.parent.iterdir()))}")
    other.write_bytes(data)
    return other


def test_what_is_wrong_with_a_pack_is_said_and_nothing_is_made_of_it(season, tmp_path, no_server):
    make_pack(season, "A2", season.folder / "packs" / "A2.pack", passphrase=TOLD[::-1])
    laptop = laptop_of(season, "A1", tmp_path / "laptop", no_server)
    hand_in(laptop, tmp_path / "back")
    pack = season.folder / "packs" / "A1.pack"
    (tmp_path / "text.pack").write_text("not a pack", encoding="utf-8")
    middle = len(pack.read_bytes()) // 2
    for path, passphrase, said in (
        (pack, "WXYZ-2345-WXYZ-2346", "made for assessor A1 on .* ask staff for the one"),
        (season.folder / "packs" / "A2.pack", TOLD, "made for assessor A2"),
        (
            changed(pack, lambda data: data.__setitem__(middle, data[middle] ^ 1)),
            TOLD,
            "altered on the way",
        ),
        (
            changed(pack, lambda data: data.__delitem__(slice(middle, None))),
            TOLD,
            "incomplete: [0-9]+ bytes are missing",
        ),
        (changed(pack, lambda data: data.__delitem__(slice(30, None))), TOLD, "not a pack"),
        (tmp_path / "text.pack", TOLD, "not a pack"),
        (tmp_path / "back", TOLD, "not a pack"),
        (tmp_path / "none.pack", TOLD, "not a pack"),
        (
            changed(
                pack, lambda data: data.__setitem__(slice(None), data.replace(b'"A1"', b'"A9"'))
            ),
            TOLD,
            "altered on the way",
        ),
        (
            changed(
                pack,
                lambda data: data.__setitem__(
                    slice(None), redigested(data.replace(b'"A1"', b'"A9"'))
                ),
            ),
            TOLD,
            "does not open this pack",
        ),
    ):
        with pytest.raises(PackRefused, match=said):
            open_pack(path, tmp_path / "other", passphrase=passphrase)
    with pytest.raises(PackRefused, match="Compare the fingerprint"):
        open_pack(pack, tmp_path / "other", passphrase=TOLD, fingerprint="0" * 16)
    with pytest.raises(InvalidRequest, match="already a workspace"):
        open_pack(pack, tmp_path / "laptop", passphrase=TOLD)
    assert not (tmp_path / "other").exists()


def redigested(data):
    """Return a pack with its digest recalculated, as somebody who knows how it is made would."""
    return data[:-32] + hashlib.sha256(data[:-32]).digest()


def test_a_pack_signed_by_another_shows_in_its_fingerprint(season, tmp_path, no_server):
    """Anybody with the passphrase can make a pack, but not under this workspace's fingerprint."""
    made = make_pack(season, "A1", tmp_path / "a.pack", passphrase=TOLD)
    content, _ = read_signed(tmp_path / "a.pack", passphrase=TOLD)
    no_server()
    label = {"pack_id": made["pack_id"], "assessor_id": "A1", "made_on": "2017-01-01"}
    (tmp_path / "forged.pack").write_bytes(
        signed_pack(
            tmp_path, content, signer=Ed25519PrivateKey.generate(), passphrase=TOLD, label=label
        )
    )
    with pytest.raises(PackRefused, match="Compare the fingerprint"):
        open_pack(
            tmp_path / "forged.pack",
            tmp_path / "other",
            passphrase=TOLD,
            fingerprint=made["fingerprint"],
        )


def test_a_passphrase_that_is_easily_guessed_is_refused(season, tmp_path):
    with pytest.raises(InvalidRequest, match="too short"):
        make_pack(season, "A1", tmp_path / "a.pack", passphrase=TOLD[:9])
    assert not (tmp_path / "a.pack").exists()
    assert len(read_table(season, tables.PACKS)) == 0


def test_what_came_back_altered_or_from_elsewhere_is_refused(season, tmp_path, no_server):
    laptop = laptop_of(season, "A1", tmp_path / "laptop", no_server)
    save(laptop, event="l1", return_id="r2")
    hand_in(laptop, tmp_path / "back")
    for attempt in (
        lambda: merge_hand_in(
            season, changed(tmp_path / "back", lambda data: data.__setitem__(-9, data[-9] ^ 1))
        ),
        lambda: merge_hand_in(
            season, changed(tmp_path / "back", lambda data: data.__setitem__(slice(0, 4), b"0000"))
        ),
        lambda: merge_hand_in(season, season.folder / "packs" / "A1.pack"),
    ):
        with pytest.raises(PackRefused):
            attempt()
    with pytest.raises(InvalidRequest, match="not made from a pack"):
        hand_in(season, tmp_path / "none")
    with pytest.raises(InvalidRequest, match="needs a passphrase"):
        open_pack(season.folder / "packs" / "A1.pack", tmp_path / "third", passphrase="")


def test_an_erased_member_does_not_come_back_from_a_laptop(season, tmp_path, no_server):
    laptop = laptop_of(season, "A1", tmp_path / "laptop", no_server)
    save(laptop, event="l1", return_id="r2", advice="about X0002")
    hand_in(laptop, tmp_path / "back")
    done = erase_member(season, "X0002")
    assert "packs/A1.pack" in done.files
    assert any("assessor A1" in line for line in done.cannot_reach)
    merged = merge_hand_in(season, tmp_path / "back")
    assert (merged.added, merged.of_erased_members) == (0, 1)


def test_a_backup_is_put_back_with_everything_in_it(season, tmp_path, no_server):
    save(season, event="e1", advice="kept")
    (season.folder / "feedback").mkdir()
    (season.folder / "feedback" / "report.html").write_text("report", encoding="utf-8")
    saved = back_up(season, tmp_path / "b.zip")
    back_up_keys(season, tmp_path / "keys.json")
    save(season, 1, event="e2", advice="after the backup")
    no_server()
    restore_keys(tmp_path / "keys.json", tmp_path / "again")
    assert asdict(restore(tmp_path / "b.zip", tmp_path / "again")) == asdict(saved)
    again = Workspace.open(tmp_path / "again")
    assert current_judgement(again, "r1", assessor_id="A1") == (1, judgement("kept"))
    assert read_table(again, tables.CIRCUMSTANCES).iloc[0]["kind"] == "long illness"
    assert (again.folder / "feedback" / "report.html").read_text(encoding="utf-8") == "report"
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert not [name for name in archive.namelist() if "key" in name]


def test_a_backup_of_a_file_can_be_put_on_a_server(tmp_path, monkeypatch):
    season = small_season(tmp_path / "w")
    save(season, event="e1", advice="moved")
    back_up(season, tmp_path / "b.zip")
    back_up_keys(season, tmp_path / "keys.json")
    monkeypatch.setenv("ASSESSOR_KIT_DATABASE", server().new_database())
    restore_keys(tmp_path / "keys.json", tmp_path / "again")
    restore(tmp_path / "b.zip", tmp_path / "again")
    moved = Workspace.open(tmp_path / "again")
    assert current_judgement(moved, "r1", assessor_id="A1")[1].advice == "moved"
    assert save(moved, 1, event="e2") == 2
    open_return(moved, "r1", assessor_id="A1")
    assert state_digest(moved) != state_digest(season)
    assert verified(moved)


def test_a_backup_while_others_write_holds_every_save_acknowledged_before_it(tmp_path, database):
    """Five writers keep saving.

    The backup's log verifies, and is at least as long as the log was when the backup began.
    """
    season = shared_season(tmp_path / "w")
    results = FORK.Queue()
    writers = [
        FORK.Process(target=write, args=(season.folder, number, 100, 0.0, results), daemon=True)
        for number in range(5)
    ]
    for writer in writers:
        writer.start()
    lengths = []
    while any(writer.is_alive() for writer in writers) and results.qsize() < len(writers):
        before = log_length(season)
        lengths.append((before, back_up(season, tmp_path / "b.zip").events))
    assert len([results.get(timeout=30) for _ in writers]) == len(writers)
    assert len({before for before, _ in lengths}) > 1
    assert all(before <= saved for before, saved in lengths)
    assert back_up(season, tmp_path / "b.zip").events == 500


def test_a_restored_backup_forgets_again_who_was_erased_since(season, tmp_path, no_server):
    save(season, event="e1", return_id="r2", advice="about Zoë")
    back_up(season, tmp_path / "b.zip")
    erase_member(season, "X0002")
    back_up_keys(season, tmp_path / "keys.json")
    no_server()
    restore_keys(tmp_path / "keys.json", tmp_path / "again")
    restore(tmp_path / "b.zip", tmp_path / "again")
    again = Workspace.open(tmp_path / "again")
    assert (
        "X0002"
        not in read_table(again, tables.REGISTER).to_csv()
        + read_table(again, tables.RETURNS).to_csv()
    )
    assert current_judgement(again, "r2", assessor_id="A1")[1].advice == ""
    assert verified(again)


def test_a_damaged_backup_and_a_place_that_is_taken_are_refused(season, tmp_path, no_server):
    back_up(season, tmp_path / "b.zip")
    back_up_keys(season, tmp_path / "keys.json")
    no_server()
    with (
        zipfile.ZipFile(tmp_path / "b.zip") as archive,
        zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad,
    ):
        listed = json.loads(archive.read("files.json"))
        for name in archive.namelist():
            bad.writestr(
                name, archive.read(name)[:-1] if name == "assessor.db" else archive.read(name)
            )
    assert listed["files"]
    with pytest.raises(KeyMissing, match="keys"):
        restore(tmp_path / "b.zip", tmp_path / "again")
    restore_keys(tmp_path / "keys.json", tmp_path / "again")
    for attempt in (
        lambda: restore(tmp_path / "bad.zip", tmp_path / "again"),
        lambda: restore(tmp_path / "keys.json", tmp_path / "again"),
        lambda: restore_keys(tmp_path / "keys.json", tmp_path / "again"),
        lambda: restore_keys(tmp_path / "b.zip", tmp_path / "third"),
    ):
        with pytest.raises(RestoreRefused):
            attempt()
    restore(tmp_path / "b.zip", tmp_path / "again")
    with pytest.raises(RestoreRefused):
        restore(tmp_path / "b.zip", tmp_path / "again")


def test_packs_and_backups_are_for_staff(season, tmp_path):
    for attempt in (
        make_pack,
        lambda one, _, path: back_up(one, path),
        lambda one, _, path: back_up_keys(one, path),
        lambda one, _, path: merge_hand_in(one, path),
    ):
        with pytest.raises(StaffOnly):
            attempt(season.as_assessor("A1"), "A1", tmp_path / "file")
