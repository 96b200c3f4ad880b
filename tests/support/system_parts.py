"""What the tests need from the system, and what to say when it is missing."""

import ctypes
import os
import re
import shutil

import pytest
import screen_tools

PANGO = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0")
REMEDIES = {
    "chromium": "apt-get install chromium",
    "openssl": "apt-get install openssl",
    "Pango": "apt-get install libpango-1.0-0 libpangoft2-1.0-0",
    "PostgreSQL": "unset TESTS_WITHOUT; the test lock brings the server",
    "Node": "python tests/support/screen_tools.py install",
}
REASON = "{part} is missing: {remedy}"


def _loads(*libraries):
    from assessor_kit.feedback.document.pdf_file import pdf_problem  # noqa: PLC0415  (only needed for Pango)

    try:
        for library in libraries:
            ctypes.CDLL(library)
    except OSError:
        return not pdf_problem()  # on systems other than Linux, a library has another name
    return True


def is_here(part):
    """Whether the system has a part."""
    if part == "chromium":
        return browser_path() is not None
    if part == "openssl":
        return shutil.which("openssl") is not None
    if part == "PostgreSQL":
        return True  # the test lock brings it
    if part == "Node":
        return not screen_tools.what_is_missing()
    return _loads(*PANGO)


def browser_path():
    """Return the browser's path, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def need(part):
    """Skip the running test if the part is missing; fail it where CI is set.

    TESTS_WITHOUT names parts to do without, even in CI: `.ci/run` lists there what could not be
    installed.
    """
    reason = REASON.format(part=part, remedy=REMEDIES[part])
    if part in os.environ.get("TESTS_WITHOUT", "").split():
        pytest.skip(reason)
    if is_here(part):
        return
    if os.environ.get("CI"):
        pytest.fail(f"{reason} (.ci/run does that).")
    pytest.skip(reason)


def not_tested(reasons):
    """Return one line for each missing part, from the reasons why tests were skipped."""
    found = [re.search(r"(\S+) is missing: ", reason) for reason in reasons]
    parts = [match[1] for match in found if match and match[1] in REMEDIES]
    return [
        f"{part} is missing, tests skipped: {parts.count(part)}. To run them: {remedy}"
        for part, remedy in REMEDIES.items()
        if part in parts
    ]
