"""How does a batch end that is killed again and again?

    python tests/benchmarks/killing.py [--kills 500] [--returns 10000]

An invented season of that many judged returns is rendered by runs that are killed with SIGKILL,
workers and all, at a random moment of their work; a last run is left alone. Then every document is
examined. Prints one JSON object, in which `torn`, `missing`, `duplicated` and `mixed_up` should be
0. With `--folder DIR` it can be done in several sessions: the kills so far are kept there,
`--minutes M` ends a session, and the session in which the last kill is made goes on to the end.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pandas as pd

from assessor_kit import journey, tables
from assessor_kit.feedback.document.manifest import noted
from assessor_kit.store import (
    Workspace,
    append_rows,
    read_table,
    record_judgement,
    reviewed_returns,
)
from assessor_kit.vocabulary import Judgement, JudgementState

CPD_YEAR = 2016
# seconds: the longest that a run is given before it has written anything, and after
STARTING, WORKING = 6.0, 2.0
EARLY = 0.1  # the share of runs that are killed at any moment from their start


def make_season(folder: Path, number: int) -> Workspace:
    """Make a workspace with that many judged returns of three activities each."""
    season = Workspace.create(folder / "w")
    members = [f"K{place:06d}" for place in range(number)]
    (folder / "register.csv").write_text(
        "member_no,grade,name,discipline\n"
        + "".join(f"{one},MIET,Name {one},power\n" for one in members),
        encoding="utf-8",
    )
    journey.import_register(season, [folder / "register.csv"])
    append_rows(
        season,
        tables.ASSESSORS,
        pd.DataFrame(
            [
                {
                    "assessor_id": "A1",
                    "member_no": "",
                    "name": "",
                    "email": "",
                    "disciplines": "power",
                    "employer": "",
                    "capacity": number,
                    "conflicts": "",
                }
            ]
        ),
    )
    lines = "".join(
        f"{one},Talk {place},event,soft,yes,2016-0{place}-01,{place}\n"
        for one in members
        for place in (1, 2, 3)
    )
    (folder / "returns.csv").write_text(
        "member_no,title,activity_type,area,planned,started_on,hours\n" + lines, encoding="utf-8"
    )
    journey.import_returns(season, [folder / "returns.csv"], cpd_year=CPD_YEAR)
    journey.score(season, cpd_year=CPD_YEAR)
    made, _ = journey.allocate(season, cpd_year=CPD_YEAR, seed="s")
    rules = season.rules(CPD_YEAR)
    judgement = Judgement(
        levels={criterion.code: rules.levels[0].code for criterion in rules.judged_criteria},
        comments={},
        outcome=rules.outcomes[0].code,
        advice="Keep going.",
        state=JudgementState.SUBMITTED,
    )
    for one in made.allocated.itertuples():
        record_judgement(
            season,
            one.return_id,
            assessor_id=one.assessor_id,
            judgement=judgement,
            event_id=f"e-{one.return_id}",
            expected_version=0,
        )
    return season


def run_and_kill(
    season: Workspace,
    kills: int,
    chance: random.Random,
    *,
    known: int = 0,
    seconds: float = float("inf"),
    at_once: int = 1,
) -> int:
    """Kill runs before they end, up to a number of kills or a time; return how many by then.

    `known` were killed before. `at_once` runs share the batch, each killed at a moment of its own,
    nearly always while it holds the claim on a document.
    """
    killed, until, lock = [known], time.monotonic() + seconds, threading.Lock()

    def keep_killing(own: random.Random) -> None:
        while killed[0] < kills and time.monotonic() < until:
            running = subprocess.Popen(
                _command(season),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            early = time.monotonic() + (
                own.uniform(0, STARTING) if own.random() < EARLY else float("inf")
            )
            while (
                running.poll() is None
                and time.monotonic() < early
                and not _is_at_work(season, running.pid)
            ):
                time.sleep(0.02)
            time.sleep(own.uniform(0, WORKING) if early == float("inf") else 0)
            with lock:
                if running.poll() is None:
                    os.kill(running.pid, signal.SIGKILL)
                    killed[0] += 1
            if running.wait() == 0:
                return  # everything was there

    killers = [
        threading.Thread(target=keep_killing, args=(random.Random(chance.random()),))
        for _ in range(at_once)
    ]
    for killer in killers:
        killer.start()
    for killer in killers:
        killer.join()
    return killed[0]


def _is_at_work(season: Workspace, pid: int) -> bool:
    """Whether a process started by this one holds the claim on a document.

    Source: the system's own list of locks (proc_locks(5)).
    """
    claims = season.folder / "feedback" / str(CPD_YEAR) / ".claims"
    inode = f":{claims.stat().st_ino}" if claims.exists() else "none yet"
    holders = {
        line.split()[4]
        for line in Path("/proc/locks").read_text(encoding="utf-8").splitlines()
        if line.split()[5].endswith(inode)
    }
    started = {
        child
        for task in Path(f"/proc/{pid}/task").glob("*/children")
        for child in task.read_text(encoding="utf-8").split()
    }
    return bool(holders & started)


def _command(season: Workspace) -> list[str]:
    return [
        sys.executable,
        "-m",
        "assessor_kit",
        "feedback",
        "render",
        "--cpd-year",
        str(CPD_YEAR),
        "--workspace",
        str(season.folder),
        "--json",
    ]


def leave_in_peace(season: Workspace) -> dict[str, object]:
    """Make the last run, and return its answer."""
    answer: dict[str, object] = json.loads(
        subprocess.run(_command(season), check=True, capture_output=True, text=True).stdout
    )
    return answer


def look(season: Workspace) -> dict[str, int]:
    """Return what is wrong with the documents."""
    rows = read_table(season, tables.DOCUMENTS, cpd_year=CPD_YEAR)
    folder = season.folder / "feedback" / str(CPD_YEAR)
    lines = noted(folder / "manifest.jsonl")
    wanted, individual = set(reviewed_returns(season, CPD_YEAR)), rows[rows["kind"] == "individual"]
    contents = {
        row.document_id: (season.folder / row.file).read_bytes() for row in rows.itertuples()
    }
    torn = sum(
        hashlib.sha256(contents[row.document_id]).hexdigest() != row.sha256
        or lines.get(row.document_id, {}).get("sha256") != row.sha256
        for row in rows.itertuples()
    )
    mixed = sum(
        set(re.findall(r"K\d{6}", contents[row.document_id].decode()))
        != ({row.member_no} if row.member_no else set())
        for row in rows.itertuples()
    )
    return {
        "documents": len(rows),
        "torn": torn,
        "missing": len(wanted - set(individual["return_id"])),
        "duplicated": len(individual) - individual["return_id"].nunique(),
        "mixed_up": mixed,
        "left_over": (
            len(list(folder.glob(".*.part")))
            + len({path.stem for path in folder.glob("*.html")} - set(rows["document_id"]))
        ),
    }


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--returns", type=int, default=10_000)
    parser.add_argument(
        "--folder", type=Path, help="kept between pieces; default: a folder that is thrown away"
    )
    parser.add_argument(
        "--at-once", type=int, default=2, help="runs that share the batch while they are killed"
    )
    parser.add_argument(
        "--minutes", type=float, default=float("inf"), help="the longest that this piece may kill"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as thrown_away:
        folder = arguments.folder or Path(thrown_away)
        folder.mkdir(parents=True, exist_ok=True)
        season = (
            Workspace.open(folder / "w")
            if (folder / "made").exists()
            else make_season(folder, arguments.returns)
        )
        (folder / "made").touch()
        kept = folder / "killed.json"
        so_far = (
            json.loads(kept.read_text(encoding="utf-8"))
            if kept.exists()
            else {"kills": 0, "seconds": 0}
        )
        began = time.perf_counter()
        killed = run_and_kill(
            season,
            arguments.kills,
            random.Random(so_far["kills"] + 1),
            known=so_far["kills"],
            seconds=arguments.minutes * 60,
            at_once=arguments.at_once,
        )
        told: dict[str, object] = {
            "kills": killed,
            "seconds": so_far["seconds"] + round(time.perf_counter() - began),
        }
        kept.write_text(json.dumps(told), encoding="utf-8")
        if killed >= arguments.kills:
            before = len(read_table(season, tables.DOCUMENTS, cpd_year=CPD_YEAR))
            last = leave_in_peace(season)
            told |= {"before_the_last_run": before, "failed": last["failed"], **look(season)}
        sys.stdout.write(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
