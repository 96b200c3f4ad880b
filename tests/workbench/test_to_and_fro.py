"""What staff and an assessor tell each other, on the assessor's screen in a real browser."""

from axe_playwright_python.sync_playwright import Axe
from places import eventually, focus_form, judged, open_return_of, says
from seasons import put

from assessor_kit import journey, tables
from assessor_kit.feedback.release import decide
from assessor_kit.files import write_private
from assessor_kit.journey.rounds.newer_versions import use_version
from assessor_kit.store import caseload, read_table
from assessor_kit.store.rounds.staff_notes import answer_note
from assessor_kit.vocabulary import JudgementState, Parked

HEAD = "member_no,title,activity_type,area,planned,started_on,hours,reflection\n"


def advice_of(page):
    return page.get_by_label("Advice to the member")


def submit(page, season, advice):
    """Judge the open return on the page, with this advice, and submit it."""
    focus_form(page)
    for _ in season.rules(2016).judged_criteria:
        page.keyboard.press("2")
        page.keyboard.press("j")
    page.keyboard.press("1")
    says(page, "Saved")
    advice_of(page).fill(advice)
    says(page, "Saved")
    focus_form(page)
    page.keyboard.press("Shift+S")
    says(page, "ubmitted")


def document_of(season, return_id):
    name = f"{return_id}{1:016x}"
    row = read_table(season, tables.RETURNS, return_id=return_id).iloc[0]
    page = season.folder / "feedback" / "2016" / f"{name}.html"
    put(
        season,
        tables.DOCUMENTS,
        {
            "document_id": name,
            "cpd_year": 2016,
            "kind": "individual",
            "version": 1,
            "member_no": row["member_no"],
            "return_id": return_id,
            "input_digest": "i",
            "file": f"feedback/2016/{name}.html",
            "sha256": write_private(page, b"<p>one</p>"),
            "rendered_at": row["received_at"],
            "released_at": None,
            "recalled_at": None,
        },
    )
    return name


def test_a_returned_text_comes_first_with_its_reason_and_before_and_after_side_by_side(app):
    page, _ = app.open()
    season = app.season
    return_id = open_return_of(page, season)
    submit(page, season, "Do better.")
    decide(
        season,
        [document_of(season, return_id)],
        decision="returned",
        decided_by="Ada",
        reason="Say first what is good.",
    )
    app.reopen(page)
    assert open_return_of(page, season) == return_id  # before all that was never begun
    section = page.get_by_role("region", name="Staff returned this text to you")
    assert "Say first what is good." in section.inner_text()
    row = section.get_by_role("row", name="Advice")
    assert row.get_by_role("cell").all_text_contents() == ["Do better.", "Do better."]
    page.get_by_role("button", name="My returns").click()
    assert "returned by staff" in page.locator("tr[aria-current]").inner_text()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Reopen this judgement").click()
    page.get_by_role("button", name="Reopen it").click()
    says(page, "Saved")
    advice_of(page).fill("You plan well. Write the dates too.")
    says(page, "Saved")
    assert row.get_by_role("cell").all_text_contents() == [
        "Do better.",
        "You plan well. Write the dates too.",
    ]
    assert "ak-differs" in (row.get_attribute("class") or "")
    assert Axe().run(page, context=".ak-return").violations_count == 0
    focus_form(page)
    page.keyboard.press("Shift+S")
    says(page, "ubmitted")
    eventually(lambda: judged(season, return_id).state is JudgementState.SUBMITTED)
    assert journey.status(season, cpd_year=2016)["texts_returned"] == 0
    assert not caseload(season, "A07")["is_returned"].any()


def test_a_note_goes_to_staff_and_theirs_is_answered(place):
    page, _ = place.open()
    season = place.season
    return_id = open_return_of(page, season)
    notes = page.get_by_role("region", name="Notes with staff")
    notes.get_by_text("Write to staff").click()
    notes.get_by_label("A note to staff about this return").fill("Is May missing?")
    notes.get_by_role("button", name="Send the note").click()
    says(page, "Sent to staff")
    (asked,) = journey.note_list(season, cpd_year=2016)
    assert (asked["words"], asked["state"]) == ("Is May missing?", "waits for staff")
    answer_note(season, asked["note"], words="No, it is on line 3.", written_by="Ada")
    journey.write_to_assessor(season, return_id, to="", words="Look at June as well.", by="Ada")
    place.reopen(page)
    assert open_return_of(page, season) == return_id
    assert "No, it is on line 3." in notes.inner_text()
    notes.get_by_label("Your answer").fill("Done.")
    notes.get_by_role("button", name="Answer staff").click()
    says(page, "Sent to staff")
    words = [row["words"] for row in journey.note_list(season, cpd_year=2016)]
    assert words[-1] == "Done."
    assert notes.get_by_role("button", name="Answer staff").count() == 0


def test_a_newer_version_marks_what_is_new_and_begins_with_the_earlier_judgement(app, tmp_path):
    page, _ = app.open()
    season = app.season
    old = open_return_of(page, season)
    submit(page, season, "Good so far.")
    number = read_table(season, tables.RETURNS, return_id=old).iloc[0]["member_no"]
    (tmp_path / "more.csv").write_text(
        f"{HEAD}{number},A new course,training,soft,yes,2016-06-01,3,Much.\n", encoding="utf-8"
    )
    journey.import_returns(season, [tmp_path / "more.csv"], cpd_year=2016, add=True)
    rows = read_table(season, tables.RETURNS, member_no=number, parked=Parked.NEWER.value)
    new = str(rows.iloc[0]["return_id"])
    use_version(season, new, by="Ada")
    app.reopen(page)
    assert open_return_of(page, season) == new
    section = page.get_by_role("region", name="A newer version")
    assert "1 activity is new" in section.inner_text()
    marked = page.locator(".ak-activity", has=page.locator(".ak-call"))
    assert marked.count() == 1
    assert "A new course" in marked.inner_text()
    section.get_by_role("button", name="Begin with my earlier judgement").click()
    says(page, "Your earlier judgement is here")
    assert advice_of(page).input_value() == "Good so far."
    eventually(lambda: judged(season, new).state is JudgementState.DRAFT)
    assert judged(season, old).state is JudgementState.SUBMITTED
