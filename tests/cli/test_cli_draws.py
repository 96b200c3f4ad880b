"""The commands of a draw as staff and members run them."""

import json

import pytest
from committed import committed_season, season_of_members

from assessor_kit import journey
from assessor_kit.cli import main

FUTURE = "dice, 12 rolls, on 2090-01-15 12:00 before Ann Lee and Bo Day"
YEAR = ("--cpd-year", "2016")


@pytest.fixture
def run(tmp_path, capfd):
    season = season_of_members(tmp_path / "w", 80)

    def run_here(*words, status=0, as_json=True):
        options = ["--workspace", str(season.folder), *(["--json"] if as_json else [])]
        capfd.readouterr()
        assert main([*words, *options]) == status
        said = capfd.readouterr()
        return json.loads(said.out) if as_json else said.out + said.err

    return run_here


def test_a_commitment_is_written_recorded_and_waits_for_its_moment(run, tmp_path):
    file = tmp_path / "c.json"
    words = ["commit-draw", *YEAR, "--rate", "10%", "--reserve", "25%", "--seed-from", FUTURE]
    made = run(*words, "--out", str(file), "--certain", "X0000007")
    assert (made["frame_size"], made["draw_id"], made["commitment"]) == (80, "2016-1", str(file))
    assert json.loads(file.read_text(encoding="utf-8"))["root"] == made["root"]
    assert [one["selected"] for one in made["strata"]] == [7, 1]
    done = run("record-publishing", "2016-1", "--by", "Ann", "--where", "page", "--file", str(file))
    assert done["digest"] == made["digest"]
    refused = run("draw", *YEAR, "--seed", "1 2 3 4 5 6 1 2 3 4 5 6", status=2)
    assert "No seed is accepted" in refused["error"]
    assert refused["draw_id"] is None
    events = run("draw-record", *YEAR)["events"]
    assert [one["what"] for one in events] == ["committed", "published", "refused"]
    assert events[2]["seed"] == "1 2 3 4 5 6 1 2 3 4 5 6"
    assert run("withdraw-commitment", "2016-1", "--reason", "a test")["draw_id"] == "2016-1"


def test_a_commitment_tells_what_to_do_with_it(run):
    words = ["commit-draw", *YEAR, "--size", "8", "--seed-from", FUTURE]
    said = run(*words, as_json=False)
    assert "record-publishing 2016-1" in said
    assert "Digest: " in said
    assert "2090-01-15" in said


def test_a_draw_without_a_commitment_is_called_not_verifiable_everywhere(run):
    words = ["draw", *YEAR, "--size", "8", "--seed", "4 17 23"]
    assert run(*words)["verifiable"] is False
    assert "Not verifiable" in run(*words, as_json=False)
    checked = run("verify-draw", "2016-1")
    assert (checked["verified"], checked["verifiable"]) == (True, False)
    assert journey.NOT_VERIFIABLE in " ".join(checked["reasons"])
    assert "not verifiable" in run("verify-draw", "2016-1", as_json=False)


def test_reserves_are_called_by_a_command(run):
    drawn = run("draw", *YEAR, "--size", "8", "--reserve", "25%", "--seed", "4 17 23")
    called = run("call-reserve", drawn["selected"][2], "--because", "died", "--by", "Ann")
    assert (called["called"], called["rank"]) == (drawn["reserves"][0], 9)
    assert run("verify-draw", "2016-1")["verified"]


def test_the_frame_is_counted(run):
    assert run("frame", *YEAR)["frame_size"] == 80
    assert run("frame", "--cpd-year", "2014")["excluded"] == {
        "had not opted in by 31 December 2014": 80
    }


@pytest.mark.parametrize(
    "words",
    [
        ["verify-draw"],
        ["verify-draw", "2016-1", "--commitment", "c.json"],
        ["verify-draw", "--draw", "d.json"],
        ["commit-draw", *YEAR, "--seed-from", FUTURE],
        ["commit-draw", *YEAR, "--size", "8", "--seed-from", "a good number"],
        ["commit-draw", *YEAR, "--size", "8", "--seed-from", FUTURE, "--recent-years", "2"],
        ["record-publishing", "2016-1", "--by", "Ann", "--where", "x", "--at", "yesterday"],
        ["draw", *YEAR, "--seed", "s"],
    ],
)
def test_what_is_incomplete_is_refused_in_a_sentence(run, words):
    assert run(*words, status=2)["error"].endswith((".", "help`."))


def test_a_file_that_is_no_json_is_named(tmp_path, capfd):
    made = committed_season(tmp_path / "w", members=40, size=8)
    (tmp_path / "x.json").write_text("not json", encoding="utf-8")
    words = ["verify-draw", "--commitment", str(tmp_path / "x.json"), "--draw", str(made.files[1])]
    assert main(words) == 2
    assert f"{tmp_path / 'x.json'}: this is no JSON" in capfd.readouterr().err
