"""Every notebook runs, and puts out what it did when its reference was made.

Committed notebooks are stripped, on which nbval would compare nothing: the test puts the reference outputs into copies and lets nbval
run those, strictly. `python tests/test_notebooks.py` makes the references anew; read the difference before committing it.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest
from conftest import run_cli
from nbclient import NotebookClient

from assessor_kit.store import shipped

NOTEBOOKS = sorted(
    path for path in shipped("notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts
)
REFERENCES = Path(__file__).parent / "reference" / "notebooks"
# What differs from run to run: drawings, opaque names, pseudonyms, days, folders.
SANITIZE = (
    ("<svg.*?</svg>", "SVG"),
    (r"\b[0-9a-f]{16,64}\b", "DIGEST"),
    (r"R-[2-9A-Z]{5}", "PSEUDONYM"),
    (r"IPY_MODEL_\w+", "WIDGET"),
    (r"model_id: \w+", "WIDGET"),
    (r"\d\d \w+ 20\d\d", "DAY"),
    (r"/\S+/workspace\S*", "FOLDER"),
    (r"<style scoped>.*?</style>", "STYLE"),
)


def sanitized(value):
    """Text with what differs from run to run taken out, in any nesting."""
    if isinstance(value, str):
        for pattern, word in SANITIZE:
            value = re.sub(pattern, word, value, flags=re.DOTALL)
        return value
    if isinstance(value, list):
        return [sanitized(one) for one in value]
    return (
        {name: sanitized(one) for name, one in value.items()} if isinstance(value, dict) else value
    )


def reference_of(path):
    return REFERENCES / f"{path.stem}.json"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_committed_notebook_is_stripped_short_and_without_logic(path):
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    assert len(code) <= 12
    assert not any(
        re.search(r"^\s*(def|for|while|class) ", cell.source, flags=re.MULTILINE) for cell in code
    )
    assert reference_of(path).is_file(), (
        f"{path.stem} has no reference: python tests/test_notebooks.py makes it."
    )


def test_every_notebook_puts_out_what_its_reference_says(demonstration, tmp_path):
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)
        outputs = json.loads(reference_of(path).read_text(encoding="utf-8"))
        for number, cell in enumerate(
            (cell for cell in notebook.cells if cell.cell_type == "code"), 1
        ):
            cell.outputs = [nbformat.from_dict(output) for output in outputs[cell.id]]
            cell.execution_count = (
                number  # nbval takes a cell without one for a cell that was never run
            )
        nbformat.write(notebook, tmp_path / path.name)
    rules = "\n".join(
        f"[regex{number}]\nregex: {'(?s)' + pattern}\nreplace: {word}\n"
        for number, (pattern, word) in enumerate(SANITIZE)
    )
    (tmp_path / "sanitize.cfg").write_text(rules, encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--nbval",
            "--nbval-sanitize-with",
            "sanitize.cfg",
            "-q",
            "-p",
            "no:cacheprovider",
            ".",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "ASSESSOR_KIT_WORKSPACE": str(demonstration[0])},
    )
    assert done.returncode == 0, done.stdout[:6000]


def make_references():
    """Run every notebook on a fresh demonstration and keep what it puts out."""
    REFERENCES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ASSESSOR_KIT_WORKSPACE"] = str(Path(folder) / "workspace")
        run_cli("demo", "--no-lab", workspace=os.environ["ASSESSOR_KIT_WORKSPACE"])
        for path in NOTEBOOKS:
            notebook = nbformat.read(path, as_version=4)
            NotebookClient(notebook, kernel_name="python3", timeout=300).execute()
            outputs = {
                cell.id: sanitized(cell.outputs)
                for cell in notebook.cells
                if cell.cell_type == "code"
            }
            reference_of(path).write_text(
                json.dumps(outputs, indent=1, ensure_ascii=False, sort_keys=True) + "\n",
                encoding="utf-8",
            )


if __name__ == "__main__":
    make_references()
