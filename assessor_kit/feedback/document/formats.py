"""A document's formats besides its page: PDF, and Word for bodies that edit first.

A Word file that staff have edited is never overwritten.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from assessor_kit.feedback.document.manifest import file_digest, noted_of
from assessor_kit.feedback.document.pdf_file import export_pdf, pdf_problem
from assessor_kit.feedback.document.word_file import export_word
from assessor_kit.files import write_private

EXPORTS: dict[str, Callable[[str], bytes]] = {"pdf": export_pdf, "docx": export_word}
EDITED = "docx"  # the format that staff may edit


def format_problem(formats: tuple[str, ...]) -> str:
    """Return why one of the formats cannot be made here; empty if all can."""
    return pdf_problem() if "pdf" in formats else ""


def further_wanted(page: Path, formats: tuple[str, ...], line: dict[str, Any]) -> list[str]:
    """Return the formats that are still to be made of a page that is up to date.

    These are the ones that are missing, and those that were altered although they are not for
    editing. `line` is the document's line in the manifest.
    """
    return [
        one
        for one in EXPORTS
        if one in formats
        and not (
            page.with_suffix(f".{one}").is_file()
            if one == EDITED
            else file_digest(page.with_suffix(f".{one}")) == line.get(f"{one}_sha256", "none yet")
        )
    ]


def write_further(html: str, page: Path, formats: tuple[str, ...]) -> dict[str, str]:
    """Write a page's other formats, and return what the manifest notes of them.

    The keys are the format's name and `_sha256`.
    """
    made = {one: export(html) for one, export in EXPORTS.items() if one in formats}
    return {
        f"{one}_sha256": write_private(page.with_suffix(f".{one}"), content)
        for one, content in made.items()
    }


def clear_earlier(page: Path) -> None:
    """Remove a page's other formats before the page changes.

    Nobody may take them for formats of the new page. A Word file that staff have edited is renamed
    and kept.
    """
    for one in EXPORTS:
        path = page.with_suffix(f".{one}")
        if (
            one == EDITED
            and path.is_file()
            and noted_of(page.with_name("manifest.jsonl"), page.stem).get(f"{one}_sha256")
            != file_digest(path)
        ):
            names = (page.with_suffix(f".edited-{number}.{one}") for number in count(1))
            path.rename(next(name for name in names if not name.exists()))
        path.unlink(missing_ok=True)
