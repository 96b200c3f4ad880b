"""What people are shown, on a terminal and elsewhere."""

import os
import subprocess
import sys

import pytest

from assessor_kit.cli import shown
from assessor_kit.cli.command import Answered
from assessor_kit.cli.lookups.next_step import next_command, other_command
from assessor_kit.cli.program import every_command

COMMANDS = dict(every_command())
DONE = {"submitted": 63, "handed_back": 0, "overdue": 0}
COUNTS = {
    "committed": 0,
    "published": 0,
    "frame": 2401,
    "selected": 60,
    "replaceable": 0,
    "received": 53,
    "awaiting": 3,
    "no_reply": 0,
    "deferred": 2,
    "record_held_elsewhere": 1,
    "left": 1,
    "parked": 0,
    "superseded": 0,
    "allocated": 53,
    "unallocated": 0,
    "markings": 63,
    "not_started": 3,
    "drafts": 2,
    "submitted": 57,
    "handed_back": 1,
    "overdue": 4,
    "newer_versions": 0,
    "differing": 0,
    "second_looks": 0,
    "judged": 50,
    "individual_feedback": 0,
    "generic_feedback": 0,
    "released": 0,
    "scheme_members": 1120,
    "opted_in": 640,
    "invited_to_join": 480,
    "declared": 900,
    "not_declared": 220,
    "letters_waiting": 3,
    "letters_sent": 117,
    "letters_at_the_post": 2,
    "letters_unknown": 0,
    "letters_bounced": 0,
}


def problem(number):
    return {
        "file": "/far/away/returns.csv",
        "sheet": None,
        "row": number,
        "column": "hours",
        "found": "x",
        "expected": "hours",
        "advice": "Mend it",
    }


def said(name, answer, form="table"):
    return shown.answer_for_people(Answered(command=COMMANDS[name], answer=answer), form=form)


def status_of(late, names=(), **changed):
    counts = {**COUNTS, **changed}
    return said(
        "status",
        {
            "cpd_year": 2025,
            "counts": counts,
            "overdue_by_assessor": late,
            "letters": {},
            "next": next_command(2025, counts),
            "not_verifiable": other_command(2025, counts),
            "names": list(names),
        },
    )


def test_the_status_is_a_funnel_that_ends_with_the_next_command():
    assert status_of({"V06": 4}, newer_versions=2, differing=1).splitlines() == [
        "CPD 2025 · reviewed 2026 · 60 selected of 2,401",
        (
            "Scheme      1,120 members · 640 opted in · 480 invited to join · 900 declared, 220 not"
            " yet"
        ),
        "Letters     117 sent · 3 in the outbox · 2 at the post",
        "Returns     53 in · 3 awaited · 4 excused",
        (
            "Judgements  57 of 63 submitted · 2 in draft · 3 not started · 1 handed back ·"
            " overdue: V06 (4)"
        ),
        "Feedback    0 of 50 reports · 0 for everyone · 0 released",
        "Needs you   1 handed back · 2 newer versions · 1 double marking differs",
        "Next: assessor-kit raised   (names: --names overdue)",
    ]


def test_the_status_of_a_quiet_season_asks_for_nothing_and_names_nobody():
    text = status_of({}, handed_back=0, not_started=0, drafts=0, overdue=0, awaiting=0)
    assert "Needs you   nothing" in text
    assert "overdue" not in text
    assert "--names" not in text


def test_the_status_names_the_assessors_with_most_overdue_and_counts_the_others():
    text = status_of({f"V{number:02d}": 9 - number for number in range(7)})
    assert "overdue: V00 (9), V01 (8), V02 (7), V03 (6), V04 (5) and 2 more assessors" in text


def test_the_status_lists_the_names_behind_a_count():
    rows = [{"return": "R-7K2M", "assessor": "V06", "due": "2026-03-01"}]
    text = status_of({"V06": 4}, names=rows)
    assert "R-7K2M" in text
    assert "CPD 2025" not in text


@pytest.mark.parametrize(
    ("changed", "command"),
    [
        ({"frame": 0, "received": 0}, "commit-draw"),
        ({"received": 0}, "import returns"),
        ({"unallocated": 2}, "allocate"),
        ({}, "raised"),
        ({"handed_back": 0}, "status"),
        ({"handed_back": 0, "overdue": 0}, "app"),
        ({**DONE}, "feedback render"),
        ({**DONE, "individual_feedback": 50}, "feedback release"),
        ({**DONE, "individual_feedback": 50, "released": 50}, "trends"),
    ],
)
def test_the_next_command_follows_from_where_the_season_stands(changed, command):
    words = next_command(2025, {**COUNTS, **changed})
    assert words.split()[: len(command.split()) + 1] == ["assessor-kit", *command.split()]


@pytest.mark.parametrize(
    ("changed", "command"),
    [
        ({"frame": 0, "received": 0}, "record-publishing 2025-1 --by NAME --where PLACE"),
        ({"frame": 0, "received": 0, "published": 1}, "draw --cpd-year 2025 --seed S"),
        ({}, "record-publishing 2025-1 --by NAME --where PLACE"),
        ({"published": 1}, "raised"),
        ({"published": 1, **DONE}, "draw --cpd-year 2025 --seed S"),
    ],
)
def test_a_commitment_is_published_first_and_then_drawn_under(changed, command):
    counts = {**COUNTS, "committed": 1, **changed}
    assert next_command(2025, counts, commitment="2025-1") == f"assessor-kit {command}"
    assert other_command(2025, counts, commitment="2025-1") == ""


def test_before_the_draw_the_status_asks_for_a_commitment_and_calls_a_plain_draw_by_its_name():
    lines = status_of({}, frame=0, received=0, selected=0).splitlines()
    assert lines[-2:] == [
        (
            "Next: assessor-kit commit-draw --cpd-year 2025 --rate 5% --seed-from TEXT"
            "   (names: --names overdue)"
        ),
        "Or, not verifiable: assessor-kit draw --cpd-year 2025 --rate 5% --seed S",
    ]


def test_the_status_says_how_many_can_be_replaced_and_by_which_command():
    text = status_of({"V06": 4}, replaceable=1)
    assert (
        "1 can be replaced: assessor-kit call-reserve MEMBER --because WHY --cpd-year 2025" in text
    )
    assert "names: --names overdue" in text
    assert "names: --names replaceable" in status_of({}, replaceable=1, handed_back=0, overdue=0)


def test_the_doctor_shows_ticks_and_the_remedy_beside_what_is_wrong():
    checks = [
        {"name": "packages", "ok": True, "advice": "", "needed": True},
        {"name": "PDF, an extra", "ok": False, "advice": "Install Pango.", "needed": False},
        {"name": "keys are in place", "ok": False, "advice": "Restore them.", "needed": True},
    ]
    assert said("doctor", {"checks": checks}).splitlines() == [
        "✓ 1 of 3 checks passed (`--json` lists them)",
        "! PDF, an extra",
        "    Install Pango.",
        "✗ Keys are in place",
        "    Restore them.",
    ]


def test_an_import_shows_the_first_ten_problems_and_where_the_rest_lies():
    text = said(
        "import register",
        {
            "accepted": 1234,
            "rejected": [problem(number) for number in range(100, 112)],
            "flags": [],
            "notes": [],
            "unchanged": 0,
            "dry_run": False,
            "problems_file": "problems.csv",
        },
    )
    assert text.startswith("Taken in: 1,234 rows.\nRejected: 12\n")
    assert "109" in text
    assert "110" not in text
    assert "2 more: problems.csv" in text
    assert "/far/away" not in text
    assert "returns.csv row 100" in text


def test_estimates_are_read_as_per_cents_with_their_interval_and_returns():
    row = {
        "cpd_year": 2016,
        "measure": "At or above the guideline",
        "value": 0.671234567,
        "low": 0.57,
        "high": 0.76,
        "number": 106,
        "standard_error": 0.05,
    }
    text = said("trends", {"estimates": [row], "suppressed": []}).replace("\xa0", " ")
    assert "67 %" in text
    assert "57 % to 76 %" in text
    assert "106" in text
    assert "0.67123" not in text


def test_a_table_comes_out_as_csv_with_formulas_held_back():
    rows = [{"a": "=1+1", "b": 2.5}, {"a": "plain", "b": -3}]
    assert said("trends", {"estimates": rows, "suppressed": []}, form="csv") == (
        "a,b\n'=1+1,2.5\nplain,-3\n"
    )


def test_output_that_is_no_terminal_has_no_colour():
    done = subprocess.run(
        [sys.executable, "-m", "assessor_kit", "doctor"],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert b"\x1b[" not in done.stdout
    assert "checks passed" in done.stdout.decode()
