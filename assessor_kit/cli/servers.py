"""The screens' servers: JupyterLab for staff, and the assessor's screen as an app of its own. On this machine only, without a network."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from assessor_kit.journey.first_charts import draw_first_charts
from assessor_kit.journey.practice import make_practice
from assessor_kit.store import Workspace, make_token, shipped
from assessor_kit.store.identity import TOKEN_VARIABLE
from assessor_kit.store.practice import PRACTICE_ASSESSOR
from assessor_kit.store.workspace import DATABASE_VARIABLE, FOLDER_VARIABLE, KEYS_VARIABLE

HOME = Path(__file__).resolve().parent.parent / "workbench" / "app"
# What a page may load: itself, and the code that widgets bring along. Nothing of it may come from, or go to, another host.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; frame-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
PROMPTLY = f"{__package__}.prompt_connection.PromptConnection"
SECONDS_TO_NOTICE = 0.5  # how often the server looks whether a kernel still lives, so that the screen can say at once that it does not
# JupyterLab asks nobody outside, notices a dead kernel, and holds no answer back.
LAB_OPTIONS = (
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.news_url=None",
    f"--KernelRestarter.time_to_dead={SECONDS_TO_NOTICE}",
    f"--ServerApp.kernel_websocket_connection_class={PROMPTLY}",
)


@dataclass(frozen=True, kw_only=True)
class Server:
    """A command to run, the environment it needs, and the address where a person finds it."""

    command: tuple[str, ...]
    environment: dict[str, str]
    season: Workspace
    assessor_id: str | None = None
    address: str = ""

    def run(self) -> None:
        """Run until Ctrl-C."""
        threading.Thread(
            target=self._draw_ahead, name="assessor-kit-first-charts", daemon=True
        ).start()
        subprocess.run(self.command, env=self.environment, check=False)  # noqa: S603  (our own command)

    def _draw_ahead(self) -> None:
        """Draw what will be looked at first while server and browser start: in a restored workspace, or after an erasure, nothing is drawn yet."""
        with suppress(
            Exception
        ):  # whoever may not read the allocations has the charts drawn by the screen, a second later
            draw_first_charts(self.season, None if self.assessor_id is None else [self.assessor_id])


def app_server(
    season: Workspace, *, assessor_id: str | None, port: int = 8866, open_browser: bool = True
) -> Server:
    """The assessor's screen as a Voila app: our own offline template, a token in the address, a policy that forbids other hosts.

    `assessor_id` gives the desk of one assessor; None leaves it to the Hub or the laptop's own profile. The settings lie in the
    workspace's `app` folder, readable by its owner alone.
    """
    folder = season.folder / "app"
    folder.mkdir(exist_ok=True, mode=0o700)
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
        },
        "MappingKernelManager": {"cull_idle_timeout": 0},
        "KernelRestarter": {"time_to_dead": SECONDS_TO_NOTICE},
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
    """The app on practice returns that are made in `folder`; nothing in this process's environment leads it to a real database or real keys."""
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
    """JupyterLab on the assessor's screen.

    It opens copies of the notebooks in the workspace, so that what they show is saved nowhere else; a copy that is there stays.
    """
    notebooks = season.folder / "notebooks"
    notebooks.mkdir(exist_ok=True, mode=0o700)
    for notebook in sorted(shipped("notebooks").glob("*.ipynb")):
        if not (notebooks / notebook.name).exists():
            shutil.copyfile(notebook, notebooks / notebook.name)
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
    )


def _python_main(module: str, function: str) -> tuple[str, ...]:
    """A server started after the kit's own import, which leaves out an optional grammar that would cost the server a second."""
    return (
        sys.executable,
        "-c",
        f"import sys, assessor_kit; from {module} import {function}; sys.argv[0] = 'assessor-kit'; {function}()",
    )


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, from its first moment."""
    path.unlink(missing_ok=True)
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)


def quiet_settings(folder: Path) -> Path:
    """JupyterLab settings under which it asks nobody for news or updates."""
    path = folder / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('{"fetchNews": "false", "checkForUpdates": false}\n', encoding="utf-8")
    return folder
