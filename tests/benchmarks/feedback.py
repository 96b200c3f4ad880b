"""How fast are reports executed and rendered, compared with papermill's own engine?

    python tests/benchmarks/feedback.py [--rounds N]

All ways run side by side in one process tree, in turn, on the sample data; the ratios are of
medians. The lower limit is a bare fork of a process that is just as warm and runs the same cells
with `exec`, plus papermill with an engine that does nothing, plus drawing the figures by a warm
vl-convert: a fork that loaded it for itself would wait 0.4 s more.

The rival is papermill's own engine on the same notebook with the same parameter, in a kernel that
has not been patched. Importing the kit spares a kernel the grammar of one of jsonschema's optional
formats, which is 1.4 s of altair's import and which nothing else would spare it. So the rival's
kernel imports altair before any cell, from IPython's start-up folder, and takes as long as altair
takes without the kit. All outputs, figures included, must be equal. The rival with the kit's
shortcut is measured too. nbconvert makes a page of each: ours with our template, the rival's with
its own.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import papermill
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from papermill.engines import Engine, papermill_engines

from assessor_kit.charts.vega import drawn_here
from assessor_kit.feedback.document.html_file import export_html
from assessor_kit.store import Workspace, reviewed_returns, shipped

WARM_FORK = """
import contextlib, io, json, os, sys, time
from assessor_kit.charts import vega
specs = []
vega.draw_with(lambda spec: specs.append(spec) or "<svg></svg>")
from IPython.core.formatters import DisplayFormatter
import assessor_kit.feedback.batch.rehearsal
import gc; gc.collect(); gc.freeze()
cells, formatter = json.loads(sys.argv[1]), DisplayFormatter()
import ast
def run():
    space = {"__name__": "__main__"}
    for source in cells:
        tree = ast.parse(source)
        last = ast.Expression(tree.body.pop().value) if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "cell", "exec"), space)
        if last is not None:
            formatter.format(eval(compile(last, "cell", "eval"), space))
print("ready", flush=True)
for line in sys.stdin:
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        run(); os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    print(time.perf_counter() - began, flush=True)
specs.clear()
run()
print(json.dumps(specs), flush=True)
"""


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--stock-rounds", type=int, default=3)
    parser.add_argument("--workspace", type=Path, help="a demonstration that is there already")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = arguments.workspace or Path(folder) / "workspace"
        if not workspace.is_dir():
            subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "assessor_kit",
                    "demo",
                    "--no-lab",
                    "--workspace",
                    str(workspace),
                ],
                check=True,
                capture_output=True,
            )
        os.environ["ASSESSOR_KIT_WORKSPACE"] = str(workspace)
        sys.stdout.write(
            json.dumps(measure(Path(folder), arguments.rounds, arguments.stock_rounds), indent=1)
            + "\n"
        )


def measure(folder: Path, rounds: int, stock_rounds: int) -> dict[str, float]:
    """Return seconds (medians) and ratios."""

    class Nothing(Engine):
        @classmethod
        def execute_managed_notebook(cls, nb_man, kernel_name, **options):
            pass

    papermill_engines.register("nothing", Nothing)
    template = shipped("notebooks") / "templates" / "individual_feedback.ipynb"
    names = reviewed_returns(Workspace.open(), 2016)

    def execute(engine, place, **options):
        began = time.perf_counter()
        notebook = papermill.execute_notebook(
            template,
            folder / f"{engine}.ipynb",
            parameters={"return_id": names[place % len(names)]},
            engine_name=engine,
            kernel_name="python3",
            progress_bar=False,
            request_save_on_cell_execute=False,
            **options,
        )
        return time.perf_counter() - began, notebook

    _, prepared = execute("nothing", 0)
    cells = [cell.source for cell in prepared.cells if cell.cell_type == "code"]
    bare = subprocess.Popen(
        [sys.executable, "-c", WARM_FORK, json.dumps(cells)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert bare.stdout.readline() == "ready\n"
    plain = folder / "plain"
    (plain / "profile_default" / "startup").mkdir(parents=True)
    (plain / "profile_default" / "startup" / "00_first.py").write_text(
        "import altair\n", encoding="utf-8"
    )
    # the warm process is there, and so are the drawing engine and the exporter
    export_html(execute("assessor-kit", 0)[1], title="warm")
    took: dict[str, list[float]] = defaultdict(list)
    for place in range(rounds):
        seconds, ours = execute("assessor-kit", place)
        took["ours"].append(seconds)
        outputs = put_out(ours)
        took["our page"].append(
            seconds + timed(lambda ours=ours: export_html(ours, title="Your CPD feedback"))
        )
        took["nothing"].append(execute("nothing", place)[0])
        bare.stdin.write("go\n")
        bare.stdin.flush()
        took["fork"].append(float(bare.stdout.readline()))
        if place < stock_rounds:
            with surroundings(IPYTHONDIR=str(plain)):
                seconds, stock = execute(None, place)
                took["stock"].append(seconds)
                assert put_out(stock) == outputs, "outputs differ"
                took["stock page"].append(
                    seconds + timed(lambda stock=stock: HTMLExporter().from_notebook_node(stock))
                )
            took["stock with our shortcut"].append(execute(None, place)[0])
    bare.stdin.close()
    specs = json.loads(bare.stdout.readline())
    bare.wait()
    assert specs, "the bare fork drew nothing"
    took["drawing"] = [timed(lambda: [drawn_here(spec) for spec in specs]) for _ in range(rounds)]
    middle = {name: statistics.median(times) for name, times in took.items()}
    limit = middle["fork"] + middle["nothing"] + middle["drawing"]
    return {
        "ours": middle["ours"],
        "bare fork": middle["fork"],
        "papermill with nothing": middle["nothing"],
        "drawing": middle["drawing"],
        "figures": len(specs),
        "stock": middle["stock"],
        "stock with our shortcut": middle["stock with our shortcut"],
        "ours over the limit (at most 1.5)": middle["ours"] / limit,
        "stock over ours (at least 30)": middle["stock"] / middle["ours"],
        "our page": middle["our page"],
        "stock page": middle["stock page"],
        "stock over ours, with HTML (at least 20)": middle["stock page"] / middle["our page"],
        "minutes for 10,000 pages, one job": middle["our page"] * 10_000 / 60,
    }


def put_out(notebook: NotebookNode) -> list[str]:
    """Return all that a notebook's cells put out, except times and execution counts."""
    kept = []
    for cell in notebook.cells:
        outputs = [
            {name: value for name, value in output.items() if name != "execution_count"}
            for output in cell.get("outputs", [])
        ]
        kept.append(json.dumps([cell.cell_type, cell.source, outputs], ensure_ascii=False))
    return kept


@contextmanager
def surroundings(**variables: str) -> Iterator[None]:
    """Set environment variables for a while."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


def timed(step: Callable[[], object]) -> float:
    """Return the seconds that a step takes."""
    began = time.perf_counter()
    step()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
