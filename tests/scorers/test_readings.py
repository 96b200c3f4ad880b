"""What becomes of findings when a line is read differently, or the rules change?

What was recorded stays, and the difference is shown.
"""

from dataclasses import replace

import pandas as pd
import pytest
from drawn import activities, drawn, no_goals, requirements

from assessor_kit import journey, tables
from assessor_kit.rules import load_rules
from assessor_kit.scorers import apply_readings, changed_findings, finding_sentence, score_returns
from assessor_kit.store import Workspace, read_table

RULES = load_rules("iet", 2016)


def readings(text):
    """Return readings as the store does; an empty cell leaves what the member wrote."""
    rows = drawn(text).rename(columns={"return": "return_id"}).astype({"activity_no": int})
    columns = [
        "return_id",
        "activity_no",
        "area",
        "planned",
        "activity_type",
        "counting",
        "part_minutes",
    ]
    rows = rows.reindex(columns=columns).astype(object)
    return rows.where(rows.notna() & (rows != ""), None)


def findings(lines, rules=RULES):
    names = sorted(set(lines["return_id"]))
    sent = pd.DataFrame(
        {"return_id": names, "declared_minutes": pd.array([None] * len(names), dtype="Int64")}
    )
    return score_returns(lines, no_goals(), requirements(names), sent, rules)


RECORDED = activities("""
    return | activity_no | minutes | planned | area          | doubtful
    A      |           1 |     700 |         |               |
    A      |           2 |     900 | no      | personal_soft |
    A      |           3 |     400 | no      | technical     | yes
""").astype({"activity_no": int})


def test_findings_come_twice_as_recorded_and_as_read():
    read = apply_readings(
        RECORDED,
        readings("""
        return | activity_no | planned | counting | part_minutes
        A      |           1 | yes     |          |
        A      |           3 |         | part     | 200
    """),
    )
    changed = changed_findings(findings(RECORDED), findings(read)).set_index("criterion")
    assert tuple(changed.loc["total_hours", ["was", "becomes"]]) == ("unclear", "met")
    assert tuple(changed.loc["planned_hours", ["was", "becomes"]]) == ("unclear", "met")
    assert "reflection" not in changed.index
    assert list(RECORDED["minutes"]) == [700, 900, 400]


@pytest.mark.parametrize(
    ("counting", "part", "minutes", "counts"),
    [("count", "", 400, True), ("do not count", "", 400, False), ("part", "90", 90, True)],
)
def test_an_assessor_says_which_minutes_count(counting, part, minutes, counts):
    read = apply_readings(
        RECORDED,
        readings(f"return | activity_no | counting | part_minutes\nA | 3 | {counting} | {part}"),
    )
    assert tuple(read.loc[2, ["minutes", "counts", "doubtful"]]) == (minutes, counts, False)


def test_a_reading_changes_what_it_names_and_nothing_else():
    read = apply_readings(
        RECORDED,
        readings(
            "return | activity_no | area | activity_type\nA | 1 | personal_technical | events"
        ),
    )
    assert tuple(read.loc[0, ["area", "activity_type", "minutes", "planned"]]) == (
        "personal_technical",
        "events",
        700,
        "unmarked",
    )
    pd.testing.assert_frame_equal(read.loc[1:], RECORDED.loc[1:])


def test_a_changed_threshold_shows_what_was_and_what_becomes():
    stricter = replace(
        RULES,
        digest="new",
        criteria=tuple(
            replace(one, thresholds={"at_least_kinds": 2}) if one.code == "competence_mix" else one
            for one in RULES.criteria
        ),
    )
    lines = activities("return | minutes | competences\nA | 60 | AB\nB | 60 | A")
    changed = changed_findings(findings(lines), findings(lines, stricter))
    assert [tuple(row) for row in changed.itertuples(index=False)] == [
        ("A", "competence_mix", "different mix", "as suggested", "standing"),
        ("B", "competence_mix", "different mix", "different mix", "thresholds"),
    ]


def test_a_finding_of_rules_that_are_gone_stays_readable():
    kept = findings(activities("return | minutes\nA | 60"))
    hours_free = load_rules("imeche", 2017)
    said = finding_sentence(
        kept[kept["criterion"] == "planned_hours"].iloc[0].to_dict(), hours_free
    )
    assert (
        said == "Planned hours: below guideline (sure 0, doubtful 60, not stated 60, needed 600)."
    )
    older = {
        "criterion": "record_flags",
        "standing": "unclear",
        "numbers": '{"repeated": 1}',
        "thresholds": "{}",
    }
    assert finding_sentence(older, RULES) == "Record flags: unclear (repeated 1)."


@pytest.fixture
def season(tmp_path):
    """Make a small workspace with one scored return."""
    made = Workspace.create(tmp_path / "w")
    (tmp_path / "a.csv").write_text(
        "member_no,title,started_on,hours,competences\nX0001,Talk,2016-03-01,1.5,A\nX0001,Course,2016-04-01,20,B\n",
        encoding="utf-8",
    )
    journey.import_returns(made, [tmp_path / "a.csv"], cpd_year=2016)
    journey.score(made, cpd_year=2016)
    return made


def test_rescoring_under_a_changed_edition_shows_the_difference_first_and_keeps_the_old(
    season, monkeypatch
):
    before = read_table(season, tables.FINDINGS)
    changed = replace(
        RULES,
        edition="iet-2016b",
        digest="b" * 64,
        criteria=tuple(
            replace(one, thresholds={"at_least_kinds": 2}) if one.code == "competence_mix" else one
            for one in RULES.criteria
        ),
    )
    monkeypatch.setattr(Workspace, "rules", lambda _self, _year: changed)
    previewed = journey.preview_scores(season, cpd_year=2016)
    assert list(previewed.changes["becomes"]) == ["as suggested"]
    pd.testing.assert_frame_equal(read_table(season, tables.FINDINGS), before)
    assert list(journey.score(season, cpd_year=2016).changes["was"]) == ["different mix"]
    now, earlier = read_table(season, tables.FINDINGS), read_table(season, tables.EARLIER_FINDINGS)
    assert set(now["rules_digest"]) == {"b" * 64}
    pd.testing.assert_frame_equal(earlier[list(tables.FINDINGS.column_names)], before)
    assert all(finding_sentence(row, changed) for row in earlier.to_dict("records"))


def test_scoring_again_under_the_same_rules_moves_nothing(season):
    assert journey.score(season, cpd_year=2016).changes.empty
    assert read_table(season, tables.EARLIER_FINDINGS).empty
