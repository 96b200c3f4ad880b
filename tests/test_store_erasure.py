"""Erasing a member, answering a member's question, and keeping nothing too long: searched for byte by byte."""

import io
import json
import zipfile
from datetime import date

import pytest
from seasons import MEMBERS, MOMENT, add_return, allocate, judgement, put, save, small_season

from assessor_kit import journey, tables
from assessor_kit.errors import NotAllocated, NotFound, RulesError, StaffOnly
from assessor_kit.store import current_judgement, hand_back, judgement_history, open_return, read_table, record_judgement, record_reading, reviewed_returns
from assessor_kit.store.chain import check_log
from assessor_kit.store.engine import reading
from assessor_kit.store.erasure import erase_member
from assessor_kit.store.retention import apply_retention
from assessor_kit.store.subject_access import write_subject_access
from assessor_kit.store.traces import files_holding
from assessor_kit.vocabulary import HandBackReason, Planned, Reading

PLANTED, EVERY = 1000, "planted-"  # what each of the planted words begins with
RETURN_OF = {"P0001": "planted", "P0002": "unharmed"}


def word(number):
    return f"{EVERY}{number:04}-Zoë&“quoted”"


@pytest.fixture
def season(tmp_path, database):
    return small_season(tmp_path / "w")


def zipped(*members):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return made.getvalue()


def plant(season, member_no, words):
    """Put the words wherever a member's or an assessor's words can be: tables, the log, rendered files, outbox, originals, archives."""
    parts = [words[place::8] for place in range(8)]
    text = [" ".join(part) for part in parts]
    return_id = RETURN_OF[member_no]
    put(season, tables.REGISTER, {"member_no": member_no, "joined_on": None, "left_on": None, "do_not_contact": False, "name": text[0], "email": f"{member_no}@example.org",
                                  "grade": "MIET", "registration": "", "discipline": "power", "employer": words[1], "opted_in_on": None})
    put(season, tables.CIRCUMSTANCES, {"member_no": member_no, "cpd_year": 2016, "kind": text[1], "from_on": None, "to_on": None, "agreed_target_minutes": 600,
                                       "agreed_by": "staff", "agreed_on": None})
    add_return(season, return_id, member_no, text=text[2])
    allocate(season, return_id, "A1")
    record_judgement(season, return_id, assessor_id="A1", expected_version=0, event_id=f"j{return_id}",
                     judgement=judgement(text[3], comments={"reflection": text[4]}, private_note=text[5], submitted=True))
    record_reading(season, return_id, assessor_id="A1", reading_of=Reading(activity_no=1, planned=Planned.YES, reason=text[6]), event_id=f"r{return_id}")
    hand_back(season, return_id, assessor_id="A1", reason=HandBackReason.CONFLICT, words=text[7], event_id=f"h{return_id}")
    for folder in ("feedback/2016", "outbox", "originals"):
        (season.folder / folder).mkdir(parents=True, exist_ok=True)
    (season.folder / "feedback/2016" / f"doc-{return_id}.html").write_text(f"<p>{' '.join(words)}</p>", encoding="utf-8")
    (season.folder / "feedback/2016" / f"doc-{return_id}.pdf").write_bytes(b"%PDF of the same name")
    (season.folder / "outbox" / f"mail-{return_id}.eml").write_text(text[2] + member_no, encoding="utf-8")
    (season.folder / "originals" / f"{return_id}.xlsx").write_bytes(zipped(("inner.zip", zipped(("sheet.xml", " ".join([member_no, *words]).encode())))))
    put(season, tables.DOCUMENTS, {"document_id": f"doc-{return_id}", "cpd_year": 2016, "kind": "individual", "version": 1, "member_no": member_no, "return_id": return_id,
                                   "input_digest": "d", "file": f"feedback/2016/doc-{return_id}.html", "sha256": "s", "rendered_at": MOMENT,
                                   "released_at": MOMENT, "recalled_at": None, "released_position": 1})
    return return_id


def test_after_an_erasure_no_byte_of_a_thousand_planted_words_is_left(season):
    words = [word(number) for number in range(PLANTED)]
    return_id, other = plant(season, "P0001", words), plant(season, "P0002", [f"theirs-{number:03}" for number in range(80)])
    before, events = journey.trends(season, cpd_years=[2016]), len(judgement_history(season, return_id, assessor_id="A1"))
    searched = [season.folder / name for name in ("feedback", "outbox", "originals")]
    assert all(files_holding(folder, [EVERY]) for folder in searched)
    planned = erase_member(season, "P0001", dry_run=True)
    assert len(read_table(season, tables.REGISTER, member_no="P0001")) == 1
    done = erase_member(season, "P0001")
    assert (done.rows, done.files) == (planned.rows, planned.files)
    assert set(done.files) == {"feedback/2016/doc-planted.html", "feedback/2016/doc-planted.pdf", "outbox/mail-planted.eml", "originals/planted.xlsx"}
    assert any("the member has it" in line for line in done.cannot_reach)
    assert files_holding(season.folder, [EVERY, "P0001"]) == []
    with reading(season.engine) as connection:
        kept = " ".join(str(connection.exec_driver_sql(f"SELECT * FROM {table.name}").all()) for table in tables.TABLES)
        assert check_log(connection).verified
    assert EVERY not in kept
    assert "P0001" not in kept
    assert len(judgement_history(season, return_id, assessor_id="A1")) == events
    assert current_judgement(season, return_id, assessor_id="A1")[1].advice == ""
    assert current_judgement(season, other, assessor_id="A1")[1].advice.startswith("theirs-")
    assert [one.to_dict() for one in journey.trends(season, cpd_years=[2016])] == [one.to_dict() for one in before]
    assert reviewed_returns(season, 2016) == [other]
    assert files_holding(season.folder / "outbox", ["P0002"])


def test_the_files_of_a_database_hold_no_byte_of_an_erased_member(tmp_path):
    """SQLite's own file and its write-ahead log, after words were saved, changed and erased."""
    season = small_season(tmp_path / "w")
    words = [word(number) for number in range(PLANTED)]
    plant(season, "P0001", words)
    erase_member(season, "P0001")
    assert files_holding(season.folder, [EVERY, "P0001"]) == []


def test_nobody_opens_or_judges_the_return_of_an_erased_member(season):
    save(season, event="e1", return_id="r2")
    erase_member(season, "X0002")
    for attempt in (lambda: open_return(season, "r2", assessor_id="A1"), lambda: save(season, 1, event="e2", return_id="r2")):
        with pytest.raises(NotAllocated):
            attempt()


def test_a_draw_still_verifies_when_a_selected_and_an_unselected_member_are_erased(tmp_path, database):
    season = small_season(tmp_path / "w", scheme="iet")
    for number in range(40):
        put(season, tables.REGISTER, {"member_no": f"M{number:04}", "joined_on": None, "left_on": None, "do_not_contact": False, "name": f"Member {number:04}",
                                      "email": "", "grade": "MIET", "registration": "", "discipline": "", "employer": "", "opted_in_on": date(2015, 1, 1)})
    draw_id, made = journey.draw(season, cpd_year=2016, seed="dice 4 2 6", size=10, reserve_percent=20)
    left_out = next(f"M{number:04}" for number in range(40) if f"M{number:04}" not in {*made.selected, *made.reserves})
    chosen = made.selected[3]
    probability = read_table(season, tables.SELECTIONS, member_no=chosen).iloc[0]["inclusion_probability"]
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


def test_a_members_question_is_answered_with_everything_of_theirs_and_nothing_of_anothers(season, tmp_path):
    words, theirs = [word(number) for number in range(80)], [f"theirs-{number:03}" for number in range(80)]
    plant(season, "P0001", words)
    plant(season, "P0002", theirs)
    open_return(season, "planted", assessor_id="A1")
    files = write_subject_access(season, "P0001", tmp_path / "answer")
    said = " ".join(json.dumps(json.loads(path.read_text(encoding="utf-8")), ensure_ascii=False) for path in files if path.suffix == ".json")
    said = said.replace('\\"', '"')
    assert [one for one in words if one not in said] == []
    everything = " ".join(path.read_text(encoding="utf-8", errors="ignore") for path in files)
    assert not [one for one in (*theirs, "P0002", *(part for person in MEMBERS.values() for part in person)) if one in everything]
    assert "A1" not in {part for path in files if path.suffix == ".json" for row in json.loads(path.read_text(encoding="utf-8")) for part in map(str, row.values())}
    assert "assessor 1" in everything
    assert {path.name for path in files} >= {"register.json", "circumstances.json", "activities.json", "judgements.json", "hand_backs.json", "doc-planted.html",
                                             "who_opened_what.json", "read_me.txt"}
    assert list(read_table(season, tables.ACCESS_LOG)["what"]) == ["opened", "given to the member"]


def test_what_was_kept_long_enough_goes_after_a_dry_run_has_named_it(season):
    plant(season, "P0001", [word(number) for number in range(40)])
    dry = {one.what: one.number for one in apply_retention(season, today=date(2020, 1, 1))}
    assert dry == {"written words": 4, "feedback documents": 0, "circumstances": 2, "access log": 0, "members who left": 0}
    assert {one.number for one in apply_retention(season, today=date(2019, 6, 30))} == {0, 2}
    apply_retention(season, today=date(2021, 1, 1), dry_run=False)
    assert not any(one.number for one in apply_retention(season, today=date(2021, 1, 1)))
    assert set(read_table(season, tables.ACTIVITIES)["title"]) == {""}
    assert current_judgement(season, "planted", assessor_id="A1")[1].advice == ""
    assert current_judgement(season, "planted", assessor_id="A1")[1].levels == {"reflection": "sound"}
    assert not (season.folder / "feedback/2016/doc-planted.html").exists()
    assert read_table(season, tables.REGISTER, member_no="P0001").shape[0] == 1
    with reading(season.engine) as connection:
        assert check_log(connection).verified


def test_the_workspaces_own_schedule_counts_and_a_faulty_one_is_refused(season):
    (season.folder / "retention.toml").write_text('[[rule]]\nwhat = "circumstances"\nmonths = 0\nreason = "at once"\n', encoding="utf-8")
    assert [one.number for one in apply_retention(season, today=date(2017, 12, 31))] == [1]
    (season.folder / "retention.toml").write_text('[[rule]]\nwhat = "everything"\nmonths = 0\nreason = "x"\n', encoding="utf-8")
    with pytest.raises(RulesError, match="written words"):
        apply_retention(season, today=date(2017, 12, 31))
