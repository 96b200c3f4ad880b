"""From a document's HTML to a Word file that staff can edit before they send it: the same words in the same order, charts as pictures."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from assessor_kit.errors import RenderingFailed

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table
    from docx.text.paragraph import Paragraph

LANGUAGE = "en-GB"
UNDATED = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip archive knows
PICTURE_CM, MARGIN_CM, TEXT_POINTS = 15.5, 2.5, 11
STYLES = {
    "lead": "Subtitle",
    "said": "Quote",
    "ak-note": "Caption",
    "quiet": "Caption",
    "to": "Caption",
    "banner": "Intense Quote",
}
HEADINGS = {"h1": "Heading 1", "h2": "Heading 2", "h3": "Heading 3"}
LEFT_OUT = {"summary", "svg", "style", "script", "head"}
FONT, INK, QUIET, ACCENT, LINE = "Arial", "1F2933", "52606D", "00548A", "CBD2D9"
# Size in points, colour, and the space above in points.
LOOKS = {
    "Subtitle": (13, INK, 0),
    "Quote": (TEXT_POINTS, INK, 0),
    "Caption": (9.5, QUIET, 6),
    "Intense Quote": (TEXT_POINTS, INK, 0),
    "Heading 1": (22, INK, 0),
    "Heading 2": (15, ACCENT, 20),
    "Heading 3": (12, INK, 12),
}


def export_word(html: str) -> bytes:
    """The .docx of a document. Equal HTML gives equal bytes. Raises RenderingFailed where it would not say what the page says."""
    made = _undated(_saved(_Writer(html).document))
    if spoken(made) != said(html):
        raise RenderingFailed(
            "The Word file does not say what the page says",
            advice="Send the page or the PDF, and tell who keeps the kit.",
        )
    return made


def said(html: str) -> tuple[list[str], list[str]]:
    """(words of the page in their order, text alternatives of its charts)"""
    main = _main_of(html)
    return "".join(f" {text}" for text in _texts(main)).split(), [
        str(drawn.get("aria-label")) for drawn in main.iterfind(".//div[@role='img']")
    ]


def spoken(content: bytes) -> tuple[list[str], list[str]]:
    """(words of a Word file in their order, text alternatives of its pictures)"""
    document = _docx().Document(io.BytesIO(content))
    words, alternatives = [], []
    for block in document.element.body.iter():
        kind = block.tag.rpartition("}")[2]
        if kind == "p":
            words.append(" ")
        elif kind in {"t", "br"}:
            words.append(block.text or " ")
        elif kind == "docPr":
            alternatives.append(block.get("descr"))
    return "".join(words).split(), alternatives


@cache
def _docx() -> Any:  # noqa: ANN401  (a module)
    import docx  # noqa: PLC0415  (a tenth of a second at import, and most documents are no Word files)

    return docx


def _main_of(html: str) -> Any:  # noqa: ANN401  (lxml ships no types)
    from lxml import html as reader  # noqa: PLC0415  (as above)

    main = reader.document_fromstring(html).find(".//main")
    for anchor in main.findall(".//a[@class='anchor-link']"):
        anchor.drop_tree()
    return main


def _texts(element: Any) -> Iterator[str]:  # noqa: ANN401  (as above)
    if element.tag in LEFT_OUT or not isinstance(element.tag, str):
        return
    yield element.text or ""
    for child in element:
        yield from _texts(child)
        yield child.tail or ""


class _Writer:
    """Walks the page and writes each part of it."""

    def __init__(self, html: str) -> None:
        self.document: Document = _docx().Document()
        main = _main_of(html)
        _prepare(self.document, title=str(main.findtext(".//h1") or ""))
        self.parts: dict[str, Callable[[Any], None]] = {
            **dict.fromkeys(HEADINGS, self._heading),
            "p": self._paragraph,
            "ul": self._list,
            "ol": self._list,
            "dl": self._terms,
            "table": self._table,
            "figcaption": self._caption,
            "div": self._division,
        }
        self._children(main)
        if self.document.element.body[-2].tag.endswith("}tbl"):
            self.document.add_paragraph()  # Word wants something below a table

    def _children(self, element: Any) -> None:  # noqa: ANN401  (as above)
        if (element.text or "").strip():
            self.document.add_paragraph(" ".join(element.text.split()))
        for child in element:
            if isinstance(child.tag, str) and child.tag not in LEFT_OUT:
                self.parts.get(child.tag, self._children)(child)
            if (child.tail or "").strip():
                self.document.add_paragraph(" ".join(child.tail.split()))

    def _heading(self, element: Any) -> None:  # noqa: ANN401  (as above)
        _inline(self.document.add_paragraph(style=HEADINGS[element.tag]), element)

    def _paragraph(self, element: Any) -> None:  # noqa: ANN401  (as above)
        style = STYLES.get(element.get("class", ""), "Normal")
        _inline(
            self.document.add_paragraph(style=style),
            element,
            keep_lines=element.get("class") == "said",
        )

    def _caption(self, element: Any) -> None:  # noqa: ANN401  (as above)
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        _inline(paragraph, element, bold=True)

    def _division(self, element: Any) -> None:  # noqa: ANN401  (as above)
        drawn = element.find("svg") if element.get("role") == "img" else None
        if drawn is None:
            self._children(element)
            return
        from lxml import etree  # noqa: PLC0415  (as above)

        from assessor_kit.charts.picture import picture_of  # noqa: PLC0415  (as above)

        content = picture_of(etree.tostring(drawn, encoding="unicode", with_tail=False))
        picture = self.document.add_picture(
            io.BytesIO(content), width=_docx().shared.Cm(PICTURE_CM)
        )
        picture._inline.docPr.set("descr", element.get("aria-label", ""))  # noqa: SLF001  (python-docx has no other way to give a picture its text)

    def _list(self, element: Any) -> None:  # noqa: ANN401  (as above)
        ordered = element.tag == "ol"
        number = _new_numbering(self.document) if ordered else None
        for item in element.iterfind("li"):
            paragraph = self.document.add_paragraph(
                style="List Number" if ordered else "List Bullet"
            )
            if number is not None:
                properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()  # noqa: SLF001  (a list that starts at one again: python-docx has no other way)
                properties.get_or_add_ilvl().val, properties.get_or_add_numId().val = 0, number
            _inline(paragraph, item)

    def _terms(self, element: Any) -> None:  # noqa: ANN401  (as above)
        for term in element.iter("dt"):
            paragraph = self.document.add_paragraph()
            _inline(paragraph, term, bold=True)
            paragraph.add_run().add_break()
            _inline(paragraph, term.getnext())

    def _table(self, element: Any) -> None:  # noqa: ANN401  (as above)
        rows, caption = [row.findall("*") for row in element.iter("tr")], element.find("caption")
        before = self.document.element.body[-2] if len(self.document.element.body) > 1 else None
        if caption is not None:
            paragraph = self.document.add_paragraph(style="Caption")
            paragraph.paragraph_format.keep_with_next = True
            _inline(paragraph, caption)
        elif before is not None and before.tag.endswith("}tbl"):
            self.document.add_paragraph()  # two tables without anything between them would be one
        table = self.document.add_table(
            rows=len(rows), cols=max(map(len, rows)), style="Table Grid"
        )
        for place, cells in enumerate(rows):
            for cell, shown in zip(table.rows[place].cells, cells, strict=False):
                _inline(cell.paragraphs[0], shown, bold=shown.tag == "th")
        _mark_heading(table, "" if caption is None else caption.text_content())


def _inline(
    paragraph: Paragraph, element: Any, *, bold: bool = False, keep_lines: bool = False
) -> None:  # noqa: ANN401  (as above)
    """The text of an element, what is strong in it bold. White space is folded as a browser does."""
    pieces = [(element.text or "", bold)]
    for child in element:
        if child.tag == "br":
            pieces.append(("\n", bold))
        else:
            pieces.append((f" {child.text_content()} ", bold or child.tag in {"strong", "b"}))
        pieces.append((child.tail or "", bold))
    shown = ""
    for text, strong in pieces:
        folded = (
            text
            if keep_lines or text == "\n"
            else " ".join(f"|{text}|".split()).replace("|", "", 1)[:-1]
        )
        folded = folded.lstrip(" ") if not shown or shown.endswith((" ", "\n")) else folded
        if folded:
            paragraph.add_run(folded).bold = strong or None
            shown += folded


def _prepare(document: Document, *, title: str) -> None:
    """Language, page, type and what the file says of itself. No date and no author: neither would be the same twice."""
    from docx.oxml.ns import qn  # noqa: PLC0415  (as above)

    about, shared = document.core_properties, _docx().shared
    about.title, about.language, about.author, about.last_modified_by, about.comments = (
        title,
        LANGUAGE,
        "",
        "",
        "",
    )
    about.created = about.modified = datetime(*UNDATED)  # noqa: DTZ001  (a date that says that there is none)
    section = document.sections[0]
    section.page_width, section.page_height = shared.Cm(21.0), shared.Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = (
        shared.Cm(MARGIN_CM)
    )
    styles = document.styles
    for language in styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGE)
    for fonts in styles.element.iter(qn("w:rFonts")):
        fonts.attrib.clear()  # a font of the theme would go before ours
        for letters in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(letters), FONT)
    for border in styles["Table Grid"].element.iter(
        *(qn(f"w:{side}") for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
    ):
        border.set(qn("w:color"), LINE)
    for name, (points, colour, before) in LOOKS.items():
        font = styles[name].font
        font.size, font.italic, font.bold, font.color.rgb = (
            shared.Pt(points),
            False,
            name in HEADINGS.values(),
            shared.RGBColor.from_string(colour),
        )
        styles[name].paragraph_format.space_before = shared.Pt(before)
    styles["Normal"].font.size = shared.Pt(TEXT_POINTS)


def _new_numbering(document: Document) -> int:
    """A numbering of its own, which starts at one."""
    from docx.oxml.ns import qn  # noqa: PLC0415  (as above)

    style = document.styles["List Number"].element
    numbering = document.part.numbering_part.element
    used = style.pPr.numPr.numId.val
    abstract = next(one for one in numbering.num_lst if one.numId == used).abstractNumId.val
    number = numbering.add_num(abstract)
    number.add_lvlOverride(ilvl=0).add_startOverride(1)
    return int(number.get(qn("w:numId")))


def _mark_heading(table: Table, caption: str) -> None:
    """The first row is the heading, on every page that the table reaches; the table has a name."""
    from docx.oxml import OxmlElement  # noqa: PLC0415  (as above)
    from docx.oxml.ns import qn  # noqa: PLC0415  (as above)

    properties = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001  (python-docx has no other way)
    properties.append(OxmlElement("w:tblHeader"))
    name = OxmlElement("w:tblCaption")
    name.set(qn("w:val"), " ".join(caption.split()))
    table._tbl.tblPr.append(name)  # noqa: SLF001  (as above)


def _saved(document: Document) -> bytes:
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def _undated(content: bytes) -> bytes:
    """The same archive with its members in order and without the moment at which it was made."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():  # the order in which Word looks for them
            member = zipfile.ZipInfo(name, UNDATED)
            member.external_attr = 0o600 << 16
            after.writestr(member, before.read(name), zipfile.ZIP_DEFLATED)
    return made.getvalue()
