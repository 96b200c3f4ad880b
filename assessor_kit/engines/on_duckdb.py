"""DuckDB: all cores of one machine, and files larger than its memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import narwhals as nw

from assessor_kit.engines.parquet import Inputs, Part, findings_schema, part_file
from assessor_kit.rules.schema import Rules
from assessor_kit.scorers import Scorer, findings_per_return, with_words

ROWS_IN_A_PART = 15_000_000  # as many as need a gigabyte or two while they are added up


def score_parts(inputs: Inputs, folder: Path, *, rules: Rules, scorers: Sequence[Scorer]) -> None:
    """Score each part in a single statement whose result is written straight to its file."""
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET temp_directory = ?", [str(folder.parent / "spilled")])
        for number, part in enumerate(inputs.parts(ROWS_IN_A_PART)):
            activities, returns = (
                nw.from_native(_rows(connection, files, part))
                for files in (inputs.activities, inputs.returns_files)
            )
            found = with_words(
                findings_per_return(activities, returns, rules, scorers=scorers), rules
            ).to_native()
            _write(found, part_file(folder, number), rules, tuple(scorers))


def _write(
    found: duckdb.DuckDBPyRelation, file: Path, rules: Rules, scorers: tuple[Scorer, ...]
) -> None:
    """Write the findings in the types that every engine writes.

    DuckDB would mark a column without nulls as one that cannot hold any. NULLIF with a value that
    never occurs keeps every column nullable.
    """
    never = {"string": ("''", "VARCHAR"), "int64": (str(-(2**63) + 1), "BIGINT")}
    fields = [(field.name, *never[str(field.type)]) for field in findings_schema(rules, scorers)]
    columns = [
        f'NULLIF("{name}"::{kind}, {value}::{kind}) AS "{name}"' for name, value, kind in fields
    ]
    found.project(", ".join(columns)).write_parquet(str(file), compression="zstd")


def _rows(
    connection: duckdb.DuckDBPyConnection, files: Sequence[str], part: Part
) -> duckdb.DuckDBPyRelation:
    rows = connection.read_parquet(list(files))
    if part.low is not None:
        rows = rows.filter(
            duckdb.ColumnExpression("return_id") >= duckdb.ConstantExpression(part.low)
        )
    if part.high is not None:
        rows = rows.filter(
            duckdb.ColumnExpression("return_id") < duckdb.ConstantExpression(part.high)
        )
    return rows
