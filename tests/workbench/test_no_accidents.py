"""Does nothing happen by accident? Second clicks, keys at the wrong place, lists that choose by themselves. In a real browser."""

from places import comment_of, eventually, focus_form, judged, open_return_of, says

from assessor_kit.store import judgement_history
from assessor_kit.vocabulary import JudgementState

# a key of the screen, or of the notebook, or of both
KEYS = ["r", "a", "b", "m", "x", "d", "d", "y", "3", "1", "z", "c", "v", "o", "l", "h", "Enter"]
CELLS = """() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.toJSON().cells
    .map(({ cell_type, source }) => [cell_type, source])"""


def judge_all(page, season):
    focus_form(page)
    for _ in season.rules(2016).judged_criteria:
        page.keyboard.press("2")
        page.keyboard.press("j")
    page.keyboard.press("1")
    says(page, "Saved")


def test_a_double_click_on_submit_submits_once_and_reopens_nothing(place):
    page, _ = place.open()
    return_id = open_return_of(page, place.season)
    judge_all(page, place.season)
    page.locator(".ak-submit").dblclick()
    says(page, "Submitted and saved")
    page.wait_for_timeout(500)
    assert judged(place.season, return_id).state is JudgementState.SUBMITTED
    history = judgement_history(place.season, return_id, assessor_id="A07")
    assert (history["state"] == JudgementState.SUBMITTED.value).sum() == 1


def test_keys_go_on_working_after_a_submission_by_key(place):
    """What is locked loses the focus, and keys pressed nowhere do nothing, or the notebook's."""
    page, _ = place.open()
    judge_all(page, place.season)
    submitted = page.locator(".ak-return h2").text_content()
    page.keyboard.press("Shift+S")
    says(page, "Submitted and saved")
    page.keyboard.press("n")
    page.wait_for_function(
        "(before) => document.querySelector('.ak-return h2').textContent !== before", arg=submitted
    )


def test_reopening_is_asked_about(app):
    page, _ = app.open()
    return_id = open_return_of(page, app.season)
    judge_all(page, app.season)
    page.keyboard.press("Shift+S")
    says(page, "Submitted and saved")
    page.locator(".ak-reopen").click()
    page.get_by_role("button", name="Leave it submitted").click()
    assert judged(app.season, return_id).state is JudgementState.SUBMITTED
    page.locator(".ak-reopen").click()
    page.locator(".ak-reopen-now").click()
    eventually(
        lambda: judged(app.season, return_id).state is JudgementState.DRAFT,
        saying="it was not reopened",
    )


def test_digits_at_the_outcome_choose_an_outcome_and_rate_no_point(app):
    page, _ = app.open()
    return_id = open_return_of(page, app.season)
    criteria = app.season.rules(2016).judged_criteria
    focus_form(page)
    for _ in criteria:
        page.keyboard.press("2")
        page.keyboard.press("j")
    assert page.evaluate("() => document.activeElement.name") == "ak-outcome"
    page.keyboard.press("2")
    says(page, "Saved")
    judgement = judged(app.season, return_id)
    assert judgement.outcome == "advice"
    assert set(judgement.levels.values()) == {"sound"}
    page.keyboard.press("j")
    assert page.evaluate("() => document.activeElement.tagName") == "TEXTAREA"
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    page.keyboard.press("1")
    eventually(
        lambda: judged(app.season, return_id).levels[criteria[-1].code] == "strong",
        saying="k did not go back to the last point",
    )


def test_phrases_are_found_and_only_put_in_when_pressed(app):
    page, _ = app.open()
    return_id = open_return_of(page, app.season)
    page.locator(".ak-phrases").first.click()
    phrases = page.locator("dialog .ak-phrase")
    number = phrases.count()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    assert comment_of(page).input_value() == ""
    wanted = phrases.last.text_content()
    page.keyboard.type(wanted[:25])
    assert page.locator("dialog li:visible").count() < number
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    says(page, "Saved")
    assert comment_of(page).input_value() == wanted
    assert wanted in judged(app.season, return_id).comments.values()


def test_the_rest_is_set_to_sound_and_taken_back_at_once(app):
    page, _ = app.open()
    return_id = open_return_of(page, app.season)
    criteria = app.season.rules(2016).judged_criteria
    focus_form(page)
    page.keyboard.press("1")
    says(page, "Saved")
    page.locator(".ak-rest").click()
    eventually(
        lambda: len(judged(app.season, return_id).levels) == len(criteria),
        saying="the rest was not set",
    )
    assert judged(app.season, return_id).levels[criteria[0].code] == "strong"
    assert page.evaluate("() => document.activeElement.name") == "ak-outcome"
    page.keyboard.press("u")
    eventually(
        lambda: judged(app.season, return_id).levels == {criteria[0].code: "strong"},
        saying="one undo did not take it all back",
    )


def test_a_key_sets_the_rest_to_sound_and_brings_what_is_left_to_do_into_sight(app):
    page, _ = app.open(width=1366, height=768)
    return_id = open_return_of(page, app.season)
    criteria = app.season.rules(2016).judged_criteria
    page.wait_for_function("() => document.activeElement.tagName === 'H2'")
    page.keyboard.press("3")
    page.keyboard.press("0")
    eventually(
        lambda: len(judged(app.season, return_id).levels) == len(criteria),
        saying="the rest was not set",
    )
    assert judged(app.season, return_id).levels[criteria[0].code] == "could_develop"
    for wanted in (".ak-outcome legend", ".ak-writing textarea", ".ak-submit"):
        is_in_sight = page.locator(wanted).last.evaluate("""(one) => {
            const box = one.getBoundingClientRect();
            const top = document.elementFromPoint(box.left + 20, (box.top + box.bottom) / 2);
            return one.contains(top) || Boolean(top?.contains(one)); }""")
        assert is_in_sight, wanted


def test_what_is_missing_is_said_beside_its_field_and_not_covered(app):
    page, _ = app.open()
    page.locator(".ak-submit").click()
    says(page, "Before submitting, please choose")
    criteria = app.season.rules(2016).judged_criteria
    assert page.locator(".ak-missing:visible").count() == len(criteria) + 1
    covered = page.evaluate("""() => {
        const place = document.activeElement.closest('fieldset').getBoundingClientRect();
        const top = document.elementFromPoint(place.left + 20, place.top + 4);
        return !document.activeElement.closest('fieldset').contains(top);
    }""")
    assert not covered
    page.keyboard.press("1")
    assert page.locator(".ak-missing:visible").count() == len(criteria)


def test_no_key_reaches_the_notebook_after_a_click_on_any_text_of_the_screen(lab):
    page, _ = lab.open()
    cells = page.evaluate(CELLS)
    for wanted in (
        ".ak-return h2",
        ".ak-return .ak-words",
        ".ak-return figure",
        ".ak-return .ak-activity td",
        ".ak-question",
        ".ak-progress",
        ".ak-form h3",
    ):
        page.locator(wanted).first.click()
        for key in KEYS:
            page.keyboard.press(key)
        for _ in range(3):
            page.keyboard.press("Escape")
        assert page.evaluate(CELLS) == cells, f"after a click on {wanted}"
        inside = page.evaluate(
            "() => document.querySelector('.ak-screen').contains(document.activeElement)"
        )
        assert inside, f"the focus left the screen after a click on {wanted}"
