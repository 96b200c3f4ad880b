"""Polars: all cores of one machine, lazily, part by part."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import narwhals as nw
import polars as pl

from assessor_kit.engines.parquet import Inputs, Part, write_part
from assessor_kit.rules.schema import Rules
from assessor_kit.scorers import Scorer, findings_per_return, with_words

ROWS_IN_A_PART = 7_500_000


def score_parts(inputs: Inputs, folder: Path, *, rules: Rules, scorers: Sequence[Scorer]) -> None:
    """Score every part, one after the other."""
    for number, part in enumerate(inputs.parts(ROWS_IN_A_PART)):
        activities, returns = (
            nw.from_native(_rows(files, part))
            for files in (inputs.activities, inputs.returns_files)
        )
        found = with_words(
            findings_per_return(activities, returns, rules, scorers=scorers), rules
        ).to_native()
        write_part(
            found.collect(engine="streaming").to_arrow(),
            folder,
            number,
            rules=rules,
            scorers=tuple(scorers),
        )


def _rows(files: Sequence[str], part: Part) -> pl.LazyFrame:
    rows = pl.scan_parquet(list(files))
    name = pl.col("return_id")
    if part.low is not None:
        rows = rows.filter(name >= part.low)
    return rows if part.high is None else rows.filter(name < part.high)
