"""On what kind of file system does a folder lie? SQLite's locks and its shared memory are only sure on a disk of this machine."""

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
    """The kind of network file system that holds the folder; empty for a disk of this machine.

    `mounts`: lines as in Linux's /proc/self/mounts; read from the machine where not given.
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
    """The kind of the innermost mount that holds the folder; of two mounts on one place the later hides the earlier."""
    holding = [
        (len(point.parts), place, kind)
        for place, (point, kind) in enumerate(points)
        if folder.is_relative_to(point)
    ]
    return max(holding)[2] if holding else ""


def _mount_points(mounts: str | None) -> list[tuple[Path, str]]:
    if mounts is None and sys.platform == "darwin":
        said = subprocess.run(["/sbin/mount"], capture_output=True, text=True, check=False).stdout
        parts = [line.partition(" on ")[2].rpartition(" (") for line in said.splitlines()]
        return [(Path(place), kind.split(",")[0].rstrip(")")) for place, _, kind in parts]
    if mounts is None:
        table = Path("/proc/self/mounts")
        mounts = table.read_text(encoding="utf-8", errors="replace") if table.is_file() else ""
    fields = [line.split() for line in mounts.splitlines()]
    return [(Path(words[1].replace("\\040", " ")), words[2]) for words in fields if len(words) > 2]  # noqa: PLR2004  (device, place, kind)


def _windows_drive(folder: Path) -> int:
    import ctypes  # noqa: PLC0415  (its Windows part exists there alone)

    libraries = getattr(ctypes, "windll")  # noqa: B009  (mypy on other systems knows no windll)
    return int(libraries.kernel32.GetDriveTypeW(folder.resolve().anchor))
