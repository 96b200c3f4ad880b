"""Does everybody get the feedback for everyone once when the sending is killed in mid-run?

    PYTHONPATH=tests/support:tests/benchmarks python tests/benchmarks/mail_kills.py [--members 2000] [--kills 2]

Every scheme member is to be sent the feedback for everyone through a real mail server. The command
is killed with SIGKILL while a message is on its way: in turn after the server has taken it and
before. What is then unknown is settled as staff do, by looking whether it has arrived, and the
command runs again. Prints one JSON object, in which `twice` and `forgotten` should be 0.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from mail_server import Server

from assessor_kit import journey, tables
from assessor_kit.feedback.mail.outbox import find_unknown, settle
from assessor_kit.files import write_private
from assessor_kit.store import Workspace, append_rows, read_table

CPD_YEAR = 2016
PATIENCE = 10.0  # seconds


def make_scheme(folder: Path, number: int) -> Workspace:
    """Make a workspace with that many scheme members and released feedback for everyone."""
    season = Workspace.create(folder / "w")
    lines = [f"G{place:06d},MIET,Member {place},g{place}@example.org" for place in range(number)]
    (folder / "register.csv").write_text(
        "\n".join(["member_no,grade,name,email", *lines, ""]), encoding="utf-8"
    )
    journey.import_register(season, [folder / "register.csv"])
    now = datetime.now(UTC).replace(tzinfo=None)
    name = f"feedback/{CPD_YEAR}/{'9' * 32}.html"
    row = {
        "document_id": "9" * 32,
        "cpd_year": CPD_YEAR,
        "kind": "generic",
        "version": 1,
        "member_no": "",
        "return_id": "",
        "input_digest": "i",
        "file": name,
        "sha256": write_private(season.folder / name, b"<p>For everyone</p>"),
        "rendered_at": now,
        "released_at": now,
        "recalled_at": None,
    }
    append_rows(season, tables.DOCUMENTS, pd.DataFrame([row]))
    return season


class Killed:
    """The command that sends, and the messages at which it is killed, each in its own way."""

    def __init__(self, season: Workspace, kill_at: list[int]) -> None:
        self.season = season
        self.kill_at = kill_at
        self.seen = 0
        self.kills = 0
        self.process: subprocess.Popen[bytes] | None = None

    def mood(self, _envelope: object) -> str:
        """Kill the sender at its message: the server has it in every other case."""
        self.seen += 1
        if self.seen not in self.kill_at or self.process is None:
            return "250 OK"
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.kills += 1
        return "250 OK" if self.kills % 2 else "451 not now"

    def wait_for(self, server: Server) -> None:
        """Wait until the server has put away all that it has taken; it outlives the command."""
        until = time.monotonic() + PATIENCE
        while len(server.taken) < self.seen - self.kills // 2 and time.monotonic() < until:
            time.sleep(0.01)

    def run(self, server: Server) -> int:
        """Run the command to its end, or to its death, and return its status."""
        words = [
            *(sys.executable, "-m", "assessor_kit", "outbox", "send", "--json"),
            *("--cpd-year", str(CPD_YEAR), "--only", "generic", "--pause", "0"),
            *("--smtp", f"localhost:{server.port}", "--sender", "cpd@example.org"),
            *("--workspace", str(self.season.folder)),
        ]
        self.process = subprocess.Popen(
            words,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "SSL_CERT_FILE": str(server.certificate)},
        )
        return self.process.wait()


def send_and_kill(season: Workspace, folder: Path, kill_at: list[int]) -> dict[str, int]:
    """Send to everybody, killed at these messages; return what became of it."""
    killed = Killed(season, kill_at)
    queued = journey.write_letters(season, cpd_year=CPD_YEAR, kind="generic").queued
    unknown = 0
    runs = 0
    with Server(folder, mood=killed.mood) as server:
        while runs <= len(kill_at):
            runs += 1
            status = killed.run(server)
            killed.wait_for(server)
            arrived = {message["Message-ID"].split("@")[0][1:] for _, message in server.taken}
            for name in find_unknown(season)["message_id"]:
                unknown += 1
                settle(season, name, state="sent" if name in arrived else "queued", who="Staff")
            if status == 0:
                break
        counted = Counter(address for address, _ in server.taken)
    states = read_table(season, tables.OUTBOX, cpd_year=CPD_YEAR)["state"].value_counts()
    return {
        "members": queued,
        "kills": killed.kills,
        "runs": runs,
        "unknown": unknown,
        "twice": sum(number > 1 for number in counted.values()),
        "forgotten": queued - len(counted),
        "sent": int(states.get("sent", 0)),
    }


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--members", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=2)
    asked = parser.parse_args()
    share = asked.members // (asked.kills + 1)
    with tempfile.TemporaryDirectory() as folder:
        season = make_scheme(Path(folder), asked.members)
        began = time.perf_counter()
        done = send_and_kill(
            season, Path(folder), [share * (place + 1) for place in range(asked.kills)]
        )
        told = {**done, "seconds": round(time.perf_counter() - began)}
    sys.stdout.write(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
