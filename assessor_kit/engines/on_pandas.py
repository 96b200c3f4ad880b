"""pandas, part by part, so that memory does not limit the number of returns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import narwhals as nw
import pyarrow as pa

from assessor_kit.engines.parquet import Inputs, Part, write_part
from assessor_kit.rules.schema import Rules
from assessor_kit.scorers import Scorer, findings_per_return, with_words

ROWS_IN_A_PART = 500_000


def score_parts(inputs: Inputs, folder: Path, *, rules: Rules, scorers: Sequence[Scorer]) -> None:
    """Score every part, one after the other."""
    for number, part in enumerate(inputs.parts(ROWS_IN_A_PART)):
        score_part(inputs, part, number, folder, rules=rules, scorers=tuple(scorers))


def score_part(
    inputs: Inputs,
    part: Part,
    number: int,
    folder: Path,
    *,
    rules: Rules,
    scorers: tuple[Scorer, ...],
) -> int:
    """Score the whole returns of one part, write their findings and return their number."""
    activities, returns = (nw.from_native(frame, eager_only=True) for frame in inputs.frames(part))
    found = with_words(
        findings_per_return(activities, returns, rules, scorers=scorers), rules
    ).to_native()
    write_part(
        pa.Table.from_pandas(found, preserve_index=False),
        folder,
        number,
        rules=rules,
        scorers=scorers,
    )
    return len(found)
