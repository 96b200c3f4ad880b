"""Turn an executed notebook into one self-contained HTML file, and check it.

The notebook's code is left out.
"""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import NotebookNode
from traitlets.config import Config

from assessor_kit.errors import RenderingFailed
from assessor_kit.feedback.document.named_numbers import NUMBER, numbers_named
from assessor_kit.feedback.document.words import showable

HERE = Path(__file__).resolve().parent
LARGEST = 150 * 1024  # without the words that people wrote
WORDS = re.compile(r"<bdi[ >].*?</bdi>", re.DOTALL)  # see `report.blocks`
STYLE_SHEET = re.compile(r"<style>.*?</style>", re.DOTALL)
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
TAG = re.compile(r"<[^>]*>")
SPOKEN = re.compile(r'\b(?:aria-label|title|alt)="([^"]*)"')


@cache
def _exporter() -> HTMLExporter:
    """Return the one exporter for all reports: making one costs more than using it."""
    ours = Config(
        {
            "TemplateExporter": {
                "extra_template_basedirs": [str(HERE)],
                "template_name": "page",
            },
            # the notebook is validated once, not again after each of eleven steps
            "Exporter": {"optimistic_validation": True},
        }
    )
    return HTMLExporter(config=ours, template_file="index.html.j2")


@cache
def _style() -> str:
    return packed_style(HERE / "page" / "style.css")


def packed_style(path: Path) -> str:
    """Return a style sheet on one line and without comments, as a document carries it."""
    without_comments = re.sub(r"/\*.*?\*/", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"\s+", " ", without_comments).strip()


def export_html(executed: NotebookNode, *, title: str) -> str:
    """Return the HTML document of an executed notebook."""
    # Only the template is used: HTMLExporter's own method would parse the page again, for things
    # that our template does not have, and take seven times as long.
    html, _ = TemplateExporter.from_notebook_node(
        _exporter(), executed, resources={"document_title": title, "document_style": _style()}
    )
    page = str(html)
    # blocks hold nothing of that kind, but a cell that staff have added to a template may
    return showable(page) if NOT_XML.search(page) else page


def check_document(
    html: str, executed: NotebookNode, *, activities: int | None, mine: str, others: frozenset[str]
) -> None:
    """Raise RenderingFailed unless the document is complete and mentions nobody else.

    `activities`: the number that it must state (None for generic feedback); `mine`: the member's
    own number; `others`: every number that must not appear in it.

    What people wrote is no fault of the page: it may hold braces or a traceback, and be long.
    """
    figures = sum(
        "<figure" in output.get("data", {}).get("text/html", "")
        for cell in executed.cells
        for output in cell.get("outputs", [])
    )
    own = WORDS.sub("", html)
    text = _read_aloud(html)
    others_named = numbers_named(text, others) - {mine}
    faults = {
        "it contains a traceback": "Traceback (most recent call last)" in own,
        "part of the template was not filled in": "{{" in own or "{%" in own,
        "a figure is missing": html.count('<figure class="ak-figure"') != figures,
        "it states the wrong number of activities": (
            activities is not None and f'data-check="activities">{activities}<' not in html
        ),
        "the member's own number is missing": (bool(mine) and mine not in NUMBER.findall(text)),
        "it contains another member's number": bool(others_named),
        f"it is larger than {LARGEST // 1024} KB": len(own.encode()) > LARGEST,
    }
    found = [fault for fault, there in faults.items() if there]
    if found:
        raise RenderingFailed(
            f"The report cannot be used: {', '.join(found)}",
            advice=(
                "Open the template with this return and run all cells to see why. A standard's"
                " number belongs behind its publisher: IEC 61850."
                if others_named
                else "Open the template with this return and run all cells to see why."
            ),
        )


def _read_aloud(html: str) -> str:
    """Return what a page says to whoever sees or hears it, without its markup and its drawings."""
    page = STYLE_SHEET.sub(" ", html)
    return unescape(" ".join((TAG.sub(" ", page), *SPOKEN.findall(page))))


def page_of_blocks(blocks: list[tuple[str, str]], *, title: str) -> str:
    """Return a document made only of blocks (heading or empty, safe HTML).

    It needs no notebook, and is used for previews, before anything is rendered, and for the board's
    page.
    """
    cells = [nbformat.v4.new_markdown_cell(f"# {title}")]
    for heading, shown in blocks:
        cells += [nbformat.v4.new_markdown_cell(f"## {heading}")] if heading else []
        cells.append(
            nbformat.v4.new_code_cell(
                "",
                outputs=(
                    [nbformat.v4.new_output("display_data", data={"text/html": shown})]
                    if shown
                    else []
                ),
            )
        )
    return export_html(nbformat.v4.new_notebook(cells=cells), title=title)
