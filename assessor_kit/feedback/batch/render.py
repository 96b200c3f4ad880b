"""Render the documents that are stale, and name any that failed.

There is one report for each judged return, and one for everybody.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from assessor_kit import tables
from assessor_kit.engines.extra import needs_extra
from assessor_kit.errors import NotInstalled
from assessor_kit.feedback.batch.jobs import Job, document_name, document_path, wanted_documents
from assessor_kit.feedback.batch.workers import Workers
from assessor_kit.feedback.document.formats import format_problem, further_wanted
from assessor_kit.feedback.document.manifest import (
    BUSY,
    RENDERED,
    claim,
    file_digest,
    manifest_line,
    note,
    noted,
    sweep,
)
from assessor_kit.progress import Progress, progress_bar
from assessor_kit.store import Workspace, read_table

AGAIN = 0.3  # seconds before looking again at a document that another run is making
RenderAnswers = Iterator[tuple[dict[str, Any], dict[str, str]]]


@dataclass(kw_only=True)
class RenderResult:
    """The outcome of a batch; `failed` lists the failed documents and their errors."""

    folder: Path
    manifest: Path
    rendered: int = 0
    unchanged: int = 0
    failed: list[dict[str, str]] = field(default_factory=list)


def render_feedback(
    workspace: Workspace,
    *,
    cpd_year: int,
    jobs: int = 1,
    formats: tuple[str, ...] = ("html",),
    scheduler: str = "",
    progress: Progress = False,
) -> RenderResult:
    """Render all feedback of a year that is missing or stale.

    A report that fails is named in the result, and the others are still made.

    The work is done by `jobs` processes here, or by the Dask cluster at `scheduler`, whose workers
    must see the workspace's folder and database. Several runs at once share the work, and the next
    run carries on where one was killed. Raises NotInstalled where a format cannot be made at all.
    """
    if problem := format_problem(formats):
        raise NotInstalled(problem)
    folder = workspace.folder / "feedback" / str(cpd_year)
    result = RenderResult(folder=folder, manifest=folder / "manifest.jsonl")
    if folder.is_dir():
        sweep(folder)
    stale = _stale(workspace, cpd_year, result, formats)
    with progress_bar(progress, total=len(stale), name="Feedback", unit="report") as bar:
        while stale:
            waiting = []
            for fields, answer in _answered(workspace, stale, jobs, formats, scheduler):
                if answer["state"] == BUSY:
                    waiting.append(Job(**fields))
                    continue
                bar.update()
                _count(result, fields, answer)
            stale = waiting
            time.sleep(AGAIN if waiting else 0)
    return result


def plan_feedback(
    workspace: Workspace, *, cpd_year: int, formats: tuple[str, ...] = ("html",)
) -> RenderResult:
    """Return what `render_feedback` would render, without rendering it.

    `rendered` counts what would be rendered, `unchanged` what is up to date. Missing lines of the
    manifest may be added on the way, so pass a copy of the workspace where nothing may change.
    """
    if problem := format_problem(formats):
        raise NotInstalled(problem)
    folder = workspace.folder / "feedback" / str(cpd_year)
    result = RenderResult(folder=folder, manifest=folder / "manifest.jsonl")
    result.rendered = len(_stale(workspace, cpd_year, result, formats))
    return result


def _count(result: RenderResult, fields: dict[str, Any], answer: dict[str, str]) -> None:
    if answer["error"]:
        result.failed.append({"document": fields["document_id"], "error": answer["error"]})
    elif answer["state"] == RENDERED:
        result.rendered += 1
    else:
        result.unchanged += 1


def _answered(
    workspace: Workspace, stale: list[Job], jobs: int, formats: tuple[str, ...], scheduler: str
) -> RenderAnswers:
    fields = [job.as_dict() for job in stale]
    if scheduler:
        return _on_cluster(str(workspace.folder), fields, formats, scheduler)
    return Workers(str(workspace.folder), formats).render(fields, number=max(1, jobs))


def _on_cluster(
    folder: str, fields: list[dict[str, Any]], formats: tuple[str, ...], scheduler: str
) -> RenderAnswers:
    """Render on Dask's workers; if one is lost, another makes its documents."""
    with needs_extra():
        # Dask is an extra.
        from assessor_kit.engines.cluster import answers_from_cluster  # noqa: PLC0415
    # Imported here, so that a process that only asks for documents need not load papermill.
    from assessor_kit.feedback.batch.rendering import render_document  # noqa: PLC0415

    jobs = [(folder, one, formats) for one in fields]
    for place, answer, lost in answers_from_cluster(render_document, jobs, scheduler=scheduler):
        if lost is None:
            yield fields[place], answer
        else:
            yield fields[place], {"state": "failed", "error": f"{type(lost).__name__}: {lost}"}


def _stale(
    workspace: Workspace, cpd_year: int, result: RenderResult, formats: tuple[str, ...]
) -> list[Job]:
    """Return the jobs still to be done.

    Documents that are up to date are counted in `result`, and noted in the manifest where a killed
    run had no time to do so.
    """
    documents = read_table(workspace, tables.DOCUMENTS, cpd_year=cpd_year).sort_values("version")
    latest = {(row["kind"], row["return_id"]): row for row in documents.to_dict("records")}
    lines = noted(result.manifest)
    stale = []
    for job in wanted_documents(workspace, cpd_year):
        known = latest.get((job.kind, job.return_id))
        if known is None:
            stale.append(job)
            continue
        same = replace(job, document_id=str(known["document_id"]), version=int(known["version"]))
        settled = bool(known["released_at"] or known["recalled_at"])
        if known["input_digest"] != job.input_digest:
            stale.append(_next_version(workspace, same) if settled else same)
        elif (
            file_digest(path := document_path(workspace, cpd_year, same.document_id))
            != known["sha256"]
        ):
            stale.append(replace(same, must_be=str(known["sha256"])) if settled else same)
        elif further_wanted(path, formats, lines.get(same.document_id, {})):
            stale.append(same)
        else:
            result.unchanged += 1
            if lines.get(same.document_id, {}).get("sha256") != known["sha256"]:
                _note_if_missing(result.manifest, known)
    return stale


def _note_if_missing(manifest: Path, known: dict[Any, Any]) -> None:
    """Write the manifest line that a killed run had no time to write.

    If another process is making the document at this moment, it writes the line itself.
    """
    with claim(manifest.parent, str(known["document_id"])) as mine:
        if (
            mine
            and noted(manifest).get(str(known["document_id"]), {}).get("sha256") != known["sha256"]
        ):
            note(manifest, manifest_line(known))


def _next_version(workspace: Workspace, job: Job) -> Job:
    """Return the job for a new version, because a released document never changes."""
    version = job.version + 1
    return replace(
        job,
        version=version,
        document_id=document_name(
            workspace, job.cpd_year, job.kind, job.return_id, version=version
        ),
    )
