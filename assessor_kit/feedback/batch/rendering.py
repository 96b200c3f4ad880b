"""Make one document, from its job to its file: run, check, write, record.

It may safely be killed at any point, or asked for the same document twice.
"""

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

from assessor_kit import errors, tables
from assessor_kit.errors import AssessorKitError, InvalidRequest, RenderingFailed
from assessor_kit.feedback.batch.jobs import Job, document_path, template_path
from assessor_kit.feedback.document.formats import (
    clear_earlier,
    further_wanted,
    write_further,
)
from assessor_kit.feedback.document.html_file import check_document, export_html
from assessor_kit.feedback.document.manifest import (
    BUSY,
    RENDERED,
    UNCHANGED,
    claim,
    file_digest,
    manifest_line,
    note,
    noted_of,
)
from assessor_kit.files import move_into_place, write_private
from assessor_kit.store import Workspace, read_table, replace_rows

CELL_SECONDS = 60  # a cell that takes longer is stuck
# the names of the errors whose messages are ours
OURS = {name for name, one in vars(errors).items() if isinstance(one, type)}
OPAQUE = re.compile(r"[0-9a-f]{16}")
# the environment and nbconvert's exporter belong to the whole process
_ONE_AT_A_TIME = threading.Lock()


def render_document(
    folder: str, fields: dict[str, Any], formats: tuple[str, ...] = ("html",)
) -> dict[str, str]:
    """Make the document of a job, and return its `state` and `error`.

    The state `busy` means that another process is making it. After an error, what was there before
    is unchanged.
    """
    with _ONE_AT_A_TIME:
        try:
            job = Job(**fields)
            workspace = _workspace(folder)
            with claim(workspace.folder / "feedback" / str(job.cpd_year), job.document_id) as mine:
                return {"state": _render(workspace, job, formats) if mine else BUSY, "error": ""}
        # Whatever goes wrong with one report, the others must still be made.
        except Exception as problem:  # noqa: BLE001
            return {"state": "failed", "error": without_words(problem, str(fields.get("kind")))}


def without_words(problem: Exception, kind: str) -> str:
    """Return what went wrong with a document, in no words but ours.

    Our own messages quote nobody. Any other may hold what a member or an assessor wrote, so that
    only its name is kept, and the cell that raised it.
    """
    name = type(problem).__name__
    if isinstance(problem, papermill.PapermillExecutionError):
        name = str(problem.ename)
        if name in OURS:
            return f"{name}: {' '.join(str(problem.evalue).split())}"
    elif isinstance(problem, AssessorKitError):
        return f"{name}: {problem.sentence()}"
    # counted from one: papermill has put in a cell of parameters that the template has not got
    cell = getattr(problem, "cell_index", None)
    place = "while it was made" if cell is None else f"in cell {cell} of its template"
    return (
        f"{name}: raised {place}. Open {kind}_feedback with this document's return and run all"
        " cells to see why."
    )


@cache
def _workspace(folder: str) -> Workspace:
    os.environ["ASSESSOR_KIT_WORKSPACE"] = folder  # inherited by the notebooks' processes
    logging.getLogger("papermill").setLevel(logging.WARNING)
    return Workspace.open(Path(folder))


def _render(workspace: Workspace, job: Job, formats: tuple[str, ...]) -> str:
    target = document_path(workspace, job.cpd_year, job.document_id)
    # the page is up to date, or another run has made it since the job was written
    if is_current(workspace, job):
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
    if not job.must_be and hashlib.sha256(content).hexdigest() != file_digest(target):
        clear_earlier(target)
    digest = write_private(target, content) if not job.must_be else _put_back(target, content, job)
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
    """Make the other formats of a page that is up to date, from the page itself.

    Whoever wrote the page may have been killed before adding its line to the manifest; if so, the
    line is added now.
    """
    manifest = target.with_name("manifest.jsonl")
    line = noted_of(manifest, job.document_id)
    known = read_table(workspace, tables.DOCUMENTS, document_id=job.document_id).iloc[0].to_dict()
    wanted = further_wanted(target, formats, line)
    if not wanted:
        if line.get("sha256") != known["sha256"]:
            note(manifest, manifest_line(known))
        return UNCHANGED
    further = write_further(target.read_text(encoding="utf-8"), target, tuple(wanted))
    note(manifest, {**line, **manifest_line(known), **further})
    return RENDERED


def execute(workspace: Workspace, job: Job) -> NotebookNode:
    """Run the template for a job and return the notebook; nothing is written to disk."""
    if job.return_id and not OPAQUE.fullmatch(job.return_id):
        raise InvalidRequest(
            "The return's name is not 16 hexadecimal digits", advice="Import the return again."
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
    """Restore a released document that was lost or altered, and return its SHA-256.

    A released document never changes, so RenderingFailed is raised unless it comes out exactly as
    it was.
    """
    made = write_private(target.with_suffix(".new"), content)
    if made != job.must_be:
        target.with_suffix(".new").unlink()
        raise RenderingFailed(
            "A released document was lost or altered, and rendering it again gives another one",
            advice="Restore it from a backup, or recall it.",
        )
    move_into_place(target.with_suffix(".new"), target)
    return made


def is_current(workspace: Workspace, job: Job) -> bool:
    """Whether the page is there, made from these inputs, with the bytes recorded."""
    known = read_table(workspace, tables.DOCUMENTS, document_id=job.document_id)
    if known.empty or known.iloc[0]["input_digest"] != job.input_digest:
        return False
    return file_digest(document_path(workspace, job.cpd_year, job.document_id)) == str(
        known.iloc[0]["sha256"]
    )


@cache
def _members(workspace: Workspace, cpd_year: int) -> frozenset[str]:
    """Return the membership numbers of all returns that could be mixed up."""
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
