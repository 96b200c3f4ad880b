"""Does everybody learn what released feedback shows, without any member's private words?

A member's words are shown only with consent. The board gets the same on one page.
"""

import io
import re
from dataclasses import replace
from datetime import date

import pandas as pd
import pdfplumber
import pytest
from axe_playwright_python.sync_playwright import Axe
from commands import run_cli
from killing import CPD_YEAR
from playwright.sync_api import sync_playwright
from screens import QUIET, chromium

from assessor_kit import journey, tables
from assessor_kit.errors import InvalidRequest, NotFound, RenderingFailed
from assessor_kit.feedback.batch.jobs import wanted_documents
from assessor_kit.feedback.batch.rehearsal import invented_return
from assessor_kit.feedback.document.pdf_file import pdf_problem
from assessor_kit.feedback.report.board import POINTS, BoardFigures, board_page, board_pdf
from assessor_kit.feedback.report.examples import examples_of, record_example, withdraw_example
from assessor_kit.feedback.report.figures import estimates_in_words
from assessor_kit.feedback.report.generic import open_generic
from assessor_kit.feedback.report.individual import IndividualReport
from assessor_kit.store import Workspace, append_rows, judgements_of_year, read_table, replace_rows
from assessor_kit.store.rights.erasure import erase_member
from assessor_kit.trends import counted_themes

needs_pdf = pytest.mark.needs("Pango")
MOMENT = pd.Timestamp("2017-05-01")


@pytest.fixture
def season(judged_season):
    return judged_season


def suggested_areas(**hours):
    reviewed = invented_return()
    line = reviewed.activities.iloc[0]
    lines = [{**line, "area": area, "minutes": number * 60} for area, number in hours.items()]
    report = IndividualReport(
        replace(reviewed, activities=pd.DataFrame(lines)),
        is_sample=True,
    )
    return [one.area for one in report._suggestions()]  # noqa: SLF001  (what a block is given)


def test_suggestions_begin_with_the_area_furthest_below_its_mark_and_take_turns():
    technical, role, soft = "personal_technical", "job_role_technical", "personal_soft"
    assert suggested_areas(**{technical: 12, role: 4, soft: 8}) == [role, soft, role, soft]
    assert suggested_areas(**{technical: 9, role: 4, soft: 0}) == [soft, role, technical, soft]
    assert suggested_areas(**{technical: 10, role: 4, soft: 10}) == [role] * 4


def release(season, *return_ids):
    append_rows(
        season,
        tables.DOCUMENTS,
        pd.DataFrame(
            [
                {
                    "document_id": f"{place:032x}",
                    "cpd_year": CPD_YEAR,
                    "kind": "individual",
                    "version": 1,
                    "member_no": "",
                    "return_id": name,
                    "input_digest": "",
                    "file": "",
                    "sha256": "",
                    "rendered_at": MOMENT,
                    "released_at": MOMENT,
                    "recalled_at": None,
                }
                for place, name in enumerate(return_ids, 1)
            ]
        ),
    )


def test_everyone_is_told_nothing_before_feedback_is_released_and_then_of_those_alone(season):
    names = list(read_table(season, tables.RETURNS)["return_id"])
    assert [job.kind for job in wanted_documents(season, CPD_YEAR)] == ["individual"] * 3
    release(season, names[0])
    first = wanted_documents(season, CPD_YEAR)[-1]
    assert first.kind == "generic"
    assert list(open_generic(CPD_YEAR, workspace=season).judgements["return_id"]) == [names[0]]
    row = read_table(season, tables.DOCUMENTS)
    replace_rows(season, tables.DOCUMENTS, row.assign(document_id="f" * 32, return_id=names[1]))
    assert wanted_documents(season, CPD_YEAR)[-1].input_digest != first.input_digest
    replace_rows(
        season,
        tables.DOCUMENTS,
        read_table(season, tables.DOCUMENTS).assign(released_at=None, recalled_at=MOMENT),
    )
    assert [job.kind for job in wanted_documents(season, CPD_YEAR)] == ["individual"] * 3


def test_the_five_commonest_pieces_of_advice_come_first_and_figures_are_those_of_the_trends(
    demonstration,
):
    season = Workspace.open(demonstration[0])
    report = open_generic(2016, workspace=season)
    first = judgements_of_year(season, 2016)
    themes = counted_themes(
        first[
            first["return_id"].isin(report.judgements["return_id"]) & (first["marking"] == "first")
        ],
        season.rules(2016),
    )
    expected = list(themes.loc[themes["tone"] == "advice", "text"].head(5))
    assert re.findall("<li>(.*?)</li>", report.opening.html) == [
        text.replace("'", "&#39;") for text in expected
    ]
    estimates, held = journey.trends(season, cpd_years=[2016])
    shown = report.figures.html
    assert len(held) == 1
    assert held.iloc[0]["measure"] not in shown
    rows = [row for row in estimates_in_words(estimates) if row["measure"] in shown]
    assert len(rows) == len(estimates)
    assert shown.count("<tr>") == len(estimates) + 1


def test_an_example_is_shown_while_its_members_consent_stands(season):
    number = read_table(season, tables.RETURNS).iloc[0]["member_no"]
    allow = {
        "member_no": number,
        "cpd_year": CPD_YEAR,
        "consented_on": date(2017, 3, 1),
        "recorded_by": "Staff",
    }
    record_example(season, text="I kept a note of <b>every</b> talk.", **allow)
    shown = open_generic(CPD_YEAR, workspace=season).what_good_looked_like.html
    assert "I kept a note of &lt;b&gt;every&lt;/b&gt; talk." in shown
    assert "with their consent" in shown
    withdraw_example(season, member_no=number, cpd_year=CPD_YEAR)
    assert "consent" not in open_generic(CPD_YEAR, workspace=season).what_good_looked_like.html
    assert read_table(season, tables.EXAMPLES).iloc[0]["text"] == ""
    for text, fault in (
        (f"I am {number}.", "says who"),
        (f"Name {number[:3]}… Name wrote this.", "says who"),
        (" ", "0 characters"),
        ("x" * 601, "601 characters"),
    ):
        with pytest.raises(InvalidRequest, match=fault):
            record_example(season, text=text, **allow)
    with pytest.raises(NotFound, match="no return"):
        record_example(season, text="A text.", **{**allow, "member_no": "X9999999"})
    record_example(season, text="I kept a note.", **allow)
    erase_member(season, number)
    assert examples_of(season, CPD_YEAR) == []
    assert read_table(season, tables.EXAMPLES).empty


def test_the_command_notes_an_example_with_its_consent_and_takes_it_back(season, tmp_path):
    number = read_table(season, tables.RETURNS).iloc[0]["member_no"]
    (tmp_path / "example.txt").write_text("I kept a note of every talk.", encoding="utf-8")
    words = ("feedback", "example", "--cpd-year", CPD_YEAR, "--member", number)
    assert run_cli(*words, "--text", tmp_path / "example.txt", workspace=season.folder)[0] == 2
    status, answer, _ = run_cli(
        *words,
        "--text",
        tmp_path / "example.txt",
        "--consented-on",
        "2017-03-01",
        "--by",
        "Staff",
        workspace=season.folder,
    )
    assert (status, answer["examples"]) == (0, 1)
    status, answer, _ = run_cli(*words, "--withdraw", workspace=season.folder)
    assert (status, answer["examples"]) == (0, 0)


def pages_of(pdf):
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        return [
            (round(page.width), round(page.height), page.extract_text()) for page in opened.pages
        ]


def test_the_boards_page_is_one_a4_page_in_a_browser_and_as_pdf_and_names_nobody(demonstration):
    season = Workspace.open(demonstration[0])
    status, answer, _ = run_cli("feedback", "board", "--cpd-year", 2016, workspace=demonstration[0])
    assert status == 0
    page = demonstration[0] / "feedback" / "2016" / "board_summary.html"
    assert answer["files"] == [
        str(page),
        *([] if pdf_problem() else [str(page.with_suffix(".pdf"))]),
    ]
    html = page.read_text(encoding="utf-8")
    register = read_table(season, tables.REGISTER)
    assert not set(re.findall(r"[A-Z0-9-]{4,16}", html)) & set(register["member_no"])
    assert not any(name in html for name in register["name"])
    assert not re.search(r"\bA\d\d\b", html)
    counts = journey.status(season, cpd_year=2016)
    assert all(
        f"<strong>{counts[name]:,}</strong>" in html
        for name in ("frame", "selected", "received", "judged")
    )
    assert f"{counts['scheme_members']} members are in the scheme" in html
    path = chromium()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=QUIET)
        for scheme, width in (("light", 1280), ("dark", 390)):
            shown = browser.new_context(
                color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True
            ).new_page()
            shown.goto(page.as_uri())
            found = Axe().run(
                shown,
                options={
                    "runOnly": [
                        "wcag2a",
                        "wcag2aa",
                        "wcag21a",
                        "wcag21aa",
                        "wcag22aa",
                        "best-practice",
                    ]
                },
            )
            assert found.violations_count == 0, found.generate_report()
            assert shown.evaluate("document.documentElement.scrollWidth") <= width
        printed = shown.pdf(format="A4", prefer_css_page_size=True)
        browser.close()
    for made in (printed, *([] if pdf_problem() else [page.with_suffix(".pdf").read_bytes()])):
        assert [size[:2] for size in pages_of(made)] == [(595, 842)]


def full(text_length):
    """Return as much as a page may have to hold: every measure, and advice of many letters."""
    said = ("word " * 100)[:text_length]
    return BoardFigures(
        body="Institution of Engineering and Technology",
        scheme_name="CPD monitoring scheme",
        cpd_year=2016,
        is_sample=True,
        counts=[("members could be drawn", 123_456)] * 5,
        held_back=3,
        advice=[said] * 9,
        praised=[said] * 9,
        twice=40,
        scheme=(
            "123,456 members are in the scheme, and 98,765 of them declared their CPD. 43,210 were"
            " invited to join; 12,345 have opted in. The feedback for everyone was sent to 123,400."
        ),
        measures=[
            {
                "measure": f"A measure of many words, number {place}",
                "value": "97 %",
                "range": "89 % to 100 %",
                "before": "96 %",
                "records": "1,000",
            }
            for place in range(20)
        ],
        agreement=[(f"A point of several words, number {place}", "0.75") for place in range(10)],
    )


@needs_pdf
def test_a_full_page_is_set_smaller_until_it_fits_and_one_that_cannot_is_refused():
    page = pytest.importorskip("page")
    html, made = board_pdf(full(170))
    assert len(pages_of(made)) == 1
    assert html != board_page(full(170), points=POINTS[0])
    assert page.validate_pdf_bytes(made, profile="ua1").is_compliant
    assert board_pdf(full(170))[1] == made
    with pytest.raises(RenderingFailed, match="one page"):
        board_pdf(full(500))
