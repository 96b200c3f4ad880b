"""Assessors are compared with the register when their file is imported."""

import pytest

from assessor_kit import journey, tables
from assessor_kit.store import Workspace, read_table

REGISTER = (
    "member_no,grade,name,email,discipline\n"
    "00110339,MIET,Ada Example,ada@example.org,Power systems\n"
    "X00A01,MIET,Bo Specimen,bo@example.org,rail\n"
    "X00B77,MIET,Di Sample,di@example.org,rail\n"
)
HEADINGS = "assessor_id,member_no,name,email,disciplines,employer,capacity,conflicts\n"


@pytest.fixture
def season(tmp_path, database):
    made = Workspace.create(tmp_path / "w")
    (tmp_path / "register.csv").write_text(REGISTER, encoding="utf-8")
    journey.import_register(made, [tmp_path / "register.csv"])
    return made


def imported(season, folder, *lines):
    path = folder / f"assessors{len(list(folder.glob('*')))}.csv"
    path.write_text(HEADINGS + "\n".join(lines) + "\n", encoding="utf-8")
    return journey.import_assessors(season, [path])


def kept(season):
    return read_table(season, tables.ASSESSORS).set_index("assessor_id").to_dict("index")


def test_a_number_that_lost_its_zeros_is_taken_as_the_registers_and_said(season, tmp_path):
    done = imported(season, tmp_path, "A1,110339,Ada,,rail,,9,", "A2,,Bo,,rail,,9,110339; x00a01")
    assert kept(season)["A1"]["member_no"] == "00110339"
    assert kept(season)["A2"]["conflicts"] == "00110339; X00A01"
    said = [flag.found for flag in done.flags]
    assert said == [
        "A1: 110339 is 00110339 in the register",
        "A2: 110339 is 00110339 in the register",
    ]


def test_a_number_that_is_nobodys_is_asked_about_with_the_nearest(season, tmp_path):
    done = imported(season, tmp_path, "A1,X00A02,Ada,,rail,,9,Y99999")
    own, conflict = done.flags
    assert (own.column, conflict.column) == ("member_no", "conflicts")
    assert "Did you mean X00A01?" in own.advice
    assert "is not in the register" in conflict.found
    assert kept(season)["A1"]["member_no"] == "X00A02"


def test_an_address_of_somebody_else_is_asked_about(season, tmp_path):
    done = imported(
        season,
        tmp_path,
        "A1,X00A01,Bo,ADA@example.org,rail,,9,",
        "A2,,Di,di@example.org,rail,,9,",
        "A3,X00A01,Bo,bo@example.org,rail,,9,",
    )
    assert [(flag.column, flag.found.split(":")[0]) for flag in done.flags] == [
        ("email", "A1"),
        ("member_no", "A2"),
    ]
    assert "X00B77" in done.flags[1].advice


def test_a_field_that_no_member_has_is_asked_about_and_another_case_is_none(season, tmp_path):
    done = imported(season, tmp_path, "A1,,Ada,,Rail; POWER SYSTEMS; power system design,,9,")
    (flag,) = done.flags
    assert flag.column == "disciplines"
    assert "no member's field is 'power system design'" in flag.found
    assert "Did you mean 'Power systems'" in flag.advice
    assert "Power systems, rail" in flag.expected


def test_without_a_register_nothing_is_asked(tmp_path):
    made = Workspace.create(tmp_path / "w")
    assert imported(made, tmp_path, "A1,X1234,Ada,,anything,,9,").flags == []


def test_an_import_does_not_bring_a_dismissed_assessor_back(season, tmp_path):
    imported(season, tmp_path, "A1,,Ada,,rail,,9,")
    journey.dismiss(season, "A1", reason="is ill")
    done = imported(season, tmp_path, "A1,,Ada,,rail,,12,")
    assert kept(season)["A1"]["capacity"] == 12
    assert kept(season)["A1"]["dismissed_because"] == "is ill"
    assert "was dismissed, and still is" in done.flags[0].found
