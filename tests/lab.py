"""A JupyterLab of a test's own, and a browser that may speak to this machine only."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from assessor_kit.cli.demo import quiet_settings

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic"]


def chromium():
    """The browser's path; without one a test is skipped, but fails where CI is set."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None and os.environ.get("CI"):
        pytest.fail("No chromium on the path. On Debian: apt-get install chromium (.ci/run does).")
    if path is None:
        pytest.skip("No chromium on the path. On Debian: apt-get install chromium.")
    return path


@contextlib.contextmanager
def jupyterlab(home, *, workspace, notebooks):
    """A server in folders of its own; gives the address of a notebook's page."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {name: str(home / name.lower()) for name in ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR",
                                                       "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")}
    for folder in own.values():
        Path(folder).mkdir(parents=True, exist_ok=True)
    quiet_settings(home / "jupyterlab_settings_dir")
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}", "--ip=127.0.0.1", f"--ServerApp.root_dir={notebooks}", "--allow-root",
               "--IdentityProvider.token=test", "--LabApp.expose_app_in_browser=True", "--LabApp.news_url=None",
               "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **own, "ASSESSOR_KIT_WORKSPACE": str(workspace)})
    try:
        until = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token=test", timeout=2).close()
                break
            except OSError:
                assert time.monotonic() < until, (home / "server.log").read_text()
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/doc/tree/05_assess.ipynb?token=test"
    finally:
        server.terminate()
        server.wait(20)


@contextlib.contextmanager
def opened_page(address, *, width=1500, height=1000):
    """The notebook's page, run top to bottom, and the requests that tried to leave this machine."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=QUIET)
        page = browser.new_page(viewport={"width": width, "height": height})
        left = []
        page.route("**/*", lambda route: route.continue_() if "127.0.0.1" in route.request.url or route.request.url.startswith(("data:", "blob:"))
                   else (left.append(route.request.url), route.abort()))
        page.goto(address)
        page.wait_for_function("""() => { const w = window.jupyterapp && window.jupyterapp.shell.currentWidget; const s = w && w.sessionContext;
            return s && s.isReady && s.session && s.session.kernel && s.session.kernel.connectionStatus === 'connected' && s.session.kernel.status === 'idle'; }""",
                               timeout=90_000)
        page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
        page.wait_for_selector(".ak-form fieldset", timeout=60_000)
        yield page, left
        browser.close()
