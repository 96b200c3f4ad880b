"""Files that staff keep: names that look like nothing stay, and each bad cell is named."""

from datetime import date

import pytest
from loaded import found_in
from made_files import sheet, workbook

from assessor_kit.errors import UnusableFile
from assessor_kit.loaders.records.staff_files import (
    read_assessors,
    read_circumstances,
    read_declarations,
    read_opt_ins,
    read_register,
    read_responses,
)


@pytest.mark.parametrize(
    ("headings", "cells", "address"),
    [
        ("postal_address", '"1 Long Lane\nEly"', "1 Long Lane\nEly"),
        (
            "Address 1,Address 2,Town,Postcode",
            '"1 Long Lane, Flat 2",,Ely,EX1 1EX',
            "1 Long Lane, Flat 2\nEly\nEX1 1EX",
        ),
        ("Address line 1,City,Country", ",,", ""),
    ],
)
def test_a_postal_address_is_one_below_the_other_however_the_file_divides_it(
    headings, cells, address
):
    data = f"member_no,grade,{headings}\nX0001,MIET,{cells}\n".encode()
    loaded = read_register(data, file="r.csv")
    assert (loaded.rows[0]["postal_address"], loaded.flags) == (address, ())
    assert "postal_address" in loaded.columns
    assert "postal_address" not in read_register(b"member_no,grade\nX1000,MIET\n", file="r").columns


def test_two_columns_of_one_part_of_an_address_are_refused():
    with pytest.raises(UnusableFile, match="two columns for postal_address"):
        read_register(b"member_no,grade,Town,town\nX0001,MIET,Ely,Ely\n", file="r.csv")


def test_the_register_keeps_names_that_look_like_nothing():
    text = (
        "Membership"
        " No,grade,name,professional_status,status_from\n0012345,MIET,Null,retired,2014-05-01\n9999,MIET,Ada,resting,\n"
    )
    loaded = read_register(text.encode(), file="r.csv")
    (row,) = loaded.rows
    assert (row["member_no"], row["name"], row["professional_status"], row["status_from"]) == (
        "0012345",
        "Null",
        "retired",
        date(2014, 5, 1),
    )
    assert "one of active, retired" in loaded.rejected[0].expected
    assert loaded.columns == ("member_no", "name", "grade", "professional_status", "status_from")


def test_declarations_of_another_year_are_rejected():
    loaded = read_declarations(
        b"member_no,cpd_year,CPD hours\nX0001,2016,31.5\nX0002,2015,30\nX0003,2016,3 days\n",
        file="d.csv",
        cpd_year=2016,
    )
    assert [row["declared_minutes"] for row in loaded.rows] == [1890]
    assert [problem.column for problem in loaded.rejected] == ["cpd_year", "declared_hours"]


def test_a_circumstance_may_still_be_discussed():
    loaded = read_circumstances(
        b"member_no,cpd_year,kind,from,agreed_target_hours\nX0001,2016,leave,01/02/2016,\nX0002,2016,leave,,10\n",
        file="c.csv",
    )
    assert [row["agreed_target_minutes"] for row in loaded.rows] == [None, 600]
    assert [row["from_on"] for row in loaded.rows] == [date(2016, 2, 1), None]


def test_assessors_and_their_conflicts_are_read_one_by_one():
    text = "assessor_id,disciplines,capacity,conflicts\nA07,power;rail,9,X0001;X0002\nA08,power,many,X0001\nA\u200b9,power,9,\nA10,power,9,X1\n"
    loaded = read_assessors(text.encode(), file="a.csv")
    assert [(row["assessor_id"], row["capacity"], row["conflicts"]) for row in loaded.rows] == [
        ("A07", 9, "X0001;X0002")
    ]
    assert [problem.column for problem in loaded.rejected] == [
        "capacity",
        "assessor_id",
        "conflicts",
    ]


def test_opt_ins_and_responses_are_read_from_workbooks_too():
    opt_ins = read_opt_ins(
        workbook(sheet(("name", "Member ID", "Date"), ("Ada", "X0001", "2016-02-01"))),
        file="o.xlsx",
    )
    assert opt_ins.rows == ({"member_no": "X0001", "name": "Ada", "opted_in_on": date(2016, 2, 1)},)
    responses = read_responses(
        b"member_no,state\nX0001,No reply\nX0002,gone\n", file="r.csv", cpd_year=2016
    )
    assert [(row["state"], row["cpd_year"]) for row in responses.rows] == [("no reply", 2016)]
    assert responses.rejected


def test_an_error_cell_rejects_its_row_and_a_short_row_its_own():
    loaded = read_register(
        workbook(
            sheet(
                ("member_no", "grade", "name"),
                ("X0001", '<c t="e"><v>#REF!</v></c>', "Ada"),
                ("X0002", "MIET", "Bo"),
            )
        ),
        file="r.xlsx",
    )
    assert [row["member_no"] for row in loaded.rows] == ["X0002"]
    assert "#REF!" in found_in(loaded.rejected)
    assert [
        problem.found
        for problem in read_register(b"member_no,grade\nX0001\nX0002,MIET\n", file="r.csv").rejected
    ] == ["1 cells"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"member_no,name\nX0001,Ada\n", "no column for grade"),
        (b"", "the file is empty"),
        (workbook(sheet(("a",), ("b",)), sheet(("a",), ("b",))), "2 tables with content"),
    ],
)
def test_a_register_that_cannot_be_used_says_why(data, said):
    with pytest.raises(UnusableFile, match=said):
        read_register(data, file="r")
