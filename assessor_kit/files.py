"""Private files that are whole or absent, and locks that end with their process.

A file written here appears under its name complete, on the disk, and readable by its owner alone;
until then an earlier file of that name stays. If the disk is full or may not be written to,
NotWritten names the file. (On Windows a file has the permissions of its folder.)
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from assessor_kit.errors import NotWritten

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

# elsewhere a name in use cannot be replaced, nor a folder be written out
HAS_POSIX_NAMES = os.name == "posix"
# the account that acts may differ from the one that started the process; Windows knows one
BY_WHO_ACTS = os.access in os.supports_effective_ids
OWNER_ONLY = 0o600
FOLDER_OWNER_ONLY = 0o700
BINARY = getattr(os, "O_BINARY", 0)  # Windows would change the ends of lines
NAME_KEPT = 40  # characters of the name that the part beside it bears: names have a limit
WINDOWS_PATIENCE = 2.0  # seconds; there a file cannot be replaced while somebody reads it
PAUSE = 0.02
# what a disk answers on which a file can have one name only, such as a memory stick
NO_SECOND_NAME = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS}
HELD_BY_ANOTHER = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}
CHECK_PERMISSIONS = "Check the permissions of its folder, or name another place."
REASONS = {
    errno.ENOSPC: ("the disk is full", "Make room, then run the step again."),
    errno.EFBIG: ("the disk has no room for a file of this size", "Make room, then try again."),
    errno.EROFS: ("the disk may be read and not written", "Name a place that may be written."),
    errno.EACCES: ("you may not write there", CHECK_PERMISSIONS),
    errno.EPERM: ("you may not write there", CHECK_PERMISSIONS),
    errno.EISDIR: ("there is a folder of that name", "Name another file."),
    errno.EEXIST: ("something else has that name", "Name another place."),
    errno.ENOTDIR: ("a file stands where a folder is needed", "Name another place."),
    errno.ENAMETOOLONG: ("the name is too long for this disk", "Choose a shorter name."),
}
if hasattr(errno, "EDQUOT"):
    REASONS[errno.EDQUOT] = (
        "your share of the disk is used up",
        "Make room, then run the step again.",
    )


def write_private(path: Path, content: bytes | str) -> str:
    """Write a file whole, replacing an earlier one, and return its SHA-256."""
    data = _as_bytes(content)
    with private_file(path) as part:
        part.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def write_once(path: Path, content: bytes | str) -> bool:
    """Write a file whole unless its name is taken; return whether it was written."""
    with _told_plainly(path):
        make_private_folder(path.parent)
        part = _part_beside(path)
        try:
            part.write_bytes(_as_bytes(content))
            _to_disk(part)
            written = _name_if_free(part, path)
        finally:
            part.unlink(missing_ok=True)
        _folder_to_disk(path.parent)
    return written


@contextmanager
def private_file(path: Path) -> Iterator[Path]:
    """Provide a file to fill, which takes its name once the block has ended without error."""
    with _told_plainly(path):
        make_private_folder(path.parent)
        part = _part_beside(path)
        try:
            yield part
            _to_disk(part)
            _replace(part, path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _folder_to_disk(path.parent)


def append_line(path: Path, line: str) -> None:
    """Append a line to a file in one piece, and return once it is on the disk.

    A torn line, left by a machine that crashed, is ended first.
    """
    with _told_plainly(path):
        make_private_folder(path.parent)
        number = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | BINARY, OWNER_ONLY)
        with os.fdopen(number, "r+b", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            is_torn = False
            if size:
                file.seek(-1, os.SEEK_END)
                is_torn = file.read(1) != b"\n"
            _write_all(number, (b"\n" if is_torn else b"") + line.encode() + b"\n")
            os.fsync(number)
        if not size:
            _folder_to_disk(path.parent)


def make_private_folder(folder: Path) -> Path:
    """Make a folder that only its owner may open; leave an existing one as it is."""
    with _told_plainly(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_OWNER_ONLY)
    return folder


def may_write(path: Path) -> bool:
    """Whether the current account may write to an existing file."""
    return os.access(path, os.W_OK, effective_ids=BY_WHO_ACTS)


def may_write_in(folder: Path) -> bool:
    """Whether the current account may create files in a folder."""
    return os.access(folder, os.W_OK | os.X_OK, effective_ids=BY_WHO_ACTS)


def keep_to_owner(path: Path) -> None:
    """Make an existing file readable by its owner alone."""
    with _told_plainly(path):
        path.chmod(OWNER_ONLY)


def move_into_place(part: Path, path: Path) -> None:
    """Rename a file that `write_private` wrote, replacing another one."""
    with _told_plainly(path):
        _replace(part, path)
        _folder_to_disk(path.parent)


@contextmanager
def held(path: Path, *, place: int = 0) -> Iterator[bool]:
    """Hold one byte of a lock file; yield False if another process holds it.

    The lock ends with the block, and with the process, however that ends.
    """
    with _told_plainly(path):
        make_private_folder(path.parent)
        number = os.open(path, os.O_RDWR | os.O_CREAT | BINARY, OWNER_ONLY)
    try:
        yield _lock_byte(number, place, path)
    finally:
        os.close(number)  # which lets go


class PlaceInLine:
    """A place in the queue at a lock file, kept until `leave`: first come, first served.

    `reached` is False if the queue did not move for `seconds`, and on Windows, which has no such
    queue.
    """

    def __init__(self, path: Path, *, seconds: float) -> None:
        self._number: int | None = None
        if fcntl is None:
            return
        with _told_plainly(path):
            number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNER_ONLY)
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._number = _wait_in_line(number, seconds)
        else:
            self._number = number

    @property
    def reached(self) -> bool:
        """Whether it is this place's turn."""
        return self._number is not None

    def leave(self) -> None:
        """Leave the queue, so that the next may take its turn."""
        if self._number is not None:
            # before it is closed: a child of this process may hold the file open
            fcntl.flock(self._number, fcntl.LOCK_UN)
            os.close(self._number)
            self._number = None


def _wait_in_line(number: int, seconds: float) -> int | None:
    """Return the open file once it is its turn, or None if that takes too long.

    The system's own wait has no time limit, so a thread does the waiting.
    """
    guard = threading.Lock()
    come = threading.Event()
    given_up = False

    def wait() -> None:
        fcntl.flock(number, fcntl.LOCK_EX)
        with guard:
            if given_up:
                os.close(number)
            else:
                come.set()

    threading.Thread(target=wait, daemon=True, name="assessor-kit-turn").start()
    try:
        come.wait(seconds)
    finally:
        with guard:
            given_up = not come.is_set()
    return None if given_up else number


def _lock_byte(number: int, place: int, path: Path) -> bool:
    try:
        if fcntl is not None:
            fcntl.lockf(number, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
        else:
            import msvcrt  # noqa: PLC0415  (only on Windows)

            os.lseek(number, place, os.SEEK_SET)
            # Typed on Windows alone.
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
    except OSError as problem:
        if problem.errno in HELD_BY_ANOTHER:
            return False
        raise NotWritten(
            f"the disk cannot lock files ({problem.strerror})",
            where=str(path),
            expected="a disk of this machine",
            advice="Move the workspace to a local disk.",
        ) from problem
    return True


def _as_bytes(content: bytes | str) -> bytes:
    return content.encode() if isinstance(content, str) else content


def _part_beside(path: Path) -> Path:
    """Create an empty file in the same folder, with a name of its own."""
    part = path.with_name(f".{path.name[:NAME_KEPT]}.{secrets.token_hex(8)}.part")
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY))
    return part


def _to_disk(path: Path) -> None:
    # Windows writes out only what is open for writing
    number = os.open(path, os.O_RDWR | BINARY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _folder_to_disk(folder: Path) -> None:
    """Have a new name reach the disk too, which Windows cannot be asked for."""
    if not HAS_POSIX_NAMES:
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _replace(part: Path, path: Path) -> None:
    until = time.monotonic() + WINDOWS_PATIENCE
    while True:
        try:
            part.replace(path)
        except PermissionError:
            if HAS_POSIX_NAMES or time.monotonic() > until:
                raise
            time.sleep(PAUSE)
        else:
            return


def _name_if_free(part: Path, path: Path) -> bool:
    """Rename a file in one step that fails if the name is taken."""
    if not HAS_POSIX_NAMES:
        with suppress(FileExistsError):
            part.rename(path)
            return True
        return False
    try:
        path.hardlink_to(part)
    except FileExistsError:
        return False
    except OSError as problem:
        if problem.errno not in NO_SECOND_NAME:
            raise
        part.rename(path)
    return True


def _write_all(number: int, data: bytes) -> None:
    while data:
        data = data[os.write(number, data) :]


@contextmanager
def _told_plainly(path: Path) -> Iterator[None]:
    """Raise what the system refuses as NotWritten, which names the file to be written.

    An error about another file, which the block may be reading, is passed on.
    """
    try:
        yield
    except OSError as problem:
        if problem.filename and not _is_about(Path(problem.filename), path):
            raise
        found, advice = REASONS.get(
            problem.errno or 0,
            (str(problem.strerror or problem), "Check the disk, then run the step again."),
        )
        raise NotWritten(
            f"it cannot be written: {found}",
            where=str(path),
            expected="a place with room that you may write to",
            advice=advice,
        ) from problem


def _is_about(named: Path, path: Path) -> bool:
    """Whether an error is about the file to be written, its part, or a folder above it."""
    is_part = named.parent == path.parent and named.suffix == ".part"
    return is_part or named == path or named in path.parents
