"""Runs the command line as a person does."""

import json
import os
import subprocess
import sys


def run_cli(*words, workspace=None):
    """Run a command; return its exit status, the JSON object it printed, and its messages."""
    place = ["--workspace", str(workspace)] if workspace else []
    done = subprocess.run(
        [sys.executable, "-m", "assessor_kit", *map(str, words), *place, "--json"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    return done.returncode, json.loads(done.stdout), done.stderr
