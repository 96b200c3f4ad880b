"""The assessor's screen in a real browser, in JupyterLab and as an app, in folders of a test's own; the browser may speak to this machine only."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from assessor_kit.cli.servers import app_server, quiet_settings
from assessor_kit.store import Workspace, shipped

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic"]
READY = """() => { const w = window.jupyterapp && window.jupyterapp.shell.currentWidget; const s = w && w.sessionContext;
    return s && s.isReady && s.session && s.session.kernel && s.session.kernel.connectionStatus === 'connected' && s.session.kernel.status === 'idle'; }"""
OWN_FOLDERS = ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")


def chromium():
    """The browser's path; without one a test is skipped, but fails where CI is set."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None and os.environ.get("CI"):
        pytest.fail("No chromium on the path. On Debian: apt-get install chromium (.ci/run does).")
    if path is None:
        pytest.skip("No chromium on the path. On Debian: apt-get install chromium.")
    return path


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def running(command, environment, home, *, probe):
    """A server until the end of the block; its words lie in HOME/server.log."""
    own = {name: str(home / name.lower()) for name in OWN_FOLDERS}
    for folder in own.values():
        Path(folder).mkdir(parents=True, exist_ok=True)
    quiet_settings(home / "jupyterlab_settings_dir")
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env={**environment, **own})
    try:
        until = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(probe, timeout=2).close()  # noqa: S310  (an address of this machine)
                break
            except urllib.error.HTTPError:
                break  # it answers
            except OSError:
                assert time.monotonic() < until, (home / "server.log").read_text()
                time.sleep(0.1)
        yield server
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


@contextlib.contextmanager
def browser_page(*, width=1440, height=900, dark=False):
    """A page that may speak to this machine only, and the requests that tried to leave it."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=QUIET)
        page = browser.new_context(viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light").new_page()
        left = []
        page.route("**/*", lambda route: route.continue_() if "127.0.0.1" in route.request.url or route.request.url.startswith(("data:", "blob:", "file:"))
                   else (left.append(route.request.url), route.abort()))
        yield page, left
        browser.close()


@contextlib.contextmanager
def in_lab(home, season, *, notebook="05_assess", ready=".ak-form fieldset", **options):
    """The screen in JupyterLab, the notebook run from top to bottom: (page, requests that tried to leave)."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "notebooks").mkdir(exist_ok=True)
    shutil.copy(shipped("notebooks") / f"{notebook}.ipynb", home / "notebooks")
    port = free_port()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}", "--ip=127.0.0.1", f"--ServerApp.root_dir={home / 'notebooks'}", "--allow-root",
               "--IdentityProvider.token=test", "--LabApp.expose_app_in_browser=True", "--LabApp.news_url=None",
               "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    environment = {**os.environ, "ASSESSOR_KIT_WORKSPACE": str(season.folder)}
    with running(command, environment, home, probe=f"http://127.0.0.1:{port}/api?token=test"), browser_page(**options) as (page, left):
        page.goto(f"http://127.0.0.1:{port}/doc/tree/{notebook}.ipynb?token=test")
        page.wait_for_function(READY, timeout=90_000)
        page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
        page.wait_for_selector(ready, timeout=60_000)
        yield page, left


@contextlib.contextmanager
def in_app(home, season, *, assessor_id="A07", theme="light", **options):
    """The screen as the app that `assessor-kit app` starts: (page, requests that tried to leave)."""
    home.mkdir(parents=True, exist_ok=True)
    server = app_server(Workspace.open(season.folder), assessor_id=assessor_id, port=free_port(), open_browser=False)
    server = replace(server, command=(*server.command, f"--theme={theme}"))
    with running(server.command, server.environment, home, probe=server.address.replace("/?", "/no-such-page?")), browser_page(dark=theme == "dark", **options) as (page, left):
        page.goto(server.address)
        page.wait_for_selector(".ak-form fieldset", timeout=60_000)
        yield page, left
