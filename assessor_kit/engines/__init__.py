"""Where does scoring run when there are too many returns for a notebook?

On pandas, DuckDB, Polars or a Dask cluster, from Parquet files to Parquet files. Every engine runs
the scorers as they are (`scorers.findings_per_return`) on parts that hold whole returns. The
libraries come with the extra `scale`, which an assessor's laptop does not need, and are loaded only
when they are used.
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
from assessor_kit.errors import InvalidRequest
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
    """The number of returns that were scored, and of the findings about them."""

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
    """Score every return of a folder of Parquet files, and write the findings to a new folder.

    `source` is a folder as `engines.parquet` describes it. `target` receives `part-00000.parquet`
    and so on, with one row per return; every engine writes the same columns and rows, in any order:
    return_id, per criterion `CODE__standing` and `CODE__NAME` for each number, thresholds (JSON),
    rules_edition, rules_digest. `scheduler` is the address of a Dask cluster whose workers can see
    both folders; without one, a local cluster is started. Nothing is left in `target` unless
    everything succeeded.

    Raises UnusableFile if `source` is not as described or `target` exists, NotInstalled without the
    extra `scale`.
    """
    if target.exists():
        raise InvalidRequest(
            "the target exists already",
            where=str(target),
            expected="a folder that does not exist yet",
            advice="Name another folder, or remove this one; findings of two runs are never mixed.",
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
