"""Make the README's pictures: `python tests/screenshots.py` renders the demonstration and looks at it in Chromium."""

import shutil
import tempfile
from pathlib import Path

from conftest import run_cli
from lab import QUIET, chromium, jupyterlab, opened_page
from playwright.sync_api import sync_playwright

from assessor_kit import tables
from assessor_kit.store import Workspace, read_table, shipped

PICTURES = Path(__file__).parent.parent / ".github" / "pictures"


def main():
    """Write screen.png and report.png."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        run_cli("demo", "--no-lab", workspace=home / "workspace")
        (home / "notebooks").mkdir()
        shutil.copy(shipped("notebooks") / "05_assess.ipynb", home / "notebooks")
        with jupyterlab(home / "home", workspace=home / "workspace", notebooks=home / "notebooks") as address, opened_page(address) as (page, _):
            page.wait_for_timeout(1500)
            page.locator(".ak h2").first.scroll_into_view_if_needed()
            page.screenshot(path=PICTURES / "screen.png")
        documents = read_table(Workspace.open(home / "workspace"), tables.DOCUMENTS, kind="individual")
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium(), args=QUIET)
            page = browser.new_page(viewport={"width": 1000, "height": 1300})
            page.goto((home / "workspace" / documents.iloc[0]["file"]).as_uri())
            page.screenshot(path=PICTURES / "report.png")
            browser.close()


if __name__ == "__main__":
    main()
