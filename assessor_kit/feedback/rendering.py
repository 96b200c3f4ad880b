"""One document, from its job to its place on disk: run, check, write, record. Safe to be killed anywhere, and to be asked twice."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import threading
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import papermill
from nbformat import NotebookNode

from assessor_kit import tables
from assessor_kit.errors import RenderingFailed
from assessor_kit.feedback.export import check_document, export_html
from assessor_kit.feedback.formats import EXPORTS, clear_earlier, further_wanted, write_further
from assessor_kit.feedback.jobs import Job, document_path, template_path
from assessor_kit.feedback.manifest import (
    BUSY,
    RENDERED,
    UNCHANGED,
    claim,
    digest_of,
    manifest_line,
    note,
    noted_of,
    write_whole,
)
from assessor_kit.store import Workspace, read_table, replace_rows

CELL_SECONDS = 60  # a cell that takes longer is stuck
OPAQUE = re.compile(r"[0-9a-f]{16}")
_ONE_AT_A_TIME = (
    threading.Lock()
)  # the environment is the process's, and so is nbconvert's exporter


def render_document(
    folder: str, fields: dict[str, Any], formats: tuple[str, ...] = ("html",)
) -> dict[str, str]:
    """Make the document of a job: {"state", "error"}. State `busy`: another process is making it; an error leaves what was there before."""
    with _ONE_AT_A_TIME:
        try:
            job, workspace = Job(**fields), _workspace(folder)
            with claim(workspace.folder / "feedback" / str(job.cpd_year), job.document_id) as mine:
                return {"state": _render(workspace, job, formats) if mine else BUSY, "error": ""}
        except Exception as problem:  # noqa: BLE001  (whatever one report raises, the others are still owed)
            return {
                "state": "failed",
                "error": (f"{type(problem).__name__}: {problem}".strip().splitlines() or [""])[-1],
            }


@cache
def _workspace(folder: str) -> Workspace:
    os.environ["ASSESSOR_KIT_WORKSPACE"] = folder  # what notebooks' processes inherit
    logging.getLogger("papermill").setLevel(logging.WARNING)
    return Workspace.open(Path(folder))


def _render(workspace: Workspace, job: Job, formats: tuple[str, ...]) -> str:
    target = document_path(workspace, job.cpd_year, job.document_id)
    if is_current(
        workspace, job
    ):  # it stands, or another runner has made it since the job was written
        return _add_formats(workspace, job, target, formats)
    executed = execute(workspace, job)
    html = export_html(executed, title=job.title)
    check_document(
        html,
        executed,
        activities=job.activities,
        mine=job.member_no,
        others=_members(workspace, job.cpd_year),
    )
    content = html.encode()
    if not job.must_be and hashlib.sha256(content).hexdigest() != digest_of(target):
        clear_earlier(target)
    digest = write_whole(target, content) if not job.must_be else _put_back(target, content, job)
    line = {
        "document_id": job.document_id,
        "kind": job.kind,
        "version": job.version,
        "input_digest": job.input_digest,
        "file": str(target.relative_to(workspace.folder)),
        "sha256": digest,
        "rendered_at": str(datetime.now(UTC).replace(tzinfo=None)),
    }
    line |= write_further(html, target, formats)
    if not job.must_be:
        replace_rows(workspace, tables.DOCUMENTS, pd.DataFrame([_row(job, line)]))
    note(target.with_name("manifest.jsonl"), line)
    return RENDERED


def _add_formats(workspace: Workspace, job: Job, target: Path, formats: tuple[str, ...]) -> str:
    """The other formats of a page that stands, from the page itself."""
    manifest = target.with_name("manifest.jsonl")
    line = noted_of(manifest, job.document_id) if set(formats) & set(EXPORTS) else {}
    wanted = further_wanted(target, formats, line)
    if not wanted:
        return UNCHANGED
    known = read_table(workspace, tables.DOCUMENTS, document_id=job.document_id).iloc[0]
    note(
        manifest,
        {
            **line,
            **manifest_line(known.to_dict()),
            **write_further(target.read_text(encoding="utf-8"), target, tuple(wanted)),
        },
    )
    return RENDERED


def execute(workspace: Workspace, job: Job) -> NotebookNode:
    """The template's notebook after its run. Nothing of it is written to disk."""
    if job.return_id and not OPAQUE.fullmatch(job.return_id):
        raise RenderingFailed(
            "The return's name is not an opaque one", advice="Import the return again."
        )
    return papermill.execute_notebook(
        str(template_path(workspace, job.template)),
        None,
        parameters=job.parameters,
        engine_name="assessor-kit",
        kernel_name="python3",
        progress_bar=False,
        request_save_on_cell_execute=False,
        execution_timeout=CELL_SECONDS,
    )


def _put_back(target: Path, content: bytes, job: Job) -> str:
    """A released document never changes: what was lost or altered is put back only if it comes out as it was."""
    made = write_whole(target.with_suffix(".new"), content)
    if made != job.must_be:
        target.with_suffix(".new").unlink()
        raise RenderingFailed(
            "A released document was altered or lost and does not come out as it was released",
            advice="Restore it from a backup, or recall it.",
        )
    target.with_suffix(".new").replace(target)
    return made


def is_current(workspace: Workspace, job: Job) -> bool:
    """Whether the page stands, from the same inputs, with the bytes that were recorded."""
    known = read_table(workspace, tables.DOCUMENTS, document_id=job.document_id)
    if known.empty or known.iloc[0]["input_digest"] != job.input_digest:
        return False
    return digest_of(document_path(workspace, job.cpd_year, job.document_id)) == str(
        known.iloc[0]["sha256"]
    )


@cache
def _members(workspace: Workspace, cpd_year: int) -> frozenset[str]:
    """The membership numbers of everyone whose return could be mixed up with this one."""
    return frozenset(read_table(workspace, tables.RETURNS, cpd_year=cpd_year)["member_no"])


def _row(job: Job, line: dict[str, Any]) -> dict[str, Any]:
    return {
        "document_id": job.document_id,
        "cpd_year": job.cpd_year,
        "kind": job.kind,
        "version": job.version,
        "member_no": job.member_no,
        "return_id": job.return_id,
        "input_digest": job.input_digest,
        "file": line["file"],
        "sha256": line["sha256"],
        "rendered_at": datetime.fromisoformat(line["rendered_at"]),
        "released_at": None,
        "recalled_at": None,
    }
