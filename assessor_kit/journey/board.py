"""The year on one page for the board: gathered from what the other steps count, written as HTML and, where it can be made, PDF."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from assessor_kit import tables
from assessor_kit.feedback.figures import estimates_in_words, estimates_of_year
from assessor_kit.journey.figures import agreement
from assessor_kit.journey.review import status
from assessor_kit.store import Workspace, read_table
from assessor_kit.trends import SMALLEST_GROUP

if TYPE_CHECKING:
    from assessor_kit.feedback.board import BoardFigures

TWO_DECIMALS = ".2f"


def write_board_summary(workspace: Workspace, *, cpd_year: int) -> list[Path]:
    """Write `board_summary.html`, and `.pdf` where PDF can be made, beside the year's feedback: the files. It names nobody."""
    from assessor_kit.feedback.board import board_page, board_pdf  # noqa: PLC0415  (papermill takes a second to load)
    from assessor_kit.feedback.manifest import write_whole  # noqa: PLC0415  (as above)
    from assessor_kit.feedback.pdf import pdf_problem  # noqa: PLC0415  (as above)

    figures = board_figures(workspace, cpd_year=cpd_year)
    page = workspace.folder / "feedback" / str(cpd_year) / "board_summary.html"
    html, made = (board_page(figures), b"") if pdf_problem() else board_pdf(figures)
    files = [page]
    write_whole(page, html.encode())
    if made:
        files.append(page.with_suffix(".pdf"))
        write_whole(files[1], made)
    return files


def board_figures(workspace: Workspace, *, cpd_year: int) -> BoardFigures:
    """What the page says of a year. Figures and advice are those of released feedback, as in the generic feedback."""
    from assessor_kit.feedback.board import BoardFigures  # noqa: PLC0415  (as above)
    from assessor_kit.feedback.generic import open_generic  # noqa: PLC0415  (as above)

    counts, rules = status(workspace, cpd_year=cpd_year), workspace.rules(cpd_year)
    everyone = open_generic(cpd_year, workspace=workspace)
    told = list(everyone.judgements["return_id"])
    estimates, held = estimates_of_year(workspace, cpd_year, only=told)
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
            ("records came", counts["received"]),
            ("were reviewed", counts["judged"]),
            ("have their feedback", _released(workspace, cpd_year)),
        ],
        measures=[
            {**row, "before": before.get(row["measure"], "")}
            for row in estimates_in_words(estimates)
        ],
        held_back=len(held),
        advice=_texts(everyone, "advice"),
        praised=_texts(everyone, "liked"),
        twice=max((one.returns for one in marked), default=0),
        agreement=[
            (labels.get(one.criterion, one.criterion), format(one.ac1, TWO_DECIMALS))
            for one in marked
        ],
    )


def _released(workspace: Workspace, cpd_year: int) -> int:
    documents = read_table(workspace, tables.DOCUMENTS, cpd_year=cpd_year, kind="individual")
    return int(documents.loc[documents["released_at"].notna(), "return_id"].nunique())


def _texts(everyone: object, tone: str) -> list[str]:
    themes = everyone.themes  # type: ignore[attr-defined]  # a GenericReport, whose module is loaded late
    return [str(text) for text in themes.loc[themes["tone"] == tone, "text"]]
