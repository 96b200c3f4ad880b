"""The commands for what goes to and fro after judgements, as staff run them."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from judged_rounds import (
    approved,
    assessor_of,
    code_of,
    judge,
    judged_rounds,
    line,
    return_of,
    send_in,
)

from assessor_kit.cli import main
from assessor_kit.feedback.release import release_feedback
from assessor_kit.store import note_to_staff, open_return
from assessor_kit.vocabulary import Parked

TODAY = datetime.now(UTC).date()
YEAR = ("--cpd-year", "2016")
BY = ("--by", "Ada")


@pytest.fixture
def season(tmp_path):
    return judged_rounds(tmp_path)


@pytest.fixture
def run(season, capfd):
    def run_here(*words, status=0, as_json=True):
        options = ["--workspace", str(season.folder), *(["--json"] if as_json else [])]
        capfd.readouterr()
        assert main([*words, *options]) == status
        said = capfd.readouterr()
        return json.loads(said.out) if as_json else said.out + said.err

    return run_here


def asked_for_more(season):
    name = return_of(season, "X0001")
    judge(season, name, advice="Please send the dates.", outcome="more_please")
    approved(season, name)
    return name


def test_a_note_goes_to_its_assessor_and_an_assessors_note_is_answered(season, run):
    name = return_of(season, "X0001")
    code, who = code_of(season, name), assessor_of(season, name)
    tried = run("notes", "write", code, "--what", "Which course?", *BY, "--dry-run", as_json=False)
    assert f"write a note to {who} about the return {code}" in tried
    assert run("notes", "list", *YEAR)["notes"] == []
    written = run("notes", "write", code, "--what", "Which course?", *BY)
    assert (written["return"], written["assessor"]) == (code, who)
    (row,) = run("notes", "list", *YEAR, "--waiting")["notes"]
    assert (row["note"], row["state"]) == (written["note"], "waits for the assessor")
    note_to_staff(season, name, assessor_id=who, words="The first?", event_id="n1")
    waits = {row["about"]: row for row in run("waiting", *YEAR)["waiting"]}
    assert "notes" in waits[code]["next"]
    assert run("notes", "answer", "n1", "--what", "The second.", *BY)["answer"]
    words = list(open_return(season, name, assessor_id=who).notes["words"])
    assert words == ["Which course?", "The first?", "The second."]
    again = run("notes", "answer", "n1", "--what", "The second.", *BY, status=2)
    assert "has been answered" in again["error"]
    empty = run("notes", "write", code, "--what", " ", *BY, status=2)
    assert "empty" in empty["error"]


def test_a_version_that_waits_is_listed_and_taken_by_its_code(season, run, tmp_path):
    old = return_of(season, "X0001")
    judge(season, old, advice="So far good.", submitted=False)
    send_in(
        season,
        tmp_path / "second.csv",
        line("X0001", "First talk"),
        line("X0001", "Second talk", month=5),
    )
    (row,) = run("returns", "waiting", *YEAR)["waiting"]
    assert run("status", *YEAR)["counts"]["newer_versions"] == 1
    tried = run("returns", "use", row["return"], *BY, "--dry-run", as_json=False)
    assert f"review {row['return']} in place of {row['before']}, with 1 new activity" in tried
    assert return_of(season, "X0001") == old
    done = run("returns", "use", row["return"], *BY)
    assert (done["before"], done["new_lines"], done["lines_gone"]) == (row["before"], [2], 0)
    assert code_of(season, return_of(season, "X0001")) == row["return"]
    assert run("returns", "waiting", *YEAR)["waiting"] == []
    again = run("returns", "use", row["return"], *BY, status=2)
    assert "does not wait" in again["error"]
    assert return_of(season, "X0001", parked="") != old


def test_a_version_is_also_taken_by_its_members_number(season, run, tmp_path):
    old = return_of(season, "X0001")
    judge(season, old, advice="So far good.", submitted=False)
    send_in(season, tmp_path / "second.csv", line("X0001", "Another talk"))
    new = return_of(season, "X0001", parked=Parked.NEWER.value)
    assert run("returns", "use", "X0001", *YEAR, *BY)["used"] == code_of(season, new)


def test_a_round_is_listed_extended_and_ended(season, run):
    name = asked_for_more(season)
    code = code_of(season, name)
    (row,) = run("rounds", "list", *YEAR)["rounds"]
    due = TODAY + timedelta(days=season.rules(2016).rounds.more_due)
    assert (row["return"], row["state"], row["due"]) == (code, "open", due.isoformat())
    letters = run("outbox", "list", *YEAR)["messages"]
    assert [(one["kind"], one["state"]) for one in letters] == [("more", "queued")]
    later = (due + timedelta(days=9)).isoformat()
    too_early = run("rounds", "extend", code, "--until", "2017-01-01", *BY, status=2)
    assert "is not after" in too_early["error"]
    tried = run("rounds", "extend", code, "--until", later, *BY, "--dry-run", as_json=False)
    assert f"give the member of {code} until {later}" in tried
    assert run("rounds", "extend", code, "--until", later, *BY, "--reason", "ill")["due"] == later
    (row,) = run("rounds", "list", *YEAR)["rounds"]
    assert (row["due"], row["why"]) == (later, "ill")
    assert run("rounds", "remind", *YEAR, *BY)["queued"] == 0
    ended = run("rounds", "end", code, *BY, "--reason", "nothing came")
    assert ended["outcome"] == season.rules(2016).label("advice")
    assert run("rounds", "list", *YEAR)["rounds"][0]["state"] == "ended"
    again = run("rounds", "end", code, *BY, status=2)
    assert "The round is over" in again["error"]


def test_a_letter_that_waits_names_the_day_that_was_set_last_and_goes_no_more_once_all_is_over(
    season, run
):
    code = code_of(season, asked_for_more(season))
    (letter,) = run("outbox", "list", *YEAR)["messages"]
    later = TODAY + timedelta(days=99)
    run("rounds", "extend", code, "--until", later.isoformat(), *BY)
    shown = run("outbox", "show", letter["message"])
    assert f"{later.day} {later:%B %Y}" in shown["text"]
    assert "Please send the dates." in shown["text"]
    run("rounds", "end", code, *BY)
    assert "the round is over" in run("outbox", "show", letter["message"])["objection"]


def test_a_query_is_recorded_answered_and_its_letter_waits(season, run):
    made = run("query", "record", "X0002", *YEAR, "--what", "Where is my talk?", *BY)
    days = season.rules(2016).rounds.answer_query
    assert date.fromisoformat(made["due"]) == TODAY + timedelta(days=days)
    (row,) = run("query", "list", *YEAR)["queries"]
    assert (row["query"], row["state"], row["member"]) == (made["query"], "open", "X0002")
    both = run(
        "query",
        "answer",
        made["query"],
        "--what",
        "There.",
        "--changed",
        "--unchanged",
        *BY,
        status=2,
    )
    assert both["query"] is None
    words = ("query", "answer", made["query"], "--what", "On line 1.", "--unchanged", *BY)
    assert "write to the member" in run(*words, "--dry-run", as_json=False)
    done = run(*words)
    assert (done["changed"], done["next"]) == (False, "assessor-kit outbox send --cpd-year 2016")
    (letter,) = run("outbox", "list", *YEAR)["messages"]
    assert letter["kind"] == "answer"
    text = run("outbox", "show", letter["message"])["text"]
    assert "Where is my talk?" in text
    assert "On line 1." in text
    assert run("query", "list", *YEAR)["queries"][0]["state"] == "closed"


def test_an_appeal_goes_to_a_fresh_reviewer_a_moderator_and_back_to_the_member(season, run):
    name = return_of(season, "X0003")
    code, first = code_of(season, name), assessor_of(season, name)
    fresh = next(who for who in ("A1", "A2", "A3") if who != first)
    judge(season, name, advice="Plan more.")
    early = run("query", "record", code, "--appeal", "--what", "Again?", *BY, status=2)
    assert "no released feedback" in early["error"]
    approved(season, name)
    release_feedback(season, cpd_year=2016)
    asked = run("query", "record", code, *YEAR, "--appeal", "--what", "Again, please.", *BY)
    query = asked["query"]
    assert run("query", "review", query, "--to", fresh, *BY)["reviewer"] == fresh
    judge(season, name, advice="Nothing to do.", outcome="no_action", assessor_id=fresh)
    (row,) = run("query", "list", *YEAR)["queries"]
    assert (row["state"], row["reviewer"]) == ("with a moderator", fresh)
    answer = ("query", "answer", query, "--what", "You are right.", "--changed", *BY)
    assert "nothing is agreed yet" in run(*answer, status=2)["error"]
    run("moderate", "take", code, "--side", "fresh", "--because", "It is all there.", "--by", "Mo")
    assert run(*answer)["next"] == "assessor-kit feedback render --cpd-year 2016"
    assert run("status", *YEAR)["counts"]["outcomes_changed"] == 1
