"""A season of three judged returns, made once and copied for each test that changes it."""

import shutil

import pytest
from killing import make_season

from assessor_kit.store import Workspace


@pytest.fixture(scope="session")
def three_returns(tmp_path_factory):
    """Return the folder of the season that is copied."""
    return make_season(tmp_path_factory.mktemp("three"), 3).folder


@pytest.fixture
def judged_season(three_returns, tmp_path):
    """Return a season of one's own with three judged returns, none of them rendered."""
    shutil.copytree(three_returns, tmp_path / "judged")
    return Workspace.open(tmp_path / "judged")
