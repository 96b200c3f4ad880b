"""Notebooks made for a test, their outputs, and whether a process has ended."""

import json
import re
import time
from pathlib import Path

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

SPEC = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
VARIES = (
    (r"ipykernel_\d+/\d+\.py", "CELL.py"),
    (r"0x[0-9a-f]{6,}", "ADDRESS"),
    (r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])", "ID"),
    (r"(CPU times|Wall time): .*", "TIME"),
    (r"T_[0-9a-f]{5}", "STYLE"),
)


def joined(outputs):
    """Join neighbouring pieces of one stream, because where it is cut depends on timing."""
    whole = []
    for output in outputs:
        if (
            whole
            and output.output_type == "stream"
            and whole[-1].output_type == "stream"
            and whole[-1].name == output.name
        ):
            whole[-1].text += output.text
        else:
            whole.append(output)
    return whole


def put_out(notebook):
    """Return all that a notebook holds after a run, except what differs from run to run."""
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        known = cell.metadata.get("papermill", {"exception": "a mark", "status": "a mark"})
        cell.metadata.papermill = {
            "exception": known["exception"],
            "status": known["status"],
            "times": [name for name in sorted(known) if known[name]],
        }
        cell.outputs = joined(cell.get("outputs", []))
        if "papermill-error-cell-tag" in cell.metadata.get("tags", []):
            cell.id = "mark"
    notebook.metadata.papermill = {
        name: value
        for name, value in notebook.metadata.papermill.items()
        if name in {"exception", "parameters", "version"}
    }
    for kept in notebook.metadata.get("widgets", {}).values():
        kept["state"] = sorted(
            re.sub("[0-9a-f]{32}", "ID", json.dumps(state, sort_keys=True))
            for state in kept["state"].values()
        )
    text = json.dumps(notebook, indent=1, ensure_ascii=False)
    for pattern, word in VARIES:
        text = re.sub(pattern, word, text)
    return text.splitlines()


def notebook_of(sources, **metadata):
    cells = [
        new_markdown_cell("# Title", id="title"),
        *(new_code_cell(source, id=f"cell-{number}") for number, source in enumerate(sources)),
    ]
    return new_notebook(cells=cells, metadata={**SPEC, **metadata})


def is_gone(pid, *, within=5.0):
    """Whether the process ends in time; a zombie counts as ended."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            if (
                Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
                == "Z"
            ):
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False
