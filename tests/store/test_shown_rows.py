"""What an assessor reads stays anonymous when a newer file or register arrives."""

import pandas as pd
import pytest

from assessor_kit import journey, tables
from assessor_kit.store import Workspace, append_rows, open_return, read_table

HEADER = "member_no,title,activity_type,area,planned,started_on,hours\n"
REGISTER = (
    "member_no,name,email,employer,grade,discipline\nX0001,{},ada@example.org,{},MIET,power\n"
)


@pytest.fixture
def season(tmp_path, database):
    made = Workspace.create(tmp_path / "w")
    append_rows(
        made,
        tables.ASSESSORS,
        pd.DataFrame(
            [
                {
                    "assessor_id": "A1",
                    "member_no": "",
                    "name": "",
                    "email": "",
                    "disciplines": "power",
                    "employer": "",
                    "capacity": 9,
                    "conflicts": "",
                }
            ]
        ),
    )
    take(made, tmp_path, "register", REGISTER.format("Ada Example", "Brightwater Grid"))
    take(
        made,
        tmp_path,
        "returns",
        f"{HEADER}X0001,Talk by Ada Example at Umber Works,event,soft,yes,2016-03-01,2\n",
    )
    journey.allocate(made, cpd_year=2016, seed="s")
    return made


def take(season, folder, kind, text):
    path = folder / f"{kind}{len(list(folder.iterdir()))}.csv"
    path.write_text(text, encoding="utf-8")
    if kind == "register":
        journey.import_register(season, [path])
    else:
        journey.import_returns(season, [path], cpd_year=2016)


def titles(season):
    """Return the titles that A1 reads, which must be the same in the return and in the table."""
    return_id = read_table(season, tables.RETURNS, parked="").iloc[0]["return_id"]
    opened = list(open_return(season, return_id, assessor_id="A1").activities["title"])
    assert (
        list(read_table(season.as_assessor("A1"), tables.ACTIVITIES, return_id=return_id)["title"])
        == opened
    )
    return opened


def test_a_newer_file_is_masked_for_the_assessor_who_holds_the_return(season, tmp_path):
    assert titles(season) == ["Talk by [name] at Umber Works"]
    take(
        season,
        tmp_path,
        "returns",
        f"{HEADER}X0001,Course for Dr Ada,event,soft,yes,2016-03-01,2\nX0001,Visit of"
        " X0001,event,soft,yes,2016-03-02,2\n",
    )
    assert titles(season) == ["Course for [name]", "Visit of [membership number]"]


def test_a_name_or_employer_that_the_register_has_only_now_is_masked_from_then_on(season, tmp_path):
    take(season, tmp_path, "register", REGISTER.format("Ada Example", "Umber Works"))
    assert titles(season) == ["Talk by [name] at [employer]"]
