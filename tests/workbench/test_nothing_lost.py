"""Are no words lost, whatever keeps the store from taking them? In a real browser, against the real store."""

import json
import os

import pytest
from faults import locked, no_room, read_only
from places import comment_of, eventually, focus_form, judged, open_return_of, says
from screens import READY_FORM, app_at, lab_at, page_in

from assessor_kit.cli.jupyter_parts.page_programs import PagePrograms
from assessor_kit.cli.servers import (
    LAB_OPTIONS,
    SECONDS_BETWEEN_CULLS,
    SECONDS_WITHOUT_BROWSER,
)

RELOADS = int(os.environ.get("RELOADS", "8"))  # long form: RELOADS=20
WARNING = ".ak-unsaved:visible"


def comments_of(season, return_id):
    judgement = judged(season, return_id)
    return judgement.comments.values() if judgement else ()


def go_on(page):
    """Next, although something is not saved."""
    before = page.locator(".ak-return h2").text_content()
    page.locator(".ak-next").click()
    page.get_by_role("button", name="Go on and keep trying").click()
    page.wait_for_function(
        "(before) => document.querySelector('.ak-return h2').textContent !== before", arg=before
    )


def tone_of(page):
    return page.locator(".ak-status").get_attribute("data-tone")


def test_words_that_the_disk_has_no_room_for_are_named_kept_and_saved_later(place):
    page, _ = place.open()
    return_id = open_return_of(page, place.season)
    name = page.locator(".ak-return h2").text_content().removeprefix("Return ")
    with no_room(place.server.kernel_of(page)):
        comment_of(page).fill("There is no room for this.")
        page.wait_for_selector(WARNING)
        assert f"Not saved: return {name}." in page.locator(WARNING).text_content()
        page.locator(".ak-next").click()
        asked = page.locator("dialog")
        assert name in asked.text_content()
        page.get_by_role("button", name="Stay and try again").click()
        assert open_return_of(page, place.season) == return_id
        go_on(page)
        assert page.locator(WARNING).count() == 1
        assert tone_of(page) != "good"
        assert "saved" not in page.locator(".ak-status").text_content().casefold()
        assert page.evaluate(
            "() => !dispatchEvent(new Event('beforeunload', { cancelable: true }))"
        ), "closing asks"
    page.locator(".ak-try-now").click()
    eventually(
        lambda: "There is no room for this." in comments_of(place.season, return_id),
        saying="what was typed never reached the store",
    )
    page.wait_for_selector(WARNING, state="detached")
    assert page.evaluate("() => dispatchEvent(new Event('beforeunload', { cancelable: true }))")
    assert page.evaluate("() => sessionStorage.length") == 0


def test_who_stays_after_all_has_lost_nothing(place):
    page, _ = place.open()
    return_id = open_return_of(page, place.season)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    with no_room(place.server.kernel_of(page)):
        comment_of(page).press_sequentially("I wanted to go")
        page.wait_for_selector(WARNING)
        page.close(run_before_unload=True)
        page.wait_for_timeout(1000)  # in which the browser asks
        assert asked == ["beforeunload"]
    comment_of(page).press_sequentially(", and stayed.")
    eventually(
        lambda: "I wanted to go, and stayed." in comments_of(place.season, return_id),
        saying="the page is dead",
    )
    assert len(place.server.kernels()) == 1


def test_what_is_not_saved_is_sent_again_by_itself(app):
    page, _ = app.open()
    return_id = open_return_of(page, app.season)
    with no_room(app.server.kernel_of(page)):
        comment_of(page).fill("First words")
        page.wait_for_selector(WARNING)
        comment_of(page).fill("First words, and more of them")
        page.locator(".ak-writing textarea").first.fill("Liked as well")
    eventually(
        lambda: (
            "First words, and more of them" in comments_of(app.season, return_id)
            and judged(app.season, return_id).liked == "Liked as well"
        ),
        saying="nothing was sent again",
    )
    page.wait_for_selector(WARNING, state="detached")
    says(page, "Saved")


def test_a_fault_is_announced_once_however_much_is_typed(app):
    page, _ = app.open()
    page.evaluate("""() => {
        window.alerts = [];
        const note = (changes) => changes.forEach(({ target }) => {
            const alert = (target.nodeType === 1 ? target : target.parentElement)
                .closest('[role=alert]');
            if (alert && alert.textContent) window.alerts.push(alert.textContent);
        });
        new MutationObserver(note).observe(document.querySelector('.ak-screen'),
            { subtree: true, childList: true, characterData: true });
    }""")
    with no_room(app.server.kernel_of(page)):
        comment_of(page).focus()
        for word in ("Sixteen ", "alerts ", "in ", "six ", "seconds ", "were ", "too ", "many."):
            page.keyboard.type(word)
            page.wait_for_timeout(700)
        heard = page.evaluate("() => window.alerts")
    # one in the line about this return, one in the warning that stays
    assert len(heard) <= 2, heard
    assert len(set(heard)) == len(heard)


def test_what_a_tab_holds_of_every_return_is_sent_when_it_opens_again(app):
    page, _ = app.open()
    typed = {}
    with no_room(app.server.kernel_of(page)):
        for number in range(2):
            return_id = open_return_of(page, app.season)
            typed[return_id] = f"Held by the tab {number}"
            comment_of(page).fill(typed[return_id])
            page.wait_for_selector(WARNING)
            if number == 0:
                go_on(page)
        assert [judged(app.season, return_id) for return_id in typed] == [None, None]
        page.on("dialog", lambda dialog: dialog.accept())
    app.reopen(page)
    for return_id, words in typed.items():
        eventually(
            lambda return_id=return_id, words=words: words in comments_of(app.season, return_id),
            saying="what the tab held was not sent",
        )
    page.wait_for_selector(WARNING, state="detached")


def test_words_that_will_never_be_saved_can_be_copied_and_given_up(app):
    page, _ = app.open()
    return_id = open_return_of(page, app.season)
    with no_room(app.server.kernel_of(page)):
        comment_of(page).fill("To be copied by hand")
        page.wait_for_selector(WARNING)
        page.get_by_role("button", name="Show these words").click()
        words = page.locator(".ak-unsaved-words")
        assert "To be copied by hand" in words.input_value()
        page.get_by_role("button", name="Discard these words").click()
        assert words.input_value()
        page.get_by_role("button", name="Discard them for good").click()
        page.wait_for_selector(WARNING, state="detached")
        page.wait_for_function("() => !document.querySelector('.ak-form textarea').value")
    assert judged(app.season, return_id) is None
    assert comment_of(page).input_value() == ""
    comment_of(page).fill("Something else")
    says(page, "Saved")


def test_a_lock_of_another_program_is_named_and_waited_for(app):
    page, _ = app.open()
    return_id = open_return_of(page, app.season)
    with locked(app.season):
        comment_of(page).fill("Written while another program writes")
        page.wait_for_selector(WARNING, timeout=30_000)
    eventually(
        lambda: "Written while another program writes" in comments_of(app.season, return_id),
        saying="nothing was sent once the lock was gone",
        seconds=60,
    )
    page.wait_for_selector(WARNING, state="detached", timeout=60_000)


@pytest.mark.parametrize("keys", [("u", "U"), ("Control+z", "Control+Shift+Z")])
def test_an_undo_is_redone(app, keys):
    undo, redo = keys
    page, _ = app.open()
    return_id = open_return_of(page, app.season)
    focus_form(page)
    for level in ("1", "2"):
        page.keyboard.press(level)
        says(page, "Saved")
    levels = judged(app.season, return_id).levels

    def stand(wanted):
        eventually(lambda: judged(app.season, return_id).levels == wanted, saying=f"never {wanted}")

    code = next(iter(levels))
    # as fast as keys can be pressed
    for _ in range(2):
        page.keyboard.press(undo)
    stand({})
    eventually(
        lambda: page.locator(".ak-form input[type=radio]:checked").count() == 0,
        saying="the screen does not show what the store holds",
    )
    page.keyboard.press(redo)
    stand({code: "strong"})
    page.keyboard.press(redo)
    stand({code: "sound"})
    assert page.locator(".ak-form input[type=radio]:checked").get_attribute("value") == "sound"
    page.keyboard.press(redo)
    says(page, "There is nothing to redo")
    page.keyboard.press(undo)
    says(page, "Undone and saved")
    stand({code: "strong"})
    for key in (undo, redo, undo, redo):
        page.keyboard.press(key)
    says(page, "Saved")
    stand({code: "strong"})


@pytest.mark.parametrize(
    ("opened", "sent"),
    [("Tell staff in confidence", "Send to staff"), ("Hand back", "Hand it back")],
)
def test_words_to_staff_outlive_escape_and_a_refusal(app, opened, sent):
    page, _ = app.open()
    page.get_by_role("button", name=opened).click()
    page.locator("dialog textarea").fill("Nobody must have to type this twice.")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    page.get_by_role("button", name=opened).click()
    words = page.locator("dialog textarea")
    assert words.input_value() == "Nobody must have to type this twice."
    with no_room(app.server.kernel_of(page)):
        page.get_by_role("button", name=sent).click()
        page.wait_for_function("() => document.querySelector('dialog .ak-wrong').textContent")
        assert words.input_value() == "Nobody must have to type this twice."
    page.get_by_role("button", name=sent).click()
    page.wait_for_selector("dialog", state="detached")
    assert page.evaluate("() => sessionStorage.length") == 0


def test_a_database_that_may_only_be_read_is_looked_at_and_keeps_words_in_the_tab(app):
    page, _ = app.open()
    return_id = open_return_of(page, app.season)
    with read_only(app.season):
        app.reopen(page)
        comment_of(page).fill("Nobody may write here.")
        page.wait_for_selector(WARNING)
        assert "may be read here and not written" in page.locator(WARNING).text_content()
        go_on(page)
        page.on("dialog", lambda dialog: dialog.accept())
    assert judged(app.season, return_id) is None
    app.reopen(page)
    eventually(
        lambda: "Nobody may write here." in comments_of(app.season, return_id),
        saying="what the tab held was not sent",
    )


@pytest.mark.parametrize("lost", ["a word", "an undo"])
def test_what_is_lost_on_its_way_to_the_program_is_sent_again(app, lost):
    page, _ = app.open()
    return_id = open_return_of(page, app.season)
    focus_form(page)
    page.keyboard.press("1")
    says(page, "Saved")
    page.evaluate("""() => {
        window.sends = WebSocket.prototype.send;
        WebSocket.prototype.send = () => {}; }""")
    if lost == "a word":
        comment_of(page).fill("This went into the air.")
    else:
        page.keyboard.press("u")
    page.wait_for_selector(WARNING)
    page.evaluate("() => { WebSocket.prototype.send = window.sends; }")
    page.locator(".ak-try-now").click()
    page.wait_for_selector(WARNING, state="detached", timeout=20_000)
    if lost == "a word":
        assert "This went into the air." in comments_of(app.season, return_id)
    else:
        assert judged(app.season, return_id).levels == {}


def test_a_return_is_not_handed_back_before_what_was_written_on_it_is_saved(app):
    page, _ = app.open()
    return_id = open_return_of(page, app.season)
    with no_room(app.server.kernel_of(page)):
        comment_of(page).fill("Somebody else will read this.")
        page.wait_for_selector(WARNING)
    page.get_by_role("button", name="Hand back").click()
    # the disk has room again, but nothing has been sent since
    page.get_by_role("button", name="Hand it back").click()
    page.wait_for_function("() => document.querySelector('dialog .ak-wrong').textContent")
    page.wait_for_selector(WARNING, state="detached")
    assert "Somebody else will read this." in comments_of(app.season, return_id)
    page.get_by_role("button", name="Hand it back").click()
    page.wait_for_selector("dialog", state="detached")
    assert open_return_of(page, app.season) != return_id


def test_closing_asks_about_words_in_panels_that_were_never_sent(place):
    page, _ = place.open()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    name = page.locator(".ak-return h2").text_content().removeprefix("Return ")
    page.get_by_role("button", name="Tell staff in confidence").click()
    page.locator("dialog textarea").fill("I was called away in the middle of this.")
    page.keyboard.press("Escape")
    page.close(run_before_unload=True)
    eventually(
        lambda: page.evaluate("() => true") and asked == ["beforeunload"], saying="nothing asked"
    )
    says(page, f"Not sent yet: your words to staff in confidence on return {name}.")
    page.get_by_role("button", name="Tell staff in confidence").click()
    page.locator("dialog textarea").fill("")
    page.keyboard.press("Escape")
    if place.name == "lab":
        place.save(page)  # JupyterLab asks too where a notebook has changed since it was saved
    with page.expect_event("close"):
        page.close(run_before_unload=True)


def reload_again_and_again(page, *, ready):
    """Load a page twenty times, three times out of four before it has shown anything."""
    for number in range(RELOADS):
        is_patient = number % 4 == 3
        page.reload(wait_until="load" if is_patient else "commit")
        if is_patient:
            page.wait_for_selector(ready, timeout=60_000)
        else:
            page.wait_for_timeout(200 * (number % 4))


def test_a_page_has_one_program_and_a_page_that_is_gone_has_none(app, tmp_path):
    server, show = app_at(tmp_path, app.season)
    settings = app.season.folder / "app" / "voila.json"
    soon = json.loads(settings.read_text())
    soon["MappingKernelManager"]["cull_interval"] = 1
    soon["PagePrograms"] = {"seconds_unused": 5}
    settings.write_text(json.dumps(soon))
    server.stop()
    server.start()
    try:
        page, _ = page_in(app.started)
        app.pages.append(page)
        show(page)
        reload_again_and_again(page, ready=READY_FORM)
        eventually(
            lambda: len(server.kernels()) == 1, saying="reloads leave programs behind", seconds=60
        )
        tabs = [page, *(page.context.new_page() for _ in range(2))]
        for tab in tabs[1:]:
            show(tab)
        page.wait_for_timeout(7000)
        assert len(server.kernels()) == len(tabs), "a program is ended although its page is open"
        for tab in tabs:
            tab.close(run_before_unload=True)
        eventually(
            lambda: not server.kernels(),
            saying="a closed tab leaves its program behind",
            seconds=60,
        )
    finally:
        server.stop()


@pytest.mark.parametrize("deaths", [1, 3])
def test_a_program_that_ends_while_its_page_is_loaded_is_no_dead_page(app, deaths):
    """Twice the page is loaded again by itself; the third time it says so in words."""
    page, _ = page_in(app.started)
    app.pages.append(page)
    ended = []

    def end_program_first(socket):
        if len(ended) < deaths:
            latest = app.server.kernels()[0]
            ended.append(latest.pid)
            latest.kill()
            eventually(
                lambda: {one.pid for one in app.server.kernels()} - set(ended),
                saying="the program was not started again",
                seconds=30,
            )
        socket.connect_to_server()

    page.route_web_socket("**/api/kernels/*/channels*", end_program_first)
    app.show(page, ready=READY_FORM if deaths == 1 else "[role=alert]")
    assert len(ended) == deaths
    assert page.locator("text=model not found").count() == 0
    if deaths == 3:
        assert "The screen could not be shown." in page.locator("[role=alert]").text_content()
        app.show(page)


def test_a_notebook_has_one_program_and_none_once_its_tabs_are_gone(lab, tmp_path):
    soon = [
        option.replace(f"={SECONDS_WITHOUT_BROWSER}", "=3").replace(
            f"cull_interval={SECONDS_BETWEEN_CULLS}", "cull_interval=1"
        )
        for option in LAB_OPTIONS
    ]
    server, show = lab_at(tmp_path, lab.season.folder, options=soon)
    try:
        page, _ = page_in(lab.started)
        lab.pages.append(page)
        show(page)
        reload_again_and_again(page, ready=".jp-Notebook .jp-Cell")
        show(page)
        assert len(server.kernels()) == 1
        tabs = [page, *(page.context.new_page() for _ in range(2))]
        for tab in tabs[1:]:
            tab.goto(page.url)
            tab.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        page.wait_for_timeout(5000)
        assert len(server.kernels()) == 1, "a program is ended although its page is open"
        for tab in tabs:
            tab.close()
        eventually(
            lambda: not server.kernels(), saying="a program is left without a page", seconds=30
        )
    finally:
        server.stop()


def test_a_program_whose_browser_is_gone_is_ended_by_the_server(app):
    """A browser that dies says nothing: both servers end what nobody looks at any more."""
    assert SECONDS_WITHOUT_BROWSER + SECONDS_BETWEEN_CULLS <= 10 * 60
    settings = json.loads((app.season.folder / "app" / "voila.json").read_text(encoding="utf-8"))
    assert PagePrograms.seconds_unused.default_value <= SECONDS_WITHOUT_BROWSER
    assert settings["MappingKernelManager"] == {
        "cull_idle_timeout": SECONDS_WITHOUT_BROWSER,
        "cull_interval": SECONDS_BETWEEN_CULLS,
    }
    assert any("cull_idle_timeout" in option for option in LAB_OPTIONS)
