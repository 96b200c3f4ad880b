"""Does a batch end with every document whole, once and of its own member, come what may?"""

import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from batch import measure
from commands import run_cli
from executed import is_gone
from killing import CPD_YEAR as CPD_YEAR_OF_A_MADE_SEASON
from killing import leave_in_peace, look, make_season, run_and_kill

from assessor_kit import tables
from assessor_kit.feedback import render_feedback
from assessor_kit.feedback.batch.jobs import wanted_documents
from assessor_kit.feedback.batch.rendering import render_document
from assessor_kit.feedback.document.manifest import claim, note, noted, noted_of, sweep
from assessor_kit.feedback.document.pdf_file import pdf_problem
from assessor_kit.feedback.document.word_file import spoken
from assessor_kit.files import write_private
from assessor_kit.papermill_engine.nest import SpawnedProcess, close_nests, hatch
from assessor_kit.store import Workspace, read_table, replace_rows, reviewed_returns, shipped

CPD_YEAR = 2014
RETURNS = 12
DOCUMENTS = RETURNS + 1  # with the feedback for everyone
IN_ALL = 37  # documents on CPD of 2014 in the demonstration


@pytest.fixture
def whole_season(demonstration, tmp_path):
    """Return a copy of the demonstration in which no feedback on CPD of 2014 is rendered."""
    shutil.copytree(
        demonstration[0], tmp_path / "workspace", ignore=shutil.ignore_patterns("feedback")
    )
    return Workspace.open(tmp_path / "workspace")


@pytest.fixture
def season(whole_season):
    """Return the same with a dozen of the judged returns, which is enough for most questions."""
    rest = reviewed_returns(whole_season, CPD_YEAR)[RETURNS:]
    rows = read_table(whole_season, tables.RETURNS, return_id=rest)
    replace_rows(whole_season, tables.RETURNS, rows.assign(parked="superseded"))
    return whole_season


def start(season, *words):
    """Start the command as a person does, in a terminal of its own."""
    return subprocess.Popen(
        [
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
            *words,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def require_whole(season, *, documents=DOCUMENTS):
    """Require every document once, with the bytes recorded, and about its own member only."""
    rows = read_table(season, tables.DOCUMENTS, cpd_year=CPD_YEAR)
    folder = season.folder / "feedback" / str(CPD_YEAR)
    assert len(rows) == documents
    assert {path.stem for path in folder.glob("*.html")} == set(rows["document_id"])
    assert not list(folder.glob(".*.part"))
    lines = noted(folder / "manifest.jsonl")
    numbers = set(read_table(season, tables.REGISTER)["member_no"])
    for row in rows.itertuples():
        content = (season.folder / row.file).read_bytes()
        assert hashlib.sha256(content).hexdigest() == row.sha256 == lines[row.document_id]["sha256"]
        assert set(re.findall(r"[A-Z0-9-]{4,16}", content.decode())) & numbers == (
            {row.member_no} if row.member_no else set()
        )
    individual = rows[rows["kind"] == "individual"]
    assert sorted(individual["return_id"]) == sorted(reviewed_returns(season, CPD_YEAR))


def descendants(pid):
    """Return the process and all its descendants."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            found += [int(child) for child in task.read_text(encoding="utf-8").split()]
    return found


def wait_for(season, number):
    """Wait until that many documents exist."""
    folder = season.folder / "feedback" / str(CPD_YEAR)
    until = time.monotonic() + 240
    while len(list(folder.glob("*.html"))) < number:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_batch_that_is_killed_again_and_again_ends_whole(season):
    for number in (1, 4, 8):
        running = start(season, "--jobs", "2")
        wait_for(season, number)
        everyone = descendants(running.pid)
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
        assert all(is_gone(pid, within=20) for pid in everyone)
    result = render_feedback(season, cpd_year=CPD_YEAR, jobs=2)
    assert (result.failed, result.rendered + result.unchanged) == ([], DOCUMENTS)
    assert result.unchanged >= 7
    require_whole(season)


def test_a_made_season_killed_at_random_moments_ends_whole(tmp_path):
    """The short form of the benchmark of 500 kills in a batch of 10,000."""
    season = make_season(tmp_path, 40)
    assert run_and_kill(season, 3, random.Random(5)) == 3
    assert leave_in_peace(season)["failed"] == []
    assert look(season) == {
        "documents": 40,
        "torn": 0,
        "missing": 0,
        "duplicated": 0,
        "mixed_up": 0,
        "left_over": 0,
    }
    row = read_table(season, tables.DOCUMENTS).iloc[0]
    (season.folder / row["file"]).write_text("torn", encoding="utf-8")
    (season.folder / row["file"]).with_name(f".{'0' * 32}.html.1.part").touch()
    assert (look(season)["torn"], look(season)["mixed_up"], look(season)["left_over"]) == (1, 1, 1)


def test_where_there_is_no_fork_a_batch_gives_the_same_bytes(tmp_path, monkeypatch):
    forked = make_season(tmp_path, 4)
    shutil.copytree(forked.folder, tmp_path / "spawned")
    spawned = Workspace.open(tmp_path / "spawned")
    assert render_feedback(forked, cpd_year=CPD_YEAR_OF_A_MADE_SEASON, jobs=2).rendered == 4
    monkeypatch.setenv("ASSESSOR_KIT_FORK", "0")
    process = hatch(())
    assert isinstance(process, SpawnedProcess)
    process.end()
    close_nests()
    done = render_feedback(spawned, cpd_year=CPD_YEAR_OF_A_MADE_SEASON, jobs=2)
    assert (done.rendered, done.failed) == (4, [])
    pages = [
        {
            path.name: path.read_bytes()
            for path in (one.folder / "feedback" / str(CPD_YEAR_OF_A_MADE_SEASON)).glob("*.html")
        }
        for one in (forked, spawned)
    ]
    assert len(pages[0]) == 4
    assert pages[0] == pages[1]


def test_ctrl_c_ends_everything_within_five_seconds_and_two_runs_share_what_is_left(whole_season):
    running = start(whole_season, "--jobs", "2")
    wait_for(whole_season, 3)
    everyone = descendants(running.pid)
    assert len(everyone) > 4
    began = time.monotonic()
    os.killpg(running.pid, signal.SIGINT)
    running.wait(5)
    assert all(is_gone(pid) for pid in everyone)
    assert time.monotonic() - began < 5
    assert running.returncode != 0
    both = [start(whole_season, "--jobs", "1") for _ in range(2)]
    answers = [json.loads(one.communicate(timeout=400)[0]) for one in both]
    assert [answer["failed"] for answer in answers] == [[], []]
    assert all(answer["rendered"] for answer in answers)
    require_whole(whole_season, documents=IN_ALL)
    lines = (
        (whole_season.folder / "feedback" / str(CPD_YEAR) / "manifest.jsonl")
        .read_text(encoding="utf-8")
        .splitlines()
    )
    assert len({json.loads(line)["document_id"] for line in lines}) == len(lines) == IN_ALL


def test_poisoned_reports_are_named_and_the_rest_finish(season):
    template = nbformat.read(
        shipped("notebooks") / "templates" / "individual_feedback.ipynb", as_version=4
    )
    broken, dead, undrawable = reviewed_returns(season, CPD_YEAR)[:3]
    template.cells.append(
        nbformat.v4.new_code_cell(
            f"assert return_id != '{broken}', 'poisoned'\nimport os\nif return_id == '{dead}':"
            " os._exit(1)\nfrom assessor_kit.charts.vega import svg_of\nclass Figure:\n    def"
            f" _repr_html_(self): return svg_of({{'mark': 3}})\nif return_id == '{undrawable}':"
            " display(Figure())"
        )
    )
    (season.folder / "templates").mkdir()
    nbformat.write(template, season.folder / "templates" / "individual_feedback.ipynb")
    status, answer, _ = run_cli(
        "feedback", "render", "--cpd-year", CPD_YEAR, "--jobs", 2, workspace=season.folder
    )
    assert (status, answer["rendered"], len(answer["failed"])) == (1, DOCUMENTS - 3, 3)
    told = {one["error"].split(":")[0]: one["error"] for one in answer["failed"]}
    assert sorted(told) == ["AssertionError", "DeadKernelError", "ValueError"]
    assert "while it was made" in told.pop("DeadKernelError")
    assert all(f"cell {len(template.cells)} of its template" in one for one in told.values())
    shutil.rmtree(season.folder / "templates")
    rendered = render_feedback(season, cpd_year=CPD_YEAR, jobs=2)
    # the template has changed for every member, not for everybody's report
    assert (rendered.rendered, rendered.failed) == (DOCUMENTS - 1, [])
    require_whole(season)
    one_change(season)


def one_change(season):
    """Check that a change remakes exactly what it affects, and nothing that was released."""
    documents = read_table(season, tables.DOCUMENTS, cpd_year=CPD_YEAR, kind="individual")
    first, second, third = documents.head(3).to_dict("records")
    replace_rows(
        season,
        tables.DOCUMENTS,
        pd.DataFrame(
            [{**one, "released_at": pd.Timestamp("2015-05-01")} for one in (first, second)]
        ),
    )
    rename(season, first["member_no"], "Changed Name")
    rename(season, third["member_no"], "Another Name")
    (season.folder / second["file"]).write_text("altered", encoding="utf-8")
    before = (season.folder / first["file"]).read_bytes()
    done = render_feedback(season, cpd_year=CPD_YEAR, jobs=2)
    assert (done.rendered, done.unchanged, done.failed) == (3, DOCUMENTS - 3, [])
    assert (season.folder / first["file"]).read_bytes() == before
    assert (
        hashlib.sha256((season.folder / second["file"]).read_bytes()).hexdigest()
        == second["sha256"]
    )
    versions = read_table(season, tables.DOCUMENTS, return_id=first["return_id"]).sort_values(
        "version"
    )
    assert list(versions["version"]) == [1, 2]
    assert "Changed Name" in (season.folder / versions.iloc[1]["file"]).read_text(encoding="utf-8")
    assert list(read_table(season, tables.DOCUMENTS, return_id=third["return_id"])["version"]) == [
        1
    ]
    assert render_feedback(season, cpd_year=CPD_YEAR).rendered == 0


def test_other_formats_are_made_from_the_page_that_stands_and_what_staff_edited_is_kept(tmp_path):
    season = make_season(tmp_path, 2)
    # nothing is released yet that everybody could be told of
    assert render_feedback(season, cpd_year=CPD_YEAR_OF_A_MADE_SEASON).rendered == 2
    row = read_table(season, tables.DOCUMENTS, kind="individual").iloc[0]
    page = season.folder / row["file"]
    before, word, pdf = page.stat().st_mtime_ns, page.with_suffix(".docx"), page.with_suffix(".pdf")
    wanted = ("html", "docx") if pdf_problem() else ("html", "docx", "pdf")
    done = render_feedback(season, cpd_year=CPD_YEAR_OF_A_MADE_SEASON, formats=wanted)
    assert (done.rendered, done.failed) == (2, [])
    assert page.stat().st_mtime_ns == before
    line = noted(season.folder / "feedback" / str(CPD_YEAR_OF_A_MADE_SEASON) / "manifest.jsonl")[
        row["document_id"]
    ]
    assert line["docx_sha256"] == hashlib.sha256(word.read_bytes()).hexdigest()
    assert (line["sha256"], line["version"]) == (row["sha256"], 1)
    assert pdf.is_file() == ("pdf" in wanted)
    if pdf.is_file():
        pdf.write_bytes(b"altered")
    word.write_bytes(b"edited by staff")
    assert render_feedback(season, cpd_year=CPD_YEAR_OF_A_MADE_SEASON, formats=wanted).rendered == (
        "pdf" in wanted
    )
    assert word.read_bytes() == b"edited by staff"
    rename(season, row["member_no"], "Changed Name")
    assert render_feedback(season, cpd_year=CPD_YEAR_OF_A_MADE_SEASON).rendered == 1
    assert not word.exists()
    assert not pdf.exists()  # nobody may take it for the new page's
    assert page.with_suffix(".edited-1.docx").read_bytes() == b"edited by staff"
    render_feedback(season, cpd_year=CPD_YEAR_OF_A_MADE_SEASON, formats=("html", "docx"))
    assert "Changed Name" in " ".join(spoken(word.read_bytes())[0])


def rename(season, member_no, name):
    replace_rows(
        season,
        tables.REGISTER,
        read_table(season, tables.REGISTER, member_no=member_no).assign(name=name),
    )


def test_a_cluster_that_loses_a_worker_makes_every_document(season, monkeypatch):
    distributed = pytest.importorskip("distributed")
    monkeypatch.chdir(season.folder)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, processes=True
    ) as cluster:
        lost = cluster.workers[0].pid
        script = (
            "import os, time, pathlib\nfolder ="
            f" pathlib.Path({str(season.folder / 'feedback' / str(CPD_YEAR))!r})\nwhile"
            f" len(list(folder.glob('*.html'))) < 4: time.sleep(0.05)\nos.kill({lost}, 9)"
        )
        killer = subprocess.Popen([sys.executable, "-c", script])
        try:
            result = render_feedback(season, cpd_year=CPD_YEAR, scheduler=cluster.scheduler_address)
            assert killer.wait(5) == 0
        finally:
            killer.kill()
    assert (result.rendered + result.unchanged, result.failed) == (DOCUMENTS, [])
    require_whole(season)


def test_a_worker_killed_before_it_noted_its_document_is_made_good_by_who_takes_its_job(season):
    """As when a cluster hands on a lost worker's job: the page exists, its line does not."""
    render_feedback(season, cpd_year=CPD_YEAR)
    job = next(job for job in wanted_documents(season, CPD_YEAR) if job.kind == "individual")
    manifest = season.folder / "feedback" / str(CPD_YEAR) / "manifest.jsonl"
    lines = manifest.read_text(encoding="utf-8").splitlines(keepends=True)
    manifest.write_text("".join(one for one in lines if job.document_id not in one), "utf-8")
    assert job.document_id not in noted(manifest)
    answer = render_document(str(season.folder), job.as_dict())
    assert answer == {"state": "unchanged", "error": ""}
    require_whole(season)


def test_a_claim_is_held_by_one_process_and_ends_with_it(tmp_path):
    script = (
        "import pathlib, sys, time\nfrom assessor_kit.feedback.document.manifest import claim\nwith"
        f" claim(pathlib.Path({str(tmp_path)!r}), '0' * 32) as mine:\n    print(mine, flush=True)\n"
        "    time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "True\n"
    with claim(tmp_path, "0" * 32) as mine, claim(tmp_path, "1" + "0" * 31) as another:
        assert (mine, another) == (False, True)
    part = tmp_path / f".{'0' * 32}.html.1.part"
    part.write_text("half", encoding="utf-8")
    sweep(tmp_path)
    assert part.exists()
    holder.kill()
    holder.wait()
    with claim(tmp_path, "0" * 32) as mine:
        assert mine
    of_a_page = tmp_path / ".board_summary.html.1.part"
    of_a_page.touch()
    sweep(tmp_path)
    assert not part.exists()
    assert of_a_page.exists()
    os.utime(of_a_page, (0, 0))
    sweep(tmp_path)
    assert not of_a_page.exists()


def test_a_torn_line_of_the_manifest_counts_for_nothing_and_spoils_no_other(tmp_path):
    manifest = tmp_path / "manifest.jsonl"
    note(manifest, {"document_id": "a", "sha256": "1"})
    manifest.write_bytes(manifest.read_bytes() + b'{"document_id": "b", "sh')
    note(manifest, {"document_id": "c", "sha256": "3"})
    assert noted(manifest) == {
        "a": {"document_id": "a", "sha256": "1"},
        "c": {"document_id": "c", "sha256": "3"},
    }
    note(manifest, {"document_id": "a", "sha256": "4"})
    assert [noted_of(manifest, name).get("sha256") for name in ("a", "b", "c", "d")] == [
        "4",
        None,
        "3",
        None,
    ]


def test_a_full_disk_leaves_what_was_there(tmp_path):
    path = tmp_path / f"{'0' * 32}.html"
    write_private(path, b"before")
    script = (
        "import resource, pathlib, signal\nsignal.signal(signal.SIGXFSZ,"
        " signal.SIG_IGN)\nresource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\nfrom"
        " assessor_kit.files import"
        f" write_private\nwrite_private(pathlib.Path({str(path)!r}), b'x' * 5000)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert "File too large" in done.stderr
    assert path.read_bytes() == b"before"
    sweep(tmp_path)
    assert sorted(one.name for one in tmp_path.iterdir() if one.name != ".claims") == [path.name]


def test_a_batch_leaves_no_process_behind_and_does_not_grow(tmp_path):
    """The short form of `benchmarks/batch.py`.

    Its bound is that of ten thousand reports, 100 MB, for the command and for its workers.
    """
    told = measure(make_season(tmp_path, 40), jobs=2, after=20, every=0.1)
    assert (told["rendered"], told["failed"]) == (40, 0)  # the generic feedback waits for a release
    assert told["orphans"] == 0
    assert told["command_growth_mb"] < 100
    assert told["workers_growth_mb"] < 100
