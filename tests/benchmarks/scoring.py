"""How long does scoring take, and how much memory, compared with the alternatives?

    python tests/benchmarks/scoring.py                      # 1 million returns, all engines; one return; 100,000 reflections
    python tests/benchmarks/scoring.py --returns 10000000   # ten times as many returns, on DuckDB alone

Each measurement is a process of its own, so that its peak memory is its own; the contenders take
turns, and their results must be equal. The table is printed and appended, with the machine and the
versions, to results.md beside this file. The alternatives are the best DuckDB statement that could
be written by hand for this edition (rival.sql), and a plain pandas version as people write it
(plain_pandas.py).
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
YEAR = 2016
LIBRARIES = (
    "narwhals",
    "pandas",
    "duckdb",
    "polars",
    "dask",
    "pyarrow",
    "scikit-learn",
    "rapidfuzz",
)


def measured(contender: str, source: Path, target: Path) -> None:
    """Score in one process, and print its seconds and peak megabytes."""
    from assessor_kit.engines import score_parquet
    from assessor_kit.rules import load_rules

    rules = load_rules("iet", YEAR)
    steps = {
        "rival": lambda: rival(source, target, rules),
        "plain pandas": lambda: plain(source, target, rules),
    }
    started = time.perf_counter()
    if contender in steps:
        steps[contender]()
    else:
        score_parquet(source, target, rules=rules, engine=contender)
    seconds = time.perf_counter() - started
    worked = sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )
    peak = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(json.dumps({"seconds": seconds, "cpu": worked, "megabytes": peak / 1024}))


def rival(source, target, rules):
    """Score with the statement written by hand."""
    import duckdb

    from assessor_kit.scorers import scored_criteria

    thresholds = json.dumps(
        {criterion.code: dict(scored.thresholds) for criterion, scored in scored_criteria(rules)}
    )
    target.mkdir()
    values = {
        "$activities": source / "activities.parquet",
        "$returns": source / "returns.parquet",
        "$target": target / "part.parquet",
        "$thresholds": thresholds,
        "$digest": rules.digest,
    }
    statement = "\n".join(
        line
        for line in (HERE / "rival.sql").read_text(encoding="utf-8").splitlines()
        if not line.startswith("--")
    )
    for name, value in values.items():
        statement = statement.replace(name, f"'{value}'")
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = false")
        connection.execute(statement)


def plain(source, target, rules):
    """Score with the pandas version."""
    import plain_pandas

    target.mkdir()
    plain_pandas.score(source, target / "part.parquet", rules)


def turn(contender, source, folder):
    """Measure once in a process of its own, whose findings are kept until the next."""
    target = folder / f"out-{contender.replace(' ', '-')}"
    shutil.rmtree(target, ignore_errors=True)
    done = subprocess.run(
        [
            sys.executable,
            __file__,
            "--contender",
            contender,
            "--source",
            source,
            "--target",
            target,
        ],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    return json.loads(done.stdout.strip().splitlines()[-1]), target


def assert_equal(first, second):
    """Assert that the columns are the same, and the rows in any order.

    The rows are compared by a sum of hashes of whole rows, because large files do not fit into
    memory twice.
    """
    import duckdb
    import pyarrow as pa
    import pyarrow.dataset as ds

    schemas = [ds.dataset(target).schema for target in (first, second)]
    assert sorted(schemas[0].names) == sorted(schemas[1].names), (
        first,
        second,
        set(schemas[0].names) ^ set(schemas[1].names),
    )
    columns = ", ".join(
        f'"{field.name}"::{"BIGINT" if pa.types.is_integer(field.type) else "VARCHAR"}'
        for field in schemas[0]
    )
    wanted = (
        "SELECT count(*), sum(hash({columns})::HUGEINT), bit_xor(hash({columns})) FROM"
        " read_parquet('{target}/*.parquet')"
    )
    told = [
        duckdb.sql(wanted.format(columns=columns, target=target)).fetchall()
        for target in (first, second)
    ]
    assert told[0] == told[1], (first, second, told)


def compare(returns, contenders, repeats, folder):
    """Return rows of the table: contender, median seconds, all seconds, peak megabytes.

    Each contender's results are asserted to equal those of the first.
    """
    import made_returns

    source = folder / "in"
    started = time.perf_counter()
    made_returns.write(source, returns)
    print(f"{returns:,} returns written in {time.perf_counter() - started:.0f} s", file=sys.stderr)
    seen = {name: [] for name in contenders}
    for round_no in range(repeats):
        for name in contenders:
            result, target = turn(name, source, folder)
            seen[name].append(result)
            print(
                f"  {name}: {result['seconds']:.2f} s, {result['megabytes']:.0f} MB",
                file=sys.stderr,
            )
            if round_no == 0 and name != contenders[0]:
                assert_equal(folder / f"out-{contenders[0]}", target)
            if name != contenders[0]:
                shutil.rmtree(target)
    return [
        (
            f"{returns:,} returns x 15: {name}",
            statistics.median(one["seconds"] for one in results),
            [one["seconds"] for one in results],
            max(one["megabytes"] for one in results),
            statistics.median(one["cpu"] for one in results),
        )
        for name, results in seen.items()
    ]


def one_return(repeats=50):
    """Time one return of 15 activities with pandas, warm.

    The time runs from its tables to rows for the store and sentences.
    """
    import made_returns

    from assessor_kit.rules import load_rules
    from assessor_kit.scorers import finding_sentence, score_returns

    rules, parts = load_rules("iet", YEAR), made_returns.as_stored(1)
    seconds, worked = [], []
    for _ in range(repeats + 5):
        started, begun = time.perf_counter(), time.process_time()
        found = score_returns(*parts, rules)
        said = [finding_sentence(row, rules) for row in found.to_dict("records")]
        seconds.append(time.perf_counter() - started)
        worked.append(time.process_time() - begun)
    assert len(said) == len(rules.criteria)
    return [
        (
            "one return in the workbench: pandas",
            statistics.median(seconds[5:]),
            seconds[5:10],
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            statistics.median(worked[5:]),
        )
    ]


def reflections(number=100_000):
    """Return the seconds, memory and results of screening reflections of 120 words.

    One in a hundred was written after another member's.
    """
    program = (
        "import json, resource, sys, time; sys.path.insert(0, sys.argv[1]); import made_returns;"
        " from assessor_kit.engines.similar_text import similar_texts\ntexts, planted ="
        " made_returns.reflections(int(sys.argv[2])); started, begun = time.perf_counter(),"
        " time.process_time(); found = similar_texts(texts)\nseconds, cpu = time.perf_counter() -"
        " started, time.process_time() - begun; pairs = set(zip(found['text_a'],"
        " found['text_b']))\nprint(json.dumps({'seconds': seconds, 'cpu': cpu, 'megabytes':"
        " resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,\n                  'found':"
        " len(pairs & planted) / len(planted), 'strangers': len(pairs - planted)}))"
    )
    seen = [
        json.loads(
            subprocess.run(
                [sys.executable, "-c", program, HERE, str(number)],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
        )
        for _ in range(3)
    ]
    name = (
        f"{number:,} reflections screened ({seen[0]['found']:.1%} of the planted pairs found,"
        f" {seen[0]['strangers']} others)"
    )
    return [
        (
            name,
            statistics.median(one["seconds"] for one in seen),
            [one["seconds"] for one in seen],
            max(one["megabytes"] for one in seen),
            statistics.median(one["cpu"] for one in seen),
        )
    ]


def table(rows, against):
    """Return the rows as Markdown, each with its ratio to `against` for the same job."""
    base = {name.split(":")[0]: seconds for name, seconds, *_ in rows if name.endswith(against)}
    lines = [
        "| job | median s | of runs | ratio to rival | processor s | peak MB of a process |",
        "|---|---|---|---|---|---|",
    ]
    for name, seconds, runs, megabytes, worked in rows:
        ratio = f"{seconds / base[name.split(':')[0]]:.2f}" if name.split(":")[0] in base else ""
        lines.append(
            f"| {name} | {seconds:.3f} | {', '.join(f'{run:.3f}' for run in runs)} | {ratio} |"
            f" {worked:.3f} | {megabytes:.0f} |"
        )
    return "\n".join(lines)


def machine():
    """Return what it ran on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, load {os.getloadavg()[0]:.1f} at the end,"
        f" Python {platform.python_version()}, {versions}"
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--returns", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument(
        "--contenders", nargs="+", help="default: all up to a million returns, duckdb beyond"
    )
    parser.add_argument("--only", choices=("files", "one", "reflections"))
    for name in ("--contender", "--source", "--target"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    sys.path.insert(0, str(HERE))
    if chosen.contender:
        measured(chosen.contender, Path(chosen.source), Path(chosen.target))
        return
    large = chosen.returns > 1_000_000
    contenders = chosen.contenders or (
        ["duckdb"] if large else ["duckdb", "rival", "polars", "plain pandas", "pandas", "dask"]
    )
    rows = []
    if chosen.only in {None, "files"}:
        with tempfile.TemporaryDirectory(prefix="scoring-") as folder:
            rows += compare(chosen.returns, contenders, chosen.repeats, Path(folder))
    if chosen.only == "one" or (chosen.only is None and not large):
        rows += one_return()
    if chosen.only == "reflections" or (chosen.only is None and not large):
        rows += reflections()
    report = f"## {datetime.now(UTC):%Y-%m-%d %H:%M} UTC\n\n{machine()}\n\n{table(rows, 'rival')}\n"
    print(report)
    with (HERE / "results.md").open("a", encoding="utf-8") as file:
        file.write(f"\n{report}")


if __name__ == "__main__":
    main()
