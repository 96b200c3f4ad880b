"""Read a Word document: its tables, and the lines between them."""

from __future__ import annotations

import io

from assessor_kit.errors import UnusableFile
from assessor_kit.loaders.files.archives import SAVE_AGAIN, Archive
from assessor_kit.loaders.files.document_tables import Grid, sheets_of
from assessor_kit.loaders.files.sheet import Sheet
from assessor_kit.loaders.limits import MOST_COLUMNS, MOST_ROWS, MOST_TABLES


def read_word(archive: Archive, data: bytes, *, file: str) -> list[Sheet]:
    """Return the sheets that the tables of a .docx file form.

    Raises UnusableFile for a file that is not a document or is too large.
    """
    archive.read_through()
    import docx  # noqa: PLC0415  (a fifth of a second to import; most files are not documents)

    try:
        document = docx.Document(io.BytesIO(data))
        tables = document.tables[: MOST_TABLES + 1]
        if len(tables) > MOST_TABLES or sum(len(table.rows) for table in tables) > MOST_ROWS:
            raise UnusableFile(
                "too many tables or rows",
                where=file,
                expected=f"at most {MOST_TABLES} tables and {MOST_ROWS} rows",
                advice="Split the document and import its parts.",
            )
        grids: list[Grid] = [
            [[cell.text for cell in row.cells[: MOST_COLUMNS + 1]] for row in table.rows]
            for table in tables
        ]
        lines = [line for paragraph in document.paragraphs for line in paragraph.text.splitlines()]
    except UnusableFile:
        raise
    # The library raises whatever its parser raises; in every case the file is unusable.
    except Exception as problem:  # noqa: BLE001
        raise UnusableFile(
            f"not a readable document ({type(problem).__name__})",
            where=file,
            expected="a .docx document",
            advice=SAVE_AGAIN,
        ) from None
    return sheets_of(grids, lines, file=file)
