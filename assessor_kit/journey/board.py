"""Write the year on one page for the board.

It brings together what the other steps count, as HTML and, where it can be made, PDF.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from assessor_kit import tables
from assessor_kit.feedback.report.figures import estimates_in_words, estimates_of_year
from assessor_kit.files import write_private
from assessor_kit.journey.figures import agreement
from assessor_kit.journey.letters.counts import letter_counts
from assessor_kit.journey.status_counts import status
from assessor_kit.store import Workspace, read_table
from assessor_kit.store.letter_counts import LetterCounts
from assessor_kit.trends import SMALLEST_GROUP
from assessor_kit.vocabulary import LetterKind, counted_text

if TYPE_CHECKING:
    from assessor_kit.feedback.report.board import BoardFigures

TWO_DECIMALS = ".2f"


def write_board_summary(workspace: Workspace, *, cpd_year: int) -> list[Path]:
    """Write the board's page beside the year's feedback, and return its files.

    They are `board_summary.html` and, where PDF can be made, `board_summary.pdf`. The page names
    nobody.
    """
    # These load papermill, which takes a second.
    from assessor_kit.feedback.document.pdf_file import pdf_problem  # noqa: PLC0415
    from assessor_kit.feedback.report.board import board_page, board_pdf  # noqa: PLC0415

    figures = board_figures(workspace, cpd_year=cpd_year)
    page = workspace.folder / "feedback" / str(cpd_year) / "board_summary.html"
    html, made = (board_page(figures), b"") if pdf_problem() else board_pdf(figures)
    files = [page]
    write_private(page, html.encode())
    if made:
        files.append(page.with_suffix(".pdf"))
        write_private(files[1], made)
    return files


def board_figures(workspace: Workspace, *, cpd_year: int) -> BoardFigures:
    """Return what the page says about a year.

    Figures and advice are those of released feedback, as in the generic feedback.
    """
    from assessor_kit.feedback.report.board import BoardFigures  # noqa: PLC0415  (loads papermill)
    from assessor_kit.feedback.report.generic import open_generic  # noqa: PLC0415  (loads papermill)

    counts = status(workspace, cpd_year=cpd_year)
    rules = workspace.rules(cpd_year)
    everyone = open_generic(cpd_year, workspace=workspace)
    return_ids = list(everyone.judgements["return_id"])
    estimates, held = estimates_of_year(workspace, cpd_year, only=return_ids)
    before = {
        row["measure"]: row["value"]
        for row in estimates_in_words(estimates_of_year(workspace, cpd_year - 1)[0])
    }
    marked = [
        one for one in agreement(workspace, cpd_year=cpd_year) if one.returns >= SMALLEST_GROUP
    ]
    labels = {criterion.code: criterion.label for criterion in rules.criteria}
    return BoardFigures(
        body=rules.words.body,
        scheme_name=rules.words.scheme_name,
        cpd_year=cpd_year,
        is_sample=workspace.is_sample,
        counts=[
            ("members could be drawn", counts["frame"]),
            ("were drawn", counts["selected"]),
            ("records came in", counts["received"]),
            ("were reviewed", counts["judged"]),
            ("have received feedback", _released(workspace, cpd_year)),
            ("queries came", counts["queries"]),
            ("appeals came", counts["appeals"]),
            ("answers changed the feedback", counts["outcomes_changed"]),
        ],
        measures=[
            {**row, "before": before.get(row["measure"], "")}
            for row in estimates_in_words(estimates)
        ],
        scheme=_scheme_in_words(letter_counts(workspace, cpd_year=cpd_year)),
        held_back=len(held),
        advice=_texts(everyone, "advice"),
        praised=_texts(everyone, "liked"),
        twice=max((one.returns for one in marked), default=0),
        agreement=[
            (labels.get(one.criterion, one.criterion), format(one.ac1, TWO_DECIMALS))
            for one in marked
        ],
    )


def _scheme_in_words(counted: LetterCounts) -> str:
    """Return in a few sentences who is in the scheme and who has been written to."""
    members = counted_text(counted.scheme_members, "member is", "members are")
    said = [f"{members} in the scheme, and {counted.declared:,} of them declared their CPD."]
    if counted.invited_to_join:
        said.append(
            f"{counted.invited_to_join:,} were invited to join; {counted.opted_in:,} have opted in."
        )
    if everyone := counted.gone(LetterKind.GENERIC):
        said.append(f"The feedback for everyone was sent to {everyone:,}.")
    return " ".join(said)


def _released(workspace: Workspace, cpd_year: int) -> int:
    documents = read_table(workspace, tables.DOCUMENTS, cpd_year=cpd_year, kind="individual")
    return int(documents.loc[documents["released_at"].notna(), "return_id"].nunique())


def _texts(everyone: object, tone: str) -> list[str]:
    # It is a GenericReport, a class whose module is loaded late.
    themes = everyone.themes  # type: ignore[attr-defined]
    return [str(text) for text in themes.loc[themes["tone"] == tone, "text"]]
