"""What goes with a message: the released page, or the PDF that was made of it, each to the byte as it was noted when it was made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from email.message import EmailMessage
from pathlib import Path

from assessor_kit import tables
from assessor_kit.errors import SendingRefused
from assessor_kit.feedback.manifest import digest_of, noted, noted_of
from assessor_kit.store import Workspace, read_table

PAGE, PDF = "html", "pdf"
FORMS = (
    PAGE,
    PDF,
)  # a Word file is there to be edited: what becomes of it is no longer what was released
OPENS = {PAGE: "It opens in any browser.", PDF: "It is a PDF file."}
NO_PDF, MANIFEST = "there is no PDF of what was released", "manifest.jsonl"


def attachment_path(workspace: Workspace, document_id: str, form: str) -> Path:
    """Where a document lies in this form."""
    return workspace.folder / Path(str(_document(workspace, document_id)["file"])).with_suffix(
        f".{form}"
    )


def attachment_objection(workspace: Workspace, document_id: str, form: str) -> str:
    """Why a document must not go in this form; empty where it may."""
    document, page = (
        _document(workspace, document_id),
        attachment_path(workspace, document_id, PAGE),
    )
    if document["released_at"] is None:
        return "recalled, or not released"
    if digest_of(page) != document["sha256"]:
        return "the file is not what was released"
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
    """Raise SendingRefused, before anything is sent, where released documents are missing in this form."""
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
            advice="`assessor-kit feedback render --format html,pdf` makes it of the page that stands; nothing was sent.",
        )


def _is_made_of_it(page: Path, digest: str, line: Mapping[str, object]) -> bool:
    """Whether the PDF beside a page is the one that was made of it when it had this digest, by its line of the manifest."""
    return line.get("sha256") == digest and line.get("pdf_sha256") == digest_of(
        page.with_suffix(".pdf")
    )


def attach(
    message: EmailMessage, workspace: Workspace, document_id: str, form: str, *, name: str
) -> None:
    """Attach a document under a name that says what it is."""
    path = attachment_path(workspace, document_id, form)
    if form == PDF:
        message.add_attachment(
            path.read_bytes(), maintype="application", subtype="pdf", filename=f"{name}.pdf"
        )
    else:
        message.add_attachment(
            path.read_text(encoding="utf-8"), subtype="html", filename=f"{name}.html"
        )


def _document(workspace: Workspace, document_id: str) -> Mapping[object, object]:
    found: Mapping[object, object] = (
        read_table(workspace, tables.DOCUMENTS, document_id=document_id).iloc[0].to_dict()
    )
    return found
