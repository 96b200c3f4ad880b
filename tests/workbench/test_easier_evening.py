"""Is an evening at the screen easy: words, order, finding, small windows, paper? In a real browser."""

import re

import pandas as pd
import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from hostile_texts import RUNS
from places import comment_of, focus_form, judged, open_return_of, says
from sqlalchemy import delete

from assessor_kit import tables
from assessor_kit.store import hand_back, read_table, replace_rows
from assessor_kit.store.database.connections import write_transaction
from assessor_kit.store.database.schema import sql_table
from assessor_kit.vocabulary import HandBackReason, JudgementState, unseen_in
from assessor_kit.workbench.messages import UNSEEN

SMALL = [
    pytest.param(1024, 640, id="small laptop"),
    pytest.param(683, 384, id="200 per cent"),
    pytest.param(390, 844, id="phone"),
    pytest.param(320, 640, id="400 per cent"),
]
HIDDEN = "Read\u00ad this\u202e now\u000band then"
FOUND = "(name) => [...(CSS.highlights.get(name) ?? [])].map(String)"


def judge_all(page, season, *, outcome="1"):
    focus_form(page)
    for _ in season.rules(2016).judged_criteria:
        page.keyboard.press("2")
        page.keyboard.press("j")
    page.keyboard.press(outcome)
    says(page, "Saved")


def advice_of(page):
    return page.get_by_label("Advice to the member")


def titles_of(page):
    return page.locator(".ak-activity th > .ak-words:first-child").all_text_contents()


def change_rows(season, table, change):
    """Replace the lines that assessors read by changed ones."""
    replace_rows(season, table, change(read_table(season, table)))


def test_sending_more_is_asked_for_in_words(place):
    page, _ = place.open()
    return_id = open_return_of(page, place.season)
    judge_all(page, place.season, outcome="3")
    page.keyboard.press("Shift+S")
    says(page, "what the member should send")
    error = page.locator("#ak-advice-error")
    assert error.is_visible()
    assert advice_of(page).get_attribute("aria-invalid") == "true"
    assert page.evaluate("() => document.activeElement.getAttribute('aria-describedby')") == (
        "ak-advice-error"
    )
    assert judged(place.season, return_id).state is JudgementState.DRAFT
    page.keyboard.type("Please send the dates of line 3.")
    assert not error.is_visible()
    page.locator(".ak-submit").click()
    says(page, "Submitted and saved")
    assert judged(place.season, return_id).state is JudgementState.SUBMITTED


def test_characters_that_cannot_be_seen_are_taken_out_where_the_assessor_sees_it(place):
    page, _ = place.open()
    return_id = open_return_of(page, place.season)
    advice_of(page).fill(HIDDEN)
    comment_of(page).focus()
    page.wait_for_selector(".ak-cleaned")
    note = page.locator(".ak-cleaned").text_content()
    assert "1 × soft hyphen" in note
    assert "direction" in note
    assert "1 × vertical tab" in note
    assert advice_of(page).input_value() == "Read this now\nand then"
    judge_all(page, place.season)
    comment_of(page).fill("So\u200b it is")
    page.locator(".ak-submit").click()  # leaves the field, so that what is taken out is seen first
    says(page, "ubmitted")
    if judged(place.season, return_id).state is not JudgementState.SUBMITTED:
        page.locator(".ak-submit").click()
    says(page, "Submitted and saved")
    judgement = judged(place.season, return_id)
    assert judgement.advice == "Read this now\nand then"
    assert list(judgement.comments.values()) == ["So it is"]


def test_what_a_draft_still_holds_is_taken_out_before_it_is_submitted(app):
    page, _ = app.open()
    return_id = open_return_of(page, app.season)
    judge_all(page, app.season)
    # as a draft of an earlier version of the screen
    page.evaluate(
        """(text) => { const field = document.querySelector('.ak-form textarea');
        field.value = text; field.dispatchEvent(new Event('input', { bubbles: true })); }""",
        HIDDEN,
    )
    says(page, "Saved")
    page.locator("input[name=ak-outcome]").first.focus()
    page.keyboard.press("Shift+S")
    says(page, "Not submitted yet")
    assert page.locator(".ak-cleaned").is_visible()
    assert judged(app.season, return_id).state is JudgementState.DRAFT
    page.locator(".ak-submit").click()
    says(page, "Submitted and saved")
    assert not unseen_in("".join(judged(app.season, return_id).comments.values()))


def test_the_browser_knows_the_same_unseen_characters_as_the_program(app):
    page, _ = app.open()
    differing = page.evaluate(
        """([unseen, seen]) => {
        const known = new Set(seen);
        const wrong = [];
        for (let code = 0; code <= 0x10ffff; code++) {
            const found = new RegExp(unseen, 'u').test(String.fromCodePoint(code));
            if (found !== known.has(code)) wrong.push(code);
        }
        return wrong; }""",
        [UNSEEN, [code for code in range(0x110000) if unseen_in(chr(code))]],
    )
    assert differing == []


def test_a_phrase_of_ones_own_names_no_activity_of_another_return(app):
    page, _ = app.open()
    first = page.locator(".ak-return h2").text_content()
    comment_of(page).fill(
        "A long text on one thing. You quote “something else” well. A sentence for everybody."
    )
    says(page, "Saved")
    page.locator(".ak-next").click()
    page.wait_for_function(
        "(before) => document.querySelector('.ak-return h2').textContent !== before", arg=first
    )
    page.locator(".ak-phrases").first.click()
    own = [
        one for one in page.locator(".ak-phrase").all_text_contents() if one.startswith("Mine: ")
    ]
    assert own == ["Mine: A sentence for everybody."]


def test_activities_are_put_in_order(place):
    def first_is_short_and_late(rows):
        changed = [
            cells.replace('"minutes": 180', '"minutes": 10').replace("2016-03-01", "2016-12-01")
            if part == "activities" and line == 1
            else cells
            for cells, part, line in zip(rows["cells"], rows["part"], rows["line"], strict=True)
        ]
        return rows.assign(cells=changed)

    change_rows(place.season, tables.SHOWN_ROWS, first_is_short_and_late)
    page, _ = place.open()
    sent = titles_of(page)
    order = page.get_by_label("Order of the activities")
    order.select_option("date")
    dates = page.locator(".ak-activity td:nth-child(2)").all_text_contents()
    assert pd.to_datetime(pd.Series(dates)).is_monotonic_increasing
    order.select_option("time")
    assert page.locator(".ak-activity td:nth-child(3)").first.text_content().startswith("3 h")
    assert titles_of(page)[-1] == sent[0]
    for by in ("kind", "area"):
        order.select_option(by)
        assert sorted(titles_of(page)) == sorted(sent)
    order.select_option("")
    assert titles_of(page) == sent


def test_words_are_found_marked_and_left_again(place):
    page, _ = place.open()
    page.locator(".ak-return h2").focus()
    page.keyboard.press("/")
    field = page.get_by_role("searchbox", name="Find in this return")
    page.keyboard.type("and so on")
    count = page.locator(".ak-find [role=status]")
    assert count.text_content().startswith("1 of ")
    number = int(count.text_content().removeprefix("1 of "))
    assert number >= 40
    assert len(page.evaluate(FOUND, "ak-found")) == number
    assert page.locator(".ak-fold[open]").count() >= 1, "a folded text that holds it is opened"
    page.keyboard.press("Enter")
    assert count.text_content() == f"2 of {number}"
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    assert count.text_content() == f"{number} of {number}"
    field.fill("no such words")
    assert count.text_content() == "Not found"
    page.keyboard.press("Escape")
    assert field.input_value() == ""
    assert page.evaluate(FOUND, "ak-found") == []
    assert page.evaluate("() => document.activeElement.tagName") == "H2"
    field.fill("$5 then $6")
    assert page.evaluate(FOUND, "ak-found-now") == ["$5 then $6"]


def test_goals_stand_in_natural_order_and_those_without_a_plan_are_named(app):
    page, _ = app.open()
    names = [
        text.split(":")[0]
        for text in page.locator(".ak-plan .ak-words").all_text_contents()
        if re.match(r"\d+:", text)
    ]
    assert names == [str(number) for number in range(1, 14)]


def test_a_goal_of_a_plan_that_was_not_sent_is_named(app):
    def cite(rows):
        return rows.assign(
            cells=[
                cells.replace('"goal_id": ""', f'"goal_id": "{2 if line == 1 else 10}"')
                if part == "activities" and line <= 2
                else cells
                for cells, part, line in zip(rows["cells"], rows["part"], rows["line"], strict=True)
            ]
        )

    change_rows(app.season, tables.SHOWN_ROWS, cite)
    kept = sql_table(tables.SHOWN_ROWS)
    with write_transaction(app.season.engine) as connection:
        connection.execute(delete(kept).where(kept.c.part == "goals"))
    page, _ = app.open()
    plan = page.locator("section[aria-label=Plan]")
    assert "No plan was sent" in plan.text_content()
    assert "2 activities name goals of a plan that was not sent: 2, 10." in plan.text_content()
    plan.get_by_role("button", name="Show the activities for goal 10").click()
    status = page.locator("section[aria-label=Activities] [role=status]")
    assert status.text_content().startswith("Goal 10: 1 of ")


def test_a_bar_that_filters_brings_the_list_into_view_and_is_read_out_in_words(app):
    page, _ = app.open(height=640)
    bar = page.locator(".ak-bar[data-value=events]")
    assert "_" not in bar.get_attribute("aria-label")
    bar.click()
    heading = page.locator(".ak-return h3", has_text="Activities")
    place = heading.bounding_box()
    assert 0 < place["y"] < 640 - 100


def test_only_this_season_is_counted_and_earlier_ones_are_named(app):
    returns = read_table(app.season, tables.RETURNS)
    last = returns.index[-1]
    returns.loc[last, "cpd_year"] = 2015
    replace_rows(app.season, tables.RETURNS, returns)
    page, _ = app.open()
    progress = page.locator(".ak-progress")
    assert progress.text_content().startswith("0 of 2 submitted")
    assert "1 to do of earlier seasons" in progress.text_content()
    page.locator(".ak-mine").click()
    assert page.locator(".ak-open").count() == 2
    page.locator(".ak-returns select").select_option("earlier")
    page.wait_for_function("() => document.querySelectorAll('.ak-open').length === 1")
    assert "CPD of 2015" in page.locator(".ak-returns tbody").text_content()


def test_the_end_says_that_it_is_the_end_and_offers_what_can_be_done(place):
    for return_id in list(read_table(place.season, tables.RETURNS)["return_id"])[1:]:
        hand_back(
            place.season,
            return_id,
            assessor_id="A07",
            reason=HandBackReason.NO_TIME,
            words="Not this month.",
            event_id=f"back {return_id}",
        )
    page, _ = place.open()
    page.locator(".ak-next").click()
    says(page, "the last return still to do")
    judge_all(page, place.season)
    page.keyboard.press("Shift+S")
    says(page, "Submitted and saved")
    page.locator(".ak-next").click()
    page.wait_for_selector(".ak-all-done h2:has-text('You have finished')")
    assert "you can close this tab" in page.locator(".ak-all-done").text_content()
    page.get_by_role("button", name="What I handed back").click()
    assert page.locator("dialog").text_content().count("Not this month.") == 2
    assert "I have no time" in page.locator("dialog").text_content()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Look at my returns again").click()
    page.wait_for_selector(".ak-panel .ak-open")


def test_the_page_speaks_in_words_that_a_volunteer_knows(app):
    page, _ = app.open()
    shown = page.evaluate(
        """() => { const all = document.querySelector('.ak-screen').cloneNode(true);
        all.querySelectorAll('.ak-words, .ak-raw, style').forEach((one) => one.remove());
        return all.textContent; }"""
    )
    for word in ("TWAVES", "target that applies", "see it differently", "\\u20", "Begun"):
        assert word not in shown, word
    assert not re.search(r"\b(job_role|personal)_[a-z]+", shown)
    reflection = page.locator(".ak-point", has_text="Reflection").last
    assert "yours to judge" in reflection.text_content()
    assert "not applicable" not in reflection.text_content()


@pytest.mark.parametrize(("width", "height"), SMALL)
def test_in_a_small_window_the_judgement_is_one_tap_away(place, width, height):
    page, _ = place.open(width=width, height=height)
    legend = page.locator(".ak-point legend").first
    switch = page.locator(".ak-switch button", has_text="Judgement")
    if not switch.is_visible():
        assert in_sight(legend), "beside the return"
        return
    page.locator(".ak-activity").nth(2).scroll_into_view_if_needed()
    before = page.locator(".ak-screen").evaluate("(root) => root.scrollTop")
    switch.click()
    assert in_sight(legend)
    page.keyboard.press("1")
    assert page.locator(".ak-point").first.locator("input:checked").count() == 1
    page.locator(".ak-switch button", has_text="Return").click()
    after = page.locator(".ak-screen").evaluate("(root) => root.scrollTop")
    assert abs(after - before) < 2
    wide = page.evaluate(
        "() => document.querySelector('.ak-screen').scrollWidth - document.querySelector('.ak-screen').clientWidth"
    )
    assert wide <= 0, "nothing is wider than the window"


def in_sight(one):
    return one.evaluate(
        """(one) => { const place = one.getBoundingClientRect();
        const top = document.elementFromPoint(place.left + 5, place.top + place.height / 2);
        return one.closest('fieldset').contains(top); }"""
    )


def test_the_tour_leaves_room_on_a_phone(app):
    page, _ = app.open(width=390, height=844)
    page.locator(".ak-more").click()
    page.locator(".ak-top button", has_text="Guided tour").click()
    page.wait_for_selector(".ak-tour", timeout=90_000)
    for _ in range(8):
        assert page.locator(".ak-tour").bounding_box()["height"] <= 844 * 0.4
        onwards = page.locator(".ak-tour button", has_text="Next step")
        if onwards.is_enabled():
            onwards.click()
    assert page.locator(".ak-tour").is_visible()


def test_on_paper_all_of_the_return_stands_with_all_of_the_judgement(app):
    page, _ = app.open()
    long = "\n".join(f"Line {number} of the advice." for number in range(1, 31))
    advice_of(page).fill(long)
    page.locator(".ak-form button", has_text="I disagree").first.click()
    page.locator(".ak-finding input").first.fill("For a reason that is long enough to be cut. " * 5)
    page.emulate_media(media="print")
    page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    cut = page.evaluate(
        """() => [...document.querySelectorAll('.ak-screen, .ak-screen *')].filter((one) =>
            getComputedStyle(one).display !== 'none' && one.clientHeight > 1 &&
            getComputedStyle(one).overflowY !== 'visible' &&
            one.scrollHeight > one.clientHeight + 1).map((one) => one.outerHTML.slice(0, 80))"""
    )
    assert cut == []
    printed = page.locator(".ak-printed", has_text="Line 30 of the advice.")
    assert printed.is_visible()
    assert page.locator(".ak-fold:not([open])").count() == 0
    assert page.locator(".ak-outcome").is_visible()
    assert not page.locator(".ak-next").is_visible()
    last = page.locator(".ak-activity").last
    assert last.is_visible()
    page.evaluate("() => window.dispatchEvent(new Event('afterprint'))")
    assert page.locator(".ak-printed").count() == 0
    page.emulate_media(media="null")  # whatever it is for: the screen, or paper
    assert advice_of(page).is_visible()
    with pypdfium2.PdfDocument(page.pdf()) as paper:
        words = " ".join(one.get_textpage().get_text_range() for one in paper)
    for wanted in ("Line 1 of the advice.", "Line 30 of the advice.", "please send a little more"):
        assert wanted in words
    # a text without spaces is broken where the line ends
    assert "".join(RUNS[-1].split()) in "".join(words.split())
    assert advice_of(page).is_visible()


def test_forced_colours_tell_the_current_point_and_errors_apart(app):
    page, _ = app.open()
    page.emulate_media(forced_colors="active")
    page.locator(".ak-submit").click()
    says(page, "Before submitting")
    styles = page.locator(".ak-point").evaluate_all(
        "(all) => all.map((one) => getComputedStyle(one).borderLeftColor + getComputedStyle(one).borderLeftWidth)"
    )
    assert styles[0] != styles[1]
    assert len(set(styles[1:])) == 1
    error = page.locator(".ak-missing:visible").first
    assert error.evaluate("(one) => getComputedStyle(one).borderTopStyle") == "dashed"


def test_the_wheel_at_the_end_of_a_pane_moves_nothing_else(lab):
    page, _ = lab.open(height=700)
    scroller = """() => [...document.querySelectorAll('*')].filter((one) => one.scrollTop > 0
        && !one.closest('.ak-screen')).map((one) => [one.className, one.scrollTop])"""
    before = page.evaluate(scroller)
    for pane in (".ak-return h2", ".ak-form h3"):
        box = page.locator(pane).bounding_box()
        page.mouse.move(box["x"] + 5, box["y"] + 5)
        for step in (-2000, 20_000, 20_000, 20_000, -50_000, -2000):
            page.mouse.wheel(0, step)
            page.wait_for_timeout(150)
        assert page.evaluate(scroller) == before, pane


def test_mathematics_is_made_of_nobodys_words_in_jupyterlab(lab):
    page, _ = lab.open()
    comment_of(page).fill("Between $5 and $6, or $$7$$")
    says(page, "Saved")
    page.wait_for_timeout(500)
    assert "$5 then $6 total" in page.locator(".ak-return").text_content()
    assert page.locator(".ak-screen mjx-container").count() == 0
    ignored = page.locator(".ak-screen").evaluate("(one) => one.className")
    assert "mathjax_ignore" in ignored


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_phone_at_320_pixels_has_no_accessibility_fault(app, dark):
    page, _ = app.open(dark=dark, width=320, height=640)
    page.wait_for_selector(".ak-narrow")

    def sound(where):
        found = Axe().run(page)
        assert found.violations_count == 0, f"{where}: {found.generate_report()}"

    sound("the return")
    page.locator(".ak-more").click()
    page.get_by_role("searchbox", name="Find in this return").fill("and so on")
    sound("words found")
    page.locator(".ak-switch button", has_text="Judgement").click()
    judge_all(page, app.season, outcome="3")
    page.keyboard.press("Shift+S")
    advice_of(page).fill(HIDDEN)
    comment_of(page).focus()
    sound("something is missing, something was taken out")
