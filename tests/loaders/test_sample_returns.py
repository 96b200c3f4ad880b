"""Ten returns of the sample worked out by hand, and what the sample promises about itself.

The figures below were added up with pencil and paper from the lines of each file (its name is
beside the member) and the guideline of 2016; none came from the program. Two things are doubtful: a
repeated line, and 90 written where hours belong.
"""

import csv
import importlib
import json
import random
import re
import subprocess
import sys
from types import SimpleNamespace

import pandas as pd
import pytest
from drawn import drawn
from openpyxl import load_workbook

from assessor_kit import tables
from assessor_kit.rules import load_rules
from assessor_kit.store import Workspace, read_table, shipped

SAMPLE = shipped("sample_data")
WORDS = {
    "met": "met",
    "below": "below guideline",
    "suggested": "as suggested",
    "different": "different mix",
    "unclear": "unclear",
    "n/a": "not applicable",
}

BY_HAND = drawn("""
    member   | file             | target | sure | doubtful | total_hours | planned_hours | area_split | activity_mix | soft_technical_mix | competence_mix | plan_link | record_flags
    X0024067 | return_001.xlsx  | 1800   | 2280 | 420      | met         | unclear       | unclear    | suggested    | unclear            | suggested      | suggested | unclear
    X0022513 | return_002.xlsx  | 1800   | 1890 | 0        | met         | met           | different  | suggested    | suggested          | suggested      | n/a       | suggested
    X0060105 | return_004.xlsx  | 1800   | 2130 | 0        | met         | unclear       | different  | suggested    | suggested          | suggested      | n/a       | unclear
    X0045934 | return_009.xlsx  | 1800   | 2160 | 0        | met         | met           | unclear    | suggested    | unclear            | suggested      | suggested | suggested
    X0059698 | return_010.xlsx  | 600    | 540  | 420      | unclear     | n/a           | n/a        | different    | different          | different      | unclear   | unclear
    X0052113 | return_013.xlsx  | 1800   | 2190 | 5400     | met         | unclear       | unclear    | unclear      | unclear            | different      | different | unclear
    X0038608 | return_019.xlsx  | 1800   | 1890 | 0        | met         | unclear       | different  | suggested    | suggested          | suggested      | n/a       | unclear
    X0015002 | returns_part_1   | 600    | 720  | 0        | met         | n/a           | n/a        | suggested    | suggested          | different      | n/a       | unclear
    X0032503 | returns_part_1   | 1800   | 1800 | 0        | met         | met           | different  | different    | suggested          | suggested      | n/a       | suggested
    X0051595 | returns_part_1   | 600    | 2160 | 0        | met         | n/a           | n/a        | suggested    | suggested          | suggested      | n/a       | suggested
""")


@pytest.mark.parametrize("row", BY_HAND.to_dict("records"), ids=lambda row: row["member"])
def test_a_sample_return_comes_out_as_worked_out_by_hand(demonstration, row):
    season = Workspace.open(demonstration[0])
    return_id = read_table(
        season, tables.RETURNS, member_no=row["member"], cpd_year=2016, parked=""
    ).iloc[0]["return_id"]
    assert int(
        read_table(season, tables.REQUIREMENTS, return_id=return_id).iloc[0]["target_minutes"]
    ) == int(row["target"])
    findings = read_table(season, tables.FINDINGS, return_id=return_id).set_index("criterion")
    total = json.loads(findings.loc["total_hours", "numbers"])
    assert (total["sure"], total["doubtful"]) == (int(row["sure"]), int(row["doubtful"]))
    for criterion in list(row)[5:]:
        assert findings.loc[criterion, "standing"] == WORDS[row[criterion]], criterion


def test_the_planned_and_area_hours_of_one_return_are_those_added_by_hand(demonstration):
    season = Workspace.open(demonstration[0])
    return_id = read_table(
        season, tables.RETURNS, member_no="X0022513", cpd_year=2016, parked=""
    ).iloc[0]["return_id"]
    findings = (
        read_table(season, tables.FINDINGS, return_id=return_id)
        .set_index("criterion")["numbers"]
        .map(json.loads)
    )
    assert findings["planned_hours"]["sure"] == 1500  # 7.5 + 14 + 3.5 hours
    areas = findings["area_split"]
    assert (areas["personal_technical"], areas["job_role_technical"], areas["personal_soft"]) == (
        660,
        120,
        1110,
    )


def test_the_script_makes_the_same_bytes_again(tmp_path):
    subprocess.run([sys.executable, SAMPLE / "make_sample_data.py", tmp_path], check=True)
    made = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    kept = {
        path.relative_to(SAMPLE)
        for path in SAMPLE.rglob("*")
        if path.is_file()
        and path.suffix != ".py"
        and not {"__pycache__", "practice"} & set(path.parts)
        and path.name not in {"about.md", "what_good_looked_like.md"}
    }
    assert made == kept
    for path in sorted(made):
        assert (tmp_path / path).read_bytes() == (SAMPLE / path).read_bytes(), (
            f"{path} differs: run sample_data/make_sample_data.py."
        )


def test_no_sample_judgement_asks_for_what_the_record_has(monkeypatch):
    monkeypatch.syspath_prepend(str(SAMPLE))
    judge = importlib.import_module("judging").judge
    lines = [
        {"title": area, "area": area, "hours": "10", "reflection": ""}
        for area in ("personal_technical", "job_role_technical", "personal_soft")
    ]
    record = SimpleNamespace(activities=lines, exemplary=False)
    rules = load_rules("iet", 2016)
    found = pd.DataFrame(
        {"criterion": ["area_split", "soft_technical_mix"], "standing": "different mix"}
    )
    themes = set()
    for seed in range(100):
        row = judge(record, found, rules, differs=(), chance=random.Random(seed))
        themes |= set(row["themes"].split(";"))
    assert {"widen_areas", "ask_for_feedback", "state_area"} <= themes
    assert not themes & {
        "add_soft_skills",
        "personal_technical_too",
        "more_soft",
        "more_technical",
    }


def rows_of(name):
    with (SAMPLE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_nobody_in_the_sample_could_be_real():
    members = rows_of("register.csv")
    assert len(members) == 2000
    assert all(
        re.fullmatch(r"X0\d{6}", member["member_no"]) and member["email"].endswith("@example.org")
        for member in members
    )


def test_at_most_a_third_of_the_returns_have_failings_planted_and_each_is_listed():
    text = (SAMPLE / "README.md").read_text(encoding="utf-8")
    planted = re.findall(r"X0\d{6}", text)
    assert 20 <= len(set(planted)) <= 112 / 3
    assert max(planted.count(member) for member in planted) <= 2
    assert {
        row["member_no"] for row in rows_of("responses_2016.csv") if row["state"] == "received"
    } >= set(planted)


def test_the_unanswered_requests_have_each_kind_of_reply():
    states = [row["state"] for row in rows_of("responses_2016.csv")]
    assert (len(states), states.count("received")) == (120, 112)
    assert set(states) == {"received", "no reply", "deferred", "record held elsewhere", "left"}


def test_about_seven_in_ten_reach_their_target_and_heaps_stand_on_it(demonstration):
    season = Workspace.open(demonstration[0])
    returns = read_table(season, tables.RETURNS, cpd_year=2016, parked="")
    activities = read_table(season, tables.ACTIVITIES, return_id=list(returns["return_id"]))
    total = activities[activities["counts"]].groupby("return_id")["minutes"].sum()
    needed = read_table(
        season, tables.REQUIREMENTS, return_id=list(returns["return_id"])
    ).set_index("return_id")["target_minutes"]
    assert 0.6 <= (total >= needed).mean() <= 0.8
    assert (total == 1800).sum() >= 10
    assert ((total == 600) & (needed == 600)).sum() >= 3
    assert (needed == 600).sum() == 10


def test_every_advice_names_an_activity_of_its_own_return(demonstration):
    season = Workspace.open(demonstration[0])
    returns = read_table(season, tables.RETURNS, cpd_year=2016, parked="").set_index("member_no")[
        "return_id"
    ]
    titles = (
        read_table(season, tables.ACTIVITIES, return_id=list(returns))
        .groupby("return_id")["title"]
        .agg(set)
    )
    named = 0
    for row in rows_of("judgements_2016.csv"):
        quoted = {
            title
            for name, text in row.items()
            if name.startswith(("comment_", "advice", "liked"))
            for title in re.findall("“([^”]+)”", text)
        }
        assert quoted <= titles[returns[row["member_no"]]]
        named += bool(quoted)
    assert named >= 100


def test_a_folder_of_members_files_has_a_third_without_planned_and_a_quarter_without_area():
    headings = [
        {cell.value for cell in load_workbook(path)["Activities"][1]}
        for path in sorted((SAMPLE / "returns_2016").glob("*.xlsx"))
    ]
    assert len(headings) == 30
    assert sum("Planned?" not in names for names in headings) == 10
    assert sum("Knowledge area" not in names for names in headings) in {7, 8}
