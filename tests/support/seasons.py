"""A small season for the store's tests: three members' returns and two assessors.

One return is marked twice.
"""

from datetime import date, datetime

import pandas as pd

from assessor_kit import tables
from assessor_kit.store import Workspace, append_rows, mask_returns, record_judgement
from assessor_kit.vocabulary import Judgement, JudgementState

MEMBERS = {
    "X0001": ("Ada Example", "ada@example.org", "Brightwater Grid"),
    "X0002": ("Zoë Sample", "zoe@example.org", "Larkfield Rail"),
    "X0003": ("Bo Specimen", "bo@example.org", "Umber Works"),
}
# The store keeps times in UTC, without a zone.
DAY, MOMENT = date(2017, 2, 1), datetime(2017, 2, 1)  # noqa: DTZ001


def put(season, table, *rows):
    append_rows(season, table, pd.DataFrame(list(rows)))


def small_season(folder, **options):
    """Make a workspace in which A1 and A2 mark r1, A1 marks r2 and A2 marks r3.

    X0001 has an agreed circumstance.
    """
    season = Workspace.create(folder, **options)
    for number, (name, email, employer) in MEMBERS.items():
        put(
            season,
            tables.REGISTER,
            {
                "member_no": number,
                "joined_on": None,
                "left_on": None,
                "do_not_contact": False,
                "name": name,
                "email": email,
                "grade": "MIET",
                "registration": "CEng",
                "discipline": "power",
                "employer": employer,
                "opted_in_on": None,
            },
        )
    put(
        season,
        tables.CIRCUMSTANCES,
        {
            "member_no": "X0001",
            "cpd_year": 2016,
            "kind": "long illness",
            "from_on": DAY,
            "to_on": None,
            "agreed_target_minutes": 600,
            "agreed_by": "staff one",
            "agreed_on": DAY,
        },
    )
    for name in ("A1", "A2"):
        put(
            season,
            tables.ASSESSORS,
            {
                "assessor_id": name,
                "member_no": "",
                "name": f"Assessor {name}",
                "email": "",
                "disciplines": "power",
                "employer": "",
                "capacity": 9,
                "conflicts": "",
            },
        )
    for place, number in enumerate(MEMBERS, 1):
        add_return(season, f"r{place}", number)
    for return_id, assessor_id, marking in (
        ("r1", "A1", "first"),
        ("r1", "A2", "second"),
        ("r2", "A1", "first"),
        ("r3", "A2", "first"),
    ):
        allocate(season, return_id, assessor_id, marking)
    mask_returns(season, ["r1", "r2", "r3"])  # as an allocation does
    return season


def add_return(season, return_id, member_no, *, text="", cpd_year=2016, version=1):
    put(
        season,
        tables.RETURNS,
        {
            "return_id": return_id,
            "member_no": member_no,
            "cpd_year": cpd_year,
            "version": version,
            "pseudonym": f"R-{return_id}",
            "declared_minutes": None,
            "source_digest": "d",
            "received_at": MOMENT,
            "parked": "",
        },
    )
    put(
        season,
        tables.ACTIVITIES,
        *(
            {
                "return_id": return_id,
                "activity_no": number,
                "source_row": number + 1,
                "title": f"Activity {number} {text}",
                "activity_type": "training",
                "area": "",
                "planned": "unmarked",
                "goal_id": "",
                "started_on": date(2016, 3, number),
                "ended_on": None,
                "minutes": 120,
                "counts": True,
                "doubtful": number == 2,
                "competences": "",
                "learning": "",
                "reflection": f"I learnt {text}",
                "evidence": "",
                "raw": f'{{"Member": "{member_no}", "Note": "{text}"}}',
            }
            for number in (1, 2)
        ),
    )
    put(
        season,
        tables.GOALS,
        {
            "return_id": return_id,
            "goal_id": "1",
            "goal": f"Learn {text}",
            "area": "",
            "target_date": None,
            "planned_minutes": 60,
        },
    )
    put(
        season,
        tables.REQUIREMENTS,
        {
            "return_id": return_id,
            "target_basis": "standard",
            "target_minutes": 1800,
            "planned_minutes_needed": 600,
            "areas_apply": True,
        },
    )
    put(
        season,
        tables.PROBLEMS,
        {
            "digest": "d",
            "return_id": return_id,
            "kind": "please check",
            "file": f"{member_no}.csv",
            "sheet": None,
            "row": 2,
            "column": "hours",
            "found": f"many hours {text}",
            "expected": None,
            "advice": None,
        },
    )


def allocate(season, return_id, assessor_id, marking="first"):
    put(
        season,
        tables.ALLOCATIONS,
        {
            "return_id": return_id,
            "assessor_id": assessor_id,
            "marking": marking,
            "allocated_on": DAY,
            "due_on": DAY,
        },
    )


def judgement(advice="Keep going.", *, submitted=False, **fields):
    state = JudgementState.SUBMITTED if submitted else JudgementState.DRAFT
    return Judgement(
        **{
            "levels": {"reflection": "sound"},
            "comments": {},
            "outcome": "advice",
            "advice": advice,
            "themes": ("widen_mix",),
            "state": state,
            **fields,
        }
    )


def save(
    season,
    version=0,
    *,
    event,
    advice="Keep going.",
    return_id="r1",
    assessor_id="A1",
    submitted=False,
):
    return record_judgement(
        season,
        return_id,
        assessor_id=assessor_id,
        judgement=judgement(advice, submitted=submitted),
        event_id=event,
        expected_version=version,
    )
