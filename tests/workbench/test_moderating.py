"""A moderator settles a difference in Chromium, by keyboard alone, and it is told back."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from screens import in_app, in_lab
from seasons import judgement, save, small_season

from assessor_kit import journey
from assessor_kit.journey.choices import keep_choices
from assessor_kit.store import record_judgement
from assessor_kit.store.moderated import moderated_return
from assessor_kit.vocabulary import Raised, StaffAnswer
from assessor_kit.workbench.moderating import moderation_page

READY = ".ak-moderation .ak-open"
OPEN = ".ak-comparison fieldset"


@pytest.fixture
def season(tmp_path):
    made = small_season(tmp_path / "w")
    keep_choices(made, cpd_year=2016, folder=tmp_path)
    for assessor, said in (
        ("A1", {"outcome": "advice", "advice": "Plan more of the year."}),
        ("A2", {"outcome": "no_action", "advice": "Well done."}),
    ):
        record_judgement(
            made,
            "r1",
            assessor_id=assessor,
            judgement=judgement(submitted=True, **said),
            event_id=f"e-{assessor}",
            expected_version=0,
        )
    return made


def focused(page):
    return page.evaluate(
        "() => { const a = document.activeElement;"
        " return a.name || a.getAttribute('aria-label') || a.textContent; }"
    )


def reach(page, words):
    """Press Tab until what has the focus is called by these words."""
    for _ in range(60):
        if words in focused(page):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{words} is not reached by Tab; the focus is on {focused(page)}")


def violations(page):
    return [
        (one["id"], one["nodes"][0]["html"][:200])
        for one in Axe().run(page, context=".ak-moderation").response["violations"]
    ]


@pytest.mark.parametrize("dark", [False, True])
def test_a_difference_is_settled_by_keyboard_alone_and_nothing_is_inaccessible(
    season, tmp_path, dark
):
    with in_lab(tmp_path / "lab", season, notebook="06_moderate", ready=READY, dark=dark) as (
        page,
        left,
    ):
        if dark:
            page.evaluate("() => { document.body.dataset.jpThemeLight = 'false'; }")
        cells = page.locator(".jp-Cell").count()
        assert violations(page) == []
        page.locator(READY).first.focus()
        page.keyboard.press("Enter")
        page.wait_for_selector(OPEN)
        page.wait_for_function("() => document.activeElement.name === 'ak-take-outcome'")
        assert violations(page) == []
        page.screenshot(path=tmp_path / "moderation.png")
        page.keyboard.press("a")  # everything as the first says
        page.keyboard.press("2")  # but the outcome, as the second says
        assert focused(page) == "ak-take-advice"
        page.keyboard.press("c")
        page.keyboard.press("Control+a")
        page.keyboard.type("Plan a little more of the year.")
        page.keyboard.press("Escape")
        page.keyboard.press("Shift+S")
        assert "Say first why" in page.locator(".ak-moderation .ak-status").inner_text()
        page.keyboard.type("The plan is nearly there.")
        page.keyboard.press("Control+Enter")
        assert "Write your name first" in page.locator(".ak-moderation .ak-status").inner_text()
        assert focused(page) == "Your name"
        page.keyboard.type("Ada Byron")
        reach(page, "Record what is agreed")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Agreed by Ada Byron")
        assert page.locator(".jp-Cell").count() == cells  # no key reached the notebook
        assert left == []
    agreed = moderated_return(season, "r1").agreed
    assert (agreed.by, agreed.why) == ("Ada Byron", "The plan is nearly there.")
    assert agreed.judgement.outcome == "no_action"
    assert agreed.judgement.advice == "Plan a little more of the year."
    assert agreed.taken["advice"] == "first"


def test_the_assessor_reads_what_was_agreed_and_answered_beside_their_own_words(season, tmp_path):
    said = {"second_look": True, "disagreements": {"total_hours": "They are all there."}}
    record_judgement(
        season,
        "r2",
        assessor_id="A1",
        judgement=judgement(submitted=True, **said),
        event_id="e2",
        expected_version=0,
    )
    for about, criterion in ((Raised.SECOND_LOOK, ""), (Raised.DISAGREEMENT, "total_hours")):
        journey.answer_assessor(
            season,
            "r2",
            assessor_id="A1",
            about=about,
            criterion=criterion,
            answer=StaffAnswer.STANDS,
            words=f"An answer about the {about.value}.",
            by="Ada",
        )
    journey.agree(season, "r1", side="second", why="The plan is there.", by="Ada")
    with in_app(
        tmp_path / "app",
        season,
        assessor_id="A1",
        ready=".ak-all-done h2:has-text('You have finished')",
    ) as (page, _):
        page.locator(".ak-mine").press("Enter")
        page.wait_for_selector("dialog .ak-open")
        news = page.locator("dialog tbody tr").all_inner_texts()
        assert sorted("answered" in text for text in news) == [False, True]
        assert sum("agreed" in text for text in news) == 1
        page.locator("dialog .ak-open", has_text="R-r1").press("Enter")
        panel = page.locator(".ak-agreed")
        panel.wait_for()
        page.screenshot(path=tmp_path / "agreed.png")
        assert "The plan is there." in panel.inner_text()
        assert panel.locator("tbody th").all_inner_texts() == ["Outcome", "Advice"]
        assert panel.locator(".ak-other").first.inner_text() == "no action needed"
        page.locator(".ak-mine").press("Enter")
        page.locator("dialog .ak-open", has_text="R-r2").press("Enter")
        page.wait_for_selector("text=An answer about the second look.")
        assert page.locator(".ak-answer").count() == 2
        assert [
            (one["id"], one["nodes"][0]["html"][:200])
            for one in Axe().run(page).response["violations"]
        ] == []


def test_two_hundred_returns_that_wait_are_listed_fifty_at_a_time(season, tmp_path, monkeypatch):
    save(season, event="e3", return_id="r3", assessor_id="A2", submitted=True)
    [one] = journey.moderation_waiting(season, 2016)
    monkeypatch.setattr(moderation_page, "moderation_waiting", lambda *_: [one] * 200)
    page = moderation_page.open_moderation(season, cpd_year=2016)
    listing = json.loads(page.listing)
    assert (len(listing["rows"]), listing["found"]) == (50, 200)
    page._list({"start": 180})  # noqa: SLF001  (as the page's message does)
    assert len(json.loads(page.listing)["rows"]) == 20
