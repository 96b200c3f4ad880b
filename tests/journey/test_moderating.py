"""What two assessors say differently, or ask of staff, is settled, answered and told back.

Said on one side, seen and acted on at the other, told back: on both databases.
"""

import json

import pandas as pd
import pytest
from seasons import add_return, allocate, judgement, put, small_season

from assessor_kit import journey, tables
from assessor_kit.cli import main
from assessor_kit.errors import (
    Conflict,
    InvalidRequest,
    MarkingClosed,
    NotFound,
    NotVisibleYet,
    StaffOnly,
)
from assessor_kit.feedback.batch.jobs import wanted_documents
from assessor_kit.feedback.release import (
    decide,
    document_texts,
    held_by_moderation,
    release_feedback,
)
from assessor_kit.files import write_private
from assessor_kit.store import (
    caseload,
    current_judgement,
    mask_returns,
    other_judgements,
    read_table,
    record_judgement,
)
from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.exchange.hand_ins import merge_hand_in
from assessor_kit.store.exchange.packs import hand_in, make_pack, open_pack
from assessor_kit.store.log.agreed_judgements import agreed_for
from assessor_kit.store.log.answers import answers_to, news_for
from assessor_kit.store.log.chain import check_log
from assessor_kit.store.moderated import moderated_return, standing_judgements_of_year
from assessor_kit.store.rights.erasure import erase_member
from assessor_kit.store.rights.subject_access import write_subject_access
from assessor_kit.vocabulary import Raised, SecondMarkingReason, StaffAnswer
from assessor_kit.workbench.afterwards import told_afterwards
from assessor_kit.workbench.moderating.moderation_page import DONE, open_moderation
from assessor_kit.workbench.screen import Sitting

YEAR = 2016
DAY = pd.Timestamp(2017, 3, 1).to_pydatetime()


@pytest.fixture
def season(tmp_path, database):
    made = small_season(tmp_path / "w")
    for name, employer in (("A3", ""), ("A4", "Brightwater Grid Ltd")):
        put(
            made,
            tables.ASSESSORS,
            {
                "assessor_id": name,
                "member_no": "",
                "name": f"Assessor {name}",
                "email": f"{name}@example.org",
                "disciplines": "power",
                "employer": employer,
                "capacity": 9,
                "conflicts": "",
            },
        )
    return made


def submit(season, return_id, assessor_id, *, version=0, **said):
    """Submit a judgement, and return its version."""
    return record_judgement(
        season,
        return_id,
        assessor_id=assessor_id,
        judgement=judgement(submitted=True, **said),
        event_id=f"{return_id}-{assessor_id}-{version}",
        expected_version=version,
    )


def differing(season):
    """Have A1 and A2 judge r1 differently in the outcome and the advice."""
    submit(season, "r1", "A1", outcome="advice", advice="Plan more.")
    submit(season, "r1", "A2", outcome="no_action", advice="Well done.")


def kinds(season):
    return [one.kind for one in journey.moderation_waiting(season, YEAR)]


def approved(season, return_id, number):
    name = f"{number:032x}"
    page = season.folder / "feedback" / str(YEAR) / f"{name}.html"
    put(
        season,
        tables.DOCUMENTS,
        {
            "document_id": name,
            "cpd_year": YEAR,
            "kind": "individual",
            "version": 1,
            "member_no": f"X000{number}",
            "return_id": return_id,
            "input_digest": "i",
            "file": f"feedback/{YEAR}/{name}.html",
            "sha256": write_private(page, b"<p>words</p>"),
            "rendered_at": DAY,
            "released_at": None,
            "recalled_at": None,
        },
    )
    decide(season, [name], decision="approved", decided_by="Ada")


def test_two_assessors_differ_a_moderator_settles_it_and_both_read_what_stands(season):
    differing(season)
    approved(season, "r1", 1)
    [waiting] = journey.moderation_waiting(season, YEAR)
    assert (waiting.kind, waiting.pseudonym) == ("differing markings", "R-r1")
    assert waiting.sentence == "The first and second judgements of R-r1 differ in Outcome."
    assert waiting.next_command == "assessor-kit moderate take R-r1 --side first"
    assert journey.season_status(season, cpd_year=YEAR).names["differing"] == [{"return": "R-r1"}]
    [held] = held_by_moderation(season, cpd_year=YEAR)
    assert held.reason == "its markings differ in Outcome, and nothing is agreed yet"
    assert release_feedback(season, cpd_year=YEAR) == (0, 1)
    before = wanted_documents(season, YEAR)[0].input_digest

    journey.agree(
        season,
        "r1",
        side="first",
        points={"outcome": "second"},
        words={"advice": "Plan a little more; well done."},
        why="The plan is nearly there.",
        by="Ada Byron",
    )

    assert kinds(season) == []
    assert wanted_documents(season, YEAR)[0].input_digest != before
    told = document_texts(season, "r1")
    assert (told.outcome, told.advice) == ("no action needed", "Plan a little more; well done.")
    for assessor in ("A1", "A2"):
        agreed = agreed_for(season.as_assessor(assessor), "r1", assessor_id=assessor)
        assert (agreed.why, agreed.judgement.outcome) == ("The plan is nearly there.", "no_action")
        assert news_for(season, assessor_id=assessor, return_ids=["r1"]) == {"r1": ["agreed"]}
    told = told_afterwards(season, "r1", assessor_id="A1", rules=season.rules(YEAR))
    assert [row["label"] for row in told["agreed"]["rows"] if row["differs"]] == [
        "Outcome",
        "Advice",
    ]
    # the markings themselves stay, and the agreement between them is still of what they said
    assert current_judgement(season, "r1", assessor_id="A1")[1].outcome == "advice"
    assert list(standing_judgements_of_year(season, YEAR)["outcome"]) == ["no_action"]
    assert release_feedback(season, cpd_year=YEAR) == (1, 0)
    with read_transaction(season.engine) as connection:
        assert check_log(connection).verified


def test_nothing_is_settled_before_both_are_in_and_nothing_is_read_before_it_stands(season):
    submit(season, "r1", "A1")
    with pytest.raises(NotVisibleYet):
        journey.agree(season, "r1", side="first", why="it is clear", by="Ada")
    submit(season, "r1", "A2", outcome="no_action")
    assert agreed_for(season, "r1", assessor_id="A1") is None
    with pytest.raises(StaffOnly):
        journey.agree(season.as_assessor("A1"), "r1", side="first", why="mine", by="A1")


@pytest.mark.parametrize(
    ("by", "sentence"),
    [
        ("A1", "they mark it already"),
        ("assessor a2", "they mark it already"),
        ("A4", "they have the same employer"),
    ],
)
def test_a_moderator_is_no_marker_and_has_no_conflict(season, by, sentence):
    differing(season)
    with pytest.raises(InvalidRequest, match=sentence):
        journey.agree(season, "r1", side="first", why="it is clear", by=by)
    journey.agree(season, "r1", side="first", why="it is clear", by="A3")


def test_what_was_compared_must_still_stand_and_names_and_reasons_are_needed(season):
    differing(season)
    with pytest.raises(Conflict):
        journey.agree(season, "r1", side="first", why="so", by="Ada", settles={"first": "old"})
    for why, by in (("", "Ada"), ("so", " ")):
        with pytest.raises(InvalidRequest):
            journey.agree(season, "r1", side="first", why=why, by=by)
    with pytest.raises(InvalidRequest, match="no fresh judgement"):
        journey.agree(season, "r1", side="fresh", why="so", by="Ada")
    with pytest.raises(InvalidRequest, match="no point 'outcom'"):
        journey.agree(season, "r1", side="first", points={"outcom": "second"}, why="so", by="Ada")


def test_a_second_look_holds_the_feedback_is_answered_and_comes_back_to_the_assessor(season):
    submit(season, "r2", "A1", second_look=True, private_note="Are the hours right?")
    approved(season, "r2", 2)
    assert kinds(season) == ["second look"]
    assert journey.season_status(season, cpd_year=YEAR).counts["second_looks"] == 1
    assert "second look" in held_by_moderation(season, cpd_year=YEAR)[0].reason
    journey.answer_assessor(
        season,
        "r2",
        assessor_id="A1",
        about=Raised.SECOND_LOOK,
        answer=StaffAnswer.STANDS,
        words="They are; thank you.",
        by="Ada",
    )
    assert kinds(season) == []
    assert journey.season_status(season, cpd_year=YEAR).counts["second_looks"] == 0
    sitting = Sitting(season.as_assessor("A1"), "A1")
    sitting.answer({"kind": "open", "return_id": "r2", "event_id": "x"})
    [answer] = json.loads(sitting.page)["afterwards"]["answers"]
    assert (answer["about"], answer["words"]) == ("second look", "They are; thank you.")
    assert release_feedback(season, cpd_year=YEAR) == (1, 0)


def test_a_disagreement_with_the_machine_is_answered_beside_its_words(season):
    submit(season, "r2", "A1", disagreements={"total_hours": "The line was read twice."})
    [waiting] = journey.moderation_waiting(season, YEAR)
    assert waiting.sentence == "A1 sees R-r2 otherwise than its finding on Hours."
    assert "read twice" not in waiting.sentence
    journey.answer_assessor(
        season,
        "r2",
        assessor_id="A1",
        about=Raised.DISAGREEMENT,
        criterion="total_hours",
        answer=StaffAnswer.CHANGE,
        words="You are right; we score it again.",
        by="Ada",
    )
    [answer] = answers_to(season.as_assessor("A1"), "r2", assessor_id="A1")
    assert (answer.said, answer.answer) == ("The line was read twice.", StaffAnswer.CHANGE)
    assert kinds(season) == []
    # what is submitted anew is looked at anew
    submit(season, "r2", "A1", version=1, disagreements={"total_hours": "It still is."})
    assert kinds(season) == ["disagreement"]


def test_nothing_is_answered_that_nobody_raised_nor_by_who_raised_it(season):
    submit(season, "r2", "A1", second_look=True)
    asked = {"about": Raised.SECOND_LOOK, "answer": StaffAnswer.STANDS, "words": "It is."}
    with pytest.raises(NotFound):
        journey.answer_assessor(season, "r3", assessor_id="A2", by="Ada", **asked)
    with pytest.raises(InvalidRequest, match="mark it already"):
        journey.answer_assessor(season, "r2", assessor_id="A1", by="A1", **asked)


def test_what_is_sent_to_a_moderator_waits_until_something_is_agreed(season):
    submit(season, "r2", "A1", second_look=True)
    journey.answer_assessor(
        season,
        "r2",
        assessor_id="A1",
        about=Raised.SECOND_LOOK,
        answer=StaffAnswer.MODERATOR,
        words="A moderator decides.",
        by="Ada",
    )
    assert kinds(season) == ["sent to a moderator"]
    assert "sent to a moderator" in moderated_return(season, "r2").held_because(season.rules(YEAR))
    journey.agree(
        season, "r2", side="first", words={"advice": "Go on so."}, why="It is fine.", by="Cy"
    )
    assert kinds(season) == []
    with pytest.raises(MarkingClosed):
        submit(season, "r2", "A1", version=1)


def test_second_markings_are_chosen_by_rule_with_their_reasons_and_given_to_somebody_blind(season):
    submit(season, "r2", "A1", outcome="more_please", second_look=True)
    submit(season, "r3", "A2")
    made = journey.select_second_markings(
        season,
        cpd_year=YEAR,
        by="Ada",
        choose=[SecondMarkingReason.ASKS, SecondMarkingReason.FLAGGED],
    )
    assert made.chosen == {"r2": ("outcome asks something", "flagged")}
    assert "short second marking" in kinds(season)
    assert "second marking" in moderated_return(season, "r2").held_because(season.rules(YEAR))
    journey.allocate(season, cpd_year=YEAR, seed="s")
    held = read_table(season, tables.ALLOCATIONS, return_id="r2", marking="second")
    assert held.iloc[0]["assessor_id"] not in {"A1", ""}
    assert "short second marking" not in kinds(season)
    with pytest.raises(NotVisibleYet):
        other_judgements(season, "r2", assessor_id=held.iloc[0]["assessor_id"])
    again = journey.select_second_markings(
        season, cpd_year=YEAR, by="Ada", choose=[SecondMarkingReason.FLAGGED]
    )
    assert (again.chosen, again.already) == ({}, {"r2": ("flagged",)})


def test_a_choice_is_taken_back_with_a_reason_as_long_as_nobody_has_it(season):
    made = journey.select_second_markings(
        season, cpd_year=YEAR, by="Ada", share_percent=100, choose=[], seed="s"
    )
    assert sorted(made.chosen) == ["r2", "r3"]  # r1 is marked twice already
    journey.withdraw_second_marking(season, "r3", why="nobody has room", by="Ada")
    journey.allocate(season, cpd_year=YEAR, seed="s")
    with pytest.raises(Conflict):
        journey.withdraw_second_marking(season, "r2", why="too late", by="Ada")
    record = journey.choices_of_year(season, cpd_year=YEAR)
    assert [list(reasons) for reasons in record["reasons"]] == [["random share"]] * 2 + [[]]
    assert record.iloc[-1]["why"] == "nobody has room"


def test_no_rule_chooses_anything_where_the_scheme_says_nothing(season):
    with pytest.raises(InvalidRequest, match="Nothing says which returns"):
        journey.select_second_markings(season, cpd_year=YEAR, by="Ada")


def fresh(season):
    journey.assign_fresh_reviewer(season, "r1", "A3", reason="The member appealed.", by="Ada")


def test_a_fresh_reviewer_sees_neither_judgement_until_something_is_agreed_after_theirs(season):
    differing(season)
    journey.agree(season, "r1", side="first", why="so", by="Ada")
    fresh(season)
    own = season.as_assessor("A3")
    assert list(caseload(own, "A3")["marking"]) == ["fresh"]
    with pytest.raises(NotVisibleYet):
        other_judgements(own, "r1", assessor_id="A3")
    assert "fresh review" in moderated_return(season, "r1").held_because(season.rules(YEAR))
    submit(season, "r1", "A3", outcome="no_action", advice="All is well.")
    with pytest.raises(NotVisibleYet):
        other_judgements(own, "r1", assessor_id="A3")
    assert agreed_for(own, "r1", assessor_id="A3") is None
    assert set(other_judgements(season, "r1", assessor_id="A1")) == {"A2"}
    with pytest.raises(MarkingClosed):
        submit(season, "r1", "A1", version=1)

    [waiting] = journey.moderation_waiting(season, YEAR)
    assert waiting.sentence == "The agreed and fresh judgements of R-r1 differ in Outcome."
    journey.agree(season, "r1", side="fresh", why="The appeal is right.", by="Ada")
    assert document_texts(season, "r1").advice == "All is well."
    assert set(other_judgements(own, "r1", assessor_id="A3")) == {"A1", "A2"}
    assert agreed_for(own, "r1", assessor_id="A3").why == "The appeal is right."
    assert set(other_judgements(season, "r1", assessor_id="A1")) == {"A2", "A3"}
    assert kinds(season) == []


@pytest.mark.parametrize(
    ("assessor", "sentence"),
    [("A1", "mark it already"), ("A4", "same employer"), ("A3", "they agreed")],
)
def test_a_fresh_reviewer_has_had_nothing_to_do_with_the_return(season, assessor, sentence):
    differing(season)
    journey.agree(season, "r1", side="first", why="so", by="A3")
    with pytest.raises(InvalidRequest, match=sentence):
        journey.assign_fresh_reviewer(season, "r1", assessor, reason="an appeal", by="Ada")


def test_the_first_marker_of_an_appealed_return_changes_nothing_and_counts_stay(season):
    submit(season, "r2", "A1")
    journey.assign_fresh_reviewer(season, "r2", "A3", reason="an appeal", by="Ada")
    with pytest.raises(MarkingClosed, match="fresh reviewer"):
        submit(season, "r2", "A1", version=1)
    counts = journey.season_status(season, cpd_year=YEAR).counts
    assert (counts["judged"], counts["differing"]) == (1, 0)
    journey.allocate(season, cpd_year=YEAR, seed="s")
    rows = read_table(season, tables.ALLOCATIONS, return_id="r2")
    assert dict(zip(rows["marking"], rows["assessor_id"], strict=True)) == {
        "first": "A1",
        "fresh": "A3",
    }


def test_a_pack_takes_what_was_agreed_and_answered_along_and_nothing_of_it_comes_back(
    season, tmp_path
):
    submit(season, "r1", "A1", outcome="advice", second_look=True)
    submit(season, "r1", "A2", outcome="no_action")
    journey.answer_assessor(
        season,
        "r1",
        assessor_id="A1",
        about=Raised.SECOND_LOOK,
        answer=StaffAnswer.STANDS,
        words="It is.",
        by="Ada",
    )
    journey.agree(season, "r1", side="second", why="The plan is there.", by="Ada")
    made = make_pack(season, "A1", tmp_path / "a1.pack")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("ASSESSOR_KIT_DATABASE", raising=False)
        laptop = open_pack(tmp_path / "a1.pack", tmp_path / "laptop", passphrase=made["passphrase"])
        assert agreed_for(laptop, "r1", assessor_id="A1").why == "The plan is there."
        assert [one.words for one in answers_to(laptop, "r1", assessor_id="A1")] == ["It is."]
        assert hand_in(laptop, tmp_path / "in") == 0
    assert merge_hand_in(season, tmp_path / "in").added == 0


def test_erasure_and_subject_access_know_what_was_agreed_answered_and_appealed(season, tmp_path):
    submit(season, "r1", "A1", outcome="advice", second_look=True)
    submit(season, "r1", "A2", outcome="no_action")
    journey.agree(season, "r1", side="second", why="The plan is there.", by="Ada Byron")
    fresh(season)
    files = {path.stem: path for path in write_subject_access(season, "X0001", tmp_path / "out")}
    told = json.loads(files["agreed_judgements"].read_text())
    assert (told[0]["why"], told[0]["by"]) == ("The plan is there.", "staff")
    assert "appealed" in files["fresh_reviews"].read_text()
    assert not any("Ada Byron" in path.read_text() for path in files.values())
    erase_member(season, "X0001")
    assert read_table(season, tables.FRESH_REVIEWS).empty
    assert kinds(season) == []
    with read_transaction(season.engine) as connection:
        assert check_log(connection).verified


def test_the_page_lists_opens_records_and_says_what_was_refused(season):
    differing(season)
    page = open_moderation(season, cpd_year=YEAR)
    heard = []
    page.send = heard.append
    listing = json.loads(page.listing)
    assert [row["return"] for row in listing["rows"]] == ["R-r1"]
    assert repr(page) == "ModerationPage: 1 waiting"
    page._hear(page, {"kind": "open", "return_id": "r1", "event_id": "o"}, [])  # noqa: SLF001
    shown = json.loads(page.page)
    assert shown["points"][0]["label"] == "Outcome"
    assert not any(name in page.page for name in ("Ada Example", "X0001", "Brightwater"))
    message = {
        "kind": "agree",
        "return_id": "r1",
        "by": "A1",
        "why": "so",
        "words": {},
        "taken": {point["code"]: "second" for point in shown["points"]},
        "settles": shown["settles"],
        "event_id": "g",
    }
    page._hear(page, message, [])  # noqa: SLF001
    assert heard[-1]["text"].startswith("NOT RECORDED: A1 must not moderate this return")
    page._hear(page, {**message, "by": "Ada"}, [])  # noqa: SLF001
    assert heard[-1]["kind"] == "told"
    page._hear(page, {"kind": "list", "only": DONE, "event_id": "l"}, [])  # noqa: SLF001
    assert json.loads(page.listing)["rows"][0]["sentence"] == "R-r1: agreed by Ada."


def told(capsys, season, words):
    """Return the status and the answer of a command."""
    capsys.readouterr()
    status = main([*words.split(), "--json", "--workspace", str(season.folder)])
    return status, json.loads(capsys.readouterr().out)


def test_the_same_is_done_by_commands(season, capsys):
    differing(season)
    submit(season, "r2", "A1", second_look=True)
    status, answer = told(capsys, season, "moderate list")
    assert status == 0
    assert [row["kind"] for row in answer["waiting"]] == ["differing markings", "second look"]
    _, tried = told(
        capsys,
        season,
        "moderate take R-r1 --side first --because so --by Ada --dry-run",
    )
    assert (tried["waiting"], len(kinds(season))) == (1, 2)
    status, done = told(
        capsys,
        season,
        "moderate take R-r1 --side first --point advice=second --because so --by Ada",
    )
    assert (status, done["taken"]) == (0, {"side": "first", "advice": "second"})
    status, done = told(
        capsys,
        season,
        "moderate answer R-r2 --about second-look --answer stands --because yes --by Ada",
    )
    assert (status, done["waiting"]) == (0, 0)
    status, refused = told(
        capsys,
        season,
        "moderate answer R-r2 --about disagreement --answer stands --because yes --by Ada",
    )
    assert status == 2
    assert "--criterion" in refused["error"]
    status, done = told(capsys, season, "moderate fresh R-r2 --to A3 --because appeal --by Ada")
    assert (status, done["assessor"]) == (0, "A3")


def test_release_lists_what_is_held_and_why(season, capsys):
    differing(season)
    approved(season, "r1", 1)
    status, answer = told(capsys, season, f"feedback release --cpd-year {YEAR}")
    assert (status, answer["released"], answer["held"]) == (0, 0, 1)
    assert answer["held_because"][0]["return"] == "R-r1"


def test_a_marking_that_comes_after_the_agreement_has_to_be_settled_again(season):
    """A second marking that was chosen later differs from what was agreed about the first."""
    submit(season, "r2", "A1", second_look=True)
    journey.agree(season, "r2", side="first", why="It is fine.", by="Ada")
    allocate(season, "r2", "A3", "second")
    mask_returns(season, ["r2"])
    assert agreed_for(season, "r2", assessor_id="A3") is None
    submit(season, "r2", "A3", outcome="no_action")
    assert "differing markings" in kinds(season)
    assert [side.name for side in moderated_return(season, "r2").sides] == ["agreed", "second"]


def test_markings_one_level_apart_need_not_be_settled(season):
    add_return(season, "r4", "X0004")
    allocate(season, "r4", "A1")
    allocate(season, "r4", "A2", "second")
    submit(season, "r4", "A1", levels={"reflection": "sound"})
    submit(season, "r4", "A2", levels={"reflection": "strong"})
    assert kinds(season) == []
    assert moderated_return(season, "r4").held_because(season.rules(YEAR)) == ""
