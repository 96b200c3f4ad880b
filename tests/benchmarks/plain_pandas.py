"""The findings under the rules for 2016 as people write them in pandas.

It uses masks, one groupby, and numpy where a decision is made.
"""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from assessor_kit.scorers import scored_criteria

KINDS = ["training", "work_experience", "academic", "volunteering", "events", "self_study", "other"]
AREAS = ["personal_technical", "job_role_technical", "personal_soft", "technical"]
LETTERS = "ABCDE"


def score(source, target, rules):
    """Read the folder, score it, and write one row per return."""
    lines = pd.read_parquet(source / "activities.parquet")
    rows = pd.read_parquet(source / "returns.parquet", dtype_backend="numpy_nullable")
    rows = rows.merge(sums(lines), on="return_id", how="left")
    summed = [name for name in rows.columns if name.startswith("_")]
    rows[summed] = rows[summed].fillna(0).astype("int64")
    found = findings(rows)
    found["thresholds"] = json.dumps(
        {criterion.code: dict(scored.thresholds) for criterion, scored in scored_criteria(rules)}
    )
    found["rules_edition"], found["rules_digest"] = rules.edition, rules.digest
    found.to_parquet(target, index=False, compression="zstd")


def sums(lines):
    """Return one row per return, with every sum and largest value that a finding needs."""
    counts, sure = lines["counts"], lines["counts"] & ~lines["doubtful"]
    made = {"return_id": lines["return_id"]}
    for name, weight in (
        ("", lines["minutes"].where(counts, 0)),
        ("_sure", lines["minutes"].where(sure, 0)),
    ):
        made[f"_total{name}"] = weight
        for column, values in (
            ("area", AREAS),
            ("activity_type", KINDS),
            ("planned", ["yes", "unmarked"]),
        ):
            for value in values:
                made[f"_{value}{name}"] = weight.where(lines[column] == value, 0)
    no_kind = ~lines["activity_type"].isin(KINDS)
    for name, who in (("", counts), ("_sure", sure)):
        made |= {
            f"_counted{name}": who,
            f"_linked{name}": who & lines["names_goal"],
            f"_served{name}": who & lines["newly_served"],
        }
    made |= {
        "_no_kind": counts & no_kind,
        "_without": counts & (lines["competences"] == ""),
        "_reflected": counts & lines["has_reflection"],
        "_repeated": lines["repeats"],
        "_outside": ~counts,
    }
    largest = {
        "_alone": made["_total_sure"].where(no_kind, 0),
        "_largest": made["_total"],
        "_fullest": lines["day_minutes"],
    }
    for name, who in (("", counts), ("_sure", sure)):
        largest |= {f"_has_{kind}{name}": who & (lines["activity_type"] == kind) for kind in KINDS}
        largest |= {
            f"_has_{letter}{name}": who & lines["competences"].str.contains(letter, regex=False)
            for letter in LETTERS
        }
    added = pd.DataFrame(made).groupby("return_id").sum()
    most = (
        pd.DataFrame({"return_id": lines["return_id"], **largest})
        .groupby("return_id")
        .max()
        .astype("int64")
    )
    return added.join(most).reset_index()


def place(surely, possibly, *, short, reached):
    return np.where(surely, reached, np.where(possibly, "unclear", short))


def looked_at(rows, decided):
    return np.where(
        rows["_counted"] == 0,
        "not applicable",
        np.where(rows["_counted_sure"] == 0, "unclear", decided),
    )


def against(rows, needed, sure, possible):
    asked, known = rows[needed].fillna(0).to_numpy("int64"), rows[needed].notna().to_numpy()
    nothing = np.where(rows["target_basis"] == "unclear", "unclear", "not applicable")
    return np.where(
        known,
        place(sure >= asked, possible >= asked, short="below guideline", reached="met"),
        nothing,
    )


def findings(rows):
    """Return every standing and number."""
    out = pd.DataFrame({"return_id": rows["return_id"]})
    col = {name: rows[name].to_numpy() for name in rows.columns if name.startswith("_")}
    total, total_sure, counted = col["_total"], col["_total_sure"], col["_counted"]
    out["total_hours__standing"] = against(rows, "target_minutes", total_sure, total)
    (
        out["total_hours__sure"],
        out["total_hours__doubtful"],
        out["total_hours__needed"],
        out["total_hours__activities"],
    ) = (total_sure, total - total_sure, rows["target_minutes"], counted)
    planned, unmarked = col["_yes"], col["_unmarked"]
    out["planned_hours__standing"] = against(
        rows, "planned_minutes_needed", col["_yes_sure"], planned + unmarked
    )
    (
        out["planned_hours__sure"],
        out["planned_hours__doubtful"],
        out["planned_hours__not_stated"],
        out["planned_hours__needed"],
    ) = (
        col["_yes_sure"],
        planned + unmarked - col["_yes_sure"],
        unmarked,
        rows["planned_minutes_needed"],
    )
    areas, no_area = (
        [col[f"_{area}"] for area in AREAS],
        total - sum(col[f"_{area}"] for area in AREAS),
    )
    missing = [np.maximum(600 - one, 0) for one in areas[:3]]
    surely = np.logical_and.reduce([col[f"_{area}_sure"] >= 600 for area in AREAS[:3]])
    split = place(
        surely,
        (missing[2] <= no_area) & (sum(missing) <= no_area + areas[3]),
        short="different mix",
        reached="as suggested",
    )
    out["area_split__standing"] = np.where(rows["areas_apply"], split, "not applicable")
    for name, minutes in zip(
        [*AREAS[:3], "not_stated", "partly_stated"], [*areas[:3], no_area, areas[3]], strict=True
    ):
        out[f"area_split__{name}"] = minutes
    mix(out, col, rows)
    soft, technical = areas[2], areas[0] + areas[1] + areas[3]
    soft_sure, technical_sure = (
        sum(col[f"_{area}_sure"] for area in some)
        for some in (["personal_soft"], [AREAS[0], AREAS[1], AREAS[3]])
    )
    surely = (
        (soft_sure * 9 >= technical + no_area)
        & (technical_sure * 9 >= soft + no_area)
        & (soft_sure > 0)
        & (technical_sure > 0)
    )
    possibly = (
        ((soft + no_area) * 9 >= technical_sure)
        & ((technical + no_area) * 9 >= soft_sure)
        & (soft + no_area > 0)
        & (technical + no_area > 0)
    )
    out["soft_technical_mix__standing"] = looked_at(
        rows, place(surely, possibly, short="different mix", reached="as suggested")
    )
    (
        out["soft_technical_mix__soft"],
        out["soft_technical_mix__technical"],
        out["soft_technical_mix__not_stated"],
    ) = (
        soft,
        technical,
        no_area,
    )
    competences(out, col, rows)
    goals = rows["goals"].to_numpy("int64")
    link = place(
        col["_served_sure"] * 2 >= goals,
        (col["_served"] * 2 >= goals) | (col["_linked_sure"] == 0),
        short="different mix",
        reached="as suggested",
    )
    out["plan_link__standing"] = np.where(goals > 0, link, "not applicable")
    (
        out["plan_link__goals"],
        out["plan_link__served"],
        out["plan_link__linked"],
        out["plan_link__activities"],
    ) = (
        goals,
        col["_served"],
        col["_linked"],
        counted,
    )
    (
        out["reflection__standing"],
        out["reflection__with_reflection"],
        out["reflection__activities"],
    ) = (
        "not applicable",
        col["_reflected"],
        counted,
    )
    flags(out, col, rows)
    return out


def mix(out, col, rows):
    """Return the findings about kinds of activity."""
    total, alone = col["_total"], col["_alone"]
    kinds, kinds_sure = (sum(col[f"_has_{kind}{part}"] for kind in KINDS) for part in ("", "_sure"))
    typed, typed_sure = (sum(col[f"_{kind}{part}"] for kind in KINDS) for part in ("", "_sure"))
    most = np.maximum.reduce([col[f"_{kind}"] * 3 + col[f"_{kind}_sure"] * 7 for kind in KINDS])
    least = [col[f"_{kind}"] * 7 + col[f"_{kind}_sure"] * 3 for kind in KINDS]
    surely = (kinds_sure >= 3) & ((most < typed_sure * 7 - (total - typed) * 3) | (total == 0))
    fits = (alone == 0) | (alone * 10 + np.minimum.reduce(least) < total * 7)
    possibly = (kinds + col["_no_kind"] >= 3) & (
        ((np.maximum.reduce(least) < total * 7) & fits) | (col["_total_sure"] == 0)
    )
    out["activity_mix__standing"] = looked_at(
        rows, place(surely, possibly, short="different mix", reached="as suggested")
    )
    out["activity_mix__kinds"], out["activity_mix__largest"] = (
        kinds,
        np.maximum.reduce([col[f"_{kind}"] for kind in KINDS]),
    )
    out["activity_mix__total"], out["activity_mix__not_stated"] = total, col["_no_kind"]


def competences(out, col, rows):
    """Return the findings about competences."""
    named, named_sure = (
        sum(col[f"_has_{letter}{part}"] for letter in LETTERS) for part in ("", "_sure")
    )
    decided = place(
        named_sure >= 3,
        (named >= 3) | (col["_without"] > 0),
        short="different mix",
        reached="as suggested",
    )
    out["competence_mix__standing"] = looked_at(rows, decided)
    (
        out["competence_mix__named"],
        out["competence_mix__not_stated"],
        out["competence_mix__activities"],
    ) = (
        named,
        col["_without"],
        col["_counted"],
    )
    for letter in LETTERS:
        out[f"competence_mix__letter_{letter}"] = col[f"_has_{letter}"] + col[f"_has_{letter}_sure"]


def flags(out, col, rows):
    """Return what a person should check."""
    total, declared = col["_total"], rows["declared_minutes"].fillna(0).to_numpy("int64")
    apart = np.abs(total - declared)
    checks = {
        "repeated": col["_repeated"],
        "differs_from_declaration": (
            (rows["declared_minutes"].notna() & (apart * 10 >= declared) & (apart >= 180)).astype(
                "int64"
            )
        ),
        "one_activity_dominates": (col["_largest"] * 2 > total).astype("int64"),
        "overfull_day": (col["_fullest"] > 1440).astype("int64"),
        "outside_year": col["_outside"],
    }
    out["record_flags__standing"] = np.where(sum(checks.values()) == 0, "as suggested", "unclear")
    for name, values in {
        **checks,
        "declared": rows["declared_minutes"],
        "total": total,
        "largest": col["_largest"],
    }.items():
        out[f"record_flags__{name}"] = values
