"""Do the season's counts add up, and who holds it up?"""

import os
import subprocess
import sys
from datetime import date

import pytest
from seasons import add_return, allocate, judgement, put, save, small_season

from assessor_kit import journey, tables
from assessor_kit.store import hand_back, read_table, record_judgement, replace_rows
from assessor_kit.store.season_counts import years_held
from assessor_kit.vocabulary import HandBackReason, Parked

LOADED_BY = (
    "import sys; from assessor_kit.cli import main; main(sys.argv[1:]);"
    "sys.exit(str({'pandas', 'numpy', 'altair'} & set(sys.modules) or '') or 0)"
)
BEFORE, AFTER = date(2017, 1, 31), date(2017, 2, 2)  # the markings are due on 1 February


@pytest.fixture
def season(tmp_path):
    return small_season(tmp_path / "w")


def give_back(season, return_id, assessor_id):
    hand_back(
        season,
        return_id,
        assessor_id=assessor_id,
        reason=HandBackReason.RECOGNISED,
        words="I know this project.",
        event_id=f"back-{return_id}",
    )


def counted(season, today=BEFORE):
    return journey.season_status(season, cpd_year=2016, today=today)


def test_every_marking_is_in_exactly_one_state(season):
    save(season, event="e1", return_id="r1", assessor_id="A1", submitted=True)
    save(season, event="e2", return_id="r2", assessor_id="A1")
    give_back(season, "r3", "A2")
    counts = counted(season).counts
    states = ("submitted", "drafts", "handed_back", "not_started")
    assert {name: counts[name] for name in states} == dict.fromkeys(states, 1)
    assert sum(counts[name] for name in states) == counts["markings"] == 4


def test_what_was_begun_before_it_was_handed_back_is_counted_as_handed_back(season):
    save(season, event="e1", return_id="r3", assessor_id="A2")
    give_back(season, "r3", "A2")
    counts = counted(season).counts
    assert (counts["drafts"], counts["handed_back"]) == (0, 1)
    assert counted(season).names["handed-back"] == [
        {"return": "R-r3", "assessor": "A2", "due": "2017-02-01"}
    ]


def test_a_marking_is_overdue_the_day_after_its_day_until_it_is_submitted(season):
    assert counted(season, date(2017, 2, 1)).overdue == {}
    assert counted(season, AFTER).overdue == {"A1": 2, "A2": 2}
    save(season, event="e1", return_id="r2", assessor_id="A1", submitted=True)
    give_back(season, "r3", "A2")
    late = counted(season, AFTER)
    assert late.overdue == {"A1": 1, "A2": 1}
    assert late.counts["overdue"] == len(late.names["overdue"]) == 2


def test_a_judgement_of_a_superseded_version_is_not_counted(season):
    save(season, event="e1", return_id="r2", assessor_id="A1")
    found = read_table(season, tables.RETURNS, return_id="r2")
    replace_rows(season, tables.RETURNS, found.assign(parked=Parked.SUPERSEDED.value))
    counts = counted(season).counts
    assert (counts["drafts"], counts["superseded"], counts["markings"]) == (0, 1, 3)


def test_a_newer_version_waits_for_staff(season):
    put(
        season,
        tables.RETURNS,
        {
            "return_id": "r9",
            "member_no": "X0002",
            "cpd_year": 2016,
            "version": 2,
            "pseudonym": "R-r9",
            "declared_minutes": None,
            "source_digest": "d",
            "received_at": date(2017, 2, 1),
            "parked": Parked.NEWER.value,
        },
    )
    found = counted(season)
    assert found.counts["newer_versions"] == 1
    assert found.names["newer-versions"] == [{"return": "R-r9"}]


@pytest.mark.parametrize(
    ("second", "differing"),
    [
        ({}, 0),
        ({"levels": {"reflection": "strong"}}, 0),  # one level apart
        ({"levels": {"reflection": "not_enough"}}, 1),
        ({"outcome": "no advice"}, 1),
        ({"levels": {"plan_link": "strong"}}, 0),
        ({"submitted": False, "levels": {"reflection": "not_enough"}}, 0),
    ],
)
def test_what_has_to_be_settled_is_an_outcome_or_a_level_two_apart(season, second, differing):
    for assessor_id, fields in (("A1", {}), ("A2", second)):
        record_judgement(
            season,
            "r1",
            assessor_id=assessor_id,
            judgement=judgement(**{"submitted": True, **fields}),
            event_id=f"e-{assessor_id}",
            expected_version=0,
        )
    found = counted(season)
    assert found.counts["differing"] == len(found.names["differing"]) == differing


def test_a_return_without_an_assessor_is_named(season):
    add_return(season, "r4", "X0004")
    found = counted(season)
    assert (found.counts["unallocated"], found.counts["allocated"]) == (1, 3)
    assert found.names["unallocated"] == [{"return": "R-r4"}]
    allocate(season, "r4", "A1")
    assert counted(season).counts["unallocated"] == 0


def test_the_years_held_are_those_of_draws_returns_and_declarations(season):
    assert years_held(season) == [2016]
    add_return(season, "r5", "X0001", cpd_year=2015)
    assert years_held(season) == [2015, 2016]


def test_status_loads_no_pandas(season):
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            LOADED_BY,
            "status",
            "--workspace",
            str(season.folder),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    assert done.returncode == 0, done.stderr
    assert "Judgements  0 of 4 submitted" in done.stdout
