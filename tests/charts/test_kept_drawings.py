"""Kept drawings: the same to the last byte, never another return's, gone with an erasure."""

import re
import subprocess
import sys
import threading
from dataclasses import replace

import pandas as pd
from seasons import small_season

from assessor_kit import charts
from assessor_kit.cli.servers import app_server
from assessor_kit.feedback.batch.rehearsal import WITH_AIM
from assessor_kit.journey.first_charts import draw_first_charts
from assessor_kit.rules import load_rules
from assessor_kit.store import Workspace
from assessor_kit.store.rights.erasure import erase_member

RULES = load_rules("iet", 2016)
LOADED = """
import sys
from pathlib import Path
from assessor_kit.workbench import open_workbench
screen = open_workbench("A1", workspace=Path(sys.argv[1]))
screen.send = lambda answer: None
screen._hear(screen, {"kind": "begin", "event_id": "e1"}, [])
print(screen.page.count("</figure>"), *[name for name in ("altair", "vl_convert") if name in sys.modules])
"""


def figures(minutes=90, needed=WITH_AIM):
    lines = pd.DataFrame(
        [
            {
                "activity_type": "training",
                "counts": True,
                "area": "personal_soft",
                "planned": "yes",
                "minutes": minutes,
                "started_on": None,
            }
        ]
    )
    return [
        figure
        for _, figure in charts.figures_of_return(
            lines, rules=RULES, requirement=needed, cpd_year=2016
        )
    ]


def plain(html):
    """Return the drawing without the numbers that the engine counts up as it draws."""
    return re.sub(r"(id=\"|url\(#)clip[\w-]+", r"\1clip", html)


def test_a_drawing_that_is_kept_is_the_drawing_that_would_be_made(tmp_path):
    for figure in figures():
        made = charts.kept_drawing(figure, tmp_path / "drawings")
        assert plain(made) == plain(figure.html())
        assert charts.kept_drawing(figure, tmp_path / "drawings") == made
    assert len(list((tmp_path / "drawings").iterdir())) == len(figures())


def test_other_numbers_or_another_target_are_another_drawing(tmp_path):
    for some in (
        figures(),
        figures(minutes=91),
        figures(needed=replace(WITH_AIM, target_minutes=600)),
    ):
        for figure in some:
            assert plain(charts.kept_drawing(figure, tmp_path)) == plain(figure.html())


def test_drawings_of_two_sessions_have_no_id_in_common(tmp_path):
    ids = [
        re.findall(r'id="([^"]+)"', charts.kept_drawing(figure, tmp_path)) for figure in figures()
    ]
    assert any(ids)
    assert len(set().union(*ids)) == sum(len(set(one)) for one in ids)
    assert all(not re.fullmatch(r"clip\d+", name) for one in ids for name in one)


def test_half_a_file_is_drawn_again_and_a_folder_that_cannot_be_written_only_keeps_nothing(
    tmp_path,
):
    figure = figures()[0]
    charts.kept_drawing(figure, tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_text(path.read_text(encoding="utf-8")[:1000], encoding="utf-8")
    assert plain(charts.kept_drawing(figure, tmp_path)) == plain(figure.html())
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert plain(charts.kept_drawing(figure, tmp_path / "file")) == plain(figure.html())


def test_the_oldest_drawings_go_first(tmp_path, monkeypatch):
    monkeypatch.setattr("assessor_kit.charts.kept.MOST", 2)
    made = [charts.kept_drawing(figure, tmp_path) for figure in figures()[:3]]
    assert sorted(path.read_text(encoding="utf-8") for path in tmp_path.iterdir()) == sorted(
        made[1:]
    )


def test_a_later_session_shows_its_first_return_without_altair_and_the_drawing_engine(tmp_path):
    season = small_season(tmp_path / "w")
    first, later = (
        subprocess.run(
            [sys.executable, "-c", LOADED, str(season.folder)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for _ in range(2)
    )
    assert first == ["4", "altair", "vl_convert"]
    assert later == ["4"]


def test_what_an_assessor_meets_first_is_drawn_before_the_first_session(tmp_path):
    season = small_season(tmp_path / "w")
    assert draw_first_charts(season) == 2  # one return on each of two desks
    said = subprocess.run(
        [sys.executable, "-c", LOADED, str(season.folder)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said.split() == ["4"]


def test_what_is_not_drawn_yet_is_drawn_while_the_server_starts(tmp_path, monkeypatch):
    season = small_season(tmp_path / "w")
    server = app_server(season, assessor_id="A1", open_browser=False)
    with monkeypatch.context() as patched:
        patched.setattr(
            subprocess,
            "run",
            lambda *_, **__: [
                thread.join()
                for thread in threading.enumerate()
                if thread.name == "assessor-kit-first-charts"
            ],
        )
        server.run()
    assert len(list(season.drawings.iterdir())) == 4, "one return on one desk"
    said = subprocess.check_output([sys.executable, "-c", LOADED, str(season.folder)], text=True)
    assert said.split() == ["4"]


def test_an_erasure_empties_the_folder_of_drawings(tmp_path):
    season = Workspace.open(small_season(tmp_path / "w").folder)
    charts.kept_drawing(figures()[0], season.drawings)
    erase_member(season, "X0001")
    assert list(season.drawings.iterdir()) == []
