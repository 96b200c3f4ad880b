"""The assessor's screen in a real browser: what is typed is what the store holds, keys never reach the notebook, nothing leaves the machine."""

import os
import signal
import time

import pandas as pd
import psutil
import pytest
from axe_playwright_python.sync_playwright import Axe
from screens import in_app, in_lab

from assessor_kit import journey, tables
from assessor_kit.store import Workspace, append_rows, current_judgement, judgement_history, read_table, told_to_staff
from assessor_kit.store.access_log import access_log
from assessor_kit.vocabulary import JudgementState

PAYLOADS = ["<img src=x onerror=window.hit=1>", "<script>window.hit=1</script>", "<svg onload=window.hit=1>", '<iframe srcdoc="<script>parent.hit=1</script>">',
            "[x](javascript:window.hit=1)", "<style>*{display:none}</style>", '"><img src=x onerror=window.hit=1>', "$5 then $6 total", "</script><img src=x onerror=window.hit=1>"]
DESTRUCTIVE = ["d", "d", "x", "b", "y", "m", "0", "0", "z", "Shift+Enter"]
PLACES = [in_lab, in_app]


@pytest.fixture
def season(tmp_path):
    """Three returns of one assessor, whose members wrote whatever they liked."""
    made = Workspace.create(tmp_path / "w")
    numbers = [f"X000{place}" for place in range(1, 4)]
    (tmp_path / "register.csv").write_text("member_no,grade,name,discipline\n" + "".join(f"{number},MIET,Ada Example,power\n" for number in numbers), encoding="utf-8")
    quoted = ['"' + text.replace('"', '""') + '"' for text in PAYLOADS]
    lines = "".join(f"{number},{text},{text},soft,yes,2016-03-{place + 1:02d},7,{text}\n" for number in numbers for place, text in enumerate(quoted))
    lines += "".join(f"{number},Talk by Ada Example,event,soft,no,2016-06-01,1,\n" for number in numbers)
    (tmp_path / "returns.csv").write_text("member_no,title,activity_type,area,planned,started_on,hours,reflection\n" + lines, encoding="utf-8")
    journey.import_register(made, [tmp_path / "register.csv"])
    append_rows(made, tables.ASSESSORS, pd.DataFrame([{"assessor_id": "A07", "member_no": "", "name": "", "email": "", "disciplines": "power", "employer": "",
                                                       "capacity": 9, "conflicts": ""}]))
    journey.import_returns(made, [tmp_path / "returns.csv"], cpd_year=2016)
    journey.score(made, cpd_year=2016)
    journey.allocate(made, cpd_year=2016, seed="s")
    return made


def returns_of(season):
    return list(read_table(season, tables.RETURNS)["return_id"])


def judged(season, return_id):
    return current_judgement(season, return_id, assessor_id="A07")[1]


def eventually(found, *, seconds=10, saying="never"):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found():
            return
        time.sleep(0.05)
    pytest.fail(saying)


def says(page, text, *, seconds=10):
    page.wait_for_function("(text) => document.querySelector('.ak-status').textContent.includes(text)", arg=text, timeout=seconds * 1000)


def open_return_of(page, season):
    """The return that is open, by its pseudonym."""
    shown = page.locator(".ak-return h2").text_content().removeprefix("Return ")
    rows = read_table(season, tables.RETURNS)
    return rows.set_index("pseudonym")["return_id"][shown]


def focus_form(page):
    page.locator(".ak-form input[type=radio]").first.focus()


def review_by_keyboard(page, season, *, comment):
    """One whole review without a mouse: a level for every point, a comment, an outcome, advice, submit."""
    return_id = open_return_of(page, season)
    criteria = season.rules(2016).judged_criteria
    focus_form(page)
    for key in DESTRUCTIVE:
        page.keyboard.press(key)
    for place in range(len(criteria)):
        page.keyboard.press(str(place % 4 + 1))
        if place < len(criteria) - 1:
            page.keyboard.press("j")
    page.keyboard.press("c")
    page.keyboard.type(comment)
    page.keyboard.press("Escape")
    page.locator("input[name=ak-outcome]").nth(1).focus()
    page.keyboard.press("Space")
    page.locator(".ak-writing textarea").nth(1).focus()
    page.keyboard.type(f"Advice: {comment}")
    page.locator(".ak-submit").focus()
    page.keyboard.press("Enter")
    says(page, "Submitted and saved")
    judgement = judged(season, return_id)
    assert judgement.state is JudgementState.SUBMITTED
    assert judgement.levels == {one.code: ("strong", "sound", "could_develop", "not_enough")[place % 4] for place, one in enumerate(criteria)}
    assert judgement.comments == {criteria[-1].code: comment}
    assert (judgement.outcome, judgement.advice) == ("advice", f"Advice: {comment}")
    return return_id


@pytest.mark.parametrize("place", PLACES, ids=["lab", "app"])
def test_three_returns_are_reviewed_by_keyboard_alone(season, tmp_path, place):
    with place(tmp_path / "home", season) as (page, left):
        cells = page.locator(".jp-Cell").count()
        done = []
        for number in range(3):
            done.append(review_by_keyboard(page, season, comment=f"jk123 dd xx {PAYLOADS[number]} n u ?"))
            before = page.locator(".ak-return h2").text_content()
            page.locator(".ak-next").focus()
            page.keyboard.press("n")
            page.wait_for_function("(before) => document.querySelector('.ak-return h2').textContent !== before", arg=before)
        assert sorted(done) == sorted(returns_of(season))
        assert page.locator(".ak-return h2").text_content() == "All your returns are judged. Thank you."
        assert page.locator(".jp-Cell").count() == cells
        assert page.evaluate("() => window.hit === undefined")
        assert not left


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_app_has_no_accessibility_fault_and_shows_text_as_typed(season, tmp_path, theme):
    with in_app(tmp_path / "home", season, theme=theme) as (page, left):
        for text in PAYLOADS:
            assert page.locator(".ak-activities .ak-words", has_text=text).first.is_visible(), text
        page.locator(".ak-mine summary").click()
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        page.locator("button", has_text="Preview the feedback").click()
        page.locator(".ak-preview").wait_for()
        page.keyboard.press("Escape")
        tree = page.locator(".ak-screen").aria_snapshot()
        for part in ("main", 'form "Judgement"', "group", 'radio "1 strong"', 'textbox "Comment on Hours"', "status", 'table "Choose a return to open it"'):
            assert part in tree, part
        focus_form(page)
        page.keyboard.press("2")
        says(page, "Saved")
        assert "[checked]" in page.locator(".ak-form").aria_snapshot()
        assert page.evaluate("() => window.hit === undefined")
        assert not left


def kernels_under(pid):
    return [child for child in psutil.Process(pid).children(recursive=True) if any("ipykernel" in word for word in words_of(child))]


def words_of(process):
    """Its command line; empty for one that ends just now."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def own_kernel():
    found = kernels_under(os.getpid())
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize("place", PLACES, ids=["lab", "app"])
def test_a_kernel_that_hangs_or_dies_is_told_at_once_and_loses_nothing_acknowledged(season, tmp_path, place):
    with place(tmp_path / "home", season) as (page, _):
        return_id = open_return_of(page, season)
        focus_form(page)
        page.keyboard.press("1")
        says(page, "Saved")
        kernel = own_kernel()
        kernel.send_signal(signal.SIGSTOP)
        page.keyboard.press("2")
        says(page, "NOT SAVED", seconds=4)
        kernel.send_signal(signal.SIGCONT)
        eventually(lambda: judged(season, return_id).levels == {"total_hours": "sound"}, saying="what was sent while it hung was lost")
        says(page, "Saved")
        kernel.kill()
        says(page, "has stopped" if place is in_app else "", seconds=15)
    with place(tmp_path / "again", season) as (page, _):
        assert page.locator(".ak-form input[type=radio]:checked").first.evaluate("one => one.value") == "sound"


def test_two_windows_on_one_return_show_one_conflict_and_lose_no_write(season, tmp_path):
    with in_app(tmp_path / "home", season) as (page, _):
        return_id = open_return_of(page, season)
        other = page.context.new_page()
        other.goto(page.url)
        other.wait_for_selector(".ak-form fieldset", timeout=60_000)
        for window, text in ((page, "from the first"), (other, "from the second")):
            window.locator(".ak-form textarea").first.fill(text)
            says(window, "Saved" if window is page else "NOT SAVED")
        assert other.locator(".ak-panel").text_content().count("from the first") == 1
        other.locator("button", has_text="Save what is here over it").click()
        says(other, "Saved")
        assert judged(season, return_id).comments == {"total_hours": "from the second"}
        written = [one.comments.get("total_hours") for one in judgement_history(season, return_id, assessor_id="A07")["judgement"]]
        assert "from the first" in written


def test_undo_goes_back_across_sessions_and_a_reading_shows_beside_what_was_recorded(season, tmp_path):
    with in_app(tmp_path / "home", season) as (page, _):
        return_id = open_return_of(page, season)
        for key, level in (("1", "strong"), ("3", "could_develop")):
            focus_form(page)
            page.keyboard.press(key)
            eventually(lambda level=level: judged(season, return_id) and judged(season, return_id).levels == {"total_hours": level})
    with in_app(tmp_path / "again", season) as (page, _):
        focus_form(page)
        page.keyboard.press("u")
        says(page, "Undone")
        assert judged(season, return_id).levels == {"total_hours": "strong"}
        page.keyboard.press("u")
        eventually(lambda: judged(season, return_id).levels == {})
        page.keyboard.press("u")
        says(page, "nothing left to undo")
        page.keyboard.press("a")
        page.keyboard.press("e")
        page.locator(".ak-panel select").nth(3).select_option("do not count")
        page.locator(".ak-panel input[type=text]").fill("a holiday")
        page.locator(".ak-panel button", has_text="Save this reading").click()
        page.wait_for_selector(".ak-finding .ak-read")
        assert "57 h recorded" in page.locator(".ak-finding").first.text_content()
        assert "64 h recorded" in page.locator(".ak-finding").first.text_content()
        assert "a holiday" in page.locator(".ak-activities").text_content()


def test_a_return_is_handed_back_and_a_worry_reaches_staff_alone(season, tmp_path):
    with in_app(tmp_path / "home", season) as (page, _):
        worried = open_return_of(page, season)
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
        assert (told.loc["hand back", "reason"], told.loc["in confidence", "words"]) == ("conflict", "Please look at line 3.")
        assert open_return_of(page, season) != worried
        assert "0 of 2 submitted" in page.locator(".ak-progress").text_content()


def test_a_tab_closed_in_mid_sentence_keeps_what_was_typed(season, tmp_path):
    with in_app(tmp_path / "home", season) as (page, _):
        return_id = open_return_of(page, season)
        page.locator(".ak-form textarea").first.focus()
        page.keyboard.type("The last words before the tab goes", delay=40)
        page.close(run_before_unload=True)
        eventually(lambda: judged(season, return_id) and judged(season, return_id).comments.get("total_hours", "").startswith("The last words"))
