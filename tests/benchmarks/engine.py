"""How fast does any notebook run, compared with papermill's own engine?

    python tests/benchmarks/engine.py

A batch of notebooks with pandas and three altair charts, each different. The first starts the warm
process and bears its cost; the others show what a batch costs per notebook. Outputs must be equal.
"""

import argparse
import json
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

import papermill
from nbformat.v4 import new_code_cell, new_notebook

SPEC = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def notebook_of(number):
    """Return a notebook that has never been run, with data, fields and charts of its own."""
    return new_notebook(
        metadata=SPEC,
        cells=[
            new_code_cell(source, id=f"cell-{place}")
            for place, source in enumerate(
                (
                    "import pandas as pd\nimport altair as alt",
                    (
                        f"df = pd.DataFrame({{'x': range({number + 5}), 'y{number}': [i * i for i in"
                        f" range({number + 5})], 'kind': ['a', 'b', 'c', 'd', 'e'][:5] +"
                        f" ['f'] * {number}}})\ndf"
                    ),
                    f"df.groupby('kind').y{number}.mean()",
                    f"alt.Chart(df).mark_bar().encode(x='kind:N', y='mean(y{number}):Q')",
                    (
                        f"alt.Chart(df).mark_line(point=True).encode(x='x', y='y{number}',"
                        " tooltip=['kind'])"
                    ),
                    (
                        "alt.Chart(df).mark_circle(size=60).encode(x='x',"
                        f" y=alt.Y('y{number}').scale(type='sqrt'),"
                        f" color='kind').properties(title='{number}').interactive()"
                    ),
                )
            )
        ],
    )


def run(notebook, folder, engine):
    """Return the seconds that a notebook took, and all of its output as text."""
    began = time.perf_counter()
    made = papermill.execute_notebook(
        notebook, str(folder / "made.ipynb"), engine_name=engine, progress_bar=False
    )
    took = time.perf_counter() - began
    text = json.dumps([cell.outputs for cell in made.cells], sort_keys=True)
    return took, re.sub(r"altair-viz-[0-9a-f]{32}", "ID", text)


def main():
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    ours, stock = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first, _ = run(notebook_of(100), folder, "assessor-kit")
        for number in range(rounds):
            time.sleep(1)  # the next fork gets ready while somebody reads or renders
            seconds, made = run(notebook_of(number), folder, "assessor-kit")
            ours.append(seconds)
            seconds, expected = run(notebook_of(number), folder, "nbclient")
            stock.append(seconds)
            assert made == expected, f"notebook {number} differs from papermill's own"
    figures = {
        "first_seconds": first,
        "each_further_seconds": statistics.median(ours),
        "stock_seconds": statistics.median(stock),
        "times_faster_first": statistics.median(stock) / first,
        "times_faster_each_further": statistics.median(stock) / statistics.median(ours),
    }
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
