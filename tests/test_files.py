"""Are files whole or absent, private, and on the disk; and do locks end with their process?"""

import errno
import hashlib
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from assessor_kit import files
from assessor_kit.errors import NotWritten
from assessor_kit.files import (
    PlaceInLine,
    append_line,
    held,
    make_private_folder,
    private_file,
    write_once,
    write_private,
)

POSIX = pytest.mark.skipif(os.name != "posix", reason="permissions and signals of POSIX")


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def refusing(monkeypatch, name, number):
    """From now on the system answers this call with an error."""

    def refuse(*_arguments, **_options):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(files.os, name, refuse)


@POSIX
def test_a_file_is_readable_by_its_owner_alone_whatever_the_umask_and_the_file_before(tmp_path):
    path = tmp_path / "new" / "page.html"
    before = os.umask(0)
    try:
        digest = write_private(path, "Dvořák")
        path.chmod(0o644)
        write_private(path, "Dvořák")
    finally:
        os.umask(before)
    assert path.read_bytes() == "Dvořák".encode()
    assert digest == hashlib.sha256("Dvořák".encode()).hexdigest()
    assert mode_of(path) == 0o600
    assert mode_of(path.parent) == 0o700
    assert names_in(path.parent) == ["page.html"]


def test_content_and_name_are_on_the_disk_before_the_writer_returns(tmp_path, monkeypatch):
    done = []
    fsync = os.fsync
    replace = Path.replace
    monkeypatch.setattr(
        files.os,
        "fsync",
        lambda number: (
            done.append("folder" if stat.S_ISDIR(os.fstat(number).st_mode) else "file"),
            fsync(number),
        ),
    )
    monkeypatch.setattr(
        Path, "replace", lambda part, path: (done.append("name"), replace(part, path))
    )
    write_private(tmp_path / "a", b"x")
    assert done == (["file", "name", "folder"] if os.name == "posix" else ["file", "name"])


def test_a_block_that_fails_leaves_what_was_there_and_nothing_beside_it(tmp_path):
    path = tmp_path / "table.csv"
    write_private(path, "before")
    with pytest.raises(ZeroDivisionError), private_file(path) as part, part.open("w") as file:
        file.write(f"half of it {1 // 0}")
    assert path.read_text(encoding="utf-8") == "before"
    assert names_in(tmp_path) == ["table.csv"]


@POSIX
def test_a_writer_that_is_killed_leaves_the_file_as_it_was(tmp_path):
    path = tmp_path / "page.html"
    write_private(path, "before")
    script = (
        "import os, pathlib, signal\n"
        "from assessor_kit.files import private_file\n"
        f"with private_file(pathlib.Path({str(path)!r})) as part:\n"
        "    part.write_text('half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode < 0
    assert path.read_text(encoding="utf-8") == "before"


@pytest.mark.parametrize(
    ("number", "found", "advice"),
    [
        (errno.ENOSPC, "the disk is full", "Make room"),
        (errno.EROFS, "may be read and not written", "Name a place"),
        (errno.EACCES, "you may not write there", "permissions"),
        (errno.EIO, os.strerror(errno.EIO), "Check the disk"),
    ],
)
@pytest.mark.parametrize("write", [write_private, write_once, append_line])
def test_a_disk_that_refuses_is_told_by_the_name_of_the_file(
    tmp_path, monkeypatch, write, number, found, advice
):
    path = tmp_path / "backup.zip"
    refusing(monkeypatch, "fsync", number)
    with pytest.raises(NotWritten) as refused:
        write(path, "text")
    assert refused.value.where == str(path)
    assert found in refused.value.found
    assert advice in refused.value.advice
    if write is not append_line:
        assert names_in(tmp_path) == []


@POSIX
def test_a_file_that_may_not_grow_is_told_and_what_was_there_stands(tmp_path):
    path = tmp_path / "page.html"
    write_private(path, "before")
    script = (
        "import resource, pathlib, signal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "from assessor_kit.files import write_private\n"
        f"write_private(pathlib.Path({str(path)!r}), 'x' * 5000)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert "NotWritten" in done.stderr
    assert "no room for a file of this size" in done.stderr
    assert path.read_text(encoding="utf-8") == "before"
    assert names_in(tmp_path) == ["page.html"]


def test_an_error_about_another_file_passes_as_it_is(tmp_path):
    with pytest.raises(FileNotFoundError), private_file(tmp_path / "copy") as part:
        part.write_bytes((tmp_path / "away" / "original").read_bytes())
    assert names_in(tmp_path) == []


def test_a_file_where_a_folder_is_needed_is_told(tmp_path):
    (tmp_path / "feedback").write_text("a file", encoding="utf-8")
    with pytest.raises(NotWritten, match="it cannot be written"):
        write_private(tmp_path / "feedback" / "page.html", "x")
    with pytest.raises(NotWritten, match="has that name"):
        make_private_folder(tmp_path / "feedback")


def test_a_long_name_that_the_disk_allows_is_written(tmp_path):
    path = tmp_path / ("ř" * 120 + ".html")
    write_private(path, "x")
    assert names_in(tmp_path) == [path.name]


def test_what_is_written_once_is_never_replaced(tmp_path):
    path = tmp_path / "staff.key"
    assert write_once(path, "first")
    assert not write_once(path, "second")
    assert path.read_text(encoding="utf-8") == "first"
    assert names_in(tmp_path) == ["staff.key"]


def test_of_many_that_write_once_at_the_same_time_one_wins(tmp_path):
    path = tmp_path / "staff.key"
    start = threading.Barrier(8)
    won = []

    def write(number):
        start.wait()
        if write_once(path, f"{number}"):
            won.append(f"{number}")

    threads = [threading.Thread(target=write, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [path.read_text(encoding="utf-8")] == won
    assert names_in(tmp_path) == ["staff.key"]


def test_a_disk_that_gives_a_file_one_name_only_keeps_keys_too(tmp_path, monkeypatch):
    def refuse(_path, _target):
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    assert write_once(tmp_path / "staff.key", "first")
    assert (tmp_path / "staff.key").read_text(encoding="utf-8") == "first"
    assert names_in(tmp_path) == ["staff.key"]


def test_lines_are_added_whole_and_a_torn_one_is_closed_first(tmp_path):
    path = tmp_path / "erased.jsonl"
    append_line(path, "one")
    path.write_bytes(path.read_bytes() + b"tor")
    append_line(path, "two")
    assert path.read_bytes() == b"one\ntor\ntwo\n"
    if os.name == "posix":
        assert mode_of(path) == 0o600


def test_a_byte_is_held_by_one_process_and_ends_with_it(tmp_path):
    path = tmp_path / ".claims"
    script = (
        "import pathlib, time\n"
        "from assessor_kit.files import held\n"
        f"with held(pathlib.Path({str(path)!r}), place=7) as mine:\n"
        "    print(mine, flush=True)\n"
        "    time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "True\n"
    with held(path, place=7) as mine:
        assert not mine
    with held(path, place=8) as mine:
        assert mine
    holder.kill()
    holder.wait()
    with held(path, place=7) as mine:
        assert mine


@pytest.mark.skipif(files.fcntl is None, reason="the lock of other systems")
def test_a_disk_that_knows_no_locks_is_told_and_is_not_taken_for_another_holder(
    tmp_path, monkeypatch
):
    def refuse(*_arguments):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(files.fcntl, "lockf", refuse)
    with pytest.raises(NotWritten, match="cannot lock files"), held(tmp_path / ".claims"):
        pass


@pytest.mark.skipif(files.fcntl is None, reason="there is no line on Windows")
def test_a_place_in_line_is_reached_when_the_one_before_leaves(tmp_path):
    path = tmp_path / "queue"
    first = PlaceInLine(path, seconds=1)
    given_up = PlaceInLine(path, seconds=0.05)
    assert (first.reached, given_up.reached) == (True, False)
    threading.Timer(0.05, first.leave).start()
    second = PlaceInLine(path, seconds=30)
    assert second.reached
    second.leave()


def test_a_file_that_somebody_reads_on_windows_is_replaced_once_they_are_done(
    tmp_path, monkeypatch
):
    replace = Path.replace
    answers = iter([PermissionError(errno.EACCES, "in use"), None])

    def busy_at_first(part, path):
        answer = next(answers)
        if answer:
            raise answer
        return replace(part, path)

    monkeypatch.setattr(files, "PAUSE", 0)
    monkeypatch.setattr(Path, "replace", busy_at_first)
    monkeypatch.setattr(files, "HAS_POSIX_NAMES", False)
    write_private(tmp_path / "a", "x")
    assert (tmp_path / "a").read_text(encoding="utf-8") == "x"
