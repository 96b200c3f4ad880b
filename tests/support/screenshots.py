"""Makes the README's pictures from the demonstration, in Chromium.

python tests/support/screenshots.py
"""

import tempfile
from pathlib import Path

from commands import run_cli
from screens import browser_page, in_app, in_lab

from assessor_kit import tables
from assessor_kit.store import Workspace, read_table

PICTURES = Path(__file__).resolve().parents[2] / ".github" / "pictures"


def main():
    """Write screen.png, season.png and report.png."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        run_cli("demo", "--no-lab", workspace=home / "workspace")
        season = Workspace.open(home / "workspace")
        with in_app(home / "app", season, height=860) as (page, _):
            page.wait_for_timeout(1000)
            page.screenshot(path=PICTURES / "screen.png")
        with in_lab(
            home / "season", season, notebook="00_start_here", ready=".ak-step", height=760
        ) as (page, _):
            page.locator(".ak-step summary").nth(4).click()
            page.wait_for_timeout(500)
            page.screenshot(path=PICTURES / "season.png")
        document = read_table(season, tables.DOCUMENTS, kind="individual").iloc[0]["file"]
        with browser_page(width=1000, height=1300) as (page, _):
            page.goto((season.folder / document).as_uri())
            page.screenshot(path=PICTURES / "report.png")


if __name__ == "__main__":
    main()
