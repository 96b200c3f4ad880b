"""From the invitation to next year: the request to a selected member, day by day."""

from datetime import date, datetime, timedelta

import pandas as pd
import pytest
from seasons import put

from assessor_kit import journey, tables
from assessor_kit.store import Workspace, read_table

DRAWN = date(2017, 2, 1)
# the rules of 2016: reminders after 21 and 35 days, due after 42, no response after 56


@pytest.fixture
def season(tmp_path, database):
    made = Workspace.create(tmp_path / "w")
    for place in range(1, 5):
        put(
            made,
            tables.REGISTER,
            {
                "member_no": f"X000{place}",
                "joined_on": None,
                "left_on": None,
                "deceased": False,
                "do_not_contact": False,
                "name": "Ada Example",
                "email": "ada@example.org",
                "grade": "MIET",
                "registration": "",
                "discipline": "power",
                "employer": "",
                "opted_in_on": None,
            },
        )
    put(
        made,
        tables.DRAWS,
        {
            "draw_id": "2016-1",
            "cpd_year": 2016,
            "seed": "s",
            "size": 3,
            "reserve": 1,
            "reserve_percent": 0.0,
            "frame_size": 4,
            "frame_digest": "d",
            "frame_root": "r",
            "drawn_at": moment(DRAWN),
            "reason": "",
            "rules_edition": "2016",
        },
    )
    put(
        made,
        tables.SELECTIONS,
        *(
            {
                "draw_id": "2016-1",
                "member_no": f"X000{place}",
                "stratum": "",
                "rank": place,
                "ticket": "0.1",
                "is_reserve": place == 4,
                "inclusion_probability": 0.75,
            }
            for place in range(1, 5)
        ),
    )
    put(
        made,
        tables.IMPORTS,
        {
            "digest": "d",
            "kind": "register",
            "cpd_year": 0,
            "accepted": 4,
            "rejected": 0,
            "imported_at": pd.Timestamp.now("UTC").tz_localize(None),
        },
    )
    return made


def moment(day):
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001  (the store keeps UTC)


def after(days):
    return DRAWN + timedelta(days=days)


def letter(season, kind, number, on):
    put(
        season,
        tables.OUTBOX,
        {
            "message_id": f"{kind}{number}{on}",
            "cpd_year": 2016,
            "kind": kind,
            "member_no": number,
            "document_id": "",
            "state": "sent",
            "detail": "",
            "changed_at": moment(on),
        },
    )


def replied(season, number, **values):
    row = {"member_no": number, "cpd_year": 2016, "state": "awaiting", "noted_on": None}
    put(season, tables.RESPONSES, {**row, "statement": "", **values})


def sent(season, number, on):
    put(
        season,
        tables.RETURNS,
        {
            "return_id": f"r{number}",
            "member_no": number,
            "cpd_year": 2016,
            "version": 1,
            "pseudonym": f"R-{number}",
            "declared_minutes": None,
            "source_digest": "d",
            "received_at": moment(on),
            "parked": "",
        },
    )


def states(season, days):
    cycle = journey.response_cycle(season, cpd_year=2016, today=after(days))
    return dict(zip(cycle["member_no"], cycle["state"], strict=True))


def due(season, days):
    rows = journey.whom_to_write_to(season, cpd_year=2016, today=after(days))
    return dict(zip(rows["member_no"], rows["letter"], strict=True))


def test_a_member_passes_from_invited_to_no_response_by_the_days_of_the_rules(season):
    assert states(season, 0)["X0001"] == "to be invited"
    letter(season, "invitation", "X0001", after(0))
    assert states(season, 20)["X0001"] == "invited"
    assert "X0001" not in due(season, 20)
    assert due(season, 21)["X0001"] == "reminder"
    letter(season, "reminder", "X0001", after(21))
    assert states(season, 22)["X0001"] == "reminded"
    assert "X0001" not in due(season, 34)
    assert due(season, 35)["X0001"] == "reminder"
    letter(season, "reminder", "X0001", after(35))
    assert "X0001" not in due(season, 55)
    assert states(season, 55)["X0001"] == "reminded"
    assert states(season, 56)["X0001"] == "no response"


def test_reserves_are_not_written_to(season):
    assert set(due(season, 0)) == {"X0001", "X0002", "X0003"}


@pytest.mark.parametrize(("days", "state"), [(42, "responded"), (43, "late")])
def test_a_return_after_the_day_it_was_due_is_late(season, days, state):
    letter(season, "invitation", "X0001", after(0))
    sent(season, "X0001", after(days))
    assert states(season, 60)["X0001"] == state


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"state": "withdrawn"}, "withdrawn"),
        ({"state": "left"}, "withdrawn"),
        ({"state": "deferred"}, "deferred"),
        ({"state": "carried over"}, "carried over"),
        ({"state": "record held elsewhere"}, "excused"),
        ({"statement": "held by the employer"}, "excused"),
        ({"statement": "held by another body"}, "excused"),
        ({"statement": "not professionally active"}, "excused"),
        ({"statement": "record ready"}, "invited"),
        ({"statement": "will update the record"}, "invited"),
    ],
)
def test_what_a_member_said_decides_whether_anybody_reminds_them(season, values, state):
    letter(season, "invitation", "X0001", after(0))
    replied(season, "X0001", **values)
    assert states(season, 60)["X0001"] == state
    assert ("X0001" in due(season, 60)) == (state == "invited")


def test_who_deferred_or_never_answered_is_asked_again_and_nobody_is_removed(season):
    for number in ("X0001", "X0002", "X0003"):
        letter(season, "invitation", number, after(0))
    replied(season, "X0001", state="deferred")
    sent(season, "X0002", after(9))
    again = journey.asked_again(season, cpd_year=2016, today=after(60))
    assert again == {"X0001": "deferred", "X0003": "no response"}
    assert len(read_table(season, tables.RESPONSES)) == 1
    assert len(read_table(season, tables.REGISTER)) == 4


def test_the_letters_that_are_due_are_put_in_the_outbox_once(season):
    letter(season, "invitation", "X0001", after(0))
    sent(season, "X0002", after(9))
    done = journey.write_due_letters(season, cpd_year=2016, today=after(21))
    assert (done.queued, done.left_out) == (3, [])
    queued = read_table(season, tables.OUTBOX, state="queued")
    assert dict(zip(queued["member_no"], queued["kind"], strict=True)) == {
        "X0001": "reminder",
        "X0002": "thanks",
        "X0003": "invitation",
    }


def test_the_seasons_page_says_to_whom_a_letter_is_due_today(season):
    steps = journey.season_of(season, cpd_year=2016, today=after(0)).steps
    (step,) = (one for one in steps if one.label == "Requests answered")
    assert list(step.waiting["Letter"]) == ["invitation"] * 3
    assert "3 letters are due" in step.next_step
    assert "letters due" in step.next_step


def test_a_statement_is_read_from_the_file_of_responses(season, tmp_path):
    path = tmp_path / "responses.csv"
    path.write_text(
        "member_no,state,statement\nX0001,awaiting,Held by the employer\nX0002,awaiting,perhaps\n",
        encoding="utf-8",
    )
    done = journey.import_responses(season, [path], cpd_year=2016)
    assert done.accepted == 1
    assert "record ready" in done.rejected[0].expected
    assert list(read_table(season, tables.RESPONSES)["statement"]) == ["held by the employer"]
