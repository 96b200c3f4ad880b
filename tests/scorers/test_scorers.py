"""What the machine observes: totals and standings of drawn records, worked out by hand."""

import json
from dataclasses import replace

import narwhals as nw
import pandas as pd
import pytest
from drawn import activities, no_goals, requirements

from assessor_kit.errors import RulesError
from assessor_kit.rules import load_rules
from assessor_kit.scorers import (
    CriterionExpressions,
    Scorer,
    finding_sentence,
    requirements_for,
    score_returns,
)
from assessor_kit.scorers.columns import ColumnFrame, NotKnown
from assessor_kit.scorers.measures import minutes_where
from assessor_kit.scorers.standing import not_applicable
from assessor_kit.tables import CIRCUMSTANCES, STATUSES

RULES = load_rules("iet", 2016)


def findings(text, *, needed=None, goals=None, declared=None, rules=RULES):
    lines = activities(text)
    names = sorted(set(lines["return_id"]))
    returns = pd.DataFrame(
        {"return_id": names, "declared_minutes": pd.array([declared] * len(names), dtype="Int64")}
    )
    made = score_returns(
        lines,
        goals if goals is not None else no_goals(),
        needed if needed is not None else requirements(names),
        returns,
        rules,
    )
    return made.set_index(["return_id", "criterion"])


def standing(made, criterion, name="A"):
    return made.loc[(name, criterion), "standing"]


def numbers(made, criterion, name="A"):
    return json.loads(made.loc[(name, criterion), "numbers"])


def test_unmarked_activities_leave_planned_hours_unclear():
    made = findings("""
        return | minutes | planned
        A      |     360 | yes
        A      |     480 |
    """)
    assert standing(made, "planned_hours") == "unclear"
    assert numbers(made, "planned_hours") == {
        "sure": 360,
        "doubtful": 480,
        "not_stated": 480,
        "needed": 600,
    }


def test_thirty_entries_of_seven_tenths_of_an_hour_are_exactly_twenty_one_hours():
    made = findings(
        "return | minutes\n" + "\n".join(["A | 42"] * 30),
        needed=requirements(["A"], target=21 * 60),
    )
    assert standing(made, "total_hours") == "met"


def test_surplus_unplanned_time_never_hurts():
    made = findings("""
        return | minutes | planned
        A      |     900 | yes
        A      |    2400 | no
    """)
    assert standing(made, "planned_hours") == "met"
    assert standing(made, "total_hours") == "met"


@pytest.mark.parametrize(
    ("sure", "doubtful", "expected"),
    [
        (1800, 0, "met"),
        (1800, 600, "met"),
        (1799, 0, "below guideline"),
        (1500, 299, "below guideline"),
        (1500, 300, "unclear"),
    ],
)
def test_doubtful_minutes_leave_a_total_unclear_only_when_they_could_change_it(
    sure, doubtful, expected
):
    made = findings(f"""
        return | minutes | doubtful
        A      | {sure} |
        A      | {doubtful} | yes
    """)
    assert standing(made, "total_hours") == expected


def test_an_activity_outside_the_year_is_not_counted_and_is_worth_a_check():
    made = findings("""
        return | minutes | counts
        A      |    1700 |
        A      |     200 | no
    """)
    assert standing(made, "total_hours") == "below guideline"
    assert numbers(made, "record_flags")["outside_year"] == 1


@pytest.mark.parametrize(
    ("areas", "expected"),
    [
        (
            {"personal_technical": 600, "job_role_technical": 600, "personal_soft": 600},
            "as suggested",
        ),
        (
            {"personal_technical": 600, "job_role_technical": 600, "personal_soft": 599},
            "different mix",
        ),
        ({"technical": 1200, "personal_soft": 600}, "unclear"),
        ({"technical": 1199, "personal_soft": 600}, "different mix"),
        ({"technical": 1000, "personal_soft": 500, "": 300}, "unclear"),
        ({"technical": 1000, "personal_soft": 500, "": 299}, "different mix"),
        ({"technical": 5000, "personal_soft": 500}, "different mix"),
    ],
)
def test_time_without_a_full_area_could_belong_to_any_that_it_may_mean(areas, expected):
    made = findings(
        "return | minutes | area\n"
        + "\n".join(f"A | {minutes} | {area}" for area, minutes in areas.items())
    )
    assert standing(made, "area_split") == expected


def test_on_a_reduced_target_area_and_planned_do_not_apply():
    made = findings(
        "return | minutes\nA | 600",
        needed=requirements(["A"], target=600, planned=None, areas=False, basis="reduced"),
    )
    assert [standing(made, name) for name in ("total_hours", "planned_hours", "area_split")] == [
        "met",
        "not applicable",
        "not applicable",
    ]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ({"training": 100, "events": 100, "self_study": 100}, "as suggested"),
        ({"training": 800, "events": 100, "self_study": 100}, "different mix"),
        ({"training": 100, "events": 100}, "different mix"),
        ({"training": 100, "events": 100, "": 50}, "unclear"),
        ({"training": 100, "events": 100, "other": 50}, "as suggested"),
    ],
)
def test_an_unknown_kind_counts_as_a_kind_of_its_own(kinds, expected):
    made = findings(
        "return | minutes | activity_type\n"
        + "\n".join(f"A | {minutes} | {kind}" for kind, minutes in kinds.items())
    )
    assert standing(made, "activity_mix") == expected


def test_competences_that_are_not_named_leave_the_mix_unclear():
    assert (
        standing(findings("return | minutes | competences\nA | 60 | A\nA | 60 |"), "competence_mix")
        == "unclear"
    )
    assert (
        standing(
            findings("return | minutes | competences\nA | 60 | A\nA | 60 | B"), "competence_mix"
        )
        == "different mix"
    )
    assert (
        standing(
            findings("return | minutes | competences\nA | 60 | AB\nA | 60 | E"), "competence_mix"
        )
        == "as suggested"
    )


def test_a_plan_is_looked_at_only_where_one_was_sent():
    goals = pd.DataFrame(
        {
            "return_id": "A",
            "goal_id": ["G1", "G2"],
            "goal": "",
            "area": "",
            "target_date": None,
            "planned_minutes": None,
        }
    )
    assert (
        standing(findings("return | minutes | goal_id\nA | 60 | G1"), "plan_link")
        == "not applicable"
    )
    assert (
        standing(findings("return | minutes | goal_id\nA | 60 | G1", goals=goals), "plan_link")
        == "as suggested"
    )
    assert (
        standing(findings("return | minutes | goal_id\nA | 60 | G9", goals=goals), "plan_link")
        == "different mix"
    )
    assert (
        standing(findings("return | minutes | goal_id\nA | 60 |", goals=goals), "plan_link")
        == "unclear"
    )


def test_a_total_unlike_the_declaration_is_worth_a_check_only_past_both_limits():
    text = "return | minutes\nA | 900\nA | 900"
    assert numbers(findings(text, declared=2000), "record_flags")["differs_from_declaration"] == 1
    assert numbers(findings(text, declared=1979), "record_flags")["differs_from_declaration"] == 0
    assert standing(findings(text, declared=None), "record_flags") == "as suggested"


def test_sentences_speak_kindly():
    made = findings("return | minutes | planned\nA | 1470 | yes").reset_index()
    said = [finding_sentence(row, RULES) for row in made.to_dict("records")]
    assert said[0] == "24 h 30 min recorded; the aim is 30 h."
    for sentence in said:
        assert not any(
            word in sentence.lower()
            for word in ("score", "fail", "claim", "thin ", "reject", "unmarked")
        )


def statuses(*rows):
    return pd.DataFrame(rows, columns=list(STATUSES.column_names))


def circumstances(*rows):
    frame = pd.DataFrame(rows, columns=["member_no", "cpd_year", "agreed_target_minutes"]).astype(
        {"agreed_target_minutes": "Int64"}
    )
    return frame.reindex(columns=list(CIRCUMSTANCES.column_names))


@pytest.mark.parametrize(
    ("status", "since", "volunteering", "year", "basis", "minutes"),
    [
        ("active", 1900, "", 2016, "standard", 1800),
        ("retired", 2010, "", 2015, "reduced", 600),
        ("retired", 2010, "yes", 2015, "reduced", 600),
        ("retired", 2010, "yes", 2016, "standard", 1800),
        ("retired", 2010, "no", 2016, "reduced", 600),
        ("retired", 2010, "no", 2021, "none required", None),
        ("retired", 2010, "yes", 2021, "standard", 1800),
        ("unemployed", 2010, "", 2015, "unclear", None),
        ("unemployed", 2010, "", 2016, "reduced", 600),
        ("maternity_leave", 2016, "", 2016, "reduced", 600),
        ("adoption_leave", 2014, "", 2014, "reduced", 600),
        ("maternity_leave", 2017, "", 2016, "standard", 1800),
    ],
)
def test_targets_follow_the_cited_table(status, since, volunteering, year, basis, minutes):
    held = statuses(
        ("M", pd.Timestamp("1900-01-01").date(), "active", ""),
        ("M", pd.Timestamp(f"{since}-06-01").date(), status, volunteering),
    )
    made = requirements_for(
        pd.DataFrame({"return_id": ["r"], "member_no": ["M"]}),
        held,
        circumstances(),
        load_rules("iet", year),
    ).iloc[0]
    assert made["target_basis"] == basis
    assert (None if pd.isna(made["target_minutes"]) else made["target_minutes"]) == minutes


def test_an_agreed_target_wins_and_one_being_discussed_is_unclear():
    sent = pd.DataFrame({"return_id": ["r"], "member_no": ["M"]})
    agreed = requirements_for(sent, statuses(), circumstances(("M", 2016, 900)), RULES).iloc[0]
    waiting = requirements_for(sent, statuses(), circumstances(("M", 2016, None)), RULES).iloc[0]
    assert (agreed["target_basis"], agreed["target_minutes"]) == ("agreed", 900)
    assert (waiting["target_basis"], pd.isna(waiting["target_minutes"])) == ("unclear", True)


def test_an_expression_that_bare_columns_do_not_know_is_worked_out_by_pandas():
    lines = activities("return | minutes\nA | 60\nB | 900")
    odd = Scorer(
        name="odd",
        sentence=lambda *_: "",
        score=lambda *_: CriterionExpressions(
            measures=[minutes_where("total")],
            standing=not_applicable(),
            numbers={"some": nw.col("total").is_between(1, 100).cast(nw.Int64)},
        ),
    )
    rules = replace(RULES, criteria=(replace(RULES.criterion("reflection"), scorer="odd"),))
    sent = pd.DataFrame(
        {"return_id": ["A", "B"], "declared_minutes": pd.array([None] * 2, dtype="Int64")}
    )
    with pytest.raises(NotKnown):
        ColumnFrame.of(pd.DataFrame({"total": [1]})).select(some=nw.col("total").is_between(1, 100))
    made = score_returns(lines, no_goals(), requirements(["A", "B"]), sent, rules, scorers=(odd,))
    assert list(made["numbers"]) == ['{"some": 1}', '{"some": 0}']


@pytest.mark.parametrize(
    ("repeats", "outside", "said"),
    [
        (1, 0, "Please check: 1 activity repeats an earlier line."),
        (
            2,
            1,
            (
                "Please check: 2 activities repeat an earlier line; "
                "1 activity lies outside the CPD year and is not counted."
            ),
        ),
        (0, 2, "Please check: 2 activities lie outside the CPD year and are not counted."),
    ],
)
def test_flags_agree_in_number(repeats, outside, said):
    rows = [
        "A | 60 | Talk | yes",
        "A | 60 | Book | yes",
        "A | 60 | Film | yes",
        *["A | 60 | Talk | yes"] * repeats,
        *(f"A | 60 | Old {at} | no" for at in range(outside)),
    ]
    lines = activities("return | minutes | title | counts\n" + "\n".join(rows)).assign(
        started_on=pd.Timestamp("2016-03-01").date()
    )
    sent = pd.DataFrame({"return_id": ["A"], "declared_minutes": pd.array([None], dtype="Int64")})
    made = score_returns(lines, no_goals(), requirements(["A"]), sent, RULES)
    assert (
        finding_sentence(made[made["criterion"] == "record_flags"].iloc[0].to_dict(), RULES) == said
    )


@pytest.mark.parametrize(
    ("rows", "flag"),
    [
        (["900", "900"], None),
        (["901", "900"], "one_activity_dominates"),
        (["900"], "one_activity_dominates"),
        (["0"], None),
    ],
)
def test_one_activity_over_half_of_the_total_is_worth_a_check(rows, flag):
    found = numbers(
        findings("return | minutes\n" + "\n".join(f"A | {row}" for row in rows)), "record_flags"
    )
    assert found["one_activity_dominates"] == (flag is not None)


def test_more_than_a_day_in_a_stated_day_is_worth_a_check():
    lines = activities("return | minutes\nA | 700\nA | 741").assign(
        started_on=pd.Timestamp("2016-03-01").date(), ended_on=pd.Timestamp("2016-03-01").date()
    )
    sent = pd.DataFrame({"return_id": ["A"], "declared_minutes": pd.array([None], dtype="Int64")})
    for minutes, expected in ((741, 1), (740, 0)):
        made = score_returns(
            lines.assign(minutes=[700, minutes]), no_goals(), requirements(["A"]), sent, RULES
        ).set_index(["return_id", "criterion"])
        assert numbers(made, "record_flags")["overfull_day"] == expected


def test_a_share_that_no_one_kind_could_dominate_is_refused():
    rules = replace(
        RULES,
        criteria=(replace(RULES.criterion("activity_mix"), thresholds={"largest_share": 0.4}),),
    )
    with pytest.raises(RulesError, match=r"largest_share is 0.4.*more than 0.5"):
        findings("return | minutes\nA | 60", rules=rules)
