"""Do all engines produce the same findings, row for row and type for type?

They are tried on returns of all kinds, on the sample data, and with a criterion of the test's own.
"""

import subprocess
import sys
from dataclasses import replace

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from commands import run_cli
from distributed import LocalCluster
from drawn import DEFAULTS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessor_kit import journey
from assessor_kit.engines import MODULES, score_parquet
from assessor_kit.engines.parquet import open_inputs, write_inputs
from assessor_kit.errors import InvalidRequest, RulesError, UnusableFile
from assessor_kit.rules import load_rules
from assessor_kit.scorers import (
    SCORERS,
    CriterionExpressions,
    Scorer,
    activities_to_score,
    finding_sentence,
    findings_in_rows,
    returns_to_score,
    score_returns,
)
from assessor_kit.scorers.measures import activities_where
from assessor_kit.scorers.standing import standing
from assessor_kit.store import Workspace
from assessor_kit.tables import ACTIVITIES, ACTIVITIES_TO_SCORE, GOALS, RETURNS_TO_SCORE

RULES = load_rules("iet", 2016)
ONE_MACHINE = ["pandas", "duckdb", "polars"]
TEXT = ["", "x"]
DAYS = [None, *pd.date_range("2016-03-01", periods=3).date]
MINUTES = st.integers(0, 2000)

LINE = st.fixed_dictionaries(
    {
        "title": st.sampled_from(["Talk", "Course"]),
        "activity_type": st.sampled_from(
            ["training", "events", "self_study", "other", "", "unheard of"]
        ),
        "area": st.sampled_from(
            [
                "personal_technical",
                "job_role_technical",
                "personal_soft",
                "technical",
                "",
                "elsewhere",
            ]
        ),
        "planned": st.sampled_from(["yes", "no", "unmarked"]),
        "goal_id": st.sampled_from(["", "G1", "G2", "G9"]),
        "started_on": st.sampled_from(DAYS),
        "ended_on": st.sampled_from(DAYS),
        "minutes": MINUTES,
        "counts": st.sampled_from([True, True, False]),
        "doubtful": st.booleans(),
        "competences": st.sampled_from(["", "A", "BE", "ABCDE"]),
        "reflection": st.sampled_from(TEXT),
    }
)
ASKED = st.sampled_from(
    [
        ("standard", 1800, 600, True),
        ("reduced", 600, None, False),
        ("unclear", None, None, False),
        ("none required", None, None, False),
    ]
)
RETURN = st.fixed_dictionaries(
    {
        "lines": st.lists(LINE, max_size=6),
        "asked": ASKED,
        "declared": st.one_of(st.none(), MINUTES),
        "goals": st.integers(0, 3),
    }
)


def tables_of(sent):
    """Return activities, goals, requirements and returns with the columns that scorers need."""
    names = [f"{place:016x}" for place in range(len(sent))]
    lines = [
        {**DEFAULTS, **line, "return_id": name, "activity_no": at}
        for name, one in zip(names, sent, strict=True)
        for at, line in enumerate(one["lines"], 1)
    ]
    goals = [
        {"return_id": name, "goal_id": f"G{at + 1}", "goal": "", "area": ""}
        for name, one in zip(names, sent, strict=True)
        for at in range(one["goals"])
    ]
    asked = pd.DataFrame(
        [(name, *one["asked"]) for name, one in zip(names, sent, strict=True)],
        columns=[
            "return_id",
            "target_basis",
            "target_minutes",
            "planned_minutes_needed",
            "areas_apply",
        ],
    )
    return (
        pd.DataFrame(lines, columns=list(ACTIVITIES.column_names)).astype(
            {"counts": bool, "doubtful": bool, "minutes": "int64"}
        ),
        pd.DataFrame(goals, columns=list(GOALS.column_names)),
        asked.astype({"target_minutes": "Int64", "planned_minutes_needed": "Int64"}),
        pd.DataFrame(
            {
                "return_id": names,
                "declared_minutes": pd.array([one["declared"] for one in sent], dtype="Int64"),
            }
        ),
    )


def written(folder, activities, goals, requirements, returns, rules=RULES):
    write_inputs(
        folder,
        activities=activities_to_score(activities, goals),
        returns=returns_to_score(returns, requirements, goals),
        rules=rules,
    )
    return folder


def scored(source, target, engine, rules=RULES, **options):
    done = score_parquet(source, target, rules=rules, engine=engine, **options)
    found = pq.read_table(target).sort_by("return_id")
    assert done.returns == len(found)
    return found


@given(st.lists(RETURN, min_size=1, max_size=25))
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_every_engine_finds_what_the_notebook_finds(tmp_path_factory, sent):
    folder, parts = tmp_path_factory.mktemp("engines"), tables_of(sent)
    written(folder / "in", *parts)
    in_notebook = score_returns(*parts, RULES)
    for engine in ONE_MACHINE:
        found = scored(folder / "in", folder / engine, engine)
        pd.testing.assert_frame_equal(findings_in_rows(found.to_pydict(), RULES), in_notebook)


@pytest.fixture(scope="session")
def sample(demonstration, tmp_path_factory):
    """Write the sample's returns of 2016 as a folder to score."""
    folder = tmp_path_factory.mktemp("sample") / "in"
    journey.export_for_scoring(Workspace.open(demonstration[0]), folder, cpd_year=2016)
    return folder


def test_the_sample_data_has_the_same_findings_on_every_engine_and_in_the_workspace(
    demonstration, sample, tmp_path
):
    season = Workspace.open(demonstration[0])
    kept = journey.rescore(season, cpd_year=2016)[1].sort_values(
        "return_id", kind="stable", ignore_index=True
    )
    found = {engine: scored(sample, tmp_path / engine, engine) for engine in ONE_MACHINE}
    for engine in ONE_MACHINE:
        assert found[engine].schema.equals(found["pandas"].schema, check_metadata=True)
        assert found[engine].equals(found["pandas"])
    pd.testing.assert_frame_equal(findings_in_rows(found["duckdb"].to_pydict(), RULES), kept)


def small_parts(monkeypatch):
    """Cut files into parts of a few hundred rows, as large files are cut into larger parts."""
    for module in ("on_pandas", "on_duckdb", "on_polars", "on_dask"):
        monkeypatch.setattr(f"assessor_kit.engines.{module}.ROWS_IN_A_PART", 100)
    monkeypatch.setattr("assessor_kit.engines.parquet.ROWS_TOGETHER", 64)


def test_parts_hold_whole_returns_and_two_dask_workers_give_the_same_rows_and_types(
    demonstration, tmp_path, monkeypatch
):
    small_parts(monkeypatch)
    source = tmp_path / "in"
    journey.export_for_scoring(Workspace.open(demonstration[0]), source, cpd_year=2016)
    assert pq.ParquetFile(source / "activities.parquet").metadata.num_row_groups > 5
    found = {engine: scored(source, tmp_path / engine, engine) for engine in ONE_MACHINE}
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        found["dask"] = scored(
            source, tmp_path / "dask", "dask", scheduler=cluster.scheduler_address
        )
    assert all(len(list((tmp_path / engine).iterdir())) > 3 for engine in MODULES)
    for engine in MODULES:
        assert found[engine].schema.equals(found["pandas"].schema, check_metadata=True)
        assert found[engine].equals(found["pandas"])


def evenings(_criterion, _rules):
    many = activities_where("talks", nw.col("activity_type") == "events")
    return CriterionExpressions(
        measures=[many],
        standing=standing(surely=nw.col("talks_sure") > 1, possibly=nw.col("talks") > 1),
        numbers={"talks": nw.col("talks")},
        thresholds={"at_least": 2},
    )


def evenings_said(_standing, numbers, _thresholds, _rules):
    return f"{numbers['talks']} talks were heard."


def test_a_new_criterion_is_one_scorer_and_one_line_and_runs_on_every_engine(tmp_path):
    scorers = (*SCORERS, Scorer(name="evenings", score=evenings, sentence=evenings_said))
    rules = replace(
        RULES,
        criteria=(
            *RULES.criteria,
            replace(RULES.criterion("reflection"), code="out", scorer="evenings"),
        ),
    )
    line = {"activity_type": "events", "minutes": 60}
    sent = [
        {
            "lines": [{**DEFAULTS, **line}] * 2,
            "asked": ("standard", 1800, 600, True),
            "declared": None,
            "goals": 0,
        },
        {
            "lines": [{**DEFAULTS, **line}, {**DEFAULTS, **line, "doubtful": True}],
            "asked": ("standard", 1800, 600, True),
            "declared": None,
            "goals": 0,
        },
        {"lines": [], "asked": ("standard", 1800, 600, True), "declared": None, "goals": 0},
    ]
    parts = tables_of(sent)
    written(tmp_path / "in", *parts, rules)
    in_notebook = score_returns(*parts, rules, scorers=scorers)
    out = in_notebook[in_notebook["criterion"] == "out"]
    assert list(out["standing"]) == ["as suggested", "unclear", "different mix"]
    assert finding_sentence(out.iloc[0].to_dict(), rules, scorers=scorers) == "2 talks were heard."
    for engine in MODULES:
        found = scored(tmp_path / "in", tmp_path / engine, engine, rules, scorers=scorers)
        pd.testing.assert_frame_equal(
            findings_in_rows(found.to_pydict(), rules, scorers=scorers), in_notebook
        )


def test_a_scorer_that_is_not_there_is_named():
    rules = replace(RULES, criteria=(replace(RULES.criterion("reflection"), scorer="depth"),))
    with pytest.raises(RulesError, match="no scorer depth"):
        score_returns(*tables_of([]), rules)


def test_members_own_tables_are_brought_into_the_layout_first(tmp_path):
    line = {
        **DEFAULTS,
        "title": "Talk",
        "minutes": 90,
        "goal_id": "G1",
        "reflection": "x",
        "started_on": DAYS[1],
        "ended_on": DAYS[1],
    }
    parts = tables_of(
        [
            {
                "lines": [line, line],
                "asked": ("standard", 1800, 600, True),
                "declared": 100,
                "goals": 2,
            }
        ]
        * 3
    )
    activities, goals, asked, returns = parts
    source = tmp_path / "in"
    source.mkdir()
    for name, frame in (
        ("activities", activities),
        ("goals", goals[["return_id", "goal_id"]]),
        ("returns", asked.merge(returns, on="return_id")),
    ):
        pq.write_table(
            pa.Table.from_pandas(frame, preserve_index=False), source / f"{name}.parquet"
        )
    found = scored(source, tmp_path / "out", "duckdb")
    pd.testing.assert_frame_equal(
        findings_in_rows(found.to_pydict(), RULES), score_returns(*parts, RULES)
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]


def test_rows_in_any_order_have_the_same_findings(sample, tmp_path):
    mixed = tmp_path / "in"
    mixed.mkdir()
    for name in ("activities", "returns"):
        rows = pq.read_table(sample / f"{name}.parquet")
        pq.write_table(
            rows.take(np.random.default_rng(1).permutation(len(rows))),
            mixed / f"{name}.parquet",
            row_group_size=50,
        )
    assert len(open_inputs(mixed, tmp_path / "w").parts(60)) == 1
    assert scored(mixed, tmp_path / "a", "polars").equals(scored(sample, tmp_path / "b", "polars"))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            lambda frame: frame.drop(columns="planned"),
            "activities.parquet: no planned.*It has: return_id",
        ),
        (
            lambda frame: frame.assign(minutes=frame["minutes"] / 2),
            r"activities.parquet: minutes \(double\).*minutes \(minutes\)",
        ),
        (lambda frame: frame.assign(doubtful="no"), r"doubtful \((large_)?string\)"),
    ],
)
def test_a_file_that_is_not_as_described_is_refused_with_what_it_has(sample, tmp_path, spoil, said):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "returns.parquet").write_bytes((sample / "returns.parquet").read_bytes())
    frame = spoil(pq.read_table(sample / "activities.parquet").to_pandas())
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), folder / "activities.parquet")
    with pytest.raises(UnusableFile, match=said):
        score_parquet(folder, tmp_path / "out", rules=RULES)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("file", "rows", "said"),
    [
        (
            "returns",
            lambda table: table.slice(1),
            "activities of 1 returns that returns.parquet does not have",
        ),
        (
            "returns",
            lambda table: pa.concat_tables([table, table.slice(0, 2)]),
            "returns.parquet: 2 rows repeat a return_id",
        ),
    ],
)
def test_no_finding_is_lost_or_doubled_unseen(sample, tmp_path, file, rows, said):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("activities", "returns"):
        table = pq.read_table(sample / f"{name}.parquet")
        pq.write_table(rows(table) if name == file else table, folder / f"{name}.parquet")
    with pytest.raises(UnusableFile, match=said):
        score_parquet(folder, tmp_path / "out", rules=RULES)


def test_files_that_polars_or_duckdb_wrote_are_read_as_well(sample, tmp_path):
    expected = scored(sample, tmp_path / "expected", "pandas")
    for writer in ("polars", "duckdb"):
        folder = tmp_path / writer
        folder.mkdir()
        for name in ("activities", "returns"):
            source, target = str(sample / f"{name}.parquet"), str(folder / f"{name}.parquet")
            (
                pl.read_parquet(source).write_parquet(target)
                if writer == "polars"
                else duckdb.read_parquet(source).write_parquet(target)
            )
        for engine in ONE_MACHINE:
            assert scored(folder, tmp_path / f"{writer}-{engine}", engine).equals(expected)


def test_findings_are_never_mixed_with_earlier_ones_and_a_missing_file_is_named(sample, tmp_path):
    with pytest.raises(InvalidRequest, match="exists already"):
        score_parquet(sample, tmp_path, rules=RULES)
    with pytest.raises(UnusableFile, match=r"no activities.parquet \(no folder\).*--export"):
        score_parquet(tmp_path / "nowhere", tmp_path / "out", rules=RULES)


def test_the_layout_holds_no_name_and_no_word_of_a_member():
    assert not [
        column.name
        for table in (ACTIVITIES_TO_SCORE, RETURNS_TO_SCORE)
        for column in table.columns
        if column.personal
    ]


def test_a_missing_library_is_an_error_that_says_how_to_install_it():
    program = (
        "import sys; sys.modules['duckdb'] = None\nfrom pathlib import Path\nfrom"
        " assessor_kit.engines import score_parquet\nfrom assessor_kit.errors import"
        " NotInstalled\nfrom assessor_kit.rules import load_rules\ntry:\n   "
        " score_parquet(Path('in'), Path('out'), rules=load_rules('iet', 2016))\nexcept"
        " NotInstalled as problem:\n    print(problem.sentence())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "duckdb is not installed" in done.stdout
    assert "pip install 'assessor-kit[scale]'" in done.stdout


@pytest.mark.parametrize("engine", list(MODULES))
def test_the_command_scores_files_and_answers_with_its_keys(sample, tmp_path, engine):
    status, answer, said = run_cli(
        "score", "--parquet", sample, tmp_path / "out", "--engine", engine
    )
    assert (status, answer["returns"], answer["findings"]) == (0, 112, 112 * 9), said
    assert answer["seconds"] > 0
    assert pq.read_table(tmp_path / "out").num_rows == 112


def test_the_command_refuses_kindly(tmp_path):
    status, answer, _ = run_cli(
        "score", "--parquet", tmp_path / "nowhere", tmp_path / "out", "--cpd-year", "2016"
    )
    assert (status, answer["returns"], answer["findings"]) == (2, None, None)
    status, answer, said = run_cli("score")
    assert status == 2
    assert "--parquet IN OUT" in said
    assert set(answer) == {"returns", "findings", "seconds", "changes", "dry_run", "error"}
