"""Which way do the arrows point? Every import of the kit, read from its source."""

import ast
from pathlib import Path

import pytest

KIT = Path(__file__).parent.parent / "assessor_kit"
ROWS = (
    {"errors"},
    {"vocabulary"},
    {"tables"},
    {"rules"},
    {"sampling", "allocation", "scorers", "moderation", "trends"},
    {"loaders", "store", "charts", "engines"},
    {"feedback"},
    {"journey"},
    {"workbench", "cli"},
    {"__main__"},
)
OWNERS = {
    "altair": "charts",
    "vl_convert": "charts",
    "ipywidgets": "workbench",
    "anywidget": "workbench",
    "papermill": "feedback",
    "nbconvert": "feedback",
    "sqlalchemy": "store",
    "alembic": "store",
    "cryptography": "store",
    "openpyxl": "loaders",
    "duckdb": "engines",
    "polars": "engines",
    "dask": "engines",
}
PURE = ROWS[4]
NOT_PURE = {"open", "print", "input"}
FILES = sorted(path for path in KIT.rglob("*.py") if path != KIT / "__init__.py")


def room_of(path):
    return path.relative_to(KIT).parts[0].removesuffix(".py")


def row_of(room):
    found = [number for number, rooms in enumerate(ROWS) if room in rooms]
    assert found, (
        f"The room {room} has no row: add it to ROWS in this test, and to the design's list, at the place where its imports allow."
    )
    return found[0]


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, (
                f"{path.name} imports relatively: write the whole name, `from assessor_kit...`."
            )
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(KIT)))
def test_each_room_imports_only_from_rooms_above_it(path):
    mine = room_of(path)
    for name in imports_of(path):
        parts = name.split(".")
        if parts[0] != "assessor_kit" or parts[1] == mine:
            continue
        assert row_of(parts[1]) < row_of(mine), (
            f"{mine} may not import {name}: move what is shared to a room above {mine}."
        )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(KIT)))
def test_each_library_has_one_owner(path):
    for name in imports_of(path):
        owner = OWNERS.get(name.split(".")[0])
        assert owner in {None, room_of(path)}, (
            f"{room_of(path)} may not import {name}: ask {owner} for what is needed."
        )


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if room_of(path) in PURE],
    ids=lambda path: str(path.relative_to(KIT)),
)
def test_pure_steps_open_no_file_and_read_no_clock(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in NOT_PURE, (
                f"{path.name} calls {called}: data, dates and seeds are arguments of a pure step."
            )
            assert not called.endswith((".now", ".today", ".default_rng", "random.seed")), (
                f"{path.name} calls {called}: take it as an argument."
            )


def test_no_file_is_crowded_and_none_has_an_empty_name():
    for path in FILES:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, (
            f"{path.name} is over 300 lines: it wants to be two files."
        )
        assert path.stem not in {"utils", "helpers", "common", "misc", "base", "manager", "core"}, (
            f"{path.name}: name it for what it holds."
        )
