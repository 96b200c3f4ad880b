"""A file becomes one return per member: what counts, what is doubtful, what is rejected."""

import json

import pytest
from loaded import HEADER, RULES, column, found_in, one_return, read
from made_files import sheet, workbook

from assessor_kit.errors import UnusableFile, WrongYear
from assessor_kit.rules import load_rules

ACTIVITIES = ("Activity", "Type", "Date", "Hrs", "Objective ref")


def flat(*lines):
    return HEADER + "".join(f"X0001,{line}\n" for line in lines)


def member_book(
    *,
    member=(("member_no", "name", "declared_hours"), ("X0001", "Ada Example", 30)),
    plan=(("goal_id", "goal"), ("G1", "Learn relays")),
    activities=(ACTIVITIES, ("Course on relays", "course", "2016-05-03", "1:30", "G1")),
):
    return workbook(
        sheet(*member), sheet(*plan), sheet(*activities), names=["Member", "plan", "ACTIVITIES"]
    )


def test_a_bad_row_is_named_with_every_cause_and_its_neighbours_stay():
    sent = one_return(flat("Talk,event,,yes,2016-03-01,,2", "Course,course,,yes,2016-04-31,,N/A"))
    assert column(sent, "title") == ["Talk"]
    (problem,) = sent.rejected
    assert (problem.row, problem.column, problem.found) == (
        3,
        "started_on, hours",
        "started_on: '2016-04-31'; hours: 'N/A'",
    )
    assert "a date such as" in problem.expected
    assert "hours such as" in problem.expected
    assert problem.advice


def test_a_row_of_another_width_belongs_to_its_member_where_the_number_comes_first():
    loaded = read(
        HEADER + "X0001,Talk,event,,yes,2016-03-01,,1,5\nX0002,Talk,event,,yes,2016-03-01,,2\n"
    )
    assert {
        one.member_no: (len(one.activities), [problem.found for problem in one.rejected])
        for one in loaded.returns
    } == {"X0001": (0, ["9 cells"]), "X0002": (1, [])}
    loaded = read(
        "title,member_no,started_on,hours\nTalk,X0001,2016-03-01,1,5\nTalk,X0002,2016-03-01,2\n"
    )
    assert [one.member_no for one in loaded.returns] == ["X0002"]
    assert [problem.found for problem in loaded.rejected] == ["5 cells"]


def test_what_is_doubtful_is_marked_and_what_is_outside_is_not_counted():
    sent = one_return(
        flat(
            "Talk,event,,yes,2016-03-01,,2",
            " talk ,event,,yes,2016-03-01,,2",
            "Visit,event,,yes,,,1",
            "Old,event,,yes,2015-12-01,,1",
            "Long,event,,yes,20/12/2015,10/01/2016,8",
            "Degree,a,,yes,2015-10-01,ongoing,30",
            "Late,event,,yes,2016-12-01,ongoing,3",
        )
    )
    assert column(sent, "counts") == [True, True, True, False, True, True, True]
    assert column(sent, "doubtful") == [False, True, True, False, True, True, False]
    assert (
        sum(activity["minutes"] for activity in sent.activities if activity["counts"])
        == (2 + 2 + 1 + 8 + 30 + 3) * 60
    )


@pytest.mark.parametrize(
    "hours", ["8 h (3 h in 2016)", "8, of which 3 in 2016", "8 (3 in 2016)", "8;3"]
)
def test_hours_within_the_year_that_are_stated_make_a_straddling_activity_sure(hours):
    whole, _, part = hours.partition(";")
    header = HEADER.strip() + ",Hours in 2016\n"
    sent = one_return(
        header
        + f'X0001,Long,event,,yes,20/12/2015,10/01/2016,"{whole}",{part}\nX0001,Talk,event,,yes,13/01/2016,,2,\n'
    )
    assert column(sent, "minutes") == [180, 120]
    assert column(sent, "doubtful") == [False, False]
    assert "the return states that 3 h of 8 h lie in 2016" in found_in(sent.notes)


def test_a_decimal_in_a_file_that_writes_minutes_is_flagged_and_doubtful():
    sent = one_return(
        flat(
            "Talk,event,,yes,2016-03-01,,1:30",
            "Course,t,,yes,2016-03-02,,1.30",
            "Visit,event,,yes,2016-03-03,,1.5",
        )
    )
    assert column(sent, "doubtful") == [False, True, False]
    assert "hours: 1.30: hours and minutes, or a decimal? Read as 1 h 18 min" in found_in(
        sent.flags
    )
    assert not one_return(
        flat("Talk,event,,yes,2016-03-01,,1.5", "Course,t,,yes,2016-03-02,,1.30")
    ).flags


@pytest.mark.parametrize(
    ("other", "flagged"), [("13/05/2016", False), ("04/05/2016", True), ("2016-05-13", True)]
)
def test_day_and_month_are_flagged_only_where_the_file_shows_no_order(other, flagged):
    sent = one_return(flat("Talk,event,,yes,03/04/2016,,2", f"Course,t,,yes,{other},,2"))
    assert ("other way round" in found_in(sent.flags)) == flagged


def test_another_year_is_refused_with_the_year_that_was_meant():
    with pytest.raises(WrongYear, match="CPD done in 2015 is reviewed in 2016"):
        read(
            flat(
                "Talk,event,,yes,2015-03-01,,2",
                "Course,t,,yes,2015-03-02,,2",
                "Visit,e,,yes,2016-03-02,,2",
            )
        )


def test_the_raw_cells_of_a_line_never_say_whose_it_is():
    sent = one_return(
        "Member no,Name,Topic,Employer,Date,Hrs\nX0001,Ada"
        " Example,Talk,Brightwater,2016-03-01,1.5\n"
    )
    assert json.loads(sent.activities[0]["raw"]) == {
        "Topic": "Talk",
        "Date": "2016-03-01",
        "Hrs": "1.5",
    }


def test_a_flat_file_is_cut_into_its_members_lines_cell_by_cell():
    loaded = read(
        'title;member_no;started_on;hours\n"Talk;'
        ' ""new""";X0001;2016-03-01;1,5\nVisit;X0002;2016-03-01;2\n'
    )
    assert {one.member_no: one.slice for one in loaded.returns} == {
        "X0001": 'title,member_no,started_on,hours\r\n"Talk; ""new""",X0001,2016-03-01,"1,5"\r\n',
        "X0002": "title,member_no,started_on,hours\r\nVisit,X0002,2016-03-01,2\r\n",
    }


def test_a_workbook_gives_member_plan_and_activities():
    sent = one_return(member_book())
    assert (sent.member_no, sent.declared_minutes, [goal["goal"] for goal in sent.goals]) == (
        "X0001",
        1800,
        ["Learn relays"],
    )
    # linked to a goal of the plan: planned
    assert (column(sent, "minutes"), column(sent, "planned")) == ([90], ["yes"])
    assert sent.slice == ""


@pytest.mark.parametrize(
    ("member", "number"),
    [
        ((("member_no",), ("X0001",)), "X0001"),
        ((("Membership No", "X0001"), ("Name", "Ada"), ("Declared hours", "31.5")), "X0001"),
        ((("Name", "Member ID"), ("Ada", "x0001")), "X0001"),
    ],
)
def test_the_sheet_member_may_run_across_or_down(member, number):
    assert one_return(member_book(member=member)).member_no == number


@pytest.mark.parametrize(
    ("member", "said"),
    [
        ((("member_no",), ("no number",)), "membership number 'no number'"),
        ((("name",), ("Ada",)), "0 membership numbers"),
    ],
)
def test_a_workbook_whose_owner_cannot_be_known_is_refused_whole(member, said):
    with pytest.raises(UnusableFile, match=said):
        read(member_book(member=member))


def test_a_workbook_of_two_members_is_refused_and_a_flat_sheet_of_two_is_not():
    rows = (
        ("member_no", "title", "date", "hours"),
        ("X0001", "Talk", "2016-03-01", 1),
        ("X0002", "Talk", "2016-03-01", 1),
    )
    with pytest.raises(UnusableFile, match="2 membership numbers"):
        read(
            workbook(
                sheet(("member_no",), ("X0001",)), sheet(*rows), names=["Member", "Activities"]
            )
        )
    assert len(read(workbook(sheet(*rows))).returns) == 2


def test_what_cannot_be_read_of_a_goal_is_flagged_and_two_goals_keep_their_own_names():
    plan = (
        ("goal_id", "goal", "target_date", "planned_hours"),
        ("G1", "Learn relays", "soon", "many"),
        ("G1", "Lead", None, 5),
        ("G2", "", None, 1),
    )
    sent = one_return(member_book(plan=plan))
    assert [goal["goal_id"] for goal in sent.goals] == ["G1", "G1 (2)"]
    assert {problem.column for problem in sent.flags} == {"target_date", "planned_hours", "goal_id"}
    assert [problem.column for problem in sent.rejected] == ["goal"]


def test_of_two_columns_for_the_kind_the_one_with_the_schemes_words_is_read():
    sent = one_return(
        "member_no,title,Type,Category,date,hours\nX0001,Talk,formal,Workshop,2016-03-01,1\nX0001,Visit,informal,Conference,2016-03-02,1\n"
    )
    assert column(sent, "activity_type") == ["training", "events"]


def test_several_columns_of_reflection_are_joined_under_their_headings():
    sent = one_return(
        "member_no,title,date,hours,Lessons learned,Benefits"
        " gained\nX0001,Talk,2016-03-01,1,Much,\nX0001,Visit,2016-03-02,1,More,Most\n"
    )
    assert column(sent, "reflection") == [
        "Lessons learned: Much",
        "Lessons learned: More\nBenefits gained: Most",
    ]


def test_their_names_hold_for_every_sheet_of_a_workbook():
    book = member_book(
        member=(("Ref", "Total"), ("X0001", 31.5)), plan=(("Aim", "Notes"), ("Learn relays", "x"))
    )
    sent = one_return(book, columns={"Ref": "member_no", "Total": "declared_hours", "Aim": "goal"})
    assert (sent.member_no, sent.declared_minutes, [goal["goal"] for goal in sent.goals]) == (
        "X0001",
        1890,
        ["Learn relays"],
    )
    assert "columns not recognised: Notes" in found_in(sent.flags)


def test_no_cell_of_a_known_column_is_longer_than_a_text_may_be():
    sent = one_return(
        "member_no,title,date,hours,competences\nX0001,Talk,2016-03-01,1," + "Z" * 10_001 + "\n"
    )
    assert (sent.rejected[0].column, sent.rejected[0].found) == (
        "competences",
        "competences: 10001 characters",
    )


def test_unknown_columns_are_listed_once_and_may_be_mapped():
    text = "member_no,title,date,hours,Afterthoughts\nX0001,Talk,2016-03-01,1,Much\nX0001,Visit,2016-03-02,1,More\n"
    assert [problem.found for problem in read(text).flags] == [
        "columns not recognised: Afterthoughts"
    ]
    assert column(one_return(text, columns={"Afterthoughts": "reflection"}), "reflection") == [
        "Much",
        "More",
    ]
    with pytest.raises(UnusableFile, match="there is no column"):
        read(text, columns={"Afterthoughts": "afterthoughts"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "member_no,title,started_on\nX0001,Talk,2016-03-01\n",
            "no column for hours. It has: 'member_no', 'title', 'started_on'",
        ),
        ("title,started_on,hours\nTalk,2016-03-01,1\n", "no column for member_no"),
        (
            "member_no,title,Date,Start date,hours\nX0001,Talk,2016-03-01,2016-03-01,1\n",
            "two columns for started_on: 'Date', 'Start date'",
        ),
    ],
)
def test_a_file_without_a_needed_column_says_what_it_has(text, said):
    with pytest.raises(UnusableFile) as refused:
        read(text)
    assert said in refused.value.sentence()
    assert refused.value.advice


def test_an_hours_free_scheme_needs_no_hours():
    sent = one_return(
        "member_no,title,started_on\nX0001,Talk,2016-03-01\n", rules=load_rules("imeche", 2016)
    )
    assert column(sent, "minutes") == [0]
    assert RULES.guideline.counts_hours
