"""The Parquet files that the engines read and write, in parts that hold whole returns.

Files are checked before anything is scored. A folder to score holds
- `activities.parquet` with the columns of `tables.ACTIVITIES_TO_SCORE`, its rows in the order of
  return_id,
- `returns.parquet` with those of `tables.RETURNS_TO_SCORE`, one row per return; a return without
  activities is scored too.

Either file may instead be a folder of the same name without `.parquet`, holding several files.
`write_inputs` writes such a folder to score. A folder of the members' own tables will also do:
activities as in `tables.ACTIVITIES`, `goals.parquet` as in `tables.GOALS` if plans were sent, and
returns without the column `goals`. These are first brought into the layout above, in a temporary
folder beside the findings.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from assessor_kit.errors import UnusableFile
from assessor_kit.rules.schema import Rules
from assessor_kit.scorers import Scorer, activities_to_score, scored_criteria
from assessor_kit.scorers.findings import BETWEEN
from assessor_kit.tables import ACTIVITIES_TO_SCORE, GOALS, RETURNS_TO_SCORE, Column, Kind, Table

ARROW: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "json": pa.string(),
    "integer": pa.int64(),
    "minutes": pa.int64(),
    "yes_no": pa.bool_(),
}
ROWS_TOGETHER = 100_000
WRITTEN_FOR = b"assessor_kit"
RAW = ("title", "goal_id", "started_on", "ended_on", "reflection")
RAW_COLUMNS = [
    *(
        name
        for name in ACTIVITIES_TO_SCORE.column_names
        if name not in {"has_reflection", "names_goal", "newly_served", "repeats", "day_minutes"}
    ),
    *RAW,
]


@dataclass(frozen=True)
class Part:
    """The returns from `low` up to but not including `high`; None means no bound."""

    low: str | None
    high: str | None


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """A folder that has been checked: its files, and the number of returns in them."""

    activities: tuple[str, ...]
    returns_files: tuple[str, ...]
    returns: int

    def parts(self, rows: int) -> list[Part]:
        """Return parts of whole returns with about `rows` activities each.

        There is a single part if the files are not in the order of return_id.
        """
        starts = []
        before = 0
        last = ""
        for low, high, length in _row_groups(self.activities):
            if low < last:
                return [Part(None, None)]
            if before >= rows:
                starts.append(low)
                before = 0
            before = before + length
            last = high
        bounds = [None, *sorted(set(starts)), None]
        return [Part(low, high) for low, high in pairwise(bounds)]

    def frames(self, part: Part) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the activities and the returns of a part as pandas tables."""
        return _frame(self.activities, part, ACTIVITIES_TO_SCORE.column_names), _frame(
            self.returns_files, part, RETURNS_TO_SCORE.column_names
        )


def _row_groups(files: tuple[str, ...]) -> Iterator[tuple[str, str, int]]:
    """Yield the first and last return_id of each row group, and its number of rows.

    A group without statistics could hold any return, so it is reported as out of order, which
    prevents the files from being cut.
    """
    for file in files:
        metadata = pq.ParquetFile(file).metadata
        place = metadata.schema.to_arrow_schema().names.index("return_id")
        for number in range(metadata.num_row_groups):
            group = metadata.row_group(number)
            known = group.column(place).statistics
            if known is not None and known.has_min_max:
                yield known.min, known.max, group.num_rows
            elif group.num_rows:
                yield "\U0010ffff", "\U0010ffff", group.num_rows
                yield "", "", 0


def _frame(
    files: tuple[str, ...], part: Part, columns: tuple[str, ...] | list[str]
) -> pd.DataFrame:
    name = pc.field("return_id")
    wanted = pc.scalar(value=True)
    if part.low is not None:
        wanted &= name >= part.low
    if part.high is not None:
        wanted &= name < part.high
    table = ds.dataset(list(files)).to_table(columns=list(columns), filter=wanted)
    whole = {
        pa.int8(): pd.Int8Dtype(),
        pa.int16(): pd.Int16Dtype(),
        pa.int32(): pd.Int32Dtype(),
        pa.int64(): pd.Int64Dtype(),
    }
    optional = {column.name for column in RETURNS_TO_SCORE.columns if column.optional} & set(
        table.column_names
    )
    frame: pd.DataFrame = table.select(
        [name for name in table.column_names if name not in optional]
    ).to_pandas()
    return frame.assign(
        **{
            name: table.column(name).to_pandas(types_mapper=whole.get).astype("Int64")
            for name in optional
        }
    )


def open_inputs(folder: Path, working: Path) -> Inputs:
    """Check a folder to score, and bring members' own tables into the layout of the engines.

    Raises UnusableFile, which names the file, what it holds and what it should hold.
    """
    activities = _files(folder, "activities")
    returns = _files(folder, "returns")
    has = pq.read_schema(activities[0])
    if set(RAW) <= set(has.names) and not set(ACTIVITIES_TO_SCORE.column_names) <= set(has.names):
        bring_into_layout(folder, working)
        return open_inputs(working, working)
    _check(activities, ACTIVITIES_TO_SCORE)
    _check(returns, RETURNS_TO_SCORE)
    return Inputs(
        activities=activities, returns_files=returns, returns=_known_returns(activities, returns)
    )


def _known_returns(activities: tuple[str, ...], returns: tuple[str, ...]) -> int:
    """Return the number of returns, after checking that no finding would be lost or doubled.

    Every activity must belong to one of the returns, and each return must have exactly one row.
    """
    known = _names(returns)
    rows = sum(int(pq.ParquetFile(file).metadata.num_rows) for file in returns)
    if len(known) != rows:
        raise UnusableFile(
            f"{rows - len(known)} rows repeat a return_id",
            where="returns.parquet",
            expected="one row per return",
            advice="Remove the repeated rows.",
        )
    sent = _names(activities)
    strangers = sent.filter(pc.invert(pc.is_in(sent, value_set=known)))
    if len(strangers):
        raise UnusableFile(
            f"activities of {len(strangers)} returns that returns.parquet does not have, such as"
            f" {strangers[0]}",
            where="activities.parquet",
            expected="a row in returns.parquet for each",
            advice="Add the rows, with what the rules require of each return.",
        )
    return rows


def _names(files: tuple[str, ...]) -> pa.Array:
    """Return each return_id once.

    Row groups keep a dictionary of their values, so millions of rows need not be read.
    """
    groups = (
        group
        for file in files
        for group in pq.ParquetFile(file, read_dictionary=["return_id"]).iter_batches(
            2**20, columns=["return_id"]
        )
    )
    encoded = (
        (
            group.column(0)
            if pa.types.is_dictionary(group.column(0).type)
            else group.column(0).dictionary_encode()
        )
        for group in groups
    )
    return pc.unique(
        pa.chunked_array(
            [names.dictionary.cast(pa.string()) for names in encoded], type=pa.string()
        )
    )


def _files(folder: Path, name: str) -> tuple[str, ...]:
    found = (
        [folder / f"{name}.parquet"]
        if (folder / f"{name}.parquet").is_file()
        else sorted((folder / name).glob("*.parquet"))
    )
    if not found:
        has = (
            ", ".join(sorted(path.name for path in folder.iterdir()))
            if folder.is_dir()
            else "no folder"
        )
        raise UnusableFile(
            f"no {name}.parquet ({has})",
            where=str(folder),
            expected="a folder with activities.parquet and returns.parquet",
            advice="Write one with `assessor-kit score --cpd-year Y --export DIR`.",
        )
    return tuple(map(str, found))


def _check(files: tuple[str, ...], table: Table) -> None:
    for file in files:
        schema = pq.read_schema(file)
        wrong = [
            (
                f"{column.name} ({schema.field(column.name).type})"
                if column.name in schema.names
                else f"no {column.name}"
            )
            for column in table.columns
            if not _fits(schema, column)
        ]
        if wrong:
            raise UnusableFile(
                f"{'; '.join(wrong)}. It has: {', '.join(schema.names)}",
                where=Path(file).name,
                expected=", ".join(f"{column.name} ({column.kind})" for column in table.columns),
                advice="Rename or convert the columns; the module `tables` describes each one.",
            )


def _fits(schema: pa.Schema, column: Column) -> bool:
    if column.name not in schema.names:
        return False
    found = schema.field(column.name).type
    found = found.value_type if pa.types.is_dictionary(found) else found
    if column.kind in {"integer", "minutes"}:
        return bool(pa.types.is_integer(found))
    if column.kind == "yes_no":
        return bool(pa.types.is_boolean(found))
    return bool(
        pa.types.is_string(found)
        or pa.types.is_large_string(found)
        or pa.types.is_string_view(found)
    )


def write_inputs(
    folder: Path, *, activities: pd.DataFrame, returns: pd.DataFrame, rules: Rules
) -> None:
    """Write a folder to score from two tables.

    They have the columns of `tables.ACTIVITIES_TO_SCORE` and `tables.RETURNS_TO_SCORE`. The files
    also record the scheme and the CPD year for which they were made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for table, frame in ((ACTIVITIES_TO_SCORE, activities), (RETURNS_TO_SCORE, returns)):
        name = "activities" if table is ACTIVITIES_TO_SCORE else "returns"
        rows = pa.Table.from_pandas(
            frame.sort_values("return_id", kind="stable"),
            schema=_schema(table),
            preserve_index=False,
        )
        labelled = rows.replace_schema_metadata(
            {WRITTEN_FOR: json.dumps([rules.scheme, rules.cpd_year])}
        )
        pq.write_table(
            labelled, folder / f"{name}.parquet", compression="zstd", row_group_size=ROWS_TOGETHER
        )


def written_for(folder: Path) -> tuple[str, int] | None:
    """Return the scheme and the CPD year for which a folder was made, or None if unrecorded."""
    label = (pq.read_schema(_files(folder, "returns")[0]).metadata or {}).get(WRITTEN_FOR)
    return tuple(json.loads(label)) if label else None


def _schema(table: Table) -> pa.Schema:
    return pa.schema([pa.field(column.name, ARROW[column.kind]) for column in table.columns])


def bring_into_layout(source: Path, target: Path) -> None:
    """Write a folder to score from one with the members' own tables, part by part."""
    target.mkdir(parents=True, exist_ok=True)
    activities = _files(source, "activities")
    returns = _files(source, "returns")
    plans = (
        _files(source, "goals")
        if (source / "goals.parquet").is_file() or (source / "goals").is_dir()
        else ()
    )
    missing = [name for name in RAW_COLUMNS if name not in pq.read_schema(activities[0]).names]
    if missing:
        raise UnusableFile(
            f"no column {', '.join(missing)}",
            where="activities.parquet",
            expected="the columns of tables.ACTIVITIES",
            advice="Add the missing columns.",
        )
    cut = Inputs(activities=activities, returns_files=returns, returns=0).parts(ROWS_TOGETHER)
    known = [name for name in RETURNS_TO_SCORE.column_names if name != "goals"]
    with (
        pq.ParquetWriter(
            target / "activities.parquet", _schema(ACTIVITIES_TO_SCORE), compression="zstd"
        ) as lines,
        pq.ParquetWriter(
            target / "returns.parquet", _schema(RETURNS_TO_SCORE), compression="zstd"
        ) as rows,
    ):
        for part in cut:
            goals = (
                _frame(plans, part, ["return_id", "goal_id"])
                if plans
                else pd.DataFrame(columns=list(GOALS.column_names))
            )
            made = activities_to_score(_frame(activities, part, RAW_COLUMNS), goals).sort_values(
                "return_id", kind="stable"
            )
            sent = _frame(returns, part, known)
            sent["goals"] = (
                sent["return_id"].map(goals["return_id"].value_counts()).fillna(0).astype("int64")
            )
            lines.write_table(
                pa.Table.from_pandas(
                    made, schema=_schema(ACTIVITIES_TO_SCORE), preserve_index=False
                ).replace_schema_metadata(None)
            )
            rows.write_table(
                pa.Table.from_pandas(
                    sent, schema=_schema(RETURNS_TO_SCORE), preserve_index=False
                ).replace_schema_metadata(None)
            )


def findings_schema(rules: Rules, scorers: tuple[Scorer, ...]) -> pa.Schema:
    """Return the columns of findings with one row per return."""
    columns = [
        (f"{criterion.code}{BETWEEN}{name}", pa.string() if name == "standing" else pa.int64())
        for criterion, scored in scored_criteria(rules, scorers=scorers)
        for name in ("standing", *scored.numbers)
    ]
    return pa.schema(
        [
            ("return_id", pa.string()),
            *columns,
            *((name, pa.string()) for name in ("thresholds", "rules_edition", "rules_digest")),
        ]
    )


def write_part(
    table: pa.Table, folder: Path, number: int, *, rules: Rules, scorers: tuple[Scorer, ...]
) -> None:
    """Write the findings of one part, in the types that every engine writes."""
    made = table.cast(findings_schema(rules, scorers)).replace_schema_metadata(None)
    pq.write_table(made, part_file(folder, number), compression="zstd")


def part_file(folder: Path, number: int) -> Path:
    """Return the path of the file with one part's findings."""
    return folder / f"part-{number:05d}.parquet"
