"""Find out whether a folder is on a network file system.

SQLite's locks and shared memory are reliable only on a local disk.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

NETWORK = {
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "smb2",
    "afpfs",
    "afs",
    "webdav",
    "ncpfs",
    "ceph",
    "lustre",
    "gpfs",
    "glusterfs",
    "9p",
    "beegfs",
    "davfs",
}
NETWORK_DRIVE = 4  # GetDriveTypeW: DRIVE_REMOTE


def network_file_system(folder: Path, *, mounts: str | None = None) -> str:
    """Return the kind of network file system that holds the folder; empty for a local disk.

    `mounts` holds lines as in Linux's /proc/self/mounts. Where it is not given, the mounts of this
    machine are read.
    """
    if sys.platform == "win32":
        return "a network drive" if _windows_drive(folder) == NETWORK_DRIVE else ""
    kind = _kind_of(folder.resolve(), _mount_points(mounts))
    return (
        kind
        if kind in NETWORK
        or kind.startswith(
            ("fuse.sshfs", "fuse.s3fs", "fuse.rclone", "fuse.glusterfs", "fuse.ceph")
        )
        else ""
    )


def _kind_of(folder: Path, points: list[tuple[Path, str]]) -> str:
    """Return the kind of the innermost mount that holds the folder.

    Of two mounts at one place, the later hides the earlier.
    """
    holding = [
        (len(point.parts), place, kind)
        for place, (point, kind) in enumerate(points)
        if folder.is_relative_to(point)
    ]
    return max(holding)[2] if holding else ""


def _mount_points(mounts: str | None) -> list[tuple[Path, str]]:
    if mounts is None and sys.platform == "darwin":
        listing = subprocess.run(
            ["/sbin/mount"], capture_output=True, text=True, check=False
        ).stdout
        parts = [line.partition(" on ")[2].rpartition(" (") for line in listing.splitlines()]
        return [(Path(place), kind.split(",")[0].rstrip(")")) for place, _, kind in parts]
    if mounts is None:
        table = Path("/proc/self/mounts")
        mounts = table.read_text(encoding="utf-8", errors="replace") if table.is_file() else ""
    fields = [line.split() for line in mounts.splitlines()]
    # each line: device, place, kind and more
    return [(Path(words[1].replace("\\040", " ")), words[2]) for words in fields if len(words) > 2]  # noqa: PLR2004


def _windows_drive(folder: Path) -> int:
    import ctypes  # noqa: PLC0415  (windll exists only on Windows)

    libraries = getattr(ctypes, "windll")  # noqa: B009  (mypy on other systems does not know windll)
    return int(libraries.kernel32.GetDriveTypeW(folder.resolve().anchor))
