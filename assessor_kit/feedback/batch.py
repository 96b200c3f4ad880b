"""Render what is stale, name what failed, leave the rest: one report per judged return, and one for everybody."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from assessor_kit import tables
from assessor_kit.errors import RenderingFailed
from assessor_kit.feedback.formats import format_problem, further_wanted
from assessor_kit.feedback.jobs import Job, document_name, document_path, wanted_documents
from assessor_kit.feedback.manifest import (
    BUSY,
    RENDERED,
    claim,
    digest_of,
    manifest_line,
    note,
    noted,
    sweep,
)
from assessor_kit.feedback.workers import Workers
from assessor_kit.store import Workspace, read_table

AGAIN = 0.3  # seconds before a document that another runner was making is looked at again
Answered = Iterator[tuple[dict[str, Any], dict[str, str]]]


@dataclass(kw_only=True)
class RenderResult:
    """What a batch did. `failed` names documents with their errors."""

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
    progress: bool = False,
) -> RenderResult:
    """Render all feedback of a year that is not there yet or is stale; a report that fails is named and the rest finish.

    `jobs` processes work on it here, or the Dask cluster at `scheduler`, whose workers must see the workspace's folder and database. Several
    runs at once share the work; a run that was killed is taken up by the next. Raises RenderingFailed where a format cannot be made at all.
    """
    if problem := format_problem(formats):
        raise RenderingFailed(problem)
    folder = workspace.folder / "feedback" / str(cpd_year)
    result = RenderResult(folder=folder, manifest=folder / "manifest.jsonl")
    if folder.is_dir():
        sweep(folder)
    stale = _stale(workspace, cpd_year, result, formats)
    with tqdm(total=len(stale), desc="Feedback", unit="report", disable=not progress) as bar:
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


def _count(result: RenderResult, fields: dict[str, Any], answer: dict[str, str]) -> None:
    if answer["error"]:
        result.failed.append({"document": fields["document_id"], "error": answer["error"]})
    elif answer["state"] == RENDERED:
        result.rendered += 1
    else:
        result.unchanged += 1


def _answered(
    workspace: Workspace, stale: list[Job], jobs: int, formats: tuple[str, ...], scheduler: str
) -> Answered:
    fields = [job.as_dict() for job in stale]
    if scheduler:
        return _on_cluster(str(workspace.folder), fields, formats, scheduler)
    return Workers(str(workspace.folder), formats).render(fields, number=max(1, jobs))


def _on_cluster(
    folder: str, fields: list[dict[str, Any]], formats: tuple[str, ...], scheduler: str
) -> Answered:
    """On Dask's workers. A worker that is lost loses nothing: its documents are made by another."""
    try:
        from distributed import Client, as_completed  # noqa: PLC0415  (an extra)
    except ImportError as problem:
        raise RenderingFailed(
            "--scheduler needs Dask", advice="Install it with `pip install assessor-kit[scale]`."
        ) from problem
    from assessor_kit.feedback.rendering import render_document  # noqa: PLC0415  (whoever only asks for documents need not load papermill)

    with Client(scheduler, set_as_default=False) as client:
        futures = client.map(
            render_document,
            [folder] * len(fields),
            fields,
            [formats] * len(fields),
            pure=False,
            retries=3,
        )
        by_key = dict(zip((future.key for future in futures), fields, strict=True))
        for future in as_completed(futures, loop=client.loop):
            lost = future.exception()
            yield (
                by_key[future.key],
                {"state": "failed", "error": f"{type(lost).__name__}: {lost}"}
                if lost
                else future.result(),
            )


def _stale(
    workspace: Workspace, cpd_year: int, result: RenderResult, formats: tuple[str, ...]
) -> list[Job]:
    """The jobs to be done. Those that stand are counted, and noted in the manifest where a killed run had no time to."""
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
            digest_of(path := document_path(workspace, cpd_year, same.document_id))
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
    """Add the line that a killed run had no time to write; whoever is making the document just now writes it themself."""
    with claim(manifest.parent, str(known["document_id"])) as mine:
        if (
            mine
            and noted(manifest).get(str(known["document_id"]), {}).get("sha256") != known["sha256"]
        ):
            note(manifest, manifest_line(known))


def _next_version(workspace: Workspace, job: Job) -> Job:
    """A released document never changes: what would change it makes a new one."""
    version = job.version + 1
    return replace(
        job,
        version=version,
        document_id=document_name(
            workspace, job.cpd_year, job.kind, job.return_id, version=version
        ),
    )
