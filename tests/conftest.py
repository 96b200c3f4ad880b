"""Fixtures that many tests share, and how a run of tests is ordered and summed up."""

import json
import os
import shutil
import time

import pytest
from commands import run_cli
from groups import Grouped, turn_of
from server import server
from system_parts import need, not_tested

from assessor_kit.files import held


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep each group of tests on one worker."""
    return Grouped(config, log)


def pytest_collection_modifyitems(config, items):
    """Start the groups that take long first when workers share the tests."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: turn_of(item.nodeid))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Check that the system has the parts that a test is marked to need."""
    for mark in item.iter_markers("needs"):
        need(mark.args[0])


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter):
    """Say at the end what was not tested, and how it can be."""
    yield
    skipped = terminalreporter.stats.get("skipped", [])
    lines = not_tested([report.longrepr[2] for report in skipped])
    if lines:
        terminalreporter.section("not tested here")
    for line in lines:
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory):
    """Return the folder of a demonstration workspace, and the command's answer.

    It is made once, by whichever worker needs it first; the others take copies.
    """
    own = tmp_path_factory.mktemp("demonstration") / "workspace"
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    shared = tmp_path_factory.getbasetemp().parent if is_worker else own.parent
    original, kept = shared / "demonstration of all", shared / "demonstration.json"
    while True:
        with held(shared / "demonstration.lock") as is_ours:
            if is_ours:
                if not kept.exists():
                    status, answer, said = run_cli("demo", "--no-lab", workspace=original)
                    assert status == 0, said
                    kept.write_text(json.dumps(answer), encoding="utf-8")
                break
        time.sleep(0.2)
    shutil.copytree(original, own)
    answer = kept.read_text(encoding="utf-8").replace(str(original), str(own))
    return own, json.loads(answer)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, monkeypatch):
    """Return the kind of database to make a workspace on; the test runs once on each kind."""
    if request.param == "postgresql":
        monkeypatch.setenv("ASSESSOR_KIT_DATABASE", server().new_database())
    return request.param


@pytest.fixture(autouse=True)
def workspace_of_before(monkeypatch):
    """A command that runs in this process names its workspace in the environment: not for good."""
    monkeypatch.setenv("ASSESSOR_KIT_WORKSPACE", os.environ.get("ASSESSOR_KIT_WORKSPACE", ""))
