"""Can staff look into the outbox and change it, and is everybody checked when their turn comes?

The mail server is a real one.
"""

import csv
import hashlib
import hmac
import json
import os
import re
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from commands import run_cli
from mail_kills import make_scheme, send_and_kill
from mail_server import Server
from seasons import put
from sqlalchemy import MetaData, insert

from assessor_kit import journey, tables
from assessor_kit.errors import InvalidRequest, SendingRefused
from assessor_kit.feedback.mail import acts
from assessor_kit.feedback.mail.building import build_message, letter_of
from assessor_kit.feedback.mail.delivery import mail_merge, mail_server
from assessor_kit.feedback.mail.outbox import find_unknown, outbox_row, send_outbox, settle
from assessor_kit.feedback.mail.preparing import prepare_more, prepare_more_reminder
from assessor_kit.store import Workspace, read_table, replace_rows
from assessor_kit.store.database.connections import make_engine, write_transaction
from assessor_kit.store.database.revision import upgrade_database
from assessor_kit.store.keys import KeyRing
from assessor_kit.store.log.outbox_log import events_of_messages
from assessor_kit.store.rights.erasure import erase_member
from assessor_kit.store.workspace import database_at

TODAY = datetime.now(UTC).date()
NUMBERS = [f"X000{place}" for place in range(1, 8)]


@pytest.fixture
def season(tmp_path, database):
    """Make a season of seven members, all drawn; X0006 has only a postal address, X0007 none."""
    made = Workspace.create(tmp_path / "w")
    lines = ["member_no,grade,name,email,opted_in_on,Address 1,Town,Postcode"]
    for number in NUMBERS:
        email = "" if number in {"X0006", "X0007"} else f"{number.lower()}@example.org"
        postal = "1 Long Lane,Ely,EX1 1EX" if number == "X0006" else ",,"
        lines.append(f"{number},MIET,Member {number},{email},2015-01-01,{postal}")
    (tmp_path / "register.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    journey.import_register(made, [tmp_path / "register.csv"])
    journey.draw(made, cpd_year=2016, seed="s", size=7)
    return made


def change(season, number, **fields):
    row = read_table(season, tables.REGISTER, member_no=number)
    replace_rows(season, tables.REGISTER, row.assign(**fields))


def write(season, kind="invitation", **options):
    return journey.write_letters(season, cpd_year=2016, kind=kind, **options)


def send(season, **options):
    gone = []
    done = send_outbox(
        season, cpd_year=2016, deliver=gone.append, sender="cpd@example.org", **options
    )
    return done, [message["To"].addresses[0].addr_spec[:5].upper() for message in gone]


def states(season, kind="invitation"):
    rows = read_table(season, tables.OUTBOX, kind=kind)
    return dict(zip(rows["member_no"], rows["state"], strict=True))


def names(season, **equals):
    rows = read_table(season, tables.OUTBOX, **equals)
    return dict(zip(rows["member_no"], rows["message_id"], strict=True))


def answered(season, number, day=TODAY):
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
            "received_at": datetime(day.year, day.month, day.day, 23, 59),  # noqa: DTZ001
            "parked": "",
        },
    )


def noted(season, number, state, statement=""):
    row = {"member_no": number, "cpd_year": 2016, "state": state, "noted_on": None}
    put(season, tables.RESPONSES, {**row, "statement": statement})


def test_every_state_is_looked_at_again_when_a_letters_turn_comes(season):
    write(season)
    answered(season, "X0001")
    noted(season, "X0002", "withdrawn")
    noted(season, "X0003", "awaiting", "held by the employer")
    change(season, "X0004", deceased=True)
    erase_member(season, "X0005")
    done, gone = send(season)
    assert (done.sent, gone, done.for_post) == (0, [], 1)
    assert {one["reason"] for one in done.left_out} == {
        "has answered",
        "has withdrawn",
        "has said that the employer holds the record",
        "has died",
    }
    assert done.refused == 4
    assert states(season) == {
        "X0001": "refused",
        "X0002": "refused",
        "X0003": "refused",
        "X0004": "refused",
        "X0006": "queued",
    }
    events = events_of_messages(season, names(season).values())
    assert sorted(events.loc[events["kind"] == "refused", "reason"]) == sorted(
        one["reason"] for one in done.left_out
    )


def test_a_letter_is_queued_again_once_nothing_stands_against_it_any_more(season):
    write(season)
    change(season, "X0001", do_not_contact=True)
    assert send(season)[0].refused == 1
    assert write(season).queued == 0
    change(season, "X0001", do_not_contact=False)
    assert write(season).queued == 1
    assert send(season)[1] == ["X0001"]


@pytest.mark.parametrize("state", ["deferred", "left", "carried over", "record held elsewhere"])
def test_nobody_is_reminded_whose_request_has_ended(season, state):
    write(season, member_nos=["X0001", "X0002"])
    send(season)
    later = TODAY + timedelta(days=30)
    assert write(season, "reminder", today=later).queued == 2
    noted(season, "X0001", state)
    assert send(season, today=later)[1] == ["X0002"]


def test_reminders_before_invitations_are_refused_with_a_sentence_and_block_nothing(season):
    with pytest.raises(SendingRefused, match="comes after the invitation") as refused:
        write(season, "reminder")
    assert "assessor-kit letters invitation" in str(refused.value)
    assert write(season).queued == 6
    with pytest.raises(SendingRefused, match="comes after the invitation"):
        write(season, "reminder", after_days=0)
    assert send(season)[0].sent == 5


def test_a_reminder_that_an_older_version_queued_first_waits_for_its_invitation(season):
    row = {
        "message_id": "0" * 32,
        "cpd_year": 2016,
        "kind": "reminder",
        "member_no": "X0001",
        "document_id": "",
        "state": "queued",
        "detail": "",
        "changed_at": datetime(2017, 1, 1),  # noqa: DTZ001
    }
    put(season, tables.OUTBOX, row)
    assert write(season, member_nos=["X0001"]).queued == 1
    plan = journey.plan_letters(season, cpd_year=2016)
    assert any("1 reminder waits" in one for one in plan.warnings)
    done, gone = send(season)
    assert gone == ["X0001"]
    assert states(season) == {"X0001": "sent"}
    assert states(season, "reminder") == {"X0001": "queued"}
    assert [one["reason"] for one in done.left_out] == [
        "the invitation to send a record has not gone yet"
    ]
    assert send(season)[1] == []  # nor on the same day
    assert send(season, today=TODAY + timedelta(days=1))[1] == ["X0001"]


def test_an_outbox_of_the_version_before_keeps_working_after_the_upgrade(tmp_path, database):
    folder = tmp_path / "w"
    keys = KeyRing(folder / "keys")
    keys.create()
    before = make_engine(database_at(folder), keys=keys)
    upgrade_database(before, "0003_allocations")
    there = MetaData()
    person = {"deceased": False, "do_not_contact": False, "name": "Ada", "grade": "MIET"}
    person |= {"registration": "", "discipline": "", "employer": ""}
    old = [
        ("X0001", "invitation", "queued"),
        ("X0002", "invitation", "sent"),
        ("X0002", "last reminder", "queued"),
        ("X0003", "invitation", "refused"),
        ("X0004", "reminder", "queued"),
        ("X0005", "invitation", "sending"),
    ]
    with write_transaction(before) as connection:
        there.reflect(connection)
        connection.execute(
            insert(there.tables["settings"]), [{"name": "secret", "value": "5a" * 32}]
        )
        connection.execute(
            insert(there.tables["register"]),
            [
                {**person, "member_no": number, "email": f"{number.lower()}@example.org"}
                for number in NUMBERS
            ],
        )
        connection.execute(
            insert(there.tables["outbox"]),
            [
                {
                    "message_id": _name_of_before(number, kind),
                    "cpd_year": 2016,
                    "kind": kind,
                    "member_no": number,
                    "assessor_id": "",
                    "document_id": "",
                    "state": state,
                    "detail": "",
                    "changed_at": datetime(2017, 2, 1),  # noqa: DTZ001
                }
                for number, kind, state in old
            ],
        )
    before.dispose()
    season = Workspace.create(folder)
    put(
        season,
        tables.IMPORTS,
        {
            "digest": "d",
            "kind": "register",
            "cpd_year": 0,
            "accepted": 7,
            "rejected": 0,
            "imported_at": datetime.now(UTC).replace(tzinfo=None),
        },
    )
    journey.draw(season, cpd_year=2016, seed="s", size=7)
    assert list(find_unknown(season)["member_no"]) == ["X0005"]
    done = write(season)
    # queued, sent or unknown already are X0001, X0002 and X0005; X0003 is queued again
    assert done.queued == 4
    assert sorted(states(season)) == NUMBERS
    _, gone = send(season)
    assert sorted(gone) == ["X0001", "X0002", "X0003", "X0004", "X0006", "X0007"]
    assert states(season, "last reminder") == {"X0002": "sent"}
    assert states(season, "reminder") == {"X0004": "queued"}
    of = names(season, kind="reminder")
    assert acts.cancel(season, of.values(), who="Ada", reason="too early") == list(of.values())


def _name_of_before(number, kind):
    about = "2016" if kind == "invitation" else "2017-02-01"
    return hmac.new(
        bytes.fromhex("5a" * 32), f"mail|{kind}|{number}|{about}".encode(), hashlib.sha256
    ).hexdigest()[:32]


def test_each_reminder_of_the_ladder_goes_once(season):
    write(season, member_nos=["X0001"])
    send(season)
    gone = []
    for days in (21, 21, 35, 35, 40):
        day = TODAY + timedelta(days=days)
        journey.write_due_letters(season, cpd_year=2016, today=day)
        _, more = send(season, today=day, kinds=("reminder",))
        gone += more
    rows = read_table(season, tables.OUTBOX, kind="reminder", member_no="X0001")
    assert gone == ["X0001", "X0001"]
    assert sorted(rows["about"]) == ["2016-1", "2016-2"]


def test_staff_cancel_put_back_postpone_and_reorder_what_waits(season):
    write(season)
    of = names(season)
    with pytest.raises(InvalidRequest, match="names a member"):
        acts.cancel(season, [of["X0001"]], who="Ada", reason="Member X0001 rang")
    assert acts.cancel(season, [of["X0001"]], who="Ada", reason="sent by hand") == [of["X0001"]]
    assert write(season).queued == 0
    assert "put-back" in next(
        one["reason"] for one in write(season).left_out if one["member"] == "X0001"
    )
    assert acts.postpone(season, [of["X0002"]], not_before=TODAY + timedelta(days=3), who="Ada")
    assert acts.move_first(season, [of["X0005"]], who="Ada", reason="urgent")
    done, gone = send(season)
    assert gone[0] == "X0005"
    assert sorted(gone) == ["X0003", "X0004", "X0005"]
    assert done.later == 1
    assert acts.put_back(season, [of["X0001"]], who="Ada") == [of["X0001"]]
    assert acts.cancel(season, [of["X0003"]], who="Ada", reason="too late") == []  # it has gone
    assert sorted(send(season, today=TODAY + timedelta(days=3))[1]) == ["X0001", "X0002"]
    told = events_of_messages(season, [of["X0001"]])
    assert list(zip(told["kind"], told["who"], told["reason"], strict=True)) == [
        ("queued", "assessor-kit", ""),
        ("cancelled", "Ada", "sent by hand"),
        ("queued", "Ada", ""),
        ("sent", "assessor-kit", ""),
    ]


def test_what_was_done_about_the_outbox_is_never_changed(season):
    write(season)
    for statement in ("UPDATE outbox_events SET who = ''", "DELETE FROM outbox_events"):
        with (
            pytest.raises(Exception, match="append-only"),
            write_transaction(season.engine) as connection,
        ):
            connection.exec_driver_sql(statement)


def test_a_message_is_shown_as_it_will_go_and_says_what_stands_against_it(season):
    write(season)
    of = names(season)
    answered(season, "X0001")
    status, answer, _ = run_cli("outbox", "show", of["X0001"][:8], workspace=season.folder)
    assert (status, answer["state"], answer["objection"]) == (0, "queued", "has answered")
    assert "Please send us your CPD record for 2016 by" in answer["text"]
    status, answer, _ = run_cli("outbox", "show", of["X0006"], workspace=season.folder)
    assert (answer["way"], answer["objection"]) == ("post", "")
    assert [one["what"] for one in answer["events"]] == ["queued"]
    status, answer, _ = run_cli(
        *("outbox", "list", "--cpd-year", 2016, "--state", "queued", "--member", "X0006"),
        workspace=season.folder,
    )
    assert [one["member"] for one in answer["letters"]] == ["X0006"]
    status, answer, _ = run_cli("outbox", "show", "ffffff", workspace=season.folder)
    assert status == 2
    assert "outbox list" in answer["error"]


def test_the_headers_are_the_bodys_own(season):
    folder = season.folder / "templates" / "letters"
    folder.mkdir(parents=True)
    (folder / "sender.toml").write_text(
        'body = "Guild of Bridge Builders"\nsender = "cpd@guild.example"\n'
        'reply_to = "answers@guild.example"\ncontact = "Jo Clerk, 01234 567"\n'
        'address = "2 Bridge Street\\nLondon"\n',
        encoding="utf-8",
    )
    write(season)
    name = names(season)["X0001"]
    message = build_message(season, outbox_row(season, name), sender="")
    assert message["From"] == "Guild of Bridge Builders <cpd@guild.example>"
    assert message["Reply-To"] == "answers@guild.example"
    assert message["Message-ID"] == f"<{name}@guild.example>"
    assert abs(message["Date"].datetime - datetime.now(UTC)) < timedelta(minutes=5)
    text = message.get_content()
    assert "write to Jo Clerk, 01234 567, at answers@guild.example." in text
    assert text.rstrip().endswith("Guild of Bridge Builders\n2 Bridge Street\nLondon")
    assert "Institution of Engineering" not in message.as_string()


def test_a_dropped_connection_is_called_that_and_unknown_only_if_it_may_have_arrived(
    season, tmp_path
):
    write(season)
    dropped = {"x0002@example.org"}
    with Server(tmp_path, at_recipient=lambda to: "break" if to in dropped else "250 OK") as server:
        done = sent_over(season, server)
        assert "dropped before" in done.stopped
        assert set(states(season).values()) <= {"queued", "sent"}
        assert find_unknown(season).empty
        dropped.clear()
        server.mood = lambda envelope: (
            "break" if envelope.rcpt_tos == ["x0003@example.org"] else "250 OK"
        )
        done = sent_over(season, server)
        assert "may have arrived" in done.stopped
        assert list(find_unknown(season)["member_no"]) == ["X0003"]
        settle(season, names(season)["X0003"], state="sent", who="Ada")
        sent_over(season, server)
    assert sorted(to for to, _ in server.taken) == [
        f"{number.lower()}@example.org" for number in NUMBERS[:5]
    ]


def sent_over(season, server, **options):
    with mail_server("localhost", server.port, context=server.context) as deliver:
        return send_outbox(
            season, cpd_year=2016, deliver=deliver, sender="cpd@example.org", **options
        )


def test_dots_long_lines_and_other_alphabets_arrive_as_they_were_written(season, tmp_path):
    change(season, "X0001", name="Zoë Ž. Müller")
    text = ".a line that begins with a dot\n..two\n\n" + "w" * 990 + "\nŠest"
    folder = season.folder / "templates" / "letters"
    folder.mkdir(parents=True)
    (folder / "invitation.txt").write_text(f"Subject: Ž\n\n{{{{ name }}}}\n{text}\n", "utf-8")
    write(season, member_nos=["X0001"])
    with Server(tmp_path) as server:
        assert sent_over(season, server).sent == 1
    ((_, message),) = server.taken
    assert message["Subject"] == "Ž"
    assert message.get_content().replace("\r\n", "\n") == f"Zoë Ž. Müller\n{text}\n"


def test_post_counts_only_once_staff_have_confirmed_it(season, tmp_path):
    done = write(season)
    assert {"member": "X0007", "reason": "no e-mail and no postal address"} in done.left_out
    assert send(season)[0].for_post == 1
    done = mail_merge(season, tmp_path / "post", cpd_year=2016, only_post=True)
    assert (done.sent, done.for_post) == (0, 1)
    with (tmp_path / "post" / "mail_merge.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["by"], row["member_no"], row["email"]) == ("post", "X0006", "")
    assert [row[f"address_{place}"] for place in range(1, 5)] == [
        "1 Long Lane",
        "Ely",
        "EX1 1EX",
        "",
    ]
    assert "Dear Member X0006" in row["text"]
    assert states(season)["X0006"] == "at the post"
    assert journey.letter_counts(season, cpd_year=2016).gone("invitation") == 5
    words = ("outbox", "posted", tmp_path / "post" / "mail_merge.csv", "--by", "Ada")
    status, answer, _ = run_cli(*words, workspace=season.folder)
    assert (status, answer["posted"], answer["rejected"]) == (0, 1, [])
    assert run_cli(*words, workspace=season.folder)[1]["known"] == 1
    assert states(season)["X0006"] == "posted"
    assert journey.letter_counts(season, cpd_year=2016).gone("invitation") == 6
    with pytest.raises(SendingRefused, match="posted"):
        settle(season, names(season)["X0006"], state="queued")


def test_a_little_more_is_asked_once_and_ends_when_the_member_has_sent_it(season):
    answered(season, "X0001", TODAY - timedelta(days=40))
    asked = {
        "cpd_year": 2016,
        "member_no": "X0001",
        "return_id": "rX0001",
        "due_on": TODAY + timedelta(days=14),
    }
    with pytest.raises(InvalidRequest, match="what is missing"):
        prepare_more(season, **asked, missing=" ")
    assert prepare_more(season, **asked, missing="The reflection on the course.").number == 1
    assert prepare_more(season, **asked, missing="The reflection on the course.").number == 0
    (name,) = names(season, kind="more").values()
    assert "The reflection on the course." in letter_of(season, outbox_row(season, name)).text
    assert send(season)[1] == ["X0001"]
    assert prepare_more_reminder(season, **asked, missing="The reflection.").number == 1
    assert send(season)[1] == []  # not on the day of the letter itself
    row = read_table(season, tables.RETURNS, return_id="rX0001")
    replace_rows(season, tables.RETURNS, row.assign(received_at=datetime(2099, 1, 1)))  # noqa: DTZ001
    done, gone = send(season, today=TODAY + timedelta(days=14))
    assert (gone, [one["reason"] for one in done.left_out]) == ([], ["has sent more since"])


def test_a_note_goes_to_each_assessor_once_and_names_no_member(season):
    for name, stopped in (("A1", None), ("A2", None), ("A3", date(2017, 1, 1))):
        row = {
            "assessor_id": name,
            "member_no": "",
            "name": f"Assessor {name}",
            "email": f"{name.lower()}@example.org" if name != "A2" else "",
            "disciplines": "power",
            "employer": "",
            "capacity": 1,
            "conflicts": "",
            "dismissed_on": stopped,
            "dismissed_because": "",
        }
        put(season, tables.ASSESSORS, row)
    note = {"cpd_year": 2016, "subject": "We meet", "who": "Ada"}
    with pytest.raises(InvalidRequest, match="names a member"):
        journey.write_note(season, **note, text="Please look at Member X0001 again.")
    done = journey.write_note(season, **note, text="On Monday at ten.")
    assert (done.queued, done.left_out) == (
        1,
        [{"assessor": "A2", "reason": "no e-mail address"}],
    )
    assert journey.write_note(season, **note, text="On Monday at ten.").queued == 0
    gone = []
    send_outbox(season, cpd_year=2016, deliver=gone.append, sender="cpd@example.org")
    assert [(one["To"], one["Subject"]) for one in gone] == [
        ("Assessor A1 <a1@example.org>", "We meet")
    ]
    assert "On Monday at ten." in gone[0].get_content()


def test_what_waits_for_staff_says_since_when_about_whom_and_what_comes_next(season):
    write(season, member_nos=["X0001", "X0002", "X0006"])
    of = names(season)
    settle(season, of["X0001"], state="bounced")
    with write_transaction(season.engine) as connection:
        connection.exec_driver_sql(
            f"UPDATE outbox SET state = 'sending' WHERE message_id = '{of['X0002']}'"
        )
    found = journey.letters_waiting(season, 2016, today=TODAY + timedelta(days=2))
    told = {one.kind: one for one in found}
    assert set(told) == {"bounced", "unknown", "unsent", "no address", "due"}
    assert told["unknown"].about == ("X0002",)
    assert told["unknown"].command == f"assessor-kit outbox settle {of['X0002']} sent"
    assert told["unsent"].about == ("X0006",)
    assert told["no address"].about == ("X0007",)
    assert set(told["due"].about) == {"X0003", "X0004", "X0005"}
    assert [one.since for one in found] == sorted(one.since for one in found)
    for one in found:
        assert one.sentence.endswith(".")
        assert not re.search(r"X000\d", one.sentence)


def test_the_plan_says_who_gets_what_when_before_anything_is_queued(season):
    answered(season, "X0001")
    plan = journey.plan_letters(season, cpd_year=2016)
    lines = {line.label: line for line in plan.lines}
    assert {one.member_no for one in lines["invitation to send a record"].letters} == {
        "X0002",
        "X0003",
        "X0004",
        "X0005",
        "X0006",
    }
    second = lines["reminder of the record 2"]
    assert {one.on for one in second.letters} == {TODAY + timedelta(days=35)}
    assert [one.member_no for one in lines["thanks for a record"].letters] == ["X0001"]
    assert lines["how to record and send CPD"].as_dict()["left_out"] == {
        "no e-mail and no postal address": 1
    }
    assert any("sender.toml" in one for one in plan.warnings)
    assert read_table(season, tables.OUTBOX).empty
    status, answer, _ = run_cli(
        "letters", "plan", "--cpd-year", 2016, "--names", "invitation", workspace=season.folder
    )
    assert status == 0
    assert len(answer["names"]) == 6
    assert {one["reason"] for one in answer["names"]} == {"", "no e-mail and no postal address"}


def test_who_is_in_the_scheme_and_was_written_to_is_counted(season):
    change(season, "X0001", opted_in_on=None)
    put(
        season,
        tables.DECLARATIONS,
        {"member_no": "X0002", "cpd_year": 2016, "declared_minutes": 60, "declared_on": None},
    )
    assert write(season, "join").queued == 1
    assert send(season)[1] == ["X0001"]
    counts = journey.status(season, cpd_year=2016)
    assert {
        name: counts[name]
        for name in (
            "scheme_members",
            "opted_in",
            "invited_to_join",
            "declared",
            "not_declared",
            "letters_sent",
        )
    } == {
        "scheme_members": 7,
        "opted_in": 6,
        "invited_to_join": 1,
        "declared": 1,
        "not_declared": 6,
        "letters_sent": 1,
    }
    beside = {step.label: step for step in journey.season_of(season, cpd_year=2016).beside}
    assert list(beside["Members who opted in"].waiting["Member"]) == ["X0001"]
    assert list(beside["Declarations"].done["Member"]) == ["X0002"]
    assert list(beside["Letters"].done["Letter"]) == ["invitation to join the scheme"]
    change(season, "X0001", opted_in_on=date(2017, 1, 1))
    assert write(season, "join").queued == 0


def test_declarations_are_asked_for_and_reminded_of_by_the_days_in_the_rules(season):
    day = date(2017, 1, 10)
    due = journey.letters_due(season, cpd_year=2016, today=day)
    assert len(due["declaration"]) == 6
    assert "declaration" not in journey.letters_due(season, cpd_year=2016, today=date(2017, 3, 1))
    write(season, "declaration", today=day, member_nos=["X0001", "X0002"])
    send(season)
    with write_transaction(season.engine) as connection:
        connection.exec_driver_sql("UPDATE outbox SET changed_at = '2017-01-10 09:00:00.000000'")
    put(
        season,
        tables.DECLARATIONS,
        {"member_no": "X0002", "cpd_year": 2016, "declared_minutes": 60, "declared_on": None},
    )
    assert "declaration-reminder" not in journey.letters_due(
        season, cpd_year=2016, today=date(2017, 1, 20)
    )
    due = journey.letters_due(season, cpd_year=2016, today=date(2017, 1, 24))
    assert due["declaration-reminder"] == ("X0001",)


@pytest.mark.needs("openssl")
def test_a_test_of_a_letter_is_marked_as_one_and_recorded_as_one(season, tmp_path):
    with Server(tmp_path) as server:
        os.environ["SSL_CERT_FILE"] = str(server.certificate)
        try:
            status, answer, said = run_cli(
                *("letters", "test", "thanks", "--cpd-year", 2016, "--to", "me@example.org"),
                *("--smtp", f"localhost:{server.port}", "--sender", "cpd@example.org"),
                *("--by", "Ada"),
                workspace=season.folder,
            )
        finally:
            del os.environ["SSL_CERT_FILE"]
    assert status == 0, said
    ((address, message),) = server.taken
    assert address == "me@example.org"
    assert message["Subject"].startswith("[TEST] Thank you")
    assert "This is a test" in message.get_content()
    row = outbox_row(season, answer["message"])
    assert (row["kind"], row["about"], row["state"], row["member_no"]) == (
        "test",
        "thanks",
        "sent",
        "",
    )
    assert "me@example.org" not in json.dumps(row, default=str)
    events = events_of_messages(season, [answer["message"]])
    assert list(zip(events["kind"], events["who"], strict=True)) == [("tested", "Ada")]
    assert journey.status(season, cpd_year=2016)["letters_sent"] == 0


def test_feedback_for_everyone_needs_to_be_released_and_goes_to_those_reviewed_too(tmp_path):
    season = make_scheme(tmp_path, 3)
    answered(season, "G000001")
    assert write(season, "generic").queued == 3
    assert write(season, "generic").queued == 0
    gone = []
    send_outbox(season, cpd_year=2016, deliver=gone.append, sender="cpd@example.org")
    assert len(gone) == 3
    (attached,) = gone[0].iter_attachments()
    assert "For everyone" in attached.get_content()
    replace_rows(
        season,
        tables.DOCUMENTS,
        read_table(season, tables.DOCUMENTS).assign(released_at=pd.NaT),
    )
    with pytest.raises(SendingRefused, match="No feedback for everyone"):
        write(season, "generic")


@pytest.mark.needs("openssl")
def test_a_sending_that_is_killed_twice_forgets_nobody_and_writes_to_nobody_twice(tmp_path):
    """The long form, of 2,000 members: `python tests/benchmarks/mail_kills.py`."""
    done = send_and_kill(make_scheme(tmp_path, 120), tmp_path, [40, 90])
    assert done == {
        "members": 120,
        "kills": 2,
        "runs": 3,
        "unknown": 2,
        "twice": 0,
        "forgotten": 0,
        "sent": 120,
    }
