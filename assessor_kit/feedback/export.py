"""From an executed notebook to one HTML file that needs nothing else: code left out, checked before it counts."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import NotebookNode
from traitlets.config import Config

from assessor_kit.errors import RenderingFailed

HERE = Path(__file__).resolve().parent
LARGEST = 150 * 1024


@cache
def _exporter() -> HTMLExporter:
    """One exporter for all reports: making one costs more than using it."""
    ours = Config(
        {
            "TemplateExporter": {
                "extra_template_basedirs": [str(HERE)],
                "template_name": "document",
            },
            "Exporter": {"optimistic_validation": True},
        }
    )  # the notebook is checked once, not again after each of eleven steps
    return HTMLExporter(config=ours, template_file="index.html.j2")


@cache
def _style() -> str:
    return re.sub(r"\s+", " ", (HERE / "document" / "style.css").read_text(encoding="utf-8"))


def export_html(executed: NotebookNode, *, title: str) -> str:
    """The document of an executed notebook."""
    # The template alone: HTMLExporter's own method would parse the page again for what our template has not, seven times slower.
    html, _ = TemplateExporter.from_notebook_node(
        _exporter(), executed, resources={"document_title": title, "document_style": _style()}
    )
    return str(html)


def check_document(
    html: str, executed: NotebookNode, *, activities: int | None, mine: str, others: frozenset[str]
) -> None:
    """Raise RenderingFailed unless the document is whole and speaks of nobody else.

    `activities`: the number it must state (None for generic feedback); `mine`: the member's own number; `others`: every number
    that must not stand in it.
    """
    figures = sum(
        "aria-label" in output.get("data", {}).get("text/html", "")
        for cell in executed.cells
        for output in cell.get("outputs", [])
    )
    words = set(re.findall(r"[A-Z0-9-]{4,16}", html))
    faults = {
        "a traceback": "Traceback (most recent call last)" in html,
        "something unrendered": "{{" in html or "{%" in html,
        "not every figure": html.count('<figure class="ak-figure"') != figures,
        "another number of activities": activities is not None
        and f'data-check="activities">{activities}<' not in html,
        "not the member's own number": bool(mine) and mine not in words,
        "another member's number": bool(words & (others - {mine})),
        f"more than {LARGEST // 1024} KB": len(html.encode()) > LARGEST,
    }
    found = [fault for fault, there in faults.items() if there]
    if found:
        raise RenderingFailed(
            f"The report holds {', '.join(found)}",
            advice="Open the template with this return and run all cells to see why.",
        )


def page_of_blocks(blocks: list[tuple[str, str]], *, title: str) -> str:
    """A document made of blocks (heading or empty, safe HTML) without a notebook, for a look before anything is rendered."""
    cells = [nbformat.v4.new_markdown_cell(f"# {title}")]
    for heading, shown in blocks:
        cells += [nbformat.v4.new_markdown_cell(f"## {heading}")] if heading else []
        cells.append(
            nbformat.v4.new_code_cell(
                "",
                outputs=[nbformat.v4.new_output("display_data", data={"text/html": shown})]
                if shown
                else [],
            )
        )
    return export_html(nbformat.v4.new_notebook(cells=cells), title=title)
