"""Whatever an assessor types: are HTML, PDF and Word made, whole, with the words as typed?

The long form, of 500 reports in three formats:
`PYTHONPATH=tests/support:tests/benchmarks python tests/feedback/test_hostile_words.py 500`.
"""

import argparse
import io
import json
import re
import sys
import tempfile
import time
import unicodedata
import zipfile
from dataclasses import replace
from pathlib import Path
from unittest import mock

import docx
import html5lib
import nbformat
import papermill
import pypdfium2
import pytest
from hostile_texts import BEGINNING, END, WORST_PIECES, worst_texts
from killing import CPD_YEAR, make_season
from lxml import etree
from nbformat import v4

from assessor_kit import tables
from assessor_kit.errors import InvalidRequest, RenderingFailed, UnusableFile
from assessor_kit.feedback import render_feedback
from assessor_kit.feedback.batch.jobs import wanted_documents
from assessor_kit.feedback.batch.rendering import (
    execute,
    render_document,
    without_words,
)
from assessor_kit.feedback.document.html_file import check_document, export_html
from assessor_kit.feedback.document.named_numbers import numbers_named
from assessor_kit.feedback.document.pdf_file import pdf_problem
from assessor_kit.feedback.document.word_file import export_word, said
from assessor_kit.feedback.document.words import isolated, showable, showable_line
from assessor_kit.feedback.mail.building import build_message
from assessor_kit.feedback.mail.outbox import INVITATION
from assessor_kit.feedback.release import document_texts
from assessor_kit.feedback.report.board import BoardFigures, board_page
from assessor_kit.feedback.report.examples import own_words
from assessor_kit.feedback.report.generic import open_generic
from assessor_kit.store import (
    read_table,
    record_judgement,
    replace_rows,
    reviewed_return,
    shipped,
)

KEPT = set("\t\n\u200c\u200d\u200e\u200f\u061c")  # cannot be seen themselves, but shape words
DIRECTIONS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
LINE_ENDS = r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]"
FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f")
MARGIN = 75 * 0.75  # points: WeasyPrint's own margin of a page


def typed(text):
    """Return what can be shown of a text, worked out from Unicode's own categories.

    Directions are left out, because a document may add the end of one.
    """
    text = re.sub(LINE_ENDS, "\n", text)
    text = re.sub("([\u0300-\u036f\u20d0-\u20f0]{8})[\u0300-\u036f\u20d0-\u20f0]+", r"\1", text)
    flags = {place for found in FLAG.finditer(text) for place in range(*found.span())}
    return "".join(
        one
        for place, one in enumerate(text)
        if place in flags or one in KEPT or (one not in DIRECTIONS and can_be_shown(one))
    )


def can_be_shown(one):
    noncharacter = ord(one) & 0xFFFE == 0xFFFE or "\ufdd0" <= one <= "\ufdef"
    return unicodedata.category(one) not in {"Cc", "Cf", "Cs"} and not noncharacter


def stored(text):
    """Return a text as the store keeps it: half an emoji is the sign for an unreadable one."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def without_directions(text):
    return "".join(one for one in text if one not in DIRECTIONS)


def season_of(folder, texts):
    """Make a season of as many judged returns, each with one text wherever its assessor wrote.

    The store now refuses characters that cannot be seen. It once took them, so documents must too.
    """
    season = make_season(folder, len(texts))
    rows = read_table(season, tables.ALLOCATIONS).sort_values("return_id")
    people = read_table(season, tables.REGISTER).sort_values("member_no")
    replace_rows(
        season,
        tables.REGISTER,
        people.assign(name=[showable_line(stored(text))[:60] for text in texts]),
    )
    with mock.patch("assessor_kit.store.log.judgements.require_submittable"):
        for row, text in zip(rows.itertuples(), texts, strict=True):
            before = reviewed_return(season, row.return_id).judgement
            record_judgement(
                season,
                row.return_id,
                assessor_id=row.assessor_id,
                judgement=replace(
                    before, liked=text, advice=text, comments=dict.fromkeys(before.levels, text)
                ),
                event_id=f"worst-{row.return_id}",
                expected_version=1,
            )
    return season, dict(zip(rows["return_id"], texts, strict=True))


def rendered(season, texts):
    """Render everything in three formats, check each document, and return how many there are."""
    formats = ("html", "docx") if pdf_problem() else ("html", "docx", "pdf")
    done = render_feedback(season, cpd_year=CPD_YEAR, jobs=2, formats=formats)
    assert done.failed == []
    documents = read_table(season, tables.DOCUMENTS, kind="individual")
    assert sorted(documents["return_id"]) == sorted(texts)
    for row in documents.itertuples():
        page = season.folder / row.file
        text = stored(texts[row.return_id])
        points = len(reviewed_return(season, row.return_id).judgement.comments)
        require_in_page(page.read_text(encoding="utf-8"), text, points)
        require_in_word(page.with_suffix(".docx").read_bytes(), text, points)
        if "pdf" in formats:
            require_in_pdf(page.with_suffix(".pdf").read_bytes(), text, points)
    return len(documents)


def require_in_page(html, text, points):
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    for kind, number in (("said", 2), ("words", points)):
        found = [one for one in tree.iter() if one.get("class") == kind]
        shown = [without_directions("".join(one.itertext())) for one in found]
        assert shown == [typed(text)] * number
    rest = set(FLAG.sub("", html)) - KEPT - DIRECTIONS
    assert all(can_be_shown(one) for one in rest)


def require_in_word(content, text, points):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name), etree.XMLParser(recover=False))
    document = docx.Document(io.BytesIO(content))
    shown = [one.text for one in document.paragraphs if one.style.name == "Quote"]
    comments = [row.cells[2].text for row in document.tables[0].rows[1:]]
    assert [without_directions(one) for one in shown] == [typed(text)] * 2
    assert [without_directions(one) for one in comments] == [typed(text)] * points
    for table in document.tables:
        assert not table.autofit
        room = document.sections[0].page_width.cm - 5
        assert sum(column.width.cm for column in table.columns) < room + 0.05


def require_in_pdf(content, text, points):
    opened = pypdfium2.PdfDocument(content)
    said_aloud = []
    for page in opened:
        read = page.get_textpage()
        said_aloud.append(read.get_text_bounded())
        width = page.get_width()
        for place in range(read.count_rects()):
            left, _, right, _ = read.get_rect(place)
            # the marks of a stacked letter may stand out a little
            assert MARGIN - 12 < left <= right < width - MARGIN + 12
    squeezed = "".join("".join(said_aloud).split())
    first, last = text.split("\n")[0], text.split("\n")[-1]
    assert squeezed.count(first) >= 2 + points
    assert squeezed.count(last) >= 2 + points
    if text.isascii() and text.replace("\n", "").isprintable():
        # a hyphen at the end of a line is read as a mark of its own
        plain = re.sub(r"[-\x02\s]", "", text)
        assert re.sub(r"[-\x02]", "", squeezed).count(plain) >= 2


def test_the_worst_texts_are_many_and_each_piece_is_among_them():
    texts = worst_texts(500)
    assert len(set(texts)) == 500
    assert all(any(piece in text for text in texts) for piece in WORST_PIECES)
    assert worst_texts(500) == texts


def test_reports_in_three_formats_are_made_of_the_worst_texts_and_no_log_repeats_them(
    tmp_path, capfd
):
    """The short form of 500 reports."""
    season, texts = season_of(tmp_path, worst_texts(16))
    assert rendered(season, texts) == 16
    said_aloud = "".join(capfd.readouterr())
    assert BEGINNING not in said_aloud
    assert END not in said_aloud


@pytest.mark.parametrize("piece", WORST_PIECES)
def test_what_is_left_of_a_text_is_what_unicode_says_can_be_shown(piece):
    shown = showable(piece)
    assert without_directions(shown) == typed(piece)
    assert showable(shown) == shown
    shown.encode()


def depth_at_the_end(line):
    """Return how many directions are still open at the end of a line."""
    opened = []
    for one in line:
        if one in "\u202a\u202b\u202d\u202e":
            opened.append("\u202c")
        elif one in "\u2066\u2067\u2068":
            opened.append("\u2069")
        elif one in "\u202c\u2069":
            assert opened.pop() == one
    return len(opened)


@pytest.mark.parametrize("text", worst_texts(200)[::2])
def test_every_direction_ends_with_its_line_and_nothing_is_ended_that_was_not_begun(text):
    assert all(depth_at_the_end(line) == 0 for line in showable(text).split("\n"))


def test_words_that_run_to_the_left_are_isolated_in_plain_text_and_in_word():
    assert isolated("Ada Example") == "Ada Example"
    assert isolated("Zoë") == "Zoë"
    assert isolated("שלום") == "\u2068שלום\u2069"
    page = "<main><h1>T</h1><p class='to'><bdi>שלום</bdi> · 12345</p></main>"
    assert said(page)[0] == ["T", "\u2068שלום\u2069", "·", "12345"]
    paragraph = docx.Document(io.BytesIO(export_word(page))).paragraphs[1]
    assert paragraph.text == "\u2068שלום\u2069 · 12345"


def test_a_tab_and_line_breaks_in_a_comment_are_kept_in_word():
    page = (
        "<main><h1>T</h1><p class='said'>a\tb</p><table><tr><th>h</th></tr><tr>"
        "<td class='words'>  one\n\ttwo</td></tr></table></main>"
    )
    document = docx.Document(io.BytesIO(export_word(page)))
    assert document.paragraphs[1].text == "a\tb"
    assert document.tables[0].rows[1].cells[0].text == "  one\n\ttwo"


@pytest.fixture(scope="module")
def one_member(tmp_path_factory):
    return make_season(tmp_path_factory.mktemp("one"), 1)


def named(season, name):
    people = read_table(season, tables.REGISTER)
    replace_rows(season, tables.REGISTER, people.assign(name=name, email="k@example.org"))
    return season


def test_a_message_shows_the_name_on_one_line_and_nothing_that_cannot_be_shown(one_member):
    row = {
        "message_id": "0" * 32,
        "cpd_year": CPD_YEAR,
        "kind": INVITATION,
        "member_no": "K000000",
        "document_id": "",
    }
    for text in worst_texts(60):
        name = stored(text)
        message = build_message(named(one_member, name), row, sender="cpd@example.org")
        first = message.get_content().split("\n")[0]
        assert without_directions(first).split() == f"Dear {typed(name)},".split()
        assert message["To"].addresses[0].addr_spec == "k@example.org"
        assert message.as_bytes()


def test_the_page_for_everyone_shows_staffs_own_words(one_member):
    words = one_member.folder / "what_good_looked_like.md"
    for text in worst_texts(60):
        said_by_staff = stored(text).replace("#", "")
        words.write_bytes(b"\xef\xbb\xbf" + said_by_staff.encode())
        tree = html5lib.parse(
            open_generic(CPD_YEAR, workspace=one_member).what_good_looked_like.html,
            namespaceHTMLElements=False,
        )
        shown = without_directions("".join("".join(tree.itertext()).split()))
        assert shown == "".join(typed(said_by_staff).split())
    words.write_bytes("Müller".encode("cp1252"))
    with pytest.raises(UnusableFile, match="byte 2 is not UTF-8"):
        own_words(one_member)


def test_the_boards_page_shows_the_worst_advice_and_praise():
    for text in worst_texts(60):
        figures = BoardFigures(
            body=text,
            scheme_name=text,
            cpd_year=CPD_YEAR,
            is_sample=False,
            counts=[(text, 1)],
            measures=[],
            held_back=0,
            advice=[text],
            praised=[text],
        )
        tree = html5lib.parse(board_page(figures), namespaceHTMLElements=False)
        shown = [without_directions("".join(one.itertext())) for one in tree.iter("bdi")]
        assert shown == [typed(text)] * 5


def test_what_staff_approve_are_the_words_that_the_document_shows(tmp_path):
    text = "a\x0bb\x00\u202e c \ud800"
    season, texts = season_of(tmp_path, [text])
    words = document_texts(season, next(iter(texts)))
    assert words.advice == words.liked == words.points[0]["comment"] == showable(stored(text))


def test_an_error_in_a_template_is_named_without_the_words_that_it_quotes(tmp_path):
    season, texts = season_of(tmp_path, [f"{BEGINNING} of something private"])
    template = nbformat.read(
        shipped("notebooks") / "templates" / "individual_feedback.ipynb", as_version=4
    )
    template.cells[5].source = "raise ValueError(report.reviewed.judgement.advice)"
    (season.folder / "templates").mkdir()
    nbformat.write(template, season.folder / "templates" / "individual_feedback.ipynb")
    job = wanted_documents(season, CPD_YEAR)[0]
    answer = render_document(str(season.folder), job.as_dict())
    assert answer["state"] == "failed"
    assert answer["error"].startswith("ValueError: raised in cell 6 of its template. Open")
    assert BEGINNING not in answer["error"]
    assert texts


def test_an_error_of_ours_keeps_its_sentence_and_any_other_only_its_name():
    ours = papermill.PapermillExecutionError(
        cell_index=2,
        exec_count=3,
        source="",
        ename="NotFound",
        evalue="There is no return.",
        traceback=[],
    )
    assert without_words(ours, "individual") == "NotFound: There is no return."
    assert without_words(RenderingFailed("A figure is missing"), "individual") == (
        "RenderingFailed: A figure is missing."
    )
    assert "secret" not in without_words(ValueError("secret"), "individual")


def test_a_return_whose_name_is_not_opaque_is_an_invalid_request(one_member):
    job = wanted_documents(one_member, CPD_YEAR)[0]
    with pytest.raises(InvalidRequest, match="16 hexadecimal digits"):
        execute(one_member, replace(job, return_id="'; import os"))


NUMBERS = {"61850", "7671", "9001", "50128", "62443", "61511", "2015", "0012345", "K000001", "ADAM"}


@pytest.mark.parametrize(
    "text",
    [
        "Read IEC 61850 next.",
        "Your work on IEC 61850-7-420:2009+A1:2018 is sound",
        "BS 7671 and BS7671:2018",
        "the 18th edition (BS 7671)",
        "ISO 9001:2015",
        "BS EN ISO 9001:2015",
        "ISO/IEC 9001",
        "DIN EN 50128:2012-03",
        "EN50128",
        "IEC TS 62443 and IEC/TR 62443-3-1",
        "IEC 61850 and 61511",
        "IEC 61850, 62443 or 61511.",
        "iec 61850",
        "ISO No. 9001",
        "IEC\u00a061850",
        "IEC-61850",
        "IEC\n61850",
        "Ask Adam about it",
    ],
)
def test_the_number_of_a_standard_is_no_membership_number(text):
    assert numbers_named(text, NUMBERS) == set()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("61850 said so", "61850"),
        ("as member 61850 did", "61850"),
        ("IEC member 61850", "61850"),
        ("as 7671 is", "7671"),
        ("IEC 61850 was explained by 7671", "7671"),
        ("IEC 0012345", "0012345"),
        ("IEC 61850 and 0012345", "0012345"),
        ("IEC 61850/0012345", "0012345"),
        ("ISO 9001, K000001", "K000001"),
        ("ISO K000001", "K000001"),
        ("ask k000001 about it", "K000001"),
        ("K000001-style", "K000001"),
        ("(0012345)", "0012345"),
        ("\uff10\uff10\uff11\uff12\uff13\uff14\uff15", "0012345"),
        ("ADAM", "ADAM"),
    ],
)
def test_a_real_membership_number_is_found_however_it_is_written(text, number):
    assert numbers_named(text, NUMBERS) == {number}


def test_a_document_may_name_a_standard_but_no_other_member():
    checked = {"activities": None, "mine": "", "others": frozenset({"61850"})}
    empty = v4.new_notebook()
    check_document("<main><p>Read IEC 61850.</p></main>", empty, **checked)
    for page in ("<p>61850</p>", '<div aria-label="of 61850">', "<p>IEC 61850</p><p>61850</p>"):
        with pytest.raises(RenderingFailed, match=r"another member's number.*behind its publisher"):
            check_document(page, empty, **checked)
    # what is drawn and how it looks is no word
    check_document("<style>a{color:#061850}</style><svg><path d='M61850'/></svg>", empty, **checked)


def test_a_cell_that_staff_have_added_may_print_what_no_document_can_hold():
    shown = v4.new_output("display_data", data={"text/html": "<p>a\x00\x0bb \ud800c</p>"})
    added = v4.new_notebook(
        cells=[
            v4.new_markdown_cell("# T\n\nMore\x0b\x01"),
            v4.new_code_cell("", outputs=[shown]),
        ]
    )
    html = export_html(added, title="T")
    assert "<p>a\nb c</p>" in html
    assert said(html)[0] == ["T", "More", "a", "b", "c"]
    assert export_word(html)


def main():
    """Make the long form, and print what came of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("number", type=int, nargs="?", default=500)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        season, texts = season_of(Path(folder), worst_texts(parser.parse_args().number))
        number = rendered(season, texts)
    told = {"reports": number, "faults": 0, "seconds": round(time.perf_counter() - began)}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
