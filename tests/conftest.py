"""The demonstration, made once for all tests that look at it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from server import server

sys.path.insert(
    0, str(Path(__file__).parent / "benchmarks")
)  # tests run short forms of the benchmarks


def run_cli(*words, workspace=None):
    """A command as a person runs it: (exit status, the JSON object it printed, what it said)."""
    place = ["--workspace", str(workspace)] if workspace else []
    done = subprocess.run(
        [sys.executable, "-m", "assessor_kit", *map(str, words), *place, "--json"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    return done.returncode, json.loads(done.stdout), done.stderr


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory):
    """The folder of a demonstration workspace, and what the command answered."""
    folder = tmp_path_factory.mktemp("demonstration") / "workspace"
    status, answer, said = run_cli("demo", "--no-lab", workspace=folder)
    assert status == 0, said
    return folder, answer


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, monkeypatch):
    """Which kind of database a test's workspace is made on: each such test runs on both."""
    if request.param == "postgresql":
        monkeypatch.setenv("ASSESSOR_KIT_DATABASE", server().new_database())
    return request.param
