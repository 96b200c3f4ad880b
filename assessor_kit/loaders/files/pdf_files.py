"""Read a PDF that contains text: the tables that its lines draw, and its words."""

from __future__ import annotations

import io

from assessor_kit.errors import UnusableFile
from assessor_kit.loaders.files.document_tables import Grid, sheets_of
from assessor_kit.loaders.files.sheet import Sheet
from assessor_kit.loaders.limits import MEBIBYTE, MOST_FILE_BYTES, MOST_PAGES, MOST_TABLES

SIGNATURE = b"%PDF-"
ASK = "Ask for the record as a spreadsheet or Word document."


def read_pdf(data: bytes, *, file: str) -> list[Sheet]:
    """Return the sheets that the tables of a PDF form.

    Raises UnusableFile for a scan, a file with a password or too many pages, and a file that is not
    a PDF.
    """
    if len(data) > MOST_FILE_BYTES["pdf"]:
        raise UnusableFile(
            f"larger than {MOST_FILE_BYTES['pdf'] // MEBIBYTE} MB", where=file, advice=ASK
        )
    import pdfplumber  # noqa: PLC0415  (half a second to import, and most files are not PDFs)

    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            if len(document.pages) > MOST_PAGES:
                raise UnusableFile(
                    f"{len(document.pages)} pages",
                    where=file,
                    expected=f"at most {MOST_PAGES}",
                    advice=ASK,
                )
            tables: list[Grid] = []
            lines: list[str] = []
            for page in document.pages:
                tables += [
                    [[_unwrapped(cell) for cell in row] for row in table]
                    for table in page.extract_tables()
                ]
                lines += page.extract_text().splitlines()
                page.close()
    except UnusableFile:
        raise
    # The library raises whatever its parser raises; in every case the file is unusable.
    except Exception as problem:  # noqa: BLE001
        raise UnusableFile(
            f"not a readable PDF ({type(problem).__name__})",
            where=file,
            expected="a PDF with text and no password",
            advice=ASK,
        ) from None
    if not lines:
        raise UnusableFile(
            "a PDF without text, such as a scan", where=file, expected="a PDF with text", advice=ASK
        )
    if len(tables) > MOST_TABLES:
        raise UnusableFile(
            f"{len(tables)} tables", where=file, expected=f"at most {MOST_TABLES}", advice=ASK
        )
    return sheets_of(tables, lines, file=file)


def _unwrapped(cell: str | None) -> str:
    """Return a cell's text on one line, as the line breaks on a page carry no meaning."""
    return " ".join((cell or "").split("\n"))
