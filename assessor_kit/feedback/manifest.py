"""What has been written, so that a run can end anywhere and the next one knows: whole files, claims, one line of JSON per document."""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

DOCUMENT = re.compile(
    r"\.[0-9a-f]{32}\."
)  # what is no document's is nobody's claim; it is left alone for an hour
LONG_AGO = 3600.0  # seconds
RENDERED, UNCHANGED, BUSY = (
    "rendered",
    "unchanged",
    "busy",
)  # what became of a document that was asked for
LOCK = ".claims"  # a claim is one byte of this file, at a place told by the document's name


def write_whole(path: Path, content: bytes) -> str:
    """Write a file so that it is there whole or not at all, whatever happens meanwhile; gives its SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.chmod(0o600)
    temporary.replace(path)
    if os.name == "posix":  # the new name itself must reach the disk too
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    return hashlib.sha256(content).hexdigest()


def digest_of(path: Path) -> str:
    """The SHA-256 of a file; empty where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


@contextmanager
def claim(folder: Path, document_id: str) -> Iterator[bool]:
    """Hold the sole right to write one document; False where another process has it. It ends with the process, however that ends."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / LOCK).open("a+b") as file:
        try:
            _lock(file.fileno(), int(document_id[:7], 16))
        except OSError:
            yield False
        else:
            yield True  # closing the file lets go


def _lock(number: int, place: int) -> None:
    """Lock one byte or raise OSError at once."""
    if os.name == "posix":
        import fcntl  # noqa: PLC0415  (not on Windows)

        fcntl.lockf(number, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
    else:
        import msvcrt  # noqa: PLC0415  (only on Windows)

        os.lseek(number, place, os.SEEK_SET)
        msvcrt.locking(number, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]  # typed on Windows alone


def note(manifest: Path, line: dict[str, Any]) -> None:
    """Add a line, in one piece; a line that a dying machine has torn is closed first."""
    manifest.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    number = os.open(manifest, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(number).st_size
        torn = (
            size > 0 and os.pread(number, 1, size - 1) != b"\n" if hasattr(os, "pread") else False
        )
        os.write(number, (b"\n" if torn else b"") + json.dumps(line).encode() + b"\n")
        os.fsync(number)
    finally:
        os.close(number)


def noted(manifest: Path) -> dict[str, dict[str, Any]]:
    """Document -> its latest line. A torn line counts for nothing."""
    lines: dict[str, dict[str, Any]] = {}
    if manifest.is_file():
        for text in manifest.read_text(encoding="utf-8").splitlines():
            with suppress(ValueError):
                line = json.loads(text)
                lines[line["document_id"]] = line
    return lines


def noted_of(manifest: Path, document_id: str) -> dict[str, Any]:
    """The latest line of one document, found from the end; empty where there is none."""
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
    """What the manifest says of a row of `tables.DOCUMENTS`."""
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
    """Remove what processes that were killed left half written."""
    for part in folder.glob(".*.part"):
        if not DOCUMENT.match(part.name):
            if time.time() - part.stat().st_mtime > LONG_AGO:
                part.unlink(missing_ok=True)
            continue
        with claim(folder, part.name[1:33]) as mine:
            if mine:
                part.unlink(missing_ok=True)
