"""Makes invented returns by the million, and reflections by the hundred thousand.

They are seeded, plausible in shape, and nobody's.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

ACTIVITIES_EACH = 15
RETURNS_AT_ONCE = 250_000
RETURNS_IN_A_GROUP = 50_000
KINDS = {
    "training": 0.2,
    "work_experience": 0.15,
    "academic": 0.05,
    "volunteering": 0.1,
    "events": 0.15,
    "self_study": 0.25,
    "other": 0.05,
    "": 0.05,
}
AREAS = {
    "personal_technical": 0.35,
    "job_role_technical": 0.25,
    "personal_soft": 0.2,
    "technical": 0.1,
    "": 0.1,
}
PLANNED = {"yes": 0.35, "no": 0.45, "unmarked": 0.2}
COMPETENCES = {"": 0.3, "A": 0.2, "AB": 0.15, "ACE": 0.1, "BD": 0.1, "E": 0.1, "ABCDE": 0.05}
TARGETS = {
    "standard": (1800, 600, True),
    "reduced": (600, None, False),
    "unclear": (None, None, False),
}


def write(folder: Path, returns: int, *, seed: int = 1) -> None:
    """Write a folder to score with `returns` returns of 15 activities each."""
    folder.mkdir(parents=True, exist_ok=True)
    rng, writers = np.random.default_rng(seed), None
    for start in range(0, returns, RETURNS_AT_ONCE):
        names = np.array(
            [f"{place:016x}" for place in range(start, min(start + RETURNS_AT_ONCE, returns))]
        )
        tables = {"activities": activities(names, rng), "returns": sent(names, rng)}
        writers = writers or {
            name: pq.ParquetWriter(folder / f"{name}.parquet", table.schema, compression="zstd")
            for name, table in tables.items()
        }
        for name, table in tables.items():
            writers[name].write_table(
                table,
                row_group_size=RETURNS_IN_A_GROUP
                * (ACTIVITIES_EACH if name == "activities" else 1),
            )
    for writer in writers.values():
        writer.close()


def words(rng, shares, number):
    """Return a column of words drawn in proportion to their shares."""
    codes = rng.choice(len(shares), number, p=list(shares.values())).astype("int8")
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(list(shares))).cast(pa.string())


def activities(names, rng):
    """Return the columns of `tables.ACTIVITIES_TO_SCORE`."""
    number = len(names) * ACTIVITIES_EACH
    flags = {
        name: pa.array(rng.random(number) < share)
        for name, share in {
            "counts": 0.97,
            "doubtful": 0.05,
            "has_reflection": 0.6,
            "names_goal": 0.3,
            "newly_served": 0.1,
            "repeats": 0.01,
        }.items()
    }
    return pa.table(
        {
            "return_id": pa.array(np.repeat(names, ACTIVITIES_EACH)),
            "activity_type": words(rng, KINDS, number),
            "area": words(rng, AREAS, number),
            "planned": words(rng, PLANNED, number),
            "minutes": pa.array(rng.integers(15, 400, number).astype("int32")),
            "competences": words(rng, COMPETENCES, number),
            **flags,
            "day_minutes": pa.array(rng.integers(0, 900, number).astype("int32")),
        }
    )


def sent(names, rng):
    """Return the columns of `tables.RETURNS_TO_SCORE`."""
    number, kinds = len(names), list(TARGETS)
    chosen = rng.choice(len(kinds), number, p=[0.85, 0.12, 0.03])
    asked = [
        pa.array([TARGETS[kind][place] for kind in kinds], type=kind_of).take(pa.array(chosen))
        for place, kind_of in enumerate((pa.int32(), pa.int32(), pa.bool_()))
    ]
    return pa.table(
        {
            "return_id": pa.array(names),
            "target_basis": pa.array(kinds).take(pa.array(chosen)),
            "target_minutes": asked[0],
            "planned_minutes_needed": asked[1],
            "areas_apply": asked[2],
            "declared_minutes": pa.array(
                rng.integers(1200, 4000, number).astype("int32"), mask=rng.random(number) < 0.05
            ),
            "goals": pa.array(rng.integers(0, 5, number).astype("int32")),
        }
    )


def as_stored(seed):
    """Return activities, goals, requirements and returns of one return, as the store does."""
    rng = np.random.default_rng(seed)
    lines = activities(np.array(["0" * 16]), rng).to_pandas()
    days = pd.date_range("2016-01-04", periods=len(lines), freq="9D").date
    text = {
        name: lines[name].astype(object)
        for name in ("return_id", "activity_type", "area", "planned", "competences")
    }
    made = lines.assign(
        **text, activity_no=range(1, len(lines) + 1), started_on=days, ended_on=days
    )
    for name, value in (
        ("title", "A talk"),
        ("goal_id", "G1"),
        ("reflection", "It changed how I plan a test."),
        ("learning", ""),
        ("evidence", ""),
    ):
        made[name] = pd.Series([value] * len(lines), dtype=object)
    goals = pd.DataFrame({"return_id": ["0" * 16] * 2, "goal_id": ["G1", "G2"]}, dtype=object)
    asked = pd.DataFrame(
        {
            "return_id": ["0" * 16],
            "target_basis": ["standard"],
            "target_minutes": pd.array([1800], dtype="Int64"),
            "planned_minutes_needed": pd.array([600], dtype="Int64"),
            "areas_apply": [True],
        }
    )
    return (
        made,
        goals,
        asked,
        pd.DataFrame(
            {"return_id": ["0" * 16], "declared_minutes": pd.array([2000], dtype="Int64")}
        ),
    )


def reflections(number, *, seed=1, length=120, planted_share=0.01):
    """Return texts of different members, and the planted pairs among them.

    In a pair the later text keeps most of the earlier one's words in their order.
    """
    rng = np.random.default_rng(seed)
    known = np.array([f"w{place}" for place in range(20_000)])
    shares = 1 / np.arange(1, len(known) + 1) ** 0.9
    chosen = rng.choice(len(known), (number, length), p=shares / shares.sum())
    chosen[:, :12] = np.arange(12)  # the form's own wording, the same in every text
    copies = rng.permutation(number)[: int(number * planted_share) * 2].reshape(2, -1)
    for first, second in copies.T:
        kept = rng.random(length) < 0.9
        chosen[second, kept] = chosen[first, kept]
    texts = [" ".join(known[row]) for row in chosen]
    planted = {(int(min(pair)), int(max(pair))) for pair in copies.T}
    return (
        pd.DataFrame(
            {
                "text_id": range(number),
                "member_no": [f"M{place}" for place in range(number)],
                "text": texts,
            }
        ),
        planted,
    )
