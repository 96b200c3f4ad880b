"""The copies of the notebooks that `assessor-kit lab` opens, and what a saved one shows."""

import json
from datetime import date
from html import escape

import pytest

from assessor_kit.cli.lab.copies import put_right
from assessor_kit.cli.lab.way_in import STATES, VIEW, add_way_in
from assessor_kit.cli.servers import lab_server
from assessor_kit.store import Workspace, shipped

DAY = date(2026, 11, 27)
NOTEBOOKS = shipped("notebooks")


def copied(folder):
    assert put_right(folder, NOTEBOOKS, today=DAY) == []
    return folder / "05_assess.ipynb"


def changed(path, change):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    change(notebook["cells"])
    path.write_text(json.dumps(notebook), encoding="utf-8")


def test_the_first_time_every_notebook_is_copied_and_nothing_is_said(tmp_path):
    copied(tmp_path)
    assert {path.name for path in tmp_path.glob("*.ipynb")} == {
        path.name for path in NOTEBOOKS.glob("*.ipynb")
    }
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []


def turn_to_text(cells):
    cells[1]["cell_type"] = "raw"


def delete(cells):
    del cells[1]


def type_into(cells):
    cells[1]["source"] = "xx" + "".join(cells[1]["source"])


def swap(cells):
    cells[1], cells[2] = cells[2], cells[1]


@pytest.mark.parametrize("change", [turn_to_text, delete, type_into, swap, list.clear])
def test_a_broken_copy_is_put_aside_and_a_fresh_one_takes_its_place(tmp_path, change):
    copy = copied(tmp_path)
    changed(copy, change)
    broken = copy.read_bytes()
    (told,) = put_right(tmp_path, NOTEBOOKS, today=DAY)
    assert told.startswith("05_assess.ipynb was broken: a step in it was missing, changed, or")
    assert "“put aside/05_assess (2026-11-27).ipynb”" in told
    assert copy.read_bytes() == (NOTEBOOKS / copy.name).read_bytes()
    assert (tmp_path / "put aside" / "05_assess (2026-11-27).ipynb").read_bytes() == broken
    assert put_right(tmp_path, NOTEBOOKS, today=DAY) == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"cells": 1}', b'{"cells": [1]}', b"\xff"])
def test_what_is_no_notebook_is_put_aside_each_time_under_a_name_of_its_own(tmp_path, content):
    copy = copied(tmp_path)
    for name in ("05_assess (2026-11-27).ipynb", "05_assess (2026-11-27, 2).ipynb"):
        copy.write_bytes(content)
        assert len(put_right(tmp_path, NOTEBOOKS, today=DAY)) == 1
        assert (tmp_path / "put aside" / name).read_bytes() == content


def test_a_copy_with_outputs_and_cells_of_its_owners_stays(tmp_path):
    copy = copied(tmp_path)

    def write_in_it(cells):
        cells[1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "hello"}]
        cells[0]["source"] = "# Mine"
        cells.append({**cells[1], "id": "mine", "source": "1 + 1"})

    changed(copy, write_in_it)
    mine = copy.read_bytes()
    assert put_right(tmp_path, NOTEBOOKS, today=DAY) == []
    assert copy.read_bytes() == mine


def test_a_notebook_of_an_earlier_edition_is_put_aside(tmp_path):
    """On Run All it would allocate with a seed of its own."""
    old = tmp_path / "03_allocate_returns.ipynb"
    old.write_text("{}", encoding="utf-8")
    (told,) = put_right(tmp_path, NOTEBOOKS, today=DAY)
    assert told == (
        "03_allocate_returns.ipynb was of an earlier edition. It is kept as"
        " “put aside/03_allocate_returns (2026-11-27).ipynb”."
    )
    assert not old.exists()


def test_lab_says_what_it_put_right(tmp_path):
    season = Workspace.create(tmp_path / "w")
    assert lab_server(season).told == ()
    (season.folder / "notebooks" / "02_draw_the_sample.ipynb").write_text("", encoding="utf-8")
    (told,) = lab_server(season).told
    assert told.startswith("02_draw_the_sample.ipynb was broken")


def saved(*outputs, metadata=None):
    model = {
        "type": "notebook",
        "content": {
            "metadata": metadata or {},
            "cells": [
                {"cell_type": "markdown", "source": "x"},
                {"cell_type": "code", "source": "x", "outputs": list(outputs)},
            ],
        },
    }
    add_way_in(model=model, path="x.ipynb", contents_manager=None)
    return model["content"]["metadata"]


def screen(model_id, text):
    return {
        "output_type": "execute_result",
        "data": {VIEW: {"model_id": model_id}, "text/plain": text},
    }


def test_a_saved_screen_has_a_stand_in_with_a_button_and_what_it_said_last():
    states = saved(screen("a", "Workbench <of> A07"), screen("b", ["two ", "lines"]))
    state = states["widgets"][STATES]["state"]
    assert "data-commandlinker-command='notebook:run-all-cells'" in state["a"]["state"]["value"]
    assert escape("Workbench <of> A07") in state["a"]["state"]["value"]
    assert "commandlinker" not in state["b"]["state"]["value"]
    assert "two lines" in state["b"]["state"]["value"]
    assert {one["model_name"] for one in state.values()} == {
        "HTMLModel",
        "HTMLStyleModel",
        "LayoutModel",
    }


def test_without_a_screen_nothing_stands_in_and_what_stood_in_before_goes():
    text = {"output_type": "stream", "name": "stdout", "text": "hello"}
    assert saved(text, metadata={"widgets": {STATES: {}}, "kept": 1}) == {"kept": 1}


def test_what_is_no_notebook_is_saved_as_it_is():
    model = {"type": "file", "content": "text"}
    add_way_in(model=model, path="x.txt", contents_manager=None)
    assert model == {"type": "file", "content": "text"}
