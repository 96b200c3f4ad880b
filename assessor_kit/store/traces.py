"""Which files hold one of these texts? Bytes as they are, and inside archives (workbooks are archives too)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import NamedTuple

DEEPEST = 4  # archives within archives


def files_holding(folder: Path, words: Iterable[str]) -> list[Path]:
    """The files below the folder (or the one file given) that hold one of the words, in UTF-8, UTF-16, HTML or JSON form, by name or in archives unzipped."""
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
    """The words as bytes, in encodings of one byte and more, and in the one of two bytes, which is looked for where a file has zero bytes."""

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
    except (
        zipfile.BadZipFile,
        RuntimeError,
        OSError,
    ):  # what cannot be unzipped holds nothing that can be read here
        return
