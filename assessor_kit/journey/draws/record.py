"""What is kept of commitments and draws, and the record of everything done or tried."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from assessor_kit import sampling, tables
from assessor_kit.errors import NotFound
from assessor_kit.sampling import Commitment, Draw
from assessor_kit.store import Workspace, read_table
from assessor_kit.vocabulary import DrawEvent


def draw_record(workspace: Workspace, *, cpd_year: int) -> pd.DataFrame:
    """Return everything that was done or tried about a year's draws, in order."""
    return read_table(workspace, tables.DRAW_EVENTS, cpd_year=cpd_year)


def draw_row(workspace: Workspace, draw_id: str) -> dict[str, Any]:
    """Return the row of a draw; raises NotFound with the draws that there are."""
    draws = read_table(workspace, tables.DRAWS, draw_id=draw_id)
    if draws.empty:
        known = ", ".join(read_table(workspace, tables.DRAWS)["draw_id"]) or "none yet"
        raise NotFound(f"There is no draw {draw_id}", advice=f"The draws are: {known}.")
    return first_row(draws)


def commitment_row(workspace: Workspace, draw_id: str) -> dict[str, Any]:
    """Return the row of a commitment; raises NotFound with those that there are."""
    rows = read_table(workspace, tables.COMMITMENTS, draw_id=draw_id)
    if rows.empty:
        known = ", ".join(read_table(workspace, tables.COMMITMENTS)["draw_id"]) or "none yet"
        raise NotFound(f"There is no commitment {draw_id}", advice=f"The commitments are: {known}.")
    return first_row(rows)


def commitment_of(workspace: Workspace, draw_id: str) -> Commitment:
    """Return the commitment under which a draw is or was made."""
    return sampling.read_commitment(
        json.loads(commitment_row(workspace, draw_id)["commitment_text"])
    )


def recorded_draw(workspace: Workspace, draw_id: str) -> Draw:
    """Return a draw as it was kept."""
    row = draw_row(workspace, draw_id)
    return Draw(
        seed=str(row["seed"]),
        size=int(row["size"]),
        reserve=int(row["reserve"]),
        frame_size=int(row["frame_size"]),
        frame_digest=str(row["frame_digest"]),
        selections=read_table(workspace, tables.SELECTIONS, draw_id=draw_id).sort_values(
            ["is_reserve", "ticket"], ignore_index=True
        ),
        commitment=str(row["commitment"] or ""),
    )


def standing_commitment(workspace: Workspace, cpd_year: int) -> dict[str, Any] | None:
    """Return the commitment of a year that is neither drawn nor withdrawn."""
    rows = read_table(workspace, tables.COMMITMENTS, cpd_year=cpd_year)
    drawn = set(read_table(workspace, tables.DRAWS, cpd_year=cpd_year)["draw_id"])
    open_ones = rows[rows["withdrawn_at"].isna() & ~rows["draw_id"].isin(drawn)]
    return None if open_ones.empty else first_row(open_ones)


def first_row(rows: pd.DataFrame) -> dict[str, Any]:
    """Return the first row of a table as plain values."""
    return {str(name): value for name, value in rows.astype(object).iloc[0].to_dict().items()}


def next_draw_id(workspace: Workspace, cpd_year: int) -> str:
    """Return the identifier of the year's next draw or commitment."""
    known = {
        str(name)
        for table in (tables.DRAWS, tables.COMMITMENTS)
        for name in read_table(workspace, table, cpd_year=cpd_year)["draw_id"]
    }
    return f"{cpd_year}-{len(known) + 1}"


def wanted_size(members: int, size: int | None, rate_percent: float | None) -> int:
    """Return how many members are to be drawn: the size given, or the rate of the frame."""
    if size is not None:
        return size
    return sampling.size_of_rate(members, percent=rate_percent or 0)


def leaves_by_stratum(frame: pd.DataFrame) -> dict[str, list[str]]:
    """Return the sorted leaves of each stratum of a kept frame."""
    return {str(name): sorted(rows["leaf"]) for name, rows in frame.groupby("stratum")}


def draw_event(
    cpd_year: int,
    kind: DrawEvent,
    *,
    at: datetime,
    draw_id: str = "",
    who: str = "",
    seed: str = "",
    detail: str = "",
    recorded: datetime | None = None,
) -> pd.DataFrame:
    """Return a row of the record of the draws."""
    return pd.DataFrame(
        [
            {
                "cpd_year": cpd_year,
                "draw_id": draw_id,
                "kind": kind.value,
                "who": who,
                "happened_at": as_kept(at),
                "recorded_at": as_kept(recorded or at),
                "seed": seed,
                "detail": detail,
            }
        ]
    )


def as_kept(moment: datetime) -> datetime:
    """Return a moment as the store keeps it: UTC, without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def as_moment(kept: object) -> datetime:
    """Return a moment that the store kept, with its zone."""
    return pd.Timestamp(str(kept)).to_pydatetime().replace(tzinfo=UTC)


def moment_in_words(moment: datetime) -> str:
    """Return a moment as people read it, in UTC."""
    at = moment.astimezone(UTC)
    return f"{at.day} {at:%B %Y, %H:%M} UTC"
