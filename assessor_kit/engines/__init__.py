"""Where does scoring run when a notebook is too small? Parquet in, Parquet out, on pandas, DuckDB, Polars or a Dask cluster.

Every engine runs the scorers as they are (`scorers.findings_per_return`), on parts that hold whole returns. The libraries come with the
extra `scale`, which an assessor's laptop does not need: they are loaded when asked for.
"""

from __future__ import annotations

import importlib
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from assessor_kit.engines.extra import needs_extra
from assessor_kit.errors import UnusableFile
from assessor_kit.rules.schema import Rules
from assessor_kit.scorers import SCORERS, Scorer

Engine = Literal["pandas", "duckdb", "polars", "dask"]
MODULES: dict[Engine, str] = {
    "pandas": "on_pandas",
    "duckdb": "on_duckdb",
    "polars": "on_polars",
    "dask": "on_dask",
}


@dataclass(frozen=True, kw_only=True)
class ScoredFiles:
    """How many returns were scored, and how many findings they have."""

    returns: int
    findings: int


def score_parquet(
    source: Path,
    target: Path,
    *,
    rules: Rules,
    engine: Engine = "duckdb",
    scheduler: str | None = None,
    scorers: Sequence[Scorer] = SCORERS,
) -> ScoredFiles:
    """Score every return of a folder of Parquet files and write the findings, one row per return, into a new folder of Parquet files.

    `source` holds what `engines.parquet` describes. `target` gets `part-00000.parquet` and so on, the same columns and rows from every
    engine, in any order: return_id, per criterion `CODE__standing` and `CODE__NAME` for each number, thresholds (JSON), rules_edition,
    rules_digest. `scheduler` is the address of a Dask cluster whose workers see both folders; without one a local cluster is started.
    Nothing is left in `target` unless all went well. Raises UnusableFile where `source` is not as described or `target` exists,
    NotInstalled without the extra `scale`.
    """
    if target.exists():
        raise UnusableFile(
            "the target is there already",
            where=str(target),
            advice="Name another, or remove it; findings are never mixed with earlier ones.",
        )
    with needs_extra():
        parquet = importlib.import_module("assessor_kit.engines.parquet")
        run: Callable[..., Any] = importlib.import_module(
            f"assessor_kit.engines.{MODULES[engine]}"
        ).score_parts
    working = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        inputs = parquet.open_inputs(source, working / "inputs")
        (working / "parts").mkdir(parents=True)
        run(
            inputs,
            working / "parts",
            rules=rules,
            scorers=scorers,
            **({"scheduler": scheduler} if engine == "dask" else {}),
        )
        (working / "parts").rename(target)
    finally:
        shutil.rmtree(working, ignore_errors=True)
    criteria = sum(bool(criterion.scorer) for criterion in rules.criteria)
    return ScoredFiles(returns=inputs.returns, findings=inputs.returns * criteria)


__all__ = ["MODULES", "Engine", "ScoredFiles", "score_parquet"]
