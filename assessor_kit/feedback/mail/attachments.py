"""The file attached to a message: the released page, or the PDF made from it.

Either is attached only if not a byte of it has changed since it was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from assessor_kit import tables
from assessor_kit.errors import SendingRefused
from assessor_kit.feedback.document.manifest import file_digest, noted, noted_of
from assessor_kit.store import Workspace, read_records, read_table

PAGE = "html"
PDF = "pdf"
# not Word, which is meant for editing: an edited file is no longer what was released
FORMS = (PAGE, PDF)
OPENS = {PAGE: "It opens in any browser.", PDF: "It is a PDF file."}
NO_PDF = "there is no PDF of what was released"
MANIFEST = "manifest.jsonl"


def attachment_path(workspace: Workspace, document_id: str, form: str) -> Path:
    """Return the path of a document in this form."""
    return workspace.folder / Path(str(_document(workspace, document_id)["file"])).with_suffix(
        f".{form}"
    )


def attachment_objection(workspace: Workspace, document_id: str, form: str) -> str:
    """Return why a document must not be sent in this form; empty if it may."""
    if not read_records(workspace, tables.DOCUMENTS, document_id=document_id):
        return "the document is not there any more"
    document = _document(workspace, document_id)
    page = attachment_path(workspace, document_id, PAGE)
    if document["released_at"] is None:
        return "recalled, or not released"
    if file_digest(page) != document["sha256"]:
        return "the file has changed since it was released"
    return (
        ""
        if form == PAGE
        or _is_made_of_it(
            page, str(document["sha256"]), noted_of(page.with_name(MANIFEST), document_id)
        )
        else NO_PDF
    )


def require_attachments(
    workspace: Workspace, cpd_year: int, document_ids: Iterable[str], form: str
) -> None:
    """Raise SendingRefused if a released document is missing in this form.

    This is checked before anything is sent.
    """
    if form == PAGE:
        return
    wanted = [name for name in document_ids if name]
    documents = read_table(workspace, tables.DOCUMENTS, document_id=wanted)
    lines = noted(workspace.folder / "feedback" / str(cpd_year) / MANIFEST)  # once for all
    missing = sum(
        not _is_made_of_it(
            workspace.folder / row["file"], row["sha256"], lines.get(row["document_id"], {})
        )
        for row in documents[documents["released_at"].notna()].to_dict("records")
    )
    if missing:
        raise SendingRefused(
            f"{missing} of the released documents to be sent have no PDF, or one that was changed",
            advice=(
                "Nothing was sent. Run `assessor-kit feedback render --format html,pdf`, which"
                " makes the PDFs from the released pages."
            ),
        )


def _is_made_of_it(page: Path, digest: str, line: Mapping[str, object]) -> bool:
    """Whether the PDF beside a page was made from the page with this digest.

    The document's line in the manifest says so.
    """
    return line.get("sha256") == digest and line.get("pdf_sha256") == file_digest(
        page.with_suffix(".pdf")
    )


def attach(
    message: EmailMessage, workspace: Workspace, document_id: str, form: str, *, name: str
) -> None:
    """Attach a document to a message, under a file name that says what it is."""
    path = attachment_path(workspace, document_id, form)
    if form == PDF:
        message.add_attachment(
            path.read_bytes(), maintype="application", subtype="pdf", filename=f"{name}.pdf"
        )
    else:
        message.add_attachment(
            path.read_text(encoding="utf-8"), subtype="html", filename=f"{name}.html"
        )


def _document(workspace: Workspace, document_id: str) -> Mapping[str, Any]:
    return read_records(workspace, tables.DOCUMENTS, document_id=document_id)[0]
