"""What one side says after a judgement is seen and acted on at the other, and told back."""

from datetime import UTC, datetime, timedelta

import pytest
from judged_rounds import (
    approved,
    assessor_of,
    code_of,
    document,
    judge,
    judged_rounds,
    line,
    return_of,
    send_in,
)

from assessor_kit import journey, tables
from assessor_kit.errors import InvalidRequest, MarkingClosed, NotAllocated, NotFound
from assessor_kit.feedback.mail.outbox import send_outbox
from assessor_kit.feedback.release import decide, release_feedback, waiting_documents
from assessor_kit.store import (
    caseload,
    current_judgement,
    hand_back,
    judgement_history,
    note_to_staff,
    open_return,
    other_judgements,
    raise_in_confidence,
    read_table,
    replace_rows,
    returned_texts,
    reviewed_return,
    reviewed_returns,
)
from assessor_kit.store.log.allocation_changes import Change, change_allocations
from assessor_kit.store.rounds.staff_notes import answer_note
from assessor_kit.vocabulary import HandBackReason, Parked, RoundEvent

TODAY = datetime.now(UTC).date()
ASKS = "Please send the dates of your two courses."


@pytest.fixture
def season(tmp_path, database):
    return judged_rounds(tmp_path)


def waiting(season, **options):
    """Return what waits for staff, by kind."""
    found = {}
    for one in journey.rounds_waiting(season, 2016, **options):
        found.setdefault(one.kind, []).append(one)
    return found


def counts(season, **options):
    return journey.status(season, cpd_year=2016, **options)


def send(season, **options):
    """Send what is queued; return what was written to each address."""
    gone = []
    send_outbox(season, cpd_year=2016, deliver=gone.append, sender="cpd@example.org", **options)
    texts = {}
    for one in gone:
        address = str(one["To"]).split("<")[-1].rstrip(">")
        texts[address] = texts.get(address, "") + one.get_content()
    return texts


def row_of(season, return_id, assessor_id):
    rows = caseload(season, assessor_id)
    return rows[rows["return_id"] == return_id].iloc[0]


def second_marking(season, return_id, assessor_id):
    change = Change(
        return_id=return_id,
        marking="second",
        from_assessor="",
        to_assessor=assessor_id,
        reason="a pair",
    )
    change_allocations(season, [change], due_on=TODAY, doubles=[return_id])


# back to the assessor


def test_a_returned_text_is_on_its_assessors_desk_and_back_in_approvals_once_it_is_mended(season):
    name = return_of(season, "X0001")
    who = assessor_of(season, name)
    judge(season, name, advice="Do better.")
    first = document(season, name)
    decide(season, [first], decision="returned", decided_by="Ada", reason="Say what is good.")
    assert counts(season)["texts_returned"] == 1
    (shown,) = waiting(season)["text returned and not mended"]
    assert (shown.about, shown.since) == (code_of(season, name), TODAY)
    assert "Say what is good." in shown.sentence
    assert "text to approve" not in waiting(season)
    assert bool(row_of(season, name, who)["is_returned"])
    opened = open_return(season, name, assessor_id=who)
    (text,) = opened.returned.to_dict("records")
    assert (text["words"], text["who"], text["mended_version"]) == ("Say what is good.", "Ada", 0)
    judge(season, name, advice="You plan well; write the dates too.", submitted=False)
    assert counts(season)["texts_returned"] == 1  # a draft mends nothing
    judge(season, name, advice="You plan well; write the dates too.")
    assert counts(season)["texts_returned"] == 0
    assert not row_of(season, name, who)["is_returned"]
    assert list(waiting_documents(season, cpd_year=2016)["decision"]) == [""]
    with pytest.raises(InvalidRequest, match="mended the text since"):
        decide(season, [first], decision="approved", decided_by="Ada")
    (again,) = waiting(season)["text to approve"]
    assert again.about == code_of(season, name)


def test_a_text_that_is_approved_as_it_is_after_all_is_on_nobodys_desk(season):
    name = return_of(season, "X0001")
    who = assessor_of(season, name)
    judge(season, name, advice="Fine.")
    made = document(season, name)
    decide(season, [made], decision="returned", decided_by="Ada", reason="Say more.")
    decide(season, [made], decision="approved", decided_by="Ada")
    assert counts(season)["texts_returned"] == 0
    assert not row_of(season, name, who)["is_returned"]
    assert release_feedback(season, cpd_year=2016) == (1, 0)


def test_of_a_pair_only_the_returned_text_can_still_be_mended(season):
    name = return_of(season, "X0001")
    one = assessor_of(season, name)
    other = next(who for who in ("A1", "A2", "A3") if who != one)
    second_marking(season, name, other)
    judge(season, name, advice="One.")
    judge(season, name, advice="Two.", assessor_id=other)
    with pytest.raises(MarkingClosed):
        judge(season, name, advice="Late.", submitted=False)
    made = document(season, name)
    decide(season, [made], decision="returned", decided_by="Ada", reason="Say more.")
    with pytest.raises(MarkingClosed):
        judge(season, name, advice="Late.", assessor_id=other)
    judge(season, name, advice="One, and more.")
    assert returned_texts(season, assessor_id=one)["mended_version"].iloc[0] == 2
    with pytest.raises(MarkingClosed):
        judge(season, name, advice="Again.")


# notes


def test_a_note_of_an_assessor_is_seen_by_staff_and_the_answer_comes_back(season):
    name = return_of(season, "X0001")
    who = assessor_of(season, name)
    note_to_staff(season, name, assessor_id=who, words="Is this 2015?", event_id="n1")
    assert note_to_staff(season, name, assessor_id=who, words="Is this 2015?", event_id="n1") == 1
    assert counts(season)["notes_for_staff"] == 1
    (shown,) = waiting(season)["note without an answer"]
    assert (shown.about, "Is this 2015?" in shown.sentence) == (code_of(season, name), True)
    answer_note(season, "n1", words="No: 2016.", written_by="Ada")
    assert counts(season)["notes_for_staff"] == 0
    notes = open_return(season, name, assessor_id=who).notes
    assert list(notes["words"]) == ["Is this 2015?", "No: 2016."]
    with pytest.raises(InvalidRequest, match="has been answered"):
        answer_note(season, "n1", words="Once more.", written_by="Ada")
    with pytest.raises(NotFound):
        answer_note(season, "n2", words="To nobody.", written_by="Ada")


def test_a_note_of_staff_waits_for_its_assessor_who_answers_or_has_read_it(season):
    name = return_of(season, "X0001")
    who = assessor_of(season, name)
    code = code_of(season, name)
    written, whom = journey.write_to_assessor(season, name, to="", words="Look at May.", by="Ada")
    assert whom == who
    assert counts(season)["notes_for_assessors"] == 1
    assert bool(row_of(season, name, who)["has_note"])
    (shown,) = waiting(season)["note that its assessor has not answered"]
    assert shown.about == code
    note_to_staff(season, name, assessor_id=who, words="", answers=written, event_id="n1")
    assert not row_of(season, name, who)["has_note"]
    assert counts(season)["notes_for_assessors"] == 0
    assert counts(season)["notes_for_staff"] == 0  # an answer asks for none
    kinds = [(row["from"], row["state"]) for row in journey.note_list(season, cpd_year=2016)]
    assert kinds == [("Ada", ""), (who, "")]


def test_a_note_goes_to_nobody_elses_desk(season):
    name = return_of(season, "X0001")
    who = assessor_of(season, name)
    other = next(one for one in ("A1", "A2", "A3") if one != who)
    written, _ = journey.write_to_assessor(season, name, to=who, words="For you.", by="Ada")
    with pytest.raises(NotFound):
        journey.write_to_assessor(season, name, to=other, words="For you.", by="Ada")
    with pytest.raises(NotFound):
        note_to_staff(season, name, assessor_id=other, words="", answers=written, event_id="n1")
    with pytest.raises(NotAllocated):
        note_to_staff(season, name, assessor_id=other, words="Mine?", event_id="n2")
    with pytest.raises(InvalidRequest, match="empty"):
        note_to_staff(season, name, assessor_id=who, words=" ", event_id="n3")


def test_notes_and_worries_reach_staff_also_when_both_markings_are_in(season):
    name = return_of(season, "X0001")
    one = assessor_of(season, name)
    other = next(who for who in ("A1", "A2", "A3") if who != one)
    second_marking(season, name, other)
    judge(season, name, advice="One.")
    judge(season, name, advice="Two.", assessor_id=other)
    note_to_staff(season, name, assessor_id=one, words="I see it now.", event_id="n1")
    raise_in_confidence(season, name, assessor_id=other, words="Copied?", event_id="c1")
    assert (counts(season)["notes_for_staff"], counts(season)["in_confidence"]) == (1, 1)


def test_what_was_handed_back_or_raised_waits_with_its_next_step_until_staff_act(season):
    name = return_of(season, "X0001")
    who = assessor_of(season, name)
    code = code_of(season, name)
    other = return_of(season, "X0002")
    raise_in_confidence(
        season, other, assessor_id=assessor_of(season, other), words="Copied?", event_id="c1"
    )
    hand_back(
        season,
        name,
        assessor_id=who,
        reason=HandBackReason.RECOGNISED,
        words="A colleague.",
        event_id="h1",
    )
    (back,) = waiting(season)["handed back"]
    assert back.next == f"assessor-kit reallocate {code} --assessor {who}"
    assert "recognised" in back.sentence
    (raised,) = waiting(season)["raised in confidence"]
    assert raised.next.startswith("assessor-kit notes answer c1")
    journey.reallocate(season, cpd_year=2016, return_id=name, assessor_id=who)
    answer_note(season, "c1", words="We have looked: it is not.", written_by="Ada")
    assert not {"handed back", "raised in confidence"} & set(waiting(season))
    assert counts(season)["in_confidence"] == 0
    rows = journey.handed_back_and_raised(season)
    assert [(row["is_open"], row["next"]) for row in rows] == [(False, ""), (False, "")]
    notes = open_return(season, other, assessor_id=assessor_of(season, other)).notes
    assert list(notes["words"]) == ["Copied?", "We have looked: it is not."]


# versions


def test_a_newer_version_is_taken_into_the_review_and_both_judgements_stay(season, tmp_path):
    old = return_of(season, "X0001")
    who = assessor_of(season, old)
    judge(season, old, advice="Good so far.", submitted=False)
    done = send_in(
        season,
        tmp_path / "second.csv",
        line("X0001", "First talk"),
        line("X0001", "Second talk", month=5),
    )
    assert any("returns waiting" in str(flag.advice) for flag in done.flags)
    assert counts(season)["newer_versions"] == 1
    told = open_return(season, old, assessor_id=who).problems
    assert any("Staff know" in str(one) for one in told["advice"])
    (row,) = journey.waiting_versions(season, cpd_year=2016)
    assert (row["before"], row["new_lines"], row["lines_gone"]) == (code_of(season, old), 1, 0)
    (shown,) = waiting(season)["newer version"]
    assert shown.next == f"assessor-kit returns use {row['return']} --by NAME"
    new = return_of(season, "X0001", parked=Parked.NEWER.value)
    taken = journey.use_version(season, new, by="Ada")
    assert (taken.before_id, taken.new_lines, taken.cause) == (old, (2,), "staff chose it")
    assert counts(season)["newer_versions"] == 0
    assert return_of(season, "X0001") == new
    opened = open_return(season, new, assessor_id=who)
    assert (opened.before.before_id, opened.before.new_lines) == (old, (2,))
    assert len(opened.findings)
    assert current_judgement(season, old, assessor_id=who)[1].advice == "Good so far."
    assert current_judgement(season, new, assessor_id=who) == (0, None)
    rows = caseload(season, who)
    assert old not in set(rows["return_id"])
    assert bool(row_of(season, new, who)["is_newer"])
    judge(season, new, advice="Better still.")
    assert reviewed_return(season, new).judgement.advice == "Better still."
    assert len(judgement_history(season, old, assessor_id=who)) == 1
    letter = send(season)[f"{who.lower()}@example.org"]
    assert code_of(season, new) in letter
    with pytest.raises(InvalidRequest, match="does not wait"):
        journey.use_version(season, new, by="Ada")


def test_a_further_part_waits_too_once_a_judgement_has_begun(season, tmp_path):
    old = return_of(season, "X0001")
    judge(season, old, advice="Good so far.", submitted=False)
    send_in(season, tmp_path / "more.csv", line("X0001", "Second talk", month=5), add=True)
    taken = journey.use_version(
        season, return_of(season, "X0001", parked=Parked.NEWER.value), by="Ada"
    )
    assert (taken.new_lines, taken.lines_gone) == ((2,), 0)
    lines = read_table(season, tables.ACTIVITIES, return_id=taken.return_id)
    assert list(lines["title"]) == ["First talk", "Second talk"]


def test_a_version_of_a_return_that_was_handed_back_goes_to_somebody_else(season, tmp_path):
    old = return_of(season, "X0001")
    who = assessor_of(season, old)
    judge(season, old, advice="Begun.", submitted=False)
    hand_back(
        season,
        old,
        assessor_id=who,
        reason=HandBackReason.RECOGNISED,
        words="",
        event_id="h1",
    )
    send_in(season, tmp_path / "second.csv", line("X0001", "Other talk"))
    new = return_of(season, "X0001", parked=Parked.NEWER.value)
    journey.use_version(season, new, by="Ada")
    assert read_table(season, tables.ALLOCATIONS, return_id=new).empty
    journey.allocate(season, cpd_year=2016, seed="s")
    assert assessor_of(season, new) != who


# a little more


def ask_for_more(season):
    name = return_of(season, "X0001")
    judge(season, name, advice=ASKS, outcome="more_please")
    return name, approved(season, name)


def test_an_approved_judgement_that_asks_for_more_writes_to_the_member(season):
    name, _ = ask_for_more(season)
    (row,) = journey.information_rounds(season, cpd_year=2016)
    due = TODAY + timedelta(days=season.rules(2016).rounds.more_due)
    assert (row["state"], row["due"]) == ("open", due)
    assert counts(season)["rounds_open"] == 1
    text = send(season)["x0001@example.org"]
    assert ASKS in text.replace("\n", " ")
    assert f"{due:%d %B %Y}".lstrip("0") in text
    assert "Nobody passes or fails" in text
    assert release_feedback(season, cpd_year=2016) == (0, 1)  # the member is asked, not told
    decide(
        season,
        list(read_table(season, tables.DOCUMENTS)["document_id"]),
        decision="approved",
        decided_by="Ada",
    )
    assert len(journey.information_rounds(season, cpd_year=2016)) == 1
    assert waiting(season)["a little more, waited for"][0].about == code_of(season, name)


def test_what_the_member_sends_is_back_on_the_same_desk_with_what_is_new(season, tmp_path):
    name, made = ask_for_more(season)
    who = assessor_of(season, name)
    done = send_in(
        season, tmp_path / "more.csv", line("X0001", "Course with dates", month=6), add=True
    )
    assert any("asked for a little more" in note.found for note in done.notes)
    assert not any("judgement" in flag.found for flag in done.flags)
    new = return_of(season, "X0001")
    assert new != name
    opened = open_return(season, new, assessor_id=who)
    assert opened.before.cause == "a little more was asked for"
    assert opened.before.new_lines == (2,)
    (row,) = journey.information_rounds(season, cpd_year=2016)
    assert (row["state"], row["answer"]) == ("answered", code_of(season, new))
    assert counts(season)["rounds_answered"] == 1
    judge(season, new, advice="Thank you: now it is clear.")
    assert current_judgement(season, name, assessor_id=who)[1].advice == ASKS
    assert reviewed_returns(season, 2016) == [new]
    # the letter that was not sent yet does not go any more, nor does the old feedback
    assert "x0001@example.org" not in send(season)
    assert made not in set(waiting_documents(season, cpd_year=2016)["document_id"])
    approved(season, new)
    assert release_feedback(season, cpd_year=2016)[0] == 1


def test_who_sends_nothing_is_reminded_once_and_gets_advice_for_next_year(season):
    name, made = ask_for_more(season)
    send(season)
    days = season.rules(2016).rounds
    due = TODAY + timedelta(days=days.more_due)
    late = due + timedelta(days=days.more_reminder)
    assert journey.remind_of_rounds(season, cpd_year=2016, by="Ada", today=due).queued == 0
    assert counts(season, today=due + timedelta(days=1))["rounds_late"] == 1
    assert journey.remind_of_rounds(season, cpd_year=2016, by="Ada", today=late).queued == 1
    assert journey.remind_of_rounds(season, cpd_year=2016, by="Ada", today=late).queued == 0
    assert send(season) == {}  # not on the day of the letter itself
    text = send(season, today=late)["x0001@example.org"]
    assert "have not received it" in text.replace("\n", " ")
    over = due + timedelta(days=days.more_end)
    (shown,) = waiting(season, today=over)["a little more, nothing came"]
    assert shown.next == f"assessor-kit rounds end {code_of(season, name)} --by NAME"
    journey.end_round(season, name, by="Ada", why="nothing came by post either")
    ended = reviewed_return(season, name)
    assert (ended.judgement.outcome, ended.nothing_came) == ("advice", True)
    (row,) = journey.information_rounds(season, cpd_year=2016)
    assert (row["state"], row["why"]) == (
        RoundEvent.ENDED.value,
        "nothing came by post either",
    )
    with pytest.raises(InvalidRequest, match="is over"):
        journey.end_round(season, name, by="Ada", why="")
    decide(season, [made], decision="approved", decided_by="Ada")
    assert len(journey.information_rounds(season, cpd_year=2016)) == 1  # no second round
    assert release_feedback(season, cpd_year=2016)[0] == 1


def test_staff_give_a_member_more_time(season):
    name, _ = ask_for_more(season)
    later = TODAY + timedelta(days=90)
    with pytest.raises(InvalidRequest, match="is not after"):
        journey.extend_round(season, name, until=TODAY, by="Ada", why="")
    journey.extend_round(season, name, until=later, by="Ada", why="was ill")
    (row,) = journey.information_rounds(season, cpd_year=2016, today=later)
    assert (row["state"], row["due"], row["why"]) == ("open", later, "was ill")
    with pytest.raises(NotFound, match="Nothing more is asked"):
        journey.end_round(season, return_of(season, "X0002"), by="Ada", why="")


# queries and appeals


def test_a_query_is_recorded_with_its_deadline_and_answered_by_letter(season):
    asked = journey.ask_query(
        season, member_no="X0002", cpd_year=2016, what="Where is my talk?", by="Ada"
    )
    assert asked.due_on == TODAY + timedelta(days=season.rules(2016).rounds.answer_query)
    assert counts(season)["queries_open"] == 1
    assert counts(season, today=asked.due_on + timedelta(days=1))["queries_overdue"] == 1
    (shown,) = waiting(season)["query"]
    assert (shown.due_on, "Where is my talk?" in shown.sentence) == (asked.due_on, True)
    with pytest.raises(InvalidRequest, match="Nothing in the judgement has changed"):
        journey.close_query(season, asked.query_id, answer="It counts.", is_changed=True, by="Ada")
    journey.close_query(season, asked.query_id, answer="It is there.", is_changed=False, by="Ada")
    text = send(season)["x0002@example.org"]
    assert "Where is my talk?" in text
    assert "It is there." in text
    assert "stays as it is" in text
    assert "query" not in waiting(season)
    with pytest.raises(InvalidRequest, match="has been answered"):
        journey.close_query(season, asked.query_id, answer="No.", is_changed=False, by="Ada")
    assert vars(journey.count_queries(season, cpd_year=2016)) == {
        "queries": 1,
        "appeals": 0,
        "answered": 1,
        "changed": 0,
    }


def test_a_query_that_changes_the_feedback_waits_for_its_new_version(season):
    name = return_of(season, "X0002")
    judge(season, name, advice="The talk is missing.")
    made = approved(season, name)
    release_feedback(season, cpd_year=2016)
    asked = journey.ask_query(
        season, member_no="X0002", cpd_year=2016, what="It is on line 1.", by="Ada"
    )
    decide(season, [made], decision="returned", decided_by="Ada", reason="See line 1.")
    judge(season, name, advice="The talk is there: good.")
    journey.close_query(season, asked.query_id, answer="You are right.", is_changed=True, by="Ada")
    (shown,) = waiting(season)["query"]
    assert "new version to release" in shown.sentence
    approved(season, name, version=2)
    release_feedback(season, cpd_year=2016)
    assert "query" not in waiting(season)
    assert counts(season)["outcomes_changed"] == 1
    assert "new version" in send(season)["x0002@example.org"]


def test_an_appeal_is_reviewed_by_somebody_who_sees_neither_judgement(season):
    name = return_of(season, "X0003")
    one = assessor_of(season, name)
    fresh, other = (who for who in ("A1", "A2", "A3") if who != one)
    judge(season, name, advice="Send more.", outcome="advice")
    with pytest.raises(InvalidRequest, match="no released feedback"):
        journey.ask_query(
            season, member_no="X0003", cpd_year=2016, what="Again?", by="Ada", is_appeal=True
        )
    approved(season, name)
    release_feedback(season, cpd_year=2016)
    asked = journey.ask_query(
        season, member_no="X0003", cpd_year=2016, what="Again, please.", by="Ada", is_appeal=True
    )
    with pytest.raises(InvalidRequest, match="no fresh judgement"):
        journey.close_query(season, asked.query_id, answer="No.", is_changed=False, by="Ada")
    with pytest.raises(InvalidRequest, match="marks it already"):
        journey.review_appeal(season, asked.query_id, to=one, by="Ada")
    journey.review_appeal(season, asked.query_id, to=fresh, by="Ada")
    assert name in set(caseload(season, fresh)["return_id"])
    with pytest.raises(Exception, match="cannot be read until both"):
        other_judgements(season, name, assessor_id=fresh)
    assert name in reviewed_returns(season, 2016)  # the feedback that was released stands meanwhile
    with pytest.raises(InvalidRequest, match="reviews it already"):
        journey.review_appeal(season, asked.query_id, to=other, by="Ada")
    judge(season, name, advice="Nothing is to be done.", outcome="no_action", assessor_id=fresh)
    assert reviewed_return(season, name).judgement.outcome == "advice"
    with pytest.raises(InvalidRequest, match="nothing is agreed yet"):
        journey.close_query(season, asked.query_id, answer="Changed.", is_changed=True, by="Ada")
    assert "with a moderator" in waiting(season)["appeal"][0].sentence
    journey.agree(season, name, side="fresh", why="Nothing is missing.", by="Mo")
    journey.close_query(season, asked.query_id, answer="Changed.", is_changed=True, by="Ada")
    assert reviewed_return(season, name).judgement.outcome == "no_action"
    assert journey.count_queries(season, cpd_year=2016).appeals == 1
    (shown,) = waiting(season)["appeal"]
    assert "new version to release" in shown.sentence
    approved(season, name, version=2)
    release_feedback(season, cpd_year=2016)
    assert "appeal" not in waiting(season)


def test_a_conflict_of_interest_bars_a_fresh_reviewer(season):
    name = return_of(season, "X0003")
    one = assessor_of(season, name)
    fresh = next(who for who in ("A1", "A2", "A3") if who != one)
    people = read_table(season, tables.ASSESSORS, assessor_id=fresh)
    replace_rows(season, tables.ASSESSORS, people.assign(conflicts="X0003"))
    with pytest.raises(InvalidRequest, match="a conflict with the member is named"):
        journey.assign_fresh_reviewer(season, name, fresh, reason="appeal", by="Ada")
    with pytest.raises(NotFound):
        journey.assign_fresh_reviewer(season, name, "A99", reason="appeal", by="Ada")
