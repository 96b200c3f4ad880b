"""Check that an archive is safe to open before anything in it is unpacked.

Excel and Word files are zip archives.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib

from assessor_kit.errors import UnusableFile
from assessor_kit.loaders.limits import (
    MEBIBYTE,
    MOST_ENTRIES,
    MOST_FILE_BYTES,
    MOST_TIMES_UNPACKED,
    MOST_UNPACKED_BYTES,
    SMALL_PART_BYTES,
)

OLE = b"\xd0\xcf\x11\xe0"
ZIP = b"PK\x03\x04"
DIRECTORY_ENTRY = b"PK\x01\x02"
SAVE_AGAIN = "Open it in the program it was made with and save it again."
NEVER_XML = (".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf", ".bin", ".ttf", ".odttf")
DECLARATIONS = tuple(
    word.encode(encoding)
    for word in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("ascii", "utf-16-le", "utf-16-be")
)


class Archive:
    """The parts of an archive that passed the checks, unpacked one at a time.

    Raises UnusableFile for an archive that must not be opened.
    """

    def __init__(self, data: bytes, *, file: str) -> None:
        self.file = file
        if data.startswith(OLE):
            raise UnusableFile(
                "password-protected, or an old .xls or .doc",
                where=file,
                expected="an .xlsx or .docx file without a password",
                advice="Save it in the newer form without a password.",
            )
        if len(data) > MOST_FILE_BYTES["archive"]:
            raise UnusableFile(
                f"larger than {MOST_FILE_BYTES['archive'] // MEBIBYTE} MB",
                where=file,
                advice="Remove pictures and other sheets.",
            )
        # checked before the directory is read, as that alone could take a long time
        if data.count(DIRECTORY_ENTRY) > 2 * MOST_ENTRIES:
            raise self._too_large()
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(data))
        # NotImplementedError: a newer kind of ZIP than zipfile can read
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as problem:
            raise self._broken(problem) from None
        self.names = frozenset(entry.filename for entry in self.archive.infolist())
        self._preflight(self.archive.infolist())

    def read(self, name: str) -> bytes:
        """Return one part.

        Raises UnusableFile where it is missing, is damaged, or declares a document type.
        """
        try:
            entry = self.archive.getinfo(name)
            with self.archive.open(entry) as stream:
                # `read` without a size would unpack more than the directory promises
                part = stream.read(entry.file_size)
        except KeyError:
            raise UnusableFile(
                f"its part {name} is missing",
                where=self.file,
                expected="a whole file",
                advice=SAVE_AGAIN,
            ) from None
        # NotImplementedError: a compression that zipfile does not know; RuntimeError: encrypted
        except (
            zipfile.BadZipFile,
            OSError,
            RuntimeError,
            NotImplementedError,
            EOFError,
            ValueError,
            zlib.error,
        ) as problem:
            raise self._broken(problem) from None
        if not name.lower().endswith(NEVER_XML) and any(word in part for word in DECLARATIONS):
            raise UnusableFile(
                "it contains a DTD", where=self.file, expected="a plain file", advice=SAVE_AGAIN
            )
        return part

    def read_through(self) -> None:
        """Read every part once, to be sure that none is damaged or declares a document type."""
        for name in self.names:
            self.read(name)

    def _preflight(self, entries: list[zipfile.ZipInfo]) -> None:
        """Refuse an unsafe archive by its directory alone."""
        folded = {entry.filename.casefold() for entry in entries}
        if len(folded) < len(entries):
            raise UnusableFile(
                "its archive contains the same entry twice", where=self.file, advice=SAVE_AGAIN
            )
        if any(
            ".." in name or name.startswith(("/", "\\")) or ":" in name for name in folded
        ) or any(_is_link(entry) for entry in entries):
            raise UnusableFile(
                "its archive contains a misplaced entry", where=self.file, advice=SAVE_AGAIN
            )
        if (
            len(entries) > MOST_ENTRIES
            or sum(entry.file_size for entry in entries) > MOST_UNPACKED_BYTES
            or any(map(_is_inflated, entries))
        ):
            raise self._too_large()
        if any(entry.flag_bits & 1 for entry in entries):
            raise UnusableFile(
                "password-protected",
                where=self.file,
                expected="a file without a password",
                advice="Save it without a password.",
            )
        if any("vbaproject" in name for name in folded):
            raise UnusableFile(
                "it contains macros",
                where=self.file,
                expected="a file without macros",
                advice="Save it as .xlsx or .docx.",
            )

    def _too_large(self) -> UnusableFile:
        return UnusableFile(
            "too large when unpacked",
            where=self.file,
            expected=f"at most {MOST_UNPACKED_BYTES // MEBIBYTE} MB in {MOST_ENTRIES} parts",
            advice="Remove pictures and other sheets.",
        )

    def _broken(self, problem: Exception) -> UnusableFile:
        reason = (
            "damaged or cut short"
            if isinstance(problem, zlib.error | EOFError | ValueError)
            else str(problem)
        )
        return UnusableFile(
            f"not a whole file ({reason})",
            where=self.file,
            expected="an .xlsx or .docx file",
            advice="Ask for the file again.",
        )


def _is_inflated(entry: zipfile.ZipInfo) -> bool:
    return (
        entry.file_size > SMALL_PART_BYTES
        and entry.file_size > MOST_TIMES_UNPACKED * entry.compress_size
    )


def _is_link(entry: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(entry.external_attr >> 16)
