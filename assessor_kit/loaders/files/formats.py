"""Recognise a file's format by its content, never by its name."""

from __future__ import annotations

from collections.abc import Callable

from assessor_kit.errors import UnusableFile
from assessor_kit.loaders.files.archives import OLE, ZIP, Archive
from assessor_kit.loaders.files.csv_files import read_csv
from assessor_kit.loaders.files.pdf_files import SIGNATURE, read_pdf
from assessor_kit.loaders.files.sheet import Sheet
from assessor_kit.loaders.files.word_files import read_word
from assessor_kit.loaders.files.workbooks import read_workbook
from assessor_kit.loaders.limits import CPU_SECONDS, MEBIBYTE, MOST_DOCUMENT_CPU_SECONDS

SIGNATURE_WITHIN = 1024
WEB_PAGES = (b"<!doctype", b"<html", b"<table", b"<?xml")


def form_of_file(data: bytes) -> str:
    """Return the kind of file that its limits depend on: `archive`, `pdf` or `csv`.

    An `archive` is a workbook or a Word document; anything unknown is `csv`. The beginning of the
    file is enough.
    """
    if data.startswith((ZIP, OLE)):
        return "archive"
    return "pdf" if SIGNATURE in data[:SIGNATURE_WITHIN] else "csv"


def seconds_for(data: bytes) -> float:
    """Return the seconds of processor time that reading a file may take."""
    form = form_of_file(data)
    once, each = CPU_SECONDS[form]
    seconds = once + each * len(data) / MEBIBYTE
    return seconds if form == "csv" else min(seconds, MOST_DOCUMENT_CPU_SECONDS)


def sheets_in(data: bytes, *, file: str, recognised: Callable[[list[str]], int]) -> list[Sheet]:
    """Return the tables of a file: one without a name for CSV, named ones otherwise.

    Raises UnusableFile where nothing can be read.
    """
    if data.startswith((ZIP, OLE)):
        archive = Archive(data, file=file)
        if "word/document.xml" in archive.names:
            return read_word(archive, data, file=file)
        if any(name.startswith("xl/") for name in archive.names):
            return read_workbook(archive, file=file)
        raise UnusableFile(
            "an archive that is neither a workbook nor a Word document",
            where=file,
            expected="CSV, .xlsx, .docx or PDF",
            advice="Unpack it and import the files inside.",
        )
    if SIGNATURE in data[:SIGNATURE_WITHIN]:
        return read_pdf(data, file=file)
    if data[:SIGNATURE_WITHIN].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(WEB_PAGES):
        raise UnusableFile(
            "a web page",
            where=file,
            expected="CSV, .xlsx, .docx or PDF",
            advice="Open it in a spreadsheet program and save it as .xlsx.",
        )
    return [read_csv(data, file=file, recognised=recognised)]
