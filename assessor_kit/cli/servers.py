"""The servers of the screens.

JupyterLab for staff, and an app for the assessor's screen alone. Both serve this machine only and
need no network.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from assessor_kit.cli.lab import way_in
from assessor_kit.cli.lab.copies import put_right
from assessor_kit.errors import NotWritten
from assessor_kit.files import make_private_folder, may_write_in, write_private
from assessor_kit.journey.first_charts import draw_first_charts
from assessor_kit.journey.practice import make_practice
from assessor_kit.store import Workspace, make_token, shipped
from assessor_kit.store.access.identity import TOKEN_VARIABLE
from assessor_kit.store.practice import PRACTICE_ASSESSOR
from assessor_kit.store.workspace import DATABASE_VARIABLE, FOLDER_VARIABLE, KEYS_VARIABLE

HOME = Path(__file__).resolve().parent.parent / "workbench" / "app"
# What a page may load: itself, and the code that widgets bring along. Nothing of it may come from,
# or go to, another host.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self'"
    " 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self';"
    " frame-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self';"
    " frame-ancestors 'none'"
)
PROMPTLY = f"{__package__}.jupyter_parts.prompt_connection.PromptConnection"
PROGRAMS = f"{__package__}.jupyter_parts.page_programs.PagePrograms"
WARM_PROGRAMS = "assessor-kit-warm"  # an entry point of ours: jupyter_parts/warm_programs.py
# how often the server looks whether a kernel still lives, so that the screen can say at once that
# it does not
SECONDS_TO_NOTICE = 0.5
# A program that works, or whose page is open, is never ended. Ten minutes after the browser is gone
# none is left.
SECONDS_WITHOUT_BROWSER = 540
SECONDS_BETWEEN_CULLS = 30
# JupyterLab asks nobody outside, notices a dead kernel, and holds no answer back.
LAB_OPTIONS = (
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.news_url=None",
    f"--KernelRestarter.time_to_dead={SECONDS_TO_NOTICE}",
    f"--MappingKernelManager.cull_idle_timeout={SECONDS_WITHOUT_BROWSER}",
    f"--MappingKernelManager.cull_interval={SECONDS_BETWEEN_CULLS}",
    f"--ServerApp.kernel_websocket_connection_class={PROMPTLY}",
    f"--KernelProvisionerFactory.default_provisioner_name={WARM_PROGRAMS}",
    f"--ServerApp.jpserver_extensions={way_in.__name__}=True",
)


@dataclass(frozen=True, kw_only=True)
class Server:
    """A command to run, the environment it needs, and the address where a person finds it."""

    command: tuple[str, ...]
    environment: dict[str, str]
    season: Workspace
    assessor_id: str | None = None
    address: str = ""
    told: tuple[str, ...] = ()  # what its owner should know before it opens

    def run(self) -> None:
        """Run until Ctrl-C."""
        threading.Thread(
            target=self._draw_ahead, name="assessor-kit-first-charts", daemon=True
        ).start()
        # Our own command.
        subprocess.run(self.command, env=self.environment, check=False)  # noqa: S603

    def _draw_ahead(self) -> None:
        """Draw the first charts while the server and the browser start.

        In a restored workspace, or after an erasure, nothing has been drawn yet.
        """
        # whoever may not read the allocations has the charts drawn by the screen, a second later
        with suppress(Exception):
            draw_first_charts(self.season, None if self.assessor_id is None else [self.assessor_id])


def app_server(
    season: Workspace, *, assessor_id: str | None, port: int = 8866, open_browser: bool = True
) -> Server:
    """Return the server of the assessor's screen as a Voila app.

    It has an offline template, a token in its address, and a policy that forbids other hosts.

    `assessor_id` opens the desk of one assessor; None leaves that to the Hub or to the laptop's own
    profile. The settings are in the workspace's `app` folder, readable by its owner alone.
    """
    _require_home()
    folder = season.folder / "app"
    token = secrets.token_urlsafe(24)
    settings = {
        "Voila": {
            "token": token,
            "tornado_settings": {"headers": {"Content-Security-Policy": CONTENT_SECURITY_POLICY}},
            "ip": "127.0.0.1",
            "port": port,
            "open_browser": open_browser,
            "kernel_websocket_connection_class": PROMPTLY,
        },
        "VoilaConfiguration": {
            "template": "assessor-kit",
            "strip_sources": True,
            "show_tracebacks": False,
            "multi_kernel_manager_class": PROGRAMS,
        },
        "MappingKernelManager": {
            "cull_idle_timeout": SECONDS_WITHOUT_BROWSER,
            "cull_interval": SECONDS_BETWEEN_CULLS,
        },
        "KernelRestarter": {"time_to_dead": SECONDS_TO_NOTICE},
        "KernelProvisionerFactory": {"default_provisioner_name": WARM_PROGRAMS},
    }
    write_private(folder / "voila.json", json.dumps(settings, indent=1))
    jupyter_path = os.pathsep.join(filter(None, (str(HOME), os.environ.get("JUPYTER_PATH"))))
    environment = {**os.environ, FOLDER_VARIABLE: str(season.folder), "JUPYTER_PATH": jupyter_path}
    if assessor_id:
        environment[TOKEN_VARIABLE] = make_token(season, assessor_id)
    command = (
        *_python_main("voila.app", "main"),
        str(HOME / "assess.ipynb"),
        f"--Voila.config_file_paths={folder}",
    )
    return Server(
        command=command,
        environment=environment,
        season=season,
        assessor_id=assessor_id,
        address=f"http://127.0.0.1:{port}/?token={token}",
    )


def tour_server(folder: Path, *, port: int = 8866, open_browser: bool = True) -> Server:
    """Return the server of the app on practice returns, which are made in `folder`.

    Nothing in this process's environment leads it to a real database or real keys.
    """
    server = app_server(
        make_practice(folder), assessor_id=PRACTICE_ASSESSOR, port=port, open_browser=open_browser
    )
    return replace(
        server,
        environment={
            name: value
            for name, value in server.environment.items()
            if name not in {DATABASE_VARIABLE, KEYS_VARIABLE}
        },
    )


def lab_server(season: Workspace) -> Server:
    """Return the server of JupyterLab, opened on the assessor's screen.

    It opens copies of the notebooks in the workspace, so that what they show is saved nowhere else.
    An existing copy is kept, unless it is broken; `told` says what was put right.
    """
    _require_home()
    notebooks = season.folder / "notebooks"
    told = put_right(notebooks, shipped("notebooks"), today=datetime.now().astimezone().date())
    options = [*LAB_OPTIONS]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")  # a container's only account; elsewhere nobody works as root
    environment = {
        **os.environ,
        FOLDER_VARIABLE: str(season.folder),
        "JUPYTERLAB_SETTINGS_DIR": str(quiet_settings(season.folder / "lab")),
    }
    return Server(
        command=(
            *_python_main("jupyterlab.labapp", "main"),
            *options,
            str(notebooks / "05_assess.ipynb"),
        ),
        environment=environment,
        season=season,
        told=tuple(told),
    )


def _require_home() -> None:
    """Refuse to start a server whose home folder cannot be written to."""
    from jupyter_core.paths import jupyter_config_dir, jupyter_runtime_dir  # noqa: PLC0415

    for folder in (Path(jupyter_runtime_dir()), Path(jupyter_config_dir())):
        with suppress(NotWritten):
            make_private_folder(folder)
        if not may_write_in(folder):
            raise NotWritten(
                "Jupyter may not write there",
                where=str(folder),
                expected="a home folder that you may write to",
                advice=(
                    "Set HOME, or JUPYTER_RUNTIME_DIR and JUPYTER_CONFIG_DIR, to folders of yours;"
                    " then start again."
                ),
            )


def _python_main(module: str, function: str) -> tuple[str, ...]:
    """Return the command of a server that skips slow imports which it does not use."""
    return (
        sys.executable,
        "-c",
        (
            "import sys; from assessor_kit.quick_start import leave_out_slow_imports;"
            f" leave_out_slow_imports(); from {module} import {function};"
            f" sys.argv[0] = 'assessor-kit'; {function}()"
        ),
    )


def quiet_settings(folder: Path) -> Path:
    """Write JupyterLab settings under which it looks for no news or updates."""
    path = folder / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    write_private(path, '{"fetchNews": "false", "checkForUpdates": false}\n')
    return folder
