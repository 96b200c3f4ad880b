"""Does a run of tests say what it could not test, and how to make that possible?"""

import pytest
from groups import BROWSER, IN_LAB, POSTGRESQL, group_of, turn_of
from system_parts import REASON, REMEDIES, need, not_tested


def test_a_missing_part_skips_but_fails_where_ci_is_set(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("TESTS_WITHOUT", raising=False)
    with pytest.raises(pytest.skip.Exception, match="openssl is missing: apt-get install openssl"):
        need("openssl")
    monkeypatch.setenv("CI", "1")
    with pytest.raises(pytest.fail.Exception, match="chromium is missing"):
        need("chromium")
    monkeypatch.setenv("TESTS_WITHOUT", "chromium")
    with pytest.raises(pytest.skip.Exception):
        need("chromium")


def test_what_was_not_tested_is_counted_by_part_with_its_remedy():
    reasons = [
        *["Skipped: " + REASON.format(part="chromium", remedy=REMEDIES["chromium"])] * 3,
        "Skipped: looks the same in both",
        "Skipped: " + REASON.format(part="Pango", remedy=REMEDIES["Pango"]),
    ]
    found = not_tested(reasons)
    assert found[0].startswith("chromium is missing, tests skipped: 3.")
    assert found[1].endswith("To run them: apt-get install libpango-1.0-0 libpangoft2-1.0-0")


def test_browser_and_postgresql_tests_stay_together_and_start_first():
    lab = group_of("tests/workbench/test_workbench.py::test_a[lab-keys0]")
    browser = group_of("tests/workbench/test_workbench.py::test_a[app-keys0]")
    server = group_of("tests/store/test_log.py::test_a[postgresql]")
    own_file = group_of("tests/store/test_log.py::test_a[sqlite]")
    assert (lab, browser, server) == (IN_LAB, BROWSER, POSTGRESQL)
    assert own_file == "tests/store/test_log.py"
    assert turn_of("tests/workbench/test_workbench.py::test_a[lab]") == 0
    assert turn_of("tests/workbench/test_workbench.py::test_a[app]") == 1
    assert turn_of("tests/store/test_server.py::test_a") == 2
