"""Staff's own files are imported, and none erases what it does not mention."""

from datetime import date

import pytest
from commands import run_cli
from made_files import sheet, workbook

from assessor_kit import journey, tables
from assessor_kit.store import Workspace, read_table


@pytest.fixture
def season(tmp_path):
    return Workspace.create(tmp_path / "w")


def write(folder, name, text):
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def member(season, number="X0001"):
    return read_table(season, tables.REGISTER, member_no=number).iloc[0]


def statuses(season, number="X0001"):
    found = read_table(season, tables.STATUSES, member_no=number)
    return list(zip(found["status_from"], found["professional_status"], strict=True))


def test_each_file_ends_on_its_own(season, tmp_path):
    good, bad = (
        write(tmp_path, "good.csv", "member_no,grade\nX0001,MIET\nX0002,\n"),
        write(tmp_path, "bad.csv", "who,what\n1,2\n"),
    )
    status, answer, _ = run_cli(
        "import", "register", bad, good, tmp_path / "none.csv", workspace=season.folder
    )
    assert (status, answer["accepted"], answer["files"], answer["unusable"]) == (1, 1, 3, 2)
    assert {(problem["file"], problem["row"]) for problem in answer["rejected"]} == {
        ("bad.csv", None),
        ("none.csv", None),
        ("good.csv", 3),
    }


def test_where_every_file_is_unusable_nothing_is_done_and_all_keys_are_there(season, tmp_path):
    status, answer, _ = run_cli(
        "import",
        "declarations",
        write(tmp_path, "bad.csv", "who,what\n1,2\n"),
        "--cpd-year",
        "2016",
        workspace=season.folder,
    )
    assert status == 2
    assert (answer["accepted"], answer["rejected"][0]["file"]) == (0, "bad.csv")
    assert set(answer) == {
        "accepted",
        "rejected",
        "flags",
        "notes",
        "unchanged",
        "files",
        "unusable",
        "dry_run",
        "problems_file",
    }


@pytest.mark.parametrize(
    "kind", ["register", "opt_ins", "declarations", "assessors", "circumstances", "responses"]
)
def test_an_unusable_file_of_any_kind_is_named(season, tmp_path, kind):
    year = {"cpd_year": 2016} if kind in {"declarations", "responses"} else {}
    done = getattr(journey, f"import_{kind}")(
        season, [write(tmp_path, "bad.csv", "who,what\n1,2\n")], **year
    )
    assert done.nothing_taken
    assert [problem.file for problem in done.rejected] == ["bad.csv"]


def test_a_second_import_names_the_rejections_again_and_changes_nothing(season, tmp_path):
    path = write(tmp_path, "r.csv", "member_no,grade\nX0001,MIET\n?,MIET\n")
    first, again = journey.import_register(season, [path]), journey.import_register(season, [path])
    assert (first.accepted, again.accepted, again.unchanged) == (1, 0, 1)
    assert again.rejected == first.rejected
    assert len(read_table(season, tables.PROBLEMS)) == 1


def test_a_register_without_statuses_keeps_those_that_are_known(season, tmp_path):
    journey.import_register(
        season,
        [
            write(
                tmp_path,
                "a.csv",
                "member_no,grade,professional_status,status_from\nX0001,MIET,retired,2014-05-01\nX0002,MIET,,\n",
            )
        ],
    )
    journey.import_register(season, [write(tmp_path, "b.csv", "member_no,grade\nX0001,FIET\n")])
    journey.import_register(
        season, [write(tmp_path, "c.csv", "member_no,grade,professional_status\nX0001,FIET,\n")]
    )
    assert statuses(season) == [(date(2014, 5, 1), "retired")]
    assert statuses(season, "X0002") == []
    journey.import_register(
        season,
        [
            write(
                tmp_path,
                "d.csv",
                "member_no,grade,professional_status,status_from\nX0001,FIET,active,2016-09-01\n",
            )
        ],
    )
    assert statuses(season) == [(date(2014, 5, 1), "retired"), (date(2016, 9, 1), "active")]


@pytest.mark.parametrize(
    "text", ["member_no,grade\nX0001,FIET\n", "member_no,grade,opted_in_on\nX0001,FIET,\n"]
)
def test_a_register_never_erases_an_opt_in(season, tmp_path, text):
    journey.import_register(season, [write(tmp_path, "a.csv", "member_no,grade\nX0001,MIET\n")])
    journey.import_opt_ins(
        season, [write(tmp_path, "o.csv", "member_no,name,Date\nX0001,Ada,2016-02-01\n")]
    )
    journey.import_register(season, [write(tmp_path, "b.csv", text)])
    assert (member(season)["grade"], member(season)["opted_in_on"]) == ("FIET", date(2016, 2, 1))


def test_a_register_keeps_what_it_has_no_column_for_and_replaces_what_it_has(season, tmp_path):
    journey.import_register(
        season,
        [
            write(
                tmp_path,
                "a.csv",
                "member_no,grade,email,employer,do_not_contact\nX0001,MIET,ada@example.org,Brightwater,yes\n",
            )
        ],
    )
    journey.import_register(
        season, [write(tmp_path, "b.csv", "member_no,grade,employer\nX0001,FIET,\n")]
    )
    assert (
        member(season)["email"],
        member(season)["employer"],
        bool(member(season)["do_not_contact"]),
    ) == ("ada@example.org", "", True)


def test_an_opt_in_of_a_stranger_is_named_with_the_nearest_and_taken_once_the_register_knows(
    season, tmp_path
):
    journey.import_register(season, [write(tmp_path, "a.csv", "member_no,grade\nX0012345,MIET\n")])
    path = write(tmp_path, "o.csv", "member_no,name\nX0012354,Ada\n")
    (problem,) = journey.import_opt_ins(season, [path]).rejected
    assert "X0012345" in problem.advice
    journey.import_register(season, [write(tmp_path, "b.csv", "member_no,grade\nX0012354,MIET\n")])
    done = journey.import_opt_ins(season, [path])
    assert (done.accepted, done.rejected) == (1, [])


def test_a_workbook_is_taken_and_a_key_that_stands_twice_is_flagged(season, tmp_path):
    (tmp_path / "d.xlsx").write_bytes(
        workbook(
            sheet(("Membership No", "Hours"), ("X0001", 30), ("X0002", "31:30"), ("X0001", 31))
        )
    )
    done = journey.import_declarations(season, [tmp_path / "d.xlsx"], cpd_year=2016)
    assert dict(
        read_table(season, tables.DECLARATIONS)[["member_no", "declared_minutes"]].itertuples(
            index=False
        )
    ) == {"X0001": 1860, "X0002": 1890}
    assert ["X0001" in problem.found for problem in done.flags] == [True]


def test_a_dry_run_keeps_nothing(season, tmp_path):
    path = write(tmp_path, "a.csv", "member_no,grade\nX0001,MIET\n?,MIET\n")
    done = journey.import_register(season, [path], dry_run=True)
    assert (done.accepted, len(done.rejected), done.dry_run) == (1, 1, True)
    assert read_table(season, tables.REGISTER).empty
    assert read_table(season, tables.IMPORTS).empty


def test_their_names_may_be_given_for_ours(season, tmp_path):
    path = write(tmp_path, "a.csv", "Ref,Class\nX0001,MIET\n")
    status, answer, said = run_cli(
        "import",
        "register",
        path,
        "--columns",
        "Ref=member_no",
        "--columns",
        "Class=grade",
        workspace=season.folder,
    )
    assert (status, answer["accepted"]) == (0, 1), said
    assert (
        run_cli("import", "register", path, "--columns", "Ref=number", workspace=season.folder)[0]
        == 2
    )


def test_a_blank_workbook_comes_by_one_command(season, tmp_path):
    status, answer, said = run_cli(
        "template", tmp_path / "blank.xlsx", "--cpd-year", "2016", workspace=season.folder
    )
    assert (status, answer) == (0, {"file": str(tmp_path / "blank.xlsx"), "dry_run": False}), said
    assert (tmp_path / "blank.xlsx").read_bytes().startswith(b"PK")
