"""Render what is stale, name what failed, leave the rest: one report per judged return, and one for everybody."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import multiprocessing
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pandas as pd
import papermill
from tqdm import tqdm

from assessor_kit import tables
from assessor_kit.feedback.engine import AssessorKitEngine
from assessor_kit.feedback.export import check_document, export_html, read_notebook, write_whole
from assessor_kit.store import ReviewedReturn, Workspace, read_table, replace_rows, reviewed_return, reviewed_returns, shipped
from assessor_kit.store.judgement_log import latest_events

CODE = ("charts", "feedback", "scorers", "trends", "rules")  # rooms whose code can change what a report says


@dataclass(kw_only=True)
class RenderResult:
    """What a batch did. `failed` names documents with their errors."""

    folder: Path
    manifest: Path
    rendered: int = 0
    unchanged: int = 0
    failed: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Job:
    """One document to be made. `check` is what it must hold."""

    document_id: str
    kind: str
    template: str
    parameters: dict[str, str | int]
    return_id: str
    member_no: str
    input_digest: str
    activities: int | None
    title: str


def render_feedback(workspace: Workspace, *, cpd_year: int, progress: bool = False) -> RenderResult:
    """Render all feedback of a year that is not there yet or is stale. A report that fails is named and the rest finish."""
    folder = workspace.folder / "feedback" / str(cpd_year)
    result = RenderResult(folder=folder, manifest=folder / "manifest.jsonl")
    stale = []
    for job in _jobs(workspace, cpd_year):
        if _is_current(workspace, job, folder):
            result.unchanged += 1
        else:
            stale.append(job)
    if stale:
        _render(workspace, stale, result, cpd_year, progress=progress)
    return result


def _jobs(workspace: Workspace, cpd_year: int) -> list[Job]:
    """Every document of the year, the generic one last."""
    code = _digest_of_code()
    names = reviewed_returns(workspace, cpd_year)
    jobs = [_individual_job(workspace, reviewed_return(workspace, name), code) for name in names]
    if names:
        inputs = [code, _template(workspace, "generic_feedback"), workspace.rules(cpd_year), latest_events(workspace, cpd_year)["event_id"].tolist(),
                  read_table(workspace, tables.FINDINGS, return_id=names).to_json(), _own_words(workspace)]
        jobs.append(Job(document_id=_document_id(workspace, cpd_year, "generic", ""), kind="generic", template="generic_feedback",
                        parameters={"cpd_year": cpd_year}, return_id="", member_no="", input_digest=_digest(*inputs), activities=None,
                        title=f"CPD feedback for everyone, {cpd_year}"))
    return jobs


def _individual_job(workspace: Workspace, reviewed: ReviewedReturn, code: str) -> Job:
    inputs = [code, _template(workspace, "individual_feedback"), reviewed.rules, reviewed.judgement, reviewed.requirement, reviewed.member_name,
              reviewed.findings.to_json(), reviewed.activities.to_json(default_handler=str), reviewed.goals.to_json(default_handler=str), workspace.is_sample]
    return Job(document_id=_document_id(workspace, reviewed.cpd_year, "individual", reviewed.return_id), kind="individual", template="individual_feedback",
               parameters={"return_id": reviewed.return_id}, return_id=reviewed.return_id, member_no=reviewed.member_no, input_digest=_digest(*inputs),
               activities=len(reviewed.activities), title=f"Your CPD feedback for {reviewed.cpd_year}")


def _document_id(workspace: Workspace, cpd_year: int, kind: str, return_id: str) -> str:
    """A name that says nothing to whoever lacks the workspace's secret."""
    return hmac.new(bytes.fromhex(workspace.secret), f"{cpd_year}|{kind}|{return_id}".encode(), hashlib.sha256).hexdigest()[:32]


def _digest(*inputs: object) -> str:
    return hashlib.sha256("\x1e".join(str(one) for one in inputs).encode()).hexdigest()


def _digest_of_code() -> str:
    package = Path(__file__).resolve().parent.parent
    files = sorted(path for room in CODE for path in (package / room).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return _digest(*(path.read_bytes() for path in files))


def _own_words(workspace: Workspace) -> str:
    path = workspace.folder / "what_good_looked_like.md"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def template_path(workspace: Workspace, name: str) -> Path:
    """The template notebook: the workspace's own where staff have put one, else the shipped one."""
    own = workspace.folder / "templates" / f"{name}.ipynb"
    return own if own.is_file() else shipped("notebooks") / "templates" / f"{name}.ipynb"


def _template(workspace: Workspace, name: str) -> str:
    return template_path(workspace, name).read_text(encoding="utf-8")


def _is_current(workspace: Workspace, job: Job, folder: Path) -> bool:
    """Whether the document stands, from the same inputs, with the bytes that were recorded."""
    known = read_table(workspace, tables.DOCUMENTS, document_id=job.document_id)
    path = folder / f"{job.document_id}.html"
    if known.empty or known.iloc[0]["input_digest"] != job.input_digest or not path.is_file():
        return False
    return hashlib.sha256(path.read_bytes()).hexdigest() == str(known.iloc[0]["sha256"])


def _render(workspace: Workspace, jobs: list[Job], result: RenderResult, cpd_year: int, *, progress: bool) -> None:
    """Notebooks run here, one forked process each; another process draws and writes, so that this one never loads the drawing engine."""
    papermill.engines.papermill_engines.register("assessor-kit", AssessorKitEngine)
    logging.getLogger("papermill").setLevel(logging.WARNING)
    others = frozenset(read_table(workspace, tables.RETURNS, cpd_year=cpd_year)["member_no"])
    with tempfile.TemporaryDirectory(prefix="assessor-kit-") as folder, _environment(workspace), _exporting() as exporter:
        for job in tqdm(jobs, desc="Feedback", unit="report", disable=not progress):
            executed = Path(folder) / f"{job.document_id}.ipynb"
            try:
                papermill.execute_notebook(template_path(workspace, job.template), executed, parameters=job.parameters, engine_name="assessor-kit",
                                           kernel_name="python3", progress_bar=False, request_save_on_cell_execute=False)
                exporter.send((executed, result.folder / f"{job.document_id}.html", job, others))
                answer = exporter.recv()
            except Exception as problem:  # noqa: BLE001  (whatever one report raises, the others are still owed)
                answer = f"{type(problem).__name__}: {problem}"
            _note(workspace, job, answer, result, cpd_year)


def _note(workspace: Workspace, job: Job, answer: object, result: RenderResult, cpd_year: int) -> None:
    """Record a finished document in the store and the manifest, or its failure in the result."""
    if not isinstance(answer, tuple):
        result.failed.append({"document": job.document_id, "error": str(answer).strip().splitlines()[-1]})
        return
    result.rendered += 1
    row = {"document_id": job.document_id, "cpd_year": cpd_year, "kind": job.kind, "member_no": job.member_no, "return_id": job.return_id,
           "input_digest": job.input_digest, "file": f"feedback/{cpd_year}/{job.document_id}.html", "sha256": answer[0],
           "rendered_at": datetime.now(UTC).replace(tzinfo=None), "released_at": None, "recalled_at": None}
    replace_rows(workspace, tables.DOCUMENTS, pd.DataFrame([row]))
    line = {name: str(row[name]) for name in ("document_id", "kind", "input_digest", "file", "sha256", "rendered_at")}
    with result.manifest.open("a", encoding="utf-8") as manifest:
        manifest.write(json.dumps(line) + "\n")


@contextmanager
def _environment(workspace: Workspace) -> Iterator[None]:
    """What the notebooks' processes inherit: which workspace, and that figures are drawn later."""
    wanted = {"ASSESSOR_KIT_WORKSPACE": str(workspace.folder), "ASSESSOR_KIT_DEFER_FIGURES": "1"}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _exporting() -> Iterator[Connection]:
    """A process that turns executed notebooks into documents, until it is told to stop."""
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=_export_loop, args=(theirs,))
    process.start()
    theirs.close()
    try:
        yield mine
    finally:
        mine.close()
        process.join()


def _export_loop(connection: Connection) -> None:
    """Answer each executed notebook with (SHA-256,) or with the error's words."""
    while True:
        try:
            executed, target, job, others = connection.recv()
        except EOFError:
            return
        connection.send(_export_one(executed, target, job, others))


def _export_one(executed: Path, target: Path, job: Job, others: frozenset[str]) -> tuple[str] | str:
    try:
        notebook: Any = read_notebook(executed)
        html = export_html(notebook, title=job.title)
        check_document(html, notebook, activities=job.activities, mine=job.member_no, others=others)
        return (write_whole(target, html.encode()),)
    except Exception as problem:  # noqa: BLE001  (the answer to the one who asked)
        return f"{type(problem).__name__}: {problem}"
