"""What has been written, so that a run can stop anywhere and the next one carry on.

A claim keeps two processes off the same document, and the manifest has one line of JSON for each
document.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from assessor_kit.files import append_line, held

# a partial file of anything but a document is covered by no claim, so it is left alone for an hour
DOCUMENT = re.compile(r"\.[0-9a-f]{32}\.")
LONG_AGO = 3600.0  # seconds
# what became of a document that was asked for
RENDERED = "rendered"
UNCHANGED = "unchanged"
BUSY = "busy"
LOCK = ".claims"  # a claim locks one byte of this file, at a place given by the document's name


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file; empty if there is no file."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


@contextmanager
def claim(folder: Path, document_id: str) -> Iterator[bool]:
    """Hold the sole right to write one document; yield False if another process has it.

    The right ends with the process, however that ends.
    """
    with held(folder / LOCK, place=int(document_id[:7], 16)) as mine:
        yield mine


def note(manifest: Path, line: dict[str, Any]) -> None:
    """Add a line to the manifest."""
    append_line(manifest, json.dumps(line))


def noted(manifest: Path) -> dict[str, dict[str, Any]]:
    """Return the latest line of each document; a torn line is ignored."""
    lines: dict[str, dict[str, Any]] = {}
    if manifest.is_file():
        for text in manifest.read_text(encoding="utf-8").splitlines():
            with suppress(ValueError):
                line = json.loads(text)
                lines[line["document_id"]] = line
    return lines


def noted_of(manifest: Path, document_id: str) -> dict[str, Any]:
    """Return the latest line of one document, searching from the end; empty if none."""
    content = manifest.read_bytes() if manifest.is_file() else b""
    end = len(content)
    while (place := content.rfind(document_id.encode(), 0, end)) >= 0:
        end = content.rfind(b"\n", 0, place) + 1
        with suppress(ValueError):
            line: dict[str, Any] = json.loads(content[end:].split(b"\n", 1)[0])
            if line.get("document_id") == document_id:
                return line
    return {}


def manifest_line(known: dict[Any, Any]) -> dict[str, Any]:
    """Return the manifest's line for a row of `tables.DOCUMENTS`."""
    return {
        name: int(known[name]) if name == "version" else str(known[name])
        for name in (
            "document_id",
            "kind",
            "version",
            "input_digest",
            "file",
            "sha256",
            "rendered_at",
        )
    }


def sweep(folder: Path) -> None:
    """Remove the half-written files of processes that were killed."""
    for part in folder.glob(".*.part"):
        if not DOCUMENT.match(part.name):
            if time.time() - part.stat().st_mtime > LONG_AGO:
                part.unlink(missing_ok=True)
            continue
        with claim(folder, part.name[1:33]) as mine:
            if mine:
                part.unlink(missing_ok=True)
