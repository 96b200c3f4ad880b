"""What a document is offered as besides its page: PDF, and Word for bodies that edit before they send. What staff have edited is never written over."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from assessor_kit.feedback.manifest import digest_of, noted_of, write_whole
from assessor_kit.feedback.pdf import export_pdf, pdf_problem
from assessor_kit.feedback.word_file import export_word

EXPORTS: dict[str, Callable[[str], bytes]] = {"pdf": export_pdf, "docx": export_word}
EDITED = "docx"  # the form that staff may change


def format_problem(formats: tuple[str, ...]) -> str:
    """Why one of the formats cannot be made here; empty where all can."""
    return pdf_problem() if "pdf" in formats else ""


def further_wanted(page: Path, formats: tuple[str, ...], line: dict[str, Any]) -> list[str]:
    """The formats that are to be made of a page that stands: those that are missing, or were altered and are not for editing.

    `line`: the document's line of the manifest.
    """
    return [
        one
        for one in EXPORTS
        if one in formats
        and not (
            page.with_suffix(f".{one}").is_file()
            if one == EDITED
            else digest_of(page.with_suffix(f".{one}")) == line.get(f"{one}_sha256", "none yet")
        )
    ]


def write_further(html: str, page: Path, formats: tuple[str, ...]) -> dict[str, str]:
    """Write a page's other formats: what the manifest notes of them (format_sha256)."""
    made = {one: export(html) for one, export in EXPORTS.items() if one in formats}
    return {
        f"{one}_sha256": write_whole(page.with_suffix(f".{one}"), content)
        for one, content in made.items()
    }


def clear_earlier(page: Path) -> None:
    """Before a page changes, its other formats go: nobody may take them for the new page's. A Word file that staff have edited goes aside instead."""
    for one in EXPORTS:
        path = page.with_suffix(f".{one}")
        if (
            one == EDITED
            and path.is_file()
            and noted_of(page.with_name("manifest.jsonl"), page.stem).get(f"{one}_sha256")
            != digest_of(path)
        ):
            names = (page.with_suffix(f".edited-{number}.{one}") for number in count(1))
            path.rename(next(name for name in names if not name.exists()))
        path.unlink(missing_ok=True)
