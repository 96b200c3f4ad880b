"""Is a standing unclear exactly when the doubt could change it?

Every way in which the doubt can be resolved is tried out on small returns. Doubtful minutes may
count in full, in part or not at all; an area, a kind or a mark that is not stated may be any; one
activity may serve several areas and is of one kind. Minutes are multiples of six and tried minute
by minute, so that no share falls between two tries.
"""

from dataclasses import replace
from itertools import chain, combinations, product

import pandas as pd
from drawn import DEFAULTS, no_goals, requirements
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_kit.rules import load_rules
from assessor_kit.rules.schema import Choice
from assessor_kit.scorers import score_returns
from assessor_kit.tables import ACTIVITIES, GOALS

IET = load_rules("iet", 2016)
KINDS = ("training", "events", "other")
AREAS = ("personal_technical", "job_role_technical", "personal_soft")
LETTERS = "ABC"
MINUTES = st.sampled_from([0, 6, 6, 12, 12, 18])
LIGHT = settings(max_examples=25, deadline=None)


def rules_with(**thresholds):
    """Return the rules with minima as small as the returns here.

    They have two activity types beside `other`, and three letters.
    """
    criteria = tuple(
        replace(one, thresholds={**one.thresholds, **thresholds.get(one.code, {})})
        for one in IET.criteria
    )
    criteria = tuple(
        replace(one, thresholds={k: v for k, v in one.thresholds.items() if v is not None})
        for one in criteria
    )
    return replace(
        IET,
        criteria=criteria,
        guideline=replace(IET.guideline, area_hours=dict.fromkeys(AREAS, 0.2)),
        activity_types=tuple(one for one in IET.activity_types if one.code in KINDS),
        competences=tuple(Choice(code=one, label=one) for one in LETTERS),
    )


def lines(**columns):
    """Draw a return of up to three lines, any of which may be doubtful."""
    line = st.fixed_dictionaries(
        {
            "minutes": MINUTES,
            "doubtful": st.booleans(),
            "counts": st.sampled_from([True, True, True, False]),
            **columns,
        }
    )
    return st.lists(line, max_size=3)


def standings(returns, criterion, rules, *, goals=None, **needed):
    names = [f"r{place:03d}" for place in range(len(returns))]
    rows = [
        {**DEFAULTS, "title": f"line {at}", "return_id": name, "activity_no": at, **line}
        for name, sent in zip(names, returns, strict=True)
        for at, line in enumerate(sent, 1)
    ]
    frame = pd.DataFrame(rows, columns=list(ACTIVITIES.column_names)).astype(
        {"counts": bool, "doubtful": bool, "minutes": "int64"}
    )
    sent = pd.DataFrame(
        {"return_id": names, "declared_minutes": pd.array([None] * len(names), dtype="Int64")}
    )
    plans = (
        no_goals() if goals is None else pd.concat([goals.assign(return_id=name) for name in names])
    )
    made = score_returns(frame, plans, requirements(names, **needed), sent, rules)
    return list(made[made["criterion"] == criterion]["standing"])


def word_for(outcomes):
    """Return the standing on which all outcomes agree, or unclear."""
    return next(iter(outcomes)) if len(outcomes) == 1 else "unclear"


def amounts(line):
    """Return how many of a line's minutes may count, and whether the activity counts at all."""
    if not line["counts"]:
        return [(0, False)]
    return (
        [(0, False), *((part, True) for part in range(line["minutes"] + 1))]
        if line["doubtful"]
        else [(line["minutes"], True)]
    )


def resolved(sent, start, options):
    """Return every state that some resolution of the doubt leads to.

    `options(line, minutes, state)` returns the states that one line leads to.
    """
    states = {start}
    for line in sent:
        states = {
            after
            for state in states
            for minutes, there in amounts(line)
            for after in (options(line, minutes, state) if there else [state])
        }
    return states


def shares(minutes, among, step):
    """Yield every division of minutes among some places, in steps."""
    if len(among) == 1:
        yield {among[0]: minutes}
        return
    for first in range(0, minutes + 1, step):
        yield from ({among[0]: first, **rest} for rest in shares(minutes - first, among[1:], step))


@given(
    st.lists(lines(planned=st.sampled_from(["yes", "no", "unmarked"])), min_size=1, max_size=20),
    st.sampled_from([6, 12, 18]),
)
@LIGHT
def test_planned_hours(returns, needed):
    def options(line, minutes, state):
        return {"yes": [state + minutes], "no": [state], "unmarked": [state, state + minutes]}[
            line["planned"]
        ]

    expected = [
        word_for(
            {
                "met" if total >= needed else "below guideline"
                for total in resolved(sent, 0, options)
            }
        )
        for sent in returns
    ]
    assert standings(returns, "planned_hours", rules_with(), planned=needed) == expected


@given(st.lists(lines(area=st.sampled_from([*AREAS, "technical", ""])), min_size=1, max_size=12))
@LIGHT
def test_area_split(returns):
    meant = {"technical": AREAS[:2], "": AREAS} | {area: (area,) for area in AREAS}

    def options(line, minutes, state):
        # the marks are multiples of six too
        for part in shares(minutes - minutes % 6, meant[line["area"]], 6):
            yield tuple(
                min(have + part.get(area, 0), 12) for have, area in zip(state, AREAS, strict=True)
            )

    expected = [
        word_for(
            {
                "as suggested" if min(state) >= 12 else "different mix"
                for state in resolved(sent, (0, 0, 0), options)
            }
        )
        for sent in returns
    ]
    assert standings(returns, "area_split", rules_with()) == expected


@given(
    st.lists(lines(area=st.sampled_from([*AREAS, "technical", ""])), min_size=1, max_size=12),
    st.sampled_from([0.1, 0.25, 0.3, 0.4]),
)
@LIGHT
def test_soft_and_technical_mix(returns, share):
    def options(line, minutes, state):
        soft, technical, _ = state
        ways = {"": range(minutes + 1), "personal_soft": [minutes]}.get(line["area"], [0])
        return [(soft + way, technical + minutes - way, True) for way in ways]

    def outcome(state):
        soft, technical, there = state
        enough = (
            100 * min(soft, technical) >= round(100 * share) * (soft + technical)
            and min(soft, technical) > 0
        )
        return ("as suggested" if enough else "different mix") if there else "not applicable"

    expected = [
        word_for({outcome(state) for state in resolved(sent, (0, 0, False), options)})
        for sent in returns
    ]
    assert (
        standings(
            returns, "soft_technical_mix", rules_with(soft_technical_mix={"at_least_share": share})
        )
        == expected
    )


@given(
    st.lists(lines(activity_type=st.sampled_from([*KINDS, "", ""])), min_size=1, max_size=6),
    st.sampled_from([1, 2, 3, 4]),
    st.sampled_from([None, 0.55, 0.6, 0.7, 0.9, 1.0]),
)
@LIGHT
def test_activity_mix(returns, least, share):
    def options(line, minutes, state):
        time, there = state
        for at, kind in enumerate(KINDS):
            if line["activity_type"] in {kind, ""}:
                yield (
                    tuple(have + minutes * (place == at) for place, have in enumerate(time)),
                    there | {kind},
                )

    def outcome(state):
        time, there = state
        dominated = share is not None and any(
            100 * one >= round(100 * share) * sum(time) and one for one in time
        )
        return (
            "not applicable"
            if not there
            else "as suggested"
            if len(there) >= least and not dominated
            else "different mix"
        )

    expected = [
        word_for({outcome(state) for state in resolved(sent, ((0, 0, 0), frozenset()), options)})
        for sent in returns
    ]
    assert (
        standings(
            returns,
            "activity_mix",
            rules_with(activity_mix={"at_least_kinds": least, "largest_share": share}),
        )
        == expected
    )


@given(
    st.lists(
        lines(competences=st.sampled_from(["", "A", "B", "AB", "ABC"])), min_size=1, max_size=20
    ),
    st.sampled_from([1, 2, 3, 4]),
)
@LIGHT
def test_competence_mix(returns, least):
    any_letters = [
        frozenset(some)
        for some in chain.from_iterable(
            combinations(LETTERS, number) for number in range(len(LETTERS) + 1)
        )
    ]

    def options(line, _minutes, state):
        named, _ = state
        return [
            (named | letters, True)
            for letters in (
                [frozenset(line["competences"])] if line["competences"] else any_letters
            )
        ]

    def outcome(state):
        return (
            ("as suggested" if len(state[0]) >= least else "different mix")
            if state[1]
            else "not applicable"
        )

    expected = [
        word_for({outcome(state) for state in resolved(sent, (frozenset(), False), options)})
        for sent in returns
    ]
    assert (
        standings(returns, "competence_mix", rules_with(competence_mix={"at_least_kinds": least}))
        == expected
    )


@given(
    st.lists(
        lines(goal_id=st.sampled_from(["", "G1", "G2", "G3", "stranger"])), min_size=1, max_size=20
    ),
    st.sampled_from([0.3, 0.5, 1.0]),
)
@LIGHT
def test_plan_link(returns, share):
    goals = pd.DataFrame({"goal_id": ["G1", "G2", "G3"]}).reindex(columns=list(GOALS.column_names))

    def options(line, _minutes, state):
        return [state | {line["goal_id"]} - {""}]

    def outcome(named):
        if 100 * len(named - {"stranger"}) >= round(100 * share) * 3:
            return "as suggested"
        return "different mix" if named else "unclear"

    expected = [
        word_for({outcome(state) for state in resolved(sent, frozenset(), options)})
        for sent in returns
    ]
    assert (
        standings(
            returns, "plan_link", rules_with(plan_link={"share_of_goals": share}), goals=goals
        )
        == expected
    )


def test_the_ways_of_dividing_minutes_are_all_there():
    assert {tuple(one.values()) for one in shares(12, ("a", "b"), 6)} == {(0, 12), (6, 6), (12, 0)}
    assert len(list(shares(18, AREAS, 6))) == len(
        [one for one in product(range(4), repeat=3) if sum(one) == 3]
    )
