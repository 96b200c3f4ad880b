"""The files of a draw that are published: the commitment, the draw and the page for members."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assessor_kit import sampling, tables
from assessor_kit.errors import DrawRefused
from assessor_kit.feedback.draw_page import write_draw_page
from assessor_kit.files import write_private
from assessor_kit.journey.draws.record import (
    as_moment,
    commitment_of,
    commitment_row,
    draw_row,
    leaves_by_stratum,
    moment_in_words,
)
from assessor_kit.sampling import Seed
from assessor_kit.store import Workspace, read_table
from assessor_kit.vocabulary import DrawEvent

DRAWN_IN = "draws"  # the folder of the workspace for what is published


def commitment_file_of(workspace: Workspace, draw_id: str) -> Path:
    """Return where a commitment is written if nobody names another place."""
    return workspace.folder / DRAWN_IN / f"{draw_id}.commitment.json"


def draw_file_of(workspace: Workspace, draw_id: str) -> Path:
    """Return where the draw file of a draw under a commitment lies."""
    return workspace.folder / DRAWN_IN / f"{draw_id}.json"


def write_draw_files(workspace: Workspace, draw_id: str) -> tuple[Path, Path]:
    """Write the draw file and the page for members, and return where they are."""
    row = draw_row(workspace, draw_id)
    commitment = commitment_of(workspace, draw_id)
    frame = read_table(workspace, tables.FRAMES, draw_id=draw_id)
    content = sampling.draw_content(
        commitment,
        leaves_by_stratum(frame),
        seed=Seed(
            text=str(row["seed"]),
            signature=str(row["signature"] or ""),
            before=str(row["signature_before"] or ""),
        ),
    )
    draw_file = draw_file_of(workspace, draw_id)
    write_private(draw_file, sampling.written(content))
    page = draw_file.with_name(f"{draw_id}.html")
    write_draw_page(
        page,
        commitment=commitment.as_dict(),
        draw=content,
        published=_publishing_in_words(workspace, draw_id),
    )
    return draw_file, page


def _publishing_in_words(workspace: Workspace, draw_id: str) -> list[str]:
    """Return who published the commitment, when and where, as recorded."""
    known_at = commitment_row(workspace, draw_id)["seed_known_at"]
    events = read_table(
        workspace, tables.DRAW_EVENTS, draw_id=draw_id, kind=DrawEvent.PUBLISHED.value
    )
    return [
        f"{moment_in_words(as_moment(row.happened_at))}:"
        f" {str(row.detail).partition(' (digest ')[0]}, by {row.who}"
        + (" (recorded afterwards)" if row.recorded_at >= known_at else "")
        for row in events.itertuples()
    ]


def read_json(path: Path) -> Any:  # noqa: ANN401  (anybody's JSON)
    """Return what a published file holds; raises DrawRefused where it is no JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        raise DrawRefused(
            "this is no JSON",
            where=str(path),
            expected="a commitment or a draw as this program wrote it",
            advice="Download it again, and do not open it in an office program.",
        ) from None
