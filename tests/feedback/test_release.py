"""Is feedback seen by staff first, then by its member, and never by anybody else?

The mail server is a real one.
"""

import csv
import email
import signal
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from email.policy import default as modern
from pathlib import Path

import pandas as pd
import pytest
from commands import run_cli
from mail_server import Server

import assessor_kit
from assessor_kit import open_approvals, tables
from assessor_kit.errors import InvalidRequest, SampleWorkspace, SendingRefused
from assessor_kit.feedback.document.manifest import note
from assessor_kit.feedback.mail.delivery import eml_files, mail_merge, mail_server
from assessor_kit.feedback.mail.outbox import find_unknown, send_outbox, settle
from assessor_kit.feedback.mail.preparing import prepare_feedback, prepare_letters
from assessor_kit.feedback.release import approval_list, decide, recall_document, release_feedback
from assessor_kit.feedback.report.readability import (
    LONGEST,
    SENTENCE_END,
    long_sentence_note,
    long_sentences,
)
from assessor_kit.files import write_private
from assessor_kit.store import Workspace, append_rows, read_table, record_judgement, replace_rows
from assessor_kit.vocabulary import Judgement, JudgementState

NOW = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
MEMBERS = ("X0001", "X0002", "X0003", "X0004")


@pytest.fixture
def season(tmp_path):
    """Make a season of four members with a rendered document each, and a register of today."""
    made = Workspace.create(tmp_path / "w")
    people = [
        {
            "member_no": number,
            "joined_on": None,
            "left_on": None,
            "deceased": False,
            "do_not_contact": False,
            "name": f"Member {number}",
            "email": f"{number.lower()}@example.org",
            "grade": "",
            "registration": "",
            "discipline": "",
            "employer": "",
            "opted_in_on": None,
        }
        for number in MEMBERS
    ]
    append_rows(made, tables.REGISTER, pd.DataFrame(people))
    append_rows(
        made,
        tables.IMPORTS,
        pd.DataFrame(
            [
                {
                    "digest": "d",
                    "kind": "register",
                    "cpd_year": 0,
                    "accepted": 4,
                    "rejected": 0,
                    "imported_at": NOW,
                }
            ]
        ),
    )
    for place, number in enumerate(MEMBERS):
        name = f"{place:032x}"
        digest = write_private(
            made.folder / "feedback" / "2016" / f"{name}.html", f"<p>{number}</p>".encode()
        )
        append_rows(
            made,
            tables.DOCUMENTS,
            pd.DataFrame(
                [
                    {
                        "document_id": name,
                        "cpd_year": 2016,
                        "kind": "individual",
                        "version": 1,
                        "member_no": number,
                        "return_id": "",
                        "input_digest": "i",
                        "file": f"feedback/2016/{name}.html",
                        "sha256": digest,
                        "rendered_at": NOW,
                        "released_at": None,
                        "recalled_at": None,
                    }
                ]
            ),
        )
    return made


def documents(season):
    return list(read_table(season, tables.DOCUMENTS)["document_id"])


def released(season):
    decide(season, documents(season), decision="approved", decided_by="Staff")
    release_feedback(season, cpd_year=2016)
    return season


def test_only_what_was_approved_as_it_stands_is_released(season):
    first, second, third, fourth = documents(season)
    assert release_feedback(season, cpd_year=2016) == (0, 4)
    decide(season, [first, second, third], decision="approved", decided_by="Staff")
    decide(season, [fourth], decision="returned", decided_by="Staff", reason="A name is in it.")
    (season.folder / "feedback" / "2016" / f"{second}.html").write_text(
        "altered since", encoding="utf-8"
    )
    row = read_table(season, tables.DOCUMENTS, document_id=third)
    replace_rows(
        season,
        tables.DOCUMENTS,
        row.assign(
            sha256=write_private(season.folder / row.iloc[0]["file"], b"rendered anew since")
        ),
    )
    assert release_feedback(season, cpd_year=2016) == (1, 3)
    assert list(
        read_table(season, tables.DOCUMENTS).dropna(subset="released_at")["document_id"]
    ) == [first]
    assert dict(
        zip(
            approval_list(season, cpd_year=2016)["document_id"],
            approval_list(season, cpd_year=2016)["decision"],
            strict=True,
        )
    ) == {second: "approved", third: "", fourth: "returned"}


def test_advice_is_returned_with_a_reason_and_the_latest_decision_counts(season):
    name = documents(season)[0]
    with pytest.raises(InvalidRequest, match="without a reason"):
        decide(season, [name], decision="returned", decided_by="Staff")
    decide(season, [name], decision="approved", decided_by="Staff")
    decide(season, [name], decision="held", decided_by="Staff")
    assert release_feedback(season, cpd_year=2016)[0] == 0


def test_what_was_recalled_is_not_released_again_nor_sent(season):
    released(season)
    name = documents(season)[0]
    assert recall_document(season, name) == (3, 1)
    assert release_feedback(season, cpd_year=2016)[0] == 0
    assert prepare_feedback(season, cpd_year=2016) == 3


def test_what_staff_read_names_no_assessor(demonstration):
    shown = approval_list(Workspace.open(demonstration[0]), cpd_year=2016)
    assert len(shown) == 101
    assert "assessor_id" not in shown.columns
    assert not shown.astype(str).apply(lambda column: column.str.contains(r"\bA\d\d\b").any()).any()
    assert (shown.loc[shown["kind"] == "individual", "advice"] != "").all()


def send(season, server, **options):
    with mail_server("localhost", server.port, context=server.context) as deliver:
        return send_outbox(
            season, cpd_year=2016, deliver=deliver, sender="cpd@example.org", **options
        )


def states(season):
    return dict(
        zip(
            read_table(season, tables.OUTBOX)["member_no"],
            read_table(season, tables.OUTBOX)["state"],
            strict=True,
        )
    )


def test_each_member_gets_the_own_document_once_over_tls(season, tmp_path):
    assert prepare_feedback(released(season), cpd_year=2016) == 4
    with Server(tmp_path) as server:
        assert send(season, server).sent == 4
        assert prepare_feedback(season, cpd_year=2016) == 0
        assert send(season, server).sent == 0
    assert sorted(address for address, _ in server.taken) == [
        f"{number.lower()}@example.org" for number in MEMBERS
    ]
    for address, message in server.taken:
        attached = next(message.iter_attachments()).get_content()
        assert f"<p>{address.split('@')[0].upper()}</p>" in attached
    assert len({message["Message-ID"] for _, message in server.taken}) == 4


def test_nothing_is_sent_over_an_open_line_or_to_a_server_that_is_not_itself(season, tmp_path):
    prepare_feedback(released(season), cpd_year=2016)
    with Server(tmp_path, tls=False) as server, pytest.raises(SendingRefused, match="no TLS"):
        send(season, server)
    # a certificate nobody vouches for
    with (
        Server(tmp_path) as server,
        pytest.raises(SendingRefused, match="no TLS"),
        mail_server("localhost", server.port),
    ):
        pass
    assert set(states(season).values()) == {"queued"}


def test_the_register_is_looked_at_before_each_message(season, tmp_path):
    prepare_feedback(released(season), cpd_year=2016)
    people = read_table(season, tables.REGISTER).set_index("member_no")
    people.loc["X0001", "do_not_contact"], people.loc["X0003", "email"] = (
        True,
        "x0003@example.org\nBcc: all@example.org",
    )
    people["left_on"] = [None, date(2017, 1, 1), None, None]
    replace_rows(season, tables.REGISTER, people.reset_index())
    with Server(tmp_path) as server:
        done = send(season, server)
    assert [address for address, _ in server.taken] == ["x0004@example.org"]
    assert {one["reason"] for one in done.left_out} == {
        "not to be contacted",
        "has left",
        "no e-mail and no postal address",
    }
    replace_rows(
        season,
        tables.IMPORTS,
        read_table(season, tables.IMPORTS).assign(imported_at=NOW - timedelta(days=8)),
    )
    with pytest.raises(SendingRefused, match="older than 7 days"):
        send_outbox(season, cpd_year=2016, deliver=print, sender="")


def test_a_refusal_is_a_bounce_and_a_broken_line_is_for_staff_to_settle(season, tmp_path):
    prepare_feedback(released(season), cpd_year=2016)
    moods = {"x0001@example.org": "550 no such mailbox", "x0002@example.org": "break"}
    with Server(
        tmp_path, mood=lambda envelope: moods.get(envelope.rcpt_tos[0], "250 OK")
    ) as server:
        # a line that broke carries nothing more; the next round does
        rounds = [send(season, server), send(season, server)]
        assert states(season) == {
            "X0001": "bounced",
            "X0002": "unknown",
            "X0003": "sent",
            "X0004": "sent",
        }
        assert (sum(one.sent for one in rounds), sum(len(one.left_out) for one in rounds)) == (2, 2)
        unknown = list(find_unknown(season)["message_id"])
        before = len(server.taken)
        send(season, server)  # what is unknown is not sent again by itself
        assert len(server.taken) == before
        for name in unknown:
            settle(season, name, state="queued")
        moods.clear()
        assert send(season, server).sent == len(unknown)


def test_a_refusal_for_now_is_tried_again(season, tmp_path):
    prepare_feedback(released(season), cpd_year=2016)
    moods = {"x0001@example.org": "451 try later"}
    with Server(
        tmp_path, mood=lambda envelope: moods.get(envelope.rcpt_tos[0], "250 OK")
    ) as server:
        done = send(season, server)
        assert (done.sent, [one["state"] for one in done.left_out]) == (3, ["queued"])
        moods.clear()
        assert send(season, server).sent == 1
    assert sorted(address for address, _ in server.taken) == [
        f"{number.lower()}@example.org" for number in MEMBERS
    ]


def test_a_crash_between_acceptance_and_record_leaves_the_state_unknown(season, tmp_path):
    prepare_feedback(released(season), cpd_year=2016)
    script = (
        "import os, signal\nfrom assessor_kit.store import Workspace\nfrom"
        " assessor_kit.feedback.mail.outbox import send_outbox\ndef deliver(message):\n   "
        " print(message['To'], flush=True)\n    os.kill(os.getpid(),"
        f" signal.SIGKILL)\nsend_outbox(Workspace.open({str(season.folder)!r}), cpd_year=2016,"
        " deliver=deliver, sender='')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL
    unknown = find_unknown(season)
    assert [done.stdout.count(number.lower()) for number in unknown["member_no"]] == [1]
    with Server(tmp_path) as server:
        assert send(season, server).sent == 3


def test_a_dry_run_writes_files_and_sends_nothing(season, tmp_path):
    prepare_feedback(released(season), cpd_year=2016)
    done = send_outbox(
        season,
        cpd_year=2016,
        deliver=eml_files(tmp_path / "eml"),
        sender="cpd@example.org",
        keep_queued=True,
    )
    read = [
        email.message_from_bytes(path.read_bytes(), policy=modern)
        for path in (tmp_path / "eml").glob("*.eml")
    ]
    assert (done.sent, sorted(message["To"].addresses[0].addr_spec for message in read)) == (
        4,
        [f"{number.lower()}@example.org" for number in MEMBERS],
    )
    assert set(states(season).values()) == {"queued"}


def with_pdf(season):
    """Write a PDF beside each page, recorded as the batch records it."""
    for row in read_table(season, tables.DOCUMENTS).to_dict("records"):
        page = season.folder / row["file"]
        content = b"%PDF-1.7 " + row["member_no"].encode()
        note(
            page.with_name("manifest.jsonl"),
            {
                "document_id": row["document_id"],
                "sha256": row["sha256"],
                "pdf_sha256": write_private(page.with_suffix(".pdf"), content),
            },
        )
    return season


def test_feedback_goes_as_the_pdf_that_was_made_of_it_or_not_at_all(season, tmp_path):
    prepare_feedback(released(season), cpd_year=2016)
    prepare_letters(
        season, cpd_year=2016, kind="reminder", member_nos=["X0004"], on=date(2017, 3, 1)
    )
    with pytest.raises(SendingRefused, match="4 of the released documents"):
        send_outbox(season, cpd_year=2016, deliver=print, sender="", form="pdf")
    with pytest.raises(SendingRefused, match="4 of the released documents"):
        mail_merge(season, tmp_path / "merge", cpd_year=2016, form="pdf")
    with_pdf(season)
    changed = season.folder / "feedback" / "2016" / f"{3:032x}.pdf"
    whole = changed.read_bytes()
    changed.write_bytes(b"another")
    with pytest.raises(SendingRefused, match="1 of the released documents"):
        send_outbox(season, cpd_year=2016, deliver=print, sender="", form="pdf")
    assert set(states(season).values()) == {"queued"}
    changed.write_bytes(whole)
    with Server(tmp_path) as server:
        assert send(season, server, form="pdf").sent == 5
    for address, message in server.taken:
        number = address.split("@")[0].upper()
        assert [
            (one.get_content_type(), one.get_filename(), one.get_content())
            for one in message.iter_attachments()
        ] in ([("application/pdf", "CPD feedback 2016.pdf", b"%PDF-1.7 " + number.encode())], [])
        assert ("PDF file" in message.get_body(("plain",)).get_content()) == bool(
            list(message.iter_attachments())
        )
    for row in read_table(season, tables.OUTBOX, state="sent").to_dict("records"):
        settle(season, row["message_id"], state="bounced")
        settle(season, row["message_id"], state="queued")
    status, answer, _ = run_cli(
        "feedback",
        "send",
        "--cpd-year",
        2016,
        "--only",
        "feedback",
        "--attach",
        "pdf",
        "--mail-merge",
        tmp_path / "merge",
        workspace=season.folder,
    )
    assert (status, answer["sent"]) == (0, 4)
    assert sorted(path.suffix for path in (tmp_path / "merge").iterdir()) == [".csv", *[".pdf"] * 4]


def test_a_mail_merge_holds_inert_cells_and_the_files_it_names_and_counts_as_sent(season, tmp_path):
    people = read_table(season, tables.REGISTER)
    replace_rows(
        season,
        tables.REGISTER,
        people.assign(
            name=["=cmd|' /C calc'!A0", "Ada", "Bob", "Cy"],
            do_not_contact=[False, True, False, False],
            deceased=[False, False, True, False],
        ),
    )
    assert prepare_feedback(released(season), cpd_year=2016) == 4
    prepare_letters(
        season, cpd_year=2016, kind="reminder", member_nos=["X0004"], on=date(2017, 3, 1)
    )
    done = mail_merge(season, tmp_path / "merge", cpd_year=2016)
    rows = list(
        csv.DictReader(
            (tmp_path / "merge" / "mail_merge.csv").open(encoding="utf-8-sig", newline="")
        )
    )
    assert done.sent == len(rows) == 3
    assert {one["reason"] for one in done.left_out} == {"not to be contacted", "has died"}
    assert sorted(row["name"][:2] for row in rows) == ["'=", "Cy", "Cy"]
    assert sorted(row["file"] != "" for row in rows) == [False, True, True]
    assert all(
        (tmp_path / "merge" / row["file"]).read_text(encoding="utf-8")
        == f"<p>{row['email'].split('@')[0].upper()}</p>"
        for row in rows
        if row["file"]
    )
    assert all("CPD record for 2016" in row["text"] for row in rows)
    assert mail_merge(season, tmp_path / "again", cpd_year=2016).sent == 0
    with pytest.raises(SendingRefused, match="already"):
        mail_merge(season, tmp_path / "merge", cpd_year=2016)
    replace_rows(
        season,
        tables.IMPORTS,
        read_table(season, tables.IMPORTS).assign(imported_at=NOW - timedelta(days=8)),
    )
    with pytest.raises(SendingRefused, match="older than 7 days"):
        mail_merge(season, tmp_path / "third", cpd_year=2016)


def test_a_reminder_of_a_day_is_sent_once_and_has_no_attachment(season, tmp_path):
    assert (
        prepare_letters(
            season, cpd_year=2016, kind="reminder", member_nos=["X0001"], on=date(2017, 3, 1)
        )
        == 1
    )
    assert (
        prepare_letters(
            season, cpd_year=2016, kind="reminder", member_nos=["X0001"], on=date(2017, 3, 1)
        )
        == 0
    )
    with Server(tmp_path) as server:
        assert send(season, server).sent == 1
    assert not list(server.taken[0][1].iter_attachments())
    assert "A reminder" in server.taken[0][1]["Subject"]


def test_the_commands_approve_release_and_rehearse_the_sending(season, tmp_path):
    status, answer, _ = run_cli(
        "feedback", "approve", "--cpd-year", 2016, "--by", "Staff", workspace=season.folder
    )
    assert (status, answer["decided"], answer["waiting"]) == (0, 4, 0)
    assert (
        run_cli("feedback", "release", "--cpd-year", 2016, workspace=season.folder)[1]["released"]
        == 4
    )
    status, answer, _ = run_cli(
        "feedback",
        "send",
        "--cpd-year",
        2016,
        "--dry-run",
        tmp_path / "eml",
        workspace=season.folder,
    )
    assert (status, answer["queued"], answer["sent"], answer["would_send"]) == (0, 4, 0, 4)
    assert (
        run_cli("feedback", "outbox", "--cpd-year", 2016, workspace=season.folder)[1]["messages"]
        == {}
    )


def test_nothing_is_sent_to_invented_members(demonstration):
    season = Workspace.open(demonstration[0])
    with pytest.raises(SampleWorkspace):
        prepare_feedback(season, cpd_year=2016)


@pytest.fixture
def approvals(judged_season):
    """Return the page on three judged returns that await a decision, and its season."""
    made = judged_season
    names = sorted(read_table(made, tables.RETURNS)["return_id"])
    numbers = read_table(made, tables.RETURNS).set_index("return_id")["member_no"]
    append_rows(
        made,
        tables.DOCUMENTS,
        pd.DataFrame(
            [
                {
                    "document_id": f"{place:032x}",
                    "cpd_year": 2016,
                    "kind": "individual" if name else "generic",
                    "version": 1,
                    "member_no": numbers.get(name, ""),
                    "return_id": name,
                    "input_digest": "i",
                    "file": "feedback/2016/page.html",
                    "sha256": "s",
                    "rendered_at": NOW,
                    "released_at": None,
                    "recalled_at": None,
                }
                for place, name in enumerate([*names, ""])
            ]
        ),
    )
    return open_approvals(made, cpd_year=2016, decided_by="Staff"), made


def test_the_page_of_approvals_shows_one_document_at_a_time_and_goes_on_to_the_next_that_waits(
    approvals,
):
    shown, made = approvals
    first = shown.documents[0]["document_id"]
    assert "Document 1 of 4" in shown.shown
    assert "Keep going." in shown.shown
    assert "A1" not in shown.shown
    shown.buttons["approved"].click()
    assert "3 still to decide" in shown.said
    shown.onwards.click()
    assert "Document 2 of 4" in shown.shown
    shown.buttons["returned"].click()
    assert "without a reason" in shown.said
    assert "Document 2 of 4" in shown.shown
    shown.reason.value = "A name is in it."
    shown.buttons["returned"].click()
    shown.onwards.click()
    shown.buttons["held"].click()
    shown.onwards.click()
    assert "Feedback for everyone" in shown.shown
    decided = read_table(made, tables.APPROVALS)
    assert sorted(
        zip(decided["decision"], decided["reason"], decided["decided_by"], strict=True)
    ) == [
        ("approved", "", "Staff"),
        ("held", "", "Staff"),
        ("returned", "A name is in it.", "Staff"),
    ]
    assert decided.loc[decided["decision"] == "approved", "document_id"].item() == first
    shown.previous.click()
    assert "So far: <strong>held</strong>" in shown.shown
    assert repr(shown) == "Approvals 2016: 1 of 4 still to decide"


def test_a_second_click_decides_on_no_second_document(approvals):
    shown, made = approvals
    first = shown.documents[0]["document_id"]
    shown.buttons["approved"].click()
    shown.buttons["approved"].click()
    shown.buttons["held"].click()
    shown.next.click()
    assert list(read_table(made, tables.APPROVALS)["document_id"]) == [first]
    assert "Document 1 of 4" in shown.shown
    assert shown.buttons["approved"].layout.display == "none"
    assert shown.children.index(shown.onwards) < shown.children.index(shown.name)
    shown.onwards.click()
    shown.onwards.click()
    assert "Document 2 of 4" in shown.shown
    assert shown.buttons["approved"].layout.display is None


def test_the_page_of_approvals_wants_a_name_points_out_long_sentences_and_shows_markup_as_text(
    approvals,
):
    _, made = approvals
    row = read_table(made, tables.ALLOCATIONS).iloc[0]
    rules = made.rules(2016)
    long = "One <b>two</b> " + "and more " * 13
    said = Judgement(
        levels={criterion.code: rules.levels[0].code for criterion in rules.judged_criteria},
        comments={},
        outcome=rules.outcomes[0].code,
        advice=f"{long}. Short. {long}.",
        state=JudgementState.SUBMITTED,
    )
    record_judgement(
        made,
        row["return_id"],
        assessor_id=row["assessor_id"],
        judgement=said,
        event_id="again",
        expected_version=1,
    )
    shown = open_approvals(made, cpd_year=2016)
    while row["return_id"] != shown.documents[shown.place]["return_id"]:
        shown.next.click()
    assert "2 sentences over 25 words" in shown.shown
    assert "<b>two" not in shown.shown
    assert "&lt;b&gt;two" in shown.shown
    shown.buttons["approved"].click()
    assert "Write your name first" in shown.said
    assert read_table(made, tables.APPROVALS).empty


def test_an_empty_page_of_approvals_says_so(season):
    shown = open_approvals(released(season), cpd_year=2016)
    assert "Nothing is waiting for you" in shown.shown
    assert all(button.disabled for button in shown.buttons.values())


def test_long_sentences_are_counted_as_on_the_assessors_screen():
    exact, over = " ".join(["word"] * 25) + ".", " ".join(["word"] * 26) + "!"
    assert long_sentences(f"{exact} {over}", f"{over} Short?") == [over, over]
    assert (
        long_sentence_note([]),
        long_sentence_note([over]),
        long_sentence_note([over, over]),
    ) == (
        "",
        "1 sentence over 25 words",
        "2 sentences over 25 words",
    )
    script = (
        Path(assessor_kit.__file__).parent / "workbench" / "js" / "judgement" / "long_sentences.js"
    ).read_text(encoding="utf-8")
    assert f"LONG_SENTENCE = {LONGEST}" in script
    assert SENTENCE_END.pattern.replace("(?<=", "/(?<=") in script
