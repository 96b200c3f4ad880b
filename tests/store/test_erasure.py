"""Erasing a member, answering a member's question, and keeping nothing too long.

The files are searched byte by byte.
"""

import json
from datetime import date

import pytest
from planted import RETURN_OF, numbers_in, personal_columns, plant
from seasons import MEMBERS, put, save, small_season

from assessor_kit import journey, tables
from assessor_kit.errors import NotAllocated, NotFound, RulesError, StaffOnly
from assessor_kit.store import (
    current_judgement,
    judgement_history,
    open_return,
    read_table,
    reviewed_returns,
)
from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.exchange.packs import hand_in, make_pack, open_pack
from assessor_kit.store.log.chain import check_log
from assessor_kit.store.rights.erasure import erase_member
from assessor_kit.store.rights.retention import apply_retention
from assessor_kit.store.rights.subject_access import write_subject_access
from assessor_kit.store.rights.traces import files_holding

PLANTED, EVERY, THEIRS = 1000, "planted-", "theirs-"  # what each of the planted words begins with


def words_of(before, number):
    return [f"{before}{place:04}-Zoë&“quoted”" for place in range(number)]


@pytest.fixture
def season(tmp_path, database):
    return small_season(tmp_path / "w")


def test_after_an_erasure_no_byte_of_a_thousand_planted_words_is_left(season):
    return_id, other = RETURN_OF["P0001"], RETURN_OF["P0002"]
    assert set(plant(season, "P0001", words_of(EVERY, PLANTED))) >= personal_columns(), (
        "a column that holds somebody's words is not planted in: see tests/support/planted.py"
    )
    plant(season, "P0002", words_of(THEIRS, 72))
    assert {path.name for path in files_holding(season.folder, [EVERY])} >= {
        "doc-planted.html",
        "mail-planted.eml",
        "planted.xlsx",
    }
    before, events = (
        journey.trends(season, cpd_years=[2016]),
        len(judgement_history(season, return_id, assessor_id="A1")),
    )
    searched = [season.folder / name for name in ("feedback", "outbox", "originals")]
    assert all(files_holding(folder, [EVERY]) for folder in searched)
    (season.folder / "moved.pack").write_bytes(
        (season.folder / "packs" / "planted.pack").read_bytes()
    )
    planned = erase_member(season, "P0001", dry_run=True)
    assert len(read_table(season, tables.REGISTER, member_no="P0001")) == 1
    done = erase_member(season, "P0001")
    assert (done.rows, done.files) == (planned.rows, planned.files)
    assert set(done.files) == {
        "feedback/2016/doc-planted.html",
        "feedback/2016/doc-planted.pdf",
        "outbox/mail-planted.eml",
        "outbox/mail_merge.csv",
        "originals/planted.xlsx",
        "packs/planted.pack",
        "packs/unharmed.pack",
        "moved.pack",
    }
    assert any("the member has it" in line for line in done.cannot_reach)
    assert files_holding(season.folder, [EVERY, "P0001"]) == []
    with read_transaction(season.engine) as connection:
        kept = " ".join(
            str(connection.exec_driver_sql(f"SELECT * FROM {table.name}").all())
            for table in tables.TABLES
        )
        assert check_log(connection).verified
    assert EVERY not in kept
    assert "P0001" not in kept
    assert len(judgement_history(season, return_id, assessor_id="A1")) == events
    assert current_judgement(season, return_id, assessor_id="A1")[1].advice == ""
    assert current_judgement(season, other, assessor_id="A1")[1].advice.startswith(THEIRS)
    assert [one.to_dict() for one in journey.trends(season, cpd_years=[2016])] == [
        one.to_dict() for one in before
    ]
    assert reviewed_returns(season, 2016) == [other]
    assert files_holding(season.folder / "outbox", ["P0002"])


def test_the_files_of_a_database_hold_no_byte_of_an_erased_member(tmp_path):
    """SQLite's own file and its write-ahead log, after words were saved, changed and erased."""
    season = small_season(tmp_path / "w")
    plant(season, "P0001", words_of(EVERY, PLANTED))
    erase_member(season, "P0001")
    assert files_holding(season.folder, [EVERY, "P0001"]) == []


def test_nobody_opens_or_judges_the_return_of_an_erased_member(season):
    save(season, event="e1", return_id="r2")
    erase_member(season, "X0002")
    for attempt in (
        lambda: open_return(season, "r2", assessor_id="A1"),
        lambda: save(season, 1, event="e2", return_id="r2"),
    ):
        with pytest.raises(NotAllocated):
            attempt()


def test_a_draw_still_verifies_when_a_selected_and_an_unselected_member_are_erased(
    tmp_path, database
):
    season = small_season(tmp_path / "w", scheme="iet")
    for number in range(40):
        put(
            season,
            tables.REGISTER,
            {
                "member_no": f"M{number:04}",
                "joined_on": None,
                "left_on": None,
                "do_not_contact": False,
                "name": f"Member {number:04}",
                "email": "",
                "grade": "MIET",
                "registration": "",
                "discipline": "",
                "employer": "",
                "opted_in_on": date(2015, 1, 1),
            },
        )
    draw_id, made = journey.draw(
        season, cpd_year=2016, seed="dice 4 2 6", size=10, reserve_percent=20
    )
    left_out = next(
        f"M{number:04}"
        for number in range(40)
        if f"M{number:04}" not in {*made.selected, *made.reserves}
    )
    chosen = made.selected[3]
    probability = read_table(season, tables.SELECTIONS, member_no=chosen).iloc[0][
        "inclusion_probability"
    ]
    for number in (chosen, left_out, made.reserves[0]):
        erase_member(season, number)
    same, again = journey.verify(season, draw_id)
    assert same
    assert len(again.selected) == 10
    frames, selections = read_table(season, tables.FRAMES), read_table(season, tables.SELECTIONS)
    assert chosen not in frames.to_csv() + selections.to_csv()
    kept = selections[selections["member_no"].str.startswith("ERASED-")].set_index("rank").loc[4]
    assert (kept["inclusion_probability"], kept["ticket"]) == (probability, "")
    with season.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE frames SET stratum = 'other' WHERE member_no = 'M0001'")
    assert not journey.verify(season, draw_id)[0]


def test_erasing_is_for_staff_and_for_members_that_are_there(season):
    with pytest.raises(NotFound):
        erase_member(season, "Q9999")
    with pytest.raises(StaffOnly):
        erase_member(season.as_assessor("A1"), "X0001")


def test_a_members_question_is_answered_with_all_of_a_thousand_planted_words_and_none_of_anothers(
    season, tmp_path
):
    planted = plant(season, "P0001", words_of(EVERY, PLANTED))
    plant(season, "P0002", words_of(THEIRS, PLANTED))
    assert set(planted) >= personal_columns(), (
        "a column that holds somebody's words is not planted in: see tests/support/planted.py"
    )
    (season.folder / "rules" / "phrases.toml").write_text(
        f'# for P0001\ntext = "{EVERY}1000"\n', encoding="utf-8"
    )
    open_return(season, "planted", assessor_id="A1")
    files = write_subject_access(season, "P0001", tmp_path / "answer")
    assert sorted(files) == sorted(
        path for path in (tmp_path / "answer").rglob("*") if path.is_file()
    )
    assert numbers_in(files, EVERY) == set(range(PLANTED + 1))
    assert numbers_in(files, THEIRS) == set()
    everything = b" ".join(path.read_bytes() for path in files)
    assert not [
        one
        for one in (
            "P0002",
            *MEMBERS,
            *(part for person in MEMBERS.values() for part in person),
            "Staff One",
            "long illness",
        )
        if one.encode() in everything
    ]
    said = {
        path.name: json.loads(path.read_text(encoding="utf-8"))
        for path in files
        if path.suffix == ".json"
    }
    assert [
        one
        for one in words_of(EVERY, PLANTED)
        if one not in "".join(map(str, said.values())) and one not in outside_tables(planted)
    ] == []
    assert "A1" not in {
        part for rows in said.values() for row in rows for part in map(str, row.values())
    }
    assert said["who_opened_what.json"][-1]["who"] == "assessor 1"
    assert {one["what"] for one in said["who_opened_what.json"]} == {"packed", "opened"}
    assert set(said) >= {
        f"{name}.json"
        for name in (
            "register",
            "statuses",
            "circumstances",
            "activities",
            "goals",
            "problems",
            "judgements",
            "readings",
            "in_confidence",
            "hand_backs",
            "approvals",
            "outbox",
            "outbox_events",
            "packs",
            "originals",
            "allocations",
            "requirements",
            "assessors",
            "as_assessors_read_it",
        )
    }
    assert {path.name for path in files} >= {
        "doc-planted.html",
        "doc-planted.pdf",
        "sent_1.xlsx",
        "outbox_mail_merge.csv",
        "rules_phrases.toml",
        "read_me.txt",
    }
    assert (
        list(read_table(season, tables.ACCESS_LOG, return_id="planted")["what"])[-1]
        == "given to the member"
    )


def outside_tables(planted):
    """Return the planted words that are in files and in no table."""
    return {
        word
        for place in ("originals.content", "report", "PDF", "message", "stored file", "mail merge")
        for word in planted[place]
    }


def test_a_file_that_speaks_of_several_people_is_cut_or_left_to_staff(season, tmp_path):
    plant(season, "P0001", words_of(EVERY, 40))
    (season.folder / "notes.md").write_text(
        "P0001 and X0001 have swapped their evidence.", encoding="utf-8"
    )
    (season.folder / "about X0001.md").write_text("P0001 was mentioned.", encoding="utf-8")
    (season.folder / "list.csv").write_text(
        "number,what\nP0001,mine\nX0001,theirs\nP0001 and X0001,both\n", encoding="utf-8"
    )
    files = {path.name: path for path in write_subject_access(season, "P0001", tmp_path / "answer")}
    assert files["list.csv"].read_text(encoding="utf-8") == "number,what\nP0001,mine\n"
    assert "notes.md" not in files
    read_me = files["read_me.txt"].read_text(encoding="utf-8")
    assert "notes.md" in read_me
    assert "X0001" not in read_me


def test_what_came_back_from_a_laptop_and_may_hold_others_work_is_named_and_not_deleted(
    season, tmp_path, monkeypatch
):
    made = make_pack(season, "A1", season.folder / "packs" / "a1.pack")
    file = season.folder / "inbox" / "back"
    file.parent.mkdir()
    with monkeypatch.context() as laptop:
        laptop.delenv("ASSESSOR_KIT_DATABASE", raising=False)
        hand_in(
            open_pack(
                season.folder / "packs" / "a1.pack",
                tmp_path / "laptop",
                passphrase=made["passphrase"],
            ),
            file,
        )
    done = erase_member(season, "X0002")
    assert any("inbox/back" in line and "merge it" in line for line in done.cannot_reach)
    assert file.exists()
    assert "packs/a1.pack" in done.files


def test_what_was_kept_long_enough_goes_after_a_dry_run_has_named_it(season):
    plant(season, "P0001", words_of(EVERY, 40))
    dry = {one.what: one.number for one in apply_retention(season, today=date(2020, 1, 1))}
    assert dry == {
        "written words": 4,
        "feedback documents": 0,
        "circumstances": 2,
        "queries and appeals": 0,
        "access log": 0,
        "members who left": 0,
        "letters": 0,
    }
    assert {one.number for one in apply_retention(season, today=date(2019, 6, 30))} == {0, 2}
    apply_retention(season, today=date(2021, 1, 1), dry_run=False)
    assert not any(one.number for one in apply_retention(season, today=date(2021, 1, 1)))
    assert read_table(season, tables.OUTBOX).empty
    assert set(read_table(season, tables.ACTIVITIES)["title"]) == {""}
    assert current_judgement(season, "planted", assessor_id="A1")[1].advice == ""
    assert current_judgement(season, "planted", assessor_id="A1")[1].levels == {
        "reflection": "sound"
    }
    assert not (season.folder / "feedback/2016/doc-planted.html").exists()
    assert read_table(season, tables.REGISTER, member_no="P0001").shape[0] == 1
    with read_transaction(season.engine) as connection:
        assert check_log(connection).verified


def test_the_workspaces_own_schedule_counts_and_a_faulty_one_is_refused(season):
    (season.folder / "retention.toml").write_text(
        '[[rule]]\nwhat = "circumstances"\nmonths = 0\nreason = "at once"\n', encoding="utf-8"
    )
    assert [one.number for one in apply_retention(season, today=date(2017, 12, 31))] == [1]
    (season.folder / "retention.toml").write_text(
        '[[rule]]\nwhat = "everything"\nmonths = 0\nreason = "x"\n', encoding="utf-8"
    )
    with pytest.raises(RulesError, match="written words"):
        apply_retention(season, today=date(2017, 12, 31))
