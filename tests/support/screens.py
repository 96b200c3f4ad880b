"""The assessor's screen in a real browser, in JupyterLab and as an app.

Each test uses folders of its own, and the browser may connect to this machine only.
"""

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
from faults import Relay
from playwright.sync_api import sync_playwright
from system_parts import browser_path, need

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
# The browser itself finds no other machine: to ask here about each of JupyterLab's requests takes
# as long as to answer them.
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
OF_THE_PAGE = ("data:", "blob:", "file:", "about:")
READY = """() => { const w = window.jupyterapp && window.jupyterapp.shell.currentWidget; const s = w && w.sessionContext;
    return s && s.isReady && s.session && s.session.kernel && s.session.kernel.connectionStatus === 'connected' && s.session.kernel.status === 'idle'; }"""
READY_FORM = ".ak-form fieldset"
STARTED = re.compile(r"Kernel started: ([0-9a-f-]{36})")  # in the log of either server
RUNNING = []  # the browser, while one runs
BOUND = (sys.executable, str(Path(__file__).with_name("rights.py")))
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
    """Return the browser's path; without one a test is skipped, or fails where CI is set."""
    need("chromium")
    return browser_path()


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Server:
    """A server process in a test's own folders, which can be stopped and started again.

    What it prints is in HOME/server.log.
    """

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
        self.relay = None
        self.start()

    def start(self):
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                self.command, stdout=log, stderr=log, env=self.environment
            )
        until = time.monotonic() + 60
        while True:
            try:
                # The address is on this machine.
                urllib.request.urlopen(self.probe, timeout=2).close()  # noqa: S310
                break
            except urllib.error.HTTPError:
                break  # an error is an answer too
            except OSError:
                assert time.monotonic() < until, self.log.read_text()
                time.sleep(0.1)

    def stop(self):
        """End the server; it can be started again."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def kernels(self):
        """Return the kernels that run under the server, the latest first."""
        return kernels_under(psutil.Process(self.process.pid))

    def end_kernels(self):
        """End the kernels as a page does when it is left.

        A kernel that is killed is started again: after a dozen tests a dozen would start at once.
        """
        address = urllib.parse.urlsplit(self.probe)
        running = self.kernels()
        for name in set(re.findall(STARTED, self.log.read_text())):
            if any(is_kernel(one, name) for one in running):
                one = f"http://{address.netloc}/api/kernels/{name}?{address.query}"
                # The address is on this machine.
                asked = urllib.request.Request(one, method="DELETE")
                urllib.request.urlopen(asked, timeout=20).close()  # noqa: S310

    def kernel_of(self, page):
        """Return the kernel that a page connected to last.

        Killed kernels of earlier pages are started again, so the latest need not be this page's.
        """
        name = (
            [address for address in page.sockets if "/api/kernels/" in address][-1]
            .split("/api/kernels/")[1]
            .split("/")[0]
        )
        return next(one for one in self.kernels() if is_kernel(one, name))


def kernels_under(process):
    """Return the kernels that run under a process, the latest first.

    One that was forked is called `kernel-` and the first eight digits of its id.
    """
    found = [
        one
        for one in process.children(recursive=True)
        if any("ipykernel" in word for word in words_of(one)) or name_of(one).startswith("kernel-")
    ]
    return sorted(found, key=lambda one: -one.create_time())


def is_kernel(process, kernel_id):
    """Whether a process is the kernel of this id."""
    is_named = any(kernel_id in word for word in words_of(process))
    return is_named or name_of(process) == f"kernel-{kernel_id[:8]}"


def words_of(process):
    """Return a process's command line; empty for a process that is just ending."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def name_of(process):
    """Return a process's name; empty for a process that has ended."""
    try:
        return process.name() if process.status() != psutil.STATUS_ZOMBIE else ""
    except psutil.Error:
        return ""


def lab_at(home, folder, *, breakable=False, options=LAB_OPTIONS):
    """Return JupyterLab on a workspace's folder, and a function that opens a notebook in it.

    `breakable`: the network to it can be cut, and permissions of files count for it.
    """
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
        *options,
    ]
    server = Server(
        [*(BOUND if breakable else ()), *command],
        {**os.environ, "ASSESSOR_KIT_WORKSPACE": str(folder)},
        home,
        probe=f"http://127.0.0.1:{port}/api?token=test",
    )
    if breakable:
        server.relay = Relay(port)
        port = server.relay.port

    def show(page, *, notebook="05_assess", ready=READY_FORM, copy=""):
        """Open a notebook and run it from top to bottom; `copy` names a copy of its own."""
        target = home / "notebooks" / f"{notebook}{copy}.ipynb"
        if not target.exists():
            shutil.copy(shipped("notebooks") / f"{notebook}.ipynb", target)
        page.goto(f"http://127.0.0.1:{port}/doc/tree/{target.name}?token=test")
        page.wait_for_function(READY, timeout=90_000)
        page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
        page.wait_for_selector(ready, timeout=60_000)

    return server, show


def app_at(home, season, *, assessor_id="A07", breakable=False):
    """Return the server that `assessor-kit app` starts, and a function that opens its screen.

    `breakable`: the network to it can be cut, and permissions of files count for it.
    """
    home.mkdir(parents=True, exist_ok=True)
    port = free_port()
    made = app_server(season, assessor_id=assessor_id, port=port, open_browser=False)
    server = Server(
        [*(BOUND if breakable else ()), *made.command],
        made.environment,
        home,
        probe=made.address.replace("/?", "/no-such-page?"),
    )
    address = made.address
    if breakable:
        server.relay = Relay(port)
        address = address.replace(f":{port}/", f":{server.relay.port}/")

    def show(page, *, ready=READY_FORM):
        page.goto(address)
        page.wait_for_selector(ready, timeout=60_000)

    return server, show


@contextlib.contextmanager
def browser():
    """Run Chromium for as many pages as are wanted; one that runs already is used again.

    Playwright's driver runs once in a process.
    """
    path = chromium()  # first: the driver itself needs libraries that come with a browser
    if RUNNING:
        yield RUNNING[0]
        return
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=path, args=[*QUIET, ALONE])
        RUNNING.append(started)
        try:
            yield started
        finally:
            RUNNING.clear()
            started.close()


def is_here(address):
    """Whether an address is on this machine, or within a page."""
    return urllib.parse.urlsplit(address).hostname == "127.0.0.1" or address.startswith(OF_THE_PAGE)


def page_in(started, *, width=1440, height=900, dark=False):
    """Return a new page that may connect to this machine only, and what tried to leave it.

    What tried to leave are requests, and whatever the page's own policy refused.
    """
    page = started.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
    ).new_page()
    left, page.sockets = [], []
    page.on("websocket", lambda one: page.sockets.append(one.url))
    page.on("request", lambda asked: None if is_here(asked.url) else left.append(asked.url))
    page.on(
        "console",
        lambda said: left.append(said.text) if "Content Security Policy" in said.text else None,
    )
    return page, left


@contextlib.contextmanager
def browser_page(**options):
    """Open a page as `page_in` does, and close it."""
    with browser() as started:
        page, left = page_in(started, **options)
        try:
            yield page, left
        finally:
            page.context.close()


@contextlib.contextmanager
def in_lab(home, season, *, notebook="05_assess", ready=READY_FORM, **options):
    """Show the screen in JupyterLab, with the notebook run: (page, what tried to leave)."""
    server, show = lab_at(home, season.folder)
    try:
        with browser_page(**options) as (page, left):
            show(page, notebook=notebook, ready=ready)
            yield page, left
    finally:
        server.stop()


@contextlib.contextmanager
def in_app(home, season, *, assessor_id="A07", ready=READY_FORM, **options):
    """Show the screen as the app that `assessor-kit app` starts: (page, what tried to leave)."""
    server, show = app_at(home, Workspace.open(season.folder), assessor_id=assessor_id)
    try:
        with browser_page(**options) as (page, left):
            show(page, ready=ready)
            yield page, left
    finally:
        server.stop()


@contextlib.contextmanager
def running(command, environment, home, *, probe):
    """Run a server until the end of the block."""
    server = Server(command, environment, home, probe=probe)
    try:
        yield server.process
    finally:
        server.stop()
