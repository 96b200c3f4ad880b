"""The assessor's screen in a real browser, in JupyterLab and as an app, in folders of a test's own; the browser may speak to this machine only."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import sync_playwright

from assessor_kit.cli.servers import LAB_OPTIONS, app_server, quiet_settings
from assessor_kit.store import Workspace, shipped

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
READY = """() => { const w = window.jupyterapp && window.jupyterapp.shell.currentWidget; const s = w && w.sessionContext;
    return s && s.isReady && s.session && s.session.kernel && s.session.kernel.connectionStatus === 'connected' && s.session.kernel.status === 'idle'; }"""
READY_FORM = ".ak-form fieldset"
OWN_FOLDERS = (
    "HOME",
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
    "IPYTHONDIR",
    "JUPYTERLAB_SETTINGS_DIR",
    "JUPYTERLAB_WORKSPACES_DIR",
)


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


class Server:
    """A server's process, in folders of a test's own; what it says lies in HOME/server.log. It can be stopped and started again."""

    def __init__(self, command, environment, home, *, probe):
        own = {name: str(home / name.lower()) for name in OWN_FOLDERS}
        for folder in own.values():
            Path(folder).mkdir(parents=True, exist_ok=True)
        quiet_settings(home / "jupyterlab_settings_dir")
        self.command, self.environment, self.log, self.probe = (
            command,
            {**environment, **own},
            home / "server.log",
            probe,
        )
        self.start()

    def start(self):
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                self.command, stdout=log, stderr=log, env=self.environment
            )
        until = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(self.probe, timeout=2).close()  # noqa: S310  (an address of this machine)
                break
            except urllib.error.HTTPError:
                break  # it answers
            except OSError:
                assert time.monotonic() < until, self.log.read_text()
                time.sleep(0.1)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def kernels(self):
        """The kernels that run under it, the latest first."""
        found = [
            one
            for one in psutil.Process(self.process.pid).children(recursive=True)
            if any("ipykernel" in word for word in words_of(one))
        ]
        return sorted(found, key=lambda one: -one.create_time())

    def end_kernels(self):
        """End its kernels as a page that is left does: one that is killed is started again, and after a dozen tests a dozen of them at once."""
        address = urllib.parse.urlsplit(self.probe)
        for kernel in self.kernels():
            names = re.findall(r"kernel-([0-9a-f-]{36})\.json", " ".join(words_of(kernel)))
            for name in names:
                asked = urllib.request.Request(
                    f"http://{address.netloc}/api/kernels/{name}?{address.query}", method="DELETE"
                )
                urllib.request.urlopen(asked, timeout=20).close()  # noqa: S310  (an address of this machine)

    def kernel_of(self, page):
        """The kernel that a page spoke to last. Killed kernels of earlier pages are started again, so that the latest need not be this page's."""
        name = (
            [address for address in page.sockets if "/api/kernels/" in address][-1]
            .split("/api/kernels/")[1]
            .split("/")[0]
        )
        return next(one for one in self.kernels() if any(name in word for word in words_of(one)))


def words_of(process):
    """A process's command line; empty for one that ends just now."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def lab_at(home, folder):
    """JupyterLab on a workspace's folder, and how a notebook's screen is opened in a page."""
    (home / "notebooks").mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        f"--port={port}",
        "--ip=127.0.0.1",
        f"--ServerApp.root_dir={home / 'notebooks'}",
        "--allow-root",
        "--IdentityProvider.token=test",
        "--LabApp.expose_app_in_browser=True",
        *LAB_OPTIONS,
    ]
    server = Server(
        command,
        {**os.environ, "ASSESSOR_KIT_WORKSPACE": str(folder)},
        home,
        probe=f"http://127.0.0.1:{port}/api?token=test",
    )

    def show(page, *, notebook="05_assess", ready=READY_FORM, copy=""):
        """Open a notebook (a copy of its own where `copy` names one) and run it from top to bottom."""
        target = home / "notebooks" / f"{notebook}{copy}.ipynb"
        if not target.exists():
            shutil.copy(shipped("notebooks") / f"{notebook}.ipynb", target)
        page.goto(f"http://127.0.0.1:{port}/doc/tree/{target.name}?token=test")
        page.wait_for_function(READY, timeout=90_000)
        page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
        page.wait_for_selector(ready, timeout=60_000)

    return server, show


def app_at(home, season, *, assessor_id="A07"):
    """The app that `assessor-kit app` starts, and how its screen is opened in a page."""
    home.mkdir(parents=True, exist_ok=True)
    made = app_server(season, assessor_id=assessor_id, port=free_port(), open_browser=False)
    server = Server(
        made.command, made.environment, home, probe=made.address.replace("/?", "/no-such-page?")
    )

    def show(page, *, ready=READY_FORM):
        page.goto(made.address)
        page.wait_for_selector(ready, timeout=60_000)

    return server, show


@contextlib.contextmanager
def browser():
    """Chromium for as many pages as wanted."""
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=chromium(), args=QUIET)
        yield started
        started.close()


def page_in(started, *, width=1440, height=900, dark=False):
    """A page of its own that may speak to this machine only, and what tried to leave it: requests, and what the page's own policy refused."""
    page = started.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
    ).new_page()
    left, page.sockets = [], []
    page.on("websocket", lambda one: page.sockets.append(one.url))
    page.route(
        "**/*",
        lambda route: (
            route.continue_()
            if "127.0.0.1" in route.request.url
            or route.request.url.startswith(("data:", "blob:", "file:"))
            else (left.append(route.request.url), route.abort())
        ),
    )
    page.on(
        "console",
        lambda said: left.append(said.text) if "Content Security Policy" in said.text else None,
    )
    return page, left


@contextlib.contextmanager
def browser_page(**options):
    """As `page_in`, in a browser of its own."""
    with browser() as started:
        yield page_in(started, **options)


@contextlib.contextmanager
def in_lab(home, season, *, notebook="05_assess", ready=READY_FORM, **options):
    """The screen in JupyterLab, the notebook run from top to bottom: (page, what tried to leave)."""
    server, show = lab_at(home, season.folder)
    try:
        with browser_page(**options) as (page, left):
            show(page, notebook=notebook, ready=ready)
            yield page, left
    finally:
        server.stop()


@contextlib.contextmanager
def in_app(home, season, *, assessor_id="A07", ready=READY_FORM, **options):
    """The screen as the app that `assessor-kit app` starts: (page, what tried to leave)."""
    server, show = app_at(home, Workspace.open(season.folder), assessor_id=assessor_id)
    try:
        with browser_page(**options) as (page, left):
            show(page, ready=ready)
            yield page, left
    finally:
        server.stop()


@contextlib.contextmanager
def running(command, environment, home, *, probe):
    """A server until the end of the block."""
    server = Server(command, environment, home, probe=probe)
    try:
        yield server.process
    finally:
        server.stop()
