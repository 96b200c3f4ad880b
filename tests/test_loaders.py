"""What members send: each cell, row and file ends accepted, flagged or rejected with its reason, never guessed."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from assessor_kit.errors import UnusableFile, WrongYear
from assessor_kit.loaders import read_declarations, read_register, read_returns
from assessor_kit.loaders.dates import read_span
from assessor_kit.loaders.durations import read_minutes
from assessor_kit.loaders.identifiers import read_member_no
from assessor_kit.rules import load_rules

RULES = load_rules("iet", 2016)
HEADER = "member_no,title,activity_type,area,planned,started_on,hours\n"


@pytest.mark.parametrize(("written", "minutes"), [
    ("1.5", 90), ("1,5", 90), ("1h30", 90), ("1h 30m", 90), ("1 h", 60), ("1:30", 90), ("90 min", 90), ("90 mins", 90), ("90 minutes", 90), ("½", 30),
    ("1½", 90), ("half a day", 180), ("½ day", 180), ("2 days", 720), ("0.7", 42), ("７", 420), (timedelta(minutes=90), 90), (time(1, 30), 90), (7.5, 450)])
def test_durations_that_people_write_are_read_to_the_minute(written, minutes):
    assert read_minutes(written, hours_per_day=6).value == minutes


@pytest.mark.parametrize("written", ["-1", "nan", "inf", "1e5", "1e2000000", "1,000", "5 points", "3pts", "N/A", "", "TRUE", True, "30%", "2001", "٣٠", "1_0"])
def test_durations_that_would_be_a_guess_reject_the_row(written):
    read = read_minutes(written, hours_per_day=6)
    assert read.value is None
    assert read.problem


def test_a_bare_ninety_is_read_and_flagged():
    assert read_minutes("90", hours_per_day=6).flag
    assert read_minutes("24", hours_per_day=6, one_day=True).flag
    assert not read_minutes("24", hours_per_day=6).flag


@given(st.one_of(st.text(max_size=40), st.floats(), st.integers(), st.booleans(), st.none()))
def test_no_cell_ever_raises(value):
    read_minutes(value, hours_per_day=6)
    read_member_no(value)
    read_span(value)


@pytest.mark.parametrize(("started", "ended", "days"), [
    ("31/03/2016", "", (date(2016, 3, 31),) * 2), ("3.4.16", "", (date(2016, 4, 3),) * 2), ("2016-04-03", "", (date(2016, 4, 3),) * 2),
    ("3 Mar 2016", "", (date(2016, 3, 3),) * 2), ("March 2016", "", (date(2016, 3, 1), None)), ("03/04/2016 - 05/04/2016", "", (date(2016, 4, 3), date(2016, 4, 5))),
    ("01/02/2016", "ongoing", (date(2016, 2, 1), None)), (date(2016, 2, 1), "", (date(2016, 2, 1),) * 2)])
def test_dates_are_read_day_first(started, ended, days):
    span = read_span(started, ended).value
    assert (span.start, span.end) == days


@pytest.mark.parametrize(("started", "ended"), [("30/02/2016", ""), ("2016-13-01", ""), ("soon", ""), ("05/04/2016", "03/04/2016")])
def test_impossible_dates_reject_the_row(started, ended):
    assert read_span(started, ended).problem


@pytest.mark.parametrize(("written", "number"), [("0012345", "0012345"), (" x0-1234 ", "X0-1234"), ("１２３４", "1234"), ("1E5", None), ("А1234", None), ("12", None)])
def test_membership_numbers_stay_text(written, number):
    assert read_member_no(written).value == number


def csv_file(folder, text, encoding="utf-8"):
    path = folder / "returns.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters_are_found_by_the_header(tmp_path, encoding, delimiter):
    text = (HEADER + "X0001,Café talk,event,,yes,2016-03-01,1.5\n").replace(",", delimiter)
    one = read_returns(csv_file(tmp_path, text, encoding), rules=RULES).returns[0]
    assert list(one.activities["title"]) == ["Café talk"]
    assert list(one.activities["minutes"]) == [90]


def test_an_unquoted_decimal_comma_never_shifts_a_column(tmp_path):
    loaded = read_returns(csv_file(tmp_path, HEADER + "X0001,Talk,event,,yes,2016-03-01,1,5\nX0002,Talk,event,,yes,2016-03-01,2\n"), rules=RULES)
    assert [sent.member_no for sent in loaded.returns] == ["X0002"]
    assert (loaded.rejected[0].row, loaded.rejected[0].found) == (2, "8 cells")


@pytest.mark.parametrize(("text", "said"), [
    ("", "no heading"), ("a,b\n1,2\n", "no heading"), (HEADER + 'X0001,"Talk,event\n', "broken quote"), (HEADER + "X0001,Ta\x00lk,,,,,\n", "NUL"),
    ("member_no,title,started_on\nX0001,Talk,2016-03-01\n", "no column for hours"), ("member_no,title,started_on,hours,hours\n1,2,3,4,5\n", "two columns for hours")])
def test_a_file_that_cannot_be_used_says_why(tmp_path, text, said):
    with pytest.raises(UnusableFile, match=said):
        read_returns(csv_file(tmp_path, text), rules=RULES)


def test_a_bad_row_is_named_and_its_neighbours_stay(tmp_path):
    one = read_returns(csv_file(tmp_path, HEADER + "X0001,Talk,event,,yes,2016-03-01,2\nX0001,Course,course,,yes,2016-04-31,N/A\n"), rules=RULES).returns[0]
    assert len(one.activities) == 1
    problem = one.rejected[0]
    assert (problem.row, problem.column) == (3, "started_on, hours")
    assert problem.advice


def test_another_year_is_refused_with_the_year_that_was_meant(tmp_path):
    with pytest.raises(WrongYear, match="CPD done in 2015 is reviewed in 2016"):
        read_returns(csv_file(tmp_path, HEADER + "X0001,Talk,event,,yes,2015-03-01,2\n"), rules=RULES)


def test_what_is_doubtful_is_marked_and_what_is_outside_is_not_counted(tmp_path):
    lines = ["Talk,event,,yes,2016-03-01,2", "Talk,event,,yes,2016-03-01,2", "Visit,event,,yes,,1", "Old,event,,yes,2015-12-01,1",
             "Long,event,,yes,20/12/2015 - 10/01/2016,8"]
    one = read_returns(csv_file(tmp_path, HEADER + "".join(f"X0001,{line}\n" for line in lines)), rules=RULES).returns[0]
    assert list(one.activities["doubtful"]) == [False, True, True, False, True]
    assert list(one.activities["counts"]) == [True, True, True, False, True]


def workbook(folder, *, number="X0001", link="G1"):
    book = Workbook()
    book.active.title = "Member"
    book.active.append(["member_no", "name", "declared_hours"])
    book.active.append([number, "Ada Example", 30])
    plan = book.create_sheet("plan")
    plan.append(["goal_id", "goal", "area", "target_date", "planned_hours"])
    plan.append(["G1", "Learn relays", "soft skills", "01/12/2016", 10])
    sheet = book.create_sheet("ACTIVITIES")
    sheet.append(["Activity", "Type", "Date", "Hrs", "Objective ref"])
    sheet.append(["Course on relays", "course", date(2016, 5, 3), time(1, 30), link])
    book.save(folder / "one.xlsx")
    return folder / "one.xlsx"


def test_a_workbook_gives_member_plan_and_activities(tmp_path):
    one = read_returns(workbook(tmp_path), rules=RULES).returns[0]
    assert (one.member_no, one.declared_minutes, len(one.goals)) == ("X0001", 1800, 1)
    row = one.activities.iloc[0]
    assert (row["minutes"], row["started_on"], row["planned"]) == (90, date(2016, 5, 3), "yes")  # linked to a goal of the plan: planned


def test_a_workbook_whose_membership_number_cannot_be_read_is_refused_whole(tmp_path):
    with pytest.raises(UnusableFile, match="membership number"):
        read_returns(workbook(tmp_path, number="no number"), rules=RULES)


@pytest.mark.parametrize("content", [b"PK\x03\x04 not a zip", b"\xd0\xcf\x11\xe0 old", b""])
def test_what_is_no_workbook_is_refused(tmp_path, content):
    (tmp_path / "bad.xlsx").write_bytes(content)
    with pytest.raises(UnusableFile):
        read_returns(tmp_path / "bad.xlsx", rules=RULES)


def test_the_register_keeps_names_that_look_like_nothing(tmp_path):
    (tmp_path / "r.csv").write_text("Membership No,grade,name,professional_status,status_from\n0012345,MIET,Null,retired,2014-05-01\n9999,MIET,Ada,resting,\n", encoding="utf-8")
    loaded = read_register(tmp_path / "r.csv")
    assert list(loaded.rows["name"]) == ["Null"]
    assert list(loaded.rows["member_no"]) == ["0012345"]
    assert "one of active, retired" in loaded.rejected[0].expected
    assert list(loaded.statuses["status_from"]) == [date(2014, 5, 1)]


def test_declarations_of_another_year_are_rejected(tmp_path):
    (tmp_path / "d.csv").write_text("member_no,cpd_year,CPD hours\nX0001,2016,31.5\nX0002,2015,30\n", encoding="utf-8")
    loaded = read_declarations(tmp_path / "d.csv", cpd_year=2016)
    assert list(loaded.rows["declared_minutes"]) == [1890]
    assert loaded.rejected[0].column == "cpd_year"
