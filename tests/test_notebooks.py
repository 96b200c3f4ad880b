"""Every notebook runs, and puts out what it did when its reference was made.

Committed notebooks are stripped, so nbval would compare nothing: the test puts the reference
outputs into copies and lets nbval run those, strictly. `PYTHONPATH=tests/support python
tests/test_notebooks.py` remakes the references; read the difference before committing it.
"""

import hashlib
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest
from commands import run_cli
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell
from other_body import MEMBERS, YEAR, write_files

from assessor_kit import journey, tables
from assessor_kit.store import Workspace, read_table, record_judgement, shipped
from assessor_kit.vocabulary import Judgement, JudgementState

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
    (r"/\S+/(workspace|sample_data)\b\S*", "FOLDER"),
    (r"Counted at [0-9:]+", "COUNTED"),
    (r"<style scoped>.*?</style>", "STYLE"),
)


def sanitized(value):
    """Return text without what differs from run to run, however deeply nested."""
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
        f"{path.stem} has no reference: PYTHONPATH=tests/support python tests/test_notebooks.py makes it."
    )


def test_every_notebook_puts_out_what_its_reference_says(demonstration, tmp_path):
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)
        outputs = json.loads(reference_of(path).read_text(encoding="utf-8"))
        for number, cell in enumerate(
            (cell for cell in notebook.cells if cell.cell_type == "code"), 1
        ):
            cell.outputs = [nbformat.from_dict(output) for output in outputs[cell.id]]
            # nbval takes a cell without one for a cell that was never run
            cell.execution_count = number
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


STEPS = sorted(shipped("notebooks").glob("*.ipynb"))
SUPPORT = Path(__file__).parent / "support"


def run_all(path, *answers):
    """Run a notebook from top to bottom, then answer in its kernel what it asks."""
    notebook = nbformat.read(path, as_version=4)
    if answers:
        prelude = f"import sys; sys.path.insert(0, {str(SUPPORT)!r})\nfrom answers import *"
        notebook.cells += [new_code_cell(source) for source in (prelude, *answers)]
    NotebookClient(notebook, kernel_name="python3", timeout=300).execute()
    return "\n".join(
        json.dumps(cell.get("outputs", []), ensure_ascii=False) for cell in notebook.cells
    )


def state_of(folder):
    """Return all that a workspace holds: its files' digests, and its database's statements."""
    files = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("assessor.db")
    }
    database = sqlite3.connect(f"file:{folder / 'assessor.db'}?mode=ro", uri=True)
    try:
        return {**files, "assessor.db": "\n".join(database.iterdump())}
    finally:
        database.close()


def test_run_all_changes_nothing_in_an_empty_workspace(tmp_path, monkeypatch):
    """Byte for byte: the notebooks' defaults once put two thousand invented members there."""
    season = Workspace.create(tmp_path / "w", scheme="imeche")
    monkeypatch.setenv("ASSESSOR_KIT_WORKSPACE", str(season.folder))
    before, database = state_of(season.folder), (season.folder / "assessor.db").read_bytes()
    for path in STEPS:
        assert "Traceback" not in run_all(path), path.stem
    assert state_of(season.folder) == before
    assert (season.folder / "assessor.db").read_bytes() == database


def judge_everything(season):
    """Submit a judgement for every marking, as the assessors' screens do."""
    rules = season.rules(YEAR)
    for place, one in enumerate(read_table(season, tables.ALLOCATIONS).itertuples()):
        record_judgement(
            season,
            one.return_id,
            assessor_id=one.assessor_id,
            judgement=Judgement(
                levels={one.code: rules.levels[1].code for one in rules.judged_criteria},
                comments={},
                outcome=rules.outcomes[0].code,
                advice="Keep going.",
                state=JudgementState.SUBMITTED,
            ),
            event_id=f"e{place}",
            expected_version=0,
        )


def test_a_new_season_of_another_body_needs_nothing_but_answers(tmp_path, monkeypatch):
    """And running all of a notebook again, at any point of the season, changes nothing official."""
    files = tmp_path / "files"
    write_files(files)
    season = Workspace.create(tmp_path / "w", scheme="imeche")
    monkeypatch.setenv("ASSESSOR_KIT_WORKSPACE", str(season.folder))
    answers = {
        "00": (f"say_season(year={YEAR}, folder={str(files)!r})",),
        "01": ("press_twice('register')", "press_twice('declarations')"),
        "02": (
            "press_twice('sample', seed='4 1 6', size='100 %')",
            "press_twice('invitations')",
        ),
        "03": (
            "press_twice('returns')",
            "press_twice('responses')",
            "press_twice('findings')",
        ),
        "04": ("press_twice('assessors')", "press_twice('allocation', seed='spring')"),
        "07": (
            "press_twice('reports')",
            "approve_everything('Staff')",
            "press_twice('release')",
            "press_twice('feedback_messages')",
        ),
    }
    for path in STEPS:
        said = run_all(path, *answers.get(path.stem[:2], ()))
        assert "Traceback" not in said
        assert not any(number in said or who in said for number, (who, _) in MEMBERS.items())
        if path.stem == "05_assess":
            assert "Whose returns?" in said, said
            judge_everything(season)
    counts = {step.label: (len(step.done), len(step.waiting)) for step in season_steps(season)}
    assert counts == {
        "Members in the register": (6, 0),
        "Members selected": (6, 0),
        "Requests answered": (5, 1),
        "Targets settled": (5, 0),
        "Returns allocated": (5, 0),
        "Markings submitted": (5, 0),
        "Individual feedback rendered": (5, 0),
        "Individual feedback approved": (5, 0),
        "Individual feedback released": (5, 0),
    }
    outbox = read_table(season, tables.OUTBOX)
    assert outbox["kind"].value_counts().to_dict() == {"invitation": 6, "feedback": 5, "desk": 2}
    official = [tables.REGISTER, tables.DRAWS, tables.ALLOCATIONS, tables.FINDINGS]
    official += [tables.DOCUMENTS, tables.OUTBOX, tables.APPROVALS, tables.SETTINGS]
    before = [read_table(season, table) for table in official]
    for path in (path for path in STEPS if path.stem[:2] in set(answers) - {"00"}):
        run_all(path)
    assert all(
        old.equals(read_table(season, table)) for old, table in zip(before, official, strict=True)
    )


def season_steps(season):
    return journey.season_of(season, cpd_year=YEAR).steps


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
