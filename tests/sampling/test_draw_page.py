"""The page for members, in a real browser without a network: it agrees with Python for everybody.

The long form asks for each of 1,000 members, and not for every fifth:

    EVERY_NTH_MEMBER=1 .venv/bin/python -m pytest tests/sampling/test_draw_page.py
"""

import json
import os
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from committed import committed_season
from screens import browser

from assessor_kit import tables
from assessor_kit.feedback import draw_page
from assessor_kit.feedback.draw_page import member_code, write_draw_page
from assessor_kit.store import read_table

MEMBERS = 1_000
EVERY_NTH = int(os.environ.get("EVERY_NTH_MEMBER", "5"))
ASK = """async (codes) => {
  const said = [];
  for (const code of codes) {
    await check(readCode(code));
    const steps = [...document.querySelectorAll('#steps li')];
    said.push([document.getElementById('result').textContent,
               steps.filter((step) => step.className === 'wrong').length]);
  }
  return said;
}"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("season")
    return committed_season(folder / "w", members=MEMBERS, size=60)


@pytest.fixture(scope="module")
def chromium_offline():
    with browser() as started:
        yield started


@pytest.fixture
def page(chromium_offline):
    """A page of a browser that is offline, and that fails if anything is asked for."""
    context = chromium_offline.new_context(offline=True, viewport={"width": 390, "height": 844})
    opened = context.new_page()
    asked, troubles = [], []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("pageerror", lambda problem: troubles.append(str(problem)))
    opened.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    yield opened
    assert troubles == []
    assert [url for url in asked if not url.startswith("file:")] == []
    context.close()


def open_page(page, file):
    page.goto(file.as_uri())
    page.locator("#strata tr").first.wait_for()


def page_of(made):
    return made.files[1].with_suffix(".html")


def codes_of(made):
    frame = read_table(made.workspace, tables.FRAMES)
    return {
        row.member_no: (member_code(row.member_no, row.salt), row.stratum, row.leaf)
        for row in frame.itertuples()
    }


def expected_of(made):
    """What Python says for everybody: the rank among all tickets of the stratum, and the result."""
    from assessor_kit.sampling.tickets import first_by_ticket  # noqa: PLC0415

    said = {}
    for stratum, row in zip(made.commitment["strata"], made.draw["strata"], strict=True):
        leaves = row["leaves"]
        order = first_by_ticket(leaves, seed=made.draw["seed"], take=len(leaves)).places
        for rank, place in enumerate(order, 1):
            if rank <= stratum["selected"]:
                result = "selected"
            elif rank <= stratum["selected"] + stratum["reserves"]:
                result = "a reserve"
            else:
                result = "not selected"
            said[leaves[place]] = (
                f"Rank {rank:,} of {stratum['members']:,} in your stratum: {result}"
            )
    return said


def test_the_page_agrees_with_python_for_every_member(made, page):
    open_page(page, page_of(made))
    codes, expected = codes_of(made), expected_of(made)
    assert len(codes) == MEMBERS
    asked = list(codes.values())[::EVERY_NTH]
    said = page.evaluate(ASK, [code for code, _, _ in asked])
    assert said == [[expected[leaf], 0] for _, _, leaf in asked]


def test_the_page_is_small_and_names_nobody(made):
    text = page_of(made).read_text(encoding="utf-8")
    assert len(text.encode()) < 300_000
    assert "X000" not in text
    assert "http" not in text.replace("http-equiv", "").replace("https://example.org/draw", "")


def test_a_member_pastes_the_code_and_reads_the_answer(made, page):
    open_page(page, page_of(made))
    drawn = read_table(made.workspace, tables.SELECTIONS, is_reserve=False, stratum="all")
    row = drawn.sort_values("rank").iloc[4]
    code, *_ = codes_of(made)[row["member_no"]]
    page.get_by_label("The code in your letter").fill(f"  {code.lower()} \n")
    page.get_by_role("button", name="Check").click()
    page.wait_for_selector("#steps li:nth-child(5)")
    assert page.locator("#result").text_content() == (
        f"Rank {row['rank']} of 997 in your stratum: selected"
    )
    assert page.locator("#answer").evaluate("(answer) => answer === document.activeElement")
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    assert row["ticket"] in page.locator("#steps").text_content()
    assert made.digest in page.locator("body").text_content()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    if folder := os.environ.get("ASSESSOR_KIT_PICTURES"):
        page.screenshot(path=f"{folder}/draw_page_390.png", full_page=True)
        page.set_viewport_size({"width": 1200, "height": 900})
        page.screenshot(path=f"{folder}/draw_page_1200.png", full_page=True)


def test_a_member_drawn_for_certain_is_told_that_this_was_not_chance(made, page):
    open_page(page, page_of(made))
    page.evaluate(ASK, [codes_of(made)["X0000002"][0]])
    assert "They are not chosen at random" in page.locator("#steps").text_content()


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("hello", "This is not a whole code"),
        ("X0000005:AAAA", "This is not a whole code"),
        ("X0000005:" + "A" * 26, "This code is not in this draw"),
    ],
)
def test_a_wrong_code_is_answered_in_words(made, page, code, answer):
    open_page(page, page_of(made))
    page.get_by_label("The code in your letter").fill(code)
    page.get_by_role("button", name="Check").click()
    page.locator("#answer").wait_for()
    assert answer in page.locator("#result").text_content()


def test_a_changed_page_says_that_the_list_is_not_the_one_that_was_fixed(made, page, tmp_path):
    changed = json.loads(json.dumps(made.draw))
    codes = codes_of(made)
    mine = codes["X0000500"]
    place = next(number for number, row in enumerate(changed["strata"]) if row["name"] == mine[1])
    leaves = changed["strata"][place]["leaves"]
    leaves[next(number for number, leaf in enumerate(leaves) if leaf != mine[2])] = "ab" * 32
    write_draw_page(tmp_path / "p.html", commitment=made.commitment, draw=changed)
    open_page(page, tmp_path / "p.html")
    assert page.evaluate(ASK, [mine[0]])[0][1] == 1
    assert "NOT the one that was fixed" in page.locator("#steps").text_content()


def test_a_frame_too_large_for_the_page_is_counted_from_the_draw_file(
    made, page, tmp_path, monkeypatch
):
    monkeypatch.setattr(draw_page, "LEAVES_THAT_FIT", 100)
    write_draw_page(tmp_path / "p.html", commitment=made.commitment, draw=made.draw)
    open_page(page, tmp_path / "p.html")
    codes, expected = codes_of(made), expected_of(made)
    drawn = set(read_table(made.workspace, tables.SELECTIONS)["member_no"])
    selected = [codes[number] for number in sorted(drawn)]
    others = [one for number, one in codes.items() if number not in drawn][:20]
    said = page.evaluate(ASK, [code for code, _, _ in selected])
    assert said == [[expected[leaf], 0] for _, _, leaf in selected]
    assert "not among those drawn" in page.evaluate(ASK, [others[0][0]])[0][0]
    shutil.copy(made.files[1], tmp_path / "draw.json")
    page.get_by_label("The draw file").set_input_files(tmp_path / "draw.json")
    page.get_by_text("The file holds everybody").wait_for()
    said = page.evaluate(ASK, [code for code, _, _ in others])
    assert said == [[expected[leaf], 0] for _, _, leaf in others]


def test_words_of_the_body_and_of_strata_are_never_markup(made, page, tmp_path):
    hostile = "</script><img src=x onerror=alert(1)> @SCRIPT@ & “x”"
    commitment = {**made.commitment, "body": hostile}
    write_draw_page(tmp_path / "p.html", commitment=commitment, draw=made.draw)
    open_page(page, tmp_path / "p.html")
    assert page.locator("img").count() == 0
    assert "onerror=alert(1)" in page.locator(".body").text_content()
