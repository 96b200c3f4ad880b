"""Make a Word file from a document's HTML, for staff to edit before they send it.

It has the same words in the same order, and the charts as pictures.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from assessor_kit.errors import RenderingFailed
from assessor_kit.feedback.document.words import isolated

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table
    from docx.text.paragraph import Paragraph

LANGUAGE = "en-GB"
UNDATED = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip archive can hold
PICTURE_CM = 15.5
MARGIN_CM = 2.5
PAGE_CM = 21.0
TEXT_CM = PAGE_CM - 2 * MARGIN_CM
TEXT_POINTS = 11
LONGEST_TITLE = 255  # characters that a Word file's title may have
KEPT_LINES = {"said", "words"}  # classes of elements whose white space is shown as it was typed
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
FONT = "Arial"
INK = "1F2933"
QUIET = "52606D"
ACCENT = "00548A"
LINE = "CBD2D9"
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
    """Return a document as a .docx file; equal HTML gives equal bytes.

    Raises RenderingFailed if its words or charts would differ from the page's.
    """
    made = _undated(_saved(_Writer(html).document))
    if spoken(made) != said(html):
        raise RenderingFailed(
            "The words or charts of the Word file differ from those of the page",
            advice="Send the page or the PDF instead, and report this as a fault in the kit.",
        )
    return made


def said(html: str) -> tuple[list[str], list[str]]:
    """Return the page's words in order, and the text alternatives of its charts."""
    main = _main_of(html)
    return "".join(f" {text}" for text in _texts(main)).split(), [
        str(drawn.get("aria-label")) for drawn in main.iterfind(".//div[@role='img']")
    ]


def spoken(content: bytes) -> tuple[list[str], list[str]]:
    """Return a Word file's words in order, and the text alternatives of its pictures."""
    document = _docx().Document(io.BytesIO(content))
    words = []
    alternatives = []
    for block in document.element.body.iter():
        kind = block.tag.rpartition("}")[2]
        if kind == "p":
            words.append(" ")
        elif kind in {"t", "br", "tab"}:
            words.append(block.text or " ")
        elif kind == "docPr":
            alternatives.append(block.get("descr"))
    return "".join(words).split(), alternatives


@cache
def _docx() -> Any:  # noqa: ANN401  (a module)
    # Importing it takes a tenth of a second, and most documents are not Word files.
    import docx  # noqa: PLC0415

    return docx


def _main_of(html: str) -> Any:  # noqa: ANN401  (lxml ships no types)
    from lxml import html as reader  # noqa: PLC0415  (only for a Word file)

    main = reader.document_fromstring(html).find(".//main")
    for anchor in main.findall(".//a[@class='anchor-link']"):
        anchor.drop_tree()
    for words in main.findall(".//bdi"):
        words.text = isolated(words.text or "")
        words.drop_tag()
    return main


def _texts(element: Any) -> Iterator[str]:  # noqa: ANN401  (lxml ships no types)
    if element.tag in LEFT_OUT or not isinstance(element.tag, str):
        return
    yield element.text or ""
    for child in element:
        yield from _texts(child)
        yield child.tail or ""


class _Writer:
    """Walks through the page and writes each part of it into a Word document."""

    def __init__(self, html: str) -> None:
        self.document: Document = _docx().Document()
        main = _main_of(html)
        _prepare(self.document, title=str(main.findtext(".//h1") or "")[:LONGEST_TITLE])
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
            self.document.add_paragraph()  # Word needs a paragraph below a table

    def _children(self, element: Any) -> None:  # noqa: ANN401  (lxml ships no types)
        if (element.text or "").strip():
            self.document.add_paragraph(" ".join(element.text.split()))
        for child in element:
            if isinstance(child.tag, str) and child.tag not in LEFT_OUT:
                self.parts.get(child.tag, self._children)(child)
            if (child.tail or "").strip():
                self.document.add_paragraph(" ".join(child.tail.split()))

    def _heading(self, element: Any) -> None:  # noqa: ANN401  (lxml ships no types)
        _inline(self.document.add_paragraph(style=HEADINGS[element.tag]), element)

    def _paragraph(self, element: Any) -> None:  # noqa: ANN401  (lxml ships no types)
        style = STYLES.get(element.get("class", ""), "Normal")
        _inline(
            self.document.add_paragraph(style=style),
            element,
            keep_lines=element.get("class") in KEPT_LINES,
        )

    def _caption(self, element: Any) -> None:  # noqa: ANN401  (lxml ships no types)
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        _inline(paragraph, element, bold=True)

    def _division(self, element: Any) -> None:  # noqa: ANN401  (lxml ships no types)
        drawn = element.find("svg") if element.get("role") == "img" else None
        if drawn is None:
            self._children(element)
            return
        from lxml import etree  # noqa: PLC0415  (only for a Word file)

        from assessor_kit.charts.picture import picture_of  # noqa: PLC0415  (only for a Word file)

        content = picture_of(etree.tostring(drawn, encoding="unicode", with_tail=False))
        picture = self.document.add_picture(
            io.BytesIO(content), width=_docx().shared.Cm(PICTURE_CM)
        )
        # Python-docx has no other way to give a picture its text.
        picture._inline.docPr.set("descr", element.get("aria-label", ""))  # noqa: SLF001

    def _list(self, element: Any) -> None:  # noqa: ANN401  (lxml ships no types)
        ordered = element.tag == "ol"
        number = _new_numbering(self.document) if ordered else None
        for item in element.iterfind("li"):
            paragraph = self.document.add_paragraph(
                style="List Number" if ordered else "List Bullet"
            )
            if number is not None:
                # Python-docx has no other way to make a list start at one again.
                properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()  # noqa: SLF001
                properties.get_or_add_ilvl().val = 0
                properties.get_or_add_numId().val = number
            _inline(paragraph, item)

    def _terms(self, element: Any) -> None:  # noqa: ANN401  (lxml ships no types)
        for term in element.iter("dt"):
            paragraph = self.document.add_paragraph()
            _inline(paragraph, term, bold=True)
            paragraph.add_run().add_break()
            _inline(paragraph, term.getnext())

    def _table(self, element: Any) -> None:  # noqa: ANN401  (lxml ships no types)
        rows = [row.findall("*") for row in element.iter("tr")]
        caption = element.find("caption")
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
                _inline(
                    cell.paragraphs[0],
                    shown,
                    bold=shown.tag == "th",
                    keep_lines=shown.get("class") in KEPT_LINES,
                )
        _fix_widths(table)
        _mark_heading(table, "" if caption is None else caption.text_content())


def _inline(
    paragraph: Paragraph,
    element: Any,  # noqa: ANN401  (lxml ships no types)
    *,
    bold: bool = False,
    keep_lines: bool = False,
) -> None:
    """Add an element's text to a paragraph, with the strong parts in bold.

    White space is folded as a browser would.
    """
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
        if not keep_lines and (not shown or shown.endswith((" ", "\n"))):
            folded = folded.lstrip(" ")
        if folded:
            paragraph.add_run(folded).bold = strong or None
            shown += folded


def _prepare(document: Document, *, title: str) -> None:
    """Set the document's language, page, type and properties.

    It gets no date and no author, because neither would be the same twice.
    """
    from docx.oxml.ns import qn  # noqa: PLC0415  (only for a Word file)

    about = document.core_properties
    shared = _docx().shared
    about.title = title
    about.language = LANGUAGE
    about.author = ""
    about.last_modified_by = ""
    about.comments = ""
    # This date stands for no date at all.
    about.created = about.modified = datetime(*UNDATED)  # noqa: DTZ001
    section = document.sections[0]
    section.page_width = shared.Cm(PAGE_CM)
    section.page_height = shared.Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = (
        shared.Cm(MARGIN_CM)
    )
    styles = document.styles
    for language in styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGE)
    for fonts in styles.element.iter(qn("w:rFonts")):
        fonts.attrib.clear()  # a font of the theme would take precedence over ours
        for letters in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(letters), FONT)
    for border in styles["Table Grid"].element.iter(
        *(qn(f"w:{side}") for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
    ):
        border.set(qn("w:color"), LINE)
    for name, (points, colour, before) in LOOKS.items():
        font = styles[name].font
        font.size = shared.Pt(points)
        font.italic = False
        font.bold = name in HEADINGS.values()
        font.color.rgb = shared.RGBColor.from_string(colour)
        styles[name].paragraph_format.space_before = shared.Pt(before)
    styles["Normal"].font.size = shared.Pt(TEXT_POINTS)


def _new_numbering(document: Document) -> int:
    """Return the number of a new numbering, which starts at one."""
    from docx.oxml.ns import qn  # noqa: PLC0415  (only for a Word file)

    style = document.styles["List Number"].element
    numbering = document.part.numbering_part.element
    used = style.pPr.numPr.numId.val
    abstract = next(one for one in numbering.num_lst if one.numId == used).abstractNumId.val
    number = numbering.add_num(abstract)
    number.add_lvlOverride(ilvl=0).add_startOverride(1)
    return int(number.get(qn("w:numId")))


def _fix_widths(table: Table) -> None:
    """Give a table's columns fixed widths, which add up to the text's.

    Word would otherwise widen the column of a long word beyond the page. The last column is twice
    as wide as the others where there are three, because it holds the comments.
    """
    table.autofit = False
    parts = [1] * len(table.columns)
    if len(parts) == 3:  # noqa: PLR2004  (point, view and comment)
        parts[-1] = 2
    for column, part in zip(table.columns, parts, strict=True):
        column.width = _docx().shared.Cm(TEXT_CM * part / sum(parts))


def _mark_heading(table: Table, caption: str) -> None:
    """Make the first row the heading, repeated on each page, and give the table a name."""
    from docx.oxml import OxmlElement  # noqa: PLC0415  (only for a Word file)
    from docx.oxml.ns import qn  # noqa: PLC0415  (only for a Word file)

    properties = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001  (python-docx has no other way)
    properties.append(OxmlElement("w:tblHeader"))
    name = OxmlElement("w:tblCaption")
    name.set(qn("w:val"), " ".join(caption.split()))
    table._tbl.tblPr.append(name)  # noqa: SLF001  (python-docx has no other way)


def _saved(document: Document) -> bytes:
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def _undated(content: bytes) -> bytes:
    """Return the same archive without the time at which it was made.

    Its members keep their order.
    """
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
