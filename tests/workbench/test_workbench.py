"""The assessor's screen in a real browser: what is typed is what the store holds.

Keys never reach the notebook, and nothing leaves the machine. JupyterLab and the app are started
once each; a test gets the season as it was at the start, and a page of its own.
"""

import shutil
import signal
import subprocess
import sys

import pytest
from axe_playwright_python.sync_playwright import Axe
from hostile_texts import MADE_OF_TEXT, RUNS, TEXTS
from places import (
    TYPED,
    comment_of,
    eventually,
    focus_form,
    hears,
    judged,
    open_return_of,
    returns_of,
    says,
    write_on,
)
from screens import Server, free_port, page_in
from sqlalchemy import delete

from assessor_kit import tables
from assessor_kit.cli.servers import tour_server
from assessor_kit.store import (
    judgement_history,
    told_to_staff,
)
from assessor_kit.store.database.connections import write_transaction
from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.log.access_log import access_log
from assessor_kit.vocabulary import JudgementState

DESTRUCTIVE = ["d", "d", "x", "b", "y", "m", "0", "0", "z", "Shift+Enter"]


def nothing_ran(page):
    assert page.evaluate("() => window.hit === undefined")
    assert page.evaluate(MADE_OF_TEXT) == []


def review_by_keyboard(page, season, *, comment):
    """Make a whole review without a mouse.

    It has a level for every criterion, a comment, an outcome and advice, and is submitted.
    """
    return_id = open_return_of(page, season)
    criteria = season.rules(2016).judged_criteria
    focus_form(page)
    for key in DESTRUCTIVE:
        page.keyboard.press(key)
    page.keyboard.press("u")  # what 0 set: here it is the key that sets the rest to sound
    says(page, "Undone and saved")
    focus_form(page)
    for place in range(len(criteria)):
        page.keyboard.press(str(place % 4 + 1))
        if place < len(criteria) - 1:
            page.keyboard.press("j")
    page.keyboard.press("c")
    page.keyboard.type(comment)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")  # the second outcome
    page.keyboard.press("Tab")
    page.keyboard.type(f"Liked: {comment}")
    page.keyboard.press("Tab")
    page.keyboard.type(f"Advice: {comment}")
    page.keyboard.press("Tab")
    page.keyboard.type(f"Note: {comment}")
    for key in ("Tab", "Space", "Tab", "Enter"):  # a second look; submit
        page.keyboard.press(key)
    says(page, "Submitted and saved")
    judgement = judged(season, return_id)
    assert judgement.state is JudgementState.SUBMITTED
    assert judgement.levels == {
        one.code: ("strong", "sound", "could_develop", "not_enough")[place % 4]
        for place, one in enumerate(criteria)
    }
    assert judgement.comments == {criteria[-1].code: comment}
    assert (judgement.outcome, judgement.liked, judgement.advice, judgement.private_note) == (
        "advice",
        f"Liked: {comment}",
        f"Advice: {comment}",
        f"Note: {comment}",
    )
    assert judgement.second_look
    return return_id


def test_three_returns_are_reviewed_by_keyboard_alone(place):
    page, left = place.open()
    cells = page.locator(".jp-Cell").count()
    done = []
    for number in range(3):
        done.append(
            review_by_keyboard(page, place.season, comment=f"jk123 dd xx {RUNS[number]} n u ?")
        )
        before = page.locator(".ak-progress").text_content()
        assert before.startswith(f"{number + 1} of 3")
        shown = page.locator(".ak-return h2").text_content()
        page.keyboard.press("n")
        if number < 2:
            page.wait_for_function(
                "(shown) => document.querySelector('.ak-return h2').textContent !== shown",
                arg=shown,
            )
    page.wait_for_selector(".ak-all-done h2:has-text('You have finished. Thank you.')")
    assert sorted(done) == sorted(returns_of(place.season))
    assert page.locator(".jp-Cell").count() == cells
    nothing_ran(page)
    assert not left


def test_hostile_text_of_members_and_assessors_stays_text_everywhere(place, tmp_path):
    page, left = place.open()
    return_id = open_return_of(page, place.season)
    shown = page.locator(".ak-return").text_content()
    for text in TEXTS:
        assert shown.count(text) >= 5, (
            f"{text} is not shown as typed: title, reflection, evidence, provider and raw cells"
        )
    for text in RUNS:
        assert text in page.locator("section[aria-label=Plan]").text_content()
    assert RUNS[0] in page.locator("section[aria-label='Could not be read']").text_content()
    everything = " ".join(TEXTS)
    for field in page.locator(".ak-form textarea").all():
        field.fill(everything)
    # names nothing of this return, so that it is offered for others
    own = "<a href=x>A sentence</a> of my own."
    comment_of(page).fill(f"{everything}. {own}")
    page.locator(".ak-form button", has_text="I disagree").first.click()
    page.locator(".ak-finding input").first.fill(everything)
    page.locator(".ak-activity").nth(1).focus()
    page.keyboard.press("e")
    page.locator(".ak-panel select").nth(3).select_option("do not count")
    page.locator(".ak-panel input[type=text]").fill(everything)
    page.keyboard.press("Enter")
    page.wait_for_selector(".ak-activities .ak-read")
    assert everything in page.locator(".ak-activities .ak-read").text_content()
    says(page, "")
    eventually(lambda: judged(place.season, return_id).advice == everything)
    pseudonym = page.locator(".ak-return h2").text_content().removeprefix("Return ")
    page.locator(".ak-mine").click()
    # another return offers these sentences as one's own phrases
    page.locator(".ak-open:not([aria-current] *)").nth(1).click()
    page.wait_for_function(
        "(before) => document.querySelector('.ak-return h2').textContent !== before",
        arg=f"Return {pseudonym}",
    )
    page.locator(".ak-phrases").first.click()
    page.wait_for_selector(f".ak-phrase:has-text('Mine: {own}')")
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    preview = page.wait_for_selector(".ak-preview", timeout=30_000)
    assert preview.get_attribute("sandbox") == ""
    page.keyboard.press("Escape")
    page.locator(".ak-mine").click()
    page.locator(f".ak-open[data-id='{return_id}']").click()
    page.wait_for_function(
        "(text) => document.querySelector('.ak-form textarea').value === text",
        arg=f"{everything}. {own}",
    )
    page.locator(".ak-top button", has_text="Preview").click()
    report = page.wait_for_selector(".ak-preview", timeout=30_000).get_attribute("srcdoc")
    nothing_ran(page)
    bare, elsewhere = page_in(place.started)
    place.pages.append(bare)
    bare.set_content(report)  # without the sandbox that the screen puts around it
    bare.wait_for_timeout(300)
    assert bare.evaluate(
        "() => window.hit === undefined && !document.querySelector('script, iframe, img[src^=http],"
        " [onerror], [onload]')"
    )
    assert all(text in bare.locator("body").text_content() for text in RUNS)
    assert not elsewhere
    if place.name == "lab":
        saved_and_trusted(page, place)
    assert not left


def saved_and_trusted(page, place):
    """Check that the saved notebook holds nobody's words, and runs nothing when trusted."""
    page.keyboard.press("Escape")
    file = place.save(page)
    assert not any(text in file.read_text(encoding="utf-8") for text in (*RUNS, "window.hit"))
    subprocess.run(
        [sys.executable, "-m", "jupyter", "trust", str(file)],
        check=True,
        env=place.server.environment,
        capture_output=True,
    )
    page.reload()
    page.wait_for_selector(".ak-form fieldset", timeout=60_000)
    page.wait_for_timeout(300)
    nothing_ran(page)


def test_a_kernel_that_hangs_or_dies_in_mid_comment_is_told_and_costs_at_most_half_a_second(place):
    page, _ = place.open()
    return_id = open_return_of(page, place.season)
    kernel = place.server.kernel_of(page)
    comment_of(page).focus()
    page.keyboard.type("Typed before it hangs.", delay=TYPED)
    says(page, "Saved")
    kernel.send_signal(signal.SIGSTOP)
    page.keyboard.type(" Typed while it hangs.")
    says(page, "NOT SAVED", seconds=3)
    hears(page, "NOT SAVED", role="alert")
    kernel.send_signal(signal.SIGCONT)
    eventually(
        lambda: (
            judged(place.season, return_id).comments["total_hours"]
            == "Typed before it hangs. Typed while it hangs."
        ),
        saying="what was sent while it hung was lost",
    )
    says(page, "Saved")
    page.keyboard.type(" And this is written while it di", delay=TYPED)
    kernel.kill()
    says(page, "has stopped", seconds=6)
    kept = judged(place.season, return_id).comments["total_hours"]
    assert " And this is written while it di".startswith(
        kept.removeprefix("Typed before it hangs. Typed while it hangs.")[:-1]
    )
    assert (
        len(" And this is written while it di")
        - len(kept.removeprefix("Typed before it hangs. Typed while it hangs."))
        <= 500 / TYPED
    )
    write_on(comment_of(page), "ed")
    says(page, "NOT SAVED: the program has stopped. Your words are kept in this tab.")
    page.on("dialog", lambda dialog: dialog.accept())
    place.reopen(page)
    says(page, "with what this tab still held")
    expected = "Typed before it hangs. Typed while it hangs. And this is written while it died"
    assert comment_of(page).input_value() == expected
    eventually(lambda: judged(place.season, return_id).comments["total_hours"] == expected)


def test_a_tab_closed_in_mid_sentence_keeps_what_was_typed_and_the_next_shows_it(place):
    page, _ = place.open()
    return_id = open_return_of(page, place.season)
    comment_of(page).focus()
    page.keyboard.type("The last words before the tab goes", delay=TYPED)
    page.close(run_before_unload=True)
    words = "The last words before the tab goes"
    eventually(
        lambda: (
            len(words) - len(judged(place.season, return_id).comments.get("total_hours", ""))
            <= 500 / TYPED
        )
    )
    page, _ = place.open()
    says(page, "Opened as it was last saved")
    kept = comment_of(page).input_value()
    assert words.startswith(kept)
    assert len(words) - len(kept) <= 500 / TYPED
    assert open_return_of(page, place.season) == return_id


def test_a_server_started_again_in_mid_comment_costs_nothing_that_was_typed_in_the_tab(place):
    page, _ = place.open()
    return_id = open_return_of(page, place.season)
    comment_of(page).focus()
    page.keyboard.type("Typed before the server goes", delay=TYPED)
    place.server.stop()
    kept = judged(place.season, return_id).comments["total_hours"]
    assert len("Typed before the server goes") - len(kept) <= 500 / TYPED
    write_on(comment_of(page), ", and after")
    says(page, "NOT SAVED", seconds=3)
    place.server.start()
    page.on("dialog", lambda dialog: dialog.accept())
    place.reopen(page)
    eventually(
        lambda: (
            judged(place.season, return_id).comments["total_hours"]
            == "Typed before the server goes, and after"
        )
    )
    assert comment_of(page).input_value() == "Typed before the server goes, and after"


def test_two_windows_on_one_return_show_one_conflict_and_lose_no_write(place):
    page, _ = place.open()
    return_id = open_return_of(page, place.season)
    other = place.second(page)
    comment_of(page).fill("from the first")
    says(page, "Saved")
    comment_of(other).press_sequentially("from the second", delay=TYPED)
    other.wait_for_selector(".ak-panel")
    says(other, "NOT SAVED")
    assert other.locator(".ak-panel").count() == 1
    assert other.locator(".ak-panel").text_content().count("from the first") == 1
    # a key typed on presses nothing
    assert (
        other.evaluate("() => document.activeElement.textContent")
        == "This judgement was changed in another window"
    )
    other.keyboard.press("Escape")
    assert judged(place.season, return_id).comments == {"total_hours": "from the first"}
    written = comment_of(other).input_value()
    other.locator(".ak-mine-over").click()
    says(other, "Saved")
    assert judged(place.season, return_id).comments == {"total_hours": written}
    comment_of(page).fill("the first goes on")
    page.wait_for_selector(".ak-panel")
    page.locator(".ak-theirs").click()
    says(page, "Undone and saved")
    assert comment_of(page).input_value() == written
    assert judged(place.season, return_id).comments == {"total_hours": written}
    every = [
        one.comments.get("total_hours")
        for one in judgement_history(place.season, return_id, assessor_id="A07")["judgement"]
    ]
    assert {"from the first", written, "the first goes on"} <= set(every)


def test_an_undo_takes_back_one_whole_change_and_goes_on_in_the_next_session(place):
    page, _ = place.open()
    return_id = open_return_of(page, place.season)
    focus_form(page)
    page.keyboard.press("1")
    page.keyboard.press("3")
    page.keyboard.press("c")
    page.keyboard.type("A comment that takes several saves to write", delay=TYPED)
    page.keyboard.press("Escape")
    says(page, "Saved")
    saves = len(judgement_history(place.season, return_id, assessor_id="A07"))
    assert saves > 3  # two levels, and the comment in several
    page.keyboard.press("u")
    says(page, "Undone and saved: Comment on Hours")
    assert (
        judged(place.season, return_id).levels,
        judged(place.season, return_id).comments.get("total_hours"),
    ) == ({"total_hours": "could_develop"}, None)
    place.server.kernel_of(page).kill()
    says(page, "has stopped", seconds=6)
    place.reopen(page)
    focus_form(page)
    page.keyboard.press("u")
    says(page, "Undone and saved: Hours")
    assert judged(place.season, return_id).levels == {"total_hours": "strong"}
    page.keyboard.press("Control+z")
    eventually(lambda: judged(place.season, return_id).levels == {})
    page.keyboard.press("u")
    says(page, "nothing left to undo")
    assert len(judgement_history(place.season, return_id, assessor_id="A07")) == saves + 3


def test_a_reading_shows_beside_what_was_recorded_and_the_focus_stays_with_it(app):
    page, _ = app.open()
    # the return's heading: keys work at once
    page.wait_for_function("() => document.activeElement.tagName === 'H2'")
    page.keyboard.press("a")
    page.keyboard.press("e")
    page.locator(".ak-panel select").nth(3).select_option("do not count")
    page.locator(".ak-panel input[type=text]").fill("a holiday")
    page.locator(".ak-panel button", has_text="Save this reading").click()
    page.wait_for_selector(".ak-finding .ak-read")
    assert "50 h recorded" in page.locator(".ak-finding").first.text_content()
    assert "53 h recorded" in page.locator(".ak-finding").first.text_content()
    assert "a holiday" in page.locator(".ak-activities").text_content()
    page.wait_for_function("() => document.activeElement.dataset.no === '1'")


def states(page, *, role):
    """Return (name, states) of every element of a role in Chromium's accessibility tree."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    return [
        (
            one["name"]["value"],
            {each["name"]: each["value"].get("value") for each in one["properties"]},
        )
        for one in tree
        if not one["ignored"] and one["role"]["value"] == role
    ]


def state_of(page, role, name):
    found = [state for called, state in states(page, role=role) if called.startswith(name)]
    assert found, (role, name, [called for called, _ in states(page, role=role)])
    return found[0]


def test_a_screen_reader_is_told_every_state_of_the_return(app):
    page, _ = app.open()
    for landmark, name in (
        ("main", ""),
        ("form", "Judgement"),
        ("article", "Return"),
        ("region", "Plan"),
        ("region", "Activities"),
        ("status", ""),
        ("group", "Hours"),
    ):
        assert any(called == name for called, _ in states(page, role=landmark)), (landmark, name)
    assert state_of(page, "radio", "strong")["checked"] == "false"
    focus_form(page)
    page.keyboard.press("1")
    assert state_of(page, "radio", "strong")["checked"] == "true"
    assert page.locator(".ak-point[aria-current=true] legend").text_content() == "Hours"
    hears(page, "Saved")
    page.keyboard.press("j")
    assert page.locator(".ak-point[aria-current=true] legend").text_content() == "Planned CPD"
    page.keyboard.press("f")
    assert [
        state["pressed"]
        for name, state in states(page, role="button")
        if name == "Show the activities behind it"
    ][:3] == ["false", "true", "false"]
    assert (
        "Behind “Planned CPD”"
        in page.locator("section[aria-label=Activities] [role=status]").text_content()
    )
    page.locator("section[aria-label=Activities] button", has_text="Show all").click()
    assert state_of(page, "button", "I disagree")["expanded"] is False
    page.locator(".ak-form button", has_text="I disagree").first.click()
    assert state_of(page, "button", "I disagree")["expanded"] is True
    fold = page.locator(".ak-fold summary").first
    assert [
        state["expanded"]
        for name, state in states(page, role="DisclosureTriangle")
        if name.startswith(RUNS[0])
    ] == [False]
    fold.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".ak-fold[open] summary:has-text('Fold it again')")
    assert [
        state["expanded"]
        for name, state in states(page, role="DisclosureTriangle")
        if name == "Fold it again"
    ] == [True]
    page.keyboard.press("a")
    assert page.locator(".ak-activity[aria-current=true]").count() == 1


def test_single_keys_can_be_switched_off_and_the_browser_remembers_it(app):
    page, _ = app.open()
    page.keyboard.press("?")
    page.get_by_label("Single keys are on").uncheck()
    page.keyboard.press("Escape")
    for _ in range(2):
        focus_form(page)
        for key in ("1", "j", "c", "u", "n", "?"):
            page.keyboard.press(key)
        assert page.locator(".ak-form input[type=radio]:checked").count() == 0
        assert page.locator("dialog").count() == 0
        assert page.evaluate("() => document.activeElement.type") == "radio"
        app.reopen(page)
    page.locator(".ak-top button", has_text="Keys").click()
    page.get_by_label("Single keys are on").check()
    page.keyboard.press("Escape")
    focus_form(page)
    page.keyboard.press("1")
    assert page.locator(".ak-form input[type=radio]:checked").count() == 1
    says(page, "Saved")


def test_a_screen_reader_is_told_every_state_of_panels_and_of_a_submitted_judgement(app):
    page, _ = app.open()
    page.locator(".ak-top button", has_text="Keys").click()
    assert states(page, role="dialog")[0][0] == "Keys"
    assert state_of(page, "dialog", "Keys")["modal"] is True
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    assert page.locator(".ak-returns tr[aria-current=true]").count() == 1
    # the assessor's own order
    assert page.locator(".ak-returns th[aria-sort=ascending]").count() == 0
    page.locator(".ak-sort", has_text="State").click()
    page.wait_for_selector(".ak-returns th[aria-sort=ascending]")
    page.keyboard.press("Escape")
    focus_form(page)
    for _ in app.season.rules(2016).judged_criteria:
        page.keyboard.press("2")
        page.keyboard.press("j")
    page.locator(".ak-submit").click()
    says(page, "please choose: Outcome")
    hears(page, "please choose: Outcome", role="alert")
    assert page.evaluate("() => document.activeElement.name") == "ak-outcome"
    page.keyboard.press("Space")
    page.locator(".ak-submit").focus()
    page.keyboard.press("Enter")
    says(page, "Submitted and saved")
    hears(page, "Submitted and saved")
    assert state_of(page, "radio", "sound")["disabled"] is True
    assert state_of(page, "textbox", "Advice to the member").get("readonly") is True
    assert "Submitted and locked" in page.locator(".ak-locked").text_content()
    focus_form(page)
    page.locator(".ak-form textarea").first.focus()
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    assert page.locator(".ak-submit").text_content() == "Submitted"
    assert state_of(page, "button", "Submitted")["disabled"] is True
    assert page.locator(".ak-reopen").text_content() == "Reopen this judgement"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_whole_page_has_no_accessibility_fault_also_with_panels_open(app, dark):
    page, left = app.open(dark=dark)
    paper = page.evaluate(
        "() => getComputedStyle(document.querySelector('.ak-screen')).backgroundColor"
    )
    assert paper == ("rgb(20, 25, 31)" if dark else "rgb(255, 255, 255)")

    def sound(where):
        found = Axe().run(page)
        assert found.violations_count == 0, f"{where}: {found.generate_report()}"

    focus_form(page)
    page.keyboard.press("a")
    page.keyboard.press("f")
    sound("the return")
    for name in ("My returns", "Keys", "Hand back", "Tell staff in confidence", "Preview"):
        page.locator(".ak-top button", has_text=name).click()
        page.wait_for_selector(".ak-panel")
        sound(name)
        page.keyboard.press("Escape")
        page.wait_for_selector(".ak-panel", state="detached")
    page.keyboard.press("a")
    page.keyboard.press("e")
    sound("a reading")
    page.keyboard.press("Escape")
    app.server.kernel_of(page).send_signal(signal.SIGSTOP)
    focus_form(page)
    page.keyboard.press("1")
    says(page, "NOT SAVED")
    sound("not saved")
    assert not left


def test_a_return_is_handed_back_and_a_worry_reaches_staff_alone(app):
    page, _ = app.open()
    season, worried = app.season, open_return_of(page, app.season)
    assert "Talk by [name]" in page.locator(".ak-activities").text_content()
    assert "Ada Example" not in page.content()
    page.locator("button", has_text="Show them as written").click()
    page.wait_for_selector("text=Talk by Ada Example")
    assert list(access_log(season, return_id=worried)["what"])[-1] == "unmasked"
    page.locator("button", has_text="Tell staff in confidence").click()
    page.locator(".ak-panel textarea").fill("Please look at line 3.")
    page.locator(".ak-panel button", has_text="Send to staff").click()
    says(page, "Nobody else can read it")
    page.locator("button", has_text="Hand back").first.click()
    page.locator(".ak-panel select").select_option("conflict")
    page.locator(".ak-panel button", has_text="Hand it back").click()
    says(page, "Handed back to staff")
    told = told_to_staff(season).set_index("kind")
    assert (told.loc["hand back", "reason"], told.loc["in confidence", "words"]) == (
        "conflict",
        "Please look at line 3.",
    )
    assert open_return_of(page, season) != worried
    assert "0 of 2 submitted" in page.locator(".ak-progress").text_content()


def test_the_tour_as_an_app_of_its_own_needs_no_workspace_and_is_led_to_no_real_database(
    chrome, tmp_path, monkeypatch
):
    monkeypatch.setenv("ASSESSOR_KIT_DATABASE", "postgresql://nobody@127.0.0.1:1/scheme")
    monkeypatch.setenv("ASSESSOR_KIT_KEYS", str(tmp_path / "real keys"))
    made = tour_server(tmp_path / "tour", port=free_port(), open_browser=False)
    server = Server(
        made.command,
        made.environment,
        tmp_path / "app",
        probe=made.address.replace("/?", "/no-such-page?"),
    )
    try:
        page, left = page_in(chrome)
        page.goto(made.address)
        page.wait_for_selector(".ak-tour", timeout=60_000)
        assert "Step 1 of 8" in page.locator(".ak-tour").text_content()
        # there is nothing to go back to
        assert not page.locator(".ak-tour button", has_text="Leave the tour").is_visible()
        page.context.close()
        assert not left
        assert not (tmp_path / "real keys").exists()
    finally:
        server.stop()


def test_an_assessor_without_returns_is_shown_the_way_into_the_tour(app):
    with write_transaction(app.season.engine) as connection:
        connection.execute(delete(sql_table(tables.ALLOCATIONS)))
    page, _ = page_in(app.started)
    app.pages.append(page)
    app.show(page, ready=".ak-all-done button")
    assert page.locator(".ak-all-done h2").text_content() == "No returns are allocated to you yet."
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".ak-tour", timeout=90_000)  # a whole season is made, on a busy machine
    says(page, "Practice returns")
    assert page.locator(".ak-form fieldset").count() > 1


def test_the_guided_tour_is_taken_by_keyboard_left_and_taken_again_and_touches_nothing_real(place):
    page, left = place.open()
    before = {return_id: judged(place.season, return_id) for return_id in returns_of(place.season)}
    page.locator(".ak-top button", has_text="Guided tour").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".ak-tour", timeout=90_000)  # a whole season is made, on a busy machine
    says(page, "Practice returns. Nothing here is real")
    page.locator(".ak-return h2").focus()
    for step in range(2, 9):
        page.keyboard.press("t")
        assert f"Step {step} of 8" in page.locator(".ak-tour").text_content()
    page.keyboard.press("Shift+T")
    assert "Step 7 of 8" in page.locator(".ak-tour").text_content()
    assert page.locator(".ak-compared").count() == 0  # not before one's own judgement
    focus_form(page)
    for _ in range(8):
        page.keyboard.press("1")
        page.keyboard.press("j")
    page.locator("input[name=ak-outcome]").first.focus()
    page.keyboard.press("Space")
    page.locator(".ak-submit").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".ak-compared")
    assert "the same level on 7 of 8 points" in page.locator(".ak-panel").text_content()
    assert "a relay corrected, a drawing changed" in page.locator(".ak-panel").text_content()
    page.locator(".ak-panel button", has_text="Judge this one again").click()
    page.wait_for_function("() => !document.querySelector('.ak-form input:checked')")
    page.locator(".ak-tour button", has_text="Leave the tour").click()
    page.wait_for_selector(".ak-tour", state="hidden")
    assert open_return_of(page, place.season) in before
    assert {return_id: judged(place.season, return_id) for return_id in before} == before
    page.locator(".ak-top button", has_text="Guided tour").click()
    page.wait_for_selector(".ak-tour")
    assert not left


def test_typing_never_waits_for_the_program(place):
    """Letters appear while the kernel does not answer, and reach the store once it does."""
    page, _ = place.open()
    return_id = open_return_of(page, place.season)
    kernel, typed = place.server.kernel_of(page), ""
    comment_of(page).focus()
    kernel.send_signal(signal.SIGSTOP)
    try:
        for letter in "While the program is busy I go on. ":
            page.keyboard.type(letter)
            typed += letter
            assert comment_of(page).input_value() == typed
    finally:
        kernel.send_signal(signal.SIGCONT)
    eventually(
        lambda: (
            judged(place.season, return_id)
            and typed in judged(place.season, return_id).comments.values()
        ),
        saying="what was typed never reached the store",
    )


def test_saved_does_not_hide_what_is_still_to_be_chosen(app):
    """Otherwise the answer to an earlier change would replace the refusal before it is read."""
    page, _ = app.open()
    return_id = open_return_of(page, app.season)
    kernel = app.server.kernel_of(page)
    focus_form(page)
    kernel.send_signal(signal.SIGSTOP)
    try:
        page.keyboard.press("2")
        page.locator(".ak-submit").click()
        says(page, "Before submitting, please choose")
    finally:
        kernel.send_signal(signal.SIGCONT)
    eventually(lambda: judged(app.season, return_id), saying="the level never reached the store")
    # what the tab kept is forgotten as soon as the answer is there
    page.wait_for_function("() => sessionStorage.length === 0")
    says(page, "Before submitting, please choose")
    focus_form(page)
    page.keyboard.press("3")
    says(page, "Saved")


def test_charts_that_nobody_has_drawn_before_are_drawn_when_the_screen_opens(app):
    shutil.rmtree(app.season.drawings)
    page, _ = app.open()
    page.wait_for_function("() => document.querySelectorAll('.ak-chart svg').length === 4")


def test_the_app_says_why_it_cannot_open(app):
    app.season.folder.rename(app.season.folder.with_name("elsewhere"))
    try:
        page, _ = page_in(app.started)
        app.pages.append(page)
        app.show(page, ready="h2:has-text('The screen cannot open. There is no workspace')")
    finally:
        app.season.folder.with_name("elsewhere").rename(app.season.folder)
