"""Returns are imported: each file whole or not at all, and each only once.

A second file is a new version. Nothing is lost, and nothing is counted twice.
"""

import os
import random
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest
from commands import run_cli
from made_files import sheet, workbook
from made_workbooks import ACTIVITIES, make_folder

from assessor_kit import journey, tables
from assessor_kit.store import (
    Workspace,
    append_rows,
    open_return,
    read_table,
    record_judgement,
    replace_rows,
)
from assessor_kit.store.rows.originals import originals_of
from assessor_kit.vocabulary import Judgement

HEADER = "member_no,title,started_on,hours\n"
KEYS = {
    "returns",
    "activities",
    "minutes",
    "rejected",
    "flags",
    "notes",
    "unchanged",
    "files",
    "unusable",
    "dry_run",
    "problems_file",
}


@pytest.fixture
def season(tmp_path):
    return Workspace.create(tmp_path / "w")


def write(folder, name, *lines, header=HEADER):
    path = folder / name
    path.write_text(header + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def take(season, *paths, **options):
    return journey.import_returns(season, paths, cpd_year=2016, **options)


def returns(season, **equals):
    return read_table(season, tables.RETURNS, **equals).sort_values(
        ["member_no", "version"], ignore_index=True
    )


def titles(season, return_id):
    return list(read_table(season, tables.ACTIVITIES, return_id=return_id)["title"])


def register(season, folder, *numbers):
    journey.import_register(
        season,
        [
            write(
                folder,
                "register.csv",
                *(f"{number},MIET" for number in numbers),
                header="member_no,grade\n",
            )
        ],
    )


def test_a_file_that_cannot_be_used_never_stops_the_others(season, tmp_path):
    good, bad = (
        write(tmp_path, "a.csv", "X0001,Talk,2016-03-01,1.5"),
        write(tmp_path, "b.csv", header="nothing,known\n1,2\n"),
    )
    (tmp_path / "c.jpg").write_bytes(b"\xff\xd8\xff")
    status, answer, _ = run_cli(
        "import",
        "returns",
        good,
        bad,
        tmp_path / "c.jpg",
        tmp_path / "none.csv",
        "--cpd-year",
        "2016",
        workspace=season.folder,
    )
    assert (status, answer["returns"], answer["files"], answer["unusable"]) == (1, 1, 4, 3)
    assert {problem["file"] for problem in answer["rejected"]} == {"b.csv", "c.jpg", "none.csv"}
    assert all(
        problem["found"] and problem["expected"] and problem["advice"]
        for problem in answer["rejected"]
    )


@pytest.mark.parametrize("names", [["b.csv"], ["b.csv", "none.csv"], ["empty"]])
def test_where_every_file_is_unusable_nothing_is_done_and_all_keys_are_there(
    season, tmp_path, names
):
    write(tmp_path, "b.csv", header="nothing,known\n1,2\n")
    (tmp_path / "empty").mkdir()
    status, answer, _ = run_cli(
        "import",
        "returns",
        *(tmp_path / name for name in names),
        "--cpd-year",
        "2016",
        workspace=season.folder,
    )
    assert status == 2
    assert set(answer) >= KEYS
    assert len(answer["rejected"]) == len(names)
    assert answer["returns"] == 0


def test_the_same_file_again_changes_nothing_and_names_its_rejections_again(season, tmp_path):
    path = write(tmp_path, "a.csv", "X0001,Talk,2016-03-01,1.5", "X0001,Bad,2016-03-41,1")
    first = take(season, path)
    before = {table.name: read_table(season, table).to_dict("list") for table in tables.TABLES}
    again = take(season, path)
    assert (again.unchanged, again.returns, again.rejected) == (1, 0, first.rejected)
    assert {
        table.name: read_table(season, table).to_dict("list") for table in tables.TABLES
    } == before
    renamed = path.rename(tmp_path / "other.csv")
    assert take(season, renamed).unchanged == 1  # known by content, not by name


def test_other_column_names_make_it_another_import(season, tmp_path):
    path = write(
        tmp_path,
        "a.csv",
        "X0001,Talk,2016-03-01,1.5,Much",
        header=HEADER.strip() + ",Afterthoughts\n",
    )
    assert take(season, path).flags
    assert take(season, path, columns={"Afterthoughts": "reflection"}).returns == 1
    assert list(
        read_table(season, tables.ACTIVITIES, return_id=returns(season, parked="")["return_id"][0])[
            "reflection"
        ]
    ) == ["Much"]


def test_a_second_file_supersedes_and_never_adds(season, tmp_path):
    take(season, write(tmp_path, "a.csv", "X0001,Talk,2016-03-01,1.5"))
    done = take(season, write(tmp_path, "b.csv", "X0001,Visit,2016-03-02,2"))
    assert list(returns(season)["parked"]) == ["superseded", ""]
    assert titles(season, returns(season)["return_id"][1]) == ["Visit"]
    assert (done.returns, done.minutes) == (1, 120)


def test_a_longer_flat_file_leaves_the_returns_that_it_repeats_as_they_are(season, tmp_path):
    take(season, write(tmp_path, "a.csv", "X0001,Talk,2016-03-01,1.5"))
    done = take(
        season, write(tmp_path, "b.csv", "X0002,Talk,2016-03-01,1", "X0001,Talk,2016-03-01,1.5")
    )
    assert (done.returns, list(returns(season)["version"]), list(returns(season)["parked"])) == (
        1,
        [1, 1],
        ["", ""],
    )


def test_staff_may_say_that_a_second_file_adds(season, tmp_path):
    first = write(tmp_path, "a.csv", "X0001,Talk,2016-03-01,1.5", "X0001,Bad,soon,1")
    second = write(
        tmp_path,
        "b.csv",
        "X0001,Visit,2016-03-02,2",
        "X0001,Talk,2016-03-01,1.5",
        "X0001,Worse,soon,1",
    )
    take(season, first)
    done = take(season, second, add=True)
    version = returns(season, parked="")["return_id"][0]
    assert titles(season, version) == ["Talk", "Visit", "Talk"]
    assert "the same activity is also in the earlier file" in set(
        read_table(season, tables.PROBLEMS, return_id=version)["found"]
    )
    # lines of the added file are numbered on
    assert list(read_table(season, tables.PROBLEMS, return_id=version, kind="rejected")["row"]) == [
        3,
        7,
    ]
    assert (done.activities, done.minutes) == (2, 210)
    assert {original.file for original in originals_of(season, version)} == {"a.csv", "b.csv"}
    # what is in it already is not added again
    assert take(season, first, second, add=True).returns == 0


def test_two_files_of_one_member_in_one_import_are_named_and_can_be_joined(season, tmp_path):
    paths = [
        write(tmp_path, "a.csv", "X0001,Talk,2016-03-01,1.5"),
        write(tmp_path, "b.csv", "X0001,Visit,2016-03-02,2"),
    ]
    done = take(season, *paths)
    assert [
        (problem.file, "a.csv" in problem.found, "--add" in problem.advice)
        for problem in done.flags
    ] == [("b.csv", True, True)]
    assert list(returns(season)["parked"]) == ["superseded", ""]
    take(season, paths[0], add=True)
    assert sorted(titles(season, returns(season, parked="")["return_id"][0])) == ["Talk", "Visit"]


def test_a_flat_file_and_a_workbook_of_one_member_follow_the_same_rules(season, tmp_path):
    (tmp_path / "b.xlsx").write_bytes(
        workbook(
            sheet(("member_no",), ("X0001",)),
            sheet(("title", "date", "hours"), ("Visit", "2016-03-02", 2)),
            names=["Member", "Activities"],
        )
    )
    take(
        season,
        write(tmp_path, "a.csv", "X0001,Talk,2016-03-01,1.5", "X0002,Talk,2016-03-01,1.5"),
        tmp_path / "b.xlsx",
    )
    assert list(returns(season)["parked"]) == ["superseded", "", ""]
    take(season, write(tmp_path, "c.csv", "X0001,Course,2016-03-03,1"), add=True)
    assert titles(season, returns(season, member_no="X0001", parked="")["return_id"][0]) == [
        "Visit",
        "Course",
    ]


def allocate(season, return_id):
    append_rows(
        season,
        tables.ALLOCATIONS,
        pd.DataFrame(
            [
                {
                    "return_id": return_id,
                    "assessor_id": "A1",
                    "marking": "first",
                    "allocated_on": pd.Timestamp("2017-02-01").date(),
                    "due_on": pd.Timestamp("2017-03-01").date(),
                }
            ]
        ),
    )


def test_an_assessor_who_has_not_begun_gets_the_newer_version(season, tmp_path):
    take(season, write(tmp_path, "a.csv", "X0001,Talk,2016-03-01,1.5"))
    allocate(season, returns(season)["return_id"][0])
    take(season, write(tmp_path, "b.csv", "X0001,Visit,2016-03-02,2"))
    opened = open_return(season, returns(season, parked="")["return_id"][0], assessor_id="A1")
    assert list(opened.activities["title"]) == ["Visit"]


def test_a_judgement_begun_stays_on_its_version_and_says_that_a_newer_one_has_arrived(
    season, tmp_path
):
    take(season, write(tmp_path, "a.csv", "X0001,Talk,2016-03-01,1.5"))
    begun = returns(season)["return_id"][0]
    allocate(season, begun)
    record_judgement(
        season,
        begun,
        assessor_id="A1",
        judgement=Judgement(levels={}, comments={}, outcome=None, advice="Go on."),
        expected_version=0,
        event_id="e",
    )
    done = take(season, write(tmp_path, "b.csv", "X0001,Visit,2016-03-02,2"))
    assert "has begun" in done.flags[0].found
    assert list(returns(season)["parked"]) == ["", "newer than the version under review"]
    opened = open_return(season, begun, assessor_id="A1")
    assert list(opened.activities["title"]) == ["Talk"]
    assert "a newer version of this return has arrived" in " ".join(opened.problems["found"])
    take(season, write(tmp_path, "c.csv", "X0001,Course,2016-03-02,2"))
    assert list(returns(season)["parked"]) == [
        "",
        "superseded",
        "newer than the version under review",
    ]


def test_who_was_not_selected_is_parked_and_listed(season, tmp_path):
    register(season, tmp_path, "X0001", "X0002")
    journey.draw(season, cpd_year=2016, seed="s", size=1)
    (chosen,) = read_table(season, tables.SELECTIONS)["member_no"]
    (other,) = {"X0001", "X0002"} - {chosen}
    done = take(
        season, write(tmp_path, "a.csv", "X0001,Talk,2016-03-01,1", "X0002,Talk,2016-03-01,1")
    )
    assert dict(zip(returns(season)["member_no"], returns(season)["parked"], strict=True)) == {
        chosen: "",
        other: "not selected",
    }
    assert [problem.found for problem in done.flags] == [f"{other} was not selected"]


def test_a_number_that_the_register_does_not_know_is_named_with_the_nearest_and_taken_once_it_does(
    season, tmp_path
):
    register(season, tmp_path, "X0012345", "X0099999")
    path = write(tmp_path, "a.csv", "X0012346,Talk,2016-03-01,1", "X0099999,Talk,2016-03-01,1")
    for _ in range(2):
        (problem,) = take(season, path).rejected
        assert (problem.found, "X0012345" in problem.advice) == ("X0012346", True)
    assert list(returns(season)["member_no"]) == ["X0099999"]
    register(season, tmp_path, "X0012346")
    done = take(season, path)
    assert (done.returns, done.rejected, list(returns(season)["version"])) == (1, [], [1, 1])


def test_a_file_that_is_read_again_names_every_rejection_again(season, tmp_path):
    register(season, tmp_path, "X0001", "X0003")
    path = write(
        tmp_path, "a.csv", "X0001,Talk,2016-03-01,1", "X0001,Bad,soon,1", "X0002,Talk,2016-03-01,1"
    )
    first, again = take(season, path), take(season, path)
    assert sorted(problem.found for problem in again.rejected) == sorted(
        problem.found for problem in first.rejected
    )
    assert len(again.rejected) == 2
    assert list(returns(season)["version"]) == [1]


def test_a_further_line_that_cannot_be_read_makes_a_new_version(season, tmp_path):
    take(season, write(tmp_path, "a.csv", "X0001,Talk,2016-03-01,1"))
    assert (
        take(
            season, write(tmp_path, "b.csv", "X0001,Talk,2016-03-01,1", "X0001,Bad,soon,1")
        ).returns
        == 1
    )
    assert (
        len(
            read_table(
                season,
                tables.PROBLEMS,
                return_id=returns(season, parked="")["return_id"][0],
                kind="rejected",
            )
        )
        == 1
    )


def test_without_a_register_one_note_says_that_members_could_not_be_checked(season, tmp_path):
    done = take(
        season,
        write(tmp_path, "a.csv", "X0001,Talk,2016-03-01,1"),
        write(tmp_path, "b.csv", "X0002,Talk,2016-03-01,1"),
    )
    assert ["no register" in problem.found for problem in done.notes] == [True]


def test_another_year_takes_nothing_and_says_which_was_meant(season, tmp_path):
    path = write(tmp_path, "a.csv", "X0001,Talk,2015-03-01,1")
    status, answer, _ = run_cli(
        "import", "returns", path, "--cpd-year", "2016", workspace=season.folder
    )
    assert status == 2
    assert "--cpd-year 2015" in answer["rejected"][0]["advice"]
    assert returns(season).empty


def test_declared_hours_that_differ_are_flagged_whichever_comes_first(season, tmp_path):
    book = workbook(
        sheet(("member_no", "declared_hours"), ("X0001", 30)),
        sheet(("title", "date", "hours"), ("Visit", "2016-03-02", 2)),
        names=["Member", "Activities"],
    )
    (tmp_path / "a.xlsx").write_bytes(book)
    declared = write(tmp_path, "d.csv", "X0001,31.5", header="member_no,declared_hours\n")
    other = Workspace.create(tmp_path / "other")
    said = "declared 30 h here and 31 h 30 min in the declaration, which counts"
    journey.import_declarations(season, [declared], cpd_year=2016)
    assert said in [problem.found for problem in take(season, tmp_path / "a.xlsx").flags]
    journey.import_returns(other, [tmp_path / "a.xlsx"], cpd_year=2016)
    assert said in [
        problem.found
        for problem in journey.import_declarations(other, [declared], cpd_year=2016).flags
    ]


def test_originals_are_kept_by_content_and_no_assessor_meets_them(season, tmp_path):
    flat = write(
        tmp_path, "everybody.csv", "X0001,Talk,2016-03-01,1.5", "X0002,Secret,2016-03-01,1"
    )
    book = workbook(
        sheet(("member_no", "name"), ("X0003", "Ada Example")),
        sheet(("title", "date", "hours"), ("Visit", "2016-03-02", 2)),
        names=["Member", "Activities"],
    )
    (tmp_path / "ada.xlsx").write_bytes(book)
    take(season, flat, tmp_path / "ada.xlsx")
    ids = dict(zip(returns(season)["member_no"], returns(season)["return_id"], strict=True))
    assert [original.content for original in originals_of(season, ids["X0003"])] == [book]
    (lines,) = originals_of(season, ids["X0001"])
    assert lines.content == b"member_no,title,started_on,hours\r\nX0001,Talk,2016-03-01,1.5\r\n"
    # the flat file is dropped
    assert not any(
        b"Talk" in content and b"Secret" in content
        for content in read_table(season, tables.ORIGINALS)["content"]
    )
    for number, return_id in ids.items():
        allocate(season, return_id)
        seen = repr(open_return(season, return_id, assessor_id="A1"))
        assert not any(word in seen for word in (number, "Ada", ".csv", ".xlsx"))


def test_a_dry_run_says_the_same_and_keeps_nothing(season, tmp_path):
    register(season, tmp_path, "X0001")
    paths = [
        write(tmp_path, "a.csv", "X0001,Talk,2016-03-01,1.5", "X0001,Bad,soon,1"),
        write(tmp_path, "b.csv", "X0001,Visit,2016-03-02,2", "X0009,Talk,2016-03-01,1"),
    ]
    before = {table.name: read_table(season, table).to_dict("list") for table in tables.TABLES}
    status, said, _ = run_cli(
        "import", "returns", *paths, "--cpd-year", "2016", "--dry-run", workspace=season.folder
    )
    assert {
        table.name: read_table(season, table).to_dict("list") for table in tables.TABLES
    } == before
    assert (status, said["dry_run"], said["returns"]) == (1, True, 2)
    _, done, _ = run_cli("import", "returns", *paths, "--cpd-year", "2016", workspace=season.folder)
    assert {**said, "dry_run": False} == done


def test_the_problem_report_can_be_sent_back(season, tmp_path):
    path = write(tmp_path, "a.csv", "X0001,Talk,2016-03-01,=1+1", "X0001,Visit,2016-03-01,1")
    _, answer, said = run_cli(
        "import",
        "returns",
        path,
        "--cpd-year",
        "2016",
        "--problems",
        tmp_path / "p.csv",
        workspace=season.folder,
    )
    table = pd.read_csv(tmp_path / "p.csv", dtype=str, keep_default_na=False)
    assert list(table[table["kind"] == "rejected"]["row"]) == ["2"]
    assert set(table["advice"]) > {"Correct the row and send it again."}
    assert answer["problems_file"].endswith("p.csv")
    assert "made harmless" in said


def test_a_huge_file_is_refused_by_its_size_alone(season, tmp_path):
    with (tmp_path / "big.csv").open("wb") as file:
        file.truncate(2**30)
    (problem,) = take(season, tmp_path / "big.csv").rejected
    assert problem.found == "larger than 100 MB"


@pytest.mark.skipif(sys.platform == "win32", reason="kills a process")
def test_an_import_that_is_killed_leaves_whole_files_only_and_goes_on(tmp_path):
    make_folder(tmp_path / "f", 120)
    season, chance = Workspace.create(tmp_path / "w"), random.Random(5)
    code = (
        "import sys\nfrom pathlib import Path\nfrom assessor_kit import journey\nfrom"
        " assessor_kit.journey.intake import return_imports as imports\nfrom assessor_kit.store import"
        " Workspace\nimports.BATCH_FILES ="
        " 7\njourney.import_returns(Workspace.open(Path(sys.argv[1])), [Path(sys.argv[2])],"
        " cpd_year=2016)"
    )
    seen = []
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(season.folder), str(tmp_path / "f")],
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )
        waiting = time.monotonic() + 60
        while (
            len(read_table(season, tables.IMPORTS)) <= (seen[-1] if seen else 0)
            and process.poll() is None
            and time.monotonic() < waiting
        ):
            time.sleep(0.02)
        time.sleep(chance.random() * 0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
        seen.append(len(read_table(season, tables.IMPORTS)))
        kept = returns(season)
        assert len(kept) == seen[-1]
        assert (
            read_table(season, tables.ACTIVITIES)
            .groupby("return_id")
            .size()
            .reindex(kept["return_id"])
            == ACTIVITIES
        ).all()
        assert (
            len(read_table(season, tables.RETURN_ORIGINALS))
            == len(read_table(season, tables.ORIGINALS))
            == len(kept)
        )
    assert 0 < seen[0] < 120
    assert take(season, tmp_path / "f").returns == 120 - seen[-1]
    assert list(returns(season)["version"].unique()) == [1]


def test_reading_processes_end_with_a_killed_import(tmp_path):
    psutil = pytest.importorskip("psutil")
    make_folder(tmp_path / "f", 60)
    Workspace.create(tmp_path / "w")
    code = (
        "import sys\nfrom pathlib import Path\nfrom assessor_kit import journey\nfrom"
        " assessor_kit.store import"
        " Workspace\njourney.import_returns(Workspace.open(Path(sys.argv[1])), [Path(sys.argv[2])]"
        " * 50, cpd_year=2016)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "w"), str(tmp_path / "f")]
    )
    children = []
    while not children and process.poll() is None:
        children = psutil.Process(process.pid).children()
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert children
    _, alive = psutil.wait_procs(children, timeout=10)
    assert not alive


def test_both_ways_of_importing_workbooks_give_the_same():
    # The benchmark beside; here only what it gives is looked at.
    from import_workbooks import compare  # noqa: PLC0415

    results = compare(30, 30)
    answers = [
        {name: results[how][name] for name in ("returns", "activities", "minutes", "rejected")}
        for how in ("kit", "openpyxl-twice", "openpyxl-once")
    ]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0]["returns"] == 30


def test_replaced_rows_do_not_touch_the_originals(season, tmp_path):
    take(season, write(tmp_path, "a.csv", "X0001,Talk,2016-03-01,1.5"))
    kept = read_table(season, tables.ORIGINALS)
    replace_rows(season, tables.ORIGINALS, kept)
    assert list(read_table(season, tables.ORIGINALS)["content"]) == list(kept["content"])
