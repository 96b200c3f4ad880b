"""How does a batch end that is killed again and again? `python tests/benchmarks/killing.py [--kills 500] [--returns 10000]`.

An invented season of so many judged returns is rendered by runs that are killed with SIGKILL, parent and all, after a random while; a last run
is left in peace. Then every document is looked at. Prints one JSON object; `torn`, `missing`, `duplicated` and `mixed_up` are to be 0.
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
import time
from pathlib import Path

import pandas as pd

from assessor_kit import journey, tables
from assessor_kit.feedback.manifest import noted
from assessor_kit.store import Workspace, append_rows, read_table, record_judgement, reviewed_returns
from assessor_kit.vocabulary import Judgement, JudgementState

CPD_YEAR = 2016
SHORTEST, LONGEST = 2.0, 12.0  # seconds that a run is given


def make_season(folder: Path, number: int) -> Workspace:
    """A workspace with so many judged returns of three activities each."""
    season = Workspace.create(folder / "w")
    members = [f"K{place:06d}" for place in range(number)]
    (folder / "register.csv").write_text("member_no,grade,name,discipline\n" + "".join(f"{one},MIET,Name {one},power\n" for one in members), encoding="utf-8")
    journey.import_register(season, [folder / "register.csv"])
    append_rows(season, tables.ASSESSORS, pd.DataFrame([{"assessor_id": "A1", "member_no": "", "name": "", "email": "", "disciplines": "power", "employer": "",
                                                         "capacity": number, "conflicts": ""}]))
    lines = "".join(f"{one},Talk {place},event,soft,yes,2016-0{place}-01,{place}\n" for one in members for place in (1, 2, 3))
    (folder / "returns.csv").write_text("member_no,title,activity_type,area,planned,started_on,hours\n" + lines, encoding="utf-8")
    journey.import_returns(season, [folder / "returns.csv"], cpd_year=CPD_YEAR)
    journey.score(season, cpd_year=CPD_YEAR)
    made, _ = journey.allocate(season, cpd_year=CPD_YEAR, seed="s")
    rules = season.rules(CPD_YEAR)
    judgement = Judgement(levels={criterion.code: rules.levels[0].code for criterion in rules.judged_criteria}, comments={}, outcome=rules.outcomes[0].code,
                          advice="Keep going.", state=JudgementState.SUBMITTED)
    for one in made.allocated.itertuples():
        record_judgement(season, one.return_id, assessor_id=one.assessor_id, judgement=judgement, event_id=f"e-{one.return_id}", expected_version=0)
    return season


def run_and_kill(season: Workspace, kills: int, chance: random.Random) -> int:
    """Kill runs of the command; gives how many were killed before they had ended."""
    killed = 0
    command = [sys.executable, "-m", "assessor_kit", "feedback", "render", "--cpd-year", str(CPD_YEAR), "--workspace", str(season.folder), "--json"]
    for _ in range(kills):
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(chance.uniform(SHORTEST, LONGEST))
        if running.poll() is None:
            os.kill(running.pid, signal.SIGKILL)
            killed += 1
        running.wait()
    subprocess.run(command, check=True, capture_output=True)
    return killed


def look(season: Workspace) -> dict[str, int]:
    """What is wrong with the documents."""
    rows = read_table(season, tables.DOCUMENTS, cpd_year=CPD_YEAR)
    folder = season.folder / "feedback" / str(CPD_YEAR)
    lines = noted(folder / "manifest.jsonl")
    wanted, individual = set(reviewed_returns(season, CPD_YEAR)), rows[rows["kind"] == "individual"]
    contents = {row.document_id: (season.folder / row.file).read_bytes() for row in rows.itertuples()}
    torn = sum(hashlib.sha256(contents[row.document_id]).hexdigest() != row.sha256 or lines.get(row.document_id, {}).get("sha256") != row.sha256 for row in rows.itertuples())
    mixed = sum(set(re.findall(r"K\d{6}", contents[row.document_id].decode())) != ({row.member_no} if row.member_no else set()) for row in rows.itertuples())
    return {"documents": len(rows), "torn": torn, "missing": len(wanted - set(individual["return_id"])), "duplicated": len(individual) - individual["return_id"].nunique(),
            "mixed_up": mixed, "left_over": len(list(folder.glob(".*.part"))) + len({path.stem for path in folder.glob("*.html")} - set(rows["document_id"]))}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--returns", type=int, default=10_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        season = make_season(Path(folder), arguments.returns)
        began = time.perf_counter()
        killed = run_and_kill(season, arguments.kills, random.Random(1))
        sys.stdout.write(json.dumps({"kills": killed, "seconds": round(time.perf_counter() - began), **look(season)}, indent=1) + "\n")


if __name__ == "__main__":
    main()
