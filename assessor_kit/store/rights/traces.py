"""Search files for texts, in their bytes and inside archives.

Workbooks are archives too.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import NamedTuple

DEEPEST = 4  # how many levels of archives within archives are searched


def files_holding(folder: Path, words: Iterable[str]) -> list[Path]:
    """Return the files below the folder (or the one file given) that hold one of the words.

    The words are searched for in UTF-8, Windows-1252 and UTF-16, and as HTML and JSON write them,
    in names and contents, also inside archives.
    """
    plain = {
        form
        for word in words
        for form in (word, escape(word), escape(word, quote=False), json.dumps(word)[1:-1])
    }
    wanted = Wanted(
        sorted(
            {form.encode() for form in plain}
            | {form.encode("cp1252", errors="ignore") or form.encode() for form in plain}
        ),
        sorted(form.encode("utf-16-le") for form in plain),
    )
    found = sorted(folder.rglob("*")) if folder.is_dir() else [folder]
    return [
        path
        for path in found
        if path.is_file() and _holds(path.name, path.read_bytes(), wanted, DEEPEST)
    ]


class Wanted(NamedTuple):
    """The words to search for, as bytes.

    `narrow` holds them in encodings of one byte and more, `wide` in encodings of two bytes, which
    are searched for only where a file has zero bytes.
    """

    narrow: list[bytes]
    wide: list[bytes]


def _holds(name: str, data: bytes, wanted: Wanted, depth: int) -> bool:
    named = data + b"\n" + name.encode()
    if any(form in named for form in wanted.narrow) or (
        b"\0" in data and any(form in data for form in wanted.wide)
    ):
        return True
    return depth > 0 and any(
        _holds(inner, content, wanted, depth - 1) for inner, content in _unzipped(data)
    )


def _unzipped(data: bytes) -> Iterator[tuple[str, bytes]]:
    if not data.startswith(b"PK\x03\x04"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                yield entry.filename, archive.read(entry)
    # what cannot be unzipped holds nothing that can be read here
    except (zipfile.BadZipFile, RuntimeError, OSError):
        return
