"""Is a document safe to open, readable by everyone, and complete?

HTML is checked by html5lib and axe-core, PDF by a validator of PDF/UA-1.
"""

import io
import itertools
import os
import re
import socket
import subprocess
import sys
import threading
import zipfile
from collections import Counter
from dataclasses import replace
from functools import cache

import docx
import html5lib
import pdfplumber
import pytest
from axe_playwright_python.sync_playwright import Axe
from docx.oxml.ns import qn
from hostile_texts import worst_texts
from nbformat import v4
from playwright.sync_api import sync_playwright
from screens import QUIET, chromium

from assessor_kit import tables
from assessor_kit.errors import RenderingFailed
from assessor_kit.feedback.batch.rehearsal import BLOCKS, FIGURES, invented_return
from assessor_kit.feedback.document.html_file import check_document, export_html
from assessor_kit.feedback.document.pdf_file import (
    WIDEST,
    export_pages,
    export_pdf,
    for_print,
)
from assessor_kit.feedback.document.word_file import export_word, said, spoken
from assessor_kit.feedback.report.individual import IndividualReport
from assessor_kit.store import Workspace, read_table

needs_pdf = pytest.mark.needs("Pango")
SAID = "said (with care)"  # marked on the page as words that somebody wrote
# the elements with words that reach beyond the window, or hide a part of themselves
STANDS_OUT = """() => [...document.querySelectorAll('p, td, th, li, dd, bdi')]
    .filter((one) => one.getBoundingClientRect().right > 320.5 || one.getBoundingClientRect().left < -0.5)
    .map((one) => one.tagName)"""

TAGS = (
    "script",
    "img",
    "svg",
    "iframe",
    "object",
    "embed",
    "body",
    "input",
    "video",
    "details",
    "math",
    "style",
    "link",
    "base",
    "form",
    "meta",
)
EVENTS = (
    "onerror",
    "onload",
    "onclick",
    "onfocus",
    "ontoggle",
    "onmouseover",
    "onanimationstart",
    "onbegin",
)
SHAPES = (
    "<{tag} {event}=alert(1) src=x>",
    "\"><{tag} {event}='alert(1)'>",
    "</{tag}><{tag}/{event}=alert(1)//",
)
OTHERS = (
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "<!--><script>alert(1)</script>-->",
    "]]><script>alert(1)</script>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "{{7*7}}",
    "{% raw %}<b>{% endraw %}",
    "{{''.__class__.__mro__}}",
    "${7*7}",
    "`alert(1)`",
    "[x](javascript:alert(1))",
    "![x](http://canary.invalid/a.png)",
    "<http://canary.invalid>",
    "# heading",
    "* item\n* item",
    "<style>@import 'http://canary.invalid/a.css';</style>",
    "<link rel=stylesheet href=http://canary.invalid/a.css>",
    "<img src=http://canary.invalid/a.png>",
    "<img src=file:///etc/passwd>",
    "<object data=file:///etc/passwd>",
    "<base href=http://canary.invalid/>",
    "<meta http-equiv=refresh content=0;url=http://canary.invalid>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'/></svg>",
    "<math><mtext><table><mglyph><style><img src onerror=alert(1)>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<template><script>alert(1)</script></template>",
    "<textarea></textarea><script>alert(1)</script>",
    "\u202e<script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<ScRiPt sRc=//canary.invalid></sCrIpT>",
    "' onmouseover='alert(1)",
    '" onmouseover="alert(1)',
    '" style="background:url(http://canary.invalid)"',
    "x</p></main></body></html><script>alert(1)</script>",
    "<details open ontoggle=alert(1)>",
    '<figure class="ak-figure">',
    'data-check="activities">99<',
    "$$\\href{javascript:alert(1)}{x}$$",
    "\\(\\unicode{x}\\)",
    "<br>" * 50,
)
PAYLOADS = (
    tuple(
        shape.format(tag=tag, event=event)
        for tag, event, shape in itertools.product(TAGS, EVENTS, SHAPES)
    )
    + OTHERS
)


def test_there_are_many_payloads_and_no_two_are_the_same():
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 300


@cache
def drawn():
    """Return the charts of an invented member, which contain no word of the member's own."""
    report = IndividualReport(invented_return(), is_sample=False)
    return [getattr(report, name).html() for name in FIGURES]


def document_of(texts):
    """Return a whole document in which the member and the assessor wrote these texts.

    They are the name, what was liked and advised, and each comment.
    """
    reviewed = invented_return()
    words = iter(texts)
    judgement = replace(
        reviewed.judgement,
        liked=next(words),
        advice=next(words),
        comments={code: next(words, SAID) for code in reviewed.judgement.levels},
    )
    report = IndividualReport(
        replace(reviewed, member_name=next(words, SAID), judgement=judgement), is_sample=False
    )
    shown = [getattr(report, name)._repr_html_() for name in BLOCKS] + drawn()
    cells = [
        v4.new_markdown_cell("# Your CPD feedback"),
        *(
            v4.new_code_cell("", outputs=[v4.new_output("display_data", data={"text/html": html})])
            for html in shown
        ),
    ]
    return export_html(v4.new_notebook(cells=cells), title="Your CPD feedback")


def parsed(html):
    """Return the count of elements, the names of attributes, and all text."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    return (
        Counter(element.tag for element in elements),
        {name for element in elements for name in element.attrib},
        "".join(tree.itertext()),
    )


def test_what_members_and_assessors_write_never_becomes_markup():
    places = 2 + len(invented_return().judgement.levels) + 1
    plain, attributes, _ = parsed(document_of([SAID] * places))
    for start in range(0, len(PAYLOADS), places):
        texts = PAYLOADS[start : start + places]
        elements, names, text = parsed(document_of([*texts, *[SAID] * (places - len(texts))]))
        assert elements == plain, texts
        assert names == attributes, texts
        squeezed = " ".join(text.split())
        assert all(" ".join(payload.split()) in squeezed for payload in texts), texts


def test_a_document_that_is_not_whole_or_not_the_members_own_is_refused():
    page = document_of([SAID] * 4)
    reviewed = invented_return()
    executed = v4.new_notebook(
        cells=[
            v4.new_code_cell(
                "",
                outputs=[
                    v4.new_output("display_data", data={"text/html": '<figure aria-label="x">'})
                ]
                * len(FIGURES),
            )
        ]
    )
    right = {
        "activities": len(reviewed.activities),
        "mine": "NOBODY",
        "others": frozenset({"0012345"}),
    }
    check_document(page, executed, **right)
    for broken, fault in (
        (page + "Traceback (most recent call last)", "traceback"),
        (page + "{{ name }}", "not filled in"),
        (page.replace('<figure class="ak-figure"', "<figure", 1), "figure"),
        (page + "0012345", "another member's"),
        (page.replace("NOBODY", ""), "own number"),
        (page + " " * 160_000, "KB"),
    ):
        with pytest.raises(RenderingFailed, match=fault):
            check_document(broken, executed, **right)
    with pytest.raises(RenderingFailed, match="number of activities"):
        check_document(page, executed, **{**right, "activities": 2})


@pytest.fixture(scope="module")
def pages(demonstration):
    """Return the reports of two members, the same in every demonstration, and the generic one."""
    season = Workspace.open(demonstration[0])
    # documents' own names are another workspace's secret
    rows = read_table(season, tables.DOCUMENTS, cpd_year=2016).sort_values("member_no")
    return [
        demonstration[0] / name
        for name in [
            *rows.loc[rows["kind"] == "individual", "file"].head(2),
            *rows.loc[rows["kind"] == "generic", "file"],
        ]
    ]


@pytest.mark.parametrize(
    ("scheme", "width"), list(itertools.product(("light", "dark"), (1280, 390)))
)
def test_axe_finds_nothing_in_light_or_dark_on_a_desktop_or_a_phone(pages, scheme, width):
    path = chromium()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=QUIET)
        shown = browser.new_context(
            color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True
        ).new_page()
        for page in pages:
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
        browser.close()


def test_nothing_that_people_write_makes_a_page_wider_than_320_pixels(tmp_path):
    path = chromium()  # first: the driver itself needs libraries that come with a browser
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=QUIET)
        shown = browser.new_page(viewport={"width": 320, "height": 900})
        for place, text in enumerate(worst_texts(16)):
            page = tmp_path / f"{place}.html"
            page.write_text(document_of([text] * 9), encoding="utf-8")
            shown.goto(page.as_uri())
            assert shown.evaluate("document.documentElement.scrollWidth") <= 320, text
            assert shown.evaluate(STANDS_OUT) == [], text
        browser.close()


class Canary:
    """A listener that counts who connects."""

    def __enter__(self):  # noqa: D105  (as every context)
        self.calls, self.socket = [], socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def _listen(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.calls.append(connection)
            connection.close()

    def __exit__(self, *_):  # noqa: D105  (as above)
        self.socket.close()


@needs_pdf
def test_making_a_pdf_asks_nobody_for_anything():
    with Canary() as canary:
        address = f"http://127.0.0.1:{canary.socket.getsockname()[1]}"
        wanting = "".join(
            (
                f"<img src='{address}/a.png'>",
                f"<link rel=stylesheet href='{address}/a.css'>",
                (
                    f"<style>@import '{address}/b.css'; p {{ background: url({address}/c.png)"
                    " }</style>"
                ),
                f"<object data='{address}/d'></object>",
                "<img src='file:///etc/passwd'>",
                f"<link rel=attachment href='{address}/e'>",
                "<link rel=attachment href='file:///etc/passwd'>",
                f"<p>text</p><svg><image href='{address}/f.png'/></svg>",
                f"<embed src='{address}/g'>",
            )
        )
        made = export_pdf(f"<html lang=en><title>t</title><body>{wanting}</body></html>")
        assert b"root:" not in made
        assert b"EmbeddedFile" not in made
        for texts in (PAYLOADS[start : start + 100] for start in range(0, len(PAYLOADS), 100)):
            here = [
                text.replace("http://canary.invalid", address).replace(
                    "//canary.invalid", address.removeprefix("http:")
                )
                for text in texts
            ]
            assert b"root:" not in export_pdf(
                document_of(["\n".join(here[::2]), "\n".join(here[1::2]), *here[:9]])
            )
        assert canary.calls == []
        with socket.create_connection(canary.socket.getsockname()):  # the canary does sing
            pass
        threading.Event().wait(0.2)
        assert len(canary.calls) == 1


@needs_pdf
def test_drawings_keep_their_proportions_in_a_pdf_and_stand_with_their_captions(pages):
    for path in pages:
        html = path.read_text(encoding="utf-8")
        shapes = [
            tuple(map(float, shape))
            for shape in re.findall(r'<svg [^>]*width="([\d.]+)" height="([\d.]+)"', html)
        ]
        made, number = export_pages(html)
        assert number <= 4
        with pdfplumber.open(io.BytesIO(made)) as opened:
            texts = [page.extract_text() for page in opened.pages]
        for caption in re.findall(r"<figcaption>(.*?)</figcaption>", html):
            page = next(text for text in texts if caption in text)
            assert page.split(caption)[1].strip()  # what belongs to it is on the same page
        printed = [
            tuple(map(float, shape))
            for shape in re.findall(
                r'<svg [^>]*width="([\d.]+)" height="([\d.]+)"', for_print(html)
            )
        ]
        assert len(printed) == len(shapes)
        assert all(
            width <= WIDEST and abs(width / height - before[0] / before[1]) < 0.02
            for (width, height), before in zip(printed, shapes, strict=True)
        )


@needs_pdf
def test_equal_html_gives_equal_bytes_also_where_fonttools_cuts_the_fonts_down(monkeypatch):
    """On a machine with Pango but no HarfBuzz-Subset, fontTools puts the time into every font."""
    monkeypatch.setattr("weasyprint.pdf.fonts.harfbuzz_subset", None)
    hours = iter(range(0, 10**9, 3600))
    monkeypatch.setattr("fontTools.misc.timeTools.time.time", lambda: float(next(hours)))
    html = "<html lang=en><title>t</title><body><p>Twelve hours, <b>bold</b>.</p></body></html>"
    assert export_pdf(html) == export_pdf(html)
    assert "SOURCE_DATE_EPOCH" not in os.environ


def test_a_banner_about_a_missing_pango_stays_off_standard_output(tmp_path):
    """Standard output is reserved for the one JSON object of `--json`."""
    broken = tmp_path / "weasyprint"
    broken.mkdir()
    (broken / "__init__.py").write_text(
        "print('a banner')\nraise OSError('no Pango')\n", encoding="utf-8"
    )
    script = "from assessor_kit.feedback.document import pdf_file; print(pdf_file.pdf_problem())"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "a banner" in done.stderr
    assert done.stdout.startswith("PDF needs WeasyPrint and Pango")


@needs_pdf
def test_a_pdf_is_tagged_as_pdf_ua_and_equal_html_gives_equal_bytes(pages):
    page = pytest.importorskip("page")
    for path in pages:
        html = path.read_text(encoding="utf-8")
        made = export_pdf(html)
        report = page.validate_pdf_bytes(made, profile="ua1")
        assert report.is_compliant, [
            (failure.rule_id, failure.message) for failure in report.failures
        ]
        assert export_pdf(html) == made


def test_a_word_file_says_what_the_page_says_and_equal_pages_give_equal_bytes(pages):
    for path in pages:
        html = path.read_text(encoding="utf-8")
        made = export_word(html)
        assert export_word(html) == made
        document = docx.Document(io.BytesIO(made))
        words, pictures = spoken(made)
        assert (words, pictures) == said(html)
        assert len(pictures) == html.count('<figure class="ak-figure"')
        headings = [
            paragraph.text
            for paragraph in document.paragraphs
            if paragraph.style.name.startswith("Heading")
        ]
        assert (
            headings[0]
            == document.core_properties.title
            == html.split("<h1")[1].split(">")[1].split("<")[0]
        )
        assert document.core_properties.language == "en-GB"
        assert {
            element.get(qn("w:val")) for element in document.styles.element.iter(qn("w:lang"))
        } == {"en-GB"}
        assert len(list(document.element.iter(qn("w:tblHeader")))) == len(document.tables)
        assert len(document.tables) == html.count("<table")
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert archive.testzip() is None


def test_what_people_write_stays_text_in_a_word_file():
    for texts in (PAYLOADS[start : start + 100] for start in range(0, len(PAYLOADS), 100)):
        made = export_word(
            document_of(["\n".join(texts[::2]), SAID, "\n".join(texts[1::2]), *texts[:9]])
        )
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            relations = "".join(
                archive.read(name).decode() for name in archive.namelist() if name.endswith(".rels")
            )
        assert 'TargetMode="External"' not in relations
        words = " ".join(spoken(made)[0])
        assert all(" ".join(payload.split()) in words for payload in texts)


def test_lists_of_a_word_file_each_begin_at_one_and_its_lines_are_kept():
    page = (
        "<main><h1>T</h1><ol><li>a</li><li>b</li></ol><p>x</p><ol><li>c</li></ol><p"
        " class='said'>one\ntwo</p><table><tr><th>h</th></tr></table><table><tr><td>d</td></tr></table></main>"
    )
    document = docx.Document(io.BytesIO(export_word(page)))
    numbers = [one.get(qn("w:val")) for one in document.element.body.iter(qn("w:numId"))]
    assert numbers[0] == numbers[1] != numbers[2]
    assert "one\ntwo" in [paragraph.text for paragraph in document.paragraphs]
    assert len(document.tables) == 2
    with pytest.raises(RenderingFailed, match="differ from those of the page"):
        export_word("<main><h1>T</h1><dl><dd>a term that has no name</dd></dl></main>")
