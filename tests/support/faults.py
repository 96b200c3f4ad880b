"""Faults that keep what is typed from the store: a full disk, a lock, a cut connection and more."""

import contextlib
import os
import socket
import sqlite3
import threading

import psutil
import pytest

TOO_MUCH = 4096  # bytes: no file of the database is as small


@contextlib.contextmanager
def locked(season):
    """Another program writes to the database, and does not end."""
    other = sqlite3.connect(season.folder / "assessor.db", isolation_level=None, timeout=10)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@contextlib.contextmanager
def no_room(kernel):
    """The kernel's files can grow no more."""
    process = psutil.Process(kernel.pid)
    before = process.rlimit(psutil.RLIMIT_FSIZE)
    process.rlimit(psutil.RLIMIT_FSIZE, (TOO_MUCH, before[1]))
    try:
        yield
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):  # it may have been killed meanwhile
            process.rlimit(psutil.RLIMIT_FSIZE, before)


@contextlib.contextmanager
def read_only(season):
    """The database may be read and not written by whoever opens it from now on."""
    if os.name != "posix":
        pytest.skip("permissions of POSIX")
    paths = [season.folder, *season.folder.glob("assessor.db*")]
    before = {path: path.stat().st_mode for path in paths}
    for path in paths:
        path.chmod(before[path] & ~0o222)
    try:
        yield
    finally:
        for path, mode in before.items():
            with contextlib.suppress(FileNotFoundError):  # SQLite removes files of its own
                path.chmod(mode)


class Relay:
    """The network between a browser and a server of this machine: it can be cut and mended."""

    def __init__(self, port):
        self.target = ("127.0.0.1", port)
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port = self.listening.getsockname()[1]
        self.is_cut = False
        self.pairs = {}
        self.lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        """Break all connections off, and every new one too."""
        with self.lock:
            self.is_cut = True
            for one in list(self.pairs):
                self._end(one)

    def mend(self):
        """Let new connections through again."""
        self.is_cut = False

    def close(self):
        """Break everything off for good."""
        self.cut()
        self.listening.close()

    def _accept(self):
        while True:
            try:
                near, _ = self.listening.accept()
            except OSError:
                return
            try:
                if self.is_cut:
                    raise OSError
                far = socket.create_connection(self.target, timeout=10)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            for one in (near, far):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                self.pairs[near], self.pairs[far] = far, near
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one, other):
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        with self.lock:
            self._end(one)

    def _end(self, one):
        other = self.pairs.pop(one, None)
        self.pairs.pop(other, None)
        for end in (one, other):
            if end is not None:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()
