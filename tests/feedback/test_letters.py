"""Are invitations and reminders sent to exactly those who should have one?

And is it recorded what came back?
"""

import mailbox
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pandas as pd
import pytest
from commands import run_cli

from assessor_kit import journey, tables
from assessor_kit.errors import SampleWorkspace, SendingRefused, UnusableFile
from assessor_kit.feedback.mail.bounces import take_bounces
from assessor_kit.feedback.mail.outbox import (
    SENDING,
    find_unknown,
    outbox_row,
    send_outbox,
    set_state,
    settle,
)
from assessor_kit.loaders.records.staff_files import read_register
from assessor_kit.rules import load_rules
from assessor_kit.sampling import frame_of
from assessor_kit.store import Workspace, read_table, replace_rows

NUMBERS = tuple(f"X000{place}" for place in range(1, 7))
TODAY = datetime.now(UTC).date()


@pytest.fixture
def season(tmp_path):
    """Make a season of six members, all drawn for 2016, one of whom has sent a return."""
    made = Workspace.create(tmp_path / "w")
    lines = "".join(
        f"{number},MIET,Member {number},{number.lower()}@example.org,no,\n" for number in NUMBERS
    )
    (tmp_path / "register.csv").write_text(
        "member_no,grade,name,email,do_not_contact,deceased\n" + lines, encoding="utf-8"
    )
    journey.import_register(made, [tmp_path / "register.csv"])
    journey.draw(made, cpd_year=2016, seed="s", size=6)
    (tmp_path / "returns.csv").write_text(
        "member_no,title,activity_type,area,planned,started_on,hours\nX0001,Talk,event,soft,yes,2016-03-01,3\n",
        encoding="utf-8",
    )
    journey.import_returns(made, [tmp_path / "returns.csv"], cpd_year=2016)
    return made


def change(season, number, **fields):
    replace_rows(
        season,
        tables.REGISTER,
        read_table(season, tables.REGISTER, member_no=number).assign(**fields),
    )


def write(season, kind="invitation", **options):
    return journey.write_letters(season, cpd_year=2016, kind=kind, **options)


def send(season, **options):
    gone = []
    send_outbox(season, cpd_year=2016, deliver=gone.append, sender="cpd@example.org", **options)
    return gone


def queued(season):
    return sorted(read_table(season, tables.OUTBOX, state="queued")["member_no"])


def test_everybody_selected_who_may_be_written_to_is_invited_once(season):
    change(season, "X0002", deceased=True)
    change(season, "X0003", do_not_contact=True)
    done = write(season)
    assert done.queued == 3
    assert {one["member"]: one["reason"] for one in done.left_out} == {
        "X0002": "has died",
        "X0003": "not to be contacted",
    }
    assert queued(season) == ["X0004", "X0005", "X0006"]
    assert write(season).queued == 0
    assert write(season, today=TODAY + timedelta(days=60)).queued == 0


def test_a_reminder_waits_for_its_time_and_asks_only_those_who_have_not_answered(season):
    write(season)
    assert len(send(season)) == 5
    assert write(season, "reminder").queued == 0
    later = TODAY + timedelta(days=15)
    assert write(season, "reminder", today=later).queued == 5
    assert write(season, "reminder", today=later).queued == 0
    assert len(send(season, today=later)) == 5
    done = write(
        season, "reminder", today=later + timedelta(days=30), member_nos=["X0001", "X0002"]
    )
    assert (done.queued, done.left_out) == (
        1,
        [{"member": "X0001", "reason": "has answered, or was not selected"}],
    )


def test_who_has_died_or_left_since_gets_nothing(season):
    write(season)
    change(season, "X0002", deceased=True)
    change(season, "X0003", left_on=date(2017, 1, 1))
    assert sorted(message["To"].addresses[0].addr_spec for message in send(season)) == [
        "x0004@example.org",
        "x0005@example.org",
        "x0006@example.org",
    ]
    replace_rows(
        season,
        tables.IMPORTS,
        read_table(season, tables.IMPORTS).assign(
            imported_at=datetime.now(UTC).replace(tzinfo=None) - timedelta(days=8)
        ),
    )
    with pytest.raises(SendingRefused, match="older than 7 days"):
        write(season, "reminder")


def test_a_member_who_has_died_is_never_drawn():
    rows = read_register(
        b"member_no,grade,Date of"
        b" death,joined_on\nX0001,MIET,2016-04-01,2000-01-01\nX0002,MIET,no,2000-01-01\nX0003,MIET,yes,2000-01-01\nX0004,MIET,,\nX0005,MIET,perhaps,\n",
        file="r.csv",
    )
    assert [row["deceased"] for row in rows.rows] == [True, False, True, False]
    assert [problem.expected for problem in rows.rejected] == ["yes, no, or the day"]
    people = pd.DataFrame(list(rows.rows)).assign(left_on=None, opted_in_on=None)
    assert list(frame_of(people, rules=load_rules("iet", 2016))["member_no"]) == ["X0002", "X0004"]


def notice(message_id, *, action="failed", status="5.1.1", headers_only=False, report=True):
    """Return what a mail system sends back, in the form of RFC 3464."""
    told = MIMEMultipart("report", report_type="delivery-status")
    told["From"], told["To"], told["Subject"] = (
        "MAILER-DAEMON@mx.example.org",
        "cpd@example.org",
        "Undelivered Mail Returned to Sender",
    )
    told.attach(MIMEText("I could not deliver your message."))
    if report:
        part = MIMEBase("message", "delivery-status")
        one, two = EmailMessage(), EmailMessage()
        one["Reporting-MTA"] = "dns; mx.example.org"
        two["Final-Recipient"], two["Action"], two["Status"] = (
            "rfc822; someone@example.org",
            action,
            status,
        )
        two["Diagnostic-Code"] = "smtp; 550 5.1.1 <someone@example.org> unknown"
        part.set_payload([one, two])
        told.attach(part)
    sent = EmailMessage()
    sent["Subject"], sent["Message-ID"] = "Your CPD record for 2016", message_id
    sent.set_content("Dear member")
    if headers_only:
        came_back = MIMEBase("text", "rfc822-headers")
        came_back.set_payload(f"Subject: Your CPD record\nMessage-ID: {message_id}\n")
    else:
        came_back = MIMEBase("message", "rfc822")
        came_back.set_payload([sent])
    told.attach(came_back)
    return told.as_bytes()


def names_of(season):
    rows = read_table(season, tables.OUTBOX)
    return {
        number: f"<{name}@assessor-kit.invalid>"
        for number, name in zip(rows["member_no"], rows["message_id"], strict=True)
    }


def states(season):
    rows = read_table(season, tables.OUTBOX)
    return dict(
        zip(rows["member_no"], zip(rows["state"], rows["detail"], strict=True), strict=True)
    )


def test_what_comes_back_is_recorded_against_its_message(season, tmp_path):
    write(season)
    send(season)
    names = names_of(season)
    (tmp_path / "one.eml").write_bytes(notice(names["X0002"]))
    box = mailbox.mbox(tmp_path / "bounced")
    for content in (
        notice(names["X0003"], headers_only=True, status="5.2.2 (full)"),
        notice(names["X0004"], action="delayed", status="4.4.1"),
        notice("<somebody.else@example.org>"),
        notice(names["X0005"], report=False),
        notice(f"<{'0' * 32}@assessor-kit.invalid>"),
    ):
        box.add(content)
    box.close()
    before = (tmp_path / "bounced").read_bytes()
    status, answer, _ = run_cli(
        "feedback", "bounces", tmp_path / "one.eml", tmp_path / "bounced", workspace=season.folder
    )
    assert (
        status,
        answer["bounced"],
        answer["delayed"],
        answer["known"],
        [problem["row"] for problem in answer["rejected"]],
    ) == (1, 2, 1, 0, [3, 4, 5])
    assert (tmp_path / "bounced").read_bytes() == before
    assert states(season) == {
        "X0002": ("bounced", "5.1.1"),
        "X0003": ("bounced", "5.2.2"),
        "X0004": ("sent", ""),
        "X0005": ("sent", ""),
        "X0006": ("sent", ""),
    }
    again = take_bounces(season, [tmp_path / "one.eml"])
    assert (again.bounced, again.known) == (0, 1)
    settle(season, names["X0002"][1:33], state="queued")
    assert [problem.found for problem in take_bounces(season, [tmp_path / "one.eml"]).rejected] == [
        "a notice about a message that is queued"
    ]
    with pytest.raises(UnusableFile, match="mbox"):
        take_bounces(season, [tmp_path / "missing.eml"])


def test_a_message_of_unknown_fate_is_settled_by_staff_or_by_its_notice(season, tmp_path):
    write(season)
    first, second = list(read_table(season, tables.OUTBOX)["message_id"])[:2]
    for name in (first, second):
        set_state(season, outbox_row(season, name), SENDING, "")
    assert set(find_unknown(season)["message_id"]) == {first, second}
    status, answer, _ = run_cli(
        "feedback", "outbox", "--cpd-year", 2016, "--settle", first, "sent", workspace=season.folder
    )
    assert (status, answer["messages"], answer["unknown"]) == (
        0,
        {"queued": 3, "sent": 1, "unknown": 1},
        [second],
    )
    (tmp_path / "one.eml").write_bytes(notice(f"<{second}@assessor-kit.invalid>"))
    assert take_bounces(season, [tmp_path / "one.eml"]).bounced == 1
    assert find_unknown(season).empty


def test_the_commands_write_letters_and_send_them_alone(season, tmp_path):
    status, answer, _ = run_cli(
        "letters", "invitation", "--cpd-year", 2016, workspace=season.folder
    )
    assert (status, answer["queued"], answer["left_out"]) == (0, 5, [])
    status, answer, _ = run_cli(
        "feedback",
        "send",
        "--cpd-year",
        2016,
        "--only",
        "reminder",
        "--dry-run",
        tmp_path / "none",
        workspace=season.folder,
    )
    assert (status, answer["sent"]) == (0, 0)
    status, answer, _ = run_cli(
        "feedback",
        "send",
        "--cpd-year",
        2016,
        "--only",
        "invitation",
        "--mail-merge",
        tmp_path / "merge",
        workspace=season.folder,
    )
    assert (status, answer["sent"], answer["folder"]) == (0, 5, str(tmp_path / "merge"))
    assert states(season)["X0002"] == ("sent", "by mail merge")


def test_no_letter_goes_to_invented_members(demonstration):
    with pytest.raises(SampleWorkspace):
        journey.write_letters(Workspace.open(demonstration[0]), cpd_year=2016, kind="reminder")
